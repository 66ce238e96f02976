"""Ctrl+R in the real window: from a line of the log, an alarm of the history, a patrol, a replay, and back to live."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from console.models.events import PunchReceived
from console.models.patrol import Punch
from console.models.people import Actor, Role
from console.models.pictures import Still
from console.models.recording import RecordMode
from console.services import incidents, locking, log
from console.views.main_window import MainWindow
from console.views.panels.playback.panel import PlaybackPanel
from tests.reports.samples import jpeg
from tests.views.panels import playback_days as days
from tests.views.posts import Seat

SUPERVISOR = Actor(person="p-wang", name="王磊", role=Role.SUPERVISOR, seat="1")
HALF_A_MINUTE = timedelta(seconds=30)


@pytest.fixture
def window(qtbot: Any, seat: Seat) -> Iterator[MainWindow]:
    seat.take_keyboard()
    with days.playing(seat):
        made = MainWindow(seat.bridge)
        qtbot.addWidget(made)
        made.resize(1366, 768)
        made.show()
        qtbot.waitExposed(made)
        made.panels["queue"].begin()
        yield made
        made.hide()
        playback_of(made)._rest.stop()


def playback_of(window: MainWindow) -> PlaybackPanel:
    return window.panels["playback"]


def press(qtbot: Any, window: MainWindow, key: Qt.Key, **more: Any) -> None:
    qtbot.keyClick(QApplication.focusWidget() or window, key, **more)


def ctrl_r(qtbot: Any, window: MainWindow) -> PlaybackPanel:
    press(qtbot, window, Qt.Key.Key_R, modifier=Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.page == "playback")
    return playback_of(window)


def test_that_a_line_of_the_log_page_opens_playback_at_its_time_with_the_cameras_of_its_alarm(
    qtbot: Any, window: MainWindow, seat: Seat
) -> None:
    alarm = seat.ring("beam-east-2")
    assert alarm.cameras
    seat.clock.advance(3600)
    press(qtbot, window, Qt.Key.Key_4, modifier=Qt.KeyboardModifier.ControlModifier)
    journal = window.panels["journal"]
    rows = range(200)

    def row() -> int:
        n = journal.model.rowCount()
        return next((at for at in rows[:n] if journal.model.line(at).subject == alarm.id), -1)

    qtbot.waitUntil(lambda: row() >= 0)
    journal._list.setFocus()
    journal._list.setCurrentIndex(journal.model.index(row()))
    page = ctrl_r(qtbot, window)
    assert page.cameras == alarm.cameras
    assert page.position_s == pytest.approx((alarm.first_at - HALF_A_MINUTE).timestamp(), abs=3)
    assert page.playing
    assert alarm.title.en in page.viewed.purpose.reason


def test_that_a_case_gives_its_number_as_what_the_recordings_are_looked_at_for(
    qtbot: Any, window: MainWindow, seat: Seat
) -> None:
    alarm = seat.ring("beam-east-2")
    case = seat.desk.do(incidents.open_for, alarm.id, by=seat.bridge.actor).result()
    queue = window.panels["queue"]
    qtbot.waitUntil(lambda: queue.model.rowCount() == 1 and queue.model.alarm(0).incident == case.id)
    queue.table.choose(alarm.id)
    page = ctrl_r(qtbot, window)
    qtbot.waitUntil(lambda: case.number in page.viewed.purpose.reason)
    assert case.number in page.transport._purpose.accessibleName()


def test_that_a_line_without_cameras_plays_those_that_are_chosen_now(
    qtbot: Any, window: MainWindow, seat: Seat
) -> None:
    press(qtbot, window, Qt.Key.Key_2, modifier=Qt.KeyboardModifier.ControlModifier)
    page = playback_of(window)
    page.show_cameras(("cam-02",))
    entry = seat.desk.do(log.write, "the gate was open", by=seat.bridge.actor).result()
    seat.clock.advance(600)
    press(qtbot, window, Qt.Key.Key_4, modifier=Qt.KeyboardModifier.ControlModifier)
    journal = window.panels["journal"]
    qtbot.waitUntil(lambda: journal.model.rowCount() and journal.model.line(0).subject == entry.id)
    journal._list.setFocus()
    journal._list.setCurrentIndex(journal.model.index(0))
    assert ctrl_r(qtbot, window) is page
    assert page.cameras == ("cam-02",)
    assert page.position_s == pytest.approx((entry.happened_at - HALF_A_MINUTE).timestamp(), abs=3)


def test_that_a_check_of_a_patrol_is_seen_by_the_camera_of_its_place(
    qtbot: Any, window: MainWindow, seat: Seat
) -> None:
    site = seat.bridge.site
    seen = {one.id: one.camera or next((cam.id for cam in site.cameras if cam.place == one.place), None)
            for one in site.checkpoints}  # fmt: skip
    checkpoint, camera = next((one, cam) for one, cam in seen.items() if cam is not None)
    now = seat.clock.now()
    punch = Punch(id="punch-1", chip="c", device="d", reader_at=now, received_at=now, checkpoint=checkpoint)

    seat.desk.do(lambda tx: (tx.put(punch), tx.record(PunchReceived(at=now, punch=punch)))).result()
    seat.clock.advance(600)
    press(qtbot, window, Qt.Key.Key_4, modifier=Qt.KeyboardModifier.ControlModifier)
    journal = window.panels["journal"]
    qtbot.waitUntil(lambda: journal.model.rowCount() and journal.model.line(0).subject == punch.id)
    journal._list.setFocus()
    journal._list.setCurrentIndex(journal.model.index(0))
    page = ctrl_r(qtbot, window)
    assert camera in page.cameras
    assert page.position_s == pytest.approx((now - HALF_A_MINUTE).timestamp(), abs=3)


def test_that_an_alarm_found_in_the_history_opens_playback(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    alarm = seat.ring("beam-east-2")
    seat.clock.advance(7200)
    press(qtbot, window, Qt.Key.Key_F, modifier=Qt.KeyboardModifier.ControlModifier)
    queue = window.panels["queue"]
    qtbot.waitUntil(lambda: queue.found.table.rows.rowCount() == 1)
    queue.found.table.selectRow(0)
    page = ctrl_r(qtbot, window)
    assert page.cameras == alarm.cameras
    assert page.position_s == pytest.approx((alarm.first_at - HALF_A_MINUTE).timestamp(), abs=3)


def test_that_the_instant_replay_of_a_tile_opens_playback_at_its_picture_and_l_goes_back_to_live(
    qtbot: Any, window: MainWindow, seat: Seat
) -> None:
    wall = window.panels["wall"]
    camera = wall.here.chosen()
    taken = seat.clock.now() - timedelta(seconds=20)
    seat.feed.stills[camera] = (Still(at=taken, jpeg=jpeg("replay", (64, 36))),)
    press(qtbot, window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: wall.canvas.loop_of(camera) is not None)
    page = ctrl_r(qtbot, window)
    assert page.cameras == (camera,)
    assert page.position_s == pytest.approx(taken.timestamp(), abs=3)
    press(qtbot, window, Qt.Key.Key_L)
    assert window.page == "watch"
    assert wall.here.chosen() == camera
    assert window.panels["queue"].table.hasFocus()


def test_that_the_footage_locked_for_a_case_is_on_its_screen_with_how_much_of_it_there_is(
    qtbot: Any, window: MainWindow, seat: Seat, tmp_path: Path
) -> None:
    recorded = {one.id for one in seat.bridge.site.cameras if one.record.mode is not RecordMode.NONE}
    point = next(one for one in seat.bridge.site.points if recorded.intersection(one.cameras))
    part = next(camera for camera in point.cameras if camera in recorded)
    whole = next(one.id for one in seat.bridge.site.cameras if one.id not in point.cameras)
    days.put_volume(seat, tmp_path)
    begin = seat.clock.now() - timedelta(minutes=10)
    days.put_minutes(seat, whole, "a.ts", begin, 10)
    days.put_minutes(seat, part, "b.ts", begin, 10, gaps=((6, 8),))
    alarm = seat.ring(point.id)
    case = seat.desk.do(incidents.open_for, alarm.id, by=seat.bridge.actor).result()
    until = begin + timedelta(minutes=10)
    seat.desk.do(locking.hold, whole, begin, until, "by hand", by=seat.bridge.actor, incident=case.id).result()
    queue = window.panels["queue"]
    qtbot.waitUntil(lambda: queue.model.rowCount() == 1 and queue.model.alarm(0).incident == case.id)
    queue.table.choose(alarm.id)

    def said(camera: str) -> str:
        row = window.findChild(QPushButton, f"response.kept.{camera}")
        return row.text() if row is not None else ""

    qtbot.waitUntil(lambda: said(whole).startswith("Recorded") and said(part).startswith("Partly missing 2:00"))
    assert said(part).endswith("– case closed")
    row = window.findChild(QPushButton, f"response.kept.{part}")
    assert row.property("tone") == "warning"
    assert "supervisor" in window.findChild(QLabel, "response.kept_head").text()
    window.speak("zh_CN")
    qtbot.waitUntil(lambda: said(part).startswith("部分缺失 2:00"))
    window.speak("en")
    row = window.findChild(QPushButton, f"response.kept.{part}")
    row.click()
    qtbot.waitUntil(lambda: window.page == "playback")
    page = playback_of(window)
    assert page.cameras == (part,)
    assert case.number in page.viewed.purpose.reason
    qtbot.waitUntil(lambda: part in page.knowing.days and bool(page.knowing.days[part].locks))
    lock = page.knowing.days[part].locks[0]
    seat.desk.do(locking.release, lock.id, "handed to the police", by=SUPERVISOR).result()
    press(qtbot, window, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: said(part).startswith("lock lifted: handed to the police"))
