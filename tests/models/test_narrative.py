"""Journal lines told as sentences: every kind of event, in both languages, in the order it happened."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.models import events
from console.models.alarms import Action, AlarmClass
from console.models.duty import CarryOver, CarryState, DueItem, DueState, HandoverState
from console.models.files import Names, Teller
from console.models.footage import ExportJob, FootageRequest, JobState, Package, RequestState
from console.models.ids import SourceId
from console.models.incidents import DispatchState, EntryKind
from console.models.inputs import Canary, CanaryResult, Quarantined
from console.models.narrative import tell, timeline, times_of
from console.models.patrol import Punch, RoundState
from console.models.people import Person, Role, SignOn
from console.models.phrases import Context, offset, span
from console.models.pictures import CameraState, Sight
from console.models.plans import RunState
from console.models.recording import Bookmark, Hashed, Lock, RecorderState, RecordMode, Volume
from console.models.sentences import TELLS
from console.models.signals import SourceHealth
from console.models.suppression import Suppression, SuppressionKind
from console.models.text import Text
from console.models.trust import Meaning, PrintedReport
from console.models.wall import (
    CameraSequence,
    Cost,
    Finding,
    Layout,
    SavedLayout,
    Stop,
    VideoBudget,
    VideoCheck,
    VideoRound,
    VideoRoundState,
)
from console.models.work_orders import WorkOrder, WorkOrderKind
from tests.reports import samples

AT = samples.ZERO
CONTEXT = Context(names=samples.NAMES, timezone="Asia/Shanghai")


def wall_events() -> list[events.Event]:
    """What the wall puts on record, in every state."""
    layout = SavedLayout(id="l", name="A", layout=Layout(grid="16"), saved_at=AT, saved_by=samples.LI)
    order = CameraSequence(id="s", name="B", stops=(Stop("cam-07", 9.0),), saved_at=AT, saved_by=samples.LI)
    walked = VideoRound(id="v", number="2026-00001", cameras=("cam-07",), started_at=AT, started_by=samples.LI)
    seen = VideoCheck(camera="cam-07", finding=Finding.NORMAL, at=AT, by=samples.LI)
    budget = VideoBudget(id="b", seat="1", measured_at=AT, cores=2, costs=(Cost(640, 360, 25.0, 16, 1.2),), share=0.7)
    return [
        events.LayoutChanged(at=AT, layout=layout),
        events.LayoutChanged(at=AT, layout=replace(layout, removed=True)),
        events.SequenceChanged(at=AT, sequence=order),
        events.SequenceChanged(at=AT, sequence=replace(order, removed=True)),
        events.VideoRoundChanged(at=AT, round=walked),
        events.VideoRoundChanged(at=AT, round=replace(walked, checks=(seen,))),
        events.VideoRoundChanged(
            at=AT, round=replace(walked, checks=(replace(seen, finding=Finding.ABNORMAL, note="flicker"),))
        ),
        events.VideoRoundChanged(at=AT, round=replace(walked, state=VideoRoundState.COMPLETED)),
        events.VideoRoundChanged(at=AT, round=replace(walked, state=VideoRoundState.BROKEN_OFF, reason="storm")),
        events.BudgetMeasured(at=AT, budget=budget),
    ]


def footage_events() -> list[events.Event]:
    asked = FootageRequest(
        id="fr", number="2026-0001", organisation="Police", requester="Zhang", document="Badge 1", purpose="3-1",
        cameras=("cam-07",), from_at=AT, until_at=AT, asked_at=AT, asked_by=samples.LI,
    )  # fmt: skip
    job = ExportJob(state=JobState.RUNNING, folder="/mnt", by=samples.LI, begun_at=AT)
    package = Package(files=3, size_bytes=9, gaps=1, manifest_sha256="0" * 64, fingerprint="1234", made_at=AT)
    approved = replace(asked, state=RequestState.APPROVED, decided_by="p-9")
    states = [
        asked,
        replace(asked, state=RequestState.REFUSED, decided_by="p-9", refusal="3 days late"),
        approved,
        replace(approved, job=job),
        replace(approved, job=replace(job, state=JobState.CANCELLED)),
        replace(approved, job=replace(job, state=JobState.FAILED, reason=Text("磁盘已满", "disk full"))),
        replace(approved, state=RequestState.MADE, package=package),
        replace(approved, state=RequestState.HANDED_OVER, package=package, handed_to="Zhang", medium="U1"),
        replace(approved, state=RequestState.HANDED_OVER, handed_to="Zhang"),
    ]
    return [
        *(events.FootageRequestChanged(at=AT, request=one) for one in states),
        events.SigningKeyMade(at=AT, fingerprint="1234", public_key="00"),
        events.MasksLifted(at=AT, camera="cam-07", until_at=AT, reason="1-2"),
        events.MasksLifted(at=AT, camera="cam-07", until_at=None),
    ]


def every_event() -> list[events.Event]:
    """At least one of each kind."""
    morning = samples.handover_file()
    alarm = samples.alarm()
    health = SourceHealth(source="panel", healthy=False, since_at=AT, sentence_zh="超时", sentence_en="timed out")
    sign_on = SignOn(id="so", person=samples.WANG, name="王海燕", role=Role.OPERATOR, seat="A1", on_at=AT)
    due = DueItem(
        id="du", kind="k", ref="r", title=Text("设备检查", "Equipment round"), due_at=AT, state=DueState.OVERDUE
    )
    carry = CarryOver(id="c", text="读卡器坏", opened_at=AT, opened_by=samples.LI)
    report = PrintedReport(
        id="pr", form="incident", record_id="i-1", language="en", file="f", sha256="0" * 64, short_code="ABCDEFGH",
        journal_seq=1, journal_head="0" * 64, made_at=AT, made_by=samples.LI,
    )  # fmt: skip
    threat = morning.handover.threat
    assert threat is not None
    return [
        *samples.happened(),
        events.PersonChanged(at=AT, person=Person(id="p", login="x", name="新人", role=Role.LEADER), change="added"),
        events.SignedOn(at=AT, sign_on=sign_on),
        events.SignedOff(at=AT, sign_on=sign_on),
        events.SignOnRefused(at=AT, login="wang", failures=3),
        events.ShiftChanged(at=AT, shift=morning.shift),
        events.ThreatChanged(at=AT, threat=threat),
        events.DueChanged(at=AT, item=due),
        events.CarryOverChanged(at=AT, carry_over=carry),
        events.HandoverChanged(at=AT, handover=morning.handover),
        events.RecordSigned(at=AT, signature=morning.signatures[0]),
        events.ReportPrinted(at=AT, report=report),
        events.RoundChanged(at=AT, round=morning.rounds[0]),
        events.PunchReceived(at=AT, punch=PUNCH),
        events.WorkOrderChanged(at=AT, order=ORDER),
        events.SuppressionChanged(at=AT, rule=RULE),
        events.AlarmsShown(at=AT, seat="1", alarms=(alarm.id,), late=1),
        *wall_events(),
        events.VolumeMade(at=AT, volume=Volume(id="v", path="/mnt/cctv", made_at=AT)),
        events.VolumeReplaced(
            at=AT, volume=Volume(id="w", path="/mnt/cctv", made_at=AT), was="v", reason="bad blocks", segments=9, locked=2
        ),
        events.RecordingChanged(at=AT, state=RECORDER),
        events.RecordingChanged(at=AT, state=replace(RECORDER, on=True)),
        events.RecordingChanged(at=AT, state=replace(RECORDER, armed=True)),
        events.RecordingChanged(at=AT, state=replace(RECORDER, wanted=False)),
        events.SegmentsClosed(at=AT, segments=(HASHED,)),
        events.FootageDeleted(
            at=AT, camera="cam-07", from_at=AT, until_at=AT, segments=9, size_bytes=9, early=2
        ),
        events.LockChanged(at=AT, lock=LOCK),
        events.LockChanged(at=AT, lock=replace(LOCK, camera="", released_at=AT)),
        events.FootageViewed(at=AT, camera="cam-01", from_at=AT, until_at=AT),
        events.FootageViewed(at=AT, camera="cam-01", from_at=AT, until_at=AT, ended=True, request="2026-7"),
        events.BookmarkMade(
            at=AT, bookmark=Bookmark(id="b", camera="cam-07", at=AT, text="x", by=samples.LI, made_at=AT)
        ),
        *footage_events(),
        events.QuarantineChanged(at=AT, entry=STRANGER),
        *(events.ContactTold(at=AT, by=samples.LI, alarm="a-1", title=alarm.title, telling=one) for one in samples.tellings()),
        events.CanaryChanged(at=AT, canary=CANARY),
        events.CameraChanged(at=AT, state=CameraState(camera="cam-07", sight=Sight.STALE, since_at=AT)),
        events.PtzUsed(at=AT, camera="cam-07", action="moved", lasted_s=3.0),
        events.PtzUsed(at=AT, camera="cam-07", action="went", preset="Gate"),
        events.SourceChanged(at=AT, health=health),
        events.FaultNoted(at=AT, fault="disk", active=True, sentence=Text("磁盘将满", "The disk is nearly full")),
        events.PointsImported(at=AT, file="points.xlsx", digest="0" * 64, counts={"rows": 3, "new": 1}),
        events.SiteLoaded(at=AT, site="xinghe", digest="0" * 64),
        events.SettingChanged(at=AT, key="video.stale_s", old="2", new="3", reason="网络慢"),
        events.ConsoleStarted(at=AT, version="1.0"),
        events.ConsoleStopped(at=AT),
        events.AlarmChanged(at=AT, alarm=alarm, action=Action.SHELVE),
    ]


PUNCH = Punch(id="pu", chip="0001", device="reader-1", reader_at=AT, received_at=AT, checkpoint="cp-2")

RECORDER = RecorderState(camera="cam-07", mode=RecordMode.CONTINUOUS, wanted=True, on=False, since_at=AT)
HASHED = Hashed(
    segment="s", camera="cam-07", file="f", started_at=AT, media_s=1.0, size_bytes=1, sha256="0", recovered=True
)
LOCK = Lock(id="l", camera="cam-07", from_at=AT, until_at=AT, reason="1-2", by=samples.LI, made_at=AT)

STRANGER = Quarantined(
    id="panel/9999", source=SourceId("panel"), account="9999", sender="192.0.2.9:4001", first_at=AT, last_at=AT
)
CANARY = Canary(id="c-1", source=SourceId("panel"), sent_at=AT, result=CanaryResult.MISSING)

RULE = Suppression(
    id="ru",
    kind=SuppressionKind.OUT_OF_SERVICE,
    reason="ladder works",
    owner=samples.LI,
    points=("fire-12",),
    classes=(AlarmClass.FIRE,),
    from_at=AT,
    until_at=AT + timedelta(hours=2),
    begun_at=AT,
    begun_by=samples.LI,
)

ORDER = WorkOrder(
    id="wo",
    number="2026-0001",
    kind=WorkOrderKind.CAMERA,
    subject="camera:cam-07/frozen",
    title=Text("画面冻结", "The picture is frozen"),
    opened_at=AT,
)


def said(event: events.Event, before: object = None) -> Text:
    line = tell(event, replace(CONTEXT, before=before))
    assert line is not None
    return line.text


def test_that_the_table_tells_every_kind_of_event_and_the_samples_hold_one_of_each() -> None:
    assert {kind.__name__ for kind in TELLS} == events.EVENTS.keys()
    assert {type(event) for event in every_event()} == set(TELLS)


@pytest.mark.parametrize("event", every_event(), ids=lambda event: type(event).__name__)
def test_that_an_event_is_told_in_both_languages_without_gaps(event: events.Event) -> None:
    text = said(event)
    assert text.zh
    assert text.en
    assert "{" not in text.zh + text.en
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in text.en.replace("王海燕", "")) or _people_wrote(event)


def _people_wrote(event: events.Event) -> bool:
    """Whether the sentence carries words of a person, which are in the language of that person."""
    return isinstance(
        event,
        events.EntryWritten | events.PlanRunChanged | events.DispatchChanged | events.IncidentChanged
        | events.EvidenceKept | events.ThreatChanged | events.SettingChanged | events.CarryOverChanged
        | events.PersonChanged | events.ShiftChanged | events.RecordSigned | events.SuppressionChanged,
    )  # fmt: skip


@pytest.mark.parametrize("action", list(Action))
def test_that_every_action_on_an_alarm_names_the_alarm(action: Action) -> None:
    hiding = samples.handover_file().bypasses[0].hiding
    text = said(events.AlarmChanged(at=AT, alarm=replace(samples.alarm(), hiding=hiding), action=action))
    assert "12 号感烟探测器火警" in text.zh
    assert "smoke detector 12" in text.en


def test_that_hiding_an_alarm_tells_the_reason_and_the_time_of_the_site() -> None:
    hidden = samples.handover_file().bypasses[0]
    text = said(events.AlarmChanged(at=AT, alarm=hidden, action=Action.SUPPRESS, by=samples.LI))
    assert "2026-03-15 12:00" in text.zh
    assert "围墙维修，频繁误报" in text.zh


def test_that_a_signal_the_console_and_a_person_are_told_apart() -> None:
    tellers = {type(event): tell(event, CONTEXT) for event in samples.happened()}
    told = {kind.__name__: line.teller for kind, line in tellers.items() if line is not None}
    assert told["SignalReceived"] is Teller.SIGNAL
    assert told["AlarmRaised"] is Teller.MACHINE
    assert told["PlanRunStarted"] is Teller.PERSON
    acknowledged = tell(
        events.AlarmChanged(at=AT, alarm=samples.alarm(), action=Action.ACKNOWLEDGE, by=samples.WANG), CONTEXT
    )
    assert acknowledged is not None
    assert (acknowledged.teller, acknowledged.who.zh) == (Teller.PERSON, "王海燕")
    again = tell(events.AlarmChanged(at=AT, alarm=samples.alarm(), action=Action.SIGNAL), CONTEXT)
    assert again is not None
    assert (again.teller, again.who.en) == (Teller.SIGNAL, "Fire panel")


def test_that_an_alarm_of_a_source_is_told_by_the_console_and_one_reported_by_a_person_by_that_person() -> None:
    alarm = samples.alarm()
    told = [tell(events.AlarmRaised(at=AT, alarm=alarm, by=by), CONTEXT) for by in (alarm.source, samples.WANG)]
    assert [line.teller for line in told if line is not None] == [Teller.MACHINE, Teller.PERSON]


def test_that_a_late_entry_stands_where_it_happened_and_is_marked() -> None:
    lines = timeline(samples.happened(), names=samples.NAMES, zero_at=AT)
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    late = [line for line in lines if line.late]
    assert [line.text.zh for line in late] == ["保洁员称 20:03 已闻到焦味"]
    assert late[0].offset_s == -120
    assert late[0].written_at - late[0].at == timedelta(seconds=1020)
    assert lines[0] is late[0]


def test_that_events_of_one_moment_keep_the_order_of_the_journal() -> None:
    lines = timeline(samples.happened(), names=samples.NAMES, zero_at=AT)
    assert [line.kind for line in lines if line.at == AT] == ["SignalReceived", "AlarmRaised"]


def test_that_a_change_that_says_nothing_new_is_not_told() -> None:
    alarm, book = samples.alarm(), samples.handover()
    assert tell(events.AlarmChanged(at=AT, alarm=alarm), replace(CONTEXT, before=alarm)) is None
    assert tell(events.HandoverChanged(at=AT, handover=book), replace(CONTEXT, before=book)) is None
    waiting = DueItem(id="d", kind="k", ref="r", title=Text("检查", "Check"), due_at=AT)
    assert tell(events.DueChanged(at=AT, item=waiting), CONTEXT) is None


def test_that_what_changed_is_seen_against_what_was_before() -> None:
    alarm = samples.alarm()
    raised = replace(alarm, verification=3)
    assert "0 → 3" in said(events.AlarmChanged(at=AT, alarm=raised), before=alarm).zh
    gone = said(events.AlarmChanged(at=AT, alarm=alarm), before=replace(alarm, closed_at=None))
    assert gone.zh.endswith("转入历史")
    walk = samples.handover_file().rounds[0]
    walking = replace(walk, state=RoundState.WALKING)
    assert "开始" in said(events.RoundChanged(at=AT, round=walking)).zh
    assert "到位 1/2，漏检 1" in said(events.RoundChanged(at=AT, round=walk), before=walking).zh
    before = replace(walking, stops=(replace(walk.stops[0], state=walk.stops[1].state), walk.stops[1]))
    assert said(events.RoundChanged(at=AT, round=walking), before=before) == Text(
        "一号楼大厅 准时", "Hall of building 1 On time"
    )


def test_that_a_step_tells_answer_reason_and_lateness() -> None:
    run = samples.run()

    def step(name: str, change: str) -> str:
        return said(events.PlanRunChanged(at=AT, run=run, step=name, change=change, by=samples.WANG), before=run).zh

    assert step("look", "answered") == "步骤“查看东侧走廊画面”：看到烟或火"
    assert step("send", "answered") == "步骤“派最近巡逻岗到场核实”：二号巡逻岗"
    assert step("call", "answered") == "步骤“拨打 119 报警”：已接通，已告知，119 消防，119"
    assert step("tell", "answered") == "步骤“通知主管和班长”：无人接听，李建国（超时 00:26）"
    assert step("gas", "skipped") == "跳过步骤“切断燃气”，原因：3号楼没有燃气管道"
    assert step("tell", "late") == "步骤“通知主管和班长”已超过时限"
    assert step("", "ended") == "预案《火警处置预案》执行完毕"
    abandoned = events.PlanRunChanged(at=AT, run=replace(run, state=RunState.ABANDONED), change="ended")
    assert said(abandoned).zh == "预案《火警处置预案》中止"


def test_that_the_last_step_says_that_the_plan_is_done() -> None:
    run = samples.run()
    last = events.PlanRunChanged(at=AT, run=run, step="guard", change="answered", by=samples.WANG)
    assert said(last, before=replace(run, state=RunState.ACTIVE)).zh == "步骤“安排专人引导消防车”：南门岗，预案执行完毕"
    assert said(last, before=run).zh == "步骤“安排专人引导消防车”：南门岗"


def test_that_a_call_tells_how_often_it_was_tried_in_vain() -> None:
    run = samples.run()
    visit = replace(run.visits[2], value={"name": "119", "tries": 2, "last": "busy"})
    run = replace(run, visits=(visit,))
    told = said(events.PlanRunChanged(at=AT, run=run, step="call", change="answered"), before=run)
    assert told == Text(
        "步骤“拨打 119 报警”：已接通，已告知，119，此前 2 次未成",
        'Step "Call 119": answered, told, 119, 2 tries before',
    )
    assert tell(events.PlanRunChanged(at=AT, run=run, step="call", change="tried"), CONTEXT) is None


@pytest.mark.parametrize("state", list(DispatchState))
def test_that_a_dispatch_is_told_at_each_of_its_six_times(state: DispatchState) -> None:
    text = said(events.DispatchChanged(at=AT, dispatch=replace(samples.dispatch(), state=state)))
    assert "二号巡逻岗" in text.zh
    assert ("带灭火器" in text.zh) == (state is DispatchState.SENT)


@pytest.mark.parametrize("state", list(HandoverState))
def test_that_a_handover_is_told_at_each_of_its_states(state: HandoverState) -> None:
    book = replace(samples.handover(), state=state, objection="缺 2 具灭火器", refusal="对讲机坏")
    text = said(events.HandoverChanged(at=AT, handover=book)).zh
    assert ("缺 2 具灭火器" in text) == (state is HandoverState.DISPUTED)
    assert ("对讲机坏" in text) == (state is HandoverState.REFUSED)


def test_that_a_carry_over_is_told_when_it_opens_moves_on_and_closes() -> None:
    carry = CarryOver(id="c", text="读卡器坏", opened_at=AT, opened_by=samples.LI)
    assert said(events.CarryOverChanged(at=AT, carry_over=carry)).zh == "新移交事项：读卡器坏"
    moved = replace(carry, handed_count=3)
    assert said(events.CarryOverChanged(at=AT, carry_over=moved)).zh == "移交事项第 3 次移交：读卡器坏"
    closed = replace(carry, state=CarryState.CLOSED, closing="已换新")
    assert said(events.CarryOverChanged(at=AT, carry_over=closed)).zh == "移交事项了结：读卡器坏，已换新"


def test_that_words_with_braces_are_told_as_they_were_written() -> None:
    entry = replace(samples.entries()[1], text="{0} {name} %s <b>")
    assert said(events.EntryWritten(at=AT, entry=entry)).zh == "对讲：{0} {name} %s <b>"


def test_that_unknown_ids_are_shown_as_they_are() -> None:
    line = tell(samples.happened()[0], Context(names=Names()))
    assert line is not None
    assert "fire-12" in line.text.zh
    assert line.who.zh == "panel"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "T+00:00"), (7.4, "T+00:07"), (195, "T+03:15"), (3675, "T+1:01:15"), (-20, "T-00:20"), (-0.2, "T+00:00")],
)
def test_that_an_offset_is_minutes_and_seconds(seconds: float, shown: str) -> None:
    assert offset(seconds) == shown
    assert span(seconds) == shown[2:]


# -------------------------------------------------------------------------------- the times
def test_that_the_times_of_an_incident_come_from_its_journal_lines() -> None:
    times = times_of(samples.incident(), samples.happened())
    since = {
        name: (at - AT).total_seconds()
        for name in times.__slots__
        if (at := getattr(times, name)) is not None
    }  # fmt: skip
    assert since == {
        "happened_at": -120, "detected_at": 0, "reported_at": 7, "sent_at": 33, "informed_at": 55, "arrived_at": 152,
        "controlled_at": 480, "closed_at": 1860,
    }  # fmt: skip


def test_that_a_panel_whose_clock_is_ahead_does_not_make_it_happen_later() -> None:
    signal = replace(samples.signals()[0], source_at=AT + timedelta(hours=5))
    times = times_of(samples.incident(), [events.SignalReceived(at=AT, signal=signal)])
    assert times.happened_at == AT


def test_that_what_did_not_happen_has_no_time() -> None:
    times = times_of(replace(samples.incident(), closed_at=None), [])
    assert (times.sent_at, times.arrived_at, times.controlled_at, times.informed_at, times.closed_at) == (None,) * 5
    assert times.detected_at == AT


def test_that_the_kinds_of_entry_that_are_calls_inform() -> None:
    entry = next(entry for entry in samples.entries() if entry.kind is EntryKind.CALL)
    told = [events.EntryWritten(at=AT, entry=replace(entry, kind=kind)) for kind in (EntryKind.NOTE, EntryKind.RADIO)]
    assert times_of(samples.incident(), told).informed_at is None
    assert times_of(samples.incident(), [events.EntryWritten(at=AT, entry=entry)]).informed_at == samples.after(55)


def test_that_a_signature_is_told_with_its_meaning() -> None:
    signature = samples.signature(1, samples.WANG, Meaning.TAKE_OVER, AT, "0" * 64)
    assert said(events.RecordSigned(at=AT, signature=signature)).zh == "签名：王海燕（接班）"
