"""Whatever people do in whatever order, a handover keeps to its table and to the promises of its signatures."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from console.models.alarms import Alarm, AlarmClass
from console.models.clock import FakeClock
from console.models.duty import HANDOVER_TRANSITIONS, Handover, HandoverState, Shift, ShiftState, signed_content
from console.models.errors import ConsoleError
from console.models.events import HandoverChanged
from console.models.ids import PlaceId
from console.models.people import Person, Role, SignOn
from console.models.plain import digest
from console.models.trust import Meaning, Signature
from console.services import alarms, handover, people
from console.store.verify import verify
from tests.services.post import MORNING, SEAT, PostInHand, actor, opened_post

pytestmark = pytest.mark.timeout(400)  # many nights, each with a record of its own

WHO = st.sampled_from(["li", "wang", "zhao", "qian"])
FINISHED = {HandoverState.EFFECTIVE, HandoverState.REVIEWED}
SIGNED = {HandoverState.SIGNED_OUT, *FINISHED}


class Handovers(RuleBasedStateMachine):
    """Four people, two of them the day crew, do everything a handover allows and everything that it does not."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory())) / "data"
        self.post: PostInHand = self.stack.enter_context(opened_post(self.folder, FakeClock(MORNING)))
        self.people: dict[str, Person] = {}
        self.signed: str = ""

    def teardown(self) -> None:
        with self.stack:
            found = [one.text.en for one in verify(self.post.store, self.folder).found]
            assert not found, found

    @initialize(steps=st.integers(0, 4))
    def a_day_crew_towards_its_end(self, steps: int) -> None:
        for login, role in (("li", Role.OPERATOR), ("wang", Role.LEADER), ("zhao", Role.OPERATOR), ("qian", Role.LEADER)):
            self.people[login] = self.post.enter(login, role)
        for login in ("li", "wang"):
            self.post.sign_on(self.people[login])
        self.post.pass_time(hours=10, minutes=55)
        if steps:
            self.hand_over_as_a_good_crew_does(steps)

    # -------------------------------------------------------------------------------- doing, allowed or not
    def attempt(self, command: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Whether the post let it happen; a refusal must have changed nothing."""
        self.post.pass_time(seconds=1)
        lines, before = self.post.lines(), self.newest()
        try:
            self.post.do(command, *args, **kwargs)
        except ConsoleError:
            assert self.post.lines() == lines
            assert self.newest() == before
            return False
        return True

    def newest(self) -> Handover | None:
        found = self.post.find(Handover, newest_first=True, limit=1)
        return found[0] if found else None

    def signing(self, command: Callable[..., Any], who: str, *args: Any) -> bool:
        known = self.newest()
        return known is not None and self.attempt(command, self.post.proof(self.people[who]), known.id, SEAT, *args)

    def here(self, login: str) -> tuple[SignOn, ...]:
        return self.post.find(SignOn, person=self.people[login].id, off_at=None)

    @rule(who=WHO)
    def come(self, who: str) -> None:
        self.attempt(people.accept_sign_on, self.post.proof(self.people[who]), SEAT)

    @rule(who=WHO)
    def go(self, who: str) -> None:
        for on in self.here(who):
            self.attempt(people.sign_off, on.id, by=actor(self.people[who]))

    @rule(who=WHO)
    def begin(self, who: str) -> None:
        self.attempt(handover.begin, by=actor(self.people[who]))

    @precondition(lambda self: self.newest() is not None)
    @rule(who=WHO, verb=st.sampled_from([handover.freeze, handover.reopen]))
    def freeze_or_reopen(self, who: str, verb: Callable[..., Handover]) -> None:
        known = self.newest()
        assert known is not None
        self.attempt(verb, known.id, by=actor(self.people[who]))

    @precondition(lambda self: self.newest() is not None)
    @rule(
        who=WHO,
        radio=st.sampled_from([None, 3, 4]),
        note=st.sampled_from(["", "lent"]),
        expect=st.sampled_from(["", "watch the pump"]),
        read_back=st.sampled_from([(), ("said in own words", "and another", "and a third")]),
        stays_on=st.booleans(),
        typing=st.booleans(),
    )
    def fill(self, who: str, radio: int | None, note: str, **fields: Any) -> None:
        known = self.newest()
        assert known is not None
        counts, notes = {"radio": radio, "torch": 2}, {"radio": note}
        self.attempt(handover.fill, known.id, counts=counts, notes=notes, by=actor(self.people[who]), **fields)

    @precondition(lambda self: self.newest() is not None)
    @rule()
    def fill_well(self) -> None:
        known = self.newest()
        assert known is not None
        self.attempt(
            handover.fill,
            known.id,
            counts={"radio": 4, "torch": 2},
            expect="watch the pump",
            read_back=("said in own words", "and another", "and a third"),
            stays_on=True,
            by=actor(self.people["li"]),
        )

    @rule(steps=st.integers(1, 4))
    def hand_over_as_a_good_crew_does(self, steps: int) -> None:
        """All but the signatures, then so many of them; without it a random night would seldom come so far."""
        crew = self.post.shift().crew
        out = next(login for login, person in self.people.items() if person.id in crew)
        relief = [login for login, person in self.people.items() if person.id not in crew] or [out]
        self.begin(out)
        self.freeze_or_reopen(out, handover.freeze)
        for login in relief:
            self.come(login)
        self.acknowledge_all()
        self.fill_well()
        for signature in (self.sign_out, self.sign_in, self.review)[: steps - 1]:
            signature(out if signature == self.sign_out else relief[0] if signature == self.sign_in else relief[-1])

    @rule(who=WHO)
    def sign_out(self, who: str) -> None:
        known = self.newest()
        clear = known is not None and not self.post.ask(handover.blockers, known)
        mine = known is not None and self.people[who].id in known.outgoing
        happened = self.signing(handover.accept_sign_out, who)
        frozen = known is not None and known.state is HandoverState.FROZEN
        assert happened == (frozen and clear and mine)
        if happened:
            after = self.newest()
            assert after is not None
            event("signed out")
            self.signed = digest(signed_content(after))

    @rule(who=WHO)
    def sign_in(self, who: str) -> None:
        if self.signing(handover.accept_sign_in, who):
            event("in effect")

    @rule(who=WHO, words=st.sampled_from(["", "radio 3 is flat"]))
    def dispute(self, who: str, words: str) -> None:
        self.signing(handover.accept_dispute, who, words)

    @rule(who=WHO)
    def settle(self, who: str) -> None:
        self.signing(handover.accept_settlement, who, "charged")

    @rule(who=WHO)
    def refuse(self, who: str) -> None:
        self.signing(handover.accept_refusal, who, "unclear")

    @rule(who=WHO)
    def review(self, who: str) -> None:
        known = self.newest()
        signers = {one.person for one in self.post.find(Signature, record_id=known.id)} if known else set()
        if self.signing(handover.accept_review, who):
            event("reviewed")
            assert self.people[who].role is Role.LEADER
            assert self.people[who].id not in signers
            assert known is not None
            assert known.state is HandoverState.EFFECTIVE

    @rule()
    def ring(self) -> None:
        self.post.do(
            alarms.report,
            alarm_class=AlarmClass.MANUAL,
            place=PlaceId("yard"),
            text="a call",
            by=actor(self.people["li"]),
        )

    @rule()
    def acknowledge_all(self) -> None:
        for alarm in self.post.find(Alarm, closed_at=None):
            self.attempt(alarms.acknowledge, alarm.id, by=actor(self.people["li"]))

    # -------------------------------------------------------------------------------- what always holds
    @invariant()
    def the_journal_tells_only_moves_of_the_table(self) -> None:
        seen: dict[str, HandoverState] = {}
        for told in self.post.told(HandoverChanged):
            now = told.handover
            before = seen.get(now.id)
            if before is None:
                assert now.state is HandoverState.DRAFT
            else:
                assert now.state in {to for (start, _), to in HANDOVER_TRANSITIONS.items() if start is before}
            seen[now.id] = now.state

    @invariant()
    def somebody_is_responsible_at_every_moment(self) -> None:
        shifts = self.post.find(Shift)
        if self.people:
            assert sum(shift.state is ShiftState.ON_DUTY for shift in shifts) == 1
        ended = {shift.ended_at for shift in shifts if shift.state is ShiftState.HANDED_OVER}
        assert ended == {one.effective_at for one in self.post.find(Handover) if one.state in FINISHED}
        starts = sorted(shift.started_at for shift in shifts)
        assert set(starts[1:]) == ended

    @invariant()
    def what_is_signed_stays_as_it_was_signed(self) -> None:
        for known in self.post.find(Handover):
            if known.state not in SIGNED:
                continue
            code = digest(signed_content(known))
            given = [one for one in self.post.find(Signature, record_id=known.id) if one.record_digest == code]
            meanings = {one.meaning for one in given}
            assert Meaning.HAND_OVER in meanings
            if known.state in FINISHED:
                assert Meaning.TAKE_OVER in meanings
                out = next(one for one in given if one.meaning is Meaning.HAND_OVER)
                taken = next(one for one in given if one.meaning is Meaning.TAKE_OVER)
                assert out.person in known.outgoing
                assert taken.person not in known.outgoing
                assert taken.person in known.incoming
                assert (Meaning.REVIEW in meanings) == (known.state is HandoverState.REVIEWED)
            else:
                assert code == self.signed

    @invariant()
    def the_watch_is_never_left_by_a_sign_off(self) -> None:
        for shift in self.post.find(Shift, state=ShiftState.ON_DUTY.value):
            present = {one.person for one in self.post.find(SignOn, off_at=None)}
            assert present & set(shift.crew)


Handovers.TestCase.settings = settings(
    max_examples=30, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
test_handovers = Handovers.TestCase
