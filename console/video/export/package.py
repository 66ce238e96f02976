"""Make a package: originals first, then what is made from them, then the manifest over all of it."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from console.models.errors import ConsoleError
from console.models.export import (
    SEAM_S,
    CameraPart,
    CameraSource,
    ExportOrder,
    Gap,
    Made,
    Manifest,
    Original,
    Signing,
    SourceSegment,
)
from console.models.plain import canonical, digest
from console.models.recording import FINISHED, SegmentState, tells_time
from console.models.text import Text
from console.video.export import viewing
from console.video.export.cutting import Cut, cut
from console.video.export.keeping import BLOCK, Bench
from console.video.export.readme import readme
from console.video.export.verify import fingerprint_of

PART_S: Final = 900.0
"""The viewing copy comes in parts of so much: a kill costs at most one of them."""
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
_VIEWING_BYTES_S: Final = 400_000
"""What a second of viewing copy counts beside bytes that are copied, for the progress alone."""

_COPYING = Text("复制原始录像", "Copying the originals")
_VIEWING = Text("制作观看副本", "Making the viewing copy")
_CLOSING = Text("生成清单", "Writing the manifest")
_NOTHING = Text("此时段无录像", "nothing was recorded")
_OPEN = Text("该段录像尚未结束写入", "the recording was not finished yet")
_MISSING = Text("录像文件缺失或存储未连接", "the file is missing, or its disk is not there")
_OTHER = Text(
    "录像文件与登记的 SHA-256 不符，未复制", "the file is not what its SHA-256 on record says; it was not copied"
)
_DAMAGED = Text("录像文件已损坏", "the file is damaged")
_UNREADABLE = Text("录像文件中找不到可解码的画面", "no picture in the file can be decoded")


class Counter:
    """How far the work is; `tell(done, total, doing)` is called for every step, and may raise to stop the work."""

    def __init__(self, total: int, tell: Callable[[int, int, Text], None]) -> None:
        self.total, self.done, self._tell = max(1, total), 0, tell
        self.doing = _COPYING

    def add(self, size: int) -> None:
        """So much more is done."""
        self.done = min(self.total, self.done + size)
        self._tell(self.done, self.total, self.doing)


def make(order: ExportOrder, tell: Callable[[int, int, Text], None]) -> Made:
    """Make all of a package, or what an earlier attempt left to do; see `Counter` for `tell`.

    Raises ConsoleError where the target's disk refuses. Whatever is wrong with a source is a gap in the manifest.
    """
    bench = Bench(Path(order.folder), Path(order.work))
    size = sum(one.segment.size_bytes for camera in order.cameras for one in camera.segments)
    length_s = (order.until_at - order.from_at).total_seconds() * len(order.cameras)
    counter = Counter(size + round(length_s * _VIEWING_BYTES_S) * order.viewing, tell)
    counter.add(0)
    parts = [_camera(order, camera, bench, counter) for camera in order.cameras]
    notes: list[Text] = []
    counter.doing = _VIEWING
    for camera, part in zip(order.cameras, parts, strict=True):
        shown = camera if order.masks else replace(camera, masks=())
        pieces = _pieces(bench, camera, part)
        if order.viewing:
            _viewing_copy(order, shown, pieces, bench, counter)
        _stills(shown, pieces, bench, notes, counter)
    counter.doing = _CLOSING
    key = bytes.fromhex(order.public_key)
    signing = Signing(public_key=order.public_key, fingerprint=fingerprint_of(key))
    bench.keep_bytes("README.txt", readme(order, signing.fingerprint), "text")
    bench.keep_bytes("verify.py", Path(__file__).with_name("verify.py").read_bytes(), "text")
    bench.tidy()
    files = tuple(bench.wanted[path] for path in sorted(bench.wanted))
    manifest = Manifest(
        number=order.number,
        request=order.request,
        origin=order.origin,
        asked=(order.from_at, order.until_at),
        cameras=tuple(parts),
        masks_painted=order.masks and any(camera.masks for camera in order.cameras),
        notes=tuple(notes),
        files=files,
        signing=signing,
    )
    content = canonical(manifest)
    made = bench.keep_bytes(MANIFEST, content, "text")
    counter.add(counter.total)
    return Made(
        made.sha256,
        len(files) + 2,
        sum(one.size_bytes for one in files) + made.size_bytes,
        sum(len(part.gaps) for part in parts),
    )


# ------------------------------------------------------------------------------------------------ originals
def _camera(order: ExportOrder, camera: CameraSource, bench: Bench, counter: Counter) -> CameraPart:
    originals: list[Original] = []
    gaps: list[Gap] = []
    reached_at = order.from_at
    for source in camera.segments:
        segment = source.segment
        begin, end = max(segment.started_at, order.from_at), min(segment.ended_at or order.until_at, order.until_at)
        found = _original(order, camera, source, bench, counter)
        if (begin - reached_at).total_seconds() > SEAM_S:
            gaps.append(Gap(from_at=reached_at, until_at=begin, reason=_NOTHING))
        if isinstance(found, Original):
            originals.append(found)
        else:
            gaps.append(Gap(from_at=max(begin, reached_at), until_at=max(end, reached_at), reason=found))
        reached_at = max(reached_at, end)
    if (order.until_at - reached_at).total_seconds() > SEAM_S:
        gaps.append(Gap(from_at=reached_at, until_at=order.until_at, reason=_NOTHING))
    actual = (originals[0].from_at, max(one.until_at for one in originals)) if originals else None
    return CameraPart(
        id=camera.id,
        number=camera.number,
        name=camera.name,
        clock=camera.clock,
        masks=len(camera.masks),
        actual=actual,
        originals=tuple(originals),
        gaps=tuple(gaps),
        bookmarks=camera.bookmarks,
    )


def _original(
    order: ExportOrder, camera: CameraSource, source: SourceSegment, bench: Bench, counter: Counter
) -> Original | Text:
    """Copy what is asked for of a segment, after all of it was compared with its hash; or why that cannot be."""
    segment = source.segment
    if segment.state is SegmentState.DAMAGED:
        return _DAMAGED
    if segment.state not in FINISHED or segment.ended_at is None:
        return _OPEN
    try:
        content = _read(Path(source.path), counter)
    except OSError:
        return _MISSING
    if len(content) != segment.size_bytes or hashlib.sha256(content).hexdigest() != segment.sha256:
        return _OTHER
    length_s = (segment.ended_at - segment.started_at).total_seconds()
    kept = cut(
        content,
        (order.from_at - segment.started_at).total_seconds(),
        (order.until_at - segment.started_at).total_seconds(),
        length_s,
    )
    if kept is None:
        return _UNREADABLE
    from_at = segment.started_at + timedelta(seconds=kept.begin_s)
    path = f"original/{_folder(camera)}/{from_at:%Y%m%dT%H%M%S}Z-{segment.id}{Path(segment.file).suffix}"
    key = digest({"segment": segment.id, "sha256": segment.sha256, "ranges": kept.ranges})
    if bench.finished(path, key, lambda _size: None) is None:
        with bench.place(path).open("wb") as out:
            for first, end in kept.ranges:
                out.write(memoryview(content)[first:end])
        bench.keep(path, "original", camera.id, key)
    return _told(source, kept, path, from_at)


def _told(source: SourceSegment, kept: Cut, path: str, from_at: datetime) -> Original:
    segment = source.segment
    offset_s = segment.clock_offset_s
    return Original(
        segment=segment.id,
        file=path,
        from_at=from_at,
        until_at=segment.started_at + timedelta(seconds=kept.end_s),
        whole=kept.whole,
        ranges=kept.ranges,
        sha256=segment.sha256,
        size_bytes=segment.size_bytes,
        recovered=segment.state is SegmentState.RECOVERED,
        clock_offset_s=offset_s if offset_s is not None and tells_time(offset_s) else None,
        journal_seq=source.journal_seq,
        journal_hash=source.journal_hash,
    )


def _read(path: Path, counter: Counter) -> bytes:
    parts = []
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            parts.append(block)
            counter.add(len(block))
    return b"".join(parts)


def _folder(camera: CameraSource) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in camera.id) or "_"


# ------------------------------------------------------------------------------------------------ to look at
def _pieces(bench: Bench, camera: CameraSource, part: CameraPart) -> tuple[viewing.Piece, ...]:
    rates = {one.segment.id: one.segment.fps for one in camera.segments}
    return tuple(
        viewing.Piece(path=bench.folder / one.file, from_at=one.from_at, until_at=one.until_at, fps=rates[one.segment])
        for one in part.originals
    )


def _viewing_copy(
    order: ExportOrder, camera: CameraSource, pieces: tuple[viewing.Piece, ...], bench: Bench, counter: Counter
) -> None:
    name = camera.name.zh or camera.name.en
    look = viewing.Look(
        left=f"{camera.number:02d} {name}" + (" 遮挡/masked" if camera.masks else ""),
        right=order.number,
        timezone=order.origin.timezone,
        masks=camera.masks,
    )
    for begin, end in _windows(order.from_at, order.until_at):
        own = [one for one in pieces if one.from_at < end and one.until_at > begin]
        weight = round((end - begin).total_seconds() * _VIEWING_BYTES_S)
        if not own:
            counter.add(weight)
            continue
        path = f"viewing/{_folder(camera)}_{begin:%Y%m%dT%H%M%S}Z.mp4"
        key = digest([[one.path.name for one in own], begin, end, look.left, look.right, camera.masks])
        if bench.finished(path, key, lambda _size: None) is not None:
            counter.add(weight)
            continue
        went_on = partial(_second_done, counter, _Clock(begin))
        before = counter.done
        if viewing.write_copy(bench.place(path), own, begin, end, viewing.rate_of(own), look, went_on):
            bench.keep(path, "viewing", camera.id, key)
        counter.add(max(0, before + weight - counter.done))


class _Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at


def _second_done(counter: Counter, clock: _Clock, at: datetime) -> None:
    counter.add(round((at - clock.at).total_seconds() * _VIEWING_BYTES_S))
    clock.at = at


def _windows(from_at: datetime, until_at: datetime) -> Iterator[tuple[datetime, datetime]]:
    at = from_at
    while at < until_at:
        end = min(until_at, at + timedelta(seconds=PART_S))
        yield at, end
        at = end


def _stills(
    camera: CameraSource, pieces: tuple[viewing.Piece, ...], bench: Bench, notes: list[Text], counter: Counter
) -> None:
    for still in camera.stills:
        counter.add(0)
        path = f"stills/{_folder(camera)}_{still.taken_at:%Y%m%dT%H%M%S}Z-{still.id}.jpg"
        content = _kept_still(Path(still.path), still.sha256)
        if content is not None and camera.masks:
            content = viewing.masked_jpeg(content, camera.masks)
        if content is None:
            name = f"{camera.id} {still.taken_at:%Y-%m-%d %H:%M:%S}Z"
            notes.append(
                Text(f"截图缺失或已被改动，未放入：{name}", f"A still is missing or was altered, left out: {name}")
            )
            continue
        bench.keep_bytes(path, content, "still", camera.id)
    for mark in camera.bookmarks:
        counter.add(0)
        content = viewing.still_of(pieces, mark.at, camera.masks)
        if content is not None:
            bench.keep_bytes(
                f"stills/{_folder(camera)}_{mark.at:%Y%m%dT%H%M%S}Z-bookmark-{mark.id}.jpg", content, "still", camera.id
            )


def _kept_still(path: Path, sha256: str) -> bytes | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def disk_refused(error: OSError, folder: str) -> ConsoleError:
    """What the operator is told where the target cannot be written."""
    why = error.strerror or str(error)
    return ConsoleError(
        zh=f"资料包无法写入 {folder}：{why}。腾出空间或换一个文件夹后再继续。",
        en=f"The package cannot be written to {folder}: {why}. Free some room or choose another folder, then go on.",
    )
