"""Receive fire transmitters that speak GB/T 26875.3-2011 (用户信息传输装置) over TCP or UDP.

This is a mirror for the operator and never a replacement of the certified fire alarm control equipment and its display
in the control room (GB 25506-2010, GB 16806). Nothing is ever controlled from here: no reset, no muting, no
initialising. The only things sent are confirmations, denials, the answer to a duty check after a person acknowledged
it, and the time for a transmitter's clock.
"""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from console.models.clock import SystemClock
from console.models.errors import ConsoleError
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources import options
from console.sources.gb26875 import clocks, objects, wire
from console.sources.gb26875.receiver import CANARY_ADDRESS, Receiver
from console.sources.gb26875.setup import OPTIONS, read_setup
from console.sources.health import Health
from console.sources.runner import run_in_thread
from console.sources.source import Running, SourceContext, SourceSpec

PROBE_S: Final = 5.0
_ANYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where a canary finds a server that listens everywhere


def _check(setup: SourceSetup) -> list[Text]:
    mistakes: list[Text] = []
    read_setup(setup, mistakes)
    return mistakes


@contextmanager
def _start(setup: SourceSetup, context: SourceContext) -> Iterator[Running]:
    mistakes: list[Text] = []
    read = read_setup(setup, mistakes)
    options.refuse(mistakes)

    async def serve(running: Running, health: Health, stop: asyncio.Event) -> None:
        await Receiver(setup, read, context, health).serve(running, stop)

    with run_in_thread(setup, context, serve) as running:
        yield running


def _probe(setup: SourceSetup, running: Running, _secrets: Callable[[str], str], token: str) -> None:
    """Send a canary frame over the real socket, as a transmitter would, and wait until it is confirmed."""
    read = read_setup(setup, [])
    address = running.address()
    if address is None:
        raise ConsoleError(zh="该报警源没有在监听。", en="The source is not listening.")
    now = SystemClock().now()
    stamp = clocks.write(now, clocks.Style.BINARY, read.zone)
    sequence = now.microsecond & 0xFFFF
    frame = wire.report(sequence, stamp, CANARY_ADDRESS, 0, bytes((objects.CANARY, 1)) + token.encode("ascii"))
    kind = socket.SOCK_DGRAM if read.transport == "udp" else socket.SOCK_STREAM
    where = (_ANYWHERE.get(address[0], address[0]), address[1])
    try:
        family = socket.getaddrinfo(*where, type=kind)[0][0]
        with socket.socket(family, kind) as line:
            line.settimeout(PROBE_S)
            line.connect(where)
            line.sendall(frame)
            _await_confirmation(line, sequence)
    except OSError as error:
        raise ConsoleError(
            zh=f"自检信号没有得到确认：{error.strerror or error}。",
            en=f"The canary was not confirmed: {error.strerror or error}.",
        ) from error


def _await_confirmation(line: socket.socket, sequence: int) -> None:
    framer, until = wire.Framer(), time.monotonic() + PROBE_S
    while time.monotonic() < until:
        line.settimeout(max(0.01, until - time.monotonic()))
        data = line.recv(4096)
        if not data:
            break
        for found in framer.feed(data):
            if isinstance(found, wire.Frame) and (found.command, found.sequence) == (wire.Command.CONFIRM, sequence):
                return
    raise TimeoutError("no confirmation")


SPEC: Final = SourceSpec(
    kind="gb26875",
    name=Text("用户信息传输装置 GB/T 26875.3（只作镜像）", "Fire transmitters GB/T 26875.3 (mirror only)"),
    check=_check,
    start=_start,
    options=OPTIONS,
    probe=_probe,
)
