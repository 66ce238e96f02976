"""Words: what the members of our enums are called in both languages, on the screen, in sentences and on paper.

One table for all layers, so that an alarm has the same name in the queue, in the log and in the report. The terms are
those of the trade: GB/T 5907 and GB 50116 for fire, GB 50394 for intrusion, ISA-18.2 for the life of an alarm.
"""

from enum import Enum
from typing import Final

from console.models.alarms import Action, AlarmClass, Condition, Means, Priority, State
from console.models.camera_health import CameraTrouble
from console.models.duty import CarryState, DueState, DutyMode, HandoverState, ShiftState, ThreatLevel
from console.models.footage import FootageRequest, JobState, RequestKind, RequestState
from console.models.incidents import DispatchState, EntryKind, IncidentState, Verdict
from console.models.inputs import CanaryResult, OptionKind, Settlement
from console.models.load import Pace
from console.models.patrol import RoundState, StopState
from console.models.people import Role
from console.models.pictures import Sight
from console.models.plans import RunState, StepState
from console.models.points import ChangeKind
from console.models.recording import Codec, HeldState, RecordMode, SegmentState
from console.models.rules import Direction, RuleKind, RuleWhen
from console.models.signals import SignalKind
from console.models.suppression import SuppressionKind
from console.models.telling import Told
from console.models.text import Text
from console.models.trust import EvidenceKind, Meaning
from console.models.wall import Finding, VideoRoundState
from console.models.work_orders import WorkOrderKind, WorkOrderState

WORDS: dict[type[Enum], dict[Enum, Text]] = {
    RequestState: {
        RequestState.ASKED: Text("待审批", "To be approved"),
        RequestState.REFUSED: Text("未批准", "Refused"),
        RequestState.APPROVED: Text("已批准", "Approved"),
        RequestState.MADE: Text("已制作", "Package made"),
        RequestState.HANDED_OVER: Text("已交付", "Handed over"),
    },
    RequestKind: {
        RequestKind.VIEWING: Text("查阅", "Viewing"),
        RequestKind.COPY: Text("调取（复制）", "Copy"),
    },
    JobState: {
        JobState.RUNNING: Text("制作中", "Being made"),
        JobState.CANCELLED: Text("已取消", "Cancelled"),
        JobState.FAILED: Text("制作失败", "Failed"),
        JobState.DONE: Text("完成", "Done"),
    },
    HeldState: {
        HeldState.RECORDED: Text("已录制", "Recorded"),
        HeldState.PARTLY: Text("部分缺失", "Partly missing"),
        HeldState.NOTHING: Text("没有录像", "Nothing recorded"),
    },
    Finding: {
        Finding.NORMAL: Text("正常", "Normal"),
        Finding.ABNORMAL: Text("异常", "Abnormal"),
    },
    Pace: {
        Pace.FULL: Text("完整画面", "In full"),
        Pace.HALF: Text("帧率减半", "Half the rate"),
        Pace.KEY_FRAMES: Text("仅关键帧", "Key frames only"),
        Pace.STILLS: Text("每 2 秒一帧", "A still every 2 s"),
    },
    VideoRoundState: {
        VideoRoundState.WALKING: Text("巡查中", "Under way"),
        VideoRoundState.COMPLETED: Text("已完成", "Completed"),
        VideoRoundState.BROKEN_OFF: Text("已中止", "Broken off"),
    },
    AlarmClass: {
        AlarmClass.FIRE: Text("火警", "Fire"),
        AlarmClass.PANIC: Text("紧急求助", "Panic"),
        AlarmClass.DURESS: Text("胁迫", "Duress"),
        AlarmClass.MEDICAL: Text("医疗急救", "Medical"),
        AlarmClass.GAS: Text("可燃气体", "Gas"),
        AlarmClass.INTRUSION: Text("入侵", "Intrusion"),
        AlarmClass.TAMPER: Text("防拆", "Tamper"),
        AlarmClass.FLOOD: Text("水浸", "Flood"),
        AlarmClass.ACCESS: Text("门禁", "Access"),
        AlarmClass.VIDEO: Text("视频", "Video"),
        AlarmClass.MANUAL: Text("人工报警", "Manual alarm"),
        AlarmClass.PATROL: Text("巡逻", "Patrol"),
        AlarmClass.DUTY_CHECK: Text("查岗", "Duty check"),
        AlarmClass.FAULT: Text("故障", "Fault"),
        AlarmClass.POWER: Text("电源", "Power"),
        AlarmClass.COMMS: Text("通信", "Communication"),
        AlarmClass.SYSTEM: Text("系统", "System"),
        AlarmClass.TEST: Text("测试", "Test"),
    },
    Priority: {
        Priority.CRITICAL: Text("一级（紧急）", "1 critical"),
        Priority.HIGH: Text("二级（高）", "2 high"),
        Priority.MEDIUM: Text("三级（中）", "3 medium"),
        Priority.LOW: Text("四级（低）", "4 low"),
    },
    ChangeKind: {
        ChangeKind.NEW: Text("新增", "New"),
        ChangeKind.CHANGED: Text("修改", "Changed"),
        ChangeKind.REMOVED: Text("删除", "Removed"),
    },
    Condition: {
        Condition.ACTIVE: Text("报警中", "Active"),
        Condition.NORMAL: Text("正常", "Normal"),
        Condition.UNKNOWN: Text("未知", "Unknown"),
    },
    State: {
        State.NORMAL: Text("正常", "Normal"),
        State.UNACKED: Text("未确认", "Unacknowledged"),
        State.ACKED: Text("已确认", "Acknowledged"),
        State.RETURNED_UNACKED: Text("已恢复未确认", "Returned, unacknowledged"),
        State.LATCHED_UNACKED: Text("锁存未确认", "Latched, unacknowledged"),
        State.LATCHED_ACKED: Text("锁存已确认", "Latched, acknowledged"),
        State.SHELVED: Text("搁置", "Shelved"),
        State.SUPPRESSED: Text("屏蔽", "Suppressed"),
        State.OUT_OF_SERVICE: Text("停用", "Out of service"),
    },
    Action: {
        Action.SIGNAL: Text("再次报警", "Signalled again"),
        Action.RESTORE: Text("恢复正常", "Returned to normal"),
        Action.SILENCE: Text("失去音讯", "No longer heard"),
        Action.HEAR: Text("恢复音讯", "Heard again"),
        Action.ACKNOWLEDGE: Text("确认", "Acknowledged"),
        Action.LEASE_LAPSE: Text("确认过期", "Acknowledgement lapsed"),
        Action.RESET: Text("复位", "Reset"),
        Action.RESET_ON_SITE: Text("现场确认后复位", "Reset after a check on site"),
        Action.SHELVE: Text("搁置", "Shelved"),
        Action.SUPPRESS: Text("屏蔽", "Suppressed"),
        Action.TAKE_OUT: Text("停用", "Taken out of service"),
        Action.BRING_BACK: Text("恢复监视", "Brought back"),
        Action.FADE: Text("隐藏期间已恢复", "Over while hidden"),
        Action.CLAIM: Text("接管", "Claimed"),
        Action.HAND_TO: Text("移交", "Handed to a colleague"),
        Action.LET_GO: Text("放弃接管", "Let go"),
        Action.PARK: Text("暂缓", "Parked"),
        Action.UNPARK: Text("暂缓结束", "No longer parked"),
        Action.ESCALATE: Text("上报班长", "Escalated to the shift leader"),
        Action.VERIFY: Text("核实", "Verified"),
        Action.FOLD: Text("归并", "Folded under its cause"),
        Action.CUT_LOOSE: Text("解除归并", "Cut loose from its cause"),
    },
    Means: {
        Means.VIDEO: Text("视频复核", "By video"),
        Means.ON_SITE: Text("现场查看", "On site"),
        Means.TELEPHONE: Text("电话核实", "By telephone"),
        Means.LISTENING: Text("监听", "By listening in"),
        Means.SECOND_DETECTOR: Text("另一探测器", "By a second detector"),
    },
    SuppressionKind: {
        SuppressionKind.SUPPRESSED: Text("屏蔽", "Suppressed"),
        SuppressionKind.OUT_OF_SERVICE: Text("停用", "Out of service"),
        SuppressionKind.ON_TEST: Text("测试中", "On test"),
    },
    SignalKind: {
        SignalKind.ALARM: Text("报警信号", "Alarm signal"),
        SignalKind.RESTORE: Text("恢复信号", "Restore signal"),
        SignalKind.TEST: Text("测试信号", "Test signal"),
        SignalKind.INFORMATION: Text("信息", "Information"),
        SignalKind.CANARY: Text("自检信号", "Canary"),
    },
    Verdict: {
        Verdict.REAL_FIRE: Text("真实火灾", "Real fire"),
        Verdict.REAL_INTRUSION: Text("真实入侵", "Real intrusion"),
        Verdict.REAL_OTHER: Text("其他真实警情", "Other real incident"),
        Verdict.FALSE_EQUIPMENT: Text("误报：设备原因", "False alarm: equipment"),
        Verdict.FALSE_ENVIRONMENT: Text("误报：环境原因", "False alarm: environment"),
        Verdict.FALSE_HUMAN: Text("误报：人为原因", "False alarm: people"),
        Verdict.NUISANCE_ANALYTICS: Text("视频分析扰报", "Nuisance alarm of video analytics"),
        Verdict.AUTHORISED_WORK: Text("获准作业", "Authorised work"),
        Verdict.DUPLICATE: Text("重复报警", "Duplicate"),
        Verdict.DRILL: Text("演练", "Drill"),
        Verdict.UNKNOWN: Text("原因不明", "Unknown"),
    },
    IncidentState: {
        IncidentState.OPEN: Text("处置中", "Open"),
        IncidentState.CLOSED: Text("已结案", "Closed"),
    },
    DispatchState: {
        DispatchState.SENT: Text("派警", "Sent"),
        DispatchState.ACCEPTED: Text("接令", "Accepted"),
        DispatchState.UNDER_WAY: Text("出发", "Under way"),
        DispatchState.ARRIVED: Text("到场", "Arrived"),
        DispatchState.CONTROLLED: Text("控制", "Controlled"),
        DispatchState.RETURNED: Text("返岗", "Returned"),
    },
    EntryKind: {
        EntryKind.NOTE: Text("记事", "Note"),
        EntryKind.CALL: Text("电话", "Telephone"),
        EntryKind.RADIO: Text("对讲", "Radio"),
        EntryKind.INSTRUCTION: Text("上级指示", "Instruction"),
        EntryKind.CORRECTION: Text("更正", "Correction"),
    },
    RunState: {
        RunState.ACTIVE: Text("执行中", "Active"),
        RunState.COMPLETE: Text("执行完毕", "Complete"),
        RunState.ABANDONED: Text("中止", "Abandoned"),
    },
    StepState: {
        StepState.ACTIVE: Text("进行中", "Active"),
        StepState.DONE: Text("完成", "Done"),
        StepState.SKIPPED: Text("跳过", "Skipped"),
    },
    ShiftState: {
        ShiftState.ON_DUTY: Text("在岗", "On duty"),
        ShiftState.HANDED_OVER: Text("已交班", "Handed over"),
    },
    ThreatLevel: {
        ThreatLevel.GREEN: Text("绿色（正常）", "Green (normal)"),
        ThreatLevel.YELLOW: Text("黄色", "Yellow"),
        ThreatLevel.ORANGE: Text("橙色", "Orange"),
        ThreatLevel.RED: Text("红色", "Red"),
    },
    DutyMode: {
        DutyMode.OFFICE: Text("办公时间", "Office hours"),
        DutyMode.NON_OFFICE: Text("非办公时间", "Non-office hours"),
    },
    DueState: {
        DueState.WAITING: Text("未到", "Waiting"),
        DueState.DUE: Text("到点", "Due"),
        DueState.OVERDUE: Text("逾期", "Overdue"),
        DueState.DONE: Text("完成", "Done"),
        DueState.CANCELLED: Text("取消", "Cancelled"),
    },
    CarryState: {
        CarryState.OPEN: Text("未结", "Open"),
        CarryState.CLOSED: Text("已结", "Closed"),
    },
    HandoverState: {
        HandoverState.DRAFT: Text("草稿", "Draft"),
        HandoverState.FROZEN: Text("已冻结，待核对", "Frozen, to be checked"),
        HandoverState.DISPUTED: Text("有异议", "Disputed"),
        HandoverState.SIGNED_OUT: Text("交班人已签", "Signed out"),
        HandoverState.EFFECTIVE: Text("已生效", "Effective"),
        HandoverState.REVIEWED: Text("已复核", "Reviewed"),
        HandoverState.REFUSED: Text("拒绝接班", "Refused"),
    },
    StopState: {
        StopState.PENDING: Text("未到", "Pending"),
        StopState.ON_TIME: Text("准时", "On time"),
        StopState.EARLY: Text("提前", "Early"),
        StopState.LATE: Text("迟到", "Late"),
        StopState.MISSED: Text("漏检", "Missed"),
        StopState.OUT_OF_ORDER: Text("乱序", "Out of order"),
    },
    RoundState: {
        RoundState.WALKING: Text("巡逻中", "Walking"),
        RoundState.COMPLETE: Text("完成", "Complete"),
        RoundState.INCOMPLETE: Text("未完成", "Incomplete"),
    },
    Role: {
        Role.OPERATOR: Text("值班员", "Operator"),
        Role.LEADER: Text("班长", "Shift leader"),
        Role.SUPERVISOR: Text("主管", "Supervisor"),
        Role.ADMINISTRATOR: Text("管理员", "Administrator"),
    },
    Sight: {
        Sight.CONNECTING: Text("连接中", "Connecting"),
        Sight.LIVE: Text("实时", "Live"),
        Sight.STALE: Text("画面陈旧", "Stale"),
        Sight.OFFLINE: Text("离线", "Offline"),
    },
    EvidenceKind: {
        EvidenceKind.SNAPSHOT: Text("抓拍", "Snapshot"),
        EvidenceKind.CLIP: Text("录像片段", "Clip"),
        EvidenceKind.DOCUMENT: Text("文件", "Document"),
    },
    Meaning: {
        Meaning.HAND_OVER: Text("交班", "Hands over"),
        Meaning.TAKE_OVER: Text("接班", "Takes over"),
        Meaning.REVIEW: Text("复核", "Reviewed"),
        Meaning.APPROVE: Text("审批", "Approved"),
        Meaning.WITNESS: Text("见证", "Witnessed"),
    },
    WorkOrderKind: {
        WorkOrderKind.CAMERA: Text("摄像机故障", "Camera fault"),
        WorkOrderKind.RECORDING: Text("录像故障", "Recording fault"),
        WorkOrderKind.SOURCE: Text("报警源故障", "Alarm input fault"),
        WorkOrderKind.FALSE_ALARMS: Text("误报频繁", "Frequent false alarms"),
        WorkOrderKind.BY_HAND: Text("人工报修", "Reported by hand"),
    },
    RecordMode: {
        RecordMode.NONE: Text("不录像", "Not recorded"),
        RecordMode.CONTINUOUS: Text("连续录像", "Continuous"),
        RecordMode.SCHEDULE: Text("计划录像", "By schedule"),
        RecordMode.EVENT: Text("报警录像", "On alarm"),
    },
    SegmentState: {
        SegmentState.RESERVED: Text("待写入", "Reserved"),
        SegmentState.WRITING: Text("正在写入", "Being written"),
        SegmentState.CLOSED: Text("完整", "Whole"),
        SegmentState.RECOVERED: Text("中断后恢复", "Brought back after a sudden end"),
        SegmentState.DAMAGED: Text("缺失或损坏", "Missing or damaged"),
        SegmentState.DELETING: Text("正在删除", "Being deleted"),
    },
    Codec: {
        Codec.H264: Text("H.264", "H.264"),
        Codec.HEVC: Text("H.265", "H.265"),
        Codec.MJPEG: Text("MJPEG", "MJPEG"),
    },
    WorkOrderState: {
        WorkOrderState.OPEN: Text("待报修", "To be reported"),
        WorkOrderState.REPORTED: Text("已报修", "Reported for repair"),
        WorkOrderState.OVER: Text("已恢复，待验收", "Over, to be accepted"),
        WorkOrderState.CLOSED: Text("已关闭", "Closed"),
    },
    CameraTrouble: {
        CameraTrouble.LOSS: Text("视频丢失", "Video loss"),
        CameraTrouble.FROZEN: Text("画面冻结", "Picture frozen"),
        CameraTrouble.BLACK: Text("黑屏", "Picture black"),
        CameraTrouble.WHITE: Text("白屏（过曝）", "Picture white"),
        CameraTrouble.COVERED: Text("镜头遮挡", "Lens covered"),
        CameraTrouble.DEFOCUSED: Text("画面虚焦", "Out of focus"),
        CameraTrouble.MOVED: Text("摄像机移位", "Camera moved"),
        CameraTrouble.LOW_RATE: Text("帧率过低", "Low frame rate"),
        CameraTrouble.CLOCK: Text("时钟偏差过大", "Clock wrong"),
    },
    RuleKind: {
        RuleKind.INTRUSION: Text("区域入侵", "Intrusion into a zone"),
        RuleKind.LINE: Text("越线", "Line crossed"),
        RuleKind.LOITERING: Text("徘徊", "Loitering"),
        RuleKind.LEFT_OBJECT: Text("物品遗留", "Object left"),
        RuleKind.REMOVED_OBJECT: Text("物品移走", "Object removed"),
        RuleKind.CROWD: Text("人员聚集", "Crowding"),
    },
    Direction: {
        Direction.ANY: Text("双向", "Either way"),
        Direction.TO_RIGHT: Text("由左向右", "Left to right"),
        Direction.TO_LEFT: Text("由右向左", "Right to left"),
    },
    RuleWhen: {
        RuleWhen.ALWAYS: Text("全天", "Always"),
        RuleWhen.OFFICE: Text("办公时间", "Office hours"),
        RuleWhen.NON_OFFICE: Text("非办公时间", "Outside office hours"),
    },
    Settlement: {
        Settlement.IGNORED: Text("忽略", "Ignored"),
        Settlement.ENTERED: Text("已录入站点文件夹", "Entered in the site folder"),
    },
    Told: {
        Told.TOLD: Text("已告知", "Told"),
        Told.NOT_REACHED: Text("未接通", "Not reached"),
        Told.TOLD_OTHER: Text("已告知他人", "Told somebody else"),
        Told.NOT_NECESSARY: Text("无需通知", "Not necessary"),
        Told.NOT_TOLD: Text("未通知", "Not told"),
        Told.WANTED: Text("应通知", "To be told"),
    },
    CanaryResult: {
        CanaryResult.RECEIVED: Text("已接收", "Received"),
        CanaryResult.SHOWN: Text("已显示", "Shown"),
        CanaryResult.UNSEEN: Text("已接收未显示", "Received, not shown"),
        CanaryResult.MISSING: Text("未到达", "Missing"),
    },
    OptionKind: {
        OptionKind.TEXT: Text("文字", "Text"),
        OptionKind.WHOLE: Text("整数", "Whole number"),
        OptionKind.NUMBER: Text("数值", "Number"),
        OptionKind.FLAG: Text("是或否", "Yes or no"),
        OptionKind.CHOICE: Text("选项", "Choice"),
        OptionKind.SECRET: Text("密钥名称", "Name of a secret"),
        OptionKind.DATA: Text("数据（YAML）", "Data (YAML)"),
    },
}
LOOKED_AT: Final = Text("已查阅", "Looked at")
"""How a request for viewing ends."""


def word(member: Enum) -> Text:
    """What a member of one of our enums is called; KeyError for an enum that has no words."""
    return WORDS[type(member)][member]


def stands(request: FootageRequest) -> Text:
    """Where a request for footage stands; one to look at it ends with that somebody did, nothing is handed over."""
    if request.kind is RequestKind.VIEWING and request.state is RequestState.HANDED_OVER:
        return LOOKED_AT
    return word(request.state)
