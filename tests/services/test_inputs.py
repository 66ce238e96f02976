"""Unknown senders are worked through by a person, and every day says what came, was shown, handled and lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.models.alarms import Alarm, AlarmClass, Condition, Priority
from console.models.clock import FakeClock
from console.models.errors import ConsoleError, Refused
from console.models.events import QuarantineChanged
from console.models.inputs import OTHERS, LedgerRow, Quarantined, Settlement
from console.models.signals import Signal, SignalKind, SourceHealth
from console.services import alarms, canary, health, inputs, timings
from tests.services.inputs_at_hand import OPERATOR, PANEL, POST_SITE, SUPERVISOR, signal, stranger
from tests.services.post import MORNING, PostInHand, opened_post


@pytest.fixture
def post(tmp_path: Path) -> Iterator[PostInHand]:
    """A post with one panel."""
    with opened_post(tmp_path / "data", FakeClock(MORNING)) as opened:
        opened.ground = replace(opened.ground, site=POST_SITE)
        yield opened


def told(post: PostInHand) -> list[Alarm]:
    """The alarms about the panel itself."""
    return [one for one in post.ask(lambda rx: rx.find(Alarm)) if one.point.startswith("source:")]


def quarantine_most(post: PostInHand, most: int) -> None:
    post.ground = replace(post.ground, settings={"inputs.quarantine_most": most})


# ------------------------------------------------------------------------------------------------ quarantine
def test_that_an_unknown_sender_is_listed_with_its_newest_words_and_raises_one_low_alarm(post: PostInHand) -> None:
    for n in range(3):
        post.do(inputs.receive, stranger(post.clock.now(), "9999", code=f"B{n}", text_en=f"words {n}"))
        post.clock.advance(60)
    (entry,) = post.ask(inputs.quarantine)
    assert (entry.account, entry.source, entry.count, entry.sender) == ("9999", PANEL, 3, "192.0.2.9:4001")
    assert (entry.raw, entry.text.en, entry.settled_at) == (b"raw 9999", "words 2", None)
    assert entry.last_at - entry.first_at == timedelta(seconds=120)
    assert post.ask(lambda rx: rx.count(Signal, kind="information")) == 3
    (alarm,) = told(post)
    assert (alarm.priority, alarm.alarm_class, alarm.count) == (Priority.LOW, AlarmClass.SYSTEM, 1)


def test_that_an_alarm_of_an_unknown_sender_is_heard_even_where_the_sender_is_listed(post: PostInHand) -> None:
    post.do(inputs.receive, stranger(post.clock.now(), "9999"))
    (listed,) = told(post)
    post.do(alarms.acknowledge, listed.id, by=OPERATOR)
    post.clock.advance(60)
    post.do(inputs.receive, stranger(post.clock.now(), "9999", says="alarm"))
    (heard,) = told(post)
    assert (heard.id, heard.priority, heard.count) == (listed.id, Priority.MEDIUM, 2)
    assert heard.acknowledged is None


def test_that_a_frame_sent_twice_counts_once(post: PostInHand) -> None:
    for _ in range(2):
        post.do(inputs.receive, stranger(post.clock.now(), "9999", sequence="9999-0001-AB12-0"))
    assert post.ask(inputs.quarantine)[0].count == 1


def test_that_a_full_list_goes_on_counting_in_one_row(post: PostInHand) -> None:
    quarantine_most(post, 10)
    for n in range(40):
        post.do(inputs.receive, stranger(post.clock.now(), f"A{n:03d}"))
    entries = {entry.account: entry for entry in post.ask(inputs.quarantine)}
    assert len(entries) == 11
    assert entries[OTHERS].count == 30
    assert entries[OTHERS].raw == b"raw A039"
    assert len(told(post)) == 1


def test_that_settling_every_entry_ends_the_alarm(post: PostInHand) -> None:
    post.do(inputs.receive, stranger(post.clock.now(), "1"))
    post.do(inputs.receive, stranger(post.clock.now(), "2"))
    post.do(inputs.settle, f"{PANEL}/1", Settlement.IGNORED, "邻居的主机", by=SUPERVISOR)
    assert told(post)[0].condition is Condition.ACTIVE
    settled = post.do(inputs.settle, f"{PANEL}/2", Settlement.ENTERED, "已录入", by=SUPERVISOR)
    assert (settled.settled_by, settled.settled_at, settled.note) == (SUPERVISOR.person, MORNING, "已录入")
    assert told(post)[0].condition is Condition.NORMAL


def test_that_an_ignored_sender_goes_on_counting_in_silence_and_an_entered_one_comes_back(post: PostInHand) -> None:
    for account, made in (("1", Settlement.IGNORED), ("2", Settlement.ENTERED)):
        post.do(inputs.receive, stranger(post.clock.now(), account))
        post.do(inputs.settle, f"{PANEL}/{account}", made, "看过", by=SUPERVISOR)
    post.do(inputs.receive, stranger(post.clock.now(), "1"))
    assert told(post)[0].condition is Condition.NORMAL
    post.do(inputs.receive, stranger(post.clock.now(), "2"))
    first, second = (post.ask(lambda rx, n=n: rx.get(Quarantined, f"{PANEL}/{n}")) for n in "12")
    assert (first.count, first.settled_as) == (2, Settlement.IGNORED)
    assert (second.count, second.settled_at) == (2, None)
    assert told(post)[-1].condition is Condition.ACTIVE


def test_that_only_who_may_settles_and_only_with_a_note(post: PostInHand) -> None:
    post.do(inputs.receive, stranger(post.clock.now(), "1"))
    with pytest.raises(ConsoleError):
        post.do(inputs.settle, f"{PANEL}/1", Settlement.IGNORED, "看过", by=OPERATOR)
    with pytest.raises(Refused):
        post.do(inputs.settle, f"{PANEL}/1", Settlement.IGNORED, "  ", by=SUPERVISOR)
    assert post.ask(inputs.quarantine)[0].settled_at is None


def test_that_an_account_of_any_length_and_any_letters_is_kept_fit_for_the_screen(post: PostInHand) -> None:
    post.do(inputs.receive, stranger(post.clock.now(), "\x00\u202e火" + "x" * 500))
    account = post.ask(inputs.quarantine)[0].account
    assert len(account) <= inputs.LONGEST_ACCOUNT
    assert account.isprintable()


def test_that_a_source_that_tells_that_it_is_well_ends_neither_quarantine_nor_missing_canary(post: PostInHand) -> None:
    post.do(inputs.receive, stranger(post.clock.now(), "1"))
    post.do(canary.missed, "t-1", PANEL, post.clock.now())
    post.do(health.source_changed, SourceHealth(source=PANEL, healthy=True, since_at=post.clock.now()))
    assert [one.condition for one in told(post)] == [Condition.ACTIVE] * 2


def test_that_every_step_of_an_entry_is_in_the_journal(post: PostInHand) -> None:
    post.do(inputs.receive, stranger(post.clock.now(), "1"))
    post.do(inputs.settle, f"{PANEL}/1", Settlement.IGNORED, "看过", by=SUPERVISOR)
    lines = post.told(QuarantineChanged)
    assert [(line.entry.rev, line.by) for line in lines] == [(1, "system"), (2, SUPERVISOR.person)]


# ------------------------------------------------------------------------------------------------ the ledger
DAY = "2026-03-14"


def row(post: PostInHand, day: str = DAY, source: str = PANEL) -> LedgerRow:
    return next(one for one in post.ask(inputs.ledger, day) if one.source == source)


def test_that_a_day_without_messages_still_lists_the_source(post: PostInHand) -> None:
    assert row(post) == LedgerRow(source=PANEL, name=POST_SITE.sources[0].name, kind="sia_dc09")


def test_that_messages_repetitions_and_alarms_are_counted_apart(post: PostInHand) -> None:
    for _ in range(2):
        post.do(inputs.receive, signal(post.clock.now(), sequence="1"))
    post.do(inputs.receive, signal(post.clock.now(), sequence="2"))
    post.do(inputs.receive, signal(post.clock.now(), SignalKind.RESTORE, sequence="3"))
    post.do(inputs.receive, signal(post.clock.now(), point="beam-2", sequence="4"))
    told_of = row(post)
    assert (told_of.received, told_of.repeated, told_of.raised) == (5, 1, 2)


def test_that_health_of_a_source_and_its_canaries_are_no_messages(post: PostInHand) -> None:
    post.do(canary.missed, "t-1", PANEL, post.clock.now())
    post.do(canary.arrived, "t-2", PANEL, post.clock.now(), watched=True)
    post.do(canary.shown, "t-2", post.clock.now(), "1")
    told_of = row(post)
    assert (told_of.received, told_of.raised, told_of.lost) == (0, 0, 0)
    assert (told_of.canaries, told_of.canaries_shown, told_of.canaries_missing) == (2, 1, 1)


def test_that_an_alarm_on_no_screen_in_time_is_lost_and_one_still_within_its_time_is_not(post: PostInHand) -> None:
    seen = post.do(inputs.receive, signal(post.clock.now(), point="a"))
    late = post.do(inputs.receive, signal(post.clock.now(), point="b"))
    post.do(inputs.receive, signal(post.clock.now(), point="c"))
    post.do(timings.shown, (seen.id,), post.clock.now() + timedelta(seconds=1), "1")
    post.clock.advance(15)
    assert (row(post).shown, row(post).unshown) == (1, 0)
    post.clock.advance(10)
    post.do(timings.shown, (late.id,), post.clock.now(), "1")
    told_of = row(post)
    assert (told_of.raised, told_of.shown, told_of.unshown, told_of.lost) == (3, 1, 2, 2)


def test_that_what_a_person_acknowledged_is_handled(post: PostInHand) -> None:
    alarm = post.do(inputs.receive, signal(post.clock.now(), point="a"))
    post.do(inputs.receive, signal(post.clock.now(), point="b"))
    post.do(alarms.acknowledge, alarm.id, by=OPERATOR)
    assert row(post).handled == 1


def test_that_skipped_numbers_are_lost(post: PostInHand) -> None:
    post.do(inputs.receive, signal(post.clock.now(), SignalKind.INFORMATION, details={"missed": 3}))
    assert (row(post).gaps, row(post).lost) == (3, 3)


def test_that_a_day_is_that_of_the_site(post: PostInHand) -> None:
    post.do(inputs.receive, signal(MORNING - timedelta(hours=8, seconds=1), point="a"))  # 23:59:59 of the 13th
    post.do(inputs.receive, signal(MORNING - timedelta(hours=8), point="b"))
    assert (row(post, "2026-03-13").raised, row(post).raised, row(post, "2026-03-15").raised) == (1, 1, 0)
    with pytest.raises(ConsoleError):
        post.ask(inputs.ledger, "yesterday")


def test_that_what_people_report_has_its_own_row(post: PostInHand) -> None:
    post.do(alarms.report, alarm_class=AlarmClass.FIRE, place=None, text="有烟", by=OPERATOR)
    assert row(post, source="manual").raised == 1
    assert row(post, source="manual").name.en == "Reported by hand"


def test_that_the_paper_of_a_day_says_until_when_it_counts(post: PostInHand) -> None:
    today = post.ask(inputs.ledger_file, DAY, printed_by="陈晨")
    before = post.ask(inputs.ledger_file, "2026-03-13", printed_by="陈晨")
    assert today.until_at == post.clock.now()
    assert before.until_at == MORNING - timedelta(hours=8)
    assert today.record_digest != before.record_digest
