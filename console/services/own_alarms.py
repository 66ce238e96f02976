"""The post's own troubles as alarms: a full disk, a clock that jumped, one person alone on watch, a duty nobody did.

What is wrong with the console or the watch stands in the queue like everything else that wants a person, sounds as the
machine's own, is acknowledged, and ends by itself when the trouble does.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from console.models.alarms import Alarm, AlarmClass, Condition, Priority
from console.models.duty import DueItem, DueState
from console.models.ids import PointId, SignalId, SourceId, new_id
from console.models.linkage import OWN_POINT
from console.models.settings import seconds_of
from console.models.signals import Signal, SignalKind
from console.models.text import Text
from console.services import alarms, due, duty, faults
from console.services.clock_watch import FAULT as CLOCK
from console.services.disk import FAULT as DISK
from console.services.evidence import FOLDER as EVIDENCE
from console.store.store import Transaction

SOURCE: Final = SourceId("console")

# Which of the console's faults want a person at once, and how urgently; all others only stand in the notice bar.
FAULTS: Final[dict[str, Priority]] = {
    DISK: Priority.MEDIUM,
    CLOCK: Priority.MEDIUM,
    EVIDENCE: Priority.MEDIUM,
    duty.SECOND_PERSON: Priority.MEDIUM,
}
# How long one person may be alone before that is an alarm: a crew signs on one by one.
ALONE: Final = "watch.alone_s"
# What is a matter of time alone is looked at this often, in turns of the clockwork (one a second).
LOOK_EVERY_TURNS: Final = 15
# Which duties ring when their time and grace are over (反恐安全防范工作制度; GB 25201-2010 5.2: every 2 h, two people).
DUTIES: Final[dict[str, tuple[AlarmClass, Priority]]] = {
    due.PATROL: (AlarmClass.PATROL, Priority.MEDIUM),
    due.EQUIPMENT: (AlarmClass.SYSTEM, Priority.LOW),
    due.VIDEO_ROUND: (AlarmClass.SYSTEM, Priority.LOW),
    due.LOG_ENTRY: (AlarmClass.SYSTEM, Priority.LOW),
    due.HANDOVER: (AlarmClass.SYSTEM, Priority.MEDIUM),
}


@dataclass(frozen=True, slots=True)
class _Trouble:
    """One thing that is wrong now."""

    point: PointId
    alarm_class: AlarmClass
    priority: Priority
    sentence: Text


def reconcile(tx: Transaction) -> tuple[Alarm, ...]:
    """Raise an alarm for every trouble that has none yet, and end those whose trouble is over; gives what it touched.

    Whatever changed meanwhile, and however often this is asked, the queue agrees with the post afterwards.
    """
    standing = {one.point: one for one in _troubles(tx)}
    live = {
        alarm.point: alarm
        for alarm in tx.find(Alarm, source=SOURCE, closed_at=None)
        if alarm.condition is not Condition.NORMAL
    }
    new = [_signal(tx, one, SignalKind.ALARM) for point, one in standing.items() if point not in live]
    over = [
        _signal(tx, _Trouble(alarm.point, alarm.alarm_class, alarm.priority, Text("已恢复", "over")), SignalKind.RESTORE)
        for point, alarm in live.items()
        if point not in standing
    ]
    touched = [alarms.receive(tx, signal) for signal in (*new, *over)]
    return tuple(alarm for alarm in touched if alarm is not None)


def watch() -> Callable[[Transaction], None]:
    """A command that brings the queue in line every fifteenth time, for troubles that only time makes."""
    turns = 0

    def look(tx: Transaction) -> None:
        nonlocal turns
        turns += 1
        if turns % LOOK_EVERY_TURNS == 0:
            reconcile(tx)

    return look


def _troubles(tx: Transaction) -> Iterator[_Trouble]:
    for event in faults.standing(tx, tuple(FAULTS)):
        if event.fault == duty.SECOND_PERSON and (tx.now - event.at).total_seconds() < seconds_of(tx.settings, ALONE):
            continue
        yield _Trouble(PointId(f"{OWN_POINT}{event.fault}"), AlarmClass.SYSTEM, FAULTS[event.fault], event.sentence)
    for item in due.open_items(tx):
        if item.kind in DUTIES and item.state is DueState.OVERDUE:
            yield _overdue(item)


def _overdue(item: DueItem) -> _Trouble:
    alarm_class, priority = DUTIES[item.kind]
    said = Text(zh=f"逾期未做：{item.title.zh}", en=f"Overdue: {item.title.en}")
    return _Trouble(PointId(f"{OWN_POINT}{item.kind}/{item.ref}"), alarm_class, priority, said)


def _signal(tx: Transaction, trouble: _Trouble, kind: SignalKind) -> Signal:
    return Signal(
        id=SignalId(new_id()),
        source=SOURCE,
        kind=kind,
        point=trouble.point,
        code="OWN",
        alarm_class=trouble.alarm_class.value,
        priority=int(trouble.priority),
        text_zh=trouble.sentence.zh,
        text_en=trouble.sentence.en,
        received_at=tx.now,
        codec="own",
    )
