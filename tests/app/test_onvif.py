"""Cameras are turned, compared and found for a post, on record, and never longer than a key is held."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from console.app import steering
from console.app.onvif import OnvifRoom, followed_of, streams_of, with_streams
from console.bus import Bus
from console.demo.onvif_camera import EmulatedCamera, Manner
from console.models.alarms import Alarm, Condition
from console.models.clock import SystemClock
from console.models.errors import ConsoleError, NotPermitted
from console.models.events import PtzUsed
from console.models.ids import CameraId, PersonId
from console.models.onvif import MediaProfile
from console.models.people import Actor, Role
from console.models.site import Camera, CameraKind, OnvifSetup, Site
from console.models.text import Text
from console.models.work_orders import WorkOrder, WorkOrderState
from console.services import work_orders
from console.services.desk import Desk, Ground
from console.store.store import Reading
from tests.records import open_record

CAM = CameraId("cam-07")
WANG = Actor(person=PersonId("p1"), name="王海燕", role=Role.OPERATOR, seat="A1")
CHIEF = Actor(person=PersonId("p2"), name="赵主管", role=Role.SUPERVISOR, seat="A1")


@pytest.fixture
def device() -> Iterator[EmulatedCamera]:
    with EmulatedCamera(password="open sesame") as camera:
        yield camera


def camera_of(device: EmulatedCamera) -> Camera:
    return Camera(
        id=CAM,
        number=7,
        name=Text("北门", "North gate"),
        kind=CameraKind.RTSP,
        login="admin",
        password="secret:cam",
        onvif=OnvifSetup(address=device.address),
    )


def secret(name: str) -> str:
    assert name == "secret:cam"
    return "open sesame"


@pytest.fixture
def desk(device: EmulatedCamera, tmp_path: Path) -> Iterator[Desk]:
    clock = SystemClock()
    site = Site(id="s", name=Text("院", "Yard"), cameras=(camera_of(device),))
    store = open_record(tmp_path, clock=clock)
    with ExitStack() as stack:
        stack.callback(store.close)
        yield stack.enter_context(Desk(store, Ground(site=site, plans=(), settings={}), clock, Bus()))


@pytest.fixture
def room(desk: Desk) -> Iterator[OnvifRoom]:
    with OnvifRoom(desk.ground.site.cameras, desk, secret).running() as room:
        yield room


def wait(true: Callable[[], object], patience_s: float = 60.0) -> None:
    ends_s = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < ends_s
        time.sleep(0.01)


def on_record(desk: Desk) -> list[tuple[str, str, str]]:
    def read(rx: Reading) -> list[tuple[str, str, str]]:
        from console.models.events import event_from

        events = [event_from(line) for line in rx.journal(kinds=("PtzUsed",))]
        return [(one.action, one.preset, one.by) for one in events if isinstance(one, PtzUsed)]

    return desk.ask(read).result()


def test_that_a_move_ends_by_itself_when_nobody_holds_the_key_any_more(device: EmulatedCamera, room: OnvifRoom) -> None:
    room.steering.presets(CAM).result()  # connected: the first command costs the loading of the library
    room.steering.move(CAM, 1.0, 0.0, 0.0, by=WANG).result()
    wait(lambda: "Stop" in device.asked and not device.moving)  # and not by the camera's own limit alone
    assert device.position[0] > 0.1


def test_that_a_held_key_keeps_turning_and_is_one_line_of_the_journal(
    device: EmulatedCamera, room: OnvifRoom, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Longer than in life, so that a busy machine lets go of nothing while a test is not looking.
    monkeypatch.setattr(steering, "HOLD_S", 2.0)
    monkeypatch.setattr(steering, "CAMERA_HOLD_S", 4.0)
    room.steering.presets(CAM).result()
    began_s = time.monotonic()
    while (held_s := time.monotonic() - began_s) < 2.5:
        room.steering.move(CAM, 1.0, 0.0, 0.0, by=WANG).result()
        time.sleep(0.1)  # the repeat of a key that is held down
        assert device.moving
    room.steering.stop(CAM, by=WANG).result()
    assert not device.moving
    assert device.asked.count("ContinuousMove") <= 1 + held_s / steering.SAME_AGAIN_S
    wait(lambda: on_record(desk) == [("moved", "", "p1")])


def test_that_the_newest_command_wins(device: EmulatedCamera, room: OnvifRoom) -> None:
    room.steering.presets(CAM).result()
    moves = [room.steering.move(CAM, step / 50, 0.0, 0.0, by=WANG) for step in range(1, 41)]
    last = room.steering.stop(CAM, by=WANG)
    for one in [*moves, last]:
        one.result()
    assert not device.moving
    assert device.asked.count("ContinuousMove") < len(moves)


def test_that_positions_are_used_by_operators_and_set_by_who_may_change_settings(
    device: EmulatedCamera, room: OnvifRoom, desk: Desk
) -> None:
    with pytest.raises(NotPermitted):
        room.steering.set_preset(CAM, "大门", by=WANG).result()
    kept = room.steering.set_preset(CAM, "大门", by=CHIEF).result()
    with pytest.raises(NotPermitted):
        room.steering.goto(CAM, kept.token, by=CHIEF).result()
    room.steering.goto(CAM, kept.token, by=WANG).result()
    room.steering.remove_preset(CAM, kept.token, by=CHIEF).result()
    assert room.steering.presets(CAM).result() == ()
    assert on_record(desk) == [("kept", "大门", "p2"), ("went", "大门", "p1"), ("forgot", "大门", "p2")]


def test_that_a_camera_that_hangs_is_told_in_time_and_works_again_later(
    device: EmulatedCamera, room: OnvifRoom
) -> None:
    room.steering.presets(CAM).result()
    device.manner = Manner.HANGS
    with pytest.raises(ConsoleError):  # it hangs until it is let go, and the answer is not waited for so long
        room.steering.goto(CAM, "p1", by=WANG).result()
    device.manner = Manner.GOOD
    room.steering.move(CAM, 0.0, 0.5, 0.0, by=WANG).result()
    wait(lambda: device.position[1] > 0)


def test_that_a_camera_without_a_device_cannot_be_turned(room: OnvifRoom) -> None:
    assert room.steering.turns(CAM)
    assert not room.steering.turns(CameraId("cam-99"))
    with pytest.raises(ConsoleError):
        room.steering.move(CameraId("cam-99"), 1, 0, 0, by=WANG).result()


def test_that_a_wrong_clock_is_an_alarm_and_a_work_order_until_it_is_right(
    device: EmulatedCamera, room: OnvifRoom, desk: Desk
) -> None:
    device.clock_offset_s = 42.0
    room.run(room.compare_clocks()).result()
    room.run(room.compare_clocks()).result()
    (measured,) = room.clocks()
    assert measured.offset_s is not None
    assert abs(measured.offset_s - 42.0) < 5.0
    (alarm,) = desk.ask(lambda rx: rx.find(Alarm)).result()
    assert (alarm.point, alarm.condition) == ("camera:cam-07/clock", Condition.ACTIVE)
    assert alarm.cameras == (CAM,)
    (order,) = desk.ask(lambda rx: rx.find(WorkOrder)).result()
    assert order.subject == "camera:cam-07/clock"
    device.clock_offset_s = 0.0
    room.run(room.compare_clocks()).result()
    (order,) = desk.ask(work_orders.register).result()
    assert order.state is WorkOrderState.OVER


def test_that_a_camera_that_is_away_has_no_measured_clock_but_a_reason(device: EmulatedCamera, room: OnvifRoom) -> None:
    device.password = "another"
    room.run(room.compare_clocks()).result()
    (measured,) = room.clocks()
    assert measured.offset_s is None
    assert "password" in measured.reason.en


def test_that_a_camera_of_the_site_is_described(room: OnvifRoom) -> None:
    assert room.describe(CAM).result().maker == "Pretend"
    with pytest.raises(ConsoleError):
        room.describe(CameraId("cam-99")).result()


def test_that_empty_stream_addresses_are_read_and_kept_for_when_the_camera_is_away(
    device: EmulatedCamera, tmp_path: Path
) -> None:
    other = Camera(id=CameraId("c"), number=1, name=Text("c"), kind=CameraKind.RTSP, address="rtsp://10.0.0.1/a")
    cameras = (camera_of(device), other)
    first = with_streams(cameras, secret, tmp_path)
    assert (first[0].address, first[0].main_address) == ("rtsp://127.0.0.1/sub", "rtsp://127.0.0.1/main")
    assert first[1] is other
    device.manner = Manner.WEB_PAGE
    assert with_streams(cameras, secret, tmp_path)[0] == first[0]
    (tmp_path / "camera-streams.json").write_text("{nonsense")
    assert with_streams(cameras, secret, tmp_path)[0].address == ""


@pytest.mark.expects_log("asking odd for its streams")
def test_that_one_camera_with_which_we_make_a_mistake_keeps_no_other_and_not_the_console_away(
    device: EmulatedCamera, tmp_path: Path
) -> None:
    def mistaken(name: str) -> str:
        if name == "secret:odd":
            raise ZeroDivisionError
        return secret(name)

    odd = replace(camera_of(device), id=CameraId("odd"), password="secret:odd")
    found = with_streams((odd, camera_of(device)), mistaken, tmp_path)
    assert [one.address for one in found] == ["", "rtsp://127.0.0.1/sub"]


def test_that_profiles_are_taken_by_name_or_by_size() -> None:
    profiles = [
        MediaProfile(token="a", name="a", stream="rtsp://h/a", width_px=1920, height_px=1080),
        MediaProfile(token="b", name="b", stream="rtsp://h/b", width_px=640, height_px=360),
        MediaProfile(token="c", name="c", stream="rtsp://h/c", width_px=1280, height_px=720),
    ]
    setup = OnvifSetup(address="h")
    assert streams_of(profiles, setup) == ("rtsp://h/b", "rtsp://h/a")
    assert streams_of(profiles, replace(setup, sub="c", main="c")) == ("rtsp://h/c", "rtsp://h/c")
    with pytest.raises(ConsoleError, match='"d"'):
        streams_of(profiles, replace(setup, sub="d"))
    with pytest.raises(ConsoleError):
        streams_of([], setup)


def test_that_a_camera_that_shows_nothing_is_asked_where_its_streams_are_by_now(
    device: EmulatedCamera, desk: Desk, tmp_path: Path
) -> None:
    asked = (camera_of(device),)
    told: list[tuple[str, str, str]] = []
    lost = {CAM: False}
    followed = followed_of(asked, asked, tmp_path, lost=lost.__getitem__, moved=lambda *moved: told.append(moved))
    with OnvifRoom(asked, desk, secret, followed).running() as room:
        room.run(room.look_for_streams(followed)).result()
        assert told == []  # who shows a picture is left in peace
        lost[CAM] = True
        room.run(room.look_for_streams(followed)).result()
        room.run(room.look_for_streams(followed)).result()
        assert told == [(CAM, "rtsp://127.0.0.1/sub", "rtsp://127.0.0.1/main")]
        device.sub_stream = "rtsp://127.0.0.1:8554/small"
        room.run(room.look_for_streams(followed)).result()
    assert told[1:] == [(CAM, "rtsp://127.0.0.1:8554/small", "rtsp://127.0.0.1/main")]
    device.manner = Manner.WEB_PAGE
    (kept,) = with_streams(asked, secret, tmp_path)
    assert kept.address == "rtsp://127.0.0.1:8554/small"
