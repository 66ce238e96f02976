"""Each camera is asked whether it answers, and the token goes the way of an event."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from console.demo.onvif_camera import EmulatedCamera, Manner
from console.models.errors import ConsoleError
from console.models.ids import SourceId
from console.models.signals import SignalKind
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources.onvif_events import SPEC
from console.sources.source import Running
from tests.sources.desk import Desk


def setup_of(*cameras: EmulatedCamera) -> SourceSetup:
    devices = [
        {"id": f"eye-{n}", "name": {"zh": f"眼{n}", "en": f"Eye {n}"}, "address": camera.address}
        for n, camera in enumerate(cameras)
    ]
    options: dict[str, Any] = {"pull_s": 1, "devices": devices}
    return SourceSetup(id=SourceId("heard"), kind=SPEC.kind, name=Text("听", "Heard"), options=options)


@contextmanager
def running(desk: Desk, *cameras: EmulatedCamera) -> Iterator[Running]:
    with SPEC.start(setup_of(*cameras), desk.context()) as made:
        desk.wait(lambda: all("PullMessages" in camera.asked for camera in cameras))
        yield made


def ask(desk: Desk, made: Running, *cameras: EmulatedCamera) -> None:
    assert SPEC.probe is not None
    SPEC.probe(setup_of(*cameras), made, desk._secret, "TOKEN")


@pytest.fixture
def pair() -> Iterator[tuple[EmulatedCamera, EmulatedCamera]]:
    with EmulatedCamera(login="", password="") as one, EmulatedCamera(login="", password="") as other:
        yield one, other


def test_that_every_camera_is_asked_over_its_subscription_and_no_state_is_news(
    desk: Desk, pair: tuple[EmulatedCamera, EmulatedCamera]
) -> None:
    pair[0].change("tns1:VideoSource/MotionAlarm", (("Source", "v1"),), (("State", "true"),))
    with running(desk, *pair) as made:
        desk.wait(lambda: len(desk.signals) == 1)
        before = [camera.asked.count("SetSynchronizationPoint") for camera in pair]
        ask(desk, made, *pair)
        assert [camera.asked.count("SetSynchronizationPoint") for camera in pair] == [n + 1 for n in before]
        pulled = pair[0].asked.count("PullMessages")
        desk.wait(lambda: pair[0].asked.count("PullMessages") > pulled + 1)
    assert [one.kind for one in desk.signals] == [SignalKind.ALARM, SignalKind.CANARY]
    assert desk.signals[1].code == "TOKEN"


def test_that_a_camera_that_does_not_answer_is_named_and_no_token_is_delivered(
    desk: Desk, pair: tuple[EmulatedCamera, EmulatedCamera]
) -> None:
    with running(desk, *pair) as made:
        pair[1].manner = Manner.GARBAGE
        with pytest.raises(ConsoleError) as told:
            ask(desk, made, *pair)
        assert "Eye 1" in told.value.text.en
        assert "Eye 0" not in told.value.text.en
    assert desk.signals == []


def refusal(desk: Desk, made: Running) -> str:
    with pytest.raises(ConsoleError) as told:
        ask(desk, made)
    return told.value.text.en


def test_that_a_source_without_cameras_and_one_that_has_ended_say_so(desk: Desk) -> None:
    with SPEC.start(setup_of(), desk.context()) as made:
        desk.wait(lambda: refusal(desk, made) == "There is no ONVIF camera to test.")
    assert refusal(desk, made) == "The source is only just starting."
