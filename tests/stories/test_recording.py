"""Recording from the camera's wire to the file, its row and its line in the journal; and everything broken on purpose."""

import hashlib
import os
import shutil
import signal
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from console.demo.rtsp_server import Clip, RtspServer
from console.models.alarms import Alarm
from console.models.errors import Refused
from console.models.events import SegmentsClosed, event_from
from console.models.people import Actor, Role
from console.models.recording import RecordMode, Segment, SegmentState, Volume
from console.models.site import CameraKind
from console.models.work_orders import WorkOrder, WorkOrderKind, WorkOrderState
from console.services import footage, locking, volumes, work_orders
from console.services.volumes import MARKER
from tests.stories.keeping import Keeping, camera, keeping
from tests.video.conftest import SMALL_SCENE, ffmpeg, stream  # noqa: F401 - fixtures of these tests
from tests.video.playing import frames_of


@pytest.fixture
def server(stream: Clip) -> Iterator[RtspServer]:  # noqa: F811
    with RtspServer(stream) as running:
        yield running


def closed(post: Keeping, number: int = 1) -> tuple[Segment, ...]:
    """Wait for so many finished segments."""
    found: tuple[Segment, ...] = post.wait_for(
        lambda: rows if len(rows := post.rows(state=SegmentState.CLOSED)) >= number else ()
    )
    return found


def alarms(post: Keeping) -> list[str]:
    """The points of the system alarms that stand."""
    return [one.point for one in post.ask(lambda rx: rx.find(Alarm, closed_at=None)) if one.condition == "active"]


def test_that_a_camera_is_recorded_in_segments_that_follow_each_other(server: RtspServer, tmp_path: Path) -> None:
    def following(post: Keeping) -> tuple[Segment, Segment] | None:
        """Two of the right length, one at the end of the other; a busy machine cuts some later, and stalls the camera."""
        for one, other in pairwise(post.rows(state=SegmentState.CLOSED)):
            if one.frames == 50 and abs((other.started_at - one.ended_at).total_seconds()) < 0.3:
                return one, other
        return None

    with keeping(tmp_path, (camera("cam-1", server.url),)) as post:
        first, second = post.wait_for(lambda: following(post))
        assert post.recording.states["cam-1"].on
        assert first.codec == "h264"
        assert (first.width_px, first.height_px, first.key_frames) == (320, 180, 2)
        assert first.media_s == pytest.approx(2.0, abs=0.1)
        assert frames_of(post.file(first)) == first.frames
        spans = post.ask(footage.coverage, "cam-1", first.started_at, second.ended_at)
        assert len(spans) == 1


def test_that_the_journal_has_the_hash_of_every_finished_file(server: RtspServer, tmp_path: Path) -> None:
    with keeping(tmp_path, (camera("cam-1", server.url),)) as post:
        segment = closed(post)[0]
        lines = post.ask(lambda rx: [event_from(line) for line in rx.journal(kinds=("SegmentsClosed",))])
        told = {one.segment: one for event in lines if isinstance(event, SegmentsClosed) for one in event.segments}
        content = post.file(segment).read_bytes()
        assert told[segment.id].sha256 == segment.sha256 == hashlib.sha256(content).hexdigest()
        assert told[segment.id].size_bytes == len(content)


def test_that_leaving_closes_the_last_segment_and_leaves_no_place_reserved(server: RtspServer, tmp_path: Path) -> None:
    with keeping(tmp_path, (camera("cam-1", server.url),)) as post:
        post.wait_for(lambda: post.rows(state=SegmentState.WRITING))
    with keeping(tmp_path, ()) as post:
        rows = post.rows()
        assert rows
        assert {row.state for row in rows} == {SegmentState.CLOSED}
        assert hashlib.sha256(post.file(rows[-1]).read_bytes()).hexdigest() == rows[-1].sha256


@pytest.mark.expects_log("recording worker of")
def test_that_a_killed_worker_costs_no_more_than_the_last_second(server: RtspServer, tmp_path: Path) -> None:
    with keeping(tmp_path, (camera("cam-1", server.url),), video__segment_s=60.0) as post:
        post.wait_for(lambda: [row for row in post.rows() if (f := post.file(row)).exists() and f.stat().st_size > 100_000])
        os.kill(post.recording.pids[0], signal.SIGKILL)
        recovered = post.wait_for(lambda: post.rows(state=SegmentState.RECOVERED))[0]
        assert frames_of(post.file(recovered)) == recovered.frames > 25
        assert hashlib.sha256(post.file(recovered).read_bytes()).hexdigest() == recovered.sha256
        post.wait_for(lambda: post.recording.states["cam-1"].on and post.rows(state=SegmentState.WRITING))


def test_that_a_camera_that_hangs_up_ends_its_segment_and_is_recorded_again(server: RtspServer, tmp_path: Path) -> None:
    with keeping(tmp_path, (camera("cam-1", server.url),), video__segment_s=60.0) as post:
        post.wait_for(lambda: post.rows(state=SegmentState.WRITING))
        server.drop_all()
        closed(post)
        post.wait_for(lambda: post.rows(state=SegmentState.WRITING))
        assert post.recording.states["cam-1"].on


def test_that_a_camera_that_cannot_be_reached_is_said_with_its_reason(tmp_path: Path) -> None:
    with keeping(tmp_path, (camera("cam-1", "rtsp://127.0.0.1:9/live"),)) as post:
        state = post.wait_for(lambda: s if (s := post.recording.states["cam-1"]).reason else None)
        assert "127.0.0.1:9" in state.reason.zh
        assert not state.on


def test_that_a_drawn_camera_is_recorded_too(tmp_path: Path) -> None:
    (tmp_path / "site" / "scenes").mkdir(parents=True)
    (tmp_path / "site" / "scenes" / "yard.yaml").write_text(SMALL_SCENE, encoding="utf-8")
    with keeping(tmp_path, (camera("cam-1", "yard", CameraKind.SYNTHETIC),)) as post:
        segment = closed(post)[0]
        assert segment.codec == "mjpeg"
        assert frames_of(post.file(segment)) == segment.frames


def test_that_another_disk_is_refused_and_the_right_one_taken_again(server: RtspServer, tmp_path: Path) -> None:
    with keeping(tmp_path, (camera("cam-1", server.url),)) as post:
        closed(post)
    root = tmp_path / "data" / "recording"
    right = root.rename(tmp_path / "taken out")
    root.mkdir()  # an empty mount point
    with keeping(tmp_path, (camera("cam-1", server.url),)) as post:
        post.wait_for(lambda: any(point.startswith("recording:volume/") for point in alarms(post)))
        assert list(root.iterdir()) == []
        assert not post.recording.states["cam-1"].on
        root.rmdir()
        right.rename(root)
        post.wait_for(lambda: post.recording.states["cam-1"].on)
        post.wait_for(lambda: not any(point.startswith("recording:volume/") for point in alarms(post)))


def test_that_a_disk_of_another_console_is_refused(server: RtspServer, tmp_path: Path) -> None:
    with keeping(tmp_path, (camera("cam-1", server.url),)) as post:
        closed(post)
        marker = tmp_path / "data" / "recording" / MARKER
        marker.write_text('{"id": "somebody else"}', encoding="utf-8")
        post.wait_for(lambda: any(point.startswith("recording:volume/") for point in alarms(post)))


def test_that_a_segment_begun_while_its_disk_is_refused_keeps_its_row(
    server: RtspServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, begun = tmp_path / "data" / "recording", set[str]()
    posts: list[Keeping] = []

    def files() -> set[str]:
        return {path.name for path in root.rglob("*.ts")}

    def refuse_late(volume: Volume) -> None:
        """The worker begins its next file while the keeper is looking at the disk; then the disk is refused."""
        before = files()
        if not before or begun or not (posts and posts[0].recording._places):
            return check(volume)  # as long as the worker has no place in hand, it begins nothing
        until_s = time.monotonic() + 8
        while not files() - before:
            if time.monotonic() > until_s:
                return check(volume)  # it had begun just before: the keeper has to go on to give it another
            time.sleep(0.01)
        begun.update(files() - before)
        raise Refused(zh="不是本机的盘", en="Not a disk of this console")

    check = volumes.check
    monkeypatch.setattr(volumes, "check", refuse_late)
    with keeping(tmp_path, (camera("cam-1", server.url),)) as post:
        posts.append(post)
        post.wait_for(lambda: begun)
        post.wait_for(lambda: begun <= {Path(one.file).name for one in post.rows(state=SegmentState.CLOSED)})


def test_that_rows_without_files_are_marked_and_unknown_files_are_left_alone(
    server: RtspServer, tmp_path: Path
) -> None:
    with keeping(tmp_path, (camera("cam-1", server.url),)) as post:
        gone = closed(post, 2)[0]
    post.file(gone).unlink()
    strange = tmp_path / "data" / "recording" / "cam-1" / "holiday.mp4"
    strange.write_bytes(b"x")
    with keeping(tmp_path, (camera("cam-1", server.url),)) as post:
        post.wait_for(lambda: post.recording.reconciled)
        assert [row.id for row in post.rows(state=SegmentState.DAMAGED)] == [gone.id]
        assert post.recording.reconciled.unknown == ("cam-1/holiday.mp4",)
        assert strange.exists()
        post.wait_for(lambda: {"recording:files/missing", "recording:files/unknown"} <= set(alarms(post)))


def test_that_an_alarm_keeps_the_seconds_before_it(server: RtspServer, tmp_path: Path) -> None:
    plan = {"mode": RecordMode.EVENT, "pre_s": 4.0, "post_s": 2.0}
    with keeping(tmp_path, (camera("cam-1", server.url, **plan),)) as post:
        post.wait_for(lambda: post.recording.states["cam-1"].armed)
        from time import sleep

        sleep(5.5)  # the seconds before the alarm have to pass
        assert not post.rows(state=SegmentState.WRITING)
        post.recording._video.trigger("cam-1", 2.0)
        at = post.desk.clock.now()
        segments = post.wait_for(lambda: post.rows(state=SegmentState.CLOSED))
        post.wait_for(lambda: post.recording.states["cam-1"].armed)
        # Begun at a key frame, one a second; and on a busy machine the alarm reaches the recording process late.
        assert 2.0 < (at - segments[0].started_at).total_seconds() < 6.5
        post.wait_for(lambda: (post.rows(state=SegmentState.CLOSED)[-1].ended_at - at).total_seconds() > 1.0)


def test_that_a_disk_that_refuses_is_said_and_recording_goes_on_when_it_is_well(
    server: RtspServer, tmp_path: Path
) -> None:
    with keeping(tmp_path, (camera("cam-1", server.url),)) as post:
        closed(post)
        folder = tmp_path / "data" / "recording" / "cam-1"
        shutil.move(folder, tmp_path / "aside")
        folder.write_text("a file where the folder should be")
        post.wait_for(lambda: "写入" in post.recording.states["cam-1"].reason.zh)
        folder.unlink()
        shutil.move(tmp_path / "aside", folder)
        post.wait_for(lambda: post.recording.states["cam-1"].on)


def test_that_a_camera_that_stalls_is_said_and_recorded_again(server: RtspServer, tmp_path: Path) -> None:
    with keeping(tmp_path, (camera("cam-1", server.url),), video__segment_s=60.0) as post:
        post.wait_for(lambda: post.rows(state=SegmentState.WRITING))
        server.stall()
        post.wait_for(lambda: post.recording.states["cam-1"].reason and not post.recording.states["cam-1"].on)
        server.resume()
        post.wait_for(lambda: post.recording.states["cam-1"].on)
        assert closed(post)[0].sha256


def test_that_a_short_disk_gives_up_its_oldest_with_an_alarm_and_keeps_what_is_locked(
    server: RtspServer, tmp_path: Path
) -> None:
    with keeping(tmp_path, (camera("cam-1", server.url),)) as post:
        locked, oldest = closed(post, 3)[:2]
        by = Actor(person="li", name="李", role=Role.OPERATOR, seat="1")
        middle = locked.started_at + (locked.ended_at - locked.started_at) / 2
        post.do(locking.hold, locked.camera, locked.started_at, middle, "调查", by=by)
    free_gb = shutil.disk_usage(tmp_path).free / 1e9
    with keeping(tmp_path, (camera("cam-1", server.url),), video__volume_free_gb=free_gb + 1) as post:
        post.wait_for(lambda: any(point.startswith("recording:early/") for point in alarms(post)))
        post.wait_for(lambda: not post.file(oldest).exists())
        assert post.file(locked).exists()
        assert locked.id in {row.id for row in post.rows(state=SegmentState.CLOSED)}


def test_that_recording_goes_on_from_the_new_address_of_a_camera(stream: Clip, tmp_path: Path) -> None:  # noqa: F811
    with (
        RtspServer(stream) as first,
        RtspServer(stream) as second,
        keeping(tmp_path, (camera("cam-1", first.url),)) as post,
    ):
        closed(post)
        post.recording.readdress("cam-1", second.url, "")
        closed(post, 2)
        first.stall()
        so_far = len(post.rows(state=SegmentState.CLOSED))
        closed(post, so_far + 2)
        assert post.recording.states["cam-1"].on


def test_that_a_fault_of_recording_is_one_work_order_that_ends_with_it(stream: Clip, tmp_path: Path) -> None:  # noqa: F811
    def orders(post: Keeping) -> list[WorkOrder]:
        return [one for one in post.ask(work_orders.register) if one.kind is WorkOrderKind.RECORDING]

    away = camera("cam-1", "rtsp://127.0.0.1:9/none")
    with RtspServer(stream) as server, keeping(tmp_path, (away,)) as post:
        (order,) = post.wait_for(lambda: orders(post))
        assert (order.subject, order.state) == ("recording:camera/cam-1", WorkOrderState.OPEN)
        assert order.alarm is not None
        post.recording.readdress("cam-1", server.url, "")
        post.wait_for(lambda: [one for one in orders(post) if one.state is WorkOrderState.OVER])
        assert len(orders(post)) == 1
