"""What goes on record of cameras is what changed about them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from console.models.ids import CameraId
from console.models.pictures import CameraState, Sight
from console.services.health import only_news

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
LIVE = CameraState(camera=CameraId("cam-1"), sight=Sight.LIVE, since_at=AT, width_px=640, height_px=360)
GONE = replace(LIVE, sight=Sight.OFFLINE, reason_zh="没有应答", reason_en="no answer", next_try_at=AT)


def told(*states: CameraState) -> list[CameraState]:
    heard: list[CameraState] = []
    hear = only_news(heard.append)
    for state in states:
        hear(state)
    return heard


def test_that_the_tries_of_a_camera_that_stays_away_are_no_news() -> None:
    tries = [replace(GONE, next_try_at=AT + timedelta(seconds=30 * number)) for number in range(2880)]
    assert told(LIVE, *tries) == [LIVE, tries[0]]


def test_that_another_reason_and_another_sight_and_another_size_are_news() -> None:
    refused = replace(GONE, reason_zh="口令不对", reason_en="wrong password")
    larger = replace(LIVE, width_px=1280, height_px=720)
    assert told(LIVE, GONE, refused, GONE, LIVE, larger) == [LIVE, GONE, refused, GONE, LIVE, larger]


def test_that_cameras_are_told_apart() -> None:
    other = replace(GONE, camera=CameraId("cam-2"))
    assert told(GONE, other, GONE, other) == [GONE, other]
