"""The console as a whole: put together, taken apart, and what it says and goes on with when the world is wrong."""

import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from console import app
from console.demo.panel import Dialler
from console.models.alarms import Alarm, AlarmClass
from console.models.errors import ConsoleError
from console.models.events import ConsoleStarted, ConsoleStopped, Event, EvidenceKept
from console.models.ids import CameraId, SourceId
from console.models.pictures import Sight
from console.models.trust import Evidence
from console.services import evidence, queries
from tests.stories.posts import ACCOUNT, environment, free_port, make_site

PATIENCE_S = 80.0
# A wall and a floor: a scene that is lit in a moment.
SCENE = """
view: {at: [0, 0, 3], pitch: 20, fov: 60}
film: {fps: 5}
surfaces:
  - {kind: ground, at: [-20, -2], to: [20, 40]}
  - {kind: wall, at: [-10, 12], to: [10, 12]}
"""
CAMERA = """
  - id: cam-{number}
    number: {number}
    name: {{zh: 摄像机{number}, en: Camera {number}}}
    kind: {kind}
    address: {address}
    place: yard
"""


def with_cameras(site: Path, *cameras: tuple[str, str]) -> Path:
    """Give a site cameras of a kind and an address each."""
    (site / "scenes").mkdir()
    (site / "scenes" / "wall.yaml").write_text(SCENE)
    lines = [CAMERA.format(number=number, kind=kind, address=at) for number, (kind, at) in enumerate(cameras, 1)]
    (site / "cameras.yaml").write_text("cameras:" + "".join(lines), encoding="utf-8")
    return site


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site", 0)


def options(site: Path, **more: object) -> app.Options:
    return app.Options(site_dir=site, data_dir=site.parent / "data", **more)  # type: ignore[arg-type]


def wait_until(true: Callable[[], object]) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < until_s, "it did not come about"
        time.sleep(0.01)


@contextmanager
def hearing(post: app.Post, kind: type[Event]) -> Iterator[Callable[[Callable[[Event], bool]], Event]]:
    """Collect events of a kind; what is given waits for one that fits."""
    came: list[Event] = []
    changed = threading.Condition()

    def take(event: Event) -> None:
        with changed:
            came.append(event)
            changed.notify_all()

    def wait(fits: Callable[[Event], bool]) -> Event:
        with changed:
            assert changed.wait_for(lambda: any(map(fits, came)), PATIENCE_S), came
            return next(filter(fits, came))

    undo = post.desk.bus.on(kind, take)
    try:
        yield wait
    finally:
        undo()


# ------------------------------------------------------------------------------------------------ put together, taken apart
def test_that_a_console_leaves_no_thread_no_process_no_memory_and_no_open_file_behind(site: Path) -> None:
    with_cameras(site, ("synthetic", "wall"), ("synthetic", "wall"))
    with app.open_post(options(site)):
        pass  # what the first start opens for good, such as time zones, is open now
    before = psutil.Process().num_fds()
    with app.open_post(options(site)) as post:
        wait_until(lambda: all(post.video.state(camera.id).sight is Sight.LIVE for camera in post.site.cameras))
        assert post.sources[SourceId("panel")].address(PATIENCE_S)
        assert psutil.Process().children()  # there was something to leave behind
    wait_until(lambda: psutil.Process().num_fds() <= before)
    # threads, processes and shared memory: the guards of every test
    kept = {entry.name for entry in (site.parent / "data").iterdir()}
    assert {"zhishou.db", "zhishou.lock", "log", "evidence", "reports"} <= kept
    assert not [name for name in kept if name.endswith((".new", ".part", ".tmp"))]


def test_that_a_console_says_on_record_when_it_began_and_that_it_ended_in_order(site: Path) -> None:
    with app.open_post(options(site)):
        pass
    with app.open_post(options(site)) as post:
        kinds = [line.kind for line in post.desk.ask(lambda rx: list(rx.journal())).result()]
    assert kinds.count(ConsoleStarted.__name__) == 2
    assert kinds.index(ConsoleStopped.__name__) > kinds.index(ConsoleStarted.__name__)


def test_that_an_alarm_over_the_wire_is_kept_with_the_picture_of_its_camera(site: Path) -> None:
    with_cameras(site, ("synthetic", "wall"))
    folder = (site / "site.yaml").read_text(encoding="utf-8")
    (site / "site.yaml").write_text(folder.replace("    plan: perim", "    cameras: [cam-1]\n    plan: perim"), encoding="utf-8")
    with app.open_post(options(site)) as post, hearing(post, EvidenceKept) as kept:
        wait_until(lambda: post.video.state(CameraId("cam-1")).sight is Sight.LIVE)
        where = post.sources[SourceId("panel")].address(PATIENCE_S)
        assert where is not None
        with Dialler(*where, ACCOUNT) as panel:
            assert panel.send("BA", "1").acknowledged
        kept(lambda _event: True)
        alarm = post.desk.ask(lambda rx: rx.first(Alarm)).result()
        picture = post.desk.ask(lambda rx: rx.first(Evidence)).result()
        assert alarm.alarm_class is AlarmClass.INTRUSION
        assert (picture.alarm, picture.camera) == (alarm.id, "cam-1")
        assert evidence.is_unchanged(post.folder.root, picture)
        assert (post.folder.root / picture.file).read_bytes().startswith(b"\xff\xd8")


# ------------------------------------------------------------------------------------------------ when the world is wrong
def test_that_a_port_in_use_is_said_and_everything_else_goes_on_until_it_is_free(tmp_path: Path) -> None:
    door = socket.create_server(("127.0.0.1", 0))
    port = door.getsockname()[1]
    site = with_cameras(make_site(tmp_path / "site", port), ("synthetic", "wall"))
    with app.open_post(options(site)) as post:
        wait_until(lambda: [one for one in post.desk.ask(queries.source_states).result() if not one.healthy])
        (ill,) = post.desk.ask(queries.source_states).result()
        assert str(port) in ill.sentence_zh
        assert str(port) in ill.sentence_en
        wait_until(lambda: post.video.state(CameraId("cam-1")).sight is Sight.LIVE)
        door.close()
        with Dialler("127.0.0.1", port, ACCOUNT, attempts=1) as panel:
            wait_until(lambda: panel.poll().acknowledged)
        wait_until(lambda: all(one.healthy for one in post.desk.ask(queries.source_states).result()))


def test_that_a_dead_camera_says_why_and_its_neighbour_is_seen(site: Path) -> None:
    with_cameras(site, ("synthetic", "wall"), ("rtsp", f"rtsp://127.0.0.1:{free_port()}/live"))
    with app.open_post(options(site)) as post:
        live, dead = (camera.id for camera in post.site.cameras)
        wait_until(lambda: post.video.state(live).sight is Sight.LIVE)
        wait_until(lambda: post.video.state(dead).sight is Sight.OFFLINE)
        wait_until(lambda: post.video.state(dead).reason_zh)
        assert post.video.state(dead).reason_en
        with pytest.raises(ConsoleError):
            post.take_snapshot(dead, None).result(PATIENCE_S)
        assert post.take_snapshot(live, None).result(PATIENCE_S).size_bytes > 0


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda site: with_cameras(site, ("synthetic", "no_such_scene")), "no_such_scene"),
        (lambda site: (site / "more.yaml").write_text("postss: []"), 'Did you mean "posts"'),
        (lambda site: (site / "site.yaml").unlink(), "site.yaml"),
        (lambda site: (site / "site.yaml").write_text("id: ["), "site.yaml:1"),
    ],
)
def test_that_a_mistake_in_the_site_folder_is_told_before_anything_is_started(
    site: Path, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(site)
    with pytest.raises(ConsoleError) as told, app.open_post(options(site)):
        pass
    assert said in told.value.text.en
    assert told.value.text.zh


def test_that_a_damaged_record_is_refused_with_a_sentence_and_left_as_it_is(site: Path) -> None:
    data = site.parent / "data"
    with app.open_post(options(site)):
        pass
    for beside in data.glob("zhishou.db-*"):
        beside.unlink()
    damaged = b"not a database at all, " * 500
    (data / "zhishou.db").write_bytes(damaged)
    with pytest.raises(ConsoleError) as told, app.open_post(options(site)):
        pass
    assert "zhishou.db" in told.value.text.en
    assert (data / "zhishou.db").read_bytes() == damaged


def test_that_a_record_of_another_program_is_refused(site: Path) -> None:
    data = site.parent / "data"
    data.mkdir()
    with sqlite3.connect(data / "zhishou.db") as other:
        other.execute("create table songs (name text)")
    other.close()
    with pytest.raises(ConsoleError), app.open_post(options(site)):
        pass


def test_that_a_data_folder_that_cannot_be_made_is_said_in_a_sentence(site: Path) -> None:
    (site.parent / "data").write_text("a file where the folder should be")
    with pytest.raises(ConsoleError) as told, app.open_post(options(site)):
        pass
    assert "--data" in told.value.text.zh


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_that_a_data_folder_that_is_read_only_is_said_in_a_sentence(site: Path) -> None:
    data = site.parent / "data"
    data.mkdir(mode=0o500)
    with pytest.raises(ConsoleError) as told, app.open_post(options(site)):
        pass
    assert "--data" in told.value.text.zh


def test_that_two_consoles_do_not_share_one_data_folder(site: Path) -> None:
    with app.open_post(options(site)) as post:
        with pytest.raises(ConsoleError) as told, app.open_post(options(site)):
            pass
        assert str(os.getpid()) in told.value.text.en
        assert post.desk.ask(alarms_there).result() == ()  # the first one has not noticed


def alarms_there(rx: object) -> object:
    return queries.live_alarms(rx)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------ with its window
WINDOW = """
import sys, threading
from pathlib import Path
from console import app

def drive(window):
    from PySide6.QtTest import QTest
    window.resize(1366, 768)
    window.show()
    QTest.qWait(300)
    print(window.windowTitle(), flush=True)
    return 5

site, data = map(Path, sys.argv[1:])
code = app.run_window(app.Options(site_dir=site, data_dir=data, language="en"), drive=drive)
print([thread.name for thread in threading.enumerate()])
sys.exit(code)
"""


def test_that_the_window_opens_shows_the_post_and_leaves_nothing_behind(site: Path) -> None:
    with_cameras(site, ("synthetic", "wall"))
    done = subprocess.run(
        [sys.executable, "-c", WINDOW, str(site), str(site.parent / "data")],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 5, done.stderr
    assert done.stdout == "Small post - Zhishou\n['MainThread']\n"
    assert done.stderr.replace("This plugin does not support propagateSizeHints()\n", "") == ""
    assert not [one for one in psutil.process_iter(["cmdline"]) if str(site) in " ".join(one.info["cmdline"] or ())]
