"""Disarming while an account should be set is an alarm; at any other time it is information."""

from datetime import UTC, datetime

import pytest

from console.models.clock import FakeClock
from console.models.signals import SignalKind
from console.sources import sia_dc09
from tests.sources.conftest import Start, setup_of
from tests.sources.desk import Desk
from tests.sources.sia_dc09.test_receiver import dialler

NIGHTLY = {"account": "1234", "schedule": {"set": ["19:00-07:00"], "timezone": "Asia/Shanghai"}}


def at(hour: int, minute: int = 0) -> datetime:
    """A time of the site, as UTC."""
    return datetime(2026, 3, 14, (hour - 8) % 24, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "minute", "kind"),
    [(18, 59, "information"), (19, 0, "alarm"), (0, 30, "alarm"), (6, 59, "alarm"), (7, 0, "information")],
)
@pytest.mark.parametrize("code", ["OP", "1401"])
def test_that_disarming_in_the_hours_of_being_set_is_an_alarm(
    dc09: Start, desk: Desk, hour: int, minute: int, kind: str, code: str
) -> None:
    desk.clock = FakeClock(at(hour, minute))
    with dialler(dc09(accounts=[NIGHTLY]).address()) as panel:
        assert panel.send(code, "7").acknowledged
    (signal,) = desk.signals
    assert signal.kind.value == kind
    if kind == "alarm":
        assert (signal.alarm_class, signal.priority, signal.momentary) == ("access", 2, True)
        assert "布防时段内撤防" in signal.text_zh
        assert "user 7" in signal.text_en


@pytest.mark.parametrize("code", ["CL", "3401", "OT", "1130"])
def test_that_arming_and_everything_else_means_the_same_at_all_hours(dc09: Start, desk: Desk, code: str) -> None:
    desk.clock = FakeClock(at(23))
    with dialler(dc09(accounts=[NIGHTLY, {"account": "5678"}]).address()) as panel:
        assert panel.send(code, "7").acknowledged
    assert "against_schedule" not in desk.signals[0].details


def test_that_an_account_without_a_schedule_may_disarm_at_night(dc09: Start, desk: Desk) -> None:
    desk.clock = FakeClock(at(23))
    with dialler(dc09(accounts=[{"account": "1234"}]).address()) as panel:
        assert panel.send("OP", "7").acknowledged
    assert desk.signals[0].kind is SignalKind.INFORMATION


@pytest.mark.parametrize(
    ("schedule", "sentence"),
    [
        ({"set": ["7 pm"], "timezone": "Asia/Shanghai"}, 'The span "7 pm" must be written like 19:00-07:00.'),
        ({"set": ["19:00-07:00"]}, '"schedule" needs a "timezone"'),
        ({"set": [19], "timezone": "Asia/Shanghai"}, '"set" must be a list of texts.'),
        ({"sets": [], "timezone": "Asia/Shanghai"}, 'There is no option "sets".'),
    ],
)
def test_that_a_mistake_in_a_schedule_is_a_sentence(schedule: dict[str, object], sentence: str) -> None:
    (found,) = sia_dc09.SPEC.check(setup_of("sia_dc09", accounts=[{"account": "1234", "schedule": schedule}]))
    assert sentence in found.en
