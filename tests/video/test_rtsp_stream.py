"""Network cameras over a real socket: dead ones, stalling ones, wrong passwords, beside live ones."""

import logging
from itertools import groupby
from pathlib import Path

import pytest

from console.demo.rtsp_server import Clip, Manner, RtspServer
from console.models.pictures import Sight
from console.models.site import Camera, CameraKind
from tests.video.conftest import Watch, camera, until

LOGIN, PASSWORD = "operator", "Geheim-7!x"


def rtsp(name: str, server: RtspServer, *, password: str = "", **fields: object) -> Camera:
    login = {"login": LOGIN, "password": password} if password else {}
    return camera(name, CameraKind.RTSP, server.url, **login, **fields)


def test_that_a_stream_is_shown_at_the_tiles_size(site_dir: Path, stream: Clip) -> None:
    with RtspServer(stream) as server, Watch(site_dir, (rtsp("net", server),)) as watch:
        state = watch.wait_for_sight("net", Sight.LIVE)
        assert (state.width_px, state.height_px) == (320, 180)
        first = watch.picture("net")
        watch.young_picture("net", after=first.seq + 20)
        assert watch.video.snapshot(watch.cameras[0].id).result().width_px == 320


def test_that_dead_cameras_do_not_delay_the_live_one_in_the_same_worker(site_dir: Path, stream: Clip) -> None:
    with (
        RtspServer(stream, manner=Manner.SILENT) as silent,
        RtspServer(stream, manner=Manner.MUTE) as mute,
        RtspServer(stream) as good,
    ):
        dead = tuple(rtsp(f"dead{n}", silent) for n in range(6)) + tuple(rtsp(f"mute{n}", mute) for n in range(6))
        with Watch(site_dir, (*dead, rtsp("good", good)), cameras_per_worker=13) as watch:
            # Opening takes about a second; each dead camera has a time limit of its own of 1 to 4 s.
            watch.wait_for_sight("good", Sight.LIVE, 25.0)  # one after another they would take 30 s
            assert watch.video.state(dead[-1].id).sight is not Sight.LIVE
            seq = watch.picture("good").seq
            watch.wait_for(lambda: all(watch.video.state(one.id).sight is Sight.OFFLINE for one in dead))
            watch.young_picture("good", after=seq + 10)
            assert watch.video.state(dead[0].id).reason_en.endswith("does not answer")
            assert "no video" in watch.video.state(dead[-1].id).reason_en


def test_that_a_wrong_password_gives_its_sentence_and_a_right_one_a_picture(site_dir: Path, stream: Clip) -> None:
    with RtspServer(stream, login=LOGIN, password=PASSWORD) as server:
        wrong, right = rtsp("wrong", server, password="bad"), rtsp("right", server, password="good")
        watch = Watch(site_dir, (wrong, right))
        watch.secrets.update(bad="not it", good=PASSWORD)
        with watch:
            assert "用户名或密码不对" in watch.wait_for_sight("wrong", Sight.OFFLINE).reason_zh
            watch.wait_for_sight("right", Sight.LIVE)


def test_that_a_password_is_in_no_log_no_argument_and_no_environment(
    site_dir: Path, stream: Clip, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with RtspServer(stream, login=LOGIN, password=PASSWORD) as server:
        watch = Watch(site_dir, (rtsp("right", server, password="good"),))
        watch.secrets["good"] = PASSWORD
        with watch:
            watch.wait_for_sight("right", Sight.LIVE)
            server.drop_all()
            watch.picture("right", after=watch.picture("right").seq + 30)
            (pid,) = watch.pids()
            seen = [Path(f"/proc/{pid}/{name}").read_bytes().decode() for name in ("cmdline", "environ", "comm")]
            watch.wait_for_sight("right", Sight.LIVE)
    printed = capfd.readouterr()
    everything = "\n".join([*seen, caplog.text, printed.out, printed.err, *map(str, watch.states)])
    assert "console.video.worker" in everything
    for secret in (PASSWORD, "Geheim-7%21x", "Geheim"):
        assert secret not in everything


def test_that_a_stalling_camera_goes_stale_and_comes_back_when_it_sends_again(site_dir: Path, stream: Clip) -> None:
    patient = {"stale_s": 4.0, "offline_s": 12.0}  # a busy machine may hold up a camera that sends
    with RtspServer(stream) as server, Watch(site_dir, (rtsp("net", server),), **patient) as watch:
        seq = watch.picture("net").seq
        server.stall()
        watch.wait_for_sight("net", Sight.STALE)
        kept = watch.video.latest(watch.cameras[0].id)
        assert kept is not None
        assert kept.age_s > 3.5
        offline = watch.wait_for_sight("net", Sight.OFFLINE)
        assert offline.reason_zh
        server.resume()
        watch.wait_for_sight("net", Sight.LIVE)
        assert watch.picture("net", after=seq + 5).seq > seq
    # Not once in between: after a stall a decoder hands out old frames as if they were new.
    assert [sight for sight, _ in groupby(watch.sights())] == [Sight.LIVE, Sight.STALE, Sight.OFFLINE, Sight.LIVE]


def test_that_a_dropped_connection_is_made_again_before_the_picture_is_called_stale(
    site_dir: Path, stream: Clip
) -> None:
    patient = {"stale_s": 15.0, "offline_s": 20.0}  # it takes about two seconds, and more on a busy machine
    with RtspServer(stream) as server, Watch(site_dir, (rtsp("net", server),), **patient) as watch:
        watch.wait_for_sight("net", Sight.LIVE)
        seq, said = watch.picture("net").seq, len(watch.states)
        server.drop_all()
        assert watch.picture("net", after=seq + 25).seq > seq
    assert [state.sight for state in watch.states[said:]] == []


def test_that_a_camera_that_was_dead_at_the_start_is_found_when_it_wakes_up(site_dir: Path, stream: Clip) -> None:
    with RtspServer(stream, manner=Manner.NONSENSE) as server, Watch(site_dir, (rtsp("net", server),)) as watch:
        watch.wait_for_sight("net", Sight.OFFLINE)
        server.manner = Manner.GOOD
        watch.wait_for_sight("net", Sight.LIVE)


def test_that_threads_and_connections_do_not_pile_up_over_many_reconnects(site_dir: Path, stream: Clip) -> None:
    with RtspServer(stream) as server, Watch(site_dir, (rtsp("net", server),), stale_s=8.0, offline_s=9.0) as watch:
        watch.picture("net")
        (pid,) = watch.pids()

        def held() -> tuple[int, int]:
            return len(list(Path(f"/proc/{pid}/fd").iterdir())), len(list(Path(f"/proc/{pid}/task").iterdir()))

        first = held()
        for _ in range(2):
            frames = watch.video._watched[watch.cameras[0].id].ring.pulse().frames
            server.drop_all()
            until(lambda frames=frames: watch.video._watched[watch.cameras[0].id].ring.pulse().frames > frames + 30)
        fds, threads = held()
        assert watch.pids() == [pid]
        assert fds <= first[0] + 2
        assert threads <= first[1] + 2


def test_that_a_camera_is_shown_from_its_new_address_at_once(site_dir: Path, stream: Clip) -> None:
    with RtspServer(stream) as first, RtspServer(stream) as second, Watch(site_dir, (rtsp("net", first),)) as watch:
        watch.wait_for_sight("net", Sight.LIVE)
        seq = watch.picture("net").seq
        watch.video.readdress(watch.cameras[0].id, second.url)
        watch.picture("net", after=seq + 40)
        first.stall()  # nobody reads there any more
        newest = watch.picture("net").seq
        watch.young_picture("net", after=newest + 60)
        watch.wait_for_sight("net", Sight.LIVE)


def test_that_a_camera_that_came_after_the_start_is_shown_without_waiting_for_its_next_try(
    site_dir: Path, stream: Clip
) -> None:
    nowhere = camera("net", CameraKind.RTSP, "rtsp://127.0.0.1:9/none")
    with RtspServer(stream) as server, Watch(site_dir, (nowhere,)) as watch:
        watch.wait_for_sight("net", Sight.OFFLINE)
        watch.video.readdress(nowhere.id, server.url)
        watch.wait_for_sight("net", Sight.LIVE, 6.0)
