"""The acceptance: the whole story played on the real window, and what it leaves behind."""

import fcntl
import os
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stories.posts import environment

PICTURES = (
    "sign-on", "on-watch", "alarm", "acknowledged", "plan", "seen", "sent", "told", "police", "handed-over", "verdict",
    "closed", "report", "log", "handover-form", "handover-frozen", "handover-relief", "handover-signed",
)  # fmt: skip


@dataclass(frozen=True)
class Played:
    """A tour that was played: what it said, and where its pictures and its record are."""

    said: str
    pictures: Path
    data: Path

    def pdf(self, form: str) -> Path:
        """The paper of a form that the tour printed."""
        (found,) = self.pictures.glob(f"{form}-*.pdf")
        return found

    def words(self, form: str) -> str:
        """What stands on that paper, as text."""
        if shutil.which("pdftotext") is None:
            pytest.skip("pdftotext is not installed (poppler-utils)")
        command = ["pdftotext", "-layout", str(self.pdf(form)), "-"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def close(words: str) -> str:
    """The words without any blanks: where a line of a table ends says nothing about it."""
    return "".join(words.split())


def zhishou(*arguments: str, timeout_s: float = 150) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person would."""
    return subprocess.run(
        [sys.executable, "-m", "console", *arguments],
        env={**environment(), "DISPLAY": "", "WAYLAND_DISPLAY": ""},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The tour, played once a run: the process that needs it first plays it, the others wait and look at the same."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # what the processes of a run share
    pictures, data, said = folder / "tour" / "pictures", folder / "tour" / "data", folder / "tour" / "said.txt"
    said.parent.mkdir(exist_ok=True)
    with (folder / "tour" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            done = zhishou("demo", "--tour", str(pictures), "--data", str(data), timeout_s=400)
            said.write_text(done.stdout + done.stderr if done.returncode else done.stdout, encoding="utf-8")
            assert done.returncode == 0, done.stdout + done.stderr
    return Played(said.read_text(encoding="utf-8"), pictures, data)


pytestmark = pytest.mark.timeout(420)


def test_that_every_scene_leaves_a_numbered_picture_of_the_whole_window(played: Played) -> None:
    names = [f"{number:02d}-{name}.png" for number, name in enumerate(PICTURES, 1)]
    assert sorted(file.name for file in played.pictures.glob("??-*.png")) == names
    for name in names:
        content = (played.pictures / name).read_bytes()
        assert struct.unpack(">II", content[16:24]) == (1920, 1080)
        assert len(content) > 20_000
        assert name in played.said


def test_that_the_tour_says_where_everything_is(played: Played) -> None:
    assert str(played.pictures) in played.said
    assert f"{len(PICTURES)} 张截图，2 份 PDF" in played.said


def test_that_every_page_of_the_papers_is_drawn_beside_them(played: Played) -> None:
    for form in ("incident", "handover"):
        numbers = re.findall(r"第(\d+)页共(\d+)页", close(played.words(form)))
        pages = len(numbers)
        assert numbers == [(str(number), str(pages)) for number in range(1, pages + 1)]
        assert pages >= 1
        drawn = sorted(played.pictures.glob(f"{played.pdf(form).stem}-p*.png"))
        assert len(drawn) == pages


def test_that_the_timeline_shows_every_signal_key_and_answer_with_its_time(played: Played) -> None:
    words = close(played.words("incident"))
    for said in (
        "报警信号 BA",  # the panel rang
        "恢复信号 BR",
        "画面中有人进入警戒区",  # the camera saw it
        "确认报警",  # Space
        "启动预案",  # Enter
        "明确看到有人",  # 1
        "派警",
        "班长 王建军",
        "有人，翻越或擅自进入",  # 2
        "110",
        "民警已到",
        "真实入侵",
        "一人翻越东侧围墙进入",
        "SHA-256",
    ):
        assert close(said) in words, said
    timeline = words[words.index("时间轴") : words.index("处置步骤")]
    times = re.findall(r"(\d\d:\d\d:\d\d)T\+", timeline)
    assert len(times) > 20
    assert times == sorted(times) or times[0] > times[-1]  # around midnight


def test_that_the_incident_report_carries_the_picture_of_the_camera_and_a_piece_of_the_map(played: Played) -> None:
    if shutil.which("pdfimages") is None:
        pytest.skip("pdfimages is not installed (poppler-utils)")
    listed = subprocess.run(
        ["pdfimages", "-list", str(played.pdf("incident"))], capture_output=True, text=True, check=True
    ).stdout
    sizes = {tuple(map(int, row.split()[3:5])) for row in listed.splitlines()[2:]}
    assert (1200, 800) in sizes, "the piece of the map"
    assert (640, 360) in sizes, "the picture of the camera"


def test_that_the_handover_bears_both_signatures_and_the_code_of_its_record(played: Played) -> None:
    words = played.words("handover")
    assert re.search(r"林晓峰\s+吴桐", words)
    assert "含义：交班" in words
    assert "含义：接班" in words
    code = re.findall(r"核对短码\s+([A-HJ-NP-Z2-9]{8})", words)[0]
    assert close(words).count(f"记录{code}") == 2
    assert "2号楼屋面门门磁松动" in close(words)
    assert "王建军" in words


def test_that_the_record_of_the_story_is_sound_until_one_byte_of_it_is_changed(played: Played, tmp_path: Path) -> None:
    sound = zhishou("verify", "--data", str(played.data))
    assert sound.returncode == 0, sound.stdout + sound.stderr

    forged = tmp_path / "forged"
    shutil.copytree(played.data, forged)
    with sqlite3.connect(forged / "zhishou.db") as record:
        record.execute("pragma wal_checkpoint(truncate)")
    record.close()
    database = forged / "zhishou.db"
    content = bytearray(database.read_bytes())
    # The name of the one who climbed in becomes another: one byte of what the operator wrote.
    at = content.index("一人翻越东侧围墙进入".encode())
    content[at + 2] ^= 0x01
    database.write_bytes(content)
    found = zhishou("verify", "--data", str(forged))
    assert found.returncode not in (0, 2)
    assert found.stdout + found.stderr


def test_that_a_tour_that_cannot_be_kept_says_so_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    done = zhishou("demo", "--tour", str(tmp_path / "taken"))
    assert done.returncode not in (0, 2)
    assert "taken" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
