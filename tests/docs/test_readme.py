"""A technician who follows the README to the letter gets what it promises."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console import app
from console.demo.guards import post
from console.demo.panel import Dialler
from console.models.people import RIGHTS, Right, Role
from console.models.site import CameraKind
from console.registry import discover
from console.sources.source import SourceSpec
from tests.docs.reading import ROOT, piece, pieces
from tests.stories.posts import environment, free_port

README, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
SITE = "my-site/site.yaml"
BOTH = pytest.mark.parametrize("file", [README, CHINESE], ids=lambda file: file.name)


@BOTH
def test_that_the_site_of_the_readme_loads_as_it_stands(file: Path, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(piece(file, SITE).text, encoding="utf-8")
    ground = app.read_ground(tmp_path)
    assert [camera.kind for camera in ground.site.cameras] == [CameraKind.RTSP]
    assert [source.kind for source in ground.site.sources] == ["video_rules", "sia_dc09", "punch"]
    assert {plan.id for plan in ground.plans} >= {"fire", "perimeter_intrusion"}


def test_that_both_readmes_show_the_same_site_and_the_same_commands() -> None:
    english, chinese = pieces(README), pieces(CHINESE)
    assert [one.language for one in english] == [one.language for one in chinese]

    def bare(text: str) -> str:
        return re.sub(r"\s+#.*$", "", text, flags=re.MULTILINE)

    assert [bare(one.text) for one in english] == [bare(one.text) for one in chinese]


def test_that_both_readmes_have_the_same_chapters_and_pictures() -> None:
    def shape(file: Path) -> list[str]:
        return re.findall(r"^(#+) ", file.read_text(encoding="utf-8"), re.MULTILINE)

    assert shape(README) == shape(CHINESE)
    names = [
        re.findall(r"images/(\w[\w-]*?)-(?:zh|en)\.png", file.read_text(encoding="utf-8")) for file in (README, CHINESE)
    ]
    assert set(names[0]) <= set(names[1])


@BOTH
def test_that_every_kind_of_camera_and_source_and_every_role_is_named(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert [kind.value for kind in CameraKind if f"`{kind.value}`" not in text] == []
    assert [kind for kind in discover("console.sources", kind=SourceSpec) if f"| `{kind}` |" not in text] == []


def test_that_the_table_of_roles_is_true() -> None:
    rows = {
        row[0].split()[0]: row[1:]
        for line in README.read_text(encoding="utf-8").splitlines()
        if len(row := [cell.strip() for cell in line.strip("|").split("|")]) == 7 and row[0].split()
    }
    columns = (
        Right.WATCH,
        Right.HANDLE_ALARMS,
        Right.SHELVE,
        Right.REVIEW_HANDOVER,
        Right.EXPORT_REPORTS,
        Right.MANAGE_PEOPLE,
    )
    names = {
        "operator": Role.OPERATOR,
        "shift": Role.LEADER,
        "supervisor": Role.SUPERVISOR,
        "administrator": Role.ADMINISTRATOR,
    }
    for name, role in names.items():
        assert [cell == "yes" for cell in rows[name]] == [right in RIGHTS[role] for right in columns], name
    assert {Right.WRITE_LOG, Right.SET_THREAT_LEVEL} <= RIGHTS[Role.SUPERVISOR]  # "log only", "threat level"


# ------------------------------------------------------------------ the whole way, with the commands that it shows


def zhishou(*arguments: str | Path, said: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "console", *map(str, arguments)],
        cwd=ROOT,
        env=environment(LANG="en_US.UTF-8", LC_ALL="en_US.UTF-8"),
        input=said,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


@pytest.fixture
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture
def site(tmp_path: Path, ports: tuple[int, int]) -> Path:
    """The README's site, on free ports, and with a camera that nobody answers for."""
    text = piece(README, SITE).text
    for written, here in (
        ("192.0.2.11:554", "127.0.0.1:1"),
        ("host: 0.0.0.0", "host: 127.0.0.1"),
        ("port: 12000", f"port: {ports[0]}"),
        ("port: 8071", f"port: {ports[1]}"),
    ):
        assert written in text
        text = text.replace(written, here)
    folder = tmp_path / "my-site"
    folder.mkdir()
    (folder / "site.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def served(site: Path, tmp_path: Path) -> Iterator[Path]:
    """The data folder of a console that serves the site."""
    data = tmp_path / "data"
    assert zhishou("secret", "set", "gate-cam", "--data", data, said="quiet-gate\n").returncode == 0
    with subprocess.Popen(
        [sys.executable, "-m", "console", "serve", "--site", str(site), "--data", str(data)],
        cwd=ROOT,
        env=environment(),
    ) as process:
        yield data
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def alarms(data: Path) -> list[str]:
    done = zhishou("alarms", "--since", "8h", "--json", "--data", data)
    return [json.loads(line)["point"] for line in done.stdout.splitlines()]


def ring(port: int) -> str:
    """Ring as the README's lines do, on the port of this test; again until the console listens."""
    (shown,) = {one.text for one in pieces(README) if "Dialler" in one.text}
    program = shown[shown.index("from console") : shown.rindex("'")].replace("12000", str(port))
    deadline = time.monotonic() + 80.0
    while True:
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env={**os.environ}, capture_output=True, text=True, check=True
        )
        if done.stdout.strip() == "ACK" or time.monotonic() > deadline:
            return done.stdout.strip()


@pytest.mark.timeout(300)
def test_that_a_site_is_checked_served_rung_verified_backed_up_and_restored(
    site: Path, served: Path, ports: tuple[int, int], tmp_path: Path
) -> None:
    checked = zhishou("site", "check", site)
    assert checked.returncode == 0, checked.stdout
    assert "No mistakes" in checked.stdout

    assert ring(ports[0]) == "ACK"
    assert alarms(served) == ["gate-beam"]
    with Dialler("127.0.0.1", ports[0], "1234") as panel:
        assert panel.send("FA", "2").acknowledged
    assert alarms(served) == ["gate-beam", "hall-smoke"]

    (curl,) = [one.text for one in pieces(README) if "curl" in one.text]
    body = re.search(r"-d '([^']+)'", curl)
    assert body is not None
    assert curl.strip().endswith("/punch")
    assert post(("127.0.0.1", ports[1]), json.loads(body.group(1)))

    lines = zhishou("journal", "--json", "--data", served).stdout.splitlines()
    kinds = [json.loads(line)["kind"] for line in lines]
    assert kinds.count("AlarmRaised") == 2
    assert "PunchReceived" in kinds

    verified = zhishou("verify", "--data", served)
    assert verified.returncode == 0, verified.stdout
    backup = tmp_path / "backup.tar"
    assert zhishou("backup", backup, "--site", site, "--data", served).returncode == 0
    restored = zhishou("restore", backup, "--data", tmp_path / "new-data", "--site", tmp_path / "new-site")
    assert restored.returncode == 0, restored.stderr
    assert alarms(tmp_path / "new-data") == ["gate-beam", "hall-smoke"]
    assert (tmp_path / "new-site" / "site.yaml").read_bytes() == (site / "site.yaml").read_bytes()
    assert not (tmp_path / "new-data" / "secrets.enc").exists()
