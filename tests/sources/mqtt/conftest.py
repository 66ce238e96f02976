"""A broker, and what starts a source that hears it."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from console.models.ids import SourceId
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources import mqtt
from console.sources.source import Running
from tests.sources.desk import PATIENCE_S, Desk
from tests.sources.mqtt.broker import Broker


def mqtt_setup(port: int, *streams: dict[str, Any], **options: Any) -> SourceSetup:
    """A source of the site folder that hears a broker of this machine."""
    given = {"host": "127.0.0.1", "port": port, "map": list(streams), **options}
    return SourceSetup(id=SourceId("smart"), kind="mqtt", name=Text("物联网", "Things"), options=given)


@pytest.fixture
def broker() -> Iterator[Broker]:
    with Broker() as broker:
        yield broker


@pytest.fixture(params=["5", "3.1.1"])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Hearing:
    """Starts sources that hear a port; all are stopped at the end."""

    def __init__(self, desk: Desk, lives: ExitStack) -> None:
        self.desk, self.lives = desk, lives

    def __call__(self, port: int, *streams: dict[str, Any], context: Any = None, **options: Any) -> Running:
        setup = mqtt_setup(port, *streams, **options)
        running = self.lives.enter_context(mqtt.SPEC.start(setup, context or self.desk.context()))
        assert running.address(PATIENCE_S) is not None, self.desk.health
        return running


@pytest.fixture
def hear(desk: Desk) -> Iterator[Hearing]:
    with ExitStack() as lives:
        yield Hearing(desk, lives)
