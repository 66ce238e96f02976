"""How a camera's thread waits, and which of the camera's two streams it reads."""

import pytest

from console.models.ids import CameraId
from console.models.site import Camera, CameraKind
from console.models.text import Text
from console.video.backing_off import back_off_s
from console.video.feed import Choice


def test_that_waiting_grows_with_failures_to_half_a_minute_and_is_spread() -> None:
    waits = [back_off_s(failures, 0.5) for failures in range(1, 9)]
    assert waits == sorted(waits)
    assert waits[0] == 1.0
    assert waits[-1] == 30.0
    assert back_off_s(3, 0.0) == pytest.approx(3.4)
    assert back_off_s(3, 1.0) == pytest.approx(4.6)


def test_that_pulling_at_the_windows_edge_does_not_change_streams_back_and_forth() -> None:
    choice = Choice(
        Camera(id=CameraId("c"), number=1, name=Text("c"), kind=CameraKind.RTSP, address="a", main_address="b")
    )
    choice.opened(360)
    changes = [at_s / 10 for at_s in range(40) if choice.wants_other(800 if at_s % 4 else 200, at_s / 10)]
    assert changes == []
    (changed_s,) = [at_s / 10 for at_s in range(40, 60) if choice.wants_other(800, at_s / 10)]
    assert 4.2 < changed_s < 4.6
    choice.refused(5.0)
    assert not choice.full
    assert not any(choice.wants_other(800, at_s) for at_s in (6.0, 20.0, 60.0))
    assert not choice.wants_other(800, 66.0)
    assert choice.wants_other(800, 67.0)


def test_that_a_camera_with_one_stream_never_changes() -> None:
    choice = Choice(Camera(id=CameraId("c"), number=1, name=Text("c"), kind=CameraKind.RTSP, address="a"))
    choice.opened(360)
    assert not any(choice.wants_other(1080, at_s / 10) for at_s in range(50))
