"""Camera health: a fault of a camera is one alarm and one work order, and both end by themselves when it is over."""

from console.models.alarms import Alarm, AlarmClass, Condition, Priority
from console.models.camera_health import FAULT_POINT, CameraFault, CameraTrouble, read_subject, subject_of
from console.models.ids import CameraId, PointId, SignalId, SourceId, new_id
from console.models.recording import MotionMinute
from console.models.signals import Signal, SignalKind
from console.models.site import Camera
from console.models.text import Text
from console.models.words import word
from console.models.work_orders import WorkOrder, WorkOrderKind, WorkOrderState
from console.services import alarms, faults, work_orders
from console.services.wall import LOAD
from console.store.store import Reading, Transaction

SOURCE = SourceId("camera-health")
CODEC = "camera_health/1"

# A camera that shows nothing, or what it shall not show, is worth more than one that shows it badly.
_PRIORITY = {
    CameraTrouble.LOSS: Priority.HIGH,
    CameraTrouble.FROZEN: Priority.HIGH,
    CameraTrouble.BLACK: Priority.HIGH,
    CameraTrouble.COVERED: Priority.HIGH,
}
_UNIT = {
    CameraTrouble.LOSS: Text("秒", "s"),
    CameraTrouble.FROZEN: Text("秒", "s"),
    CameraTrouble.LOW_RATE: Text("帧/秒", "frames/s"),
    CameraTrouble.CLOCK: Text("秒", "s"),
}


def fault_changed(tx: Transaction, fault: CameraFault) -> Alarm | None:
    """A fault of a camera began, or is over. Told twice, it changes nothing the second time."""
    camera = next((one for one in tx.site.cameras if one.id == fault.camera), None)
    point = PointId(subject_of(fault.camera, fault.fault))
    standing = next((one for one in tx.find(Alarm, point=point, closed_at=None)), None)
    active = standing is not None and standing.condition is Condition.ACTIVE
    if not fault.active:
        if active:
            alarms.receive(tx, _signal(tx, fault, point, SignalKind.RESTORE))
        work_orders.over(tx, point, fault.since_at)
        return standing
    if fault.fault is CameraTrouble.LOW_RATE and not active and _overloaded(tx):
        return None  # this machine is what is slow, and the wall says so already
    alarm = standing if active else alarms.receive(tx, _signal(tx, fault, point, SignalKind.ALARM))
    work_orders.open_order(
        tx,
        WorkOrderKind.CAMERA,
        point,
        _title(camera, fault),
        fault=_measured(fault),
        place=camera.place if camera else None,
        alarm=alarm.id if alarm else None,
    )
    return alarm


def _overloaded(rx: Reading) -> bool:
    return any(one.fault == LOAD or one.fault.startswith(f"{LOAD}:") for one in faults.all_standing(rx))


def standing(rx: Reading) -> dict[CameraId, frozenset[CameraTrouble]]:
    """The faults of pictures on record as not over, by camera: what they are to be looked at for again after a start."""
    subjects = {
        alarm.point for alarm in rx.find(Alarm, source=SOURCE, closed_at=None) if alarm.condition is Condition.ACTIVE
    }
    for state in (WorkOrderState.OPEN, WorkOrderState.REPORTED):
        orders = rx.find(WorkOrder, kind=WorkOrderKind.CAMERA.value, state=state.value)
        subjects |= {PointId(order.subject) for order in orders if order.subject.startswith(FAULT_POINT)}
    found: dict[CameraId, frozenset[CameraTrouble]] = {}
    for subject in subjects:
        known = read_subject(subject)
        if known is not None and known[1] is not CameraTrouble.CLOCK:
            found[known[0]] = found.get(known[0], frozenset()) | {known[1]}
    return found


def motion_kept(tx: Transaction, minute: MotionMinute) -> None:
    """Keep a minute of motion for search; what is known of that minute already stays in it."""
    known = tx.get(MotionMinute, minute.id)
    if known is not None:
        both = bytes(one | other for one, other in zip(known.bits, minute.bits, strict=True))
        minute = MotionMinute(id=minute.id, camera=minute.camera, minute_at=minute.minute_at, bits=both)
    tx.put(minute)


def _signal(tx: Transaction, fault: CameraFault, point: PointId, kind: SignalKind) -> Signal:
    said = word(fault.fault)
    over = kind is SignalKind.RESTORE
    return Signal(
        id=SignalId(new_id()),
        source=SOURCE,
        kind=kind,
        point=point,
        code=fault.fault.value,
        alarm_class=AlarmClass.FAULT.value,
        priority=Priority.LOW if over else _PRIORITY.get(fault.fault, Priority.MEDIUM),
        text_zh=f"{said.zh}已恢复" if over else said.zh,
        text_en=f"{said.en}: over" if over else said.en,
        received_at=tx.now,
        source_at=fault.since_at,
        sender=fault.camera,
        codec=CODEC,
        details={"camera": fault.camera, "fault": fault.fault.value, "score": fault.score, "limit": fault.limit},
    )


def _title(camera: Camera | None, fault: CameraFault) -> Text:
    said = word(fault.fault)
    if camera is None:
        return Text(f"{fault.camera} {said.zh}", f"{fault.camera}: {said.en}")
    return Text(f"{camera.name.zh} {said.zh}", f"{camera.name.en}: {said.en}")


def _measured(fault: CameraFault) -> str:
    """What was measured against what, for the technician; in Chinese, as work orders are written at the site."""
    said = word(fault.fault)
    unit = _UNIT.get(fault.fault, Text()).zh
    return f"{said.zh}：测得 {fault.score:g} {unit}（限值 {fault.limit:g}）".replace(" （", "（")
