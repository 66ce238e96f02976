"""A fault of a camera is one alarm and one work order, and both end when it is over."""

from datetime import timedelta

from console.models.alarms import Alarm, AlarmClass, Condition
from console.models.camera_health import CameraFault, CameraTrouble, read_subject, subject_of
from console.models.ids import CameraId
from console.models.load import Pace
from console.models.recording import MOTION_MINUTE_BYTES, MotionMinute, motion_key
from console.models.work_orders import WorkOrder, WorkOrderKind, WorkOrderState
from console.services import camera_health, wall
from tests.services.post import MORNING, PostInHand

CAM = CameraId("cam-2")


def fault(post: PostInHand, *, active: bool, trouble: CameraTrouble = CameraTrouble.FROZEN) -> CameraFault:
    return CameraFault(camera=CAM, fault=trouble, active=active, since_at=post.clock.now(), score=21.5, limit=20.0)


def test_that_a_fault_raises_one_alarm_and_one_work_order_however_often_it_is_told(post: PostInHand) -> None:
    for _ in range(3):
        post.do(camera_health.fault_changed, fault(post, active=True))
        post.pass_time(seconds=30)
    (alarm,) = post.find(Alarm)
    assert (alarm.point, alarm.alarm_class) == ("camera:cam-2/frozen", AlarmClass.FAULT)
    assert "操场" in alarm.title.zh
    assert "画面冻结" in alarm.title.zh
    assert alarm.cameras == (CAM,)
    (order,) = post.find(WorkOrder)
    assert (order.kind, order.subject, order.alarm) == (WorkOrderKind.CAMERA, "camera:cam-2/frozen", alarm.id)
    assert "21.5" in order.fault


def test_that_the_end_restores_the_alarm_and_gives_the_order_its_duration(post: PostInHand) -> None:
    post.do(camera_health.fault_changed, fault(post, active=True))
    post.pass_time(minutes=12)
    post.do(camera_health.fault_changed, fault(post, active=False))
    (alarm,) = post.find(Alarm)
    assert alarm.condition is Condition.NORMAL
    (order,) = post.find(WorkOrder)
    assert order.state is WorkOrderState.OVER
    assert order.over_at is not None
    assert order.over_at - order.opened_at == timedelta(minutes=12)


def test_that_two_faults_of_one_camera_are_two_alarms_and_two_orders(post: PostInHand) -> None:
    post.do(camera_health.fault_changed, fault(post, active=True))
    post.do(camera_health.fault_changed, fault(post, active=True, trouble=CameraTrouble.LOSS))
    assert {alarm.point for alarm in post.find(Alarm)} == {"camera:cam-2/frozen", "camera:cam-2/loss"}
    assert len(post.find(WorkOrder)) == 2


def test_that_the_end_of_a_fault_nobody_knows_changes_nothing(post: PostInHand) -> None:
    before = post.lines()
    post.do(camera_health.fault_changed, fault(post, active=False))
    assert post.lines() == before


def test_that_what_stood_when_the_console_ended_is_looked_for_again(post: PostInHand) -> None:
    assert post.ask(camera_health.standing) == {}
    post.do(camera_health.fault_changed, fault(post, active=True))
    post.do(camera_health.fault_changed, fault(post, active=True, trouble=CameraTrouble.COVERED))
    assert post.ask(camera_health.standing) == {CAM: frozenset({CameraTrouble.FROZEN, CameraTrouble.COVERED})}
    post.do(camera_health.fault_changed, fault(post, active=False))
    assert post.ask(camera_health.standing) == {CAM: frozenset({CameraTrouble.COVERED})}


def test_that_a_subject_is_read_back_also_from_an_id_with_a_slash() -> None:
    for camera in ("cam-1", "yard/east", "a:b"):
        subject = subject_of(CameraId(camera), CameraTrouble.LOW_RATE)
        assert read_subject(subject) == (camera, CameraTrouble.LOW_RATE)
    assert read_subject("camera:cam-1/melted") is None
    assert read_subject("point:cam-1/frozen") is None


def test_that_two_halves_of_a_minute_of_motion_are_one_minute(post: PostInHand) -> None:
    def minute(first: int, second: int) -> MotionMinute:
        bits = bytearray(MOTION_MINUTE_BYTES)
        bits[0], bits[-1] = first, second
        return MotionMinute(id=motion_key(CAM, MORNING), camera=CAM, minute_at=MORNING, bits=bytes(bits))

    post.do(camera_health.motion_kept, minute(0x80, 0))
    post.do(camera_health.motion_kept, minute(0x01, 0xFF))
    (kept,) = post.find(MotionMinute)
    assert (kept.bits[0], kept.bits[-1]) == (0x81, 0xFF)


def test_that_an_overloaded_machine_does_not_blame_its_cameras_for_being_slow(post: PostInHand) -> None:
    slow = CameraTrouble.LOW_RATE
    post.do(wall.note_pace, "seat-1", Pace.HALF, "worker", {})
    post.do(camera_health.fault_changed, fault(post, active=True, trouble=slow))
    assert post.find(Alarm) == ()
    post.do(camera_health.fault_changed, fault(post, active=True, trouble=CameraTrouble.FROZEN))
    assert len(post.find(Alarm)) == 1
    post.do(wall.note_pace, "seat-1", Pace.FULL, "", {})
    post.do(camera_health.fault_changed, fault(post, active=True, trouble=slow))
    assert len(post.find(Alarm)) == 2
