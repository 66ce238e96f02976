"""A camera tells what it is and is turned, over real HTTP; what it does wrong becomes a sentence in time."""

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from console.demo.onvif_camera import EmulatedCamera, Manner
from console.models.errors import ConsoleError
from console.models.onvif import service_address
from console.onvif import faults
from console.onvif.camera import Camera, asked_once
from tests.onvif.conftest import SECRET

R = TypeVar("R")


def ask(
    device: EmulatedCamera, question: Callable[[Camera], Awaitable[R]], secret: str = SECRET, answer_s: float = 30.0
) -> R:
    return asked_once(device.address, "admin", secret, question, answer_s=answer_s)


async def nothing(_camera: Camera) -> None:
    """Only connect."""


def test_that_a_camera_is_described_with_its_streams(device: EmulatedCamera) -> None:
    described = ask(device, Camera.describe)
    assert (described.maker, described.model, described.firmware) == ("Pretend", "ZS-1", "1.2.3")
    assert [(one.token, one.stream, one.codec, one.width_px, one.height_px, one.fps) for one in described.profiles] == [
        ("main", "rtsp://127.0.0.1/main", "H264", 1920, 1080, 25.0),
        ("sub", "rtsp://127.0.0.1/sub", "H264", 640, 360, 15.0),
    ]
    assert described.turns
    assert described.events.pull_point
    assert described.events.keeps_events


def test_that_an_older_camera_without_get_services_is_described_too(device: EmulatedCamera) -> None:
    device.old = True
    device.turns = False
    described = ask(device, Camera.describe)
    assert len(described.profiles) == 2
    assert not described.turns


def test_that_no_login_is_in_a_stream_address(device: EmulatedCamera) -> None:
    device.main_stream = f"rtsp://admin:{SECRET.replace(' ', '')}@127.0.0.1:554/main?user=admin&password=x&channel=1"
    stream = ask(device, Camera.describe).profiles[0].stream
    assert stream == "rtsp://127.0.0.1:554/main?channel=1"


def test_that_a_camera_that_names_another_host_gets_the_token_only_at_its_own(device: EmulatedCamera) -> None:
    device.advertised = "http://10.99.0.7:8000"  # what it believes to be behind address translation
    device.main_stream = "rtsp://10.99.0.7:554/main"
    described = ask(device, Camera.describe)
    assert described.profiles[0].stream == "rtsp://127.0.0.1:554/main"


@pytest.mark.parametrize("offset_s", [0.0, -4000.0, 90000.0])
def test_that_the_offset_of_a_clock_is_measured_and_a_wrong_clock_keeps_nobody_out(
    device: EmulatedCamera, offset_s: float
) -> None:
    device.clock_offset_s = offset_s
    measured = ask(device, Camera.clock_offset_s)
    assert measured is not None
    assert abs(measured - offset_s) < 5.0


def test_that_a_wrong_password_is_told_as_such(device: EmulatedCamera) -> None:
    with pytest.raises(faults.WrongPassword, match="password"):
        ask(device, nothing, "wrong")


def test_that_a_camera_that_hides_its_clock_is_told_as_wrong_password_or_clock(device: EmulatedCamera) -> None:
    device.tells_time = False
    assert ask(device, Camera.clock_offset_s) is not None
    device.clock_offset_s = 600.0
    with pytest.raises(faults.WrongPassword, match="clock"):
        ask(device, nothing)


@pytest.mark.parametrize(
    ("manner", "fault"),
    [
        (Manner.HANGS, faults.Unreachable),
        (Manner.GARBAGE, faults.NotOnvif),
        (Manner.HUGE, faults.NotOnvif),
        (Manner.WEB_PAGE, faults.NotOnvif),
    ],
)
def test_that_a_bad_answer_becomes_a_sentence_within_its_deadline(
    device: EmulatedCamera, manner: Manner, fault: type[ConsoleError]
) -> None:
    device.manner = manner
    began_s = time.monotonic()
    with pytest.raises(fault) as raised:
        ask(device, nothing, answer_s=1.0 if manner is Manner.HANGS else 30.0)
    assert time.monotonic() - began_s < 40.0  # the camera that hangs would do so for ever
    assert raised.value.text.zh
    assert SECRET not in str(raised.value)


def test_that_nobody_at_an_address_is_told_at_once() -> None:
    with pytest.raises(faults.Unreachable):
        asked_once("127.0.0.1:9", "admin", SECRET, nothing, answer_s=1.0)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("192.168.1.64", "http://192.168.1.64/onvif/device_service"),
        ("cam.local:8000", "http://cam.local:8000/onvif/device_service"),
        ("https://10.0.0.1/onvif/device", "https://10.0.0.1/onvif/device"),
        ("[fe80::1]:80", "http://[fe80::1]:80/onvif/device_service"),
    ],
)
def test_that_an_address_may_be_written_short(written: str, address: str) -> None:
    assert service_address(written) == address


@pytest.mark.parametrize("written", ["", "rtsp://10.0.0.1", "http://admin:x@10.0.0.1", "a b", "10.0.0.1:99999"])
def test_that_what_is_no_camera_address_is_refused(written: str) -> None:
    with pytest.raises(ConsoleError):
        service_address(written)


def test_that_a_move_ends_when_it_is_stopped_and_by_itself(device: EmulatedCamera) -> None:
    async def turn(camera: Camera) -> None:
        await camera.move(1.0, -0.5, 0.0, hold_s=1.0)
        await asyncio.sleep(0.2)
        await camera.stop()
        pan, tilt, zoom = device.position
        assert pan > 0.05
        assert tilt < -0.02
        assert zoom == 0.0
        assert not device.moving
        await camera.move(-1.0, 0.0, 0.0, hold_s=0.1)
        while device.moving:  # noqa: ASYNC110 - the camera's own time limit, nobody says stop
            await asyncio.sleep(0.05)

    ask(device, turn)
    assert device.asked.count("ContinuousMove") == 2
    assert device.asked.count("Stop") == 1


def test_that_positions_are_kept_found_again_and_forgotten(device: EmulatedCamera) -> None:
    async def visit(camera: Camera) -> None:
        gate = await camera.set_preset("大门")
        assert [one.name for one in await camera.presets()] == ["大门"]
        await camera.move(1.0, 0.0, 0.0, hold_s=1.0)
        await asyncio.sleep(0.1)
        await camera.goto(gate.token)
        assert device.position == (0.0, 0.0, 0.0)
        await camera.remove_preset(gate.token)
        assert await camera.presets() == ()
        with pytest.raises(faults.Refusal, match="no such preset"):
            await camera.goto("p9")

    ask(device, visit)


def test_that_a_camera_that_cannot_turn_says_so(device: EmulatedCamera) -> None:
    device.turns = False
    with pytest.raises(faults.Refusal, match="cannot turn"):
        ask(device, Camera.stop)


def test_that_nothing_secret_is_logged_even_at_the_lowest_level(
    device: EmulatedCamera, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        ask(device, Camera.describe)
    assert "PasswordDigest" not in caplog.text
    assert SECRET not in caplog.text


def test_that_the_library_leaves_the_root_logger_alone_and_is_not_loaded_before_it_is_needed() -> None:
    program = (
        "import logging, sys\n"
        "import console.onvif.camera, console.onvif.discovery, console.onvif.events, console.onvif.notification\n"
        "assert not {'zeep', 'lxml', 'onvif', 'aiohttp'} & set(sys.modules)\n"
        "from console.onvif import library\n"
        "library.load()\n"
        "assert logging.getLogger().handlers == [] and logging.getLogger().level == logging.WARNING\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
