"""A desk for every test of a source, and what starts sources against it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from console.models.ids import SourceId
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources import punch, sia_dc09
from console.sources.source import Running, SourceSpec
from tests.sources.desk import PATIENCE_S, Desk

Start = Callable[..., Running]


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


def setup_of(kind: str, **options: Any) -> SourceSetup:
    """A source of the site folder, listening on a free port of this machine."""
    return SourceSetup(id=SourceId("east"), kind=kind, name=Text("东区", "East"), options={"port": 0, **options})


def _starter(spec: SourceSpec, desk: Desk, lives: ExitStack) -> Start:
    def start(**options: Any) -> Running:
        running = lives.enter_context(spec.start(setup_of(spec.kind, **options), desk.context()))
        assert running.address(PATIENCE_S) is not None or not options.get("listens", True)
        return running

    return start


@pytest.fixture
def dc09(desk: Desk) -> Iterator[Start]:
    """Starts DC-09 receivers; they are stopped before the desk closes."""
    with ExitStack() as lives:
        yield _starter(sia_dc09.SPEC, desk, lives)


@pytest.fixture
def punches(desk: Desk) -> Iterator[Start]:
    """Starts punch receivers; they are stopped before the desk closes."""
    with ExitStack() as lives:
        yield _starter(punch.SPEC, desk, lives)
