"""What one camera's analyst tells: rules in their hours, a second stage that has to agree, tuning, motion for search."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from console.models.camera_health import CameraTrouble, HealthLimits
from console.models.ids import PointId
from console.models.motion_cells import cells_in, spans
from console.models.pictures import RuleEvent, RuleWorking
from console.models.recording import MotionMinute
from console.models.rules import Rule, RuleKind, WeeklyHours
from console.models.site import CameraKind
from console.registry import discover
from console.video.analyst import Analyst, Duties
from console.video.kinds import RuleSpec
from console.video.wire import Health
from tests.video.conftest import camera
from tests.video.onnx_bytes import write_model
from tests.video.test_detector import DESCRIPTION
from tests.video.test_intrusion import EVERYWHERE, filmed, somebody

KINDS = discover("console.video.analytics", kind=RuleSpec)
AT = datetime(2026, 3, 14, 8, 0, 20, tzinfo=UTC)
ZONE = Rule(id="zone", point=PointId("p"), zone=EVERYWHERE, clear_s=2.0)


class Hearing:
    """An analyst and everything that it said."""

    def __init__(self, *rules: Rule, **duties: Any) -> None:
        self.said: list[Any] = []
        one = camera("cam", CameraKind.FILE, "x.avi", rules=rules)
        self.analyst = Analyst(one, KINDS, Duties(**duties), self.said.append)

    def play(self, frames: Any, at: datetime = AT) -> None:
        for at_s, frame in frames:
            if self.analyst.due(1000.0 + at_s):
                wall_ns = int((at + timedelta(seconds=at_s)).timestamp() * 1e9)
                self.analyst.look(frame, 1000.0 + at_s, wall_ns, small=True, every_frame=True, age_s=0.01)

    def of(self, kind: type[Any]) -> list[Any]:
        return [one for one in self.said if isinstance(one, kind)]

    def told(self) -> list[bool]:
        return [event.active for event in self.of(RuleEvent)]


def visit(frame: Any, at_s: float) -> Any:
    """Somebody walks through from 4 to 10 s, in dark clothes."""
    return somebody(frame, 30 + (at_s - 4.0) * 40) if 4.0 <= at_s < 10.0 else frame


def test_that_a_visit_is_told_with_its_kind_and_ends() -> None:
    heard = Hearing(ZONE)
    heard.play(filmed(14.0, visit))
    assert heard.told() == [True, False]
    assert heard.of(RuleEvent)[0].kind is RuleKind.INTRUSION


def test_that_a_rule_outside_its_hours_tells_nothing() -> None:
    nights = Rule(id="zone", point=PointId("p"), zone=EVERYWHERE, hours=(WeeklyHours(start="22:00", to="06:00"),))
    heard = Hearing(nights)
    heard.play(filmed(14.0, visit))
    assert heard.told() == []
    heard = Hearing(nights)
    heard.play(filmed(14.0, visit), AT.replace(hour=23))
    assert heard.told()[:1] == [True]


def test_that_an_alarm_clears_when_the_hours_of_its_rule_end_and_comes_when_they_begin() -> None:
    def stays(frame: Any, at_s: float) -> Any:
        return somebody(frame, 150 + 20 * (int(at_s) % 3)) if at_s >= 4.0 else frame

    until = Rule(id="zone", point=PointId("p"), zone=EVERYWHERE, hours=(WeeklyHours(start="06:00", to="08:01"),))
    heard = Hearing(until)
    heard.play(filmed(55.0, stays))
    assert heard.told() == [True, False]
    assert 40.0 <= (heard.of(RuleEvent)[1].at - AT).total_seconds() <= 46.0
    late = Rule(id="zone", point=PointId("p"), zone=EVERYWHERE, hours=(WeeklyHours(start="08:01", to="09:00"),))
    heard = Hearing(late)
    heard.play(filmed(55.0, stays))
    assert heard.told() == [True]


def with_model(tmp_path: Path, colour_class: str) -> Rule:
    (tmp_path / "models").mkdir(exist_ok=True)
    write_model(tmp_path / "models" / "tiny.onnx")
    (tmp_path / "models" / "tiny.yaml").write_text(DESCRIPTION.replace("score: 0.5", "score: 0.2"), encoding="utf-8")
    return Rule(id="zone", point=PointId("p"), zone=EVERYWHERE, clear_s=2.0, detector="tiny", classes=(colour_class,))


def blue_visit(frame: Any, at_s: float) -> Any:
    frame[:, :, 0] //= 2
    if 4.0 <= at_s < 10.0:
        left = int(30 + (at_s - 4.0) * 30)
        frame[40:150, left : left + 90] = (255, 20, 20)
    return frame


def test_that_a_rule_with_a_detector_tells_only_what_the_detector_agrees_to(tmp_path: Path) -> None:
    agreeing = Hearing(with_model(tmp_path, "person"), site_dir=tmp_path)
    agreeing.play(filmed(14.0, blue_visit))
    assert agreeing.told() == [True, False]
    other = Hearing(with_model(tmp_path, "car"), site_dir=tmp_path)
    other.play(filmed(14.0, blue_visit))
    assert other.told() == []


@pytest.mark.expects_log("cannot be used")
def test_that_a_detector_that_cannot_be_used_silences_no_rule(tmp_path: Path) -> None:
    rule = Rule(id="zone", point=PointId("p"), zone=EVERYWHERE, clear_s=2.0, detector="absent")
    heard = Hearing(rule, site_dir=tmp_path)
    heard.play(filmed(14.0, visit))
    assert heard.told() == [True, False]


def test_that_a_rule_that_is_tried_shows_how_it_works_and_raises_no_alarm() -> None:
    heard = Hearing()
    heard.analyst.watch(ZONE)
    heard.play(filmed(14.0, visit))
    assert heard.told() == []
    works = heard.of(RuleWorking)
    assert len(works) > 50
    assert max(work.score for work in works) > works[-1].threshold == ZONE.min_s
    assert any(seen.counts for work in works for seen in work.seen)
    assert {work.active for work in works} == {True, False}
    number = len(works)
    heard.analyst.watch(None)
    heard.play((at_s + 14.0, frame) for at_s, frame in filmed(3.0, visit))
    assert len(heard.of(RuleWorking)) == number


def test_that_other_rules_take_over_at_once_and_what_is_gone_clears() -> None:
    def stays(frame: Any, at_s: float) -> Any:
        return somebody(frame, 150 + 20 * (int(at_s) % 3)) if at_s >= 4.0 else frame

    heard = Hearing(ZONE)
    heard.play(filmed(8.0, stays))
    assert heard.told() == [True]
    heard.analyst.set_rules((Rule(id="other", point=PointId("q"), zone=EVERYWHERE),))
    heard.play((at_s + 8.0, frame) for at_s, frame in filmed(4.0, lambda frame, at_s: stays(frame, at_s + 8.0)))
    assert [(event.rule_id, event.active) for event in heard.of(RuleEvent)] == [
        ("zone", True), ("zone", False), ("other", True)]  # fmt: skip


def test_that_motion_is_kept_by_the_second_where_it_was_and_found_by_its_zone() -> None:
    heard = Hearing(ZONE, cells=True)
    heard.play(filmed(46.0, lambda frame, at_s: visit(frame, at_s - 6.0)))
    heard.analyst.finish()
    minutes = heard.of(MotionMinute)
    assert [minute.minute_at.second for minute in minutes] == [0, 0]
    left = ((0.0, 0.0), (0.3, 0.0), (0.3, 1.0), (0.0, 1.0))
    right = ((0.75, 0.0), (1.0, 0.0), (1.0, 1.0), (0.75, 1.0))
    ((left_from, left_to),) = spans(minutes, left)
    ((right_from, right_to),) = spans(minutes, right)
    # He comes at 10 s from the left and is gone to the right at 16 s; the film begins at 20 s past.
    assert abs((left_from - AT).total_seconds() - 10.0) <= 1.5
    assert left_to < right_to
    assert abs((right_to - AT).total_seconds() - 16.0) <= 2.0
    assert right_from > left_from
    assert spans(minutes, ((0.0, 0.0), (1.0, 0.0), (1.0, 0.12), (0.0, 0.12))) == ()


def test_that_the_cells_of_a_zone_are_those_that_it_covers() -> None:
    assert cells_in(EVERYWHERE) == (1 << 256) - 1
    assert cells_in(((0.0, 0.0), (0.06, 0.0), (0.06, 0.06), (0.0, 0.06))) == 1 << 255
    assert cells_in(((0.95, 0.95), (1.0, 0.95), (1.0, 1.0), (0.95, 1.0))) == 1


def test_that_health_is_told_when_it_changes_and_the_rate_is_counted() -> None:
    limits = HealthLimits(learn_s=8.0, fault_after_s=3.0, fault_over_s=3.0)
    heard = Hearing(limits=limits)
    heard.play(filmed(24.0, lambda frame, at_s: frame, fps=12.0))
    heard.said.clear()
    slow = ((at_s + 24.0, frame) for at_s, frame in filmed(24.0, lambda frame, at_s: frame, fps=2.0))
    heard.play(slow)
    (change,) = [change for told in heard.of(Health) for change in told.changes]
    assert (change.fault, change.active) == (CameraTrouble.LOW_RATE, True)
    assert heard.of(Health)[-1].faults == (CameraTrouble.LOW_RATE,)
