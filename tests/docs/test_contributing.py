"""The examples of CONTRIBUTING.md are true: each is put where it says and is used by the console."""

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import numpy as np
import polib
import pytest
from sqlalchemy import inspect

import console
from console import resources
from console.marked_yaml import Mistakes
from console.models.alarms import Alarm, AlarmClass, Hiding, Priority, State
from console.models.duty import ThreatLevel
from console.models.errors import Refused
from console.models.files import Letterhead
from console.models.ids import AlarmId, CameraId, PersonId, PointId, SourceId
from console.models.people import Actor, Role
from console.models.plans import Step
from console.models.settings import Setting
from console.models.site import Camera, CameraKind, Rule
from console.models.text import Text
from console.plan_files import read_plan
from console.registry import discover
from console.reports.spec import ReportSpec
from console.services import duty
from console.steps.spec import StepSpec
from console.store import opening
from console.store.database import open_engine, sqlite_url
from console.video.eye import Eye
from console.video.kinds import CameraSpec, RuleSpec
from console.views.panel import PanelSpec
from tests.docs.reading import ROOT, piece, pieces

FILE = ROOT / "CONTRIBUTING.md"
NEW_MODULES = [
    one.path for one in pieces(FILE) if one.language == "python" and not (ROOT / one.path).exists() and one.path
]
# Rooms that an example adds a module to, so that it is found where the console looks for it.
ROOMS = ("console.sources", "console.steps", "console.reports", "console.video.cameras", "console.video.analytics",
         "console.views.panels")  # fmt: skip


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """All new modules of the page in a folder that the rooms of the console reach into."""
    for path in NEW_MODULES:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(piece(FILE, path).text, encoding="utf-8")
    before = set(sys.modules)
    for room in ROOMS:
        package = importlib.import_module(room)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path / room.replace(".", "/"))])
    yield tmp_path
    for name in set(sys.modules) - before:
        if f"{name.replace('.', '/')}.py" in NEW_MODULES or f"{name.replace('.', '/')}/__init__.py" in NEW_MODULES:
            module = sys.modules.pop(name)
            parent, _, own = name.rpartition(".")
            if getattr(sys.modules.get(parent), own, None) is module:
                delattr(sys.modules[parent], own)


def test_that_the_page_shows_one_of_every_kind_of_extension() -> None:
    rooms = {path.rpartition("/")[0] for path in NEW_MODULES}
    for room in ("sources", "video/cameras", "video/analytics", "steps/count", "reports/hidden", "views/panels/level",
                 "store/migrations/versions"):  # fmt: skip
        assert f"console/{room}" in rooms


def test_that_every_example_passes_the_checks_of_style(beside: Path) -> None:
    line = [sys.executable, "-m", "ruff", "check", "--quiet", "--config", str(ROOT / "pyproject.toml"), str(beside)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


# ------------------------------------------------------------------ cameras and rules


def test_that_the_example_of_a_camera_shows_what_a_web_server_gives(beside: Path) -> None:
    assert discover("console.video.cameras", kind=CameraSpec)["http_jpeg"].name == "http_jpeg"
    # In a process of its own, as in a worker: OpenCV does not belong into one that has a window.
    program = dedent(
        f"""
        import threading
        from http.server import BaseHTTPRequestHandler, HTTPServer
        from pathlib import Path

        import console.video.cameras as room
        room.__path__.append({str(beside / "console/video/cameras")!r})
        import numpy as np
        from console.models.errors import ConsoleError
        from console.models.site import Camera, CameraKind
        from console.video.cameras.http_jpeg import SPEC
        from console.video.cv import cv2
        from console.video.kinds import Setting

        picture = cv2.imencode(".jpg", np.full((48, 64, 3), 200, np.uint8))[1].tobytes()

        class Pictures(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(picture if self.path == "/shot" else b"no picture")

            def log_message(self, *_words):
                pass

        def camera(path):
            address = f"http://127.0.0.1:{{server.server_address[1]}}{{path}}"
            made = Camera(id="c", number=1, name=None, kind=CameraKind.FILE, address=address)
            return Setting(camera=made, secret="", site_dir=Path("."), scenes_dir=None)

        with HTTPServer(("127.0.0.1", 0), Pictures) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            shots = SPEC.open(camera("/shot"))
            assert (shots.width_px, shots.height_px) == (64, 48)
            assert shots.grab() and abs(int(shots.retrieve()[24, 32, 0]) - 200) < 3
            try:
                SPEC.open(camera("/other"))
            except ConsoleError as error:
                print(error.text.en)
            server.shutdown()
        """
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "What the camera gave is no JPEG picture\n", done.stderr


def test_that_the_example_of_a_camera_refuses_what_is_no_address_of_the_web(beside: Path) -> None:
    spec = discover("console.video.cameras", kind=CameraSpec)["http_jpeg"]
    camera = Camera(id=CameraId("c"), number=1, name=Text("门", "Gate"), kind=CameraKind.FILE, address="ftp://x/1.jpg")
    assert [mistake.en for mistake in spec.check(camera, beside)] == ["The address must begin with http:// or https://"]


def test_that_the_example_of_a_rule_tells_a_covered_lens_and_its_end_once_each(beside: Path) -> None:
    spec = discover("console.video.analytics", kind=RuleSpec)["covered"]
    rule = Rule(id="lens", point=PointId("lens-1"), zone=((0, 0), (1, 0), (1, 1)), min_s=2.0)
    assert spec.check(rule) == []
    judge, eye = spec.judge(CameraId("c"), (rule,), frozenset()), Eye()
    seen = np.random.default_rng(1).integers(0, 255, (96, 128, 3), np.uint8)
    covered = np.full((96, 128, 3), 12, np.uint8)
    told = [
        (second, verdict.active)
        for second, frame in enumerate([seen, seen, *[covered] * 6, *[seen] * 3])
        for _rule, verdict in judge.look(eye.look(frame, float(second)))
    ]
    assert told == [(4, True), (8, False)]


# ------------------------------------------------------------------ sources


def test_that_the_example_of_a_source_keeps_the_contract_of_all_sources(beside: Path) -> None:
    hook = beside / "reach.py"
    hook.write_text(
        f"import console.sources\nconsole.sources.__path__.append({str(beside / 'console/sources')!r})\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "reach", "-p", "no:cacheprovider", "-k", "line or kind_is_called",
         "tests/sources/test_kinds.py"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{beside}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed.group(1)) >= 7


def test_that_the_example_of_a_source_answers_when_the_alarm_is_on_disk(beside: Path) -> None:
    import socket

    from console.models.signals import SignalKind
    from console.sources.source import SourceSpec
    from tests.sources.conftest import setup_of
    from tests.sources.desk import Desk

    desk = Desk()
    spec = discover("console.sources", kind=SourceSpec)["line"]
    try:
        with spec.start(setup_of("line"), desk.context()) as running:
            address = running.address(10.0)
            assert address is not None
            with socket.create_connection(address, 10.0) as panel, panel.makefile("rwb") as line:
                for said, answered in (
                    (b"ALARM gate-button", b"OK"),
                    (b"nonsense", b"?"),
                    (b"RESTORE gate-button", b"OK"),
                ):
                    line.write(said + b"\n")
                    line.flush()
                    assert line.readline().strip() == answered
            with socket.create_connection(address, 10.0) as panel, panel.makefile("rwb") as line:
                desk.fail = 1
                line.write(b"ALARM gate-button\n")
                line.flush()
                assert line.readline() == b""  # not on disk: no answer
        kept = [(signal.kind, signal.point) for signal in desk.signals]
        assert kept == [(SignalKind.ALARM, "gate-button"), (SignalKind.RESTORE, "gate-button")]
    finally:
        desk.close()


# ------------------------------------------------------------------ plans and steps


def test_that_the_example_of_a_plan_holds_no_mistake(tmp_path: Path) -> None:
    example = piece(FILE, "resources/plans/flood.yaml")
    file = tmp_path / "flood.yaml"
    file.write_text(example.text, encoding="utf-8")
    mistakes = Mistakes()
    kinds = {spec.kind: spec.check for spec in discover("console.steps", kind=StepSpec).values()}
    read = read_plan(file, "plans/flood.yaml", step_kinds=kinds, mistakes=mistakes)
    assert [one.in_language("en") for one in mistakes.sorted()] == []
    assert read is not None
    assert read.plan.classes == (AlarmClass.FLOOD,)
    assert not resources.path("plans").joinpath("flood.yaml").exists()


def test_that_the_example_of_a_step_takes_a_number_and_refuses_what_is_none(beside: Path) -> None:
    spec = discover("console.steps", kind=StepSpec)["count"]
    step = Step(id="heads", kind="count", title=Text("清点人数", "Head count"), options={"most": 40}, next="after")
    assert spec.check(step) == ()
    outcome = spec.settle(step, "", {"count": 12})
    assert (outcome.next, outcome.entry) == ("after", "清点人数 12")
    with pytest.raises(Refused, match="0 to 40"):
        spec.settle(step, "", {"count": 41})


def test_that_the_page_of_the_example_of_a_step_gives_the_number_with_enter(beside: Path, qtbot: Any) -> None:
    module = importlib.import_module("console.steps.count.page")
    step = Step(id="heads", kind="count", title=Text("清点人数", "Head count"), options={"most": 40})
    page = module.Page(step, None, None)
    qtbot.addWidget(page)
    given: list[tuple[str, dict[str, Any]]] = []
    page.settled.connect(lambda answer, value: given.append((answer, value)))
    assert page.choose(7)
    assert page.proceed()
    assert given == [("", {"count": 7})]


# ------------------------------------------------------------------ forms, panels


def _hidden_alarm(at: Any) -> Alarm:
    return Alarm(
        id=AlarmId("a"),
        key="door|access",
        point=PointId("door"),
        source=SourceId("panel"),
        alarm_class=AlarmClass.ACCESS,
        priority=Priority.MEDIUM,
        title=Text("仓库门", "Store door"),
        first_at=at,
        last_at=at,
        hiding=Hiding(kind=State.SHELVED, by=PersonId("p"), reason="门锁待修", until_at=at),
    )


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_that_the_example_of_a_form_is_a_pdf_and_always_the_same_one(beside: Path, clock: Any, language: str) -> None:
    spec = discover("console.reports", kind=ReportSpec)["hidden"]
    now = clock.now()
    head = Letterhead(site=Text("院子", "The yard"), printed_by="林", made_at=now, journal_seq=7, journal_head="a" * 64)
    content = spec.content(letterhead=head, alarms=(_hidden_alarm(now),))
    made = spec.build(content, language)
    assert made.pages == 1
    assert made.data.startswith(b"%PDF")
    assert spec.build(content, language) == made


def test_that_the_example_of_a_panel_shows_the_level_that_was_set(
    beside: Path, qtbot: Any, tmp_path: Path, clock: Any
) -> None:
    from tests.views.map import posts

    spec = discover("console.views.panels", kind=PanelSpec)["level"]
    leader = Actor(person=PersonId("p-lead"), name="王建军", role=Role.LEADER, seat="1")
    with posts.post(tmp_path / "post", clock) as post:
        panel = spec.build(post.bridge)
        qtbot.addWidget(panel)
        qtbot.waitUntil(lambda: panel._line.text() == "No level was set")
        told: Future[Any] = post.desk.do(duty.set_threat, ThreatLevel.YELLOW, "市里统一部署", by=leader)
        told.result()
        qtbot.waitUntil(lambda: "市里统一部署" in panel._line.text())
        panel._line.clear()
        panel.retranslate()
        assert panel._line.text().startswith("Yellow")


# ------------------------------------------------------------------ settings, sentences, migrations


def test_that_the_example_of_a_setting_is_one() -> None:
    text = piece(FILE, "console/models/settings/post.py").text
    made = eval(text.partition("\n")[2], {"Setting": Setting, "Text": Text})  # noqa: S307 - our own page
    assert isinstance(made, Setting)
    assert made.low is not None
    assert made.high is not None
    assert made.low <= float(made.default) <= made.high


def test_that_the_example_of_a_sentence_is_one_of_a_catalogue() -> None:
    (block,) = [one.text for one in pieces(FILE) if one.language == "po"]
    (entry,) = polib.pofile(block)
    assert entry.translated()
    assert f'_("{entry.msgid}")' in FILE.read_text(encoding="utf-8")


def _module(name: str, file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_that_the_example_of_a_migration_goes_up_and_down(beside: Path, tmp_path: Path) -> None:
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    (path,) = [path for path in NEW_MODULES if "migrations" in path]
    migration = _module("example_migration", beside / path)
    assert (migration.down_revision, int(migration.revision)) == (opening.HEAD, int(opening.HEAD) + 1)
    engine = open_engine(sqlite_url(tmp_path / "record.db"), pooled=False)
    with engine.execution_options(writing=True).begin() as connection:
        opening.upgrade(connection)
        before = set(inspect(connection).get_table_names())
        with Operations.context(MigrationContext.configure(connection)):
            migration.upgrade()
            assert set(inspect(connection).get_table_names()) - before == {"visit"}
            migration.downgrade()
        assert set(inspect(connection).get_table_names()) == before


def test_that_what_the_page_names_is_there() -> None:
    assert Path(console.__file__).parent.parent == ROOT
    named = {
        word.strip("`")
        for line in FILE.read_text(encoding="utf-8").split("```")[::2]
        for word in line.split()
        if word.startswith("`") and word.rstrip(".,;:)").endswith("`") and "/" in word
    }
    missing = [
        path
        for word in sorted(named)
        if (path := word.rstrip(".,;:)`")).startswith(("console/", "tests/", "tools/", "docs/", "resources/"))
        and "<" not in path
        and not (ROOT / path).exists()
    ]
    assert not missing
