"""Health: cameras and sources that are seen and heard, or not, on record when it changes."""

from collections.abc import Callable

from console.models.alarm_life import act
from console.models.alarms import Action, Alarm, AlarmClass, Condition, Priority, allowed
from console.models.camera_health import CameraTrouble
from console.models.events import CameraChanged, ConsoleStarted, ConsoleStopped, SiteLoaded, SourceChanged
from console.models.ids import CameraId, PointId, SignalId, new_id
from console.models.linkage import SOURCE_POINT
from console.models.people import SYSTEM
from console.models.pictures import CameraState, Sight
from console.models.plain import digest
from console.models.signals import Signal, SignalKind, SourceHealth
from console.models.text import Text
from console.services import alarms, canary, inputs, queue
from console.store.store import Transaction

# What the console itself finds out about a source; a source that tells how it is says nothing of these.
_NOT_TOLD = frozenset({inputs.QUARANTINE, canary.PROBLEM})
# Problems by which somebody is no longer heard at all; their first word, the device that is meant behind it.
_UNHEARD = frozenset({"silent", "device", "broker", "port", "failed"})
# Where a signal tells which device of its source it came from.
_DEVICE = ("account", "path", "device")
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
    before = f"{SOURCE_POINT}{health.source}/"
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
    _unheard(tx, health)


def _unheard(tx: Transaction, health: SourceHealth) -> None:
    """What is in alarm at somebody who is no longer heard is unknown from now on, until he is heard again.

    So it is after a start of the console, until its source is heard for the first time. ISA-18.2: a state that cannot be
    known must not be shown as known. What sounds goes on sounding.
    """
    named = [one.name.partition(" ") for one in health.problems if one.deaf]
    gone = {device for word, _blank, device in named if word in _UNHEARD}
    own = f"{SOURCE_POINT}{health.source}/"
    for alarm in tx.find(Alarm, source=health.source, closed_at=None):
        if alarm.point.startswith(own):
            continue
        unheard = health.heard_at is None or "" in gone or bool(gone and _device_of(tx, alarm) in gone)
        action = Action.SILENCE if unheard else Action.HEAR
        if allowed(alarm, action):
            queue.save(tx, alarm, act(alarm, action, tx.now), action, by=SYSTEM)


def _device_of(tx: Transaction, alarm: Alarm) -> str:
    """Which device of its source an alarm came from, as its newest signal has it; empty where it does not say."""
    newest = tx.find(Signal, alarm=alarm.id, order_by="received_at", newest_first=True, limit=1)
    return next((str(one.details[name]) for one in newest for name in _DEVICE if one.details.get(name)), "")


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
