"""Recording on disks that fail: read-only, without permission, full, replaced. Said once, and nothing on record that is not there."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.demo.rtsp_server import Clip, RtspServer
from console.models.alarms import Alarm
from console.models.errors import NotPermitted, Refused
from console.models.events import VolumeReplaced, event_from
from console.models.people import Actor, Role
from console.models.recording import FINISHED, Segment, SegmentState
from console.models.work_orders import WorkOrderKind
from console.services import footage, locking, recording, work_orders
from console.services.volumes import MARKER
from tests.stories.disks import fill_up, needs_permissions, read_only, small_disk
from tests.stories.keeping import Keeping, camera, keeping
from tests.video.conftest import ffmpeg, stream  # noqa: F401 - fixtures of these tests
from tests.video.playing import frames_of

# Nothing is deleted to make room, and nobody is warned before the disk is full: what is tried is the disk that refuses.
UNWATCHED = {"video__volume_free_gb": 0.0, "video__headroom_low_h": 0.0}
CHIEF = Actor(person="zhao", name="赵", role=Role.SUPERVISOR, seat="1")
GUARD = Actor(person="li", name="李", role=Role.OPERATOR, seat="1")


@pytest.fixture
def server(stream: Clip) -> Iterator[RtspServer]:  # noqa: F811
    with RtspServer(stream) as running:
        yield running


def told(post: Keeping) -> list[Alarm]:
    """Every alarm of recording there ever was."""
    found: list[Alarm] = post.ask(lambda rx: list(rx.find(Alarm, source=recording.SOURCE)))
    return found


def orders(post: Keeping) -> int:
    return sum(one.kind is WorkOrderKind.RECORDING for one in post.ask(work_orders.register, closed_too=True))


def of_disk(post: Keeping) -> list[Alarm]:
    return [one for one in told(post) if one.point.startswith("recording:volume/") and one.condition == "active"]


def recorded(post: Keeping, number: int) -> tuple[Segment, ...]:
    found: tuple[Segment, ...] = post.wait_for(
        lambda: rows if len(rows := post.rows(state=FINISHED)) >= number else ()
    )
    return found


def both_on(post: Keeping) -> bool:
    return all(state.on for state in post.recording.states.values())


def agrees(post: Keeping, root: Path) -> None:
    """Every finished row is on disk as the record says, hash and pictures; and no row is left open."""
    rows = post.rows()
    assert {row.state for row in rows} <= {SegmentState.CLOSED, SegmentState.RECOVERED}
    for row in rows:
        content = (root / row.file).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (row.size_bytes, row.sha256)
        assert frames_of(root / row.file) == row.frames > 0
    files = {path.relative_to(root).as_posix() for path in root.rglob("*.*") if path.name != MARKER and path.is_file()}
    assert files == {row.file for row in rows}


def test_that_a_disk_that_turns_read_only_is_one_alarm_and_recording_resumes(server: RtspServer, tmp_path: Path) -> None:
    two = (camera("cam-1", server.url), camera("cam-2", server.url))
    with small_disk(tmp_path / "disk", 64) as root:
        with keeping(tmp_path, two, video__volumes=str(root), **UNWATCHED) as post:
            recorded(post, 2)
            with read_only(root):
                (alarm,) = post.wait_for(lambda: of_disk(post))
                assert "只能读" in alarm.title.zh
                assert post.recording.disks[0].reason.en.endswith("read-only; recording pauses.")
            post.wait_for(lambda: not of_disk(post))
            recorded(post, len(post.rows(state=FINISHED)) + 2)
            assert [one.point for one in told(post)] == [f"recording:volume/{root}"]
            assert orders(post) == 1
        with keeping(tmp_path, (), video__volumes=str(root)) as post:
            agrees(post, root)


def test_that_a_full_disk_is_one_alarm_and_nothing_is_on_record_that_is_not_on_it(
    server: RtspServer, tmp_path: Path
) -> None:
    two = (camera("cam-1", server.url), camera("cam-2", server.url))
    with small_disk(tmp_path / "disk", 32) as root:
        with keeping(tmp_path, two, video__volumes=str(root), **UNWATCHED) as post:
            recorded(post, 2)
            filler = fill_up(root)
            (alarm,) = post.wait_for(lambda: of_disk(post))
            assert "写满" in alarm.title.zh
            post.wait_for(lambda: not any(state.on for state in post.recording.states.values()))
            post.wait_for(lambda: not post.rows(state=(SegmentState.WRITING, SegmentState.DAMAGED)))
            began = post.desk.clock.now()
            filler.unlink()
            post.wait_for(lambda: both_on(post))
            post.wait_for(lambda: not of_disk(post))
            recorded(post, len(post.rows(state=FINISHED)) + 2)
            last_before = max(row.ended_at for row in post.rows(state=FINISHED) if row.started_at < began)
            assert post.ask(footage.coverage, "cam-1", last_before, began) == ()
            assert [one.point for one in told(post)] == [f"recording:volume/{root}"]
            assert orders(post) == 1
        with keeping(tmp_path, (), video__volumes=str(root)) as post:
            agrees(post, root)


def test_that_a_disk_without_permission_is_said_as_that_and_recording_resumes(
    server: RtspServer, tmp_path: Path
) -> None:
    needs_permissions(tmp_path)
    with keeping(tmp_path, (camera("cam-1", server.url),)) as post:
        recorded(post, 1)
        root = tmp_path / "data" / "recording"
        root.chmod(0o500)
        (alarm,) = post.wait_for(lambda: of_disk(post))
        assert "权限" in alarm.title.zh
        root.chmod(0o700)
        post.wait_for(lambda: not of_disk(post))
        post.wait_for(lambda: both_on(post))


def test_that_a_folder_that_cannot_be_made_is_one_alarm_for_all_its_cameras(server: RtspServer, tmp_path: Path) -> None:
    two = (camera("cam-1", server.url), camera("cam-2", server.url))
    root = tmp_path / "data" / "recording"
    with keeping(tmp_path, ()):
        pass
    with keeping(tmp_path, (camera("cam-3", server.url),)) as post:
        recorded(post, 1)
    for name in ("cam-1", "cam-2"):
        (root / name).write_text("a file where the folder should be")
    with keeping(tmp_path, two) as post:
        post.wait_for(lambda: [one for one in told(post) if one.point == "recording:writing"])
        for name in ("cam-1", "cam-2"):
            (root / name).unlink()
        post.wait_for(lambda: both_on(post))
        post.wait_for(lambda: all(one.condition == "normal" for one in told(post) if one.point == "recording:writing"))
        assert {one.point for one in told(post)} == {"recording:writing", "recording:files/unknown"}


# ------------------------------------------------------------------ another disk


def test_that_a_new_disk_is_taken_with_a_reason_and_what_lay_on_the_old_one_is_gone(
    server: RtspServer, tmp_path: Path
) -> None:
    root = tmp_path / "data" / "recording"
    with keeping(tmp_path, (camera("cam-1", server.url),)) as post:
        first = recorded(post, 2)[0]
        middle = first.started_at + (first.ended_at - first.started_at) / 2  # the next may begin a moment before its end
        post.do(locking.hold, "cam-1", first.started_at, middle, "调查", by=GUARD)
    old = root.rename(tmp_path / "broken disk")
    root.mkdir()
    with keeping(tmp_path, (camera("cam-1", server.url),)) as post:
        post.wait_for(lambda: of_disk(post))
        volume = post.recording.disks[0].volume
        with pytest.raises(NotPermitted):
            post.recording.replace_disk(volume.id, "坏了", by=GUARD)
        with pytest.raises(Refused, match="replaced"):
            post.recording.replace_disk(volume.id, "  ", by=CHIEF)
        (root / "holiday.jpg").write_bytes(b"x")
        with pytest.raises(Exception, match=r"holiday\.jpg"):
            post.recording.replace_disk(volume.id, "坏了", by=CHIEF).result()
        assert not (root / MARKER).exists()
        (root / "holiday.jpg").unlink()
        was = len(post.rows(state=FINISHED))
        new = post.recording.replace_disk(volume.id, "磁盘坏道，已更换", by=CHIEF).result()
        assert new.id != volume.id
        assert json.loads((root / MARKER).read_text())["id"] == new.id
        assert not post.rows(state=FINISHED, volume=volume.id)
        assert post.ask(footage.coverage, "cam-1", first.started_at, first.ended_at) == ()
        (line,) = post.ask(lambda rx: [event_from(one) for one in rx.journal(kinds=("VolumeReplaced",))])
        assert isinstance(line, VolumeReplaced)
        assert (line.was, line.reason, line.by, line.segments, line.locked) == (
            volume.id, "磁盘坏道，已更换", "zhao", was, 1)  # fmt: skip
        post.wait_for(lambda: not of_disk(post))
        recorded(post, 1)
        with pytest.raises(Refused, match="well"):
            post.recording.replace_disk(new.id, "再换", by=CHIEF).result()
    with keeping(tmp_path, (camera("cam-1", server.url),)) as post:  # it stays the disk of this place
        recorded(post, 3)
        assert not of_disk(post)
    # The old one was not broken after all.
    root.rename(tmp_path / "new disk")
    old.rename(root)
    with keeping(tmp_path, (camera("cam-1", server.url),)) as post:
        post.wait_for(lambda: of_disk(post))
        post.recording.replace_disk(new.id, "原磁盘修复", by=CHIEF).result()
        assert len(post.rows(state=FINISHED, volume=volume.id)) >= was
        assert post.ask(footage.coverage, "cam-1", first.started_at, first.ended_at)
