"""Health: cameras and sources that are seen and heard, or not, on record when it changes."""

from collections.abc import Callable

from console.models.alarms import Alarm, AlarmClass, Condition, Priority
from console.models.camera_health import CameraTrouble
from console.models.events import CameraChanged, ConsoleStarted, ConsoleStopped, SiteLoaded, SourceChanged
from console.models.ids import CameraId, PointId, SignalId, new_id
from console.models.pictures import CameraState, Sight
from console.models.plain import digest
from console.models.signals import Signal, SignalKind, SourceHealth
from console.models.text import Text
from console.services import alarms, canary, inputs
from console.store.store import Transaction

# What the console itself finds out about a source; a source that tells how it is says nothing of these.
_NOT_TOLD = frozenset({inputs.QUARANTINE, canary.PROBLEM})
_OVER = Text(zh="已恢复", en="well again")


def camera_changed(tx: Transaction, state: CameraState) -> None:
    """A camera went live, stale or offline."""
    tx.record(CameraChanged(at=state.since_at, state=state))


def only_news(hear: Callable[[CameraState], None]) -> Callable[[CameraState], None]:
    """Hand on what is new about cameras: what a picture may claim, why, its size, and what is wrong with it.

    A camera that stays away is tried again twice a minute; each try changes its state, and none of them is news. To be
    called from one thread.
    """
    told: dict[CameraId, tuple[Sight, str, int, int, tuple[CameraTrouble, ...]]] = {}

    def state_changed(state: CameraState) -> None:
        said = (state.sight, state.reason_zh, state.width_px, state.height_px, state.faults)
        if told.get(state.camera) != said:
            told[state.camera] = said
            hear(state)

    return state_changed


def source_changed(tx: Transaction, health: SourceHealth) -> None:
    """A source is heard again, or not. What may keep its alarms from arriving is an alarm itself, until it is over.

    EN 50136-1: the receiving centre is told when the path from a panel is lost.
    """
    tx.record(SourceChanged(at=health.since_at, health=health))
    before = f"{alarms.SOURCE_POINT}{health.source}/"
    deaf = {PointId(before + one.name): one.sentence for one in health.problems if one.deaf}
    active = {
        alarm.point
        for alarm in tx.find(Alarm, source=health.source, closed_at=None)
        if alarm.point.startswith(before) and alarm.condition is Condition.ACTIVE
        and alarm.point.removeprefix(before) not in _NOT_TOLD
    }
    for point, sentence in deaf.items():
        if point not in active:
            alarms.receive(tx, _of_source(tx, health, SignalKind.ALARM, point, sentence))
    for point in sorted(active - deaf.keys()):
        alarms.receive(tx, _of_source(tx, health, SignalKind.RESTORE, point, _OVER))


def _of_source(tx: Transaction, health: SourceHealth, kind: SignalKind, point: PointId, sentence: Text) -> Signal:
    return Signal(
        id=SignalId(new_id()),
        source=health.source,
        kind=kind,
        point=point,
        code="HEALTH",
        alarm_class=AlarmClass.SYSTEM.value,
        priority=Priority.MEDIUM,
        text_zh=sentence.zh,
        text_en=sentence.en,
        received_at=tx.now,
        codec=inputs.OWN_CODEC,
    )


def started(tx: Transaction, version: str) -> None:
    """The console began, on this site folder; what the folder holds is on record by its digest."""
    site = tx.site
    tx.record(ConsoleStarted(at=tx.now, version=version))
    groups = ("places", "maps", "cameras", "points", "posts", "checkpoints", "routes", "sources", "contacts")
    tx.record(
        SiteLoaded(
            at=tx.now, site=site.id, digest=digest(site), counts={name: len(getattr(site, name)) for name in groups}
        )
    )


def stopped(tx: Transaction) -> None:
    """The console ended in order; a start without this line before it followed a kill or a power cut."""
    tx.record(ConsoleStopped(at=tx.now))
