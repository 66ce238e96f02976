"""Who moves the map: an alarm while no hand is on it, else the operator, with an arrow to what is out of sight."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QTabBar, QToolButton

from console.models.clock import FakeClock
from console.models.site import Spot
from console.views.panels.map.items import PostMark, Side
from console.views.panels.map.panel import FREE_AFTER_S, MapPanel
from tests.views.map import posts
from tests.views.map.hands import EAST, rings, settled


def test_that_a_new_alarm_brings_its_place_while_nobody_touches_the_map(
    qtbot: Any, post: posts.Post, panel: MapPanel
) -> None:
    whole = panel.view.scale_now
    post.ring("video-east")
    qtbot.waitUntil(lambda: panel.view.scale_now > 1.5 * whole)
    assert panel.view.sees(EAST)
    assert not panel.view.arrow.isVisible()


def test_that_a_new_alarm_on_another_map_brings_that_map(qtbot: Any, post: posts.Post, panel: MapPanel) -> None:
    post.ring("smoke-b3-east", code="FA", alarm_class="fire")
    qtbot.waitUntil(lambda: panel.shown == "b3-f1" and len(rings(panel)) == 1)
    assert panel.tabs.currentIndex() == 1


def test_that_the_map_does_not_leave_an_alarm_that_still_waits_for_another_one(
    qtbot: Any, post: posts.Post, panel: MapPanel
) -> None:
    post.ring("video-east")
    qtbot.waitUntil(lambda: panel.view.sees(EAST) and not panel.view.fitted)
    post.ring("beam-west-1")
    qtbot.waitUntil(panel.view.arrow.isVisible)
    assert panel.view.sees(EAST)


def test_that_a_low_alarm_never_moves_the_map(qtbot: Any, qapp: Any, tmp_path: Path, clock: FakeClock) -> None:
    site, _plans = posts.demo_site()
    points = tuple(replace(point, priority=4) if point.id == "water-garage" else point for point in site.points)
    with posts.post(tmp_path, clock, replace(site, points=points)) as running:
        panel = MapPanel(running.bridge)
        qtbot.addWidget(panel)
        panel.resize(700, 400)
        panel.show()
        assert running.ring("water-garage", code="WA", alarm_class="flood").priority == 4
        qtbot.waitUntil(lambda: len(rings(panel)) == 1)
        assert panel.view.fitted
        panel.close()


def test_that_a_hand_on_the_map_keeps_it_where_it_is_and_an_arrow_points(
    qtbot: Any, post: posts.Post, panel: MapPanel
) -> None:
    panel.view.look_at(Spot(map="campus", x=300, y=600), 300)  # type: ignore[arg-type]
    qtbot.keyClick(panel.view, Qt.Key.Key_Left)
    before = panel.view.mapToScene(10, 10)
    post.ring("video-east")
    arrow = panel.view.arrow
    qtbot.waitUntil(arrow.isVisible)
    assert panel.view.mapToScene(10, 10) == before
    assert "east fence" in arrow.text()
    assert abs(arrow.angle_deg) < 60  # the fence is to the right
    assert arrow.geometry().right() > panel.view.viewport().width() * 0.8
    assert panel.view.viewport().rect().contains(arrow.geometry())
    qtbot.mouseClick(arrow, Qt.MouseButton.LeftButton)
    assert panel.view.sees(EAST)
    assert not arrow.isVisible()


def test_that_the_lock_ends_when_the_hand_has_rested(qtbot: Any, post: posts.Post, panel: MapPanel) -> None:
    qtbot.keyClick(panel.view, Qt.Key.Key_Plus)
    post.clock.advance(FREE_AFTER_S)
    post.ring("beam-west-1")
    qtbot.waitUntil(lambda: panel.view.sees(Spot(map="campus", x=70, y=300)))  # type: ignore[arg-type]


def test_that_the_map_stays_when_it_was_told_to_stay(qtbot: Any, post: posts.Post, panel: MapPanel) -> None:
    follow = panel.findChild(QToolButton, "map.follow")
    assert follow is not None
    follow.click()
    post.ring("smoke-b3-east", code="FA", alarm_class="fire")
    qtbot.waitUntil(panel.view.arrow.isVisible)
    assert panel.shown == "campus"
    assert panel.view.fitted
    assert panel.view.arrow.angle_deg == 90  # up, where the maps are
    assert panel.view.arrow.text() == "Building 3, ground floor · Fire"
    qtbot.mouseClick(panel.view.arrow, Qt.MouseButton.LeftButton)
    assert panel.shown == "b3-f1"


def test_that_the_map_comes_back_when_the_last_alarm_is_gone(qtbot: Any, post: posts.Post, panel: MapPanel) -> None:
    alarm = post.ring("door-b3-back", code="DF", alarm_class="access", priority=2)
    qtbot.waitUntil(lambda: panel.shown == "b3-f1")
    post.acknowledge(alarm.id)
    post.restore("door-b3-back", code="DR", alarm_class="access")
    qtbot.waitUntil(lambda: panel.shown == "campus" and panel.view.fitted)


def test_that_the_alarm_the_operator_chose_is_shown_whatever_was_locked(
    qtbot: Any, post: posts.Post, panel: MapPanel
) -> None:
    alarm = post.ring("video-east")
    settled(qtbot, panel)
    panel.show_map("b3-f1")  # type: ignore[arg-type]
    qtbot.keyClick(panel.view, Qt.Key.Key_Plus)
    panel.show_alarm(alarm)
    assert panel.view.sees(EAST)
    panel.view.fit()
    panel.show_alarm(replace(alarm, rev=alarm.rev + 1))  # told again about the same alarm
    assert panel.view.fitted
    panel.show_alarm(None)
    assert panel.view.fitted


def test_that_the_maps_count_their_alarms(qtbot: Any, post: posts.Post, panel: MapPanel) -> None:
    tabs = panel.findChild(QTabBar, "map.maps")
    assert tabs is not None
    assert tabs.tabIcon(1).isNull()
    alarm = post.ring("smoke-b3-east", code="FA", alarm_class="fire")
    qtbot.waitUntil(lambda: not tabs.tabIcon(1).isNull())
    assert tabs.accessibleTabName(1) == "Building 3, ground floor 1 alarms, 1 not acknowledged"
    unacknowledged = tabs.tabIcon(1).pixmap(18, 18).toImage()
    post.acknowledge(alarm.id)
    qtbot.waitUntil(lambda: tabs.accessibleTabName(1).endswith("0 not acknowledged"))
    assert tabs.tabIcon(1).pixmap(18, 18).toImage() != unacknowledged


def test_that_no_name_is_written_behind_the_arrow(qtbot: Any, post: posts.Post, panel: MapPanel) -> None:
    panel.resize(590, 240)
    post.ring("video-east")
    qtbot.waitUntil(lambda: len(rings(panel)) == 1)
    scene, arrow = panel.view.map_scene, panel.view.arrow
    assert scene is not None
    behind = 0
    for near in [mark.spot for mark in scene.marks() if isinstance(mark, PostMark)]:
        panel.view.look_at(replace(near, x=near.x - 90), 260)
        qtbot.keyClick(panel.view, Qt.Key.Key_Left)
        panel.refresh()
        if not arrow.isVisible():
            continue  # the alarm itself is in sight
        panel.view.settle()
        place = QRectF(arrow.geometry())
        for mark in scene.marks():
            at = panel.view.mapFromScene(mark.pos())
            if not mark.label() or not panel.view.viewport().rect().contains(at):
                continue
            behind += mark.label_box(mark.label(), Side.BELOW).translated(at).intersects(place)
            label = mark._box.translated(at)
            covered = label.intersected(place)
            assert covered.width() * covered.height() <= 0.1 * label.width() * label.height()
    assert behind, "no name had to give way"
