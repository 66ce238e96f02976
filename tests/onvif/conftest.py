"""A pretend camera for every test that asks for one."""

from collections.abc import Iterator

import pytest

from console.demo.onvif_camera import EmulatedCamera

SECRET = "correct horse"


@pytest.fixture
def device() -> Iterator[EmulatedCamera]:
    """A camera that turns, keeps its events and wants a password."""
    with EmulatedCamera(password=SECRET) as camera:
        yield camera
