"""Cameras and recorders that tell what they see by ONVIF events, fetched from a pull-point.

Every pull that is answered, at least every `pull_s` seconds, is a sign of life; a test asks every camera over its
subscription for the state of everything, which is no news. A camera that does not answer is a problem that may keep
alarms from arriving.
"""

from typing import Final

from console.models.text import Text
from console.sources.onvif_events.canary import probe
from console.sources.onvif_events.listening import Listener
from console.sources.onvif_events.setup import PULL_S, read
from console.sources.source import Option, OptionKind, SourceSpec
from console.sources.starting import check_by, start_by

SPEC: Final = SourceSpec(
    kind="onvif_events",
    name=Text("ONVIF 摄像机事件", "Events of ONVIF cameras"),
    check=check_by(read),
    start=start_by(read, Listener),
    options=(
        Option(name="onvif_cameras", kind=OptionKind.DATA, label=Text("摄像机编号列表", "Ids of cameras")),
        Option(name="devices", kind=OptionKind.DATA, label=Text("其他设备", "Other devices")),
        Option(name="topics", kind=OptionKind.DATA, label=Text("只接收这些主题", "Only these topics")),
        Option(name="mapping", kind=OptionKind.DATA, label=Text("主题含义", "What topics mean")),
        Option(name="points", kind=OptionKind.DATA, label=Text("主题对应的报警点", "Points of topics")),
        Option(
            name="pull_s",
            kind=OptionKind.NUMBER,
            label=Text("取事件等待时间（秒）", "Pull waits, in s"),
            default=PULL_S,
        ),
    ),
    probe=probe,
)
