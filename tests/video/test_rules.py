"""Rules on zones and lines, on pictures of a yard of our own: each kind fires for what it is for, and for nothing else."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from console.models.ids import CameraId, PointId
from console.models.rules import Direction, Rule, RuleKind
from console.registry import discover
from console.video.analytics.line import crosses, side_of
from console.video.cv import cv2
from console.video.eye import Eye
from console.video.kinds import RuleSpec
from tests.video.test_intrusion import EVERYWHERE, filmed, labels, recorded, somebody

KINDS = discover("console.video.analytics", kind=RuleSpec)
MIDDLE = ((0.5, 0.0), (0.5, 1.0))
Change = Callable[[Any, float], Any]


def rule(kind: RuleKind, **fields: Any) -> Rule:
    return Rule(id="r", kind=kind, point=PointId("p"), **{"zone": EVERYWHERE, **fields})


def told(one: Rule, frames: Iterator[tuple[float, Any]]) -> list[tuple[float, bool]]:
    """When the rule became active and when it cleared (s)."""
    judge, eye = KINDS[one.kind.value].judge(CameraId("c"), (one,), frozenset()), Eye()
    due_s, said = 0.0, []
    for at_s, frame in frames:
        if at_s >= due_s:
            due_s = max(due_s + judge.every_s, at_s)
            said += [(at_s, verdict.active) for _, verdict in judge.look(eye.look(frame, 1000.0 + at_s))]
    return said


def began(one: Rule, seconds: float, change: Change) -> list[float]:
    return [at_s for at_s, active in told(one, filmed(seconds, change)) if active]


def walks(from_x: float, to_x: float, *, start_s: float = 4.0, pace: float = 40.0) -> Change:
    def change(frame: Any, at_s: float) -> Any:
        gone = (at_s - start_s) * pace
        if at_s < start_s or gone > abs(to_x - from_x):
            return frame
        return somebody(frame, from_x + gone * (1 if to_x > from_x else -1))

    return change


# ------------------------------------------------------------------ lines


@pytest.mark.parametrize(
    ("direction", "rightwards", "leftwards"),
    [(Direction.ANY, 1, 1), (Direction.TO_LEFT, 1, 0), (Direction.TO_RIGHT, 0, 1)],
)
def test_that_a_line_counts_who_crosses_it_its_way(direction: Direction, rightwards: int, leftwards: int) -> None:
    # Who looks from the upper end to the lower one has the right side of the picture to the left.
    line = rule(RuleKind.LINE, zone=MIDDLE, direction=direction, min_s=0.0, clear_s=2.0)
    assert len(began(line, 13.0, walks(30, 290))) == rightwards
    assert len(began(line, 13.0, walks(290, 30))) == leftwards


def test_that_who_dances_on_a_line_crosses_nothing() -> None:
    def dances(frame: Any, at_s: float) -> Any:
        return somebody(frame, 159 + (2 if int(at_s * 5) % 2 else -1)) if at_s > 4.0 else frame

    line = rule(RuleKind.LINE, zone=MIDDLE, min_s=0.0)
    assert began(line, 20.0, dances) == []


def test_that_who_goes_around_the_end_of_a_line_crosses_nothing() -> None:
    line = rule(RuleKind.LINE, zone=((0.5, 0.0), (0.5, 0.4)), min_s=0.0)
    assert began(line, 13.0, walks(30, 290)) == []


def test_that_who_turns_back_before_a_line_crosses_nothing() -> None:
    def turns(frame: Any, at_s: float) -> Any:
        return somebody(frame, 30 + min((at_s - 4) * 25, 200 - (at_s - 4) * 25)) if 4 <= at_s < 11 else frame

    assert began(rule(RuleKind.LINE, zone=MIDDLE, min_s=0.0), 14.0, turns) == []


def test_that_sides_and_crossings_are_told_by_geometry() -> None:
    line = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)]
    assert side_of((5.0, 3.0), line) == (1, 3.0)
    assert side_of((5.0, -3.0), line) == (-1, 3.0)
    assert crosses(((5.0, 3.0), (5.0, -3.0)), line)
    assert not crosses(((-5.0, 3.0), (-5.0, -3.0)), line)


# ------------------------------------------------------------------ loitering


def paces(frame: Any, at_s: float) -> Any:
    """Somebody walks up and down for half a minute."""
    if not 4.0 <= at_s < 34.0:
        return frame
    way = (at_s - 4.0) * 30 % 400
    return somebody(frame, 60 + (way if way < 200 else 400 - way))


def test_that_who_stays_for_longer_than_the_limit_loiters_and_who_passes_does_not() -> None:
    limit = rule(RuleKind.LOITERING, min_s=12.0, clear_s=3.0)
    said = told(limit, filmed(44.0, paces))
    assert [active for _, active in said] == [True, False]
    assert 15.5 <= said[0][0] <= 18.5
    assert 36.0 <= said[1][0] <= 39.0
    assert began(limit, 20.0, walks(20, 300)) == []


def test_that_one_after_another_is_no_loitering() -> None:
    def stream(frame: Any, at_s: float) -> Any:
        gone = (at_s - 4.0) % 8.0
        return somebody(frame, 20 + gone * 45) if at_s >= 4.0 and gone < 6.0 else frame

    assert began(rule(RuleKind.LOITERING, min_s=10.0), 44.0, stream) == []


# ------------------------------------------------------------------ objects


def bag(frame: Any) -> Any:
    cv2.rectangle(frame, (180, 96), (204, 114), (24, 26, 130), -1)
    return frame


def leaves_a_bag(frame: Any, at_s: float) -> Any:
    """Somebody comes at 5 s, puts a bag down at 8 s and is gone by 11 s."""
    if at_s >= 8.0:
        frame = bag(frame)
    return somebody(frame, 60 + (at_s - 5.0) * 43) if 5.0 <= at_s < 11.0 else frame


def test_that_a_bag_that_is_left_is_told_after_its_time_and_clears_when_it_is_fetched() -> None:
    left = rule(RuleKind.LEFT_OBJECT, min_s=12.0, clear_s=3.0)
    said = told(left, filmed(45.0, lambda frame, at_s: leaves_a_bag(frame, at_s) if at_s < 34.0 else frame))
    assert [active for _, active in said] == [True, False]
    assert 18.0 <= said[0][0] <= 26.0
    assert 36.0 <= said[1][0] <= 44.0
    assert began(rule(RuleKind.REMOVED_OBJECT, min_s=12.0), 34.0, leaves_a_bag) == []


def test_that_a_thing_that_was_taken_is_told_as_taken() -> None:
    def takes(frame: Any, at_s: float) -> Any:
        if at_s < 8.0:
            frame = bag(frame)
        return somebody(frame, 60 + (at_s - 5.0) * 43) if 5.0 <= at_s < 11.0 else frame

    assert len(began(rule(RuleKind.REMOVED_OBJECT, min_s=10.0), 34.0, takes)) == 1
    assert began(rule(RuleKind.LEFT_OBJECT, min_s=10.0), 34.0, takes) == []


def test_that_a_bag_with_somebody_beside_it_is_not_left() -> None:
    def waits(frame: Any, at_s: float) -> Any:
        if at_s < 5.0:
            return frame
        # He shifts from one foot to the other.
        return somebody(bag(frame), 222 + 4 * (int(at_s * 2) % 2))

    assert began(rule(RuleKind.LEFT_OBJECT, min_s=8.0, max_area=0.02), 30.0, waits) == []


def test_that_people_in_a_room_leave_nothing(real_video: Callable[[str], Any]) -> None:
    frames = recorded(real_video("intel/one-by-one-person-detection.mp4"))
    assert told(rule(RuleKind.LEFT_OBJECT, min_s=30.0), frames) == []


# ------------------------------------------------------------------ crowds


def test_that_more_people_than_a_zone_holds_are_a_crowd() -> None:
    def guests(number: int) -> Change:
        def change(frame: Any, at_s: float) -> Any:
            for guest in range(number if at_s >= 4.0 else 0):
                somebody(frame, 30 + guest * 50 + 6 * ((at_s + guest) % 2))
            return frame

        return change

    hall = rule(RuleKind.CROWD, capacity=3, one_area=0.012, min_s=2.0)
    assert began(hall, 14.0, guests(3)) == []
    assert len(began(hall, 14.0, guests(5))) == 1


# ------------------------------------------------------------------ what holds for all


@pytest.mark.parametrize("kind", [kind for kind in RuleKind if kind is not RuleKind.LINE])
def test_that_wind_in_a_tree_is_nothing_to_any_kind(kind: RuleKind, real_video: Callable[[str], Any]) -> None:
    known = labels("opencv/tree.avi")
    begins_s = known["events"][0][0] / known["fps_real"] - 1.0
    windy = (pair for pair in recorded(real_video("opencv/tree.avi")) if pair[0] < begins_s)
    assert told(rule(kind, min_s=5.0, capacity=1), windy) == []


@pytest.mark.parametrize("kind", RuleKind)
def test_that_steps_of_the_light_are_nothing_to_any_kind(kind: RuleKind) -> None:
    zone = MIDDLE if kind is RuleKind.LINE else EVERYWHERE

    def lamps(frame: Any, at_s: float) -> Any:
        return cv2.convertScaleAbs(frame, alpha=(1.0, 0.5, 1.3, 0.8, 1.0)[int(at_s / 7) % 5])

    assert told(rule(kind, zone=zone, min_s=5.0, capacity=1), filmed(49.0, lamps)) == []


@pytest.mark.parametrize("kind", RuleKind)
def test_that_every_kind_checks_its_rules_and_shows_how_it_works(kind: RuleKind) -> None:
    spec = KINDS[kind.value]
    one = rule(kind, zone=MIDDLE if kind is RuleKind.LINE else EVERYWHERE, min_s=10.0, capacity=4)
    assert spec.check(one) == []
    assert spec.check(rule(kind, zone=((0.5, 0.5),), min_s=10.0, capacity=4)) != []
    assert spec.check(rule(kind, min_s=10.0, capacity=4, sensitivity=1.5)) != []
    judge, eye = spec.judge(CameraId("c"), (one,), frozenset()), Eye()
    for at_s, frame in filmed(6.0, walks(30, 290)):
        judge.look(eye.look(frame, 1000.0 + at_s))
    working = judge.working(one)
    assert working.reliable
    assert working.threshold > 0.0
    objects = kind in (RuleKind.LEFT_OBJECT, RuleKind.REMOVED_OBJECT)
    assert objects or any(seen.box[2] > seen.box[0] for seen in working.seen)


def test_that_a_sharper_rule_sees_what_a_duller_one_does_not() -> None:
    def faint(frame: Any, at_s: float) -> Any:
        if at_s < 4.0:
            return frame
        shade = frame.copy()
        cv2.ellipse(shade, (int(30 + (at_s - 4) * 25), 90), (8, 24), 0, 0, 360, (0, 0, 0), -1)
        return cv2.addWeighted(frame, 0.9, shade, 0.1, 0)

    sharp = rule(RuleKind.INTRUSION, sensitivity=1.0, min_area=0.0005)
    dull = rule(RuleKind.INTRUSION, sensitivity=0.0, min_area=0.0005)
    assert began(sharp, 12.0, faint) != []
    assert began(dull, 12.0, faint) == []


def test_that_what_is_larger_than_the_largest_size_does_not_count() -> None:
    assert began(rule(RuleKind.INTRUSION, max_area=0.004), 12.0, walks(30, 290)) == []
    assert len(began(rule(RuleKind.INTRUSION, max_area=0.1), 12.0, walks(30, 290))) == 1
