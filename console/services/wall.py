"""The wall: layouts with a name, sequences, video rounds, what was given up under load, and what pictures cost."""

from collections.abc import Iterable
from dataclasses import replace

from console.models.errors import Refused
from console.models.events import (
    BudgetMeasured,
    FaultNoted,
    LayoutChanged,
    SequenceChanged,
    VideoRoundChanged,
)
from console.models.ids import CameraId, LayoutId, SequenceId, VideoRoundId, new_id
from console.models.load import Pace
from console.models.people import SYSTEM, Actor, Right
from console.models.settings import seconds_of
from console.models.text import Text, typed
from console.models.wall import (
    CameraSequence,
    Cost,
    Finding,
    Layout,
    SavedLayout,
    Stop,
    VideoBudget,
    VideoCheck,
    VideoRound,
    VideoRoundState,
)
from console.services import due, faults
from console.store.store import Reading, Transaction

LOAD = "video_load"
MOST_NAME = 40
LEAST_DWELL_S, MOST_DWELL_S = 2.0, 3600.0

_REDUCED = {
    Pace.HALF: Text("一般画面帧率减半", "pictures that are not in focus come at half their rate"),
    Pace.KEY_FRAMES: Text("一般画面只显示关键帧", "pictures that are not in focus show key frames only"),
    Pace.STILLS: Text("一般画面每 2 秒一帧静止图", "pictures that are not in focus are stills every 2 s"),
}
_WHY = {
    "worker": Text("图像处理跟不上", "the picture processes cannot keep up"),
    "tick": Text("窗口刷新跟不上", "the window cannot keep up"),
}


# ------------------------------------------------------------------------------------------------ layouts
def layouts(rx: Reading) -> tuple[SavedLayout, ...]:
    """The layouts of the post that have a name, by name."""
    return tuple(sorted(rx.find(SavedLayout, removed=False), key=lambda one: one.name))


def save_layout(tx: Transaction, name: str, layout: Layout, *, by: Actor) -> SavedLayout:
    """Keep a layout under a name (at most 40 characters), for every seat; one of that name is replaced."""
    by.demand(Right.WRITE_LOG)
    name = _named(name)
    known = tx.first(SavedLayout, name=name, removed=False)
    kept = SavedLayout(
        id=known.id if known else LayoutId(new_id()),
        name=name,
        layout=replace(layout, page=0),
        saved_at=tx.now,
        saved_by=by.person,
        rev=known.rev + 1 if known else 1,
    )
    tx.put(kept)
    tx.record(LayoutChanged(at=tx.now, by=by.person, seat=by.seat, layout=kept))
    return kept


def remove_layout(tx: Transaction, layout_id: LayoutId, *, by: Actor) -> SavedLayout:
    """Take a layout out of use; it stays on record."""
    by.demand(Right.WRITE_LOG)
    kept = tx.need(SavedLayout, layout_id)
    if kept.removed:
        return kept
    gone = replace(kept, removed=True, saved_at=tx.now, saved_by=by.person, rev=kept.rev + 1)
    tx.put(gone)
    tx.record(LayoutChanged(at=tx.now, by=by.person, seat=by.seat, layout=gone))
    return gone


# ------------------------------------------------------------------------------------------------ sequences
def sequences(rx: Reading) -> tuple[CameraSequence, ...]:
    """The sequences of the post, by name."""
    return tuple(sorted(rx.find(CameraSequence, removed=False), key=lambda one: one.name))


def save_sequence(tx: Transaction, name: str, stops: Iterable[Stop], *, by: Actor) -> CameraSequence:
    """Keep a sequence under a name; one of that name is replaced. A camera is shown for 2 s to an hour."""
    by.demand(Right.WRITE_LOG)
    name = _named(name)
    known_cameras = {camera.id for camera in tx.site.cameras}
    kept_stops = tuple(
        Stop(stop.camera, min(MOST_DWELL_S, max(LEAST_DWELL_S, stop.dwell_s)))
        for stop in stops
        if stop.camera in known_cameras
    )
    if len(kept_stops) < 2:
        raise Refused(zh="轮巡至少要有两个画面。", en="A sequence needs at least two cameras.")
    known = tx.first(CameraSequence, name=name, removed=False)
    kept = CameraSequence(
        id=known.id if known else SequenceId(new_id()),
        name=name,
        stops=kept_stops,
        saved_at=tx.now,
        saved_by=by.person,
        rev=known.rev + 1 if known else 1,
    )
    tx.put(kept)
    tx.record(SequenceChanged(at=tx.now, by=by.person, seat=by.seat, sequence=kept))
    return kept


def remove_sequence(tx: Transaction, sequence_id: SequenceId, *, by: Actor) -> CameraSequence:
    """Take a sequence out of use; it stays on record."""
    by.demand(Right.WRITE_LOG)
    kept = tx.need(CameraSequence, sequence_id)
    if kept.removed:
        return kept
    gone = replace(kept, removed=True, saved_at=tx.now, saved_by=by.person, rev=kept.rev + 1)
    tx.put(gone)
    tx.record(SequenceChanged(at=tx.now, by=by.person, seat=by.seat, sequence=gone))
    return gone


def _named(name: str) -> str:
    name = typed(name, MOST_NAME)
    if not name:
        raise Refused(zh="请先写名称。", en="Give it a name first.")
    return name


# ------------------------------------------------------------------------------------------------ video rounds
def video_round(rx: Reading) -> VideoRound | None:
    """The video round that is under way."""
    return rx.first(VideoRound, state=VideoRoundState.WALKING.value)


def video_rounds(rx: Reading, limit: int = 50) -> tuple[VideoRound, ...]:
    """The newest video rounds, newest first."""
    return rx.find(VideoRound, order_by="started_at", newest_first=True, limit=limit)


def begin_round(tx: Transaction, sequence_id: SequenceId | None = None, *, by: Actor) -> VideoRound:
    """Begin a video round over a sequence, or over all cameras by number; the one under way is given where there is one.

    Sources: 物业保安部工作计划 (视频巡查, 重点部位轮巡), 物业安保服务管理工作规范 (监控岗).
    """
    by.demand(Right.WRITE_LOG)
    standing = video_round(tx)
    if standing is not None:
        return standing
    listed = tx.need(CameraSequence, sequence_id) if sequence_id else None
    by_number = [camera.id for camera in sorted(tx.site.cameras, key=lambda camera: camera.number)]
    there = set(by_number)
    cameras = tuple(
        dict.fromkeys(stop.camera for stop in listed.stops if stop.camera in there) if listed else by_number
    )
    if not cameras:
        raise Refused(zh="没有可巡查的摄像机。", en="There is no camera to look at.")
    begun = VideoRound(
        id=VideoRoundId(new_id()),
        number=f"{tx.now:%Y}-{tx.number(f'video-round-{tx.now:%Y}'):05d}",
        sequence=listed.id if listed else "",
        sequence_name=listed.name if listed else "",
        cameras=cameras,
        started_at=tx.now,
        started_by=by.person,
    )
    return _save_round(tx, begun, by)


def check(
    tx: Transaction, round_id: VideoRoundId, camera: CameraId, finding: Finding, note: str = "", *, by: Actor
) -> VideoRound:
    """The operator looked at a camera: normal, or abnormal with a note of at most 500 characters that says what is wrong.

    The last camera completes the round, which fulfils the due item of the video round.
    """
    by.demand(Right.WRITE_LOG)
    walked = tx.need(VideoRound, round_id)
    if walked.state is not VideoRoundState.WALKING:
        raise Refused(zh="本次视频巡查已经结束。", en="This video round is over.")
    if camera not in walked.cameras:
        raise Refused(zh="这台摄像机不在本次巡查之内。", en="This camera is not part of the round.")
    note = typed(note, 500)
    if finding is Finding.ABNORMAL and not note:
        raise Refused(zh="请写明异常情况。", en="Say what is wrong.")
    seen = VideoCheck(camera=camera, finding=finding, at=tx.now, by=by.person, note=note)
    checks = (*(one for one in walked.checks if one.camera != camera), seen)
    walked = _save_round(tx, replace(walked, checks=checks), by)
    if walked.next_camera is not None:
        return walked
    ended = replace(walked, state=VideoRoundState.COMPLETED, ended_at=tx.now, ended_by=by.person)
    due.finish(tx, due.VIDEO_ROUND, due.POST, by=by)
    return _save_round(tx, ended, by)


def break_off(tx: Transaction, round_id: VideoRoundId, reason: str, *, by: Actor) -> VideoRound:
    """End a round before every camera was looked at; `reason` says why, at most 200 characters. The duty stays due."""
    by.demand(Right.WRITE_LOG)
    walked = tx.need(VideoRound, round_id)
    if walked.state is not VideoRoundState.WALKING:
        return walked
    reason = typed(reason, 200)
    if not reason:
        raise Refused(zh="请写明中止原因。", en="Say why the round is broken off.")
    ended = replace(
        walked, state=VideoRoundState.BROKEN_OFF, ended_at=tx.now, ended_by=by.person, reason=reason
    )
    return _save_round(tx, ended, by)


def _save_round(tx: Transaction, walked: VideoRound, by: Actor) -> VideoRound:
    saved = replace(walked, rev=walked.rev + 1)
    tx.put(saved)
    tx.record(VideoRoundChanged(at=tx.now, by=by.person, seat=by.seat, round=saved))
    return saved


# ------------------------------------------------------------------------------------------------ load and budget
def load_words(pace: Pace, why: str) -> Text:
    """What was given up and why, in a sentence; empty for a wall that keeps up."""
    if pace is Pace.FULL:
        return Text()
    what, because = _REDUCED[pace], _WHY.get(why, _WHY["worker"])
    return Text(f"{because.zh}，{what.zh}", f"Overload: {because.en}; {what.en}")


def note_pace(tx: Transaction, seat: str, pace: Pace, why: str, details: dict[str, float]) -> bool:
    """Put on record that the wall of a seat gave up a step of its pictures, or took one back; False for no news."""
    fault = f"{LOAD}:{seat}" if seat else LOAD
    known = faults.last(tx, fault)
    if pace is Pace.FULL:
        return faults.clear(tx, fault, Text("墙面恢复全部画面", "The wall shows all pictures in full again"))
    if known is not None and known.active and known.details.get("pace") == pace.name.lower():
        return False
    said = {**details, "pace": pace.name.lower(), "why": why}
    tx.record(
        FaultNoted(at=tx.now, by=SYSTEM.person, fault=fault, active=True, sentence=load_words(pace, why), details=said)
    )
    return True


def budget(rx: Reading, seat: str) -> VideoBudget | None:
    """What pictures cost the machine of a seat, as it was measured last."""
    return rx.first(VideoBudget, seat=seat)


def keep_budget(tx: Transaction, seat: str, cores: int, costs: Iterable[Cost]) -> VideoBudget:
    """Keep what was measured, in the place of the measurement before."""
    known = tx.first(VideoBudget, seat=seat)
    measured = VideoBudget(
        id=known.id if known else new_id(),
        seat=seat,
        measured_at=tx.now,
        cores=cores,
        costs=tuple(costs),
        share=seconds_of(tx.settings, "video.cpu_share"),
        rev=known.rev + 1 if known else 1,
    )
    tx.put(measured)
    tx.record(BudgetMeasured(at=tx.now, by=SYSTEM.person, seat=seat, budget=measured))
    return measured
