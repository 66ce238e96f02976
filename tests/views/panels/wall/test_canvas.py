"""The painted wall: it asks for exact pixels, paints what is new, and never calls an old picture live."""

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from typing_extensions import override

from console.i18n import set_language
from console.models.alarms import Priority
from console.models.clock import FakeClock
from console.models.ids import CameraId
from console.models.pictures import Sight
from console.models.site import Camera, CameraKind
from console.models.text import Text
from console.views import theme, words
from console.views.labels import Labels
from console.views.panels.wall.arrange import BY_KEY, arrange
from console.views.panels.wall.canvas import WallCanvas
from console.views.panels.wall.glass import GAP_PX, NARROW_STRIP_PX
from console.views.panels.wall.tile import Ring
from tests.views.feeds import BEGAN_AT, GradientFeed

CAMERAS = {
    CameraId(f"cam-{n}"): Camera(
        id=CameraId(f"cam-{n}"), number=n, name=Text(f"摄像机{n}", f"Camera {n}"), kind=CameraKind.SYNTHETIC, address=""
    )
    for n in range(1, 17)
}
ORDER = tuple(CAMERAS)


class CountingWall(WallCanvas):
    """The wall, with the number of pixels of every paint event kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.painted: list[int] = []

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted.append(sum(box.width() * box.height() for box in event.region()))
        super().paintEvent(event)


@pytest.fixture
def feed() -> GradientFeed:
    return GradientFeed()


@pytest.fixture
def wall(looks: None, qtbot: Any, feed: GradientFeed, clock: FakeClock) -> CountingWall:
    zone = words.ZoneInfo("Asia/Shanghai")
    made = CountingWall(feed, clock, zone, CAMERAS)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show_tiles(BY_KEY["4"], arrange(BY_KEY["4"], ORDER[:4]), {})
    made.show()
    made._timer.stop()  # the test is the clock
    made._fresh.tick()
    settle(qtbot, made)
    return made


def settle(qtbot: Any, wall: CountingWall) -> None:
    """Let everything that is to be painted be painted."""
    wall.repaint()
    qtbot.wait(1)
    wall.painted.clear()


def painted(qtbot: Any, wall: CountingWall) -> int:
    """How many pixels are painted by what was marked since."""
    wall.painted.clear()
    qtbot.waitUntil(lambda: True)
    qtbot.wait(20)
    return sum(wall.painted)


def pixel(wall: WallCanvas, point: QPoint) -> int:
    return QImage(wall.grab().toImage()).pixelColor(point).lightness()


def test_that_the_feed_is_told_the_exact_pixels_of_every_tile(wall: CountingWall, feed: GradientFeed) -> None:
    for shown in wall.shown:
        assert feed.wants[shown.camera] == (shown.picture.width(), shown.picture.height())
        assert abs(shown.picture.width() / shown.picture.height() - 16 / 9) < 0.02


def test_that_nobody_is_asked_for_pictures_while_the_wall_is_out_of_sight(
    wall: CountingWall, feed: GradientFeed
) -> None:
    wall.hide()
    assert all(feed.wants[camera] == (0, 0) for camera in ORDER[:4])
    assert not wall._timer.isActive()
    wall.show()
    assert all(feed.wants[camera] != (0, 0) for camera in ORDER[:4])
    assert wall._timer.isActive()
    wall._timer.stop()


def test_that_a_camera_that_leaves_the_wall_is_no_longer_asked_for(wall: CountingWall, feed: GradientFeed) -> None:
    wall.show_tiles(BY_KEY["1"], arrange(BY_KEY["1"], ORDER[:1]), {})
    assert feed.wants[ORDER[1]] == (0, 0)
    assert feed.wants[ORDER[0]] != (0, 0)


def test_that_only_new_pictures_are_painted(wall: CountingWall, feed: GradientFeed, qtbot: Any) -> None:
    wall._fresh.tick()
    assert painted(qtbot, wall) == 0
    feed.advance()
    wall._fresh.tick()
    area = sum(shown.picture.width() * shown.picture.height() for shown in wall.shown)
    assert painted(qtbot, wall) == area


def test_that_the_picture_on_the_screen_is_the_newest_one(wall: CountingWall, feed: GradientFeed) -> None:
    shown = wall.shown[0]
    for _turn in range(3):
        feed.advance()
        wall._fresh.tick()
        wall.repaint()
        newest = feed.latest(shown.camera)
        at = shown.picture.topLeft() + QPoint(40, 30)
        blue = newest.pixels[(30 * newest.width_px + 40) * 4]
        assert pixel(wall, at) == blue


def test_that_a_torn_picture_is_drawn_again(wall: CountingWall, feed: GradientFeed) -> None:
    feed.torn.add(ORDER[0])
    feed.advance()
    wall._fresh.tick()
    wall.repaint()
    assert not feed.torn


def test_that_words_are_laid_out_once_and_not_with_every_picture(
    wall: CountingWall, feed: GradientFeed, qtbot: Any
) -> None:
    wall.repaint()
    before = dict(wall._labels._kept)
    for _turn in range(5):
        feed.advance()
        wall._fresh.tick()
        wall.repaint()
    assert wall._labels._kept.keys() == before.keys()


def test_that_an_old_picture_is_never_called_live(
    wall: CountingWall, feed: GradientFeed, clock: FakeClock
) -> None:
    feed.ages[ORDER[0]] = 2.5
    bright = pixel(wall, wall.shown[0].picture.topLeft() + QPoint(300, 20))
    clock.advance(1)
    wall._fresh.tick()
    assert wall.shown[0].claim is Sight.STALE
    assert wall.shown[1].claim is Sight.LIVE
    assert pixel(wall, wall.shown[0].picture.topLeft() + QPoint(300, 20)) < bright


class BlindFeed(GradientFeed):
    """Every camera is heard of, none has sent a picture yet."""

    @override
    def latest(self, camera: CameraId, than: int = -1) -> None:
        return None


def test_that_a_tile_without_a_picture_says_so_and_tells_no_time(qtbot: Any, looks: None, clock: FakeClock) -> None:
    blind = CountingWall(BlindFeed(), clock, words.ZoneInfo("Asia/Shanghai"), CAMERAS)
    qtbot.addWidget(blind)
    blind.resize(900, 700)
    blind.show_tiles(BY_KEY["4"], arrange(BY_KEY["4"], ORDER[:4]), {})
    blind.show()
    blind._timer.stop()
    blind._fresh.tick()
    qtbot.waitUntil(lambda: bool(sentences(blind)))
    said = sentences(blind)
    assert "Connecting ..." in said
    assert not any(":" in sentence for sentence in said)


def sentences(wall: CountingWall) -> set[str]:
    wall.repaint()
    return {key[0] for key in wall._labels._kept}


def test_that_an_offline_tile_says_since_when_why_and_when_it_tries_again(
    wall: CountingWall, feed: GradientFeed, clock: FakeClock
) -> None:
    feed.put(
        ORDER[0],
        Sight.OFFLINE,
        since_at=BEGAN_AT - timedelta(minutes=3),
        reason_zh="连接被拒绝",
        reason_en="connection refused",
        next_try_at=clock.now() + timedelta(seconds=13),
    )
    clock.advance(1)
    wall._fresh.tick()
    assert {"Offline since 19:57:00", "Next try in 12 s", "connection refused"} <= sentences(wall)
    set_language("zh_CN")
    wall._labels.forget()
    assert {"19:57:00 起离线", "12 秒后重试", "连接被拒绝"} <= sentences(wall)


def test_that_the_picture_keeps_the_aspect_the_camera_turns_out_to_have(
    wall: CountingWall, feed: GradientFeed, clock: FakeClock
) -> None:
    feed.put(ORDER[0], Sight.LIVE, width_px=640, height_px=480)
    clock.advance(1)
    wall._fresh.tick()
    width, height = feed.wants[ORDER[0]]
    assert abs(width / height - 4 / 3) < 0.02


def test_that_a_waiting_ring_blinks_only_in_its_strip(wall: CountingWall, qtbot: Any) -> None:
    rings = {ORDER[1]: Ring(Priority.CRITICAL, waiting=True, words="Smoke")}
    wall.show_tiles(BY_KEY["4"], arrange(BY_KEY["4"], ORDER[:4]), rings)
    settle(qtbot, wall)
    wall.turn(False)
    strip = wall.shown[1].strip
    assert 0 < painted(qtbot, wall) <= strip.width() * strip.height()


def test_that_the_ring_has_the_colour_of_the_priority(wall: CountingWall) -> None:
    rings = {ORDER[0]: Ring(Priority.CRITICAL, waiting=True)}
    wall.show_tiles(BY_KEY["4"], arrange(BY_KEY["4"], ORDER[:4]), rings)
    box = wall.shown[0].box
    seen = wall.grab().toImage().pixelColor(box.left() - 2, box.center().y())
    assert seen.name() == theme.color("alarm.critical").name()


def test_that_arrows_walk_and_clicks_choose(wall: CountingWall, qtbot: Any) -> None:
    chosen: list[str] = []
    wall.chosen.connect(chosen.append)
    wall.chosen.connect(wall.select)
    qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.shown[0].picture.center())
    qtbot.keyClick(wall, Qt.Key.Key_Right)
    qtbot.keyClick(wall, Qt.Key.Key_Down)
    qtbot.keyClick(wall, Qt.Key.Key_Left)
    assert chosen == [ORDER[0], ORDER[1], ORDER[3], ORDER[2]]
    opened: list[str] = []
    wall.opened.connect(opened.append)
    qtbot.mouseDClick(wall, Qt.MouseButton.LeftButton, pos=wall.shown[3].picture.center())
    assert opened == [ORDER[3]]


@pytest.mark.parametrize("size", [(700, 400), (1290, 690), (1846, 980), (470, 390)])
@pytest.mark.parametrize("key", list(BY_KEY))
def test_that_pictures_fill_their_tiles_and_tiles_their_cells(
    wall: CountingWall, key: str, size: tuple[int, int]
) -> None:
    wall.resize(*size)
    wall.show_tiles(BY_KEY[key], arrange(BY_KEY[key], ORDER), {})
    for shown in wall.shown:
        assert abs(shown.picture.width() - shown.box.width()) <= 2
        assert abs(shown.picture.height() - shown.room.height()) <= 2
        assert shown.strip.top() - shown.picture.bottom() <= 2
        assert shown.strip.height() >= NARROW_STRIP_PX * (2 if shown.tile.span > 1 else 1)
    large = wall.shown[0]
    if large.tile.span > 1:
        across = [shown for shown in wall.shown if shown.tile.row >= large.tile.span]
        beside = [shown for shown in wall.shown if shown.tile.column >= large.tile.span and shown not in across]
        assert large.box.right() == across[large.tile.span - 1].box.right()
        assert large.box.bottom() == beside[-1].box.bottom()
        gaps = {across[0].box.top() - large.box.bottom(), beside[0].box.left() - large.box.right()}
        assert gaps == {GAP_PX + 1}


def test_that_a_camera_brought_to_the_front_of_small_tiles_fills_its_tile(wall: CountingWall) -> None:
    wall.show_tiles(BY_KEY["25"], arrange(BY_KEY["25"], ORDER, (ORDER[6],)), {})
    front = wall.shown[0]
    assert (front.camera, front.tile.span) == (ORDER[6], 2)
    assert abs(front.picture.width() - front.box.width()) <= 2
    assert abs(front.picture.height() - front.room.height()) <= 2


def test_that_a_late_picture_says_how_late_also_where_its_name_has_little_room(
    wall: CountingWall, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    put = Labels.put

    def heard(labels: Labels, painter: QPainter, box: QRect, text: str, *more: Any) -> int:
        said.append(text)
        return put(labels, painter, box, text, *more)

    monkeypatch.setattr(Labels, "put", heard)
    for key, words_of in (("4", "delayed 2 s"), ("25", "+2 s")):
        wall.show_tiles(BY_KEY[key], arrange(BY_KEY[key], ORDER), {})
        wall.resize(460, 300)
        late = wall.shown[0]
        late.age_s, late.claim, late.seq = 2.0, Sight.LIVE, 1
        said.clear()
        wall.repaint()
        assert words_of in said
