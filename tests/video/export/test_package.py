"""What a package holds: the very bytes that were recorded, every gap with its reason, and a copy that others can play."""

import hashlib
import json
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from console.models.errors import ConsoleError
from console.models.export import ExportOrder
from console.models.masks import Mask
from console.models.recording import Codec, SegmentState
from console.video.export import process, worker
from console.video.export.cutting import cut
from console.video.export.process import Cancelled, Failed
from console.video.export.verify import verify
from console.video.recording.packets import Packet
from tests.video.export.packages import BEGIN, SEI, Archive, Ear, archive, made, sealed

LEFT_HALF = Mask(zone=((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))


def manifest(order: ExportOrder) -> dict[str, Any]:
    return json.loads((Path(order.folder) / "manifest.json").read_bytes())


def test_that_whole_segments_are_the_recorded_files_and_parts_are_their_bytes(kept: Archive) -> None:
    order = kept.order(1.5, 10.5)
    made(order)
    first, second, third = manifest(order)["cameras"][0]["originals"]
    assert (first["whole"], second["whole"], third["whole"]) == (False, True, False)
    for told, source in zip((first, second, third), order.cameras[0].segments, strict=True):
        recorded = Path(source.path).read_bytes()
        copied = (Path(order.folder) / told["file"]).read_bytes()
        assert copied == b"".join(recorded[a:b] for a, b in told["ranges"])
        assert told["sha256"] == hashlib.sha256(recorded).hexdigest() == source.segment.sha256
        assert told["journal_seq"] == source.journal_seq
    # The key picture before what was asked for is taken along, and everything until the next one after it.
    assert first["from_at"] == "2026-11-22T04:10:01Z"
    assert third["until_at"] == "2026-11-22T04:10:11Z"
    assert manifest(order)["asked"] == ["2026-11-22T04:10:01.500000Z", "2026-11-22T04:10:10.500000Z"]


def test_that_messages_of_the_camera_and_parameter_sets_stay(kept: Archive) -> None:
    order = kept.order(1.5, 3.5)
    made(order)
    (told,) = manifest(order)["cameras"][0]["originals"]
    payload = (Path(order.folder) / told["file"]).read_bytes()
    units = b"".join(payload[at + 4 :][: 188 - 4] for at in range(0, len(payload), 188))
    assert SEI[3:18] in units
    assert b"\x00\x00\x01\x67" in units  # the first picture can be decoded by itself


@pytest.mark.parametrize("span", [(0.0, 4.0), (0.2, 0.3), (1.0, 2.0), (1.1, 3.9), (3.95, 60.0)])
@pytest.mark.parametrize("camera", [0, 1])
def test_that_every_part_begins_with_a_key_picture_and_plays(kept: Archive, span: tuple[float, float], camera: int) -> None:
    source = kept.cameras[camera].segments[0]
    content = Path(source.path).read_bytes()
    part = cut(content, *span, 4.0)
    assert part is not None
    assert part.begin_s <= span[0]
    assert part.end_s >= min(span[1], 4.0)
    out = kept.root / f"part{Path(source.path).suffix}"
    out.write_bytes(b"".join(content[a:b] for a, b in part.ranges))
    capture = cv2.VideoCapture(str(out), cv2.CAP_FFMPEG)
    count = 0
    while capture.grab():
        count += 1
    capture.release()
    assert count == round((part.end_s - part.begin_s) * 10)


def test_that_gaps_are_told_with_their_reasons(kept: Archive) -> None:
    one, two, three = kept.cameras[0].segments
    Path(one.path).unlink()
    altered = bytearray(Path(two.path).read_bytes())
    altered[5000] ^= 1
    Path(two.path).write_bytes(altered)
    open_one = replace(three, segment=replace(three.segment, state=SegmentState.WRITING))
    order = kept.order(0, 30, cameras=(replace(kept.cameras[0], segments=(one, two, open_one)),))
    made(order)
    (camera,) = manifest(order)["cameras"]
    assert camera["originals"] == []
    assert camera["actual"] is None
    assert [gap["reason"]["en"][:22] for gap in camera["gaps"]] == [
        "the file is missing, o", "the file is not what i", "the recording was not ", "nothing was recorded",
    ]  # fmt: skip
    assert camera["gaps"][0]["from_at"] == "2026-11-22T04:10:00Z"
    assert camera["gaps"][-1]["until_at"] == "2026-11-22T04:10:30Z"
    assert verify(order.folder)[0] == []


def test_that_a_hole_between_segments_is_a_gap(kept: Archive) -> None:
    one, _, three = kept.cameras[0].segments
    order = kept.order(0, 12, cameras=(replace(kept.cameras[0], segments=(one, three)),))
    assert made(order).made.gaps == 1
    (gap,) = manifest(order)["cameras"][0]["gaps"]
    assert (gap["from_at"], gap["until_at"]) == ("2026-11-22T04:10:04Z", "2026-11-22T04:10:08Z")


def test_that_ordinary_programs_play_the_copy_and_it_shows_gaps(kept: Archive) -> None:
    ffprobe = shutil.which("ffprobe")
    if ffprobe is None:
        pytest.skip("ffprobe is not installed")
    one, _, three = kept.cameras[0].segments
    order = kept.order(0, 12, cameras=(replace(kept.cameras[0], segments=(one, three)),))
    made(order)
    (copy,) = (Path(order.folder) / "viewing").iterdir()
    out = subprocess.run(
        [ffprobe, "-v", "error", "-count_frames", "-show_streams", "-of", "json", str(copy)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert out.stderr == ""
    (stream,) = json.loads(out.stdout)["streams"]
    assert (stream["codec_name"], stream["width"], stream["height"]) == ("mpeg4", 320, 204)
    # four seconds, a card of three, four seconds
    assert abs(int(stream["nb_read_frames"]) - 110) <= 2


def test_that_masks_lie_over_the_copy_and_not_over_the_originals(
    pictures: dict[Codec, list[Packet]], tmp_path: Path
) -> None:
    kept = archive(tmp_path / "disk", tmp_path / "out", pictures[Codec.H264], pictures[Codec.MJPEG], (LEFT_HALF,))
    order = kept.order(0, 4)
    made(order)

    def picture(file: Path) -> Any:
        capture = cv2.VideoCapture(str(file), cv2.CAP_FFMPEG)
        good, frame = capture.read()
        capture.release()
        assert good
        return frame

    copy = picture(next((Path(order.folder) / "viewing").glob("cam-1*")))[24:]
    assert np.std(copy[20:160, 10:140]) < 6
    assert np.std(copy[20:160, 180:310]) > 30
    original = picture(next((Path(order.folder) / "original/cam-1").iterdir()))
    assert np.std(original[20:160, 10:140]) > 30
    assert manifest(order)["masks_painted"] is True
    bare = kept.order(0, 4, masks=False)
    made(bare)
    copy = picture(next((Path(bare.folder) / "viewing").glob("cam-1*")))[24:]
    assert np.std(copy[20:160, 10:140]) > 30


def test_that_a_second_attempt_uses_what_the_first_has_made_and_drops_what_it_does_not_want(kept: Archive) -> None:
    order = kept.order(0, 12)
    made(order)
    before = {path: path.stat().st_mtime_ns for path in Path(order.folder).rglob("*.ts")}
    copies = {path: path.stat().st_mtime_ns for path in Path(order.folder).rglob("*.mp4")}
    (Path(order.folder) / "original/cam-1/stranger.ts").write_bytes(b"x")
    changed = min(before)
    changed.write_bytes(b"spoilt meanwhile")
    made(order)
    after = {path: path.stat().st_mtime_ns for path in Path(order.folder).rglob("*.ts")}
    assert set(after) == set(before)
    assert {path for path in before if before[path] != after[path]} == {changed}
    assert copies == {path: path.stat().st_mtime_ns for path in Path(order.folder).rglob("*.mp4")}
    assert verify(order.folder)[0] == []


def test_that_a_package_goes_on_after_its_process_was_killed(kept: Archive) -> None:
    order = kept.order(0, 12, zipped=True)
    killed: list[int] = []

    def kill(step: process.Step) -> None:
        if not killed and any(Path(order.folder).rglob("*.ts")):
            killed.append(pids[0])
            os.kill(pids[0], signal.SIGKILL)

    pids: list[int] = []
    given = {"seal": lambda _sha: sealed(order.folder), "cancelled": lambda: False, "on_start": pids.append}
    with pytest.raises(ConsoleError, match="go on with it"):
        process.run(order, on_step=kill, **given)  # type: ignore[arg-type]
    assert killed
    assert not (Path(order.folder) / "manifest.json").exists()
    done = process.run(order, on_step=lambda _step: None, **given)  # type: ignore[arg-type]
    assert verify(order.folder)[0] == []
    assert hashlib.sha256(Path(done.archive).read_bytes()).hexdigest() == done.archive_sha256
    with zipfile.ZipFile(done.archive) as archived:
        assert archived.testzip() is None
        assert {"manifest.json", "manifest.sig", "verify.py", "README.txt"} <= set(archived.namelist())


def test_that_cancelling_ends_the_process(kept: Archive) -> None:
    pids: list[int] = []
    with pytest.raises(Cancelled):
        process.run(
            kept.order(0, 12),
            seal=lambda _sha: b"",
            on_step=lambda _step: None,
            cancelled=lambda: bool(pids),
            on_start=pids.append,
        )
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def _short_of_room(order: ExportOrder, out: Any) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    out.send(worker.answer(order, Ear(order)))  # type: ignore[arg-type]


def test_that_a_target_without_room_is_told_in_a_sentence_and_the_work_can_go_on(kept: Archive) -> None:
    order = kept.order(0, 12, viewing=False)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_short_of_room, args=(order, theirs))
    child.start()
    assert ours.poll(60)
    told = ours.recv()
    child.join()
    assert isinstance(told, Failed)
    assert not told.bug
    assert order.folder in told.reason.zh
    assert not (Path(order.folder) / "manifest.json").exists()
    made(order)
    assert verify(order.folder)[0] == []


def test_that_a_copy_that_cannot_be_written_whole_is_no_copy(kept: Archive) -> None:
    order = kept.order(0, 12)
    context = multiprocessing.get_context("spawn")
    made(replace(order, viewing=False))
    ours, theirs = context.Pipe()
    child = context.Process(target=_short_of_room, args=(order, theirs))
    child.start()
    assert ours.poll(60)
    told = ours.recv()
    child.join()
    assert isinstance(told, Failed)
    assert not told.bug
    assert not list(Path(order.folder).rglob("*.mp4"))


def test_that_progress_grows_to_the_end(kept: Archive) -> None:
    order = kept.order(0, 12)
    ear = Ear(order)
    worker.package(order, ear)  # type: ignore[arg-type]
    assert ear.steps[-1].done == ear.steps[-1].total
    assert [step.done for step in ear.steps] == sorted(step.done for step in ear.steps)


def test_that_bookmarks_and_kept_stills_come_along(kept: Archive, tmp_path: Path) -> None:
    from console.models.export import StillSource
    from console.models.recording import Bookmark

    still = tmp_path / "still.jpg"
    done, jpeg = cv2.imencode(".jpg", np.full((90, 160, 3), 200, np.uint8))
    assert done
    still.write_bytes(jpeg.tobytes())
    good = StillSource(id="e1", path=str(still), sha256=hashlib.sha256(still.read_bytes()).hexdigest(), taken_at=BEGIN)
    bad = replace(good, id="e2", sha256="0" * 64)
    mark = Bookmark(id="b1", camera="cam-1", at=BEGIN.replace(second=2), text="人", by="p", made_at=BEGIN)
    camera = replace(kept.cameras[0], stills=(good, bad), bookmarks=(mark,))
    order = kept.order(0, 4, cameras=(camera,))
    made(order)
    names = sorted(path.name for path in (Path(order.folder) / "stills").iterdir())
    assert names == ["cam-1_20261122T041000Z-e1.jpg", "cam-1_20261122T041002Z-bookmark-b1.jpg"]
    (note,) = manifest(order)["notes"]
    assert "left out" in note["en"]
