"""Inputs: signals received, unknown senders worked through, alarms that stood on a screen, and the ledger of a day."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from console.models.alarms import Alarm, AlarmClass, Priority
from console.models.errors import Refused
from console.models.events import QuarantineChanged
from console.models.ids import PointId, SignalId, SourceId, new_id
from console.models.inputs import (
    MISSED,
    OTHERS,
    UNKNOWN_ACCOUNT,
    Canary,
    CanaryResult,
    LedgerFile,
    LedgerRow,
    Quarantined,
    Settlement,
)
from console.models.linkage import SOURCE_POINT
from console.models.people import SYSTEM, Actor, Right
from console.models.settings import seconds_of
from console.models.signals import Signal, SignalKind
from console.models.text import Text, typed
from console.models.timing import AlarmTiming
from console.services import alarms, queries
from console.services.spans import day_bounds
from console.store.store import Reading, Transaction

QUARANTINE: Final = "quarantine"
"""The problem of a source to which somebody unknown speaks; the end of its alarm's point."""
OWN_CODEC: Final = "health"
"""The codec of signals that the console itself makes about a source; they are no messages of it."""
LONGEST_ACCOUNT: Final = 64

_UNKNOWN = Text(
    "有未登记的发送方，请主管在“系统—报警输入”中处理",
    "somebody who is not in the site folder speaks to it; a supervisor settles that under System, Inputs",
)
# Sources that no site folder names: what people and the console itself report.
_OWN = {
    SourceId("manual"): (Text("人工报警", "Reported by hand"), "manual"),
    SourceId("patrol"): (Text("巡逻", "Patrol"), "patrol"),
    SourceId("video-rules"): (Text("视频分析", "Video analytics"), "video_rules"),
}
_SETTLED = Text("未登记的发送方已处理", "unknown senders are settled")


def receive(tx: Transaction, signal: Signal) -> Alarm | None:
    """Keep a signal as `alarms.receive` does; one of an unknown sender puts that sender into quarantine as well."""
    alarm = alarms.receive(tx, signal)
    said = signal.details.get(UNKNOWN_ACCOUNT)
    if said:
        _quarantine(tx, signal, typed(str(said), LONGEST_ACCOUNT) or "?")
    return alarm


# ------------------------------------------------------------------------------------------------ quarantine
def _quarantine(tx: Transaction, signal: Signal, account: str) -> None:
    known = tx.get(Quarantined, f"{signal.source}/{account}")
    if known is None and _waiting(tx, signal.source) >= seconds_of(tx.settings, "inputs.quarantine_most"):
        account = OTHERS  # whoever tries all numbers cannot fill the disk with rows; the count still tells of it
        known = tx.get(Quarantined, f"{signal.source}/{OTHERS}")
    kept = getattr(tx.get(Signal, signal.id), "duplicate_of", None)
    if known is not None and kept is not None:
        return
    fresh = known is None or known.settled_as is Settlement.ENTERED
    entry = (
        Quarantined(
            id=f"{signal.source}/{account}",
            source=signal.source,
            account=account,
            first_at=signal.received_at,
            last_at=signal.received_at,
            count=0,
        )
        if known is None
        else known
    )
    if known is not None and fresh:  # it should have been in the site folder, and is not
        entry = replace(entry, settled_as=None, settled_at=None, settled_by=None)
    _save(
        tx,
        replace(
            entry,
            sender=signal.sender,
            last_at=signal.received_at,
            count=entry.count + 1,
            raw=signal.raw,
            text=Text(signal.text_zh, signal.text_en),
        ),
        SYSTEM,
    )
    # An alarm is heard whoever sends it: it may be a real one of a panel that was entered with a wrong number.
    grave = signal.details.get("kind") == SignalKind.ALARM.value
    if fresh or grave:
        priority = Priority.MEDIUM if grave else Priority.LOW
        alarms.receive(tx, of_source(tx, signal.source, QUARANTINE, SignalKind.ALARM, _UNKNOWN, priority))


def _waiting(rx: Reading, source: SourceId) -> int:
    return rx.count(Quarantined, source=source, settled_at=None)


def settle(tx: Transaction, entry_id: str, settled_as: Settlement, note: str, *, by: Actor) -> Quarantined:
    """Somebody has looked into an unknown sender: what became of it, and a note of at most 500 characters.

    The alarm of its source ends with the last entry that was open. A sender that is said to be in the site folder and
    still comes as unknown is put back on the list.
    """
    by.demand(Right.CHANGE_SETTINGS)
    entry = tx.need(Quarantined, entry_id)
    if not typed(note, 500):
        raise Refused(zh="请写明核实结果。", en="Say what was found out.")
    settled = replace(
        entry, settled_as=settled_as, settled_at=tx.now, settled_by=by.person, note=typed(note, 500)
    )
    saved = _save(tx, settled, by)
    if not _waiting(tx, entry.source):
        alarms.receive(tx, of_source(tx, entry.source, QUARANTINE, SignalKind.RESTORE, _SETTLED, Priority.LOW))
    return saved


def quarantine(rx: Reading) -> tuple[Quarantined, ...]:
    """Every unknown sender, those that wait for a person first, then the newest first."""
    found = rx.find(Quarantined)
    return tuple(sorted(found, key=lambda one: (one.settled_at is not None, -one.last_at.timestamp(), one.id)))


def _save(tx: Transaction, entry: Quarantined, by: Actor) -> Quarantined:
    saved = replace(entry, rev=entry.rev + 1)
    tx.put(saved)
    tx.record(QuarantineChanged(at=tx.now, by=by.person, seat=by.seat, entry=saved))
    return saved


def of_source(
    tx: Transaction, source: SourceId, problem: str, kind: SignalKind, sentence: Text, priority: Priority
) -> Signal:
    """A signal of the console itself about one of its sources."""
    return Signal(
        id=SignalId(new_id()),
        source=source,
        kind=kind,
        point=PointId(f"{SOURCE_POINT}{source}/{problem}"),
        code=problem.upper(),
        alarm_class=AlarmClass.SYSTEM.value,
        priority=priority,
        text_zh=sentence.zh,
        text_en=sentence.en,
        received_at=tx.now,
        codec=OWN_CODEC,
    )


# ------------------------------------------------------------------------------------------------ the ledger
def day_of(rx: Reading) -> str:
    """The running day of the site, "2026-03-14"."""
    return rx.now.astimezone(ZoneInfo(rx.site.timezone)).date().isoformat()


def ledger(rx: Reading, day: str) -> tuple[LedgerRow, ...]:
    """What came of each source on a day of the site, and what became of it; see LedgerRow for every number.

    Lost is an alarm on disk that no screen showed within the setting inputs.shown_within_s, and a numbered message
    that its sender skipped (a source says so only where its protocol counts without gaps of its own). What a sender
    never sent, or a source without numbers never heard, nobody can count.
    """
    begin, end = day_bounds(rx, day)
    within = timedelta(seconds=seconds_of(rx.settings, "inputs.shown_within_s"))
    figures = {source.id: Counter[str]() for source in rx.site.sources}

    def of(source: SourceId) -> Counter[str]:
        return figures.setdefault(source, Counter())

    since, before = ("received_at", begin), ("received_at", end)
    for source, codec, repeats in rx.columns(Signal, ("source", "codec", "duplicate_of"), since=since, before=before):
        if codec != OWN_CODEC:
            of(source)["received"] += 1
            of(source)["repeated"] += repeats is not None
    for signal in rx.find(Signal, kind=SignalKind.INFORMATION.value, since=since, before=before):
        of(signal.source)["gaps"] += int(signal.details.get(MISSED, 0))
    times = ("source", "point", "received_at", "shown_at", "acked_at", "closed_at")
    for source, point, received_at, shown_at, acked_at, closed_at in rx.columns(
        AlarmTiming, times, since=since, before=before, hidden=False, test=False
    ):
        if point.startswith(SOURCE_POINT):
            continue
        late = (shown_at or rx.now) - received_at > within
        tally = of(source)
        tally["raised"] += 1
        tally["shown"] += shown_at is not None and not late
        tally["unshown"] += late
        tally["handled"] += acked_at is not None or closed_at is not None
    for canary in rx.find(Canary, since=("sent_at", begin), before=("sent_at", end)):
        tally = of(canary.source)
        tally["canaries"] += 1
        tally["canaries_shown"] += canary.result is CanaryResult.SHOWN
        tally["canaries_missing"] += canary.result is CanaryResult.MISSING
    for entry in rx.find(Quarantined, since=("last_at", begin)):
        of(entry.source)["quarantined"] += entry.first_at < end
    known = {source.id: (source.name, source.kind) for source in rx.site.sources}
    return tuple(
        LedgerRow(source=source, name=name, kind=kind, **tally)
        for source, tally in figures.items()
        for name, kind in [known.get(source) or _OWN.get(source) or (Text(source, source), "")]
    )


def today(rx: Reading) -> tuple[LedgerRow, ...]:
    """The ledger of the running day of the site."""
    return ledger(rx, day_of(rx))


def ledger_file(rx: Reading, day: str, *, printed_by: str) -> LedgerFile:
    """The ledger of a day, ready to be printed; of today it says until when it counts."""
    _begin, end = day_bounds(rx, day)
    return LedgerFile(
        letterhead=queries.letterhead(rx, printed_by),
        day=day,
        until_at=min(rx.now, end),
        shown_within_s=seconds_of(rx.settings, "inputs.shown_within_s"),
        rows=ledger(rx, day),
    )
