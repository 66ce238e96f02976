"""Cameras and recorders that tell what they see by ONVIF events, fetched from a pull-point.

The way back is proved by every pull that is answered, at least every `pull_s` seconds; there is no `probe`: no operation
of ONVIF makes a camera tell an event of the asker's choosing, and a synchronisation point repeats states, which are
then no news. A camera that does not answer is a problem that may keep alarms from arriving.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from console.models.site import SourceSetup
from console.models.text import Text
from console.sources import options
from console.sources.onvif_events.listening import listen
from console.sources.onvif_events.setup import PULL_S, read
from console.sources.runner import run_in_thread
from console.sources.source import Option, OptionKind, Running, SourceContext, SourceSpec


def _check(setup: SourceSetup) -> list[Text]:
    mistakes: list[Text] = []
    read(setup, mistakes)
    return mistakes


@contextmanager
def _start(setup: SourceSetup, context: SourceContext) -> Iterator[Running]:
    mistakes: list[Text] = []
    made = read(setup, mistakes)
    options.refuse(mistakes)

    with run_in_thread(setup, context, partial(listen, setup, made, context)) as running:
        yield running


SPEC: Final = SourceSpec(
    kind="onvif_events",
    name=Text("ONVIF 摄像机事件", "Events of ONVIF cameras"),
    check=_check,
    start=_start,
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
)
