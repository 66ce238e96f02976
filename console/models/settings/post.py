"""The numbers of the post itself: watch, patrol, log, handover, passwords, response."""

from console.models.settings.kind import Setting
from console.models.text import Text

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "watch.people",
        2,
        "",
        Text("监控岗同时在岗人数", "People on watch at the same time"),
        "反恐安全防范工作制度 双人值守; GB 25201-2010 5.2 (≥ 2)",
        1,
        10,
    ),
    Setting(
        "patrol.grace_s",
        600.0,
        "s",
        Text("巡逻开始宽限", "Grace for starting a round"),
        "site practice; GB 50348 asks for an alarm when a point is not reached in the set time",
        0,
        7200,
    ),
    Setting(
        "log.entry_every_s",
        3600.0,
        "s",
        Text("巡查日志周期", "A log entry every"),
        "反恐安全防范工作制度 每 1 小时",
        600,
        86400,
    ),
    Setting(
        "equipment.round_every_s",
        7200.0,
        "s",
        Text("设备运行检查周期", "An equipment round every"),
        "反恐安全防范工作制度; GB 25201-2010 5.2 每 2 小时",
        600,
        86400,
    ),
    Setting(
        "police.inform_s", 60.0, "s", Text("1-3-5：通知", "1-3-5: inform"), "反恐安全防范工作制度 1 分钟", 10, 3600
    ),
    Setting(
        "police.arrive_s", 180.0, "s", Text("1-3-5：到场", "1-3-5: arrive"), "反恐安全防范工作制度 3 分钟", 10, 3600
    ),
    Setting(
        "police.handle_s", 300.0, "s", Text("1-3-5：处置", "1-3-5: handle"), "反恐安全防范工作制度 5 分钟", 10, 7200
    ),
    Setting(
        "report.investigate_h",
        24.0,
        "h",
        Text("事件调查报告期限", "Investigation report within"),
        "反恐安全防范工作制度 24 小时",
        1,
        720,
    ),
    Setting(
        "handover.early_s",
        900.0,
        "s",
        Text("接班提前到岗", "Relief arrives before the shift by"),
        "保安交接班制度 提前 10–15 分钟",
        0,
        7200,
    ),
    Setting(
        "handover.accept_s",
        900.0,
        "s",
        Text("接班验收时限", "Acceptance of a handover within"),
        "保安交接班制度 ≤ 15 分钟",
        60,
        7200,
    ),
    Setting(
        "handover.read_back",
        3,
        "",
        Text("接班复述条数", "Items the incoming person reads back"),
        "I-PASS synthesis by receiver",
        0,
        10,
    ),
    Setting(
        "carry.orange_after",
        2,
        "",
        Text("移交事项提醒班次", "A carry-over stands out after handovers"),
        "保安交接班制度",
        1,
        50,
    ),
    Setting(
        "carry.supervisor_after",
        4,
        "",
        Text("移交事项上报班次", "A carry-over goes to the supervisor after handovers"),
        "保安交接班制度",
        1,
        50,
    ),
    Setting(
        "sign_on.first_wait_s",
        2.0,
        "s",
        Text("口令错误后等待", "Wait after a wrong password"),
        "site practice; doubles each time",
        0,
        60,
    ),
    Setting(
        "sign_on.longest_wait_s",
        300.0,
        "s",
        Text("口令错误最长等待", "Longest wait after wrong passwords"),
        "site practice",
        1,
        86400,
    ),
    Setting(
        "password.least_length",
        8,
        "",
        Text("口令最短长度", "A password has at least"),
        "site practice; GB/T 22239-2019 8.1.4.1",
        8,
        64,
    ),
    Setting(
        "disk.low_gb", 2.0, "GB", Text("磁盘空间告警", "Warn when the disk has less than"), "site practice", 0.1, 10000
    ),
    Setting(
        "shift.length_h",
        12.0,
        "h",
        Text("班次时长", "Length of a shift"),
        "反恐安全防范工作制度 三班两运转; GB 25201-2010 5.2 消防控制室 ≤ 8 h",
        1,
        24,
    ),
    Setting(
        "work.report_within_s",
        7200.0,
        "s",
        Text("故障上报期限", "A fault is reported for repair within"),
        "反恐安全防范工作制度 监控盲区、故障 2 小时内上报",
        60,
        86400,
    ),
)
