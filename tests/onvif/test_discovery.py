"""Cameras are found by a question to all; here to one answerer on this machine, never on the real network."""

import pytest

from console.demo.onvif_camera import ProbeAnswerer
from console.models.ids import CameraId
from console.onvif.discovery import discover

ADDRESS = "http://127.0.0.1:8000/onvif/device_service"


@pytest.mark.parametrize("garbage", [b"", b"<x", b"\xff" * 1400, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_that_a_camera_that_answers_is_found_once_whatever_else_comes(garbage: bytes) -> None:
    with ProbeAnswerer(ADDRESS, name="East_Gate", hardware="ZS%201", garbage=garbage) as answerer:
        found = discover(2.0, cards=("127.0.0.1",), group=answerer.door)
    assert [(one.address, one.name, one.hardware, one.known) for one in found] == [(ADDRESS, "East Gate", "ZS 1", None)]


def test_that_a_camera_of_the_site_is_known_again() -> None:
    with ProbeAnswerer(ADDRESS) as answerer:
        known = [(CameraId("cam-07"), "http://127.0.0.1/onvif/device_service"), (CameraId("cam-08"), "10.0.0.8")]
        (found,) = discover(2.0, known=known, cards=("127.0.0.1",), group=answerer.door)
    assert found.known == "cam-07"


def test_that_nobody_answering_is_an_empty_list_in_time() -> None:
    assert discover(0.3, cards=("127.0.0.1",), group=("127.0.0.1", 9)) == ()


def test_that_a_machine_without_a_network_card_finds_nothing() -> None:
    assert discover(0.3, cards=("192.0.2.1",), group=("127.0.0.1", 9)) == ()
