"""A night at an invented post, for the forms: a fire that was one, and the handover in the morning."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from console.models import events
from console.models.alarms import Acknowledgement, Action, Alarm, AlarmClass, Condition, Hiding, Priority, State
from console.models.duty import (
    CarryOver,
    DueItem,
    EquipmentCount,
    Handover,
    HandoverLine,
    HandoverState,
    Shift,
    ShiftState,
    Threat,
    ThreatLevel,
)
from console.models.files import EvidenceFile, HandoverFile, IncidentFile, Letterhead, LockedFootage, Names
from console.models.incidents import (
    Dispatch,
    DispatchState,
    EntryKind,
    Incident,
    IncidentState,
    LogEntry,
    Verdict,
)
from console.models.narrative import timeline, times_of
from console.models.patrol import Round, RoundState, RoundStop, StopState
from console.models.pictures import CameraState, Sight
from console.models.plain import digest
from console.models.plans import Answer, Plan, PlanRun, RunState, Step, StepRun, StepState
from console.models.recording import Lock, Segment, SegmentState, Span
from console.models.signals import Signal, SignalKind
from console.models.site import Contact
from console.models.telling import Telling, Told, ToTell
from console.models.text import Text
from console.models.trust import Evidence, EvidenceKind, Meaning, Signature

ZERO = datetime(2026, 3, 14, 12, 5, 9, tzinfo=UTC)  # 20:05:09 at the site
WANG, LI, ZHAO, SUN = "p-wang", "p-li", "p-zhao", "p-sun"

NAMES = Names(
    people={WANG: "王海燕", LI: "李建国", ZHAO: "赵敏", SUN: "𬱖玉𫖯"},
    places={
        "cam-07": Text("07 东侧走廊", "07 East corridor"),
        "cam-08": Text("08 配电间门口", "08 Switch room door"),
        "gate-east": Text("东门岗", "East gate post"),
        "patrol-2": Text("二号巡逻岗", "Patrol 2"),
        "fire-12": Text("12 号感烟探测器", "Smoke detector 12"),
        "panel": Text("火灾报警主机", "Fire panel"),
        "cp-1": Text("一号楼大厅", "Hall of building 1"),
        "cp-2": Text("地下车库", "Garage"),
        "police": Text("辖区派出所", "Local police station"),
    },
)


def after(seconds: float) -> datetime:
    """So many seconds after the first signal."""
    return ZERO + timedelta(seconds=seconds)


def letterhead() -> Letterhead:
    """The paper of the invented post."""
    return Letterhead(
        site=Text("星河科技园安全值守监控岗", "Monitoring post of Xinghe Technology Park"),
        timezone="Asia/Shanghai",
        printed_by="赵敏",
        made_at=after(7200),
        journal_seq=18342,
        journal_head=hashlib.sha256(b"head").hexdigest(),
    )


def jpeg(text: str, size: tuple[int, int] = (1280, 720)) -> bytes:
    """A picture with some words on it."""
    image = Image.new("RGB", size, (70, 78, 86))
    draw = ImageDraw.Draw(image)
    for step in range(0, size[0], 80):
        draw.line([(step, 0), (size[0] - step, size[1])], fill=(100, 110, 118), width=3)
    draw.rectangle([size[0] * 0.4, size[1] * 0.3, size[0] * 0.6, size[1] * 0.9], fill=(180, 170, 150))
    draw.text((20, 20), text, fill=(255, 255, 255))
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def map_png() -> bytes:
    """A floor plan, roughly."""
    image = Image.new("L", (1000, 560), 255)
    draw = ImageDraw.Draw(image)
    for left, top, right, bottom in ((40, 40, 960, 520), (40, 40, 380, 240), (380, 40, 700, 240), (40, 330, 500, 520)):
        draw.rectangle([left, top, right, bottom], outline=0, width=4)
    draw.ellipse([595, 265, 645, 315], outline=0, width=6)
    draw.line([620, 290, 800, 420], fill=120, width=3)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


# -------------------------------------------------------------------------------- the fire
def plan() -> Plan:
    """A fire plan of seven steps."""
    yes_no = (
        Answer(key="yes", label=Text("看到烟或火", "Smoke or fire seen")),
        Answer(key="no", label=Text("未见异常", "Nothing seen")),
    )
    steps = (
        Step(id="look", kind="confirm", title=Text("查看东侧走廊画面", "Look at the east corridor"), answers=yes_no, due_s=30.0,
             source="GB 25201-2010 5.3"),
        Step(id="send", kind="dispatch", title=Text("派最近巡逻岗到场核实", "Send the nearest patrol to verify"), due_s=60.0,
             source="微型消防站标准（公消〔2015〕301号）"),
        Step(id="call", kind="call", title=Text("拨打 119 报警", "Call 119"), due_s=60.0, source="GB 25201-2010 5.3"),
        Step(id="tell", kind="call", title=Text("通知主管和班长", "Tell the supervisor and the shift leader"), due_s=120.0),
        Step(id="evacuate", kind="note", title=Text("启动应急广播并组织疏散", "Start the announcement and evacuate"), due_s=180.0),
        Step(id="gas", kind="question", title=Text("切断燃气", "Shut off the gas"), mandatory=False, due_s=120.0),
        Step(id="guard", kind="note", title=Text("安排专人引导消防车", "Post somebody to lead in the fire engine")),
        Step(id="false", kind="note", title=Text("误报复位", "Reset a false alarm")),
    )  # fmt: skip
    made = Plan(
        id="fire",
        version=3,
        title=Text("火警处置预案", "Fire response plan"),
        classes=(AlarmClass.FIRE,),
        steps=steps,
        source="GB 25201-2010，反恐安全防范工作制度",
        effective="2026-01-01",
    )
    return replace(made, digest=digest(made))


def alarm() -> Alarm:
    """The detector's alarm as it stood at the end."""
    return Alarm(
        id="a-1",
        key="fire-12|fire",
        point="fire-12",
        source="panel",
        alarm_class=AlarmClass.FIRE,
        priority=Priority.CRITICAL,
        title=Text("12 号感烟探测器火警", "Fire: smoke detector 12"),
        code="FA",
        place_name=Text("3号楼 二层 东侧走廊", "Building 3, floor 2, east corridor"),
        cameras=("cam-07", "cam-08"),
        condition=Condition.NORMAL,
        first_at=ZERO,
        last_at=after(95),
        count=3,
        acknowledged=Acknowledgement(by=WANG, at=after(7), seat="A1", lease_until_at=after(187)),
        incident="i-1",
        is_reset=True,
        closed_at=after(1860),
    )


def visits() -> tuple[StepRun, ...]:
    """What became of the steps."""

    def done(step: str, start: float, end: float, due: float | None, answer: str = "", **value: object) -> StepRun:
        return StepRun(
            step=step,
            state=StepState.DONE,
            started_at=after(start),
            due_at=after(start + due) if due else None,
            ended_at=after(end),
            by=WANG,
            seat="A1",
            answer=answer,
            value=value,
        )

    return (
        done("look", 9, 24, 30, "yes"),
        done("send", 24, 33, 60, "", post="patrol-2"),
        done("call", 33, 55, 60, "answered", contact="police", name="119 消防", phone="119"),
        done("tell", 55, 201, 120, "no_answer", name="李建国"),
        done("evacuate", 201, 290, 180, "", text="应急广播已启动，二层人员由东侧楼梯疏散，共 14 人。"),
        StepRun(
            step="gas",
            state=StepState.SKIPPED,
            started_at=after(290),
            due_at=after(410),
            ended_at=after(302),
            by=WANG,
            seat="A1",
            reason="3号楼没有燃气管道",
        ),
        done("guard", 302, 340, None, "", text="南门岗"),
    )


def run() -> PlanRun:
    """The plan as it was followed."""
    return PlanRun(
        id="r-1",
        incident="i-1",
        plan=plan(),
        state=RunState.COMPLETE,
        started_at=after(9),
        started_by=WANG,
        ended_at=after(340),
        visits=visits(),
    )


def dispatch() -> Dispatch:
    """The patrol with its six times."""
    at = (33, 38, 45, 152, 480, 1500)
    return Dispatch(
        id="d-1",
        incident="i-1",
        post="patrol-2",
        post_name=Text("二号巡逻岗", "Patrol 2"),
        state=DispatchState.RETURNED,
        times=tuple((state, after(seconds)) for state, seconds in zip(DispatchState, at, strict=True)),
        by=WANG,
        note="带灭火器和防烟面罩",
    )


def incident() -> Incident:
    """The case, closed."""
    return Incident(
        id="i-1",
        number="2026-0042",
        title=Text("12 号感烟探测器火警", "Fire: smoke detector 12"),
        alarm_class=AlarmClass.FIRE,
        priority=Priority.CRITICAL,
        state=IncidentState.CLOSED,
        alarms=("a-1",),
        runs=("r-1",),
        place_name=Text("3号楼 二层 东侧走廊", "Building 3, floor 2, east corridor"),
        detected_at=ZERO,
        opened_at=after(9),
        opened_by=WANG,
        closed_at=after(1860),
        closed_by=WANG,
        verdict=Verdict.REAL_FIRE,
        cause="走廊充电的电动自行车电池起火，充电器型号不匹配。",
        summary="20:05 二层东侧走廊感烟探测器报警，监控画面见烟。二号巡逻岗到场后用两具干粉灭火器扑灭，"
        "消防队 20:17 到场复查确认无复燃。无人受伤，烧毁电动自行车一辆，墙面熏黑约 4 平方米。",
    )


def entries() -> tuple[LogEntry, ...]:
    """What people wrote."""

    def entry(number: int, kind: EntryKind, text: str, happened: float, written: float | None = None) -> LogEntry:
        return LogEntry(
            id=f"e-{number}",
            kind=kind,
            text=text,
            happened_at=after(happened),
            written_at=after(happened if written is None else written),
            by=WANG,
            incident="i-1",
        )

    return (
        entry(1, EntryKind.CALL, "拨打 119 报警：119 消防 119 已接通，已告知", 55),
        entry(2, EntryKind.RADIO, "二号巡逻岗：二层东侧走廊有明火，电动车起火，正在扑救", 160),
        entry(3, EntryKind.CALL, "通知主管和班长：李建国 无人接听", 201),
        entry(4, EntryKind.NOTE, "保洁员称 20:03 已闻到焦味", -120, 900),
        entry(5, EntryKind.INSTRUCTION, "主管赵敏：保护现场，通知物业停用该楼充电插座", 620),
        entry(6, EntryKind.CORRECTION, "疏散人数为 15 人", 1300),
    )


def evidence(folder: Path | None) -> tuple[EvidenceFile, ...]:
    """Two pictures, a clip that is not here, and a picture that was changed after it was kept."""
    kept = []
    for number, (camera, words) in enumerate(
        (("cam-07", "EAST CORRIDOR 20:05:12"), ("cam-08", "SWITCH ROOM 20:05:12"), ("cam-07", "CHANGED")), 1
    ):
        data = jpeg(words)
        path = ""
        if folder is not None:
            file = folder / f"snapshot-{number}.jpg"
            file.write_bytes(data + (b"\0" if words == "CHANGED" else b""))
            path = str(file)
        kept.append(
            EvidenceFile(
                evidence=Evidence(
                    id=f"v-{number}",
                    kind=EvidenceKind.SNAPSHOT,
                    file=f"evidence/2026/03/snapshot-{number}.jpg",
                    size_bytes=len(data),
                    sha256=hashlib.sha256(data).hexdigest(),
                    taken_at=after(3 * number),
                    camera=camera,
                    alarm="a-1",
                    incident="i-1",
                    caption="报警联动抓拍",
                ),
                path=path,
            )
        )
    clip = Evidence(
        id="v-9",
        kind=EvidenceKind.CLIP,
        file="evidence/2026/03/cam-07-200500.mkv",
        size_bytes=48_211_034,
        sha256=hashlib.sha256(b"clip").hexdigest(),
        taken_at=after(-9),
        camera="cam-07",
        incident="i-1",
        by=WANG,
        caption="事发前 10 秒起",
    )
    return (*kept, EvidenceFile(evidence=clip, path="/nowhere/cam-07-200500.mkv"))


def locked() -> tuple[LockedFootage, ...]:
    """One camera that was recorded throughout, one with two gaps, one that was not, and one whose lock was lifted."""
    begin, end = after(-300), after(2160)

    def kept(camera: str, *spans: tuple[float, float], missing: tuple[tuple[float, float], ...] = (), **more: object) -> LockedFootage:
        lock = Lock(
            id=f"l-{camera}", camera=camera, from_at=begin, until_at=end, reason="事件 2026-0042", by=WANG,
            made_at=after(9), incident="i-1", **more,
        )  # fmt: skip
        segments = tuple(
            Segment(
                id=f"{camera}-{start}", camera=camera, volume="v", file=f"{start}.ts", state=SegmentState.CLOSED,
                started_at=after(start), ended_at=after(start + 60), media_s=60.0,
                sha256=hashlib.sha256(f"{camera}{start}".encode()).hexdigest(),
            )
            for first, last in spans
            for start in range(int(first), int(last), 60)
        )  # fmt: skip
        gaps = tuple(Span(after(first), after(last)) for first, last in missing)
        return LockedFootage(lock=lock, segments=segments, until_at=end, missing=gaps)

    return (
        kept("cam-07", (-300, 2160)),
        kept("cam-08", (-300, 240), (360, 480), missing=((240, 360), (480, 2160))),
        kept("gate-east", missing=((-300, 2160),)),
        kept("cp-1", (-300, -180), missing=((-180, 2160),), released_at=after(3000), released_by=ZHAO,
             release_reason="画面与本案无关"),
    )  # fmt: skip


def signals() -> tuple[Signal, ...]:
    """What the panel sent."""

    def signal(number: int, seconds: float, kind: SignalKind) -> Signal:
        return Signal(
            id=f"s-{number}",
            source="panel",
            kind=kind,
            point="fire-12",
            code="FA" if kind is SignalKind.ALARM else "FR",
            alarm_class="fire",
            priority=1,
            text_zh="感烟探测器动作" if kind is SignalKind.ALARM else "感烟探测器恢复",
            text_en="smoke detector operated" if kind is SignalKind.ALARM else "smoke detector restored",
            received_at=after(seconds),
            source_at=after(seconds - 2),
            raw=b'\n0017"SIA-DCS"...',
            alarm="a-1",
        )

    return (
        signal(1, 0, SignalKind.ALARM),
        signal(2, 40, SignalKind.ALARM),
        signal(3, 95, SignalKind.ALARM),
        signal(4, 700, SignalKind.RESTORE),
    )


def happened(folder: Path | None = None) -> tuple[events.Event, ...]:
    """The journal lines of the fire, in the order of the journal."""
    first, second, third, restored = signals()
    final = alarm()
    raised = replace(
        final, condition=Condition.ACTIVE, count=1, acknowledged=None, incident=None, is_reset=False, closed_at=None
    )
    open_case = replace(
        incident(), state=IncidentState.OPEN, closed_at=None, closed_by=None, verdict=None, cause="", summary=""
    )
    whole, sent = run(), dispatch()
    people: dict[str, str] = {"by": WANG, "seat": "A1"}
    told: list[events.Event] = [
        events.SignalReceived(at=ZERO, signal=first),
        events.AlarmRaised(at=ZERO, alarm=raised),
        *(events.EvidenceKept(at=one.evidence.taken_at, evidence=one.evidence) for one in evidence(folder)[:2]),
        events.AlarmChanged(at=after(7), alarm=replace(raised, acknowledged=final.acknowledged), action=Action.ACKNOWLEDGE, **people),
        events.IncidentOpened(at=after(9), incident=open_case, **people),
        events.PlanRunStarted(at=after(9), run=replace(whole, visits=(), state=RunState.ACTIVE), **people),
    ]  # fmt: skip
    for number, visit in enumerate(whole.visits, 1):
        assert visit.ended_at is not None
        change = "skipped" if visit.state is StepState.SKIPPED else "answered"
        state = RunState.COMPLETE if number == len(whole.visits) else RunState.ACTIVE
        now = replace(whole, visits=whole.visits[:number], state=state)
        if visit.late and visit.due_at:
            told.append(events.PlanRunChanged(at=visit.due_at, run=now, step=visit.step, change="late"))
        told.append(events.PlanRunChanged(at=visit.ended_at, run=now, step=visit.step, change=change, **people))
    told += [
        events.SignalReceived(at=second.received_at, signal=second),
        events.AlarmChanged(at=after(40), alarm=replace(raised, count=2), action=Action.SIGNAL),
        events.SignalReceived(at=third.received_at, signal=third),
        events.SignalReceived(at=restored.received_at, signal=restored),
        events.AlarmChanged(at=after(700), alarm=replace(final, is_reset=False, closed_at=None), action=Action.RESTORE),
    ]
    for count in range(1, len(sent.times) + 1):
        state, at = sent.times[count - 1]
        told.append(
            events.DispatchChanged(at=at, dispatch=replace(sent, state=state, times=sent.times[:count]), **people)
        )
    told += [events.EntryWritten(at=entry.written_at, entry=entry, **people) for entry in entries()]
    told += [
        events.AlarmChanged(at=after(1700), alarm=replace(final, closed_at=None), action=Action.RESET, **people),
        events.IncidentChanged(at=after(1860), incident=incident(), **people),
    ]
    return tuple(sorted(told, key=lambda event: event.at))


def incident_file(folder: Path | None = None, *, repeat: int = 1) -> IncidentFile:
    """The whole fire; `repeat` tells its timeline so many times over."""
    told = happened(folder)
    lines = timeline(told, names=NAMES, zero_at=ZERO)
    return IncidentFile(
        letterhead=letterhead(),
        incident=incident(),
        alarms=(alarm(),),
        signals=signals(),
        runs=(run(),),
        dispatches=(dispatch(),),
        entries=entries(),
        evidence=evidence(folder),
        locked=locked(),
        lines=lines * repeat,
        times=times_of(incident(), told),
        names=NAMES,
        place=Text("3号楼 二层 东侧走廊", "Building 3, floor 2, east corridor"),
        map_png=map_png(),
        map_name=Text("3号楼二层", "Building 3, floor 2"),
        told=to_tell(),
        distribution=(Text("物业主管", "Property supervisor"), Text("辖区派出所", "Local police station"), Text("存档", "Archive")),
    )  # fmt: skip


def tellings() -> tuple[Telling, ...]:
    """A telling with every result."""
    office = Telling(
        contact="office", name=Text("物业办公室", "Property office"), role="property", phone="0755-0000 0200",
        result=Told.TOLD, told_at=after(200), by=LI,
    )  # fmt: skip
    return tuple(replace(office, result=result, note="the deputy", told_at=after(210)) for result in Told)


def to_tell() -> tuple[ToTell, ...]:
    """Four contacts: told at the second try, somebody else told, not necessary, and one whom nobody has told."""
    names = ("office", "supervisor", "station", "engineer")
    texts = (
        Text("物业办公室", "Property office"),
        Text("安保主管 刘芳", "Security supervisor Liu Fang"),
        Text("星河路派出所", "Xinghe Road police station"),
        Text("工程部值班", "Engineering on call"),
    )
    roles = ("property", "supervisor", "police_station", "")
    results = (
        ((Told.NOT_REACHED, ""), (Told.TOLD, "")),
        ((Told.TOLD_OTHER, "值班经理 𬱖玉，请其转告并十分钟内到场"),),
        ((Told.NOT_NECESSARY, "已由 119 转告"),),
        (),
    )
    made = []
    for number, (name, text, role) in enumerate(zip(names, texts, roles, strict=True)):
        contact = Contact(id=name, name=text, phone=f"0755-0000 020{number}", role=role)
        tried = tuple(
            Telling(
                contact=name, name=text, role=role, phone=contact.phone, result=result, note=words,
                told_at=after(180 + 30 * turn), by=LI,
            )
            for turn, (result, words) in enumerate(results[number])
        )  # fmt: skip
        made.append(ToTell(contact=contact, tellings=tried))
    return tuple(made)


def empty_incident_file() -> IncidentFile:
    """A case of which nothing is known but that it is open."""
    bare = replace(
        incident(),
        state=IncidentState.OPEN,
        closed_at=None,
        closed_by=None,
        verdict=None,
        cause="",
        summary="",
        drill=True,
    )
    return IncidentFile(letterhead=letterhead(), incident=bare, names=NAMES)


# -------------------------------------------------------------------------------- the handover
NIGHT = datetime(2026, 3, 14, 11, 0, tzinfo=UTC)
MORNING = NIGHT + timedelta(hours=12)


def line(section: str, ref: str, zh: str, en: str, flagged: bool = False) -> HandoverLine:
    """A line that the machine filled in."""
    return HandoverLine(section=section, ref=ref, text=Text(zh, en), flagged=flagged)


def carry(number: int, text: str, owner: str, opened_at: datetime, handed: int) -> CarryOver:
    """Something unfinished."""
    return CarryOver(id=f"c-{number}", text=text, owner=owner, opened_at=opened_at, opened_by=LI, handed_count=handed)


def handover() -> Handover:
    """The handover of the night, in effect."""
    counted = (
        ("对讲机", "Radio", 6, 6, ""),
        ("对讲机备用电池", "Spare radio battery", 6, 5, "1 块在二号巡逻岗充电"),
        ("钥匙（1–12 号柜）", "Keys (cabinets 1–12)", 12, 12, ""),
        ("强光手电", "Torch", 4, 4, ""),
        ("橡胶警棍", "Baton", 4, 4, ""),
        ("防暴钢叉", "Restraint fork", 2, 2, ""),
        ("防暴盾牌", "Shield", 2, 2, ""),
        ("灭火器（值班室）", "Fire extinguisher", 2, 0, "事件 2026-0042 用去 2 具，已报补充"),
        ("急救箱", "First-aid kit", 1, 1, ""),
        ("巡更棒", "Patrol reader", 2, 2, ""),
    )
    return Handover(
        id="h-1",
        shift="sh-night",
        state=HandoverState.REVIEWED,
        opened_at=MORNING - timedelta(minutes=40),
        frozen_at=MORNING - timedelta(minutes=14),
        effective_at=MORNING + timedelta(minutes=1),
        outgoing=(WANG, LI),
        incoming=(SUN, ZHAO),
        threat=Threat(id="threat", level=ThreatLevel.YELLOW, reason="园区周末有大型活动", set_at=NIGHT, set_by=ZHAO),
        weather="小雨，8–14 ℃",
        figures={
            "alarms": 17,
            "alarms_real": 1,
            "alarms_false": 14,
            "alarms_open": 2,
            "incidents": 2,
            "incidents_open": 1,
            "rounds": 6,
            "rounds_complete": 5,
            "stops": 72,
            "stops_reached": 70,
            "dispatches": 4,
            "entries": 23,
            "acknowledge_median_s": 11,
            "due_overdue": 1,
        },
        lines=(
            line("alarms", "a-7", "地下车库 3 号水浸报警，已确认未恢复", "Flood detector 3, garage: not restored", True),
            line("incidents", "i-1", "2026-0042 走廊充电起火，已扑灭，待调查报告", "2026-0042 fire in the corridor, out", True),
            line("bypass", "a-9", "北围墙 4 区", "North fence zone 4"),
            line("equipment", "cam-08", "摄像机 08 离线 02:14 起", "Camera 08 offline since 02:14"),
            line("patrol", "ro-1", "04:00 轮次漏检地下车库", "04:00 round missed the garage"),
            line("carry", "c-1", "北围墙 4 区", "North fence zone 4", True),
            line("carry", "c-2", "3 号门禁", "Door 3"),
            line("carry", "c-3", "备用电池", "Spare battery"),
            line("due", "du-1", "事件 2026-0042 调查报告", "Investigation report of 2026-0042", True),
        ),
        equipment=tuple(
            EquipmentCount(item=f"eq-{n}", name=Text(zh, en), expected=expected, actual=actual, note=words)
            for n, (zh, en, expected, actual, words) in enumerate(counted)
        ),
        instructions="主管赵敏 22:40：活动期间南门双人值守，人员进出逐一核验。三班均已阅。",
        expect="10:00 北围墙维修单位进场，须核对作业票；若下雨加大，每小时查看地下车库集水坑；09:30 消防队回访。",
        remarks="值班室卫生已打扫。",
        read_back=("地下车库水浸未恢复，雨大每小时看一次", "北围墙 4 区屏蔽到 12:00，维修单位 10:00 到", "今晚 20:05 前交事件调查报告"),
        objection="灭火器缺 2 具未见补充单。",
        settlement="班长：补充单已于 06:10 提交，编号 WP-118，接班人已阅。",
    )  # fmt: skip


def signature(number: int, person: str, meaning: Meaning, at: datetime, record_digest: str) -> Signature:
    """One signature under the handover."""
    return Signature(
        id=f"sig-{number}",
        record_kind="handover",
        record_id="h-1",
        record_digest=record_digest,
        person=person,
        person_name=NAMES.person(person),
        meaning=meaning,
        signed_at=at,
        seat="A1",
    )


SIGNING_KEY = "9f3a 61c2 0b7e d845 1f20 aa91 73c6 e58d"


def handover_file() -> HandoverFile:
    """An ordinary morning."""
    book = handover()
    record_digest = digest(book)
    bypass = replace(
        alarm(),
        id="a-9",
        alarm_class=AlarmClass.FAULT,
        priority=Priority.MEDIUM,
        title=Text("北围墙 4 区振动光纤", "North fence zone 4, fibre"),
        place_name=Text("北围墙", "North fence"),
        hiding=Hiding(kind=State.SUPPRESSED, by=LI, reason="围墙维修，频繁误报", until_at=MORNING + timedelta(hours=5)),
        closed_at=None,
        incident=None,
    )
    camera = CameraState(
        camera="cam-08",
        sight=Sight.OFFLINE,
        since_at=NIGHT + timedelta(hours=7, minutes=14),
        reason_zh="连接被拒绝",
        reason_en="connection refused",
    )
    walk = Round(
        id="ro-1",
        route="r",
        route_name=Text("全区夜巡", "Night round"),
        post="patrol-2",
        started_at=NIGHT + timedelta(hours=9),
        stops=(
            RoundStop(checkpoint="cp-1", due_at=NIGHT, tolerance_s=60, state=StopState.ON_TIME, reached_at=NIGHT),
            RoundStop(checkpoint="cp-2", due_at=NIGHT, tolerance_s=60, state=StopState.MISSED),
        ),
        state=RoundState.INCOMPLETE,
    )
    return HandoverFile(
        signing_key=SIGNING_KEY,
        letterhead=replace(letterhead(), made_at=MORNING + timedelta(minutes=20)),
        handover=book,
        shift=Shift(
            id="sh-night",
            name=Text("夜班", "Night shift"),
            state=ShiftState.HANDED_OVER,
            started_at=NIGHT,
            planned_end_at=MORNING,
            ended_at=MORNING + timedelta(minutes=1),
            leader=LI,
            crew=(WANG, LI),
        ),
        next_shift=Shift(
            id="sh-day",
            name=Text("白班", "Day shift"),
            started_at=MORNING,
            planned_end_at=MORNING + timedelta(hours=12),
            leader=ZHAO,
            crew=(SUN, ZHAO),
        ),
        record_digest=record_digest,
        signatures=(
            signature(1, WANG, Meaning.HAND_OVER, MORNING - timedelta(minutes=1), record_digest),
            signature(2, SUN, Meaning.TAKE_OVER, MORNING + timedelta(minutes=1), record_digest),
            signature(3, LI, Meaning.REVIEW, MORNING + timedelta(minutes=9), record_digest),
        ),
        carry_overs=(
            carry(1, "北围墙 4 区振动光纤误报，等维修单位 10:00 进场", "工程部 周强", NIGHT - timedelta(days=2), 4),
            carry(2, "3 号门禁读卡器偶发不识别，已报修 WO-2291", "李建国", NIGHT, 1),
            carry(3, "对讲机备用电池 1 块未归还", "二号巡逻岗", MORNING - timedelta(minutes=20), 0),
        ),
        alarms=(),
        bypasses=(bypass,),
        cameras=(camera,),
        cameras_total=16,
        sources=(),
        sources_total=3,
        due=(
            DueItem(
                id="du-1",
                kind="investigation",
                ref="i-1",
                title=Text("事件 2026-0042 调查报告", "Investigation report of incident 2026-0042"),
                due_at=after(86400),
            ),
        ),
        rounds=(walk,),
        names=NAMES,
    )  # fmt: skip


def empty_handover_file() -> HandoverFile:
    """A draft nobody has filled in."""
    book = Handover(id="h-2", shift="sh-night", opened_at=MORNING)
    return HandoverFile(
        letterhead=letterhead(),
        handover=book,
        shift=Shift(id="sh-night", name=Text("夜班", "Night shift"), started_at=NIGHT, planned_end_at=MORNING),
        record_digest=digest(book),
    )


# -------------------------------------------------------------------------------- every form, full and empty
def of_form(key: str, folder: Path | None = None) -> dict[str, IncidentFile | HandoverFile]:
    """Samples of a form's content by name; a form without samples has no contract tests and fails them."""
    from tests.reports import registers

    made: dict[str, dict[str, IncidentFile | HandoverFile]] = {
        "incident": {"full": incident_file(folder), "empty": empty_incident_file()},
        "handover": {"full": handover_file(), "empty": empty_handover_file()},
    }
    return made[key] if key in made else registers.of_form(key)
