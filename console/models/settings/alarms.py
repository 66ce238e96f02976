"""The numbers of alarms, their inputs and their figures."""

from console.models.settings.kind import Setting
from console.models.text import Text

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "alarm.lease_p1_s",
        180.0,
        "s",
        Text("紧急报警确认有效期", "An acknowledgement of a critical alarm holds"),
        "微型消防站标准（公消〔2015〕301号）3 分钟到场",
        10,
        3600,
    ),
    Setting(
        "alarm.lease_p2_s",
        600.0,
        "s",
        Text("高级报警确认有效期", "An acknowledgement of a high alarm holds"),
        "EEMUA 191 (10 min)",
        10,
        7200,
    ),
    Setting(
        "alarm.lease_p3_s",
        1800.0,
        "s",
        Text("中低级报警确认有效期", "An acknowledgement of other alarms holds"),
        "EEMUA 191",
        10,
        86400,
    ),
    Setting(
        "alarm.sound_pause_s",
        60.0,
        "s",
        Text("暂停声音最长", "Sound may be paused for at most"),
        "GB 50394-2007 5.2.3 (sound holds until a person acts)",
        5,
        60,
    ),
    Setting(
        "inputs.quarantine_most",
        200,
        "",
        Text("每个报警源隔离名单最多", "Unknown senders listed for a source at most"),
        "site practice (bounded memory)",
        10,
        10000,
    ),
    Setting(
        "inputs.canary_every_s",
        300.0,
        "s",
        Text("通路自检间隔", "The way of each input is proved every"),
        "EN 50136-1 (path supervision); site practice 5 min",
        10,
        86400,
    ),
    Setting(
        "inputs.canary_within_s",
        20.0,
        "s",
        Text("自检信号应在此时间内显示", "A test signal is on the screen within"),
        "GB 50440-2007 (报警到显示不大于 20 s)",
        1,
        300,
    ),
    Setting(
        "inputs.shown_within_s",
        20.0,
        "s",
        Text("报警应在此时间内显示", "An alarm is on the screen within"),
        "GB 50440-2007 (报警到显示不大于 20 s)",
        1,
        300,
    ),
)
