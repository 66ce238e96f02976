"""The queue's verbs on a real record."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.models.alarms import Alarm, AlarmClass, Means, Priority, State
from console.models.duty import DueItem, DueState
from console.models.errors import NotPermitted, Refused
from console.models.events import AlarmChanged, AlarmRaised, SignalReceived
from console.models.ids import PlaceId
from console.models.incidents import Incident, Verdict
from console.models.signals import Signal, SignalKind
from console.services import alarms, clockwork, incidents, queries, queue
from console.store.store import Ground
from tests.services.cases import ADMINISTRATOR, LEADER, OPERATOR, SITE, Bench, signal


def test_that_a_signal_raises_an_alarm_with_what_the_site_says_of_its_point(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal("smoke-1", alarm_class="fault", priority=4))
    assert alarm.alarm_class is AlarmClass.FIRE
    assert alarm.priority == 1
    assert alarm.place_name.zh == "3号楼"
    kept = bench.ask(lambda rx: rx.find(Signal))
    assert [one.alarm for one in kept] == [alarm.id]
    assert kept[0].raw == b"\x0a1234"


def test_that_trouble_of_a_detector_is_not_what_its_point_watches_for(bench: Bench) -> None:
    flat = signal("smoke-1", alarm_class="power", priority=3, details={"of_device": True})
    alarm = bench.do(alarms.receive, flat)
    assert (alarm.alarm_class, alarm.priority, alarm.plan) == (AlarmClass.POWER, 3, None)
    assert alarm.place_name.zh == "3号楼"
    fire = bench.do(alarms.receive, signal("smoke-1", alarm_class="intrusion"))
    assert fire.alarm_class is AlarmClass.FIRE
    assert fire.id != alarm.id


def test_that_alarm_or_trouble_restored_ends_both_at_its_point(bench: Bench) -> None:
    raised = bench.do(alarms.receive, signal())
    trouble = bench.do(alarms.receive, signal(alarm_class="fault", details={"of_device": True}))
    bench.do(alarms.receive, signal(kind=SignalKind.RESTORE, details={"also_restores": ["fault"]}))
    after = {alarm.id: alarm.state for alarm in bench.ask(queries.live_alarms)}
    assert after == {raised.id: State.LATCHED_UNACKED, trouble.id: State.RETURNED_UNACKED}


def test_that_a_second_signal_counts_on_the_live_alarm(bench: Bench) -> None:
    first = bench.do(alarms.receive, signal())
    for _turn in range(99):
        bench.do(alarms.receive, signal())
    assert bench.ask(queries.live_alarms)[0].count == 100
    assert len(bench.ask(queries.live_alarms)) == 1
    assert len(bench.said(AlarmRaised)) == 1
    assert bench.ask(lambda rx: rx.count(Signal, alarm=first.id)) == 100


def test_that_a_repeated_frame_is_kept_as_a_duplicate_and_counts_nothing(bench: Bench) -> None:
    bench.do(alarms.receive, signal(sequence="1001/0007/ABCD"))
    assert bench.do(alarms.receive, signal(sequence="1001/0007/ABCD")) is None
    assert bench.ask(queries.live_alarms)[0].count == 1
    first, second = bench.ask(lambda rx: rx.find(Signal))
    assert second.duplicate_of == first.id


def test_that_two_messages_that_share_sequence_and_checksum_are_both_counted(bench: Bench) -> None:
    bench.do(alarms.receive, signal(sequence="1001/0007/ABCD", raw=b"zone 1"))
    bench.do(alarms.receive, signal("rule-1", sequence="1001/0007/ABCD", raw=b"zone 2"))
    assert len(bench.ask(queries.live_alarms)) == 2


def test_that_the_same_sequence_after_its_window_is_a_new_signal(bench: Bench) -> None:
    bench.do(alarms.receive, signal(sequence="1001/0007/ABCD"))
    bench.clock.advance(alarms.DUPLICATE_WITHIN.total_seconds() + 1)
    bench.do(alarms.receive, signal(sequence="1001/0007/ABCD", clock=bench.clock))
    assert bench.ask(queries.live_alarms)[0].count == 2


def test_that_tests_and_information_are_kept_and_raise_nothing(bench: Bench) -> None:
    assert bench.do(alarms.receive, signal(kind=SignalKind.TEST)) is None
    assert bench.do(alarms.receive, signal(kind=SignalKind.INFORMATION)) is None
    assert bench.ask(queries.live_alarms) == ()
    assert len(bench.said(SignalReceived)) == 2


def test_that_a_point_the_site_does_not_know_still_raises_its_alarm(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal("dc09:9999/77", text_zh="未知代码 ZQ", text_en="Unknown code ZQ"))
    assert alarm.title.zh == "dc09:9999/77 · 未知代码 ZQ"


def test_that_an_acknowledgement_is_a_lease_that_lapses_when_nothing_is_done(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal("smoke-1"))
    bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    bench.clock.advance(179)
    bench.do(clockwork.tick)
    assert bench.ask(queries.live_alarms)[0].state is State.ACKED
    bench.clock.advance(2)
    bench.do(clockwork.tick)
    lapsed = bench.ask(queries.live_alarms)[0]
    assert lapsed.state is State.UNACKED
    assert lapsed.lapses == 1


def test_that_handling_the_case_renews_the_lease(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal("smoke-1"))
    bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    bench.clock.advance(170)
    bench.do(alarms.renew, alarm.id, by=OPERATOR)
    bench.clock.advance(170)
    bench.do(clockwork.tick)
    assert bench.ask(queries.live_alarms)[0].state is State.ACKED


def test_that_acknowledging_what_a_colleague_acknowledged_changes_nothing(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal())
    bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    again = bench.do(alarms.acknowledge, alarm.id, by=LEADER)
    assert again.acknowledged.by == OPERATOR.person


def test_that_an_administrator_may_not_acknowledge(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal())
    with pytest.raises(NotPermitted):
        bench.do(alarms.acknowledge, alarm.id, by=ADMINISTRATOR)
    assert bench.ask(queries.live_alarms)[0].acknowledged is None


def test_that_an_intrusion_holds_until_a_person_resets_it(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal())
    bench.do(alarms.receive, signal(kind=SignalKind.RESTORE))
    assert bench.ask(queries.live_alarms)[0].state is State.LATCHED_UNACKED
    bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    assert bench.ask(queries.live_alarms)[0].state is State.LATCHED_ACKED
    bench.do(queue.verify, alarm.id, 1, Means.VIDEO, by=OPERATOR)
    bench.do(alarms.reset, alarm.id, by=OPERATOR)
    assert bench.ask(queries.live_alarms) == ()
    assert bench.ask(lambda rx: rx.find(DueItem, kind="lease", state=DueState.WAITING.value)) == ()


def test_that_a_reset_waits_for_the_end_of_the_case(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal())
    bench.do(alarms.receive, signal(kind=SignalKind.RESTORE))
    bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    bench.do(incidents.open_for, alarm.id, by=OPERATOR)
    with pytest.raises(Refused, match="incident is still open"):
        bench.do(alarms.reset, alarm.id, by=OPERATOR)


def test_that_a_report_by_hand_is_a_signal_and_an_alarm(bench: Bench) -> None:
    alarm = bench.do(
        alarms.report, alarm_class=AlarmClass.MEDICAL, place=PlaceId("b3"), text="有人晕倒", by=OPERATOR
    )
    assert alarm.state is State.LATCHED_UNACKED
    assert "有人晕倒" in alarm.title.zh
    assert bench.ask(lambda rx: rx.find(Signal))[0].source == "manual"


def test_that_shelving_needs_the_right_a_reason_and_an_end(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal("ups"))
    soon = bench.clock.now() + timedelta(hours=1)
    with pytest.raises(NotPermitted):
        bench.do(alarms.shelve, alarm.id, "UPS 检修", soon, by=OPERATOR)
    with pytest.raises(Refused):
        bench.do(alarms.shelve, alarm.id, " ", soon, by=LEADER)
    with pytest.raises(Refused):
        bench.do(alarms.shelve, alarm.id, "UPS 检修", soon + timedelta(days=3), by=LEADER)
    assert bench.do(alarms.shelve, alarm.id, "UPS 检修", soon, by=LEADER).state is State.SHELVED


def test_that_a_shelved_alarm_comes_back_by_itself_and_sounds_again(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal("ups"))
    bench.do(alarms.shelve, alarm.id, "UPS 检修", bench.clock.now() + timedelta(hours=1), by=LEADER)
    bench.clock.advance(3601)
    bench.do(clockwork.tick)
    assert bench.ask(lambda rx: rx.get(Alarm, alarm.id)).state is State.UNACKED


def test_that_an_intrusion_cannot_be_shelved(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal())
    with pytest.raises(Refused):
        bench.do(alarms.shelve, alarm.id, "吵", bench.clock.now() + timedelta(minutes=5), by=LEADER)


def test_that_a_further_alarm_of_the_place_joins_the_open_case(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal())
    case = bench.do(incidents.open_for, alarm.id, by=OPERATOR)
    joined = bench.do(alarms.receive, signal("rule-1"))
    assert joined.incident == case.id
    assert bench.ask(lambda rx: rx.get(Incident, case.id)).alarms == (alarm.id, joined.id)


def test_that_closing_the_case_resets_what_is_over_and_keeps_what_is_active(bench: Bench) -> None:
    over = bench.do(alarms.receive, signal())
    active = bench.do(alarms.receive, signal("rule-1"))
    case = bench.do(incidents.open_for, over.id, by=OPERATOR)
    assert set(case.alarms) == {over.id, active.id}
    bench.do(alarms.receive, signal(kind=SignalKind.RESTORE))
    for alarm in (over, active):
        bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    bench.do(incidents.close, case.id, verdict=Verdict.REAL_INTRUSION, by=OPERATOR)
    assert [alarm.id for alarm in bench.ask(queries.live_alarms)] == [active.id]
    bench.do(alarms.receive, signal("rule-1", kind=SignalKind.RESTORE))
    bench.do(alarms.reset, active.id, by=OPERATOR)
    assert bench.ask(queries.live_alarms) == ()


def test_that_every_change_of_an_alarm_is_a_line_of_the_journal(bench: Bench) -> None:
    alarm = bench.do(alarms.receive, signal())
    bench.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    kinds = [line.kind for line in bench.ask(lambda rx: list(rx.journal(subjects=(alarm.id,))))]
    assert kinds == ["AlarmRaised", "AlarmChanged"]
    assert bench.said(AlarmChanged)[-1].by == OPERATOR.person


def test_that_a_point_without_a_class_has_the_priority_of_its_place_for_the_class_of_the_signal(bench: Bench) -> None:
    places = (replace(SITE.places[0], priorities={"intrusion": 1, "fault": 4, "*": 3}), *SITE.places[1:])
    bench.ground = Ground(site=replace(SITE, places=places))
    found = {
        kind: bench.do(alarms.receive, signal("rule-1", alarm_class=kind, priority=2, clock=bench.clock)).priority
        for kind in ("intrusion", "fault", "panic")
    }
    assert found == {"intrusion": Priority.CRITICAL, "fault": Priority.LOW, "panic": Priority.MEDIUM}
    of_detector = signal("beam-1", alarm_class="tamper", priority=2, details={"of_device": True}, clock=bench.clock)
    assert bench.do(alarms.receive, of_detector).priority is Priority.HIGH


def test_that_a_signal_that_was_held_and_tried_again_by_its_source_is_the_same_one(bench: Bench) -> None:
    """While nothing can be recorded the house holds a signal and its source may try it again: both come through later."""
    once = signal("rule-1", sequence="cam-1|on", clock=bench.clock)
    assert bench.do(alarms.receive, once) is not None
    assert bench.do(alarms.receive, once) is None
    kept = bench.ask(lambda rx: rx.find(Signal))
    assert [one.id for one in kept] == [once.id]
