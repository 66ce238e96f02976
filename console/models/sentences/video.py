"""How the events of video read: recording, footage, the wall."""

from collections.abc import Callable
from typing import Any

from console.models import events
from console.models.phrases import Context, joined, says
from console.models.text import Text


def _volume(event: events.VolumeMade, _context: Context) -> Text:
    return says("录像存储已登记：{path}", "Recordings are kept in {path} from now on", path=event.volume.path)


def _replaced(event: events.VolumeReplaced, _context: Context) -> Text:
    said = says(
        "录像存储 {path} 启用新磁盘，原磁盘上的 {number} 段录像不再存有",
        "Another disk was taken into use at {path}; {number} recordings on the one before are gone",
        path=event.volume.path,
        number=str(event.segments),
    )
    locked = str(event.locked) if event.locked else ""
    kept = says("其中 {locked} 段是锁定录像", "{locked} of them were locked", locked=locked)
    return joined([said, kept if locked else Text(), Text(event.reason, event.reason)])


def _recording(event: events.RecordingChanged, context: Context) -> Text:
    state = event.state
    name = context.names.place(state.camera)
    if state.on:
        return says("{camera} 录像中", "{camera} is being recorded", camera=name)
    if state.armed:
        return says("{camera} 等待报警触发录像", "{camera} is recorded when an alarm comes", camera=name)
    if not state.wanted:
        return says("{camera} 录像停止", "{camera} is not recorded now", camera=name)
    said = says("{camera} 录像中断", "{camera} cannot be recorded", camera=name)
    return joined([said, state.reason])


def _segments(event: events.SegmentsClosed, _context: Context) -> Text | None:
    recovered = sum(one.recovered for one in event.segments)
    if not recovered:
        return None  # some lines a minute, which are there to be verified and not to be read
    number = str(recovered)
    return says(
        "{number} 段录像在意外中断后恢复", "{number} recordings were brought back after a sudden end", number=number
    )


def _deleted(event: events.FootageDeleted, context: Context) -> Text:
    said = says(
        "{camera} 删除 {until} 以前的录像 {number} 段",
        "Deleted {number} recordings of {camera} before {until}",
        camera=context.names.place(event.camera),
        until=context.moment(event.until_at),
        number=str(event.segments),
    )
    early = str(event.early) if event.early else ""
    late = says("其中 {early} 段未满保存期限", "{early} of them were due to be kept longer", early=early)
    return joined([said, late if early else Text()])


def _lock(event: events.LockChanged, context: Context) -> Text:
    lock = event.lock
    zh, en = ("录像锁定", "Footage locked") if lock.holds else ("录像解除锁定", "Footage released")
    said = says(
        zh + "：{camera} {start} 至 {end}",
        en + ": {camera} {start} to {end}",
        camera=context.names.place(lock.camera) if lock.camera else Text("全部摄像机", "all cameras"),
        start=context.moment(lock.from_at),
        end=context.moment(lock.until_at),
    )
    reason = lock.reason if lock.holds else lock.release_reason
    return joined([said, Text(reason, reason)])


def _bookmark(event: events.BookmarkMade, context: Context) -> Text:
    mark = event.bookmark
    return says(
        "录像标记：{camera} {at} {text}",
        "Bookmark: {camera} {at} {text}",
        camera=context.names.place(mark.camera),
        at=context.moment(mark.at),
        text=mark.text,
    )


def _viewed(event: events.FootageViewed, context: Context) -> Text:
    start, end = context.moment(event.from_at), context.moment(event.until_at)
    name = context.names.place(event.camera)
    if not event.ended:
        said = says("开始回看录像：{camera} {start} 起", "Began to look at the recording of {camera} from {start}",
                    camera=name, start=start)  # fmt: skip
    else:
        said = says("回看录像：{camera} {start} 至 {end}", "Looked at the recording of {camera}, {start} to {end}",
                    camera=name, start=start, end=end)  # fmt: skip
    why = " ".join(part for part in (event.request, event.reason) if part)
    return joined([said, Text(why, why)])


_PTZ = {
    "moved": ("云台操作 {camera}，共 {seconds} 秒", "Turned {camera}, {seconds} s in all"),
    "went": ("{camera} 转到预置位“{preset}”", "Sent {camera} to the position {preset}"),
    "kept": ("{camera} 设置预置位“{preset}”", "Set the position {preset} of {camera}"),
    "forgot": ("{camera} 删除预置位“{preset}”", "Removed the position {preset} of {camera}"),
}


def _turned(event: events.PtzUsed, context: Context) -> Text:
    zh, en = _PTZ.get(event.action, _PTZ["moved"])
    camera = context.names.place(event.camera)
    return says(zh, en, camera=camera, preset=event.preset, seconds=f"{event.lasted_s:g}")


TELLS: dict[type[events.Event], Callable[[Any, Context], Text | None]] = {
    events.VolumeMade: _volume,
    events.VolumeReplaced: _replaced,
    events.RecordingChanged: _recording,
    events.SegmentsClosed: _segments,
    events.FootageDeleted: _deleted,
    events.LockChanged: _lock,
    events.BookmarkMade: _bookmark,
    events.FootageViewed: _viewed,
    events.PtzUsed: _turned,
}
