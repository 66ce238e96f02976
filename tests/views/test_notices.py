"""When a banner is worth it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QObject

from console.models.alarms import Acknowledgement, Alarm, AlarmClass, Priority
from console.models.text import Text
from console.views.blink import Blink
from console.views.notices import AlarmBanner, outranks

AT = datetime(2026, 3, 14, 3, 0, tzinfo=UTC)


def alarm(name: str, priority: Priority, **more: Any) -> Alarm:
    fields = {
        "id": name, "key": name, "point": name, "source": "panel", "alarm_class": AlarmClass.INTRUSION,
        "priority": priority, "title": Text(name, name), "first_at": AT, "last_at": AT,
    }  # fmt: skip
    return Alarm(**(fields | more))


IN_HAND = alarm("hand", Priority.HIGH, case_open=True, incident="i")


def test_that_only_an_alarm_as_urgent_as_the_one_in_hand_is_worth_a_banner() -> None:
    assert outranks(alarm("a", Priority.CRITICAL), IN_HAND)
    assert outranks(alarm("a", Priority.HIGH), IN_HAND)
    assert not outranks(alarm("a", Priority.MEDIUM), IN_HAND)
    assert not outranks(alarm("a", Priority.CRITICAL), None)
    assert not outranks(replace(IN_HAND), IN_HAND)


def test_that_what_somebody_has_acknowledged_needs_no_banner() -> None:
    taken = Acknowledgement(by="p", at=AT, seat="2", lease_until_at=AT + timedelta(minutes=3))
    assert not outranks(alarm("a", Priority.CRITICAL, acknowledged=taken), IN_HAND)


def test_that_a_real_alarm_outranks_every_drill_and_no_drill_outranks_a_real_one() -> None:
    drill = replace(IN_HAND, drill=True, priority=Priority.CRITICAL)
    assert outranks(alarm("a", Priority.MEDIUM), drill)
    assert not outranks(alarm("a", Priority.CRITICAL, drill=True), IN_HAND)


@pytest.fixture
def banner(qtbot: Any, looks: None) -> AlarmBanner:
    owner = QObject()
    made = AlarmBanner(Blink(owner))
    made.owner = owner
    qtbot.addWidget(made)
    return made


def test_that_the_banner_tells_the_most_urgent_and_goes_when_it_is_taken(banner: AlarmBanner) -> None:
    banner.hold(IN_HAND)
    banner.hear(alarm("a", Priority.HIGH))
    banner.hear(alarm("b", Priority.CRITICAL))
    assert banner.told.id == "b"
    banner.hear(alarm("b", Priority.CRITICAL, closed_at=AT))
    assert banner.told.id == "a"
    banner.hold(None)
    assert banner.told is None
    assert banner.isHidden()


def test_that_every_alarm_but_a_low_one_is_told_while_the_queue_is_out_of_sight(banner: AlarmBanner) -> None:
    banner.hear(alarm("low", Priority.LOW))
    banner.hear(alarm("medium", Priority.MEDIUM))
    assert banner.told is None
    banner.look_away(True)
    assert banner.told.id == "medium"
    banner.look_away(False)
    assert banner.told is None
