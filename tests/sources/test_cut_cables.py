"""A cable is cut without a word to either end, and a device starts anew: it is told, and nothing is lost or doubled."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from console.demo.fire import FIRE, FireTransmitter, part_state
from console.demo.onvif_camera import EmulatedCamera
from console.sources import gb26875 as gb26875_source
from console.sources import onvif_events
from console.sources.gb26875 import objects
from tests.sources.cable import Cable
from tests.sources.desk import PATIENCE_S, Desk
from tests.sources.test_nothing_is_lost import KINDS, SkippingClock
from tests.sources.wires import HOST, RINGERS, Wire, setup_of_wire
from tests.stories.posts import wait_until

MOTION = "tns1:VideoSource/MotionAlarm"
ON = (("State", "true"),)


@pytest.fixture
def lives() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize("kind", ["sia_dc09", "gb26875", "webhook"])
def test_that_a_device_behind_a_cut_cable_is_missed_and_told_once_when_it_is_mended(
    kind: str, lives: ExitStack, desk: Desk
) -> None:
    desk.clock = clock = SkippingClock()
    wire = lives.enter_context(RINGERS[kind]())
    setup = replace(setup_of_wire(kind, wire), options=wire.watched)
    running = lives.enter_context(KINDS[kind].start(setup, desk.context()))
    address = running.address(PATIENCE_S)
    assert address is not None
    cable = lives.enter_context(Cable(address[1]))
    assert wire.ring(cable.port, 1, PATIENCE_S)
    cable.cut()
    assert not wire.ring(cable.port, 2)
    clock.skipped_s += 4.0
    desk.wait(lambda: not desk.health[-1].healthy)
    (problem,) = desk.health[-1].problems
    assert problem.deaf
    assert len(desk.signals) == 1
    cable.mend()
    assert wire.ring(cable.port, 2, PATIENCE_S)
    desk.wait(lambda: desk.health[-1].healthy)
    assert len(desk.signals) == 2
    assert desk.duplicates == []


def test_that_a_camera_behind_a_cut_cable_is_missed_and_asked_for_what_happened_meanwhile(lives: ExitStack, desk: Desk) -> None:
    device = lives.enter_context(EmulatedCamera(login="", password="", keeps_events=True))
    cable = lives.enter_context(Cable(int(device.address.split(":")[2].split("/")[0])))
    address = f"http://{HOST}:{cable.port}/onvif/device_service"
    options = {"pull_s": 1, "devices": [{"id": "eye", "name": {"zh": "眼", "en": "Eye"}, "address": address}]}
    setup = setup_of_wire("onvif_events", Wire(options, lambda _port, _number: False))
    lives.enter_context(onvif_events.SPEC.start(setup, desk.context()))
    desk.wait(lambda: desk.health and not desk.health[-1].waits)
    device.change(MOTION, (("Source", "v1"),), ON)
    desk.wait(lambda: len(desk.signals) == 1)
    cable.cut()
    device.change(MOTION, (("Source", "v2"),), ON)
    wait_until(lambda: desk.ill)  # its answers have deadlines, and one that is missed once may only be slow
    (problem,) = desk.health[-1].problems
    assert problem.deaf
    assert problem.name == "device eye"
    assert len(desk.signals) == 1
    cable.mend()
    wait_until(lambda: desk.health[-1].healthy)
    desk.wait(lambda: len(desk.signals) == 2)
    device.change(MOTION, (("Source", "v3"),), ON)
    desk.wait(lambda: len(desk.signals) == 3)
    assert [str(one.point).rpartition("#")[2] for one in desk.signals] == ["v1", "v2", "v3"]


@pytest.mark.parametrize("repeats_first", [False, True])
def test_that_a_transmitter_that_starts_anew_counts_from_one_and_every_fire_of_it_is_new(
    lives: ExitStack, desk: Desk, *, repeats_first: bool
) -> None:
    wire = lives.enter_context(RINGERS["gb26875"]())
    running = lives.enter_context(gb26875_source.SPEC.start(setup_of_wire("gb26875", wire), desk.context()))
    address = running.address(PATIENCE_S)
    assert address is not None

    def fire(part: int) -> None:
        """The first frame of a life of the transmitter."""
        with FireTransmitter(HOST, address[1], 889, timeout_s=PATIENCE_S, attempts=1) as device:
            device._sequence = 1
            data = bytes((objects.PART_STATE, 1)) + part_state(FIRE, "烟感", (1, 1), 40, 1, part, device.stamp())
            frame = device.frame(2, data)
            if repeats_first and frames:
                assert device.ring(frames[0], 1).confirmed  # what it could not see confirmed before it went down
            assert device.ring(frame, 1).confirmed
            frames.append(frame)

    frames: list[bytes] = []
    for part in (1, 2, 3):
        fire(part)
    assert len(desk.signals) == 3
    assert len({one.point for one in desk.signals}) == 3
