"""Who is to be told of an alarm: found, told, counted, demanded at the close, printed and handed on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.models.alarms import Alarm, AlarmClass, Means
from console.models.clock import FakeClock
from console.models.errors import NotPermitted, Refused
from console.models.events import ContactTold
from console.models.ids import PointId
from console.models.incidents import Verdict
from console.models.signals import SignalKind
from console.models.site import Contact
from console.models.telling import Told, untold
from console.models.text import Text
from console.models.trust import JournalLine
from console.services import alarms, clockwork, contacts, incidents, queries, queue, response, telling
from console.store.store import Ground
from tests.records import open_record
from tests.services.cases import ADMINISTRATOR, OPERATOR, PLAN, SITE, Bench, signal

CONTACTS = (
    *SITE.contacts,
    Contact(id="office", name=Text("物业办公室", "Property office"), phone="0755 200", role="property"),
    Contact(id="engineer", name=Text("工程师", "Engineer"), phone="0755 300"),
)
TOLD_SITE = replace(
    SITE,
    contacts=CONTACTS,
    places=tuple(replace(place, notify=("leader", "office")) for place in SITE.places),
    points=tuple(replace(one, notify=("engineer",)) if one.id == "ups" else one for one in SITE.points),
)


@pytest.fixture
def bench(tmp_path: Path, clock: FakeClock) -> Iterator[Bench]:
    """A post whose places name whom to tell."""
    with open_record(tmp_path / "data", clock=clock) as store:
        yield Bench(store, Ground(site=TOLD_SITE, plans=(PLAN,)), clock)


def raised(bench: Bench, point: str = "beam-1", priority: int = 2) -> Alarm:
    made: Alarm = bench.do(alarms.receive, signal(point, priority=priority))
    return made


def left(bench: Bench, alarm: Alarm) -> list[str]:
    def read(rx):  # type: ignore[no-untyped-def]
        return untold(contacts.of(rx, contacts.scope(rx, rx.need(Alarm, alarm.id))))

    return [one.id for one in bench.ask(read)]


def say(bench: Bench, alarm: Alarm, contact: str, result: Told, words: str = "") -> None:
    bench.do(telling.tell, alarm.id, contact, result, words, by=OPERATOR)


def test_that_the_contacts_of_the_place_are_to_be_told_of_what_is_urgent_and_of_nothing_else(bench: Bench) -> None:
    assert left(bench, raised(bench)) == ["leader", "office"]
    assert left(bench, raised(bench, "rule-1", priority=3)) == []


def test_that_the_contacts_of_a_point_of_its_own_are_told_of_whatever_it_says(bench: Bench) -> None:
    assert left(bench, raised(bench, "ups", priority=3)) == ["engineer"]


def test_that_the_site_says_from_which_priority_on_its_places_are_told(bench: Bench) -> None:
    bench.ground = replace(bench.ground, settings={"tell.priority": 3})
    assert left(bench, raised(bench, "rule-1", priority=3)) == ["leader", "office"]


def test_that_a_report_by_hand_has_the_contacts_of_its_place(bench: Bench) -> None:
    made = bench.do(alarms.report, alarm_class=AlarmClass.FIRE, place=SITE.places[0].id, text="smoke", by=OPERATOR)
    assert left(bench, made) == ["leader", "office"]


def test_that_whoever_was_not_reached_is_still_to_be_told_and_told_once_is_told(bench: Bench) -> None:
    alarm = raised(bench)
    say(bench, alarm, "office", Told.NOT_REACHED)
    assert left(bench, alarm) == ["leader", "office"]
    say(bench, alarm, "office", Told.TOLD)
    say(bench, alarm, "office", Told.NOT_REACHED)
    assert left(bench, alarm) == ["leader"]
    assert [event.telling.result for event in bench.said(ContactTold)] == [Told.NOT_REACHED, Told.TOLD, Told.NOT_REACHED]
    assert {event.by for event in bench.said(ContactTold)} == {OPERATOR.person}


@pytest.mark.parametrize("result", [Told.TOLD_OTHER, Told.NOT_NECESSARY])
def test_that_who_else_was_told_and_why_nobody_need_be_are_words_and_not_ticks(bench: Bench, result: Told) -> None:
    alarm = raised(bench)
    with pytest.raises(Refused):
        say(bench, alarm, "office", result, "  ")
    say(bench, alarm, "office", result, "赵经理")
    assert left(bench, alarm) == ["leader"]


@pytest.mark.parametrize("result", [Told.NOT_TOLD, Told.WANTED])
def test_that_what_the_console_says_by_itself_is_no_answer_of_a_person(bench: Bench, result: Told) -> None:
    with pytest.raises(Refused):
        say(bench, raised(bench), "office", result, "x")


def test_that_nobody_unknown_can_have_been_told(bench: Bench) -> None:
    with pytest.raises(Refused):
        say(bench, raised(bench), "nobody", Told.TOLD)


def test_that_telling_takes_the_right_to_handle_alarms(bench: Bench) -> None:
    with pytest.raises(NotPermitted):
        bench.do(telling.tell, raised(bench).id, "office", Told.TOLD, by=ADMINISTRATOR)


def test_that_a_call_may_be_written_down_later_and_never_before_it_was_made(bench: Bench) -> None:
    alarm, now = raised(bench), bench.clock.now()
    bench.do(telling.tell, alarm.id, "office", Told.TOLD, told_at=now - timedelta(minutes=4), by=OPERATOR)
    assert bench.said(ContactTold)[0].telling.told_at == now - timedelta(minutes=4)
    with pytest.raises(Refused):
        bench.do(telling.tell, alarm.id, "leader", Told.TOLD, told_at=now + timedelta(minutes=4), by=OPERATOR)


def test_that_telling_somebody_renews_the_lease(bench: Bench) -> None:
    alarm = raised(bench)
    seen = bench.do(queue.acknowledge, alarm.id, by=OPERATOR)
    bench.clock.advance(60)
    say(bench, alarm, "office", Told.TOLD)
    after = bench.ask(lambda rx: rx.need(Alarm, alarm.id))
    assert after.acknowledged.lease_until_at == seen.acknowledged.lease_until_at + timedelta(seconds=60)


def test_that_told_for_one_alarm_of_a_case_is_told_for_the_case(bench: Bench) -> None:
    first, second = raised(bench), raised(bench, "rule-1")
    say(bench, first, "office", Told.TOLD)
    assert left(bench, second) == ["leader", "office"]
    bench.do(incidents.open_for, first.id, by=OPERATOR)
    assert left(bench, second) == ["leader"]


def test_that_what_a_plan_has_told_needs_no_second_call_and_no_second_line(bench: Bench, tmp_path: Path) -> None:
    alarm = raised(bench)
    run = bench.do(response.start, alarm.id, PLAN.id, by=OPERATOR)
    for step in ("look", "send"):
        bench.do(response.skip, run.id, step, "x", by=OPERATOR)
    called = {"contact": "leader", "name": "班长", "phone": "13800000000"}
    bench.do(response.answer, run.id, "call", answer="no_answer", value=called, by=OPERATOR)
    assert left(bench, alarm) == ["leader", "office"]
    bench.do(response.answer, run.id, "call", answer="answered", value=called, by=OPERATOR)
    assert left(bench, alarm) == ["office"]
    content = bench.ask(queries.incident_file, run.incident, printed_by="x", data_dir=tmp_path)
    assert [line.kind for line in content.lines].count("ContactTold") == 0
    assert [[each.result for each in one.tellings] for one in content.told] == [[Told.NOT_REACHED, Told.TOLD], []]


# ------------------------------------------------------------------------------------------------ the end
def case_of(bench: Bench, alarm: Alarm) -> str:
    bench.do(queue.acknowledge, alarm.id, by=OPERATOR)
    return str(bench.do(incidents.open_for, alarm.id, by=OPERATOR).id)


def test_that_a_real_incident_is_not_closed_over_somebody_who_was_not_told(bench: Bench) -> None:
    alarm = raised(bench)
    case = case_of(bench, alarm)
    say(bench, alarm, "leader", Told.TOLD)
    with pytest.raises(Refused, match="Property office"):
        bench.do(incidents.close, case, verdict=Verdict.REAL_INTRUSION, by=OPERATOR)
    bench.do(incidents.close, case, verdict=Verdict.REAL_INTRUSION, untold="办公室夜间无人", by=OPERATOR)
    last = bench.said(ContactTold)[-1].telling
    assert (last.contact, last.result, last.note) == ("office", Told.NOT_NECESSARY, "办公室夜间无人")
    assert left(bench, alarm) == []


def test_that_of_a_false_alarm_nobody_needs_to_be_told_and_the_record_says_why(bench: Bench) -> None:
    alarm = raised(bench)
    bench.do(incidents.close, case_of(bench, alarm), verdict=Verdict.FALSE_ENVIRONMENT, cause="树枝", by=OPERATOR)
    assert [(one.telling.result, "环境" in one.telling.note) for one in bench.said(ContactTold)] == [
        (Told.NOT_NECESSARY, True),
        (Told.NOT_NECESSARY, True),
    ]


def test_that_a_site_may_close_without_and_the_record_says_who_was_not_told(bench: Bench) -> None:
    bench.ground = replace(bench.ground, settings={"tell.before_close": False})
    alarm = raised(bench)
    bench.do(incidents.close, case_of(bench, alarm), verdict=Verdict.REAL_INTRUSION, by=OPERATOR)
    assert {one.telling.result for one in bench.said(ContactTold)} == {Told.NOT_TOLD}


def test_that_an_alarm_without_a_case_is_not_let_go_over_somebody_who_was_not_told(bench: Bench) -> None:
    alarm = raised(bench)
    bench.do(queue.acknowledge, alarm.id, by=OPERATOR)
    bench.do(alarms.receive, signal(kind=SignalKind.RESTORE))
    bench.do(queue.verify, alarm.id, 2, Means.VIDEO, by=OPERATOR)
    with pytest.raises(Refused, match="Property office"):
        bench.do(queue.reset, alarm.id, by=OPERATOR)
    bench.do(queue.verify, alarm.id, 0, Means.VIDEO, false_alarm=True, note="cat", by=OPERATOR)
    assert bench.do(queue.reset, alarm.id, by=OPERATOR).closed_at is not None


# ------------------------------------------------------------------------------------------------ escalation
def test_that_an_escalation_names_the_leader_with_a_number_who_is_to_be_told_until_told(bench: Bench) -> None:
    alarm = raised(bench, priority=1)
    say(bench, alarm, "office", Told.TOLD)
    say(bench, alarm, "leader", Told.TOLD)
    bench.do(queue.acknowledge, alarm.id, by=OPERATOR)
    bench.clock.advance(181)
    bench.do(clockwork.tick)
    wanted = bench.said(ContactTold)[-1].telling
    assert (wanted.name.zh, wanted.phone, wanted.result) == ("班长", "13800000000", Told.WANTED)
    bench.do(queue.acknowledge, alarm.id, by=OPERATOR)
    assert left(bench, alarm) == ["leader"]
    say(bench, alarm, "leader", Told.TOLD)
    assert left(bench, alarm) == []


def test_that_a_second_escalation_asks_for_the_leader_again(bench: Bench) -> None:
    alarm = raised(bench, priority=1)
    for _turn in range(2):
        bench.do(queue.acknowledge, alarm.id, by=OPERATOR)
        bench.clock.advance(400)
        bench.do(clockwork.tick)
        assert "leader" in left(bench, alarm)
        say(bench, alarm, "leader", Told.TOLD)


def test_that_everything_survives_a_restart_and_is_counted_for_the_queue(tmp_path: Path, clock: FakeClock) -> None:
    ground = Ground(site=TOLD_SITE, plans=(PLAN,))
    with open_record(tmp_path / "data", clock=clock) as store:
        first = Bench(store, ground, clock)
        alarm = raised(first)
        say(first, alarm, "office", Told.TOLD_OTHER, "赵经理")
    with open_record(tmp_path / "data", clock=clock) as store:
        again = Bench(store, ground, clock)
        ((found, people),) = again.ask(contacts.still_to_tell)
        assert (found.id, [one.id for one in people]) == (alarm.id, ["leader"])
        assert [one.note for one in again.ask(contacts.live)[alarm.id]] == ["赵经理"]


def test_that_a_number_that_changes_in_the_site_folder_does_not_change_what_was_dialled(bench: Bench) -> None:
    alarm = raised(bench)
    say(bench, alarm, "office", Told.TOLD)
    bench.ground = replace(bench.ground, site=replace(TOLD_SITE, contacts=()))
    (kept,) = bench.ask(lambda rx: contacts.of(rx, (rx.need(Alarm, alarm.id),)))
    assert (kept.contact.phone, kept.settled) == ("0755 200", True)


def test_that_a_point_nobody_knows_has_nobody_to_tell(bench: Bench) -> None:
    assert left(bench, raised(bench, PointId("no-such-point"), priority=1)) == []


def test_that_each_attempt_is_a_line_of_the_journal_under_its_alarm(bench: Bench) -> None:
    alarm = raised(bench)
    say(bench, alarm, "office", Told.TOLD)

    def read(rx):  # type: ignore[no-untyped-def]
        return tuple(rx.journal(subjects=(alarm.id,), kinds=("ContactTold",)))

    (line,) = bench.ask(read)
    assert isinstance(line, JournalLine)
