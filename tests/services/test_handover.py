"""A handover fills itself, names what stands in its way, and passes responsibility on at one moment."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from console.bus import Bus
from console.models.alarms import Alarm, AlarmClass
from console.models.clock import FakeClock
from console.models.duty import (
    CarryOver,
    Handover,
    HandoverLine,
    HandoverState,
    Shift,
    ShiftState,
    ThreatLevel,
    signed_content,
)
from console.models.errors import ConsoleError, NotPermitted, Refused
from console.models.events import CameraChanged, CarryOverChanged, HandoverChanged, RecordSigned, SignOnRefused
from console.models.ids import CameraId, HandoverId, PersonId, PlaceId
from console.models.incidents import EntryKind, Verdict
from console.models.people import SYSTEM, Person, Role, SignOn
from console.models.pictures import CameraState, Sight
from console.models.plain import digest
from console.models.suppression import SuppressionKind
from console.models.text import Text
from console.models.trust import Meaning, Signature
from console.services import alarms, carry, due, duty, handover, handover_lines, hiding, incidents, log, people, queue
from console.services.desk import Desk
from console.store.store import Ground
from console.store.verify import verify
from tests.records import open_record
from tests.services.post import MORNING, SEAT, SITE, PostInHand, actor

EXPECT = "If it rains, look at the garage pump."


class Night:
    """A day crew of two towards the end of its shift, and their relief."""

    def __init__(self, post: PostInHand) -> None:
        self.post = post
        self.li, self.wang = post.enter("li", name="李"), post.enter("wang", Role.LEADER, "王")
        self.zhao, self.qian = post.enter("zhao", name="赵"), post.enter("qian", Role.LEADER, "钱")
        for person in (self.li, self.wang):
            post.sign_on(person)
        post.pass_time(hours=10, minutes=50)

    def relieve(self) -> None:
        for person in (self.zhao, self.qian):
            self.post.sign_on(person)

    def begin(self) -> Handover:
        return self.post.do(handover.begin, by=actor(self.li))

    def frozen(self) -> Handover:
        draft = self.begin()
        return self.post.do(handover.freeze, draft.id, by=actor(self.li))

    def fill(self, **fields: Any) -> Handover:
        return self.post.do(handover.fill, self.handover.id, by=actor(self.li), **fields)

    @property
    def handover(self) -> Handover:
        (known,) = self.post.find(Handover)
        return known

    def ready(self) -> Handover:
        """Frozen, relieved, counted, written, read back: only the signatures are missing."""
        self.relieve()
        self.frozen()
        self.fill(counts={"radio": 4, "torch": 2}, expect=EXPECT)
        said = [f"in my own words number {n}" for n in range(len(self.asked()))]
        return self.fill(read_back=said)

    def asked(self) -> list[str]:
        return [line.ref for line in self.post.ask(lambda rx: handover.asks(self.handover, rx))]

    def fields(self) -> list[str]:
        return [one.field for one in self.post.ask(lambda rx: handover.blockers(rx, self.handover))]

    def sign_out(self, person: Person) -> Handover:
        return self.post.do(handover.accept_sign_out, self.post.proof(person), self.handover.id, SEAT)

    def sign_in(self, person: Person) -> Handover:
        return self.post.do(handover.accept_sign_in, self.post.proof(person), self.handover.id, SEAT)


@pytest.fixture
def night(post: PostInHand) -> Night:
    return Night(post)


def ring(post: PostInHand, alarm_class: AlarmClass = AlarmClass.MANUAL, by: Person | None = None) -> Alarm:
    who = SYSTEM if by is None else actor(by)
    raised = post.do(alarms.report, alarm_class=alarm_class, place=PlaceId("yard"), text="somebody calls", by=who)
    assert raised is not None
    return raised


# ------------------------------------------------------------------------------------------------ the whole story
def test_that_a_quiet_shift_is_handed_over_and_responsibility_moves_at_one_moment(night: Night) -> None:
    post = night.post
    night.ready()
    assert night.fields() == []
    before = post.shift()
    out = night.sign_out(night.li)
    assert out.state is HandoverState.SIGNED_OUT
    assert set(out.incoming) == {night.zhao.id, night.qian.id}
    post.pass_time(minutes=2)
    done = night.sign_in(night.zhao)
    assert (done.state, done.effective_at) == (HandoverState.EFFECTIVE, post.clock.now())
    (ended,) = post.find(Shift, state=ShiftState.HANDED_OVER.value)
    assert (ended.id, ended.ended_at) == (before.id, done.effective_at)
    after = post.shift()
    assert (after.name.en, after.started_at) == ("Night", done.effective_at)
    assert set(after.crew) == {night.zhao.id, night.qian.id}
    for person in (night.li, night.wang):
        (on,) = post.find(SignOn, person=person.id, off_at=None)
        assert post.do(people.sign_off, on.id, by=actor(person)).off_at is not None


def test_that_both_signatures_stand_under_the_same_content(night: Night) -> None:
    night.ready()
    night.sign_out(night.li)
    done = night.sign_in(night.zhao)
    given = night.post.find(Signature, order_by="meaning")
    assert [(one.person, one.meaning) for one in given] == [
        (night.li.id, Meaning.HAND_OVER),
        (night.zhao.id, Meaning.TAKE_OVER),
    ]
    code = digest(signed_content(done))
    assert {one.record_digest for one in given} == {code}
    assert night.post.ask(handover.record_digest, done.id) == code
    assert [event.signature for event in night.post.told(RecordSigned)] == sorted(given, key=lambda one: one.meaning)


def test_that_one_shift_has_one_handover(night: Night) -> None:
    first = night.begin()
    lines = night.post.lines()
    assert night.begin() == first
    assert night.post.lines() == lines
    assert first.outgoing == night.post.shift().crew


def test_that_there_is_nothing_to_hand_over_before_the_first_watch(post: PostInHand) -> None:
    with pytest.raises(Refused, match="No shift"):
        post.do(handover.begin, by=actor(post.enter("li")))


# ------------------------------------------------------------------------------------------------ what the machine fills
def test_that_the_form_is_filled_with_what_is_open_hidden_broken_and_late(night: Night) -> None:
    post = night.post
    post.do(due.add, "call", "works", Text("回电", "Call back"), post.clock.now())
    alarm = ring(post, AlarmClass.INTRUSION, night.li)
    post.do(alarms.acknowledge, alarm.id, by=actor(night.li))
    post.do(incidents.open_for, alarm.id, by=actor(night.li))
    hidden = ring(post, AlarmClass.ACCESS, night.li)
    until = post.clock.now() + timedelta(minutes=30)
    post.do(alarms.shelve, hidden.id, "the door is being painted", until, by=actor(night.wang))
    lost = CameraState(camera=CameraId("cam-2"), sight=Sight.OFFLINE, since_at=post.clock.now(), reason_en="no answer")
    post.do(lambda tx: tx.record(CameraChanged(at=tx.now, state=lost)))
    post.do(log.write, "the mayor comes at nine", kind=EntryKind.INSTRUCTION, by=actor(night.li))
    post.do(carry.add, "lamp 7 is dead", owner="works", by=actor(night.li))
    post.pass_time(minutes=5)
    frozen = night.frozen()
    by_section: dict[str, list[str]] = {}
    for line in frozen.lines:
        by_section.setdefault(line.section, []).append(line.text.en)
    assert set(by_section) == {"people", "alarms", "incidents", "bypass", "equipment", "due", "carry", "log"}
    assert "the door is being painted" in by_section["bypass"][0]
    assert "王" in by_section["bypass"][0]
    assert "Camera Yard: offline" in by_section["equipment"][0]
    assert by_section["carry"] == ["lamp 7 is dead, owner works (handed on, time 1)"]
    assert {line.section for line in frozen.lines if line.flagged} == {
        "alarms", "incidents", "bypass", "equipment", "due", "log",
    }
    assert frozen.figures["alarms"] == 2
    assert frozen.figures["incidents_open"] == 1
    assert frozen.figures["acknowledge_median_s"] == 0.0


def machine_lines(post: PostInHand) -> tuple[HandoverLine, ...]:
    """What the form would say now."""
    shift = post.shift()
    made: tuple[HandoverLine, ...] = post.ask(handover_lines.machine_lines, shift)
    return made


def test_that_whose_an_alarm_is_and_until_when_it_is_parked_are_named_in_the_form(night: Night) -> None:
    post = night.post
    mine, parked = ring(post, AlarmClass.INTRUSION, night.li), ring(post, AlarmClass.TAMPER, night.li)
    for alarm in (mine, parked):
        post.do(alarms.acknowledge, alarm.id, by=actor(night.li))
    until = post.clock.now() + timedelta(minutes=20)
    post.do(queue.park, parked.id, until, "the locksmith is on the way", by=actor(night.li))
    said = {line.ref: line for line in machine_lines(post)}
    assert night.li.name in said[mine.id].text.en
    assert "owned by" in said[mine.id].text.en
    assert "parked until" in said[parked.id].text.en
    assert "the locksmith is on the way" in said[parked.id].text.zh
    assert said[parked.id].flagged


def test_that_what_a_rule_hides_and_takes_out_is_named_with_the_rule(night: Night) -> None:
    post = night.post
    hidden = ring(post, AlarmClass.ACCESS, night.li)
    until = post.clock.now() + timedelta(hours=1)
    rule = post.do(
        hiding.suppress, SuppressionKind.OUT_OF_SERVICE, "door is rebuilt", until,
        classes=(AlarmClass.ACCESS,), by=actor(night.wang),
    )  # fmt: skip
    lines = {line.ref: line for line in machine_lines(post) if line.section == "bypass"}
    assert "out of service until" in lines[hidden.id].text.en
    assert "door is rebuilt" in lines[rule.id].text.zh


def test_that_the_figures_keep_their_denominators(night: Night) -> None:
    post = night.post
    for n, verdict in enumerate((Verdict.REAL_OTHER, Verdict.FALSE_HUMAN)):
        alarm = ring(post, AlarmClass.MANUAL, night.li)
        post.pass_time(seconds=10 * (n + 1))
        post.do(alarms.acknowledge, alarm.id, by=actor(night.li))
        case = post.do(incidents.open_for, alarm.id, by=actor(night.li))
        post.do(incidents.close, case.id, verdict=verdict, cause="a bird", by=actor(night.li))
        post.pass_time(hours=1)
    figures = night.frozen().figures
    assert (figures["alarms"], figures["alarms_real"], figures["alarms_false"], figures["alarms_open"]) == (2, 1, 1, 0)
    assert figures["acknowledge_median_s"] == 15.0
    assert figures["rounds"] == 0
    assert figures["entries"] == 0


def test_that_a_draft_shows_the_present_and_a_frozen_form_the_moment_it_was_frozen(night: Night) -> None:
    post = night.post
    draft = night.begin()
    assert not any(line.section == "alarms" for line in post.ask(handover.preview, draft).lines)
    ring(post, by=night.li)
    assert [line.section for line in post.ask(handover.preview, draft).lines].count("alarms") == 1
    frozen = post.do(handover.freeze, draft.id, by=actor(night.li))
    post.pass_time(minutes=1)
    ring(post, by=night.li)
    assert post.ask(handover.preview, frozen) == frozen
    assert frozen.figures["alarms"] == 1


def test_that_what_happens_after_t0_stands_in_its_own_strip_once(night: Night) -> None:
    post = night.post
    post.do(log.write, "before", by=actor(night.li))
    frozen = night.frozen()
    post.pass_time(minutes=1)
    post.do(log.write, "after", by=actor(night.li))
    after = post.ask(handover_lines.after_freeze, night.handover)
    assert [line.text.en for line in after] == ["after"]
    assert not any("after" in line.text.en for line in frozen.lines)
    night.fill(remarks="a remark does not move T0")
    assert len(post.ask(handover_lines.after_freeze, night.handover)) == 1
    post.do(handover.reopen, frozen.id, by=actor(night.li))
    assert post.ask(handover_lines.after_freeze, night.handover) == ()
    post.pass_time(minutes=1)
    post.do(handover.freeze, frozen.id, by=actor(night.li))
    assert post.ask(handover_lines.after_freeze, night.handover) == ()


# ------------------------------------------------------------------------------------------------ what stands in the way
def test_that_every_hindrance_is_named_with_its_field(night: Night) -> None:
    night.begin()
    assert night.fields() == ["freeze"]
    night.frozen()
    assert night.fields() == ["equipment/radio", "equipment/torch", "expect", "incoming", "read_back/0"]
    night.relieve()
    night.fill(counts={"radio": 4, "torch": 1}, expect=EXPECT, read_back=["in my own words"])
    assert night.fields() == ["equipment/torch"]
    night.fill(notes={"torch": "one is at the repair shop"})
    assert night.fields() == []
    night.fill(counts={"radio": None})
    assert night.fields() == ["equipment/radio"]


def test_that_each_hindrance_alone_stops_the_signature(night: Night) -> None:
    night.ready()
    good = night.handover
    broken: list[dict[str, Any]] = [
        {"counts": {"radio": None}},
        {"counts": {"radio": 3}},
        {"expect": "  "},
        {"read_back": []},
        {"read_back": ["ok"]},
        {"read_back": [EXPECT]},
    ]
    for fields in broken:
        night.fill(**fields)
        assert len(night.fields()) == 1
        with pytest.raises(Refused):
            night.sign_out(night.li)
        night.fill(counts={"radio": 4}, expect=good.expect, read_back=good.read_back)
    assert night.sign_out(night.li).state is HandoverState.SIGNED_OUT


def test_that_nobody_hands_over_in_the_middle_of_an_incident_unless_they_stay(night: Night) -> None:
    post = night.post
    alarm = ring(post, AlarmClass.INTRUSION, night.li)
    night.ready()
    assert night.fields() == ["alarms"]
    post.do(alarms.acknowledge, alarm.id, by=actor(night.li))
    post.do(incidents.open_for, alarm.id, by=actor(night.li))
    assert night.fields() == ["stays_on"]
    night.fill(stays_on=True)
    assert night.fields() == []


def test_that_what_rings_between_the_signatures_is_dealt_with_first(night: Night) -> None:
    post = night.post
    night.ready()
    night.sign_out(night.li)
    alarm = ring(post, AlarmClass.INTRUSION, night.li)
    assert night.fields() == ["alarms"]
    with pytest.raises(Refused, match="to be acknowledged"):
        night.sign_in(night.zhao)
    post.do(alarms.acknowledge, alarm.id, by=actor(night.zhao))
    assert night.sign_in(night.zhao).state is HandoverState.EFFECTIVE


def test_that_the_most_pressing_are_read_back_first_and_as_many_as_the_site_asks(night: Night) -> None:
    post = night.post
    for n in range(4):
        alarm = ring(post, AlarmClass.INTRUSION, night.li)
        post.pass_time(seconds=1)
        post.do(alarms.acknowledge, alarm.id, by=actor(night.li))
        if n == 0:
            case = post.do(incidents.open_for, alarm.id, by=actor(night.li))
    night.frozen()
    asked = night.asked()
    assert len(asked) == 3
    assert asked[0] == case.id
    post.set(handover_read_back=5)
    assert len(night.asked()) == 5
    post.set(handover_read_back=0)
    assert night.asked() == []


def test_that_reading_back_is_not_copying_nor_saying_the_same_thrice(night: Night) -> None:
    post = night.post
    for _ in range(2):
        alarm = ring(post, AlarmClass.MANUAL, night.li)
        post.do(alarms.acknowledge, alarm.id, by=actor(night.li))
        post.pass_time(seconds=1)
    night.ready()
    line = next(line for line in night.handover.lines if line.ref == night.asked()[0])
    night.fill(read_back=[line.text.zh, "the yard, once more"])
    assert night.fields() == ["read_back/0"]
    night.fill(read_back=["somebody called from the yard"] * 2)
    assert night.fields() == ["read_back/1"]


# ------------------------------------------------------------------------------------------------ who signs
def test_that_nobody_signs_for_the_other_side(night: Night) -> None:
    night.ready()
    with pytest.raises(Refused, match="outgoing crew"):
        night.sign_out(night.zhao)
    night.sign_out(night.li)
    for own in (night.li, night.wang):
        with pytest.raises(Refused, match="Two different people"):
            night.sign_in(own)
    with pytest.raises(NotPermitted):
        night.post.do(
            handover.accept_sign_in,
            night.post.proof(night.post.enter("boss", Role.SUPERVISOR)),
            night.handover.id,
            SEAT,
        )


def test_that_a_stranger_to_the_signed_relief_cannot_take_over(night: Night) -> None:
    night.ready()
    night.sign_out(night.li)
    late = night.post.enter("sun")
    night.post.sign_on(late)
    with pytest.raises(Refused, match="not among the relief"):
        night.sign_in(late)
    done = night.sign_in(night.zhao)
    assert late.id not in done.incoming
    assert late.id in night.post.shift().crew


def test_that_relief_that_left_again_cannot_sign(night: Night) -> None:
    night.ready()
    night.sign_out(night.li)
    for person in (night.zhao, night.qian):
        (on,) = night.post.find(SignOn, person=person.id, off_at=None)
        night.post.do(people.sign_off, on.id, by=actor(person))
    assert night.fields() == ["incoming"]
    with pytest.raises(Refused, match="signed on"):
        night.sign_in(night.zhao)


def test_that_who_stays_on_joins_the_new_crew_by_signing_on_again(night: Night) -> None:
    night.ready()
    night.sign_out(night.li)
    night.sign_in(night.zhao)
    assert night.wang.id not in night.post.shift().crew
    night.post.sign_on(night.wang)
    assert night.wang.id in night.post.shift().crew


def test_that_a_signature_needs_its_password_each_time_and_a_wrong_one_costs_a_pause(tmp_path: Path) -> None:
    clock = FakeClock(MORNING)
    with open_record(tmp_path / "data") as store:
        night = Night(PostInHand(store, clock))
        ready = night.ready()
        with Desk(store, Ground(site=SITE), clock, Bus()) as desk:
            with pytest.raises(Refused, match="password is wrong"):
                handover.sign_out(desk, ready.id, "li", "zhao-password", SEAT).result()
            assert len(night.post.told(SignOnRefused)) == 1
            with pytest.raises(Refused, match="Wait 2 s"):
                handover.sign_out(desk, ready.id, "li", "li-password", SEAT).result()
            clock.advance(2)
            out = handover.sign_out(desk, ready.id, "li", "li-password", SEAT).result()
            done = handover.sign_in(desk, out.id, "zhao", "zhao-password", SEAT).result()
            assert done.state is HandoverState.EFFECTIVE
            reviewed = handover.review(desk, out.id, "qian", "qian-password", SEAT).result()
            assert reviewed.state is HandoverState.REVIEWED


# ------------------------------------------------------------------------------------------------ what follows
def test_that_a_difference_becomes_a_carry_over_and_is_counted_on_from_shift_to_shift(night: Night) -> None:
    post = night.post
    old = post.do(carry.add, "lamp 7 is dead", by=actor(night.li))
    night.ready()
    night.fill(counts={"torch": 1}, notes={"torch": "lent to the works"})
    night.sign_out(night.li)
    night.sign_in(night.zhao)
    (lamp,) = post.find(CarryOver, id=old.id)
    assert lamp.handed_count == 1
    (torch,) = [one for one in post.find(CarryOver) if one.id != old.id]
    assert "1/2" in torch.text
    assert "lent to the works" in torch.text
    assert len(post.told(CarryOverChanged)) == 4


def test_that_the_same_difference_does_not_open_a_second_carry_over(night: Night) -> None:
    post = night.post
    night.ready()
    night.fill(counts={"torch": 1}, notes={"torch": "lent"})
    night.sign_out(night.li)
    night.sign_in(night.zhao)
    for person in (night.li, night.wang):
        (on,) = post.find(SignOn, person=person.id, off_at=None)
        post.do(people.sign_off, on.id, by=actor(person))
    post.pass_time(hours=12)
    for person in (night.li, night.wang):
        post.sign_on(person)
    again = post.do(handover.begin, by=actor(night.zhao))
    post.do(handover.freeze, again.id, by=actor(night.zhao))
    said = [f"in my own words number {n}" for n in range(3)]
    post.do(
        handover.fill,
        again.id,
        counts={"radio": 4, "torch": 1},
        notes={"torch": "still lent"},
        expect=EXPECT,
        read_back=said,
        by=actor(night.zhao),
    )
    post.do(handover.accept_sign_out, post.proof(night.zhao), again.id, SEAT)
    post.do(handover.accept_sign_in, post.proof(night.li), again.id, SEAT)
    (torch,) = post.find(CarryOver)
    assert torch.handed_count == 2


def test_that_a_carry_over_leaves_the_list_only_with_words(night: Night) -> None:
    post = night.post
    one = post.do(carry.add, "lamp 7 is dead", by=actor(night.li))
    assert post.do(carry.add, " lamp 7 is dead ", by=actor(night.wang)) == one
    with pytest.raises(Refused, match="words"):
        post.do(carry.close, one.id, "  ", by=actor(night.li))
    closed = post.do(carry.close, one.id, "new bulb", by=actor(night.li))
    assert post.ask(carry.still_open) == ()
    assert post.do(carry.close, one.id, "again", by=actor(night.li)) == closed


def test_that_what_was_signed_cannot_be_changed_by_anybody(night: Night) -> None:
    post = night.post
    night.ready()
    out = night.sign_out(night.li)
    with pytest.raises(Refused, match="does not allow"):
        night.fill(expect="something else")
    with pytest.raises(ConsoleError, match="protected"):
        post.do(lambda tx: tx.put(replace(out, expect="something else")))
    done = night.sign_in(night.zhao)
    for change in ({"expect": "x"}, {"lines": ()}, {"state": HandoverState.DRAFT}, {"effective_at": None}):
        with pytest.raises(ConsoleError, match="protected"):
            post.do(lambda tx, change=change: tx.put(replace(done, **change)))
    assert night.handover == done


def test_that_a_content_that_is_not_what_was_signed_is_not_taken_over(night: Night) -> None:
    post = night.post
    out = night.ready()
    night.sign_out(night.li)
    with post.store.engine.begin() as connection:  # somebody with a database tool
        connection.exec_driver_sql("DROP TRIGGER guard_handover_update")
        connection.exec_driver_sql("UPDATE handover SET expect = 'nothing' WHERE id = ?", (out.id,))
    with pytest.raises(ConsoleError, match="not what the outgoing person signed"):
        night.sign_in(night.zhao)


# ------------------------------------------------------------------------------------------------ other ways
def test_that_an_objection_is_settled_by_a_leader_before_anybody_signs(night: Night) -> None:
    post = night.post
    ready = night.ready()
    with pytest.raises(Refused, match="for the relief"):
        post.do(handover.accept_dispute, post.proof(night.li), ready.id, SEAT, "no")
    with pytest.raises(Refused, match="words"):
        post.do(handover.accept_dispute, post.proof(night.zhao), ready.id, SEAT, " ")
    post.do(handover.accept_dispute, post.proof(night.zhao), ready.id, SEAT, "radio 3 is flat")
    assert night.fields() == ["settle"]
    with pytest.raises(Refused):
        night.sign_out(night.li)
    with pytest.raises(NotPermitted):
        post.do(handover.accept_settlement, post.proof(night.li), ready.id, SEAT, "it is charged")
    settled = post.do(handover.accept_settlement, post.proof(night.wang), ready.id, SEAT, "it is charged")
    assert (settled.state, settled.objection, settled.settlement) == (
        HandoverState.FROZEN, "radio 3 is flat", "it is charged",
    )
    assert night.sign_out(night.li).state is HandoverState.SIGNED_OUT


def test_that_a_refused_handover_leaves_the_old_crew_responsible_and_starts_again(night: Night) -> None:
    post = night.post
    ready = night.ready()
    night.sign_out(night.li)
    post.do(handover.accept_refusal, post.proof(night.zhao), ready.id, SEAT, "the pump alarm is unclear")
    assert night.fields() == ["reopen"]
    assert post.shift().id == ready.shift
    draft = post.do(handover.reopen, ready.id, by=actor(night.li))
    assert (draft.state, draft.lines, draft.read_back, draft.expect) == (HandoverState.DRAFT, (), (), EXPECT)
    post.do(handover.freeze, ready.id, by=actor(night.li))
    night.fill(read_back=["now it is clear to me"])
    night.sign_out(night.wang)
    done = night.sign_in(night.zhao)
    assert done.refusal == "the pump alarm is unclear"
    given = post.ask(handover.signatures, ready.id)
    assert {(one.person, one.meaning) for one in given} == {
        (night.li.id, Meaning.HAND_OVER), (night.wang.id, Meaning.HAND_OVER), (night.zhao.id, Meaning.TAKE_OVER),
    }
    assert [one.record_digest == digest(signed_content(done)) for one in given].count(True) == 2


def test_that_nobody_reviews_what_they_signed(night: Night) -> None:
    post = night.post
    night.ready()
    night.sign_out(night.wang)
    done = night.sign_in(night.zhao)
    with pytest.raises(Refused, match="signed themselves"):
        post.do(handover.accept_review, post.proof(night.wang), done.id, SEAT)
    with pytest.raises(NotPermitted):
        post.do(handover.accept_review, post.proof(night.li), done.id, SEAT)
    reviewed = post.do(handover.accept_review, post.proof(night.qian), done.id, SEAT)
    assert reviewed.state is HandoverState.REVIEWED
    with pytest.raises(Refused, match="does not allow"):
        post.do(handover.accept_review, post.proof(night.qian), done.id, SEAT)


# ------------------------------------------------------------------------------------------------ typing
def test_that_typing_is_on_disk_at_once_and_on_record_when_the_field_is_left(night: Night) -> None:
    night.begin()
    before = len(night.post.told(HandoverChanged))
    for n in range(1, len(EXPECT) + 1):
        night.fill(expect=EXPECT[:n], typing=True)
        assert night.handover.expect == EXPECT[:n]
    assert len(night.post.told(HandoverChanged)) == before
    night.fill(expect=EXPECT)
    night.fill(expect=EXPECT)
    told = night.post.told(HandoverChanged)
    assert len(told) == before + 1
    assert told[-1].handover == night.handover


def test_that_words_being_typed_are_no_finding_and_a_changed_signed_word_is_one(night: Night, tmp_path: Path) -> None:
    def findings() -> list[str]:
        return [one.text.en for one in verify(night.post.store, tmp_path).found]

    night.ready()
    night.fill(expect="If it ra", notes={"torch": "one is"}, typing=True)
    assert findings() == []
    night.fill(expect=EXPECT)
    night.sign_out(night.li)
    assert findings() == []
    night.sign_in(night.zhao)
    with night.post.store.engine.begin() as connection:  # somebody with a database tool
        connection.exec_driver_sql("DROP TRIGGER guard_handover_update")
        connection.exec_driver_sql("UPDATE handover SET expect = 'nothing'")
    assert any("expect" in finding for finding in findings())


def test_that_a_form_takes_only_its_fields_and_sane_counts(night: Night) -> None:
    night.begin()
    with pytest.raises(TypeError):
        night.fill(lines=())
    with pytest.raises(TypeError):
        night.fill(outgoing=(PersonId("x"),))
    with pytest.raises(Refused):
        night.fill(counts={"radio": -1})
    assert len(night.fill(remarks="x" * 9000).remarks) == handover.LONGEST
    with pytest.raises(ConsoleError, match="no Handover"):
        night.post.do(handover.fill, HandoverId("none"), by=actor(night.li))
    with pytest.raises(NotPermitted):
        night.post.do(handover.begin, by=actor(night.post.enter("boss", Role.SUPERVISOR)))


def test_that_the_threat_level_in_force_is_handed_over(night: Night) -> None:
    night.post.do(duty.set_threat, ThreatLevel.ORANGE, "a warning", by=actor(night.wang))
    frozen = night.frozen()
    assert frozen.threat is not None
    assert (frozen.threat.level, frozen.threat.reason) == (ThreatLevel.ORANGE, "a warning")
