"""Cameras in processes of their own: watched, restarted, and taken apart in time."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from console import log
from console.models.errors import ConsoleError
from console.models.ids import CameraId
from console.models.pictures import Sight
from console.models.site import Camera, CameraKind
from console.video.ring import RingWriter
from tests.video.conftest import TILE, UNHURRIED, Watch, camera, has_ended, until, write_clip

ROOT = Path(__file__).resolve().parents[2]


def test_that_a_camera_becomes_live_and_gives_pictures_of_the_size_that_is_wanted(site_dir: Path, yard: Camera) -> None:
    with Watch(site_dir, (yard,)) as watch:
        state = watch.wait_for_sight("yard", Sight.LIVE)
        assert (state.width_px, state.height_px, state.fps) == (640, 360, 25.0)
        first = watch.picture("yard")
        assert (first.width_px, first.height_px) == TILE
        assert len(first.pixels) == TILE[0] * TILE[1] * 4
        watch.young_picture("yard")
        watch.video.want(yard.id, 320, 180)
        assert watch.picture("yard", after=first.seq).width_px == 320


def test_that_a_state_is_told_only_when_it_changes(site_dir: Path, yard: Camera) -> None:
    with Watch(site_dir, (yard,), **UNHURRIED) as watch:
        watch.wait_for_sight("yard", Sight.LIVE)
        first = watch.picture("yard")
        watch.picture("yard", after=first.seq + 20)
    assert all(earlier != later for earlier, later in pairwise(watch.states))
    # Where opening takes long, it is told as offline until then.
    assert [state.sight for state in watch.states if state.sight is not Sight.OFFLINE] == [Sight.LIVE]


def test_that_nobody_looking_costs_no_pictures_but_the_camera_stays_live(site_dir: Path, yard: Camera) -> None:
    with Watch(site_dir, (yard,), **UNHURRIED) as watch:
        seq = watch.picture("yard").seq
        watch.video.want(yard.id, 0, 0)
        ring = watch.video._watched[yard.id].ring
        frames = ring.pulse().frames
        until(lambda: ring.pulse().frames > frames + 10)
        assert watch.video.latest(yard.id) is None
        watch.video.want(yard.id, *TILE)
        assert watch.picture("yard", after=seq).seq <= seq + 3
        assert watch.video.state(yard.id).sight is Sight.LIVE


def test_that_a_still_is_full_size_whatever_the_tile_is(site_dir: Path, yard: Camera) -> None:
    with Watch(site_dir, (yard,)) as watch:
        watch.wait_for_sight("yard", Sight.LIVE)
        watch.video.want(yard.id, 0, 0)
        snapshot = watch.video.snapshot(yard.id).result()
        assert (snapshot.width_px, snapshot.height_px) == (640, 360)
        assert snapshot.jpeg.startswith(b"\xff\xd8\xff")
        assert snapshot.jpeg.endswith(b"\xff\xd9")
        assert snapshot.taken_at.tzinfo is not None


@pytest.mark.expects_log("in video supervisor")
def test_that_nobody_waits_for_a_still_of_a_supervisor_that_ended_by_a_mistake(site_dir: Path) -> None:
    locked = camera("locked", CameraKind.FILE, "yard.avi", password="nobody has it")
    with log.unforeseen(lambda _id: None), Watch(site_dir, (locked,)) as watch:
        thread = watch.video._thread
        assert thread is not None
        thread.join(60)
        for asked in (watch.video.snapshot(locked.id), watch.video.recent(locked.id, 10.0)):
            with pytest.raises(ConsoleError):
                asked.result(5)


def test_that_a_still_of_a_camera_that_is_offline_fails_at_once_with_its_reason(site_dir: Path) -> None:
    gone = camera("gone", CameraKind.FILE, "gone.avi")
    with Watch(site_dir, (gone,)) as watch:
        watch.wait_for_sight("gone", Sight.OFFLINE)
        future = watch.video.snapshot(gone.id)
        with pytest.raises(ConsoleError, match="no recording") as raised:
            future.result()
        assert "gone.avi" in raised.value.text.zh
        with pytest.raises(ConsoleError):
            watch.video.snapshot(CameraId("unknown")).result()


def test_that_an_offline_camera_tells_why_in_both_languages_and_when_it_is_tried_again(site_dir: Path) -> None:
    gone = camera("gone", CameraKind.FILE, "gone.avi")
    with Watch(site_dir, (gone,)) as watch:
        first = watch.wait_for_sight("gone", Sight.OFFLINE)
        assert first.reason_zh == "找不到录像文件 gone.avi"
        assert first.reason_en == "There is no recording gone.avi"
        assert first.next_try_at is not None
        write_clip(site_dir / "gone.avi", 50)
        assert watch.wait_for_sight("gone", Sight.LIVE).reason_zh == ""


def test_that_a_cue_makes_somebody_come_and_the_zone_notice(site_dir: Path) -> None:
    from console.models.ids import PointId
    from console.models.site import Rule

    scene = (site_dir / "scenes" / "yard.yaml").read_text(encoding="utf-8")
    quiet = scene[: scene.index("acts:")] + scene[scene.index("cues:") :]
    (site_dir / "scenes" / "quiet.yaml").write_text(quiet, encoding="utf-8")
    zone = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    rule = Rule(id="whole", point=PointId("p1"), zone=zone, min_s=0.4)
    guarded = camera("quiet", CameraKind.SYNTHETIC, "quiet", rules=(rule,))
    with Watch(site_dir, (guarded,)) as watch:
        watch.wait_for_sight("quiet", Sight.LIVE)
        watch.video.want(guarded.id, 0, 0)
        ring = watch.video._watched[guarded.id].ring
        until(lambda: ring.pulse().frames > 75)
        assert watch.rules == []
        watch.video.cue(guarded.id, "nobody knows this")
        watch.video.cue(guarded.id, "come")
        watch.wait_for(lambda: watch.rules)
    (event,) = watch.rules
    assert event.active
    assert (event.camera, event.rule_id, event.point) == ("quiet", "whole", "p1")
    assert 0.0 <= event.picture_age_s < 15.0
    left, top, right, bottom = event.box
    assert 0.0 <= left < right <= 1.0
    assert 0.0 <= top < bottom <= 1.0
    assert event.area > 0.002


@pytest.mark.expects_log("worker of yard, clip ended (-9)")
def test_that_a_killed_worker_is_replaced_while_the_window_keeps_its_picture(site_dir: Path, yard: Camera) -> None:
    write_clip(site_dir / "clip.avi", 100)
    clip = camera("clip", CameraKind.FILE, "clip.avi")
    with Watch(site_dir, (yard, clip)) as watch:
        before = {name: watch.picture(name).seq for name in ("yard", "clip")}
        (pid,) = watch.pids()
        os.kill(pid, signal.SIGKILL)
        until(lambda: has_ended(pid))
        kept = watch.video.latest(yard.id)
        assert kept is None or len(bytes(kept.pixels)) == TILE[0] * TILE[1] * 4
        for name, seq in before.items():
            assert watch.picture(name, after=seq + 5).seq > seq
        assert watch.pids() != [pid]
        watch.wait_for_sight("yard", Sight.LIVE)
        watch.wait_for_sight("clip", Sight.LIVE)


@pytest.mark.expects_log("ended (-9)")
def test_that_a_frozen_worker_makes_pictures_stale_then_offline_and_it_recovers(site_dir: Path, yard: Camera) -> None:
    with Watch(site_dir, (yard,), stale_s=0.6, offline_s=1.2) as watch:
        watch.wait_for_sight("yard", Sight.LIVE)
        (pid,) = watch.pids()
        said = len(watch.states)
        os.kill(pid, signal.SIGSTOP)
        try:
            watch.wait_for(lambda: Sight.OFFLINE in [state.sight for state in watch.states[said:]])
            sights = [state.sight for state in watch.states[said:]]
            stale, offline = (watch.states[said + sights.index(sight)] for sight in (Sight.STALE, Sight.OFFLINE))
            assert stale.reason_en == "The camera sends no new picture"
            assert offline.since_at > stale.since_at
            with pytest.raises(ConsoleError):
                watch.video.snapshot(yard.id).result()
        finally:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        watch.wait_for_sight("yard", Sight.LIVE)


@pytest.mark.expects_log("camera clip hung its worker")
@pytest.mark.expects_log("ended (-9)")
def test_that_a_camera_that_hangs_its_worker_gets_one_of_its_own(site_dir: Path, yard: Camera) -> None:
    write_clip(site_dir / "clip.avi", 100)
    clip = camera("clip", CameraKind.FILE, "clip.avi")
    with Watch(site_dir, (yard, clip)) as watch:
        seq = watch.picture("yard").seq
        watch.picture("clip")
        (pid,) = watch.pids()
        os.kill(pid, signal.SIGSTOP)
        # What a camera's thread does that is stuck in a codec: it broke its promise to be back.
        until(lambda: Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T")
        stuck = RingWriter(os.dup(watch.video._watched[clip.id].ring.fd))
        stuck.promise(time.monotonic_ns() - 1)
        stuck.close()
        until(lambda: has_ended(pid))
        until(lambda: len(watch.pids()) == 2)
        assert [crew.cameras for crew in watch.video._crews] == [("clip",), ("yard",)]
        assert watch.picture("yard", after=seq).seq > seq
        watch.wait_for_sight("clip", Sight.LIVE)


@pytest.mark.expects_log("ended (-9)")
def test_that_a_worker_that_dies_again_and_again_is_split_up(site_dir: Path, yard: Camera) -> None:
    other = camera("other", CameraKind.SYNTHETIC, "yard")
    with Watch(site_dir, (yard, other)) as watch:
        for death in range(3):
            until(lambda: len(watch.pids()) == 1)
            (pid,) = watch.pids()
            os.kill(pid, signal.SIGKILL)
            until(lambda pid=pid: has_ended(pid))
            if death < 2:
                until(lambda pid=pid: watch.pids() not in ([], [pid]))
        until(lambda: len(watch.pids()) == 2)
        assert watch.picture("yard").seq
        assert watch.picture("other").seq


def test_that_leaving_takes_everything_along_even_where_a_worker_does_not_answer(site_dir: Path, yard: Camera) -> None:
    with Watch(site_dir, (yard,)) as watch:
        watch.wait_for_sight("yard", Sight.LIVE)
        (pid,) = watch.pids()
        waiting = watch.video.snapshot(yard.id)
        os.kill(pid, signal.SIGSTOP)
        begun_s = time.monotonic()
    assert time.monotonic() - begun_s < 15.0  # it does not answer at all
    assert has_ended(pid)
    assert not [thread for thread in threading.enumerate() if thread.name == "video supervisor"]
    assert waiting.done()
    with pytest.raises(ConsoleError):
        watch.video.snapshot(yard.id).result(0)


@pytest.mark.expects_log("nobody could take")
def test_that_cameras_outlive_a_mistake_of_whoever_listens(site_dir: Path, yard: Camera) -> None:
    class Clumsy(Watch):
        def _state(self, state: object) -> None:
            raise RuntimeError("clumsy")

    with Clumsy(site_dir, (yard,)) as watch:
        seq = watch.picture("yard").seq
        assert watch.picture("yard", after=seq + 3).seq > seq


def test_that_a_worker_ends_by_itself_when_the_console_is_killed(site_dir: Path) -> None:
    program = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from tests.video.conftest import Watch, camera
        from console.models.site import CameraKind
        with Watch(Path(sys.argv[1]), (camera("yard", CameraKind.SYNTHETIC, "yard"),)) as watch:
            watch.picture("yard")
            print(watch.pids()[0], flush=True)
            time.sleep(60)
        """
    )
    console = subprocess.Popen(
        [sys.executable, "-c", program, str(site_dir)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert console.stdout is not None
        worker = int(console.stdout.readline())
        assert not has_ended(worker)
    finally:
        console.kill()
        console.wait()
        assert console.stdout is not None
        console.stdout.close()
    until(lambda: has_ended(worker))


def test_that_the_windows_process_needs_neither_codec_nor_numpy_for_its_pictures() -> None:
    program = (
        "import sys, console.video.supervisor, console.registry as r\n"
        "r.discover('console.video.cameras'); r.discover('console.video.analytics')\n"
        "assert not {'cv2', 'numpy'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_that_a_worker_carries_nothing_of_qt_and_prints_no_addresses() -> None:
    from console.video.crew import worker_environment

    os.environ["QT_QPA_FONTDIR"] = "elsewhere"
    try:
        live, quiet = worker_environment("udp"), worker_environment("")
    finally:
        del os.environ["QT_QPA_FONTDIR"]
    assert not [name for name in live if name.startswith("QT_")]
    assert live["OPENCV_FFMPEG_IS_THREAD_SAFE"] == "1"
    assert live["OPENCV_FFMPEG_LOGLEVEL"] == "-8"
    assert "rtsp_transport;udp" in live["OPENCV_FFMPEG_CAPTURE_OPTIONS"]
    assert "|timeout;" in live["OPENCV_FFMPEG_CAPTURE_OPTIONS"]
    assert "OPENCV_FFMPEG_CAPTURE_OPTIONS" not in quiet
