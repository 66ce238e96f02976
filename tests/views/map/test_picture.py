"""What the map has to show, without a window."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.models.alarm_life import Given, act
from console.models.alarms import (
    Acknowledgement,
    Action,
    Alarm,
    AlarmClass,
    Condition,
    Hiding,
    Priority,
    State,
)
from console.models.clock import FakeClock
from console.models.ids import AlarmId, DispatchId, IncidentId, MapId, PersonId, PointId, PostId, SourceId
from console.models.incidents import Dispatch, DispatchState
from console.models.people import Role, SignOn
from console.models.site import Post, PostKind, Site, Spot
from console.models.text import Text
from console.views.panels.map.picture import (
    RingKind,
    ViewLock,
    counts_of,
    is_shown,
    pulls_the_map,
    rings_of,
    standings,
)

CLOCK = FakeClock()
NOW = CLOCK.now()
MAP = MapId("m")


def alarm(
    name: str = "a", *, x: float = 10, y: float = 10, priority: Priority = Priority.CRITICAL, map_id: str = "m"
) -> Alarm:
    return Alarm(
        id=AlarmId(name),
        key=name,
        point=PointId(name),
        source=SourceId("s"),
        alarm_class=AlarmClass.INTRUSION,
        priority=priority,
        title=Text(name, name),
        spot=Spot(map=MapId(map_id), x=x, y=y),
        first_at=NOW,
        last_at=NOW,
    )


def taken(one: Alarm) -> Alarm:
    return act(
        one,
        Action.ACKNOWLEDGE,
        NOW,
        Given(acknowledgement=Acknowledgement(by=PersonId("p"), at=NOW, seat="1", lease_until_at=NOW)),
    )


def test_that_a_ring_goes_from_waiting_over_acknowledged_to_handled() -> None:
    new = alarm()
    acknowledged = taken(new)
    handled = replace(acknowledged, incident=IncidentId("i"), case_open=True)
    assert [rings_of([one], NOW)[0].kind for one in (new, acknowledged, handled)] == list(RingKind)


def test_that_a_point_back_to_normal_keeps_a_ring_that_says_so_until_it_is_reset() -> None:
    returned = act(taken(alarm()), Action.RESTORE, NOW)
    (ring,) = rings_of([returned], NOW)
    assert (ring.kind, ring.returned) == (RingKind.ACKNOWLEDGED, True)
    assert rings_of([act(returned, Action.RESET, NOW)], NOW) == ()


def test_that_an_alarm_with_an_open_case_stays_on_the_map_after_its_reset() -> None:
    handled = replace(
        taken(alarm()), incident=IncidentId("i"), case_open=True, condition=Condition.NORMAL, is_reset=True
    )
    assert handled.state is State.NORMAL
    assert is_shown(handled)


def test_that_hidden_alarms_and_alarms_without_a_spot_have_no_ring() -> None:
    fault = replace(alarm(), alarm_class=AlarmClass.FAULT)
    hiding = Hiding(kind=State.SHELVED, by=PersonId("p"), reason="works", until_at=NOW)
    assert rings_of([replace(fault, hiding=hiding), replace(fault, spot=None)], NOW) == ()


def test_that_alarms_at_one_spot_share_a_ring_that_counts_and_wears_the_most_urgent() -> None:
    low = alarm("low", priority=Priority.LOW, x=11)
    urgent = alarm("urgent")
    (ring,) = rings_of([low, urgent, taken(alarm("known", y=11))], NOW)
    assert ring.alarm.id == "urgent"
    assert (ring.waiting, ring.total) == (2, 3)


def test_that_the_most_urgent_ring_comes_first() -> None:
    rings = rings_of([alarm("b", priority=Priority.HIGH, x=500), taken(alarm("c", x=900)), alarm("a")], NOW)
    assert [ring.alarm.id for ring in rings] == ["a", "c", "b"]


def test_that_the_mark_of_change_lasts_thirty_minutes() -> None:
    for minutes, recent in ((0, True), (30, True), (31, False)):
        (ring,) = rings_of([alarm()], NOW + timedelta(minutes=minutes))
        assert ring.recent is recent
    old = replace(
        alarm(),
        acknowledged=Acknowledgement(by=PersonId("p"), at=NOW + timedelta(hours=1), seat="1", lease_until_at=NOW),
    )
    assert rings_of([old], NOW + timedelta(hours=1))[0].recent


def test_that_every_map_counts_its_own_alarms() -> None:
    here = [alarm("a"), taken(alarm("b", x=400))]
    rings = rings_of([*here, alarm("c", map_id="other")], NOW)
    assert counts_of(rings) == {"m": (2, 1), "other": (1, 1)}


@pytest.mark.parametrize(
    ("one", "pulls"),
    [
        (alarm(), True),
        (alarm(priority=Priority.LOW), False),
        (taken(alarm()), False),
        (replace(alarm(), spot=None), False),
    ],
)
def test_that_only_what_somebody_must_look_at_moves_the_map(one: Alarm, pulls: bool) -> None:
    assert pulls_the_map(one) is pulls


SITE = Site(
    id="s",
    name=Text("s"),
    posts=(
        Post(id=PostId("room"), name=Text("监控岗"), kind=PostKind.MONITORING, staff=("甲",)),
        Post(id=PostId("gate"), name=Text("门岗"), kind=PostKind.GATE, staff=("乙", "丙")),
    ),
)


def sign_on(name: str, *, off: bool = False) -> SignOn:
    return SignOn(
        id=name,
        person=PersonId(name),
        name=name,
        role=Role.OPERATOR,
        seat="1",
        on_at=NOW,
        off_at=NOW if off else None,
    )


def test_that_the_control_room_shows_who_is_signed_on_and_other_posts_who_is_planned() -> None:
    found = standings(SITE, (), (), (), [sign_on("丁"), sign_on("戊", off=True), sign_on("丁")])
    assert found[PostId("room")].people == ("丁",)
    assert found[PostId("gate")].people == ("乙", "丙")
    assert standings(SITE, (), (), (), ())[PostId("room")].people == ("甲",)


def test_that_a_post_that_was_sent_shows_where_to_until_it_is_back() -> None:
    first = replace(alarm("first"), incident=IncidentId("i"))
    later = replace(alarm("later", x=700), incident=IncidentId("i"), first_at=NOW + timedelta(seconds=9))
    sent = Dispatch(
        id=DispatchId("d"), incident=IncidentId("i"), post=PostId("gate"), post_name=Text("门岗"), by=PersonId("p")
    )
    standing = standings(SITE, [later, first], [sent], (), ())[PostId("gate")]
    assert standing.dispatch == sent
    assert standing.target == first.spot
    back = replace(sent, state=DispatchState.RETURNED)
    assert standings(SITE, [first], [back], (), ())[PostId("gate")].dispatch is None


def test_that_a_hand_on_the_map_locks_it_for_a_while() -> None:
    lock = ViewLock(20)
    assert lock.free(0)
    lock.touch(100)
    assert [lock.free(at) for at in (100, 119.9, 120)] == [False, False, True]
    lock.follows = False
    assert not lock.free(500)
