"""Recordings are played to a rule in a process of its own: what it would have told, and how fast that is known."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.models.errors import ConsoleError
from console.models.ids import PointId
from console.models.rules import Rule
from console.models.site import CameraKind
from console.video.replay import Progress, Request, replay_rule
from tests.video.conftest import camera
from tests.video.test_intrusion import EVERYWHERE, labels

AT = datetime(2026, 3, 14, 8, tzinfo=UTC)
ROOM = "intel/one-by-one-person-detection.mp4"


def request(tmp_path: Path, *files: tuple[Path, datetime], **fields: float) -> Request:
    rule = Rule(id="r", point=PointId("p"), zone=EVERYWHERE, **{"clear_s": 1.5, **fields})
    return Request(camera=camera("c", CameraKind.FILE, "x"), rule=rule, files=files, site_dir=tmp_path)


def test_that_six_visits_are_found(real_video: Callable[[str], Path], tmp_path: Path) -> None:
    known, far = labels(ROOM), []
    replayed = replay_rule(request(tmp_path, (real_video(ROOM), AT)), on_progress=far.append)
    assert len(replayed.events) == len(known["events"]) == 6
    for event, (first, last) in zip(replayed.events, known["events"], strict=True):
        assert abs((event.began_at - AT).total_seconds() - 0.6 - first / 10) <= 1.0
        assert event.ended_at is None or abs((event.ended_at - AT).total_seconds() - 1.5 - last / 10) <= 1.0
    assert far[-1] == Progress(file=1, at_s=0.0)
    assert len(far) > 10


def test_that_another_setting_gives_another_answer(real_video: Callable[[str], Path], tmp_path: Path) -> None:
    assert replay_rule(request(tmp_path, (real_video(ROOM), AT), min_area=0.5)).events == ()


def test_that_a_file_that_cannot_be_read_is_named_and_the_others_are_played(
    real_video: Callable[[str], Path], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.ts"
    bad.write_bytes(b"\x00" * 5000)
    later = AT + timedelta(minutes=5)
    replayed = replay_rule(request(tmp_path, (bad, AT), (real_video(ROOM), later)))
    assert replayed.unread == (bad,)
    assert len(replayed.events) == 6
    assert replayed.events[0].began_at > later


def test_that_a_replay_can_be_cancelled(real_video: Callable[[str], Path], tmp_path: Path) -> None:
    begun_s = time.monotonic()
    files = tuple((real_video(ROOM), AT + timedelta(minutes=3 * n)) for n in range(20))
    with pytest.raises(ConsoleError, match="cancelled"):
        replay_rule(request(tmp_path, *files), cancelled=lambda: time.monotonic() - begun_s > 1.0)
    assert time.monotonic() - begun_s < 60.0  # the 46 minutes of it take far longer
