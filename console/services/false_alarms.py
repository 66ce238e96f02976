"""False alarms: a device that keeps giving them gets a work order, whether each was said of its case or of the alarm alone."""

from datetime import timedelta

from console.models.alarms import Alarm
from console.models.ids import IncidentId
from console.models.incidents import FALSE_VERDICTS, Incident, Verdict
from console.models.settings import seconds_of
from console.models.text import Text
from console.models.timing import AlarmTiming
from console.models.work_orders import WorkOrderKind
from console.services import work_orders
from console.store.store import Transaction


def often_false(tx: Transaction, alarm: Alarm, cause: str, incident: IncidentId | None = None) -> None:
    """Open the work order of a device that keeps giving false alarms; an order that stands already stays the only one.

    `alarm` is the one that has just turned out to be false, `cause` why. How many are too many say the settings
    device.false_alarms_*.
    """
    if alarm.drill or alarm.test:
        return
    within_s = seconds_of(tx.settings, "device.false_alarms_within_s")
    since = ("received_at", tx.now - timedelta(seconds=within_s))
    recent = tx.find(AlarmTiming, point=alarm.point, drill=False, test=False, since=since)
    found = tx.find(Alarm, id=tuple(one.id for one in recent))
    cases = tuple({one.incident for one in found if one.incident is not None})
    verdicts = {one.id: one.verdict for one in tx.find(Incident, id=cases)}
    false = sum(_was_false(one, verdicts.get(one.incident) if one.incident else None) for one in found)
    if false < int(seconds_of(tx.settings, "device.false_alarms_n")):
        return
    hours = f"{within_s / 3600:g}"
    work_orders.open_order(
        tx,
        WorkOrderKind.FALSE_ALARMS,
        f"point:{alarm.point}",
        Text(
            zh=f"{alarm.title.zh}：{hours} 小时内误报 {false} 次",
            en=f"{alarm.title.en}: {false} false alarms within {hours} h",
        ),
        fault=cause,
        place=alarm.place,
        alarm=alarm.id,
        incident=incident,
    )


def _was_false(alarm: Alarm, verdict: Verdict | None) -> bool:
    """Whether an alarm was none: by the verdict on its case, and where it had none by what somebody found out."""
    if verdict is not None:
        return verdict in FALSE_VERDICTS
    return alarm.incident is None and alarm.verified is not None and alarm.verified.false_alarm
