"""Turn what an analytics rule saw on a camera into a Signal.

Nothing listens here: the worker that decodes the camera judges its pictures, and the house hands on what it says. The
kind exists so that a site can name it beside its other sources, with a health and a place in the log of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from console.models.alarms import AlarmClass
from console.models.clock import Clock
from console.models.ids import SignalId, SourceId, new_id
from console.models.pictures import RuleEvent
from console.models.rules import RuleKind
from console.models.signals import Signal, SignalKind
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources import options
from console.sources.health import Health
from console.sources.priorities import USUAL_PRIORITY
from console.sources.source import Running, SourceContext, SourceSpec

SOURCE: Final = SourceId("video-rules")
CODEC: Final = "video_rules/1"
QUIET_PRIORITY: Final = 4

# What each kind of rule says when it becomes active and when it clears.
_SAID: Final = {
    RuleKind.INTRUSION: (
        Text("画面中有人进入警戒区", "Somebody in the watched zone of the picture"),
        Text("警戒区内已无人", "Nobody in the watched zone any more"),
    ),
    RuleKind.LINE: (
        Text("画面中有人越过警戒线", "Somebody crossed the line in the picture"),
        Text("无人再越线", "Nobody crosses the line any more"),
    ),
    RuleKind.LOITERING: (
        Text("画面中有人徘徊", "Somebody stays in the watched zone"),
        Text("徘徊人员已离开", "Whoever stayed has left"),
    ),
    RuleKind.LEFT_OBJECT: (
        Text("画面中有物品遗留", "An object was left in the zone"),
        Text("遗留物品已不在", "The object is there no more"),
    ),
    RuleKind.REMOVED_OBJECT: (
        Text("画面中有物品被移走", "An object was taken from the zone"),
        Text("物品已复位", "The object is back"),
    ),
    RuleKind.CROWD: (
        Text("区域人数超过容量（估计）", "More people in the zone than it may hold (an estimate)"),
        Text("区域人数已回落（估计）", "The zone holds no more than it may (an estimate)"),
    ),
}


def signal_from_rule(event: RuleEvent, clock: Clock, *, source: SourceId = SOURCE) -> Signal:
    """Give the Signal of a rule's event: an alarm where it is active, a restore where it is over.

    The class is that of video unless the point says otherwise; `source_at` is when the picture was taken. The same
    event told twice has the same `sequence`. What it says leaves the place to the point, which is named after it.
    """
    said = _SAID[event.kind][0 if event.active else 1]
    return Signal(
        id=SignalId(new_id()),
        source=source,
        kind=SignalKind.ALARM if event.active else SignalKind.RESTORE,
        point=event.point,
        code=event.rule_id,
        alarm_class=AlarmClass.VIDEO.value,
        priority=int(USUAL_PRIORITY[AlarmClass.VIDEO]) if event.active else QUIET_PRIORITY,
        text_zh=said.zh,
        text_en=said.en,
        received_at=clock.now(),
        source_at=event.at,
        sequence=f"{event.camera}-{event.rule_id}-{event.at.isoformat()}-{'on' if event.active else 'off'}",
        sender=event.camera,
        codec=CODEC,
        details={
            "camera": event.camera,
            "rule": event.rule_id,
            "kind": event.kind.value,
            "family": event.rule_id,
            "picture_age_s": round(event.picture_age_s, 3),
            **({"box": [round(edge, 4) for edge in event.box], "area": round(event.area, 5)} if event.active else {}),
        },
    )


def _check(setup: SourceSetup) -> list[Text]:
    mistakes: list[Text] = []
    options.of_source(setup, mistakes).no_more()
    return mistakes


@contextmanager
def _start(setup: SourceSetup, context: SourceContext) -> Iterator[Running]:
    options.refuse(_check(setup))
    health = Health(setup.id, context.clock, context.health)
    health.heard()  # its eyes are the console's own workers, and their cameras tell for themselves whether they see
    health.tell()
    yield Running()


SPEC: Final = SourceSpec(
    kind="video_rules",
    name=Text("视频分析", "Video analytics"),
    check=_check,
    start=_start,
)
