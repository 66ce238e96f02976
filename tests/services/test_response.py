"""Plans followed step by step on a real record."""

from pathlib import Path

import pytest

from console.models.clock import FakeClock
from console.models.duty import DueItem, DueState
from console.models.errors import Refused
from console.models.events import PlanRunChanged
from console.models.ids import PlanId
from console.models.incidents import Dispatch, DispatchState, Incident, IncidentState, LogEntry, Verdict
from console.models.plans import PlanRun, RunState, StepState
from console.services import alarms, clockwork, dispatch, incidents, queries, response
from tests.services.cases import OPERATOR, PLAN, SITE, Bench, a_bench, signal


def started(bench: Bench) -> PlanRun:
    alarm = bench.do(alarms.receive, signal())
    return bench.do(response.start, alarm.id, PLAN.id, by=OPERATOR)


def test_that_starting_a_plan_acknowledges_the_alarm_and_opens_its_case(bench: Bench) -> None:
    run = started(bench)
    assert run.place is not None
    assert run.place.step == "look"
    alarm = bench.ask(queries.live_alarms)[0]
    assert alarm.acknowledged is not None
    assert alarm.case_open
    assert bench.ask(queries.open_incidents)[0].number == "2026-0001"


def test_that_starting_the_same_plan_twice_gives_the_same_run(bench: Bench) -> None:
    run = started(bench)
    again = bench.do(response.start, bench.ask(queries.live_alarms)[0].id, PLAN.id, by=OPERATOR)
    assert again.id == run.id


def test_that_the_run_pins_the_plan_with_its_digest(bench: Bench) -> None:
    run = started(bench)
    assert run.plan.version == 3
    assert len(run.plan.digest) == 64


def test_that_an_answer_leads_along_its_branch(bench: Bench) -> None:
    run = started(bench)
    run = bench.do(response.answer, run.id, "look", answer="nothing", by=OPERATOR)
    assert run.place is not None
    assert run.place.step == "note"
    assert response.proposed_verdict(run) == "nuisance_analytics"


def test_that_an_answer_sets_the_verification_level_of_the_alarms(bench: Bench) -> None:
    run = started(bench)
    bench.do(response.answer, run.id, "look", answer="person", by=OPERATOR)
    assert bench.ask(queries.live_alarms)[0].verification == 2


def test_that_a_step_cannot_be_answered_with_what_it_does_not_offer(bench: Bench) -> None:
    run = started(bench)
    with pytest.raises(Refused):
        bench.do(response.answer, run.id, "look", answer="ghost", by=OPERATOR)
    assert bench.ask(queries.active_runs)[0].place.step == "look"


def test_that_answering_a_step_that_was_left_changes_nothing(bench: Bench) -> None:
    run = started(bench)
    bench.do(response.answer, run.id, "look", answer="person", by=OPERATOR)
    again = bench.do(response.answer, run.id, "look", answer="nothing", by=OPERATOR)
    assert again.place is not None
    assert again.place.step == "send"
    assert len(again.visits) == 2


def test_that_a_dispatch_step_sends_the_post_in_the_same_commit(bench: Bench) -> None:
    run = started(bench)
    bench.do(response.answer, run.id, "look", answer="person", by=OPERATOR)
    with pytest.raises(Refused):
        bench.do(response.answer, run.id, "send", value={}, by=OPERATOR)
    bench.do(response.answer, run.id, "send", value={"post": "near"}, by=OPERATOR)
    (sent,) = bench.ask(lambda rx: rx.find(Dispatch))
    assert sent.post == "near"
    assert sent.state is DispatchState.SENT


def test_that_an_unanswered_call_stays_and_counts_the_tries(bench: Bench) -> None:
    run = started(bench)
    bench.do(response.answer, run.id, "look", answer="person", by=OPERATOR)
    bench.do(response.answer, run.id, "send", value={"post": "near"}, by=OPERATOR)
    run = bench.do(response.answer, run.id, "call", answer="no_answer", value={"contact": "leader", "name": "班长"}, by=OPERATOR)
    assert run.place is not None
    assert run.place.step == "call"
    assert run.place.value["tries"] == 1
    run = bench.do(response.answer, run.id, "call", answer="answered", value={"contact": "leader", "name": "班长"}, by=OPERATOR)
    assert run.place is not None
    assert run.place.step == "note"
    words = [entry.text for entry in bench.ask(lambda rx: rx.find(LogEntry))]
    assert any("无人接听" in text for text in words)
    assert any("已接通" in text for text in words)


def test_that_a_step_is_skipped_only_with_a_reason(bench: Bench) -> None:
    run = started(bench)
    with pytest.raises(Refused):
        bench.do(response.skip, run.id, "look", "  ", by=OPERATOR)
    run = bench.do(response.skip, run.id, "look", "画面离线", by=OPERATOR)
    assert run.visits[0].state is StepState.SKIPPED
    assert run.visits[0].reason == "画面离线"


def test_that_a_limit_that_passes_is_said_once_and_the_step_waits(bench: Bench) -> None:
    run = started(bench)
    bench.clock.advance(31)
    bench.do(clockwork.tick)
    bench.clock.advance(60)
    bench.do(clockwork.tick)
    late = [event for event in bench.said(PlanRunChanged) if event.change == "late"]
    assert len(late) == 1
    assert late[0].step == "look"
    run = bench.do(response.answer, run.id, "look", answer="person", by=OPERATOR)
    assert run.visits[0].late
    assert bench.ask(lambda rx: rx.find(DueItem, ref=f"{run.id}/look"))[0].state is DueState.DONE


def test_that_the_last_answer_completes_the_run(bench: Bench) -> None:
    run = started(bench)
    bench.do(response.answer, run.id, "look", answer="nothing", by=OPERATOR)
    run = bench.do(response.answer, run.id, "note", value={"text": "树枝晃动"}, by=OPERATOR)
    assert run.state is RunState.COMPLETE
    assert run.place is None


def test_that_a_case_cannot_be_closed_while_a_mandatory_step_waits(bench: Bench) -> None:
    run = started(bench)
    with pytest.raises(Refused, match="Look"):
        bench.do(incidents.close, run.incident, verdict=Verdict.REAL_INTRUSION, by=OPERATOR)


def test_that_a_false_alarm_needs_its_cause(bench: Bench) -> None:
    run = started(bench)
    bench.do(response.answer, run.id, "look", answer="nothing", by=OPERATOR)
    with pytest.raises(Refused, match="cause"):
        bench.do(incidents.close, run.incident, verdict=Verdict.FALSE_ENVIRONMENT, by=OPERATOR)
    closed = bench.do(incidents.close, run.incident, verdict=Verdict.FALSE_ENVIRONMENT, cause="大风", by=OPERATOR)
    assert closed.state is IncidentState.CLOSED


def test_that_a_case_with_an_unacknowledged_alarm_stays_open(bench: Bench) -> None:
    run = started(bench)
    bench.do(alarms.receive, signal("rule-1"))
    bench.do(response.answer, run.id, "look", answer="nothing", by=OPERATOR)
    with pytest.raises(Refused, match="not acknowledged"):
        bench.do(incidents.close, run.incident, verdict=Verdict.REAL_INTRUSION, by=OPERATOR)


def test_that_a_real_case_opens_the_clock_of_the_investigation_report(bench: Bench) -> None:
    run = started(bench)
    bench.do(response.answer, run.id, "look", answer="nothing", by=OPERATOR)
    bench.do(incidents.close, run.incident, verdict=Verdict.REAL_INTRUSION, by=OPERATOR)
    (item,) = bench.ask(lambda rx: rx.find(DueItem, kind="investigation"))
    assert (item.due_at - bench.clock.now()).total_seconds() == 24 * 3600


def test_that_numbers_of_cases_have_no_gaps_even_after_a_refusal(bench: Bench) -> None:
    first = bench.do(alarms.receive, signal())
    bench.do(incidents.open_for, first.id, by=OPERATOR)
    second = bench.do(alarms.receive, signal("ups"))
    with pytest.raises(Refused):
        bench.do(response.start, second.id, PlanId("no such plan"), by=OPERATOR)
    assert bench.do(incidents.open_for, second.id, by=OPERATOR).number == "2026-0002"


def test_that_a_run_stands_at_its_step_after_the_record_was_closed_and_opened(tmp_path: Path, clock: FakeClock) -> None:
    with a_bench(tmp_path, clock) as before:
        run = started(before)
        before.do(response.answer, run.id, "look", answer="person", by=OPERATOR)
    with a_bench(tmp_path, clock) as after:
        (resumed,) = after.ask(queries.active_runs)
        assert resumed.place is not None
        assert resumed.place.step == "send"
        assert resumed.visits[0].answer == "person"


def test_that_the_nearest_post_is_measured_in_metres_of_the_map() -> None:
    point = SITE.points[0]
    (first, metres), (second, _further) = dispatch.nearest(SITE, point.spot)
    assert (first.id, metres) == ("near", 10.0)
    assert second.id == "far"


def test_that_a_dispatch_only_goes_forward(bench: Bench) -> None:
    run = started(bench)
    sent = bench.do(dispatch.send, run.incident, SITE.posts[0].id, by=OPERATOR)
    bench.clock.advance(95)
    arrived = bench.do(dispatch.advance, sent.id, DispatchState.ARRIVED, by=OPERATOR)
    assert (arrived.times[-1][1] - arrived.times[0][1]).total_seconds() == 95
    with pytest.raises(Refused):
        bench.do(dispatch.advance, sent.id, DispatchState.ACCEPTED, by=OPERATOR)


def test_that_the_file_of_a_case_holds_everything_in_order(bench: Bench, tmp_path: Path) -> None:
    run = started(bench)
    bench.do(response.answer, run.id, "look", answer="person", by=OPERATOR)
    bench.do(response.answer, run.id, "send", value={"post": "near"}, by=OPERATOR)
    case = bench.ask(lambda rx: rx.get(Incident, run.incident))
    file = bench.ask(queries.incident_file, case.id, printed_by="李值班", data_dir=tmp_path)
    assert [one.kind for one in file.signals] == ["alarm"]
    assert len(file.dispatches) == 1
    assert len(file.runs) == 1
    told = " ".join(line.text.zh for line in file.lines)
    assert "看画面" in told
    assert "巡逻A" in told
    assert [line.at for line in file.lines] == sorted(line.at for line in file.lines)
