"""A clock that steps by an hour, back and forward, and the nights on which a country changes its own: nothing is hidden,
nothing wakes at once, nothing comes twice. Terms keep their length, times of day stay times of day."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typing_extensions import override

from console.bus import Bus
from console.models.alarms import Alarm, AlarmClass, State, queue_order
from console.models.clock import FakeClock
from console.models.duty import DueState
from console.models.events import ConsoleStarted, FaultNoted, PlanRunChanged
from console.models.ids import PointId, SignalId
from console.models.patrol import Punch, Round, RoundState, StopState
from console.models.signals import Signal, SignalKind
from console.models.suppression import Suppression, SuppressionKind
from console.models.text import Text
from console.services import alarms, clockwork, due, duty, duty_check, hiding, own_alarms, patrol, queue, response
from console.services.clock_watch import watch_clock
from console.services.desk import Desk
from console.services.unkept import Delivery
from console.store.store import Ground, Transaction
from tests.records import open_record
from tests.services.cases import LEADER, OPERATOR, SITE, Bench, signal
from tests.services.post import PostInHand, opened_post

STEPS = [pytest.param(-3600.0, id="back"), pytest.param(3600.0, id="forward")]
BERLIN = ZoneInfo("Europe/Berlin")


class Ticking:
    """A post whose clockwork turns as in the console: the watch of the clock, and then everything that it moves."""

    def __init__(self, bench: Bench | PostInHand, asleep_s: Callable[[], float] = lambda: 0.0) -> None:
        self.bench = bench
        self._look = watch_clock(bench.clock, asleep_s)
        self.tick()

    def tick(self, seconds: float = 0.0) -> None:
        """Let time pass, and turn once."""
        self.bench.clock.advance(seconds)
        self.bench.do(self._turn)

    def step(self, seconds: float) -> None:
        """Set the clock on the wall, and turn once."""
        self.bench.clock.at += timedelta(seconds=seconds)
        self.tick()

    def _turn(self, tx: Transaction) -> None:
        self._look(tx)
        clockwork.tick(tx)


@pytest.fixture
def ticking(bench: Bench) -> Ticking:
    return Ticking(bench)


def ring(of: Ticking, point: str = "beam-1", **changes: object) -> Alarm:
    raised: Alarm = of.bench.do(alarms.receive, signal(point, clock=of.bench.clock, **changes))
    return raised


def now(of: Ticking, alarm: Alarm) -> Alarm:
    found: Alarm = of.bench.ask(lambda rx: rx.need(Alarm, alarm.id))
    return found


def passes(of: Ticking, seconds: float, *, each_s: float = 10.0) -> None:
    for _turn in range(int(seconds / each_s)):
        of.tick(each_s)


# ------------------------------------------------------------------------------------------------ terms keep their length
@pytest.mark.parametrize("step_s", STEPS)
def test_that_a_lease_ends_after_its_own_length_and_escalates_then(ticking: Ticking, step_s: float) -> None:
    fire = ring(ticking, "smoke-1", alarm_class="fire", priority=1)  # a lease of 180 s
    ticking.bench.do(queue.acknowledge, fire.id, by=OPERATOR)
    passes(ticking, 60)
    ticking.step(step_s)
    assert now(ticking, fire).state is State.ACKED, "the step alone lets nothing lapse"
    passes(ticking, 110)
    assert now(ticking, fire).state is State.ACKED
    passes(ticking, 20)
    lapsed = now(ticking, fire)
    assert (lapsed.state, lapsed.lapses) == (State.UNACKED, 1)
    assert lapsed.escalated_at is not None
    ticking.step(-step_s)
    passes(ticking, 600)
    assert now(ticking, fire).lapses == 1, "one acknowledgement lapses once"


@pytest.mark.parametrize("step_s", STEPS)
def test_that_what_was_put_off_comes_back_after_the_time_it_was_put_off_for(ticking: Ticking, step_s: float) -> None:
    parked, shelved = ring(ticking, priority=2), ring(ticking, "ups", alarm_class="power", priority=3)
    ticking.bench.do(queue.acknowledge, parked.id, by=OPERATOR)
    at = ticking.bench.clock.now()
    ticking.bench.do(queue.park, parked.id, at + timedelta(minutes=10), "等候维保", by=OPERATOR)
    ticking.bench.do(hiding.shelve, shelved.id, "市电检修", at + timedelta(minutes=20), by=LEADER)
    passes(ticking, 120, each_s=60)
    ticking.step(step_s)
    passes(ticking, 420, each_s=60)
    assert (now(ticking, parked).parked is not None, now(ticking, shelved).state) == (True, State.SHELVED)
    passes(ticking, 60, each_s=60)
    assert (now(ticking, parked).state, now(ticking, parked).parked) == (State.UNACKED, None)
    passes(ticking, 540, each_s=60)
    assert now(ticking, shelved).state is State.SHELVED
    passes(ticking, 60, each_s=60)
    assert now(ticking, shelved).state is State.UNACKED


@pytest.mark.parametrize("step_s", STEPS)
def test_that_a_rule_hides_no_longer_and_no_shorter_than_was_agreed(ticking: Ticking, step_s: float) -> None:
    at = ticking.bench.clock.now()
    running = ticking.bench.do(
        hiding.suppress, SuppressionKind.OUT_OF_SERVICE, "更换探头", at + timedelta(hours=2),
        points=(PointId("beam-1"),), classes=(AlarmClass.INTRUSION,), by=LEADER,
    )
    later = ticking.bench.do(
        hiding.suppress, SuppressionKind.OUT_OF_SERVICE, "夜间检修", at + timedelta(hours=9), from_at=at + timedelta(hours=8),
        points=(PointId("ups"),), classes=(AlarmClass.POWER,), by=LEADER,
    )
    hidden = ring(ticking)
    ticking.step(step_s)
    assert now(ticking, hidden).state is State.OUT_OF_SERVICE
    assert ring(ticking).state is State.OUT_OF_SERVICE
    passes(ticking, 2 * 3600 - 60, each_s=60)
    assert now(ticking, hidden).state is State.OUT_OF_SERVICE
    passes(ticking, 60, each_s=60)
    assert now(ticking, hidden).state is State.UNACKED
    ended, waits = (ticking.bench.ask(lambda rx, one=one: rx.need(Suppression, one.id)) for one in (running, later))
    assert ended.ended_at is not None
    assert (waits.from_at, waits.until_at) == (later.from_at, later.until_at), "what has yet to begin stands at its time of day"


@pytest.mark.parametrize("step_s", STEPS)
def test_that_a_step_of_a_plan_keeps_its_limit_and_says_once_that_it_is_late(ticking: Ticking, step_s: float) -> None:
    alarm = ring(ticking)
    run = ticking.bench.do(response.start, alarm.id, ticking.bench.ground.plans[0].id, by=OPERATOR)
    ticking.tick(10)
    ticking.step(step_s)
    (item,) = [one for one in ticking.bench.ask(due.open_items) if one.kind == "plan_step"]
    assert (item.due_at - ticking.bench.clock.now()).total_seconds() == 20
    moved = ticking.bench.ask(lambda rx: rx.need(type(run), run.id))
    assert moved.place.due_at == item.due_at
    said = [0, 0]
    for index, seconds in enumerate((15, 10)):
        ticking.tick(seconds)
        said[index] = sum(one.change == "late" for one in ticking.bench.said(PlanRunChanged))
    assert said == [0, 1]
    ticking.step(-step_s)
    passes(ticking, 60)
    assert sum(one.change == "late" for one in ticking.bench.said(PlanRunChanged)) == 1


@pytest.mark.parametrize("step_s", STEPS)
def test_that_the_minutes_of_a_duty_check_stay_as_many(ticking: Ticking, step_s: float) -> None:
    at = ticking.bench.clock.now()
    ticking.bench.do(due.add, duty_check.KIND, "a-1", Text("查岗", "Duty check"), at + timedelta(minutes=10), notice_s=600.0)
    ticking.tick(60)
    ticking.step(step_s)
    (item,) = ticking.bench.ask(due.open_items)
    assert (item.due_at - ticking.bench.clock.now()) == timedelta(minutes=9)
    passes(ticking, 560)
    (item,) = ticking.bench.ask(due.open_items)
    assert item.state is DueState.OVERDUE
    ticking.step(-step_s)
    assert ticking.bench.ask(due.open_items)[0].state is DueState.OVERDUE


def test_that_a_machine_that_only_slept_lets_run_out_what_ran_out_meanwhile(bench: Bench) -> None:
    slept = [0.0]
    ticking = Ticking(bench, lambda: slept[0])
    fire = ring(ticking, "smoke-1", alarm_class="fire", priority=1)
    bench.do(queue.acknowledge, fire.id, by=OPERATOR)
    slept[0] = 3600.0
    ticking.step(3600.0)
    assert now(ticking, fire).state is State.UNACKED
    assert len(bench.said(FaultNoted)) == 1, "and that it slept is told"


def test_that_a_clock_set_back_while_the_console_was_off_prolongs_nothing(bench: Bench) -> None:
    before = Ticking(bench)
    fire = ring(before, "smoke-1", alarm_class="fire", priority=1)
    bench.do(queue.acknowledge, fire.id, by=OPERATOR)
    bench.clock.at -= timedelta(hours=1)
    bench.do(lambda tx: tx.record(ConsoleStarted(at=tx.now, version="9")))
    after = Ticking(bench)
    assert now(after, fire).state is State.ACKED
    passes(after, 200)
    assert now(after, fire).lapses == 1
    (noted,) = [one for one in bench.said(FaultNoted) if one.active]
    assert noted.sentence.en.startswith("The clock of this computer is 3600 s behind the last line of the run before")
    bench.do(lambda tx: tx.record(ConsoleStarted(at=tx.now, version="9")))
    Ticking(bench)
    assert len([one for one in bench.said(FaultNoted) if one.active]) == 1, "the next start finds nothing new"


def test_that_a_step_that_could_not_be_recorded_is_found_again(bench: Bench) -> None:
    look = watch_clock(bench.clock, lambda: 0.0)
    bench.do(look)
    fire = bench.do(alarms.receive, signal("smoke-1", alarm_class="fire", priority=1, clock=bench.clock))
    bench.do(queue.acknowledge, fire.id, by=OPERATOR)
    bench.clock.at -= timedelta(hours=1)

    def fails(tx: Transaction) -> None:
        look(tx)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        bench.do(fails)
    bench.do(look)
    bench.do(look)
    found = bench.ask(lambda rx: rx.need(Alarm, fire.id))
    assert found.acknowledged.lease_until_at == bench.clock.now() + timedelta(seconds=180), "moved once"


# ------------------------------------------------------------------------------------------------ signals
def test_that_a_signal_after_an_acknowledgement_of_the_future_is_heard(ticking: Ticking) -> None:
    alarm = ring(ticking, priority=3)
    ticking.bench.do(queue.acknowledge, alarm.id, by=OPERATOR)
    ticking.step(-3600)
    again = ring(ticking, priority=3)
    assert (again.state, again.count) == (State.UNACKED, 2)


def test_that_a_signal_that_waited_for_the_disk_does_not_wake_what_was_acknowledged_meanwhile(ticking: Ticking) -> None:
    alarm = ring(ticking, priority=3)
    waiting = signal(clock=ticking.bench.clock, priority=3)
    ticking.tick(2)
    ticking.bench.do(queue.acknowledge, alarm.id, by=OPERATOR)
    assert ticking.bench.do(alarms.receive, waiting).state is State.ACKED


@pytest.mark.parametrize("step_s", STEPS)
def test_that_the_same_words_long_after_are_no_repetition_because_the_clock_was_set(ticking: Ticking, step_s: float) -> None:
    said: dict[str, Any] = {"sequence": "1001-0001-ABCD-0", "raw": b"the same bytes"}
    first = ring(ticking, **said)
    for _turn in range(6):
        ticking.tick(600)
    ticking.step(step_s)
    ticking.tick(600)
    second = ticking.bench.do(alarms.receive, signal(clock=ticking.bench.clock, **said))
    assert second is not None, "a second alarm of a panel that began anew was taken for a repetition"
    assert (second.id, second.count) == (first.id, 2)


@pytest.mark.parametrize("step_s", STEPS)
def test_that_the_queue_stands_by_urgency_and_hides_nobody(ticking: Ticking, step_s: float) -> None:
    raised = [ring(ticking, "beam-1", priority=2), ring(ticking, "ups", alarm_class="power", priority=3)]
    ticking.step(step_s)
    raised += [ring(ticking, "smoke-1", alarm_class="fire", priority=1), ring(ticking, "rule-1", priority=2)]
    rows = sorted(ticking.bench.ask(lambda rx: rx.find(Alarm, closed_at=None)), key=queue_order)
    assert {one.id for one in rows} == {one.id for one in raised}
    assert [int(one.priority) for one in rows] == [1, 2, 2, 3]
    assert all(one.state is State.UNACKED for one in rows)


# ------------------------------------------------------------------------------------------------ the step itself, the post
@pytest.mark.parametrize("step_s", STEPS)
def test_that_the_step_is_an_alarm_of_its_own_and_ends_by_itself(post: PostInHand, step_s: float) -> None:
    ticking = Ticking(post)
    ticking.step(step_s)
    post.do(own_alarms.reconcile)
    (alarm,) = post.find(Alarm, closed_at=None)
    assert (alarm.point, alarm.alarm_class, alarm.state) == ("own:clock", AlarmClass.SYSTEM, State.UNACKED)
    assert "3600 s" in alarm.title.en
    passes(ticking, 70)
    post.do(own_alarms.reconcile)
    assert post.find(Alarm, closed_at=None)[0].state is State.RETURNED_UNACKED


@pytest.mark.parametrize("step_s", STEPS)
def test_that_duties_of_the_day_stand_by_the_clock_on_the_wall_none_lost_none_twice(post: PostInHand, step_s: float) -> None:
    post.set(watch_people=1.0)
    ticking = Ticking(post)
    post.do(duty.start_shift, (post.enter("wang").id,))
    ticking.tick()
    before = {(item.kind, item.ref): item.due_at for item in post.ask(due.open_items)}
    assert before.keys() >= {(due.PATROL, "outer"), (due.LOG_ENTRY, due.POST), (due.HANDOVER, post.shift().id)}
    ticking.step(step_s)
    after = post.ask(due.open_items)
    assert {(item.kind, item.ref): item.due_at for item in after} == before
    for item in after:
        assert item.state is due.state_at(item, post.clock.now())
    passes(ticking, 4 * 3600, each_s=300)
    assert len({(item.kind, item.ref) for item in post.ask(due.open_items)}) == len(post.ask(due.open_items)) == len(before)
    starts = [walk.started_at for walk in post.find(Round, order_by="started_at")]
    assert len(starts) == len(set(starts))
    assert all((later - sooner) == timedelta(hours=2) for sooner, later in pairwise(starts))


def punch(post: PostInHand, number: int) -> Punch:
    at = post.clock.now()
    told = Punch(id=f"p-{number}-{at.isoformat()}", device="reader", chip=f"0F00{number}", reader_at=at, received_at=at)
    kept: Punch = post.do(patrol.punch, told)
    return kept


@pytest.mark.parametrize("step_s", STEPS)
def test_that_a_guard_who_is_walking_when_the_clock_steps_misses_nothing(post: PostInHand, step_s: float) -> None:
    ticking = Ticking(post)
    post.do(duty.start_shift, (post.enter("wang").id,))
    ticking.tick()
    item = post.item(due.PATROL, "outer")
    ticking.tick((item.due_at - post.clock.now()).total_seconds())
    (walk,) = post.find(Round)
    for number in (1, 2, 3, 4):
        passes(ticking, 300, each_s=60)
        assert punch(post, number).round == walk.id
        if number == 2:
            ticking.step(step_s)
    (walked,) = [one for one in post.find(Round) if one.id == walk.id]
    assert walked.state is RoundState.COMPLETE
    assert [stop.state for stop in walked.stops] == [StopState.ON_TIME] * 4
    assert not [one for one in post.find(Alarm) if one.code == "missed"]


# ------------------------------------------------------------------------------------------------ summer time
@pytest.fixture
def in_berlin(tmp_path: Path) -> Iterator[Callable[[datetime], PostInHand]]:
    with ExitStack() as lives:

        def opened(at: datetime) -> PostInHand:
            post = lives.enter_context(opened_post(tmp_path / "data", FakeClock(at)))
            post.ground = replace(post.ground, site=replace(post.ground.site, timezone="Europe/Berlin"))
            return post

        yield opened


NIGHTS = [
    pytest.param(datetime(2026, 3, 28, 19, 0, tzinfo=BERLIN), 11, id="spring"),
    pytest.param(datetime(2026, 10, 24, 19, 0, tzinfo=BERLIN), 13, id="autumn"),
]


@pytest.mark.parametrize(("evening", "hours"), NIGHTS)
def test_that_the_night_of_the_change_has_a_watch_from_seven_to_seven(
    in_berlin: Callable[[datetime], PostInHand], evening: datetime, hours: int
) -> None:
    post = in_berlin(evening.astimezone(UTC))
    planned = duty.planned_at(post.ground.site, post.clock.now())
    assert (planned.end_at - planned.start_at) == timedelta(hours=hours)
    post.do(duty.start_shift, (post.enter("wang").id,))
    Ticking(post)
    handover = post.item(due.HANDOVER, post.shift().id)
    assert handover.due_at.astimezone(BERLIN).strftime("%d %H:%M") in ("29 07:00", "25 07:00")
    moments = [planned.start_at + timedelta(minutes=number) for number in range(hours * 60)]
    assert {duty.planned_at(post.ground.site, at).start_at for at in moments} == {planned.start_at}
    assert duty.planned_at(post.ground.site, planned.end_at).start_at == planned.end_at


@pytest.mark.parametrize(("evening", "hours"), NIGHTS)
def test_that_patrols_and_entries_lose_no_turn_double_none_and_keep_to_the_hours_people_know(
    in_berlin: Callable[[datetime], PostInHand], evening: datetime, hours: int
) -> None:
    post = in_berlin(evening.astimezone(UTC))
    ticking = Ticking(post)
    post.do(duty.start_shift, (post.enter("wang").id,))
    ticking.tick()
    turns: dict[str, list[datetime]] = {due.PATROL: [], due.LOG_ENTRY: []}
    asleep = post.clock.now() + timedelta(hours=36)
    while post.clock.now() < asleep:
        ticking.tick(300)
        for kind, done in turns.items():
            ref = "outer" if kind == due.PATROL else due.POST
            item = post.item(kind, ref)
            if item.state is not DueState.WAITING and item.due_at <= post.clock.now():
                done.append(item.due_at)
                post.do(due.finish, kind, ref, by=OPERATOR)
    for kind, every_h in ((due.PATROL, 2), (due.LOG_ENTRY, post.item(due.LOG_ENTRY).every_s / 3600)):  # type: ignore[operator]
        gaps = [(later - sooner) / timedelta(hours=1) for sooner, later in pairwise(turns[kind])]
        assert all(0 < gap <= every_h for gap in gaps), (kind, gaps)
        assert len(turns[kind]) >= int(36 / every_h)
        last = turns[kind][-1].astimezone(BERLIN)
        assert (last.hour % every_h, last.minute) == (0, 0), "after the change it is again at the times people know"
    assert not [one for one in post.ask(due.open_items) if one.kind in turns and "missed" in one.note]
    rounds = [walk.started_at for walk in post.find(Round, order_by="started_at")]
    assert len(set(rounds)) == len(rounds)
    assert set(turns[due.PATROL]) <= set(rounds)


@pytest.mark.parametrize(("evening", "hours"), NIGHTS)
def test_that_an_alarm_in_flight_over_the_change_keeps_its_terms_and_its_age(
    in_berlin: Callable[[datetime], PostInHand], evening: datetime, hours: int
) -> None:
    change = datetime(2026, 3 if hours == 11 else 10, 29 if hours == 11 else 25, 1, 0, tzinfo=UTC)
    post = in_berlin(change - timedelta(minutes=1))
    ticking = Ticking(post)
    received = Signal(
        id=SignalId("s-1"), source="panel", kind=SignalKind.ALARM, point=PointId("x"), code="FA", alarm_class="fire",  # type: ignore[arg-type]
        priority=1, received_at=post.clock.now(),
    )
    fire = post.do(alarms.receive, received)
    assert fire is not None
    post.do(queue.acknowledge, fire.id, by=OPERATOR)
    passes(ticking, 170)
    assert post.find(Alarm)[0].state is State.ACKED
    passes(ticking, 20)
    (lapsed,) = post.find(Alarm)
    assert (lapsed.state, lapsed.lapses) == (State.UNACKED, 1)
    assert lapsed.first_at == change - timedelta(minutes=1)
    assert post.told(FaultNoted) == [], "a country that changes its clocks steps no machine's"




# ------------------------------------------------------------------------------------------------ repetitions
class Wire:
    """A desk on a real record that may be refused, and what hands signals to it."""

    def __init__(self, desk: Desk, clock: FakeClock) -> None:
        self.desk, self.clock = desk, clock
        self.delivery = Delivery(desk)

    def say(self, name: str = "one") -> Exception | BaseException | None:
        """A panel sends the same bytes under the same number; gives why they were not recorded."""
        said = signal(clock=self.clock, sequence="1001-0001-ABCD-0", raw=b"the same bytes", id=SignalId(name))
        return self.delivery.deliver(said).exception()

    def kept(self) -> list[str]:
        """The signals on record that repeat none."""
        return sorted(one.id for one in self.desk.ask(lambda rx: rx.find(Signal, duplicate_of=None)).result())

    def tick(self) -> BaseException | None:
        """What the clockwork would do next."""
        return self.desk.do(lambda tx: None).exception()


@pytest.fixture
def wire(tmp_path: Path, clock: FakeClock) -> Iterator[Wire]:
    with open_record(tmp_path / "data", clock=clock) as store, Desk(store, Ground(site=SITE), clock, Bus()) as desk:
        yield Wire(desk, clock)


@pytest.mark.parametrize("step_s", STEPS)
def test_that_what_a_panel_says_again_over_a_step_is_known_again_and_what_it_says_later_is_new(wire: Wire, step_s: float) -> None:
    assert wire.say("one") is None
    wire.clock.advance(20)
    wire.clock.at += timedelta(seconds=step_s)
    assert wire.say("again") is None
    assert wire.kept() == ["one"]
    wire.clock.advance(301)
    assert wire.say("later") is None
    assert wire.kept() == ["later", "one"]
    (alarm,) = wire.desk.ask(lambda rx: rx.find(Alarm)).result()
    assert alarm.count == 2


class Tardy(Desk):
    """Gives a future back only when what it stands for was refused, and everything is well again."""

    refusal: Callable[[], None] | None = None

    @override
    def do(self, command: Callable[..., Any], *args: Any, **kwargs: Any) -> "Future[Any]":
        future = super().do(command, *args, **kwargs)
        again, self.refusal = self.refusal, None
        if again is not None:
            assert future.exception(60) is not None
            again()
            super().do(lambda tx: None).result(60)
        return future


@pytest.mark.expects_log("nothing can be recorded")
@pytest.mark.expects_log("recording works again")
def test_that_what_is_held_when_recording_works_again_already_is_delivered(tmp_path: Path, clock: FakeClock) -> None:
    data = tmp_path / "data"
    with open_record(data, clock=clock) as store, Tardy(store, Ground(site=SITE), clock, Bus()) as desk:
        wire = Wire(desk, clock)
        other = sqlite3.connect(data / "zhishou.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        desk.refusal = other.close
        assert wire.say("held") is not None
        assert wire.tick() is None
        assert wire.kept() == ["held"]


@pytest.mark.expects_log("nothing can be recorded")
@pytest.mark.expects_log("recording works again")
@pytest.mark.parametrize("who_first", ["held", "panel"])
def test_that_what_was_held_for_half_an_hour_and_is_said_again_is_one(wire: Wire, tmp_path: Path, who_first: str) -> None:
    other = sqlite3.connect(tmp_path / "data" / "zhishou.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        assert wire.say("first") is not None
        wire.clock.advance(1800)
        other.execute("ROLLBACK")
    finally:
        other.close()
    if who_first == "held":
        assert wire.tick() is None  # which says that recording works again, and has what is held delivered
        assert wire.tick() is None
        wire.clock.advance(60)
    assert wire.say("again") is None
    assert wire.tick() is None
    assert wire.tick() is None
    assert len(wire.kept()) == 1
    (alarm,) = wire.desk.ask(lambda rx: rx.find(Alarm)).result()
    assert alarm.count == 1
