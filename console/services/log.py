"""Log: write a line of the duty log, also afterwards, and correct one without ever changing it."""

from datetime import datetime, timedelta

from console.models.duty import Shift, ShiftState
from console.models.errors import Refused
from console.models.events import EntryWritten
from console.models.ids import EntryId, IncidentId, new_id
from console.models.incidents import EntryKind, LogEntry
from console.models.people import Actor, Right
from console.models.text import typed
from console.services import due
from console.store.store import Transaction

LONGEST = 4000  # characters of one line
# A watch on the wall may be a little ahead of ours.
AHEAD_AT_MOST = timedelta(seconds=60)


def write(
    tx: Transaction,
    text: str,
    *,
    kind: EntryKind = EntryKind.NOTE,
    incident: IncidentId | None = None,
    happened_at: datetime | None = None,
    by: Actor,
) -> LogEntry:
    """Write a line. `happened_at` before now makes it a late entry (补记), which keeps both times.

    It also fulfils the log entry of the hour. At most 4000 characters.
    """
    by.demand(Right.WRITE_LOG)
    if kind is EntryKind.CORRECTION:
        raise Refused(zh="更正请指明原记录。", en="A correction has to name the line that it corrects.")
    return _write(tx, text, kind, incident, happened_at or tx.now, None, by)


def correct(tx: Transaction, entry_id: EntryId, text: str, *, by: Actor) -> LogEntry:
    """Write a line that corrects another: both stay, the new one names the old and stands at the same time."""
    by.demand(Right.WRITE_LOG)
    wrong = tx.need(LogEntry, entry_id)
    if typed(text, len(text), lines=True) == wrong.text:
        raise Refused(zh="更正内容与原记录相同。", en="The correction says the same as the line.")
    return _write(tx, text, EntryKind.CORRECTION, wrong.incident, wrong.happened_at, wrong.id, by)


def _write(
    tx: Transaction,
    text: str,
    kind: EntryKind,
    incident: IncidentId | None,
    happened_at: datetime,
    corrects: EntryId | None,
    by: Actor,
) -> LogEntry:
    said = typed(text, len(text), lines=True)
    if not said:
        raise Refused(zh="日志内容不能为空。", en="A line of the log needs words.")
    if len(said) > LONGEST:
        raise Refused(
            zh=f"日志每条最多 {LONGEST} 字，现有 {len(said)} 字，请分条写。",
            en=f"A line holds at most {LONGEST} characters, this has {len(said)}; write it as several.",
        )
    if happened_at > tx.now + AHEAD_AT_MOST:
        raise Refused(zh="发生时间不能晚于现在。", en="It cannot have happened in the future.")
    shift = tx.first(Shift, state=ShiftState.ON_DUTY.value)
    entry = LogEntry(
        id=EntryId(new_id()),
        kind=kind,
        text=said,
        happened_at=min(happened_at, tx.now),
        written_at=tx.now,
        by=by.person,
        shift=shift.id if shift else None,
        incident=incident,
        corrects=corrects,
    )
    tx.put(entry)
    tx.record(EntryWritten(at=tx.now, by=by.person, seat=by.seat, entry=entry))
    due.finish(tx, due.LOG_ENTRY, due.POST, by=by)
    return entry
