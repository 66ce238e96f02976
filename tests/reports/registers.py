"""Samples of the forms that are registers: months, days and rounds of an ordinary post."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from console.models.alarms import AlarmClass, Priority
from console.models.figures import Counted, figures
from console.models.files import (
    AlarmFiguresFile,
    FootageRegisterFile,
    FootageRequestFile,
    VideoRoundFile,
    WorkOrdersFile,
)
from console.models.footage import ExportJob, FootageRequest, JobState, Package, RequestId, RequestKind, RequestState
from console.models.ids import CameraId, IncidentId, PersonId, PointId, SourceId
from console.models.inputs import LedgerFile, LedgerRow
from console.models.playback import Purpose, Viewing
from console.models.settings import SETTINGS
from console.models.text import Text
from console.models.wall import Finding, VideoCheck, VideoRound, VideoRoundState
from console.models.work_orders import WorkOrder, WorkOrderKind, WorkOrderState
from tests.reports import samples


def work_orders_file() -> WorkOrdersFile:
    """A month with an order in each state, one of them with a very long fault."""
    minute = timedelta(minutes=1)
    opened = WorkOrder(
        id="wo-1",
        number="2026-0001",
        kind=WorkOrderKind.CAMERA,
        subject="camera:cam-07/frozen",
        title=Text("东侧走廊摄像机画面冻结", "The picture of the east corridor is frozen"),
        place_name=Text("3号楼 二层", "Building 3 Floor 2"),
        fault="画面停在 19:42，重启后仍然如此。" * 12,
        opened_at=samples.ZERO,
    )
    reported = WorkOrder(
        id="wo-2",
        number="2026-0002",
        kind=WorkOrderKind.FALSE_ALARMS,
        subject="point:dc09:1234/12",
        title=Text("北门红外 24 小时内误报 3 次", "North gate infrared: 3 false alarms in 24 h"),
        state=WorkOrderState.REPORTED,
        opened_at=samples.ZERO + minute,
        assigned_to="安防维保公司 王工 13800000000",
        reported_at=samples.ZERO + 31 * minute,
    )
    closed = WorkOrder(
        id="wo-3",
        number="2026-0003",
        kind=WorkOrderKind.BY_HAND,
        subject="by_hand:1",
        title=Text("大门道闸不落杆", "The barrier of the main gate does not come down"),
        state=WorkOrderState.CLOSED,
        opened_at=samples.ZERO + 5 * minute,
        opened_by=samples.LI,
        assigned_to="工程部",
        reported_at=samples.ZERO + 9 * minute,
        over_at=samples.ZERO + 185 * minute,
        remedy="更换限位开关，试机 5 次正常。",
        closed_at=samples.ZERO + 190 * minute,
        closed_by=samples.ZHAO,
    )
    letterhead = samples.handover_file().letterhead
    return WorkOrdersFile(
        letterhead=letterhead, month="2026-03", orders=(opened, reported, closed), names=samples.NAMES
    )


def ledger_file() -> LedgerFile:
    """A day on which one source lost something and another had strangers; more sources than one page holds."""
    plain = LedgerRow(
        source=SourceId("panel"), name=Text("周界与消防主机", "Perimeter and fire panel"), kind="sia_dc09"
    )
    bad = replace(
        plain, received=1204, repeated=37, raised=61, shown=58, handled=59, unshown=3, gaps=2, canaries=288,
        canaries_shown=286, canaries_missing=2, quarantined=4,
    )  # fmt: skip
    good = replace(
        plain, name=Text("一号楼火灾报警传输装置" * 3, "Fire transmitter of building one " * 3), received=12, raised=2
    )
    return LedgerFile(
        letterhead=samples.letterhead(),
        day="2026-03-14",
        until_at=samples.after(7200),
        shown_within_s=20.0,
        rows=(bad, *(replace(good, source=SourceId(f"s-{n}")) for n in range(40))),
    )


def alarm_figures_file() -> AlarmFiguresFile:
    """A busy night: a flood in the middle of it, one noisy point."""
    counted = [
        Counted(
            point=PointId("beam-east-2" if n % 3 else f"zone-{n}"),
            alarm_class=AlarmClass.INTRUSION,
            priority=Priority.CRITICAL if n % 17 == 0 else Priority.HIGH if n % 5 == 0 else Priority.MEDIUM,
            received_at=samples.ZERO + timedelta(minutes=9 * n if n < 40 else 360 + n / 4),
            shown_at=samples.ZERO + timedelta(minutes=9 * n if n < 40 else 360 + n / 4, seconds=0.08),
            acked_at=samples.ZERO + timedelta(minutes=9 * n if n < 40 else 360 + n / 4, seconds=5 + n)
            if n % 7
            else None,
            chattering=n == 8,
        )
        for n in range(90)
    ]
    names = {PointId(f"zone-{n}"): Text(f"{n} 防区", f"Zone {n}") for n in range(90)}
    names[PointId("beam-east-2")] = Text("东侧周界红外对射 2", "East perimeter beam 2")
    made = figures(
        counted,
        samples.ZERO,
        samples.ZERO + timedelta(hours=12),
        now=samples.ZERO + timedelta(hours=13),
        operators=2,
        names=names,
    )
    targets = {one.key: float(one.default) for one in SETTINGS if one.key.startswith("figures.")}
    return AlarmFiguresFile(letterhead=samples.handover_file().letterhead, figures=made, targets=targets)


def no_figures_file() -> AlarmFiguresFile:
    """A night in which nothing happened."""
    full = alarm_figures_file()
    made = figures((), samples.ZERO, samples.ZERO + timedelta(hours=12), now=samples.ZERO + timedelta(hours=13))
    return AlarmFiguresFile(letterhead=full.letterhead, figures=made, targets=full.targets)


def video_round_file() -> VideoRoundFile:
    """A round over forty cameras with two findings, one of them told at length."""
    cameras = ("cam-07", "cam-08", *(f"cam-{n}" for n in range(10, 48)))
    seen = {
        "cam-08": "画面左上角有水珠，夜间看不清配电间门锁。",
        "cam-12": "车棚上方的灯闪烁，画面每隔几秒变黑。" * 6,
    }
    checks = tuple(
        VideoCheck(
            camera=camera,
            finding=Finding.ABNORMAL if camera in seen else Finding.NORMAL,
            at=samples.ZERO + timedelta(seconds=9 * at),
            by=samples.LI,
            note=seen.get(camera, ""),
        )
        for at, camera in enumerate(cameras)
    )
    walked = VideoRound(
        id="vr-1",
        number="2026-00042",
        sequence="s-1",
        sequence_name="夜间重点部位",
        cameras=cameras,
        state=VideoRoundState.COMPLETED,
        started_at=samples.ZERO,
        started_by=samples.LI,
        ended_at=samples.ZERO + timedelta(minutes=6),
        ended_by=samples.LI,
        checks=checks,
    )
    numbers = {camera: at for at, camera in enumerate(cameras, start=1)}
    letterhead = samples.handover_file().letterhead
    return VideoRoundFile(letterhead=letterhead, round=walked, numbers=numbers, names=samples.NAMES)


def footage_request_file() -> FootageRequestFile:
    """A request that went all its way, with words as long as people write them."""
    asked = FootageRequest(
        id=RequestId("fr-1"), number="2026-0007", state=RequestState.HANDED_OVER, organisation="市公安局东区分局刑侦大队",
        requester="张建国", document="人民警察证 081577；调取证据通知书 东公刑调字〔2026〕77 号",
        purpose="盗窃案侦查，《刑事诉讼法》第五十四条" * 2, reason="19:50 前后经东侧走廊离开、携带黑色双肩包的男子",
        cameras=(CameraId("cam-07"), CameraId("cam-08")), from_at=samples.ZERO, until_at=samples.ZERO + timedelta(minutes=30),
        asked_at=samples.ZERO + timedelta(hours=1), asked_by=PersonId(samples.LI),
        decided_at=samples.ZERO + timedelta(hours=2), decided_by=PersonId(samples.ZHAO), approved_digest="ab12" * 16,
        job=ExportJob(
            state=JobState.DONE, folder="/srv/exports/2026-0007", by=PersonId(samples.ZHAO), begun_at=samples.ZERO
        ),
        package=Package(
            files=37, size_bytes=412_345_678, gaps=1, manifest_sha256="5f" * 32, fingerprint="3A5C 9911 0E0F 7A21 55D0 FFE2 0101 9C3B",
            archive_sha256="77" * 32, made_at=samples.ZERO + timedelta(hours=3),
        ),
        handed_at=samples.ZERO + timedelta(hours=4), handed_by=PersonId(samples.ZHAO), handed_to="张建国", medium="U盘 SN-0042",
    )  # fmt: skip
    letterhead = samples.handover_file().letterhead
    return FootageRequestFile(
        letterhead=letterhead,
        request=asked,
        incident="2026-0003",
        fingerprint="3A5C 9911 0E0F 7A21 55D0 FFE2 0101 9C3B",
        numbers={"cam-07": 7},
        names=samples.NAMES,
    )


def footage_register_file() -> FootageRegisterFile:
    """A month with a request in each state, and one of somebody who looked."""
    asked = footage_request_file()
    requests = tuple(
        replace(
            asked.request,
            id=RequestId(f"fr-{state}"),
            number=f"2026-{n:04d}",
            state=state,
            incident=IncidentId("i-1") if n == 1 else None,
            refusal="与申请的用途无关" if state is RequestState.REFUSED else "",
            decided_at=None if state is RequestState.ASKED else asked.request.decided_at,
            handed_at=asked.request.handed_at if state is RequestState.HANDED_OVER else None,
            handed_to="张建国" if state is RequestState.HANDED_OVER else "",
        )
        for n, state in enumerate(RequestState, 1)
    )
    number, kind = f"2026-{len(requests) + 1:04d}", RequestKind.VIEWING
    looked = replace(requests[-1], id=RequestId("fr-looked"), number=number, kind=kind, job=None, package=None, medium="")
    return FootageRegisterFile(
        letterhead=asked.letterhead, month="2026-03", requests=(*requests, looked), viewings=_viewings(), names=samples.NAMES,
        cases={IncidentId("i-1"): "2026-0003"},
    )


def _viewings() -> tuple[Viewing, ...]:
    """Somebody looked for a case, somebody for a request, and somebody was never seen to leave."""
    minute = timedelta(minutes=1)
    case = Viewing(
        camera=CameraId("cam-07"),
        by=samples.WANG,
        seat="1",
        begun_at=samples.ZERO + 3 * minute,
        ended_at=samples.ZERO + 6 * minute,
        from_at=samples.ZERO - minute,
        until_at=samples.ZERO + 2 * minute,
        purpose=Purpose(reason="事件 2026-0007"),
    )
    asked = replace(
        case, by=samples.ZHAO, camera=CameraId("cam-08"), begun_at=samples.ZERO + 50 * minute,
        purpose=Purpose(reason="派出所查阅", request="2026-0003"),
    )  # fmt: skip
    return case, asked, replace(case, by=samples.LI, ended_at=None, until_at=case.from_at, purpose=Purpose())


def of_form(key: str) -> dict[str, Any]:
    """Samples of a register by name; KeyError for a form that is none."""
    if key == "source_ledger":
        return {"full": ledger_file(), "empty": replace(ledger_file(), rows=())}
    if key == "footage_request":
        whole = footage_request_file()
        asked = replace(
            whole.request, state=RequestState.ASKED, decided_at=None, decided_by=None, approved_digest="", job=None,
            package=None, handed_at=None, handed_by=None, handed_to="", medium="", reason="",
        )  # fmt: skip
        return {"full": whole, "empty": replace(whole, request=asked, fingerprint="")}
    if key == "footage_register":
        return {"full": footage_register_file(), "empty": replace(footage_register_file(), requests=(), viewings=())}
    work_orders = work_orders_file()
    if key == "video_round":
        walked = video_round_file()
        begun = replace(walked.round, checks=(), state=VideoRoundState.BROKEN_OFF, ended_by=None, reason="全站停电，画面中断")
        return {"full": walked, "empty": replace(walked, round=begun)}
    return {
        "work_orders": {
            "full": work_orders,
            "empty": WorkOrdersFile(letterhead=work_orders.letterhead, month="2026-03"),
        },
        "alarm_figures": {"full": alarm_figures_file(), "empty": no_figures_file()},
    }[key]
