"""What there is to be seen of a line of the journal or of an alarm: which cameras, when, and what for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from console.models.alarms import Alarm
from console.models.footage import FootageRequest
from console.models.ids import AlarmId, CameraId, IncidentId
from console.models.incidents import Dispatch, Incident, LogEntry
from console.models.patrol import Punch, Round
from console.models.plans import PlanRun
from console.models.playback import Moment, Purpose
from console.models.recording import Bookmark, Lock
from console.models.text import Text
from console.models.trust import Evidence
from console.models.wall import VideoRound
from console.models.work_orders import WorkOrder
from console.store.store import Reading


@dataclass(frozen=True, slots=True)
class Why:
    """A purpose in both languages."""

    reason: Text = Text()
    request: str = ""

    def said(self, language: str) -> Purpose:
        """The purpose in one of them."""
        return Purpose(reason=self.reason.in_language(language), request=self.request)


Seen = tuple[tuple[CameraId, ...], Why]
_NOTHING: Final[Seen] = ((), Why())


def of_line(rx: Reading, subject: str, kind: str, at: datetime, language: str) -> Moment:
    """The moment of a line of the journal about `subject`; without cameras where the line has nothing to do with any.

    Its purpose is said in `language`, as the operator would write it into the register.
    """
    find = _OF.get(kind)
    cameras, why = find(rx, subject, at) if find is not None else _NOTHING
    known = {camera.id for camera in rx.site.cameras}
    seen = tuple(one for one in dict.fromkeys(cameras) if one in known)
    return Moment(at=at, cameras=seen, purpose=why.said(language))


def of_alarm(rx: Reading, alarm_id: AlarmId, language: str) -> Moment:
    """The beginning of an alarm, by its linked cameras."""
    alarm = rx.need(Alarm, alarm_id)
    return Moment(at=alarm.first_at, cameras=alarm.cameras, purpose=_why(rx, alarm).said(language))


def of_incident(rx: Reading, incident_id: IncidentId, language: str) -> Moment:
    """The first alarm of a case, by the cameras of all of its alarms."""
    incident = rx.need(Incident, incident_id)
    cameras, why = _incident(rx, incident)
    return Moment(at=incident.detected_at, cameras=cameras, purpose=why.said(language))


def purpose_of_alarm(rx: Reading, alarm: Alarm, language: str) -> Purpose:
    """What recordings of an alarm are looked at for: its case, the alarm itself where it has none."""
    return _why(rx, alarm).said(language)


def _why(rx: Reading, alarm: Alarm) -> Why:
    incident = rx.get(Incident, alarm.incident) if alarm.incident is not None else None
    return _of_case(incident) if incident is not None else Why(alarm.title)


def _of_case(incident: Incident) -> Why:
    return Why(Text(f"事件 {incident.number}", f"Incident {incident.number}"))


# ------------------------------------------------------------------ what a line is about


def _incident(rx: Reading, incident: Incident) -> Seen:
    alarms = rx.find(Alarm, id=incident.alarms) if incident.alarms else ()
    return tuple(dict.fromkeys(camera for alarm in alarms for camera in alarm.cameras)), _of_case(incident)


def _case(rx: Reading, incident_id: IncidentId | None) -> Seen:
    incident = rx.get(Incident, incident_id) if incident_id is not None else None
    return _incident(rx, incident) if incident is not None else _NOTHING


def _of_alarm(rx: Reading, subject: str, _at: datetime) -> Seen:
    alarm = rx.get(Alarm, AlarmId(subject))
    return (alarm.cameras, _why(rx, alarm)) if alarm is not None else _NOTHING


def _of_incident(rx: Reading, subject: str, _at: datetime) -> Seen:
    return _case(rx, IncidentId(subject))


def _by_case(model: type[Any]) -> Callable[[Reading, str, datetime], Seen]:
    """What belongs to a case is seen by the cameras of the case."""

    def find(rx: Reading, subject: str, _at: datetime) -> Seen:
        found = rx.get(model, subject)
        return _case(rx, found.incident) if found is not None else _NOTHING

    return find


def _by_camera(model: type[Any]) -> Callable[[Reading, str, datetime], Seen]:
    """What is about one camera."""

    def find(rx: Reading, subject: str, _at: datetime) -> Seen:
        found = rx.get(model, subject)
        return ((found.camera,), Why()) if found is not None and found.camera else _NOTHING

    return find


def _named(_rx: Reading, subject: str, _at: datetime) -> Seen:
    """The camera is the subject itself, or what follows "recording:" in it."""
    return (CameraId(subject.removeprefix("recording:")),), Why()


def _of_request(rx: Reading, subject: str, _at: datetime) -> Seen:
    request = rx.get(FootageRequest, subject)
    if request is None:
        return _NOTHING
    return request.cameras, Why(Text(request.purpose, request.purpose), request.number)


def _of_round(rx: Reading, subject: str, at: datetime) -> Seen:
    """A patrol: the cameras at the checkpoint that was reached, or missed, last by then."""
    walked = rx.get(Round, subject)
    if walked is None:
        return _NOTHING
    reached = [stop for stop in walked.stops if stop.reached_at is not None and stop.reached_at <= at]
    due = [stop for stop in walked.stops if stop.reached_at is None and stop.due_at <= at]
    last = max((*reached, *due), key=lambda stop: stop.reached_at or stop.due_at, default=None)
    return (_at_checkpoint(rx, last.checkpoint), Why()) if last is not None else _NOTHING


def _of_punch(rx: Reading, subject: str, _at: datetime) -> Seen:
    punch = rx.get(Punch, subject)
    return (_at_checkpoint(rx, punch.checkpoint), Why()) if punch is not None else _NOTHING


def _at_checkpoint(rx: Reading, checkpoint_id: str | None) -> tuple[CameraId, ...]:
    """The camera that is linked to a checkpoint, else those of its place."""
    checkpoint = next((one for one in rx.site.checkpoints if one.id == checkpoint_id), None)
    if checkpoint is None:
        return ()
    if checkpoint.camera is not None:
        return (checkpoint.camera,)
    return tuple(one.id for one in rx.site.cameras if checkpoint.place and one.place == checkpoint.place)


def _of_video_round(rx: Reading, subject: str, at: datetime) -> Seen:
    """A video round: the camera that was looked at last by then."""
    walked = rx.get(VideoRound, subject)
    checks = [check for check in walked.checks if check.at <= at] if walked is not None else []
    return ((max(checks, key=lambda check: check.at).camera,), Why()) if checks else _NOTHING


def _of_order(rx: Reading, subject: str, at: datetime) -> Seen:
    """A work order: the cameras of its alarm, the camera that it is about."""
    order = rx.get(WorkOrder, subject)
    if order is None:
        return _NOTHING
    if order.alarm is not None and (seen := _of_alarm(rx, order.alarm, at))[0]:
        return seen
    parts = order.subject.replace(":", "/").split("/")
    return tuple(one.id for one in rx.site.cameras if one.id in parts), Why()


_OF: Final[dict[str, Callable[[Reading, str, datetime], Seen]]] = {
    "AlarmRaised": _of_alarm,
    "AlarmChanged": _of_alarm,
    "IncidentOpened": _of_incident,
    "IncidentChanged": _of_incident,
    "PlanRunStarted": _by_case(PlanRun),
    "PlanRunChanged": _by_case(PlanRun),
    "DispatchChanged": _by_case(Dispatch),
    "EntryWritten": _by_case(LogEntry),
    "EvidenceKept": _by_camera(Evidence),
    "LockChanged": _by_camera(Lock),
    "BookmarkMade": _by_camera(Bookmark),
    "FootageRequestChanged": _of_request,
    "CameraChanged": _named,
    "PtzUsed": _named,
    "MasksLifted": _named,
    "RecordingChanged": _named,
    "FootageViewed": _named,
    "FootageDeleted": _named,
    "RoundChanged": _of_round,
    "PunchReceived": _of_punch,
    "VideoRoundChanged": _of_video_round,
    "WorkOrderChanged": _of_order,
}
