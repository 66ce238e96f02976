"""Check and start a source by what reads its options and what serves it: the same for every kind of source."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

from console.models.site import SourceSetup
from console.models.text import Text
from console.sources import options
from console.sources.health import Health
from console.sources.runner import run_in_thread
from console.sources.source import Running, SourceContext

R = TypeVar("R")
Read = Callable[[SourceSetup, list[Text]], R]
"""Reads the options of a setup, and adds what is wrong with them to the list."""
Check = Callable[[SourceSetup], list[Text]]
Start = Callable[[SourceSetup, SourceContext], AbstractContextManager[Running]]


class Server(Protocol):
    """What serves a source in its own event loop until it is to stop."""

    def serve(self, running: Running, stop: asyncio.Event) -> Awaitable[None]:
        """Serve until `stop` is set."""
        ...


def check_by(read: Read[R]) -> Check:
    """Give the `check` of a source whose options `read` reads."""

    def check(setup: SourceSetup) -> list[Text]:
        mistakes: list[Text] = []
        read(setup, mistakes)
        return mistakes

    return check


def start_by(read: Read[R], server: Callable[[SourceSetup, R, SourceContext, Health], Server]) -> Start:
    """Give the `start` of a source whose options `read` reads and that what `server` makes serves, in a thread."""

    @contextmanager
    def start(setup: SourceSetup, context: SourceContext) -> Iterator[Running]:
        mistakes: list[Text] = []
        read_options = read(setup, mistakes)
        options.refuse(mistakes)

        async def serve(running: Running, health: Health, stop: asyncio.Event) -> None:
            await server(setup, read_options, context, health).serve(running, stop)

        with run_in_thread(setup, context, serve) as running:
            yield running

    return start
