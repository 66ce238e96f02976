"""The status bar says what is so, and nothing that nobody looked at."""

from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from console.models.duty import ThreatLevel
from console.models.ids import PersonId, SourceId
from console.models.people import Role, SignOn
from console.models.pictures import Sight
from console.models.signals import SourceHealth
from console.models.text import Text
from console.services import duty, faults, health
from console.views.panels.status import panel as status_panel
from console.views.panels.status.panel import StatusPanel
from tests.views.posts import Seat


@pytest.fixture
def status(qtbot: Any, seat: Seat) -> StatusPanel:
    made = StatusPanel(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1920, 34)
    made.show()
    return made


def part(status: StatusPanel, name: str) -> QLabel:
    found = status.findChild(QLabel, f"status.{name}")
    assert isinstance(found, QLabel)
    return found


def test_that_the_clock_is_the_sites_and_shows_seconds(status: StatusPanel, seat: Seat) -> None:
    assert part(status, "clock").text() == "20:00:00"
    seat.clock.advance(61)
    status._tick()
    assert part(status, "clock").text() == "20:01:01"
    assert part(status, "date").text() == "2026-03-14"


def test_that_too_few_people_stand_out_until_there_are_enough(qtbot: Any, status: StatusPanel, seat: Seat) -> None:
    watch = part(status, "watch")
    assert watch.text() == "0 of 2 on watch  Nobody signed on"
    assert watch.property("tone") == "fault"
    seat.take_keyboard("zhang")
    status._ask_present()
    qtbot.waitUntil(lambda: watch.text() == "1 of 2 on watch  张伟")
    assert watch.property("tone") == "warning"
    seat.take_keyboard("li")
    status._ask_present()
    qtbot.waitUntil(lambda: watch.text() == "2 of 2 on watch  李娜, 张伟")
    assert not watch.property("tone")


def test_that_an_administrator_does_not_count_as_watching(qtbot: Any, status: StatusPanel, seat: Seat) -> None:
    seat.take_keyboard("chen")
    status._ask_present()
    qtbot.waitUntil(lambda: part(status, "watch").text() == "0 of 2 on watch  陈晨")


def test_that_cameras_count_only_while_their_picture_is_live(status: StatusPanel, seat: Seat) -> None:
    cameras = [camera.id for camera in seat.bridge.site.cameras]
    status._tick()
    assert part(status, "cameras").text() == f"Cameras {len(cameras)}/{len(cameras)}"
    assert not part(status, "cameras").property("tone")
    seat.feed.put(cameras[0], Sight.OFFLINE)
    seat.feed.put(cameras[1], Sight.STALE)
    status._tick()
    assert part(status, "cameras").text() == f"Cameras {len(cameras) - 2}/{len(cameras)}"
    assert part(status, "cameras").property("tone") == "warning"


def test_that_a_source_that_is_not_heard_stands_out_and_says_why(qtbot: Any, status: StatusPanel, seat: Seat) -> None:
    source = seat.bridge.site.sources[0].id
    sick = SourceHealth(
        source=SourceId(source), healthy=False, since_at=seat.clock.now(), sentence_zh="无心跳", sentence_en="No heartbeat"
    )
    seat.desk.do(health.source_changed, sick).result()
    qtbot.waitUntil(lambda: part(status, "sources").property("tone") == "fault")
    assert part(status, "sources").toolTip().splitlines()[0] == "No heartbeat"


def test_that_the_threat_level_shows_in_words_and_colour(qtbot: Any, status: StatusPanel, seat: Seat) -> None:
    by = seat.take_keyboard("zhang")
    seat.desk.do(duty.set_threat, ThreatLevel.RED, "explosive found", by=by).result()
    qtbot.waitUntil(lambda: part(status, "threat").text() == "Threat level: Red")
    assert part(status, "threat").property("tone") == "red"


def test_that_a_record_that_does_not_answer_is_said(qtbot: Any, status: StatusPanel, seat: Seat) -> None:
    qtbot.waitUntil(lambda: part(status, "record").text().startswith("Record "))
    seat.clock.advance(status_panel.NO_ANSWER_AFTER_S + 1)
    status._show_record()
    assert part(status, "record").text() == "The record does not answer"
    assert part(status, "record").property("tone") == "fault"
    status._ticks = 0
    status._tick()
    qtbot.waitUntil(lambda: part(status, "record").text().startswith("Record "))


def test_that_a_pause_of_the_sound_is_seen_running_down(status: StatusPanel) -> None:
    status.sound_paused(42.3)
    assert part(status, "sound").text() == "Sound paused 0:43"
    assert part(status, "sound").isVisible()
    status.sound_paused(0)
    assert not part(status, "sound").isVisible()


def test_that_a_missing_sound_device_is_said(qtbot: Any, status: StatusPanel, seat: Seat) -> None:
    seat.desk.do(faults.note, "sound", Text("无", "none")).result()
    qtbot.waitUntil(lambda: part(status, "sound").text() == "No sound")
    seat.desk.do(faults.clear, "sound", Text("有", "back")).result()
    qtbot.waitUntil(lambda: not part(status, "sound").isVisible())


def test_that_the_disk_stands_out_when_it_runs_full(status: StatusPanel) -> None:
    status._set_disk(72.4)
    assert part(status, "disk").text() == "Disk 72 GB free"
    assert not part(status, "disk").property("tone")
    status._set_disk(1.24)
    assert part(status, "disk").text() == "Disk 1.2 GB free"
    assert part(status, "disk").property("tone") == "fault"


def test_that_who_has_the_keyboard_stands_first(qtbot: Any, status: StatusPanel, seat: Seat) -> None:
    seat.take_keyboard("li")
    seat.clock.advance(60)
    seat.take_keyboard("zhang")
    present = seat.desk.ask(lambda rx: rx.find(SignOn)).result()
    status._set_present(present)
    assert part(status, "watch").text().endswith("张伟, 李娜")


def test_that_who_is_on_watch_is_said_shorter_but_never_cut(qtbot: Any, status: StatusPanel, seat: Seat) -> None:
    watch = part(status, "watch")
    people = [
        SignOn(id=name, person=PersonId(name), name=name, role=Role.OPERATOR, seat="1", on_at=seat.clock.now())
        for name in ("Lin Xiaofeng", "Wang Jianjun", "Zhou Min")
    ]
    qtbot.waitUntil(lambda: part(status, "record").text().startswith("Record ") and part(status, "disk").isVisible())
    seat.take_keyboard("zhang")
    status._ask_present()
    qtbot.waitUntil(lambda: "张伟" in watch.text())  # what was asked for at the start is answered, and writes over nothing
    status._set_present(tuple(people))
    said = []
    for width_px in range(1920, 1300, -20):
        status.resize(width_px, 34)
        qtbot.wait(1)
        assert watch.width() >= watch.sizeHint().width(), width_px
        said.append(watch.text().partition("  ")[2])
    status.sound_paused(100.0)  # takes room from it
    qtbot.wait(1)
    assert watch.width() >= watch.sizeHint().width()
    said.append(watch.text().partition("  ")[2])
    assert list(dict.fromkeys(said)) == [
        "Lin Xiaofeng, Wang Jianjun, Zhou Min",
        "Lin Xiaof…, Wang Jian…, Zhou Min",
        "Lin Xiaof… +2",
        "",  # the tool tip names them all
    ]
