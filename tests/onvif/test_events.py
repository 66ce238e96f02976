"""Events come by pull-point: state first, then what happens, and nothing stays behind at the camera."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from console.demo.onvif_camera import EmulatedCamera
from console.models.errors import ConsoleError
from console.onvif.camera import Camera, asked_once
from console.onvif.events import Events, subscribe
from console.onvif.notification import Operation, plain_topic, read_pulled
from tests.onvif.conftest import SECRET

R = TypeVar("R")
MOTION = "tns1:VideoSource/MotionAlarm"
SOURCE = (("Source", "v1"),)


def hear(device: EmulatedCamera, listen: Callable[[Events], Awaitable[R]]) -> R:
    async def question(camera: Camera) -> R:
        async with subscribe(camera) as events:
            return await listen(events)

    return asked_once(device.address, "admin", SECRET, question, answer_s=30.0)


@pytest.mark.parametrize("wants_reference", [False, True])
def test_that_state_is_told_first_and_changes_after_it(device: EmulatedCamera, wants_reference: bool) -> None:
    device.wants_reference = wants_reference
    device.change(MOTION, SOURCE, (("State", "true"),))

    async def listen(events: Events) -> None:
        (first,) = await events.pull(1.0)
        assert (first.topic, first.operation) == ("VideoSource/MotionAlarm", Operation.INITIALIZED)
        assert (first.source, first.data) == (SOURCE, (("State", "true"),))
        device.change(MOTION, SOURCE, (("State", "false"),))
        (second,) = await events.pull(1.0)
        assert (second.operation, second.data) == (Operation.CHANGED, (("State", "false"),))
        assert b"MotionAlarm" in second.raw
        assert second.at is not None
        await events.synchronise()
        assert [one.operation for one in await events.pull(1.0)] == [Operation.INITIALIZED]

    hear(device, listen)
    assert device.events.subscribers == 0
    assert device.asked[-1] == "Unsubscribe"


def test_that_a_pull_waits_for_something_to_happen(device: EmulatedCamera) -> None:
    async def listen(events: Events) -> None:
        waiting = asyncio.create_task(events.pull(10.0))
        while "PullMessages" not in device.asked:  # noqa: ASYNC110 - the device knows no loops
            await asyncio.sleep(0.01)
        device.change(MOTION, SOURCE, (("State", "true"),))
        assert len(await asyncio.wait_for(waiting, 60.0)) == 1

    hear(device, listen)


def test_that_what_happened_meanwhile_is_sought_in_the_camera(device: EmulatedCamera) -> None:
    before = device.change(MOTION, SOURCE, (("State", "true"),))
    device.change(MOTION, SOURCE, (("State", "false"),), heard=False)

    async def listen(events: Events) -> None:
        await events.pull(0.5)
        await events.seek(before.at + timedelta(microseconds=1))
        assert [one.data for one in await events.pull(0.5)] == [(("State", "false"),)]

    hear(device, listen)


def test_that_a_dropped_subscription_is_an_error_and_not_silence(device: EmulatedCamera) -> None:
    async def listen(events: Events) -> None:
        device.events.drop_all()
        with pytest.raises(ConsoleError, match="dropped"):
            await events.pull(1.0)

    hear(device, listen)


def test_that_a_subscription_with_a_short_life_is_renewed_while_it_is_only_pulled(device: EmulatedCamera) -> None:
    device.life_s = 6.0

    async def listen(events: Events) -> None:
        await asyncio.sleep(3.1)
        await events.pull(0.1)

    hear(device, listen)
    assert "Renew" in device.asked


def test_that_a_topic_is_read_without_its_prefixes() -> None:
    assert plain_topic(" tns1:RuleEngine/tnsajax:LineDetector/Crossing ") == "RuleEngine/LineDetector/Crossing"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"not xml",
        b"<a>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a xmlns:s="x">&b;<',
        b"\xff\xfe\x00",
    ],
)
def test_that_what_is_no_answer_is_refused(answer: bytes) -> None:
    with pytest.raises(ConsoleError):
        read_pulled(answer)


def test_that_a_message_without_a_topic_does_not_stop_the_others() -> None:
    answer = (
        b'<r xmlns:w="http://docs.oasis-open.org/wsn/b-2" xmlns:tt="http://www.onvif.org/ver10/schema">'
        b"<w:NotificationMessage/><w:NotificationMessage><w:Topic>a:B/c:D</w:Topic><w:Message>"
        b'<tt:Message UtcTime="nonsense" PropertyOperation="None"><tt:Data><tt:SimpleItem Name="x" Value="1"/></tt:Data>'
        b"</tt:Message></w:Message></w:NotificationMessage></r>"
    )
    first, second = read_pulled(answer)
    assert first.topic == ""
    assert (second.topic, second.at, second.operation, second.data) == ("B/D", None, Operation.NONE, (("x", "1"),))
