"""Duty checks (查岗) on the due list: the time that a centre gives, until its transmitter confirms the answer.

Acknowledging the alarm sends the answer; that the centre confirmed it is the restore of the alarm, and only that fulfils
the duty (GB/T 26875.3-2011 6.5). When the time has run out the alarm sounds again, and the shift leader is to be told.
"""

from datetime import datetime, timedelta
from typing import Final

from console.models.alarms import Action, Alarm, AlarmClass, allowed
from console.models.ids import AlarmId
from console.models.people import Actor
from console.models.signals import Signal
from console.models.text import Text
from console.services import due, queue
from console.store.store import Transaction

KIND: Final = "duty_check"
SOURCE: Final = "GB/T 26875.3-2011（监控中心给出的查岗时限）"


def asked(tx: Transaction, alarm: Alarm, signal: Signal) -> None:
    """A centre asks, and says by when: put that on the due list. A newer check takes the place of one that still waits."""
    said = str(signal.details.get("due_at") or "")
    if alarm.alarm_class is not AlarmClass.DUTY_CHECK or not said:
        return
    try:
        due_at = datetime.fromisoformat(said)
    except ValueError:
        return
    if due_at.tzinfo is None:
        return
    title = Text(f"查岗应答：{alarm.title.zh}", f"Answer the duty check: {alarm.title.en}")
    notice_s = max((due_at - tx.now) / timedelta(seconds=1), 0.0)
    due.add(tx, KIND, alarm.id, title, due_at, notice_s=notice_s, source=SOURCE)


def answered(tx: Transaction, alarm: Alarm, *, by: Actor) -> None:
    """The centre has confirmed the answer."""
    if alarm.alarm_class is AlarmClass.DUTY_CHECK:
        due.finish(tx, KIND, alarm.id, by=by)


def overdue(tx: Transaction, alarm_id: AlarmId) -> None:
    """The time is over: an answer that was sent and never confirmed sounds again, and the leader is to be told."""
    alarm = tx.get(Alarm, alarm_id)
    if alarm is None or alarm.closed_at is not None:
        return
    if alarm.parked is not None:
        alarm = queue.sounds_again(tx, alarm, Action.UNPARK)
    elif allowed(alarm, Action.LEASE_LAPSE):
        alarm = queue.sounds_again(tx, alarm, Action.LEASE_LAPSE)
    if allowed(alarm, Action.ESCALATE):
        queue.escalate(tx, alarm)
