"""What the wall gives up under load, what it spares, and that it says so."""

from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from console.models.load import Pace
from console.models.zoom import WHOLE
from console.services import faults
from console.views.lookers import NOTHING, joined
from console.views.panels.wall.panel import WallPanel
from tests.views.posts import Seat


@pytest.fixture
def wall(qtbot: Any, seat: Seat) -> WallPanel:
    seat.take_keyboard()
    made = WallPanel(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1100, 720)
    made.show()
    qtbot.waitUntil(lambda: len(made.canvas.shown) == 16)
    made.pace._timer.stop()  # the test measures
    return made


def strain(wall: WallPanel, seat: Seat, seconds: int, worker_ms: float) -> None:
    for _second in range(seconds):
        wall.pace.take(5.0, worker_ms)
        seat.clock.advance(1)


def test_that_the_wall_gives_up_steps_but_not_of_what_is_looked_at(qtbot: Any, wall: WallPanel, seat: Seat) -> None:
    alarm = seat.ring("beam-east-2")
    qtbot.waitUntil(wall.strip.isVisible)
    wall.canvas.select("cam-09")
    strain(wall, seat, 7, 200)
    assert wall.pace.ladder.pace is Pace.HALF
    strain(wall, seat, 14, 200)
    assert wall.pace.ladder.pace is Pace.STILLS
    assert seat.feed.paces["cam-12"] is Pace.STILLS
    assert seat.feed.paces.get("cam-09", Pace.FULL) is Pace.FULL
    assert seat.feed.paces.get(alarm.cameras[0], Pace.FULL) is Pace.FULL
    note = wall.findChild(QLabel, "wall.load")
    assert note.isVisible()
    assert "stills every 2 s" in note.text()
    wall.canvas.select("cam-12")
    strain(wall, seat, 1, 200)
    assert seat.feed.paces["cam-12"] is Pace.FULL
    strain(wall, seat, 140, 5)
    assert wall.pace.ladder.pace is Pace.FULL
    assert set(seat.feed.paces.values()) == {Pace.FULL}
    assert not note.isVisible()
    seat.desk.do(lambda tx: None).result()
    last = seat.desk.ask(faults.last, "video_load:1").result()
    assert last is not None
    assert not last.active


def test_that_one_picture_serves_all_who_look() -> None:
    part = (0.25, 0.25, 0.75, 0.75)
    assert joined([]) == NOTHING
    assert joined([(320, 180, part), NOTHING]) == (320, 180, part)
    assert joined([(320, 180, WHOLE), (640, 360, WHOLE)]) == (640, 360, WHOLE)
    assert joined([(320, 180, WHOLE), (320, 180, part)]) == (640, 360, WHOLE)
