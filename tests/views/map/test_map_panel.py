"""The map at the post: what is shown, who moves it, what a click does."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolButton

from console import i18n
from console.models.clock import FakeClock
from console.models.ids import CheckpointId
from console.models.incidents import DispatchState
from console.models.patrol import StopState
from console.models.pictures import Sight
from console.models.site import Spot
from console.views import blink, theme
from console.views.panels.map import SPEC
from console.views.panels.map.items import Detail, RingMark
from console.views.panels.map.legend import COLUMNS
from console.views.panels.map.panel import MapPanel
from console.views.panels.map.picture import RingKind
from tests.views.map import posts
from tests.views.map.hands import at, click, rings


def test_that_the_panel_is_found_where_the_window_looks_for_it() -> None:
    assert (SPEC.key, SPEC.area) == ("map", "map")


def test_that_the_whole_first_map_is_shown_and_stays_whole(qtbot: Any, panel: MapPanel) -> None:
    assert panel.shown == "campus"
    for size in ((700, 400), (490, 280), (1600, 940)):
        panel.resize(*size)
        qtbot.waitUntil(lambda: panel.view.fitted)
        for corner in ((0, 0), (1600, 1000)):
            seen = panel.view.mapFromScene(QPointF(*corner))
            assert panel.view.viewport().rect().contains(seen)


# ------------------------------------------------------------------ what is shown


def test_that_an_alarm_is_ringed_and_goes_through_its_states(qtbot: Any, post: posts.Post, panel: MapPanel) -> None:
    alarm = post.ring("beam-west-1")
    qtbot.waitUntil(lambda: len(rings(panel)) == 1)
    mark = rings(panel)[0]
    assert (mark.ring.kind, mark.ring.waiting) == (RingKind.WAITING, 1)
    post.acknowledge(alarm.id)
    qtbot.waitUntil(lambda: mark.ring.kind is RingKind.ACKNOWLEDGED)
    post.restore("beam-west-1")
    qtbot.waitUntil(lambda: mark.ring.returned)
    post.open_case(alarm.id)
    qtbot.waitUntil(lambda: mark.ring.kind is RingKind.HANDLED)
    assert rings(panel) == [mark]


def test_that_only_rings_blink_and_only_while_nobody_has_acknowledged(
    qtbot: Any, post: posts.Post, panel: MapPanel
) -> None:
    beat = blink.shared(post.bridge)
    assert not beat.running
    alarm = post.ring("beam-west-1")
    qtbot.waitUntil(lambda: beat.running)
    mark = rings(panel)[0]
    label = mark.words()
    qtbot.waitUntil(lambda: not mark.full)
    assert mark.words() == label
    qtbot.waitUntil(lambda: mark.full)
    post.acknowledge(alarm.id)
    qtbot.waitUntil(lambda: not beat.running)


def test_that_nothing_moves_where_motion_is_reduced(qtbot: Any, post: posts.Post, panel: MapPanel) -> None:
    beat = blink.shared(post.bridge)
    beat.reduce_motion(True)
    post.ring("beam-west-1")
    qtbot.waitUntil(lambda: len(rings(panel)) == 1)
    assert not beat.running
    assert rings(panel)[0].full


def test_that_a_waiting_ring_looks_different_in_both_phases_and_when_acknowledged(
    qtbot: Any, post: posts.Post, panel: MapPanel
) -> None:
    blink.shared(post.bridge).reduce_motion(True)
    alarm = post.ring("beam-west-1")
    qtbot.waitUntil(lambda: len(rings(panel)) == 1)
    mark = rings(panel)[0]

    def picture() -> QImage:
        middle = at(panel, mark)
        panel.view.viewport().repaint()
        return panel.view.viewport().grab().toImage().copy(middle.x() - 24, middle.y() - 24, 48, 48)

    qtbot.waitUntil(lambda: panel.view.map_scene is not None and panel.view.map_scene.drawing.complete)
    full = picture()
    mark.turn(False)
    thin = picture()
    assert full != thin
    post.acknowledge(alarm.id)
    qtbot.waitUntil(lambda: mark.ring.kind is RingKind.ACKNOWLEDGED)
    assert picture() not in (full, thin)


def test_that_cameras_wear_their_health_and_the_mark_of_change(qtbot: Any, post: posts.Post, panel: MapPanel) -> None:
    post.camera("cam-03", Sight.OFFLINE)
    scene = panel.view.map_scene
    assert scene is not None
    mark = scene.cameras["cam-03"]  # type: ignore[index]
    qtbot.waitUntil(lambda: mark.sight is Sight.OFFLINE)
    assert mark.recent
    assert "West fence" in mark.words()[0]
    post.clock.advance(31 * 60)
    panel.refresh()
    assert not mark.recent


def test_that_the_cameras_of_an_alarm_stand_out(qtbot: Any, post: posts.Post, panel: MapPanel) -> None:
    scene = panel.view.map_scene
    assert scene is not None
    cone = scene.cones["cam-03"]  # type: ignore[index]
    calm = cone.pen()
    post.ring("beam-west-1")
    qtbot.waitUntil(lambda: cone.pen() != calm)


def test_that_posts_show_who_stands_there_and_what_they_do(qtbot: Any, post: posts.Post, panel: MapPanel) -> None:
    scene = panel.view.map_scene
    assert scene is not None
    patrol = scene.posts["patrol-b"]  # type: ignore[index]
    assert patrol.words()[:2] == ("Patrol B", "马腾 · On post")
    case = post.open_case(post.ring("beam-west-1").id)
    post.send(case, "patrol-b", DispatchState.ACCEPTED)
    qtbot.waitUntil(lambda: patrol.away)
    assert patrol.words()[1] == "马腾 · Accepted"
    assert scene._ways["patrol-b"].path().elementCount() > 2  # type: ignore[index]
    sent = next(iter(panel._dispatches.values()))
    post.send(case, "patrol-b", DispatchState.RETURNED)
    qtbot.waitUntil(lambda: not patrol.away)
    assert "patrol-b" not in scene._ways
    assert panel._dispatches[sent.id].state is DispatchState.RETURNED


def test_that_the_round_shows_every_checkpoint_and_where_the_guard_probably_is(
    qtbot: Any, post: posts.Post, panel: MapPanel
) -> None:
    post.walk([60, 600, None, None, None, None, None, None])
    scene = panel.view.map_scene
    assert scene is not None
    first, second, third = (scene.checkpoints[CheckpointId(f"cp-{n}")] for n in (1, 2, 3))
    qtbot.waitUntil(lambda: first.stop is not None)
    assert first.stop is not None
    assert second.stop is not None
    assert third.stop is not None
    assert [one.stop.state for one in (first, second, third) if one.stop] == [
        StopState.ON_TIME,
        StopState.LATE,
        StopState.PENDING,
    ]
    walker = scene.walkers["patrol-a"]  # type: ignore[index]
    assert walker.words()[1] == "陈浩 · On patrol, place estimated"
    begun = walker.pos()
    post.clock.advance(40)
    panel.refresh()
    assert walker.pos() != begun
    assert second.pos().y() > walker.pos().y() > third.pos().y()
    assert scene.posts["patrol-a"].away  # type: ignore[index]
    post.clock.advance(3600)
    panel.refresh()
    assert (walker.pos() - third.pos()).manhattanLength() < 1  # never farther than the next stop


def test_that_what_happened_before_the_window_opened_is_shown(qtbot: Any, post: posts.Post) -> None:
    post.ring("beam-west-1")
    post.camera("cam-03", Sight.STALE)
    post.walk([60, None, None, None, None, None, None, None])
    panel = MapPanel(post.bridge)
    qtbot.addWidget(panel)
    panel.resize(700, 400)
    panel.show()
    scene = panel.view.map_scene
    assert scene is not None
    qtbot.waitUntil(lambda: len(rings(panel)) == 1 and "patrol-a" in scene.walkers)
    qtbot.waitUntil(lambda: scene.cameras["cam-03"].sight is Sight.STALE)  # type: ignore[index]
    assert panel.view.fitted  # an old alarm does not move the map


def test_that_more_is_written_the_closer_one_looks(qtbot: Any, post: posts.Post, panel: MapPanel) -> None:
    scene = panel.view.map_scene
    assert scene is not None
    mark = scene.cameras["cam-04"]  # type: ignore[index]
    post.camera("cam-04", Sight.LIVE)
    qtbot.waitUntil(lambda: mark.sight is Sight.LIVE)
    said = {}
    for detail, scale in ((Detail.LITTLE, 0.3), (Detail.SOME, 0.7), (Detail.ALL, 1.5)):
        panel.view._fitted = False
        panel.view._set_scale(scale)
        assert mark.detail is detail
        said[detail] = mark.label()
    assert said == {Detail.LITTLE: (), Detail.SOME: ("04",), Detail.ALL: ("04 Courtyard",)}


def test_that_no_label_covers_that_of_an_alarm(qtbot: Any, post: posts.Post, panel: MapPanel) -> None:
    for point in ("panic-main-gate", "video-east", "beam-east-2", "beam-west-1"):
        post.ring(point)
    qtbot.waitUntil(lambda: len(rings(panel)) == 4)
    panel.resize(1400, 880)
    panel.view.fit()
    panel.refresh()
    scene = panel.view.map_scene
    assert scene is not None
    boxes = [
        (mark, mark._box.translated(mark.pos() * panel.view.scale_now))
        for mark in scene.marks()
        if not mark._box.isEmpty()
    ]
    alarms = [box for mark, box in boxes if isinstance(mark, RingMark)]
    assert len(alarms) == 4
    for box in alarms:
        covering = [mark for mark, other in boxes if other != box and other.intersects(box)]
        assert covering == []


def test_that_where_alarms_stand_close_the_most_urgent_one_is_named_and_no_name_covers_another(
    qtbot: Any, post: posts.Post, panel: MapPanel
) -> None:
    for point in post.bridge.site.points:
        post.ring(point.id)
    qtbot.waitUntil(lambda: len(rings(panel)) > 8)
    panel.resize(420, 240)
    panel.view.fit()
    panel.refresh()
    scene = panel.view.map_scene
    assert scene is not None
    marks = sorted(rings(panel), key=lambda mark: (mark.rank, mark.urgency, mark.spot.y, mark.spot.x))
    boxes = [mark._box.translated(mark.pos() * panel.view.scale_now) for mark in marks if not mark._box.isEmpty()]
    assert len(boxes) < len(marks), "there is not room for all"
    assert not marks[0]._box.isEmpty()
    for before, box in enumerate(boxes):
        for other in boxes[:before]:
            shared = box.intersected(other)
            assert shared.width() * shared.height() <= 0.1 * box.width() * box.height()


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_that_an_alarms_label_is_whole_at_the_edges_of_a_map_that_was_zoomed(
    qtbot: Any, post: posts.Post, panel: MapPanel, side: str
) -> None:
    post.ring("beam-east-2")
    qtbot.waitUntil(lambda: len(rings(panel)) == 1)
    panel.resize(700, 420)
    view, mark = panel.view, rings(panel)[0]
    view.fit()
    view.zoom(3.0)
    room = view.viewport().rect()
    edges = {
        "left": QPoint(12, room.height() // 2),
        "right": QPoint(room.width() - 12, room.height() // 2),
        "top": QPoint(room.width() // 2, 12),
        "bottom": QPoint(room.width() // 2, room.height() - 12),
    }
    area, scale = view._whole(), view.scale_now
    view.setSceneRect(area.adjusted(*(sign * 2000 / scale for sign in (-1, -1, 1, 1))))  # no end of the map is in the way
    drift = view.mapFromScene(mark.pos()) - edges[side]
    view._scroll(drift.x(), drift.y())
    view._after_move()
    qtbot.waitUntil(lambda: not view._settling.isActive())
    at = view.mapFromScene(mark.pos())
    box = mark._box.translated(QPointF(at))
    assert not box.isEmpty()
    assert QRectF(room).adjusted(-1, -1, 1, 1).contains(box)


# ------------------------------------------------------------------ hands and keys


def test_that_a_click_tells_what_was_clicked(qtbot: Any, post: posts.Post, panel: MapPanel) -> None:
    told: list[Any] = []
    panel.camera_chosen.connect(told.append)
    panel.post_chosen.connect(told.append)
    panel.alarm_chosen.connect(lambda alarm: told.append(alarm.id))
    scene = panel.view.map_scene
    assert scene is not None
    click(qtbot, panel, scene.cameras["cam-04"])  # type: ignore[index]
    assert scene.cameras["cam-04"].chosen  # type: ignore[index]
    click(qtbot, panel, scene.posts["gate-back"])  # type: ignore[index]
    alarm = post.ring("beam-west-2")
    qtbot.waitUntil(lambda: len(rings(panel)) == 1)
    click(qtbot, panel, rings(panel)[0])
    assert told == ["cam-04", "gate-back", alarm.id]


def test_that_a_drag_moves_the_map_and_is_no_click(qtbot: Any, panel: MapPanel) -> None:
    told: list[str] = []
    panel.camera_chosen.connect(told.append)
    panel.view.look_at(Spot(map="campus", x=700, y=400), 300)  # type: ignore[arg-type]
    scene = panel.view.map_scene
    assert scene is not None
    port = panel.view.viewport()
    mark = scene.cameras["cam-04"]  # type: ignore[index]
    before, start = at(panel, mark), at(panel, mark) + QPoint(-60, 90)
    assert panel.view._mark_at(start) is None
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
    for way in (10, 40, 60):
        qtbot.mouseMove(port, start + QPoint(way, way))
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 60))
    assert (at(panel, mark) - before - QPoint(60, 60)).manhattanLength() <= 12
    assert told == []
    assert not panel.lock.free(panel._now_s())


def test_that_the_wheel_zooms_under_the_pointer(qtbot: Any, panel: MapPanel) -> None:
    pointer = QPointF(520, 180)
    under = panel.view.mapToScene(pointer.toPoint())

    def turn(angle: int) -> None:
        event = QWheelEvent(
            pointer,
            panel.view.viewport().mapToGlobal(pointer),
            QPoint(),
            QPoint(0, angle),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(panel.view.viewport(), event)

    for _ in range(6):
        turn(120)
    assert panel.view.scale_now > 1
    drift = panel.view.mapToScene(pointer.toPoint()) - under
    assert drift.manhattanLength() * panel.view.scale_now < 6
    for _ in range(20):
        turn(-120)
    assert panel.view.fitted
    for _ in range(40):
        turn(120)
    assert panel.view.scale_now <= 6


def test_that_keys_move_the_map_and_leave_the_windows_keys_to_the_window(qtbot: Any, panel: MapPanel) -> None:
    view = panel.view
    whole = view.scale_now
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.scale_now > 1.4 * whole
    corner = view.mapToScene(0, 0)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.mapToScene(0, 0).x() > corner.x()
    qtbot.keyClick(view, Qt.Key.Key_Minus)
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert view.fitted
    passed: list[int] = []
    panel.keyPressEvent = lambda event: passed.append(event.key())  # type: ignore[method-assign]
    window_keys = [Qt.Key.Key_Space, Qt.Key.Key_1, Qt.Key.Key_Escape, Qt.Key.Key_PageDown, Qt.Key.Key_Return]
    for key in window_keys:
        qtbot.keyClick(view, key)
    assert passed == window_keys


def test_that_hovering_says_everything_about_a_mark(qtbot: Any, panel: MapPanel) -> None:
    scene = panel.view.map_scene
    assert scene is not None
    mark = scene.posts["gate-main"]  # type: ignore[index]
    assert mark._lines == ("Main gate  赵国强 田野",), "who stands where is told without asking"
    mark.hoverEnterEvent(None)  # type: ignore[arg-type]
    assert mark._lines == ("Main gate", "赵国强 田野 · On post", "星河 11  8011")
    mark.hoverLeaveEvent(None)  # type: ignore[arg-type]
    assert mark._lines == ("Main gate  赵国强 田野",)


def test_that_a_camera_asked_for_elsewhere_is_marked(qtbot: Any, panel: MapPanel) -> None:
    panel.show_camera("cam-16")
    scene = panel.view.map_scene
    assert scene is not None
    assert [camera for camera, mark in scene.cameras.items() if mark.chosen] == ["cam-16"]


# ------------------------------------------------------------------ language, look, legend, maps


def test_that_language_and_look_are_changed_in_place(
    qtbot: Any, qapp: QApplication, post: posts.Post, panel: MapPanel
) -> None:
    before = (qapp.styleSheet(), qapp.palette(), qapp.font())
    scene = panel.view.map_scene
    assert scene is not None
    i18n.set_language("zh_CN")
    panel.retranslate()
    assert panel.tabs.tabText(0) == "总平面"
    assert scene.posts["patrol-b"].words()[1] == "马腾 · 在岗"  # type: ignore[index]
    try:
        theme.put_on(qapp, "day")
        qtbot.waitUntil(lambda: scene.drawing.complete)
        day = panel.view.viewport().grab().toImage().pixelColor(200, 200).lightness()
        theme.put_on(qapp, "night")
        qtbot.waitUntil(lambda: scene.drawing.complete)
        night = panel.view.viewport().grab().toImage().pixelColor(200, 200).lightness()
    finally:
        qapp.setStyleSheet(before[0])
        qapp.setPalette(before[1])
        qapp.setFont(before[2])
    assert day > 180
    assert night < 80


def test_that_the_legend_explains_every_mark_inside_the_map(qtbot: Any, panel: MapPanel) -> None:
    key = panel.findChild(QToolButton, "map.show_legend")
    assert key is not None
    assert not panel.legend.isVisible()
    for size in ((700, 400), (490, 280), (1200, 800)):
        panel.resize(*size)
        if not panel.legend.isVisible():
            key.click()
        assert panel.legend.isVisible()
        assert panel.view.viewport().rect().contains(panel.legend.geometry())
        assert not panel.legend.grab().isNull()
    meanings = [line.meaning for column in COLUMNS for line in column]
    assert len(set(meanings)) == len(meanings) >= 20
    key.click()
    assert not panel.legend.isVisible()


def test_that_a_site_without_maps_says_so(qtbot: Any, qapp: Any, tmp_path: Path, clock: FakeClock) -> None:
    site, _plans = posts.demo_site()
    bare = replace(site, maps=(), cameras=(), points=(), posts=(), checkpoints=(), routes=())
    with posts.post(tmp_path, clock, bare) as running:
        panel = MapPanel(running.bridge)
        qtbot.addWidget(panel)
        panel.show()
        empty = panel.findChild(QLabel, "map.empty")
        assert empty is not None
        assert empty.isVisible()
        assert empty.text() == "This site has no map."
        panel.close()


def test_that_a_drawing_that_is_gone_does_not_take_the_marks_along(
    qtbot: Any, qapp: Any, tmp_path: Path, clock: FakeClock
) -> None:
    site, _plans = posts.demo_site()
    with posts.post(tmp_path, clock, site, site_dir=tmp_path) as running:
        panel = MapPanel(running.bridge)
        qtbot.addWidget(panel)
        panel.resize(700, 400)
        panel.show()
        running.ring("video-east")
        qtbot.waitUntil(lambda: len(rings(panel)) == 1)
        panel.close()


@pytest.mark.parametrize("look", ["night", "day"])
def test_that_every_mark_of_the_map_is_painted(qtbot: Any, post: posts.Post, panel: MapPanel, look: str) -> None:
    for camera, sight in (("cam-03", Sight.STALE), ("cam-04", Sight.OFFLINE), ("cam-05", Sight.LIVE)):
        post.camera(camera, sight)
    post.walk([60, 600, None, None, None, None, None, None])
    case = post.open_case(post.ring("beam-west-1").id)
    post.send(case, "patrol-b", DispatchState.ARRIVED)
    scene = panel.view.map_scene
    assert scene is not None
    qtbot.waitUntil(lambda: "patrol-b" in scene._ways and "patrol-a" in scene.walkers)
    for scale in (0.3, 0.8, 2.0):
        panel.view._set_scale(scale)
        qtbot.waitUntil(lambda: not panel.view.viewport().grab().isNull())
        qtbot.waitUntil(lambda: scene.drawing.complete)
