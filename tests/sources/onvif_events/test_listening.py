"""A source hears cameras over real HTTP, through restarts, broken lines and full disks."""

import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console.demo.onvif_camera import EmulatedCamera, Manner
from console.models.alarms import Alarm, AlarmClass, Priority
from console.models.ids import CameraId, SourceId
from console.models.signals import Signal, SignalKind
from console.models.site import Camera, CameraKind, OnvifSetup, SourceSetup
from console.models.text import Text
from console.sources.onvif_events import SPEC
from console.sources.source import Recalled
from tests.sources.desk import PATIENCE_S, Desk

MOTION = "tns1:VideoSource/MotionAlarm"
LINE = "tns1:RuleEngine/LineDetector/Crossed"
V1 = (("Source", "v1"),)
ON, OFF = (("State", "true"),), (("State", "false"),)
POINT = "camera:cam-07/VideoSource/MotionAlarm#v1"


@pytest.fixture
def device() -> Iterator[EmulatedCamera]:
    with EmulatedCamera(password="open sesame") as camera:
        yield camera


@contextmanager
def heard(device: EmulatedCamera, desk: Desk, recalled: Recalled | None = None, **options: Any) -> Iterator[None]:
    desk.secrets["secret:cam"] = "open sesame"
    camera = Camera(
        id=CameraId("cam-07"),
        number=7,
        name=Text("北门", "North gate"),
        kind=CameraKind.RTSP,
        login="admin",
        password="secret:cam",
        onvif=OnvifSetup(address=device.address),
    )
    done: Future[Recalled] = Future()
    done.set_result(recalled or Recalled())
    context = replace(desk.context(), cameras=(camera,), recall=lambda: done)
    setup = SourceSetup(
        id=SourceId("heard"), kind=SPEC.kind, name=Text("听", "Heard"), options={"pull_s": 1, **options}
    )
    with ExitStack() as stack:
        stack.enter_context(SPEC.start(setup, context))
        yield


def until_pulled(device: EmulatedCamera) -> None:
    """Wait until the source listens; the pretend camera has no bell for it."""
    ends_s = time.monotonic() + PATIENCE_S
    while "PullMessages" not in device.asked:
        assert time.monotonic() < ends_s
        time.sleep(0.01)


def kinds(desk: Desk) -> list[tuple[SignalKind, str]]:
    return [(one.kind, one.point) for one in desk.signals]


def test_that_what_is_so_already_and_what_changes_is_delivered_once(device: EmulatedCamera, desk: Desk) -> None:
    device.change(MOTION, V1, ON)
    with heard(device, desk):
        desk.wait(lambda: len(desk.signals) == 1)
        device.change(MOTION, V1, ON)
        device.change(MOTION, V1, OFF)
        desk.wait(lambda: len(desk.signals) == 2)
        device.change(LINE, (("Rule", "r1"),), (("ObjectId", "5"),), operation="")
        desk.wait(lambda: len(desk.signals) == 3)
    assert kinds(desk)[:2] == [(SignalKind.ALARM, POINT), (SignalKind.RESTORE, POINT)]
    crossed = desk.signals[2]
    assert crossed.momentary
    assert crossed.details["camera"] == "cam-07"
    assert b"LineDetector" in crossed.raw
    assert desk.ill == ""
    assert device.events.subscribers == 0, "the camera was left with a subscription"


def test_that_an_alarm_that_stands_from_before_is_not_raised_again(device: EmulatedCamera, desk: Desk) -> None:
    device.change(MOTION, V1, ON)
    with heard(device, desk):
        desk.wait(lambda: desk.signals)
    first = desk.signals[0]
    alarm = Alarm(
        id="a", key="k", point=first.point, source=first.source, alarm_class=AlarmClass.VIDEO,
        priority=Priority.MEDIUM, title=Text("x", "x"), first_at=first.received_at, last_at=first.received_at,
    )  # fmt: skip
    device.keeps_events = False
    with heard(device, desk, Recalled(live=(alarm,), recent=(first,))):
        device.change(MOTION, V1, OFF)
        desk.wait(lambda: len(desk.signals) == 2)
    assert kinds(desk) == [(SignalKind.ALARM, POINT), (SignalKind.RESTORE, POINT)]


def test_that_after_a_dropped_subscription_the_state_is_told_anew_without_doubles(
    device: EmulatedCamera, desk: Desk
) -> None:
    device.keeps_events = False
    with heard(device, desk):
        device.change(MOTION, V1, ON)
        desk.wait(lambda: len(desk.signals) == 1)
        device.events.drop_all()
        device.change(MOTION, V1, OFF)
        desk.wait(lambda: len(desk.signals) == 2)
    assert kinds(desk) == [(SignalKind.ALARM, POINT), (SignalKind.RESTORE, POINT)]


def test_that_what_happened_while_the_line_was_down_is_sought_in_the_camera(device: EmulatedCamera, desk: Desk) -> None:
    with heard(device, desk):
        until_pulled(device)
        device.change(LINE, V1, (("ObjectId", "1"),), operation="")
        desk.wait(lambda: len(desk.signals) == 1)
        device.change(LINE, V1, (("ObjectId", "2"),), operation="", heard=False)
        device.events.drop_all()
        desk.wait(lambda: len(desk.signals) == 2)
    assert [one.details["data"]["ObjectId"] for one in desk.signals] == ["1", "2"]
    assert "Seek" in device.asked


def test_that_a_restarted_console_seeks_from_the_last_event_on_record(device: EmulatedCamera, desk: Desk) -> None:
    device.change(LINE, V1, (("ObjectId", "1"),), operation="", heard=False)
    before = device.change(LINE, V1, (("ObjectId", "2"),), operation="", heard=False)
    device.change(LINE, V1, (("ObjectId", "3"),), operation="", heard=False)
    last = Signal(
        id="s", source="heard", kind=SignalKind.ALARM, point=POINT, received_at=before.at,
        source_at=before.at + timedelta(microseconds=1), sender="cam-07",
    )  # fmt: skip
    with heard(device, desk, Recalled(recent=(last,))):
        desk.wait(lambda: desk.signals)
    assert [one.details["data"]["ObjectId"] for one in desk.signals] == ["3"]


def test_that_the_next_batch_is_not_asked_for_before_the_last_is_on_disk(device: EmulatedCamera, desk: Desk) -> None:
    desk.gate.clear()
    device.change(MOTION, V1, ON)
    with heard(device, desk):
        desk.wait(lambda: desk.asked)
        pulls = device.asked.count("PullMessages")
        device.change(MOTION, V1, OFF)
        assert device.asked.count("PullMessages") == pulls
        assert desk.signals == []
        desk.gate.set()
        desk.wait(lambda: len(desk.signals) == 2)


def test_that_a_signal_that_could_not_be_kept_is_handed_over_again(device: EmulatedCamera, desk: Desk) -> None:
    desk.fail = 1
    device.change(MOTION, V1, ON)
    with heard(device, desk):
        desk.wait(lambda: "cannot be stored" in desk.ill)
        desk.wait(lambda: len(desk.signals) == 1)
        desk.wait(lambda: desk.ill == "")


@pytest.mark.parametrize("manner", [Manner.GARBAGE, Manner.WEB_PAGE])
def test_that_a_camera_that_talks_nonsense_is_deaf_until_it_comes_to_its_senses(
    device: EmulatedCamera, desk: Desk, manner: Manner
) -> None:
    device.manner = manner
    with heard(device, desk):
        desk.wait(lambda: "No events of North gate" in desk.ill)
        assert desk.health[-1].problems[0].deaf
        device.manner = Manner.GOOD
        device.change(MOTION, V1, ON)
        desk.wait(lambda: desk.signals and desk.ill == "")


def test_that_a_wrong_password_is_told_and_not_quoted(device: EmulatedCamera, desk: Desk) -> None:
    device.password = "something else"
    with heard(device, desk):
        desk.wait(lambda: "password" in desk.ill)
    assert "open sesame" not in str(desk.health)


def test_that_a_device_beside_the_site_is_heard_under_its_own_name(device: EmulatedCamera, desk: Desk) -> None:
    recorder = {"id": "nvr", "address": device.address, "login": "admin", "password": "secret:cam"}
    device.change(MOTION, V1, ON)
    with heard(device, desk, devices=[recorder]):
        desk.wait(lambda: desk.signals)
    assert desk.signals[0].point == "onvif:nvr/VideoSource/MotionAlarm#v1"
