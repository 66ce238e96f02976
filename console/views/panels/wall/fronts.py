"""Which cameras alarms bring to the strip, and which tiles stand out: pure rules, no Qt."""

from collections.abc import Iterable, Mapping
from typing import Final

from console.models.alarms import Alarm, Priority, queue_order
from console.models.ids import AlarmId, CameraId
from console.views import words
from console.views.panels.wall.tile import Ring

MOST_PAIRS: Final = 6


def comes_forward(alarm: Alarm, sent_back: Mapping[AlarmId, int]) -> bool:
    """Whether an alarm brings its cameras to the front by itself.

    It does while somebody must acknowledge it or its case is open; a low one never does, nor one the operator sent
    back, unless it has signalled again since (`sent_back` holds the count at which it was sent back).
    """
    if alarm.closed_at is not None or alarm.state in words.HIDDEN or not alarm.cameras:
        return False
    if alarm.priority is Priority.LOW or sent_back.get(alarm.id, -1) >= alarm.count:
        return False
    return alarm.state in words.WAITING or alarm.case_open


def pairs_of(alarms: Iterable[Alarm], sent_back: Mapping[AlarmId, int]) -> tuple[tuple[CameraId, Alarm], ...]:
    """The first camera of every alarm that comes forward, the most urgent first."""
    forward = sorted((alarm for alarm in alarms if comes_forward(alarm, sent_back)), key=queue_order)
    return tuple((alarm.cameras[0], alarm) for alarm in forward)


def strip_of(
    alarms: Iterable[Alarm], looked_at: Alarm | None, sent_back: Mapping[AlarmId, int]
) -> tuple[tuple[CameraId, Alarm], ...]:
    """The cameras of the alarm strip, each with the alarm that brought it.

    First those of the alarm the operator looks at, else of the most urgent one; then the first camera of every other
    alarm that comes forward, in the order of the queue, so that none is out of sight.
    """
    forward = sorted((alarm for alarm in alarms if comes_forward(alarm, sent_back)), key=queue_order)
    leading = looked_at
    if leading is None or leading.closed_at is not None or not leading.cameras or leading.id in sent_back:
        leading = forward[0] if forward else None
    found: dict[CameraId, Alarm] = {}
    if leading is not None:
        found |= dict.fromkeys(leading.cameras, leading)
    for alarm in forward:
        if alarm is not leading:
            found.setdefault(alarm.cameras[0], alarm)
    return tuple(found.items())


def rings_of(alarms: Iterable[Alarm]) -> dict[CameraId, Ring]:
    """The ring of every camera that has a live alarm: of its most urgent one, waiting if any of them waits."""
    by_camera: dict[CameraId, list[Alarm]] = {}
    for alarm in alarms:
        if alarm.closed_at is None and alarm.state not in words.HIDDEN:
            for camera in alarm.cameras:
                by_camera.setdefault(camera, []).append(alarm)
    rings: dict[CameraId, Ring] = {}
    for camera, here in by_camera.items():
        worst = min(here, key=queue_order)
        waiting = any(alarm.state in words.WAITING for alarm in here)
        rings[camera] = Ring(worst.priority, waiting, f"{words.title_of(worst)} · {words.place_of(worst)}")
    return rings
