"""When a rule counts: weekly hours, over midnight, holidays and the workdays that make up for them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from console.models.duty import DutyMode
from console.models.ids import CameraId, PointId
from console.models.pictures import RuleTuning, RuleWorking
from console.models.rules import OfficeHours, Rule, RuleWhen, WeeklyHours, counts, duty_mode, minutes_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = OfficeHours(holidays=("2026-10-01",), workdays=("2026-09-27",))
RULE = Rule(id="r", point=PointId("p"), zone=((0, 0), (1, 0), (1, 1)))


def local(day: str, time: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "time", "mode"),
    [
        ("2026-09-28", "08:29", DutyMode.NON_OFFICE),
        ("2026-09-28", "08:30", DutyMode.OFFICE),
        ("2026-09-28", "17:29", DutyMode.OFFICE),
        ("2026-09-28", "17:30", DutyMode.NON_OFFICE),
        ("2026-09-26", "10:00", DutyMode.NON_OFFICE),  # a Saturday
        ("2026-09-27", "10:00", DutyMode.OFFICE),  # a Sunday that is worked
        ("2026-10-01", "10:00", DutyMode.NON_OFFICE),  # a Thursday off
    ],
)
def test_that_the_duty_mode_follows_hours_holidays_and_makeup_days(day: str, time: str, mode: DutyMode) -> None:
    assert duty_mode(OFFICE, local(day, time), SHANGHAI) is mode


def test_that_a_site_without_office_hours_is_never_in_office_mode() -> None:
    assert duty_mode(None, local("2026-09-28", "10:00"), SHANGHAI) is DutyMode.NON_OFFICE


def test_that_hours_over_midnight_belong_to_the_day_they_begin_on() -> None:
    nights = WeeklyHours(start="22:00", to="06:00", days=(5,))
    rule = Rule(id="r", point=PointId("p"), zone=RULE.zone, hours=(nights,))
    assert counts(rule, None, local("2026-10-02", "23:00"), SHANGHAI)  # Friday night
    assert counts(rule, None, local("2026-10-03", "05:59"), SHANGHAI)
    assert not counts(rule, None, local("2026-10-03", "06:00"), SHANGHAI)
    assert not counts(rule, None, local("2026-10-02", "05:00"), SHANGHAI)


def test_that_a_rule_counts_in_its_mode_only() -> None:
    closed = Rule(id="r", point=PointId("p"), zone=RULE.zone, when=RuleWhen.NON_OFFICE)
    assert not counts(closed, OFFICE, local("2026-09-28", "10:00"), SHANGHAI)
    assert counts(closed, OFFICE, local("2026-09-28", "20:00"), SHANGHAI)
    assert counts(RULE, OFFICE, local("2026-09-28", "10:00"), SHANGHAI)


@pytest.mark.parametrize("word", ["", "8", "25:00", "08:60", "8:5", "x:00", "24:01"])
def test_that_what_is_no_time_of_day_is_refused(word: str) -> None:
    with pytest.raises(ValueError):
        minutes_of(word)


def test_that_a_tuning_counts_how_often_its_rule_would_have_fired() -> None:
    tuning = RuleTuning(camera=CameraId("c"), tried=RULE)
    for active in (False, True, True, False, True):
        tuning = tuning.heard(RuleWorking(camera=CameraId("c"), rule_id="r", at=local("2026-09-28", "10:00"), active=active))
    assert tuning.fired == 2
    other = RuleWorking(camera=CameraId("d"), rule_id="r", at=local("2026-09-28", "10:00"), active=False)
    assert tuning.heard(other) is tuning
    assert tuning.changed(RULE).fired == 0
