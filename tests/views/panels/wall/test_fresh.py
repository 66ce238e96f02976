"""New pictures alone: fetched once, painted from the memory they lie in, with all that is said over them."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QSize
from PySide6.QtGui import QImage
from typing_extensions import override

from console.models.clock import FakeClock
from console.models.ids import CameraId
from console.models.pictures import Picture, Sight, Still
from console.models.zoom import WHOLE, Zoom
from console.views import theme, words
from console.views.panels.wall.arrange import BY_KEY, arrange
from console.views.panels.wall.canvas import WallCanvas
from console.views.panels.wall.loop import Loop
from console.views.panels.wall.tile import ShownTile
from tests.views.feeds import GradientFeed
from tests.views.panels.wall.test_canvas import CAMERAS, ORDER

SLOTS = 3
SHOWN = ORDER[:4]


class SlotFeed(GradientFeed):
    """Writes into three memories a camera in turn, as a worker does; a picture is of one grey, `grey(seq)`."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_for: list[CameraId] = []
        self.halved: set[CameraId] = set()
        self._slots: dict[tuple[CameraId, int, int, int], tuple[np.ndarray, memoryview]] = {}

    def grey(self, seq: int) -> int:
        return 40 + 7 * (seq % 25)

    @override
    def latest(self, camera: CameraId, than: int = -1) -> Picture | None:
        self.asked_for.append(camera)
        width, height = self.wants.get(camera, (0, 0))
        if camera in self.halved:
            width, height = width // 2, height // 2
        if not width or self.seq == than or self.state(camera).sight is Sight.OFFLINE:
            return None
        key = (camera, self.seq % SLOTS, width, height)
        if key not in self._slots:
            pixels = np.full((height, width, 4), 255, np.uint8)
            self._slots[key] = (pixels, memoryview(pixels).cast("B").toreadonly())
        pixels, view = self._slots[key]
        pixels[..., :3] = self.grey(self.seq)
        region = self.regions.get(camera, WHOLE)
        return Picture(view, width, height, self.seq, self.ages.get(camera, 0.04), region)


@pytest.fixture
def feed() -> SlotFeed:
    return SlotFeed()


@pytest.fixture
def wall(looks: None, qtbot: Any, feed: SlotFeed, clock: FakeClock) -> WallCanvas:
    made = WallCanvas(feed, clock, words.ZoneInfo("Asia/Shanghai"), CAMERAS)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show_tiles(BY_KEY["4"], arrange(BY_KEY["4"], SHOWN), {})
    made.show()
    made._timer.stop()  # the test is the clock
    qtbot.waitUntil(lambda: all(shown.seq == feed.seq for shown in made.shown))
    made._fresh.tick()
    qtbot.wait(1)
    return made


def turn(wall: WallCanvas, feed: SlotFeed, qtbot: Any) -> None:
    """A new picture of every camera, painted as the window does it."""
    feed.advance()
    wall._fresh.tick()
    qtbot.waitUntil(lambda: all(shown.seq == feed.seq for shown in wall.shown))


def greys(wall: WallCanvas, shown: ShownTile) -> list[int]:
    """What stands in a tile's picture on the screen, away from what is said over it."""
    image = wall.window().screen().grabWindow(wall.winId()).toImage()
    spots = [QPoint(40, 60), QPoint(shown.picture.width() - 5, shown.picture.height() - 5)]
    return [image.pixelColor(shown.picture.topLeft() + spot).lightness() for spot in spots]


def at_corner(wall: WallCanvas, shown: ShownTile) -> int:
    """What stands where a picture begins, and what is said over it."""
    image = wall.window().screen().grabWindow(wall.winId()).toImage()
    return image.pixelColor(shown.picture.topLeft() + QPoint(4, 4)).lightness()


def test_that_a_picture_is_fetched_once_and_nothing_is_painted_without_one(
    wall: WallCanvas, feed: SlotFeed, qtbot: Any
) -> None:
    feed.asked_for.clear()
    turn(wall, feed, qtbot)
    assert sorted(feed.asked_for) == sorted(SHOWN)


def test_that_a_kept_image_is_never_shown_for_another_picture(wall: WallCanvas, feed: SlotFeed, qtbot: Any) -> None:
    for _turn in range(3 * SLOTS):
        turn(wall, feed, qtbot)
        for shown in wall.shown:
            assert greys(wall, shown) == [feed.grey(feed.seq)] * 2
    kept = [image for *_memory, image in wall.shown[0]._images]
    assert len(kept) == SLOTS
    turn(wall, feed, qtbot)
    assert {id(image) for *_memory, image in wall.shown[0]._images} == {id(image) for image in kept}


def test_that_a_picture_of_another_size_for_a_moment_fills_its_place(wall: WallCanvas, feed: SlotFeed, qtbot: Any) -> None:
    turn(wall, feed, qtbot)
    feed.halved.add(SHOWN[1])
    for _turn in range(SLOTS + 1):
        turn(wall, feed, qtbot)
        assert greys(wall, wall.shown[1]) == [feed.grey(feed.seq)] * 2
    feed.halved.clear()
    turn(wall, feed, qtbot)
    assert greys(wall, wall.shown[1]) == [feed.grey(feed.seq)] * 2


def test_that_a_picture_overwritten_while_it_was_painted_is_painted_again(
    wall: WallCanvas, feed: SlotFeed, qtbot: Any
) -> None:
    feed.torn.add(SHOWN[2])
    feed.asked_for.clear()
    turn(wall, feed, qtbot)
    assert not feed.torn
    assert feed.asked_for.count(SHOWN[2]) == 2
    assert greys(wall, wall.shown[2]) == [feed.grey(feed.seq)] * 2


def test_that_what_is_said_over_a_picture_comes_within_a_second_and_stays_with_every_picture(
    wall: WallCanvas, feed: SlotFeed, clock: FakeClock, qtbot: Any
) -> None:
    said: dict[CameraId, tuple[tuple[str, str], ...]] = {}
    wall.notes = lambda camera: said.get(camera, ())
    first, second = wall.shown[:2]
    said[SHOWN[0]] = (("Turning: Li", "text.strong"),)
    clock.advance(1)
    for _turn in range(3):
        turn(wall, feed, qtbot)
        assert at_corner(wall, second) == feed.grey(feed.seq)
    assert not first.plain
    assert second.plain
    ground = theme.color("surface.strip").lightness()
    assert abs(at_corner(wall, first) - ground) < abs(feed.grey(feed.seq) - ground) / 2
    said.clear()
    clock.advance(1)
    turn(wall, feed, qtbot)
    turn(wall, feed, qtbot)
    assert at_corner(wall, first) == feed.grey(feed.seq)


def test_that_a_tile_that_is_looked_at_closely_says_so_over_every_new_picture(
    wall: WallCanvas, feed: SlotFeed, qtbot: Any
) -> None:
    wall.set_zoom(SHOWN[0], Zoom(factor=2.0))
    ground = theme.color("surface.strip").lightness()
    for _turn in range(3):
        turn(wall, feed, qtbot)
        assert abs(at_corner(wall, wall.shown[0]) - ground) < abs(feed.grey(feed.seq) - ground) / 2
        assert at_corner(wall, wall.shown[1]) == feed.grey(feed.seq)
    wall.set_zoom(SHOWN[0], Zoom())
    turn(wall, feed, qtbot)
    assert at_corner(wall, wall.shown[0]) == feed.grey(feed.seq)


def test_that_a_part_of_a_picture_that_comes_for_the_whole_is_said_to_be_a_part(
    wall: WallCanvas, feed: SlotFeed, qtbot: Any
) -> None:
    feed.regions[SHOWN[0]] = (0.25, 0.25, 0.75, 0.75)  # it was looked at closely until now, here or on another wall
    ground = theme.color("surface.strip").lightness()
    turn(wall, feed, qtbot)
    assert abs(at_corner(wall, wall.shown[0]) - ground) < abs(feed.grey(feed.seq) - ground) / 2
    assert at_corner(wall, wall.shown[1]) == feed.grey(feed.seq)
    feed.regions.clear()
    turn(wall, feed, qtbot)
    assert at_corner(wall, wall.shown[0]) == feed.grey(feed.seq)


def test_that_a_wall_that_came_to_a_finer_screen_asks_for_its_pixels(
    wall: WallCanvas, feed: SlotFeed, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dict(feed.wants)
    monkeypatch.setattr(WallCanvas, "devicePixelRatioF", lambda _wall: 2.0)
    wall.update()
    qtbot.waitUntil(lambda: feed.wants != before)
    assert {camera: feed.wants[camera] for camera in SHOWN} == {
        camera: (2 * before[camera][0], 2 * before[camera][1]) for camera in SHOWN
    }


def test_that_a_new_picture_is_not_said_to_be_as_old_as_the_one_before_it(
    wall: WallCanvas, feed: SlotFeed, clock: FakeClock, qtbot: Any
) -> None:
    feed.ages[SHOWN[0]] = 30.0
    clock.advance(1)
    wall._fresh.tick()
    assert wall.shown[0].claim is Sight.STALE
    qtbot.waitUntil(lambda: greys(wall, wall.shown[0])[0] != feed.grey(feed.seq))  # veiled
    del feed.ages[SHOWN[0]]
    turn(wall, feed, qtbot)
    assert greys(wall, wall.shown[0]) == [feed.grey(feed.seq)] * 2


def grey_jpeg() -> bytes:
    """A grey picture."""
    image = QImage(64, 36, QImage.Format.Format_RGB32)
    image.fill(0x404040)
    data = QBuffer()
    data.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(data, "JPEG")  # type: ignore[call-overload]
    return bytes(data.data().data())


def test_that_how_long_ago_a_replayed_picture_was_stays_true_where_there_is_only_one(
    wall: WallCanvas, feed: SlotFeed, clock: FakeClock, qtbot: Any
) -> None:
    wall.set_loop(SHOWN[0], Loop((Still(at=clock.now(), jpeg=grey_jpeg()),), clock.monotonic()))
    qtbot.waitUntil(lambda: wall.shown[0].loop_index == 0)

    def badge() -> QImage:
        corner = QRect(wall.shown[0].picture.topLeft(), QSize(200, 24))
        return wall.window().screen().grabWindow(wall.winId()).toImage().copy(corner)

    before = badge()
    clock.advance(75)
    wall._fresh.tick()
    qtbot.waitUntil(lambda: badge() != before)
