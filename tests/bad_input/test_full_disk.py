"""A full disk: alarms are seen and heard all the same, and the gap is on record once there is room again."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.models.alarms import Alarm
from console.models.events import AlarmRaised, FaultNoted
from console.models.signals import Signal
from console.services import desk as desks
from console.services import own_alarms
from tests.bad_input.screens import Screen, screen

pytestmark = [pytest.mark.usefixtures("looks"), pytest.mark.timeout(120)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may make a small disk")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"no small disk can be made here: {done.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Fill a disk to its last byte; deleting the file given makes room."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65536, 512, 1):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
    return ballast


def burden(shown: Screen) -> None:
    """Change things until the pages that the record has in reserve are used up."""
    for _turn in range(200):
        future = shown.post.desk.do(lambda tx: tx.record(FaultNoted(at=tx.now, fault="padding", active=False, sentence=LONG)))
        if future.exception() is not None:
            return
    raise AssertionError("the disk was never full")


def intrusions(shown: Screen) -> list[Alarm]:
    """The alarms from outside that were kept; the post's own, from before the disk was full, are others."""
    return [one.alarm for one in shown.told(AlarmRaised) if one.alarm.source != own_alarms.SOURCE]


LONG = desks.Text("满" * 5000, "full " * 2000)


@pytest.mark.expects_log("nothing can be recorded")
@pytest.mark.expects_log("recording works again")
@pytest.mark.expects_log("the clocks stand still")
@pytest.mark.expects_log("not on disk, so no answer is given")
def test_that_an_alarm_on_a_full_disk_is_seen_and_heard_and_kept_when_there_is_room(site: Path, small_disk: Path) -> None:
    with screen(site, small_disk / "data") as shown:
        shown.sign_on()
        ballast = fill(small_disk)
        burden(shown)
        shown.wait_for(lambda: "Nothing has been recorded since" in shown.text_of("record.sentence"))
        assert "disk is full" in shown.text_of("record.sentence").lower()
        assert shown.text_of("status.record") == "Not recording"
        bar = shown.find("record")
        assert bar.width() == shown.window.pages.width()

        with shown.panel(timeout_s=2.0) as panel:
            assert not panel.send("BA", "1").acknowledged  # what is not on disk is not acknowledged
        shown.wait_for(lambda: "Fence" in shown.text_of("record.alarms"))
        assert "Critical" in shown.text_of("record.alarms")
        assert next(one.title.en for one in shown.window.sounder.waiting()).startswith("Fence")
        assert not intrusions(shown)

        ballast.unlink()
        shown.wait_for(lambda: not bar.isVisible())
        shown.wait_for(lambda: intrusions(shown))
        begun, over = [one for one in shown.told(FaultNoted) if one.fault == desks.RECORD_FAULT]
        assert (begun.active, over.active) == (True, False)
        assert over.details["began_at"] == begun.at.isoformat()
        assert over.details["lasted_s"] == (over.at - begun.at).total_seconds() > 0
        signal = shown.post.desk.ask(lambda rx: rx.first(Signal, code="BA")).result()
        alarm = shown.post.desk.ask(lambda rx: rx.first(Alarm, point=signal.point)).result()
        assert alarm.first_at == signal.received_at < over.at
        # On a slow machine the source may have been deaf long enough for an alarm of its own.
        shown.wait_for(lambda: alarm.id in [one.id for one in shown.window.sounder.waiting()])
        shown.wait_for(lambda: shown.text_of("status.record").startswith("Record "))
