"""The canary of fire transmitters: a real frame of a reserved address, sent by this machine to its own receiver."""

import socket
import time
from collections.abc import Callable

from console.models.clock import SystemClock
from console.models.site import SourceSetup
from console.sources.calling import CALL_S, address_of, unanswered
from console.sources.gb26875 import clocks, objects, wire
from console.sources.gb26875.receiver import CANARY_ADDRESS
from console.sources.gb26875.setup import read_setup
from console.sources.source import Running


def probe(setup: SourceSetup, running: Running, _secrets: Callable[[str], str], token: str) -> None:
    """Send a canary frame over the real socket, as a transmitter would, and wait until it is confirmed."""
    read = read_setup(setup, [])
    where = address_of(running)
    now = SystemClock().now()
    stamp = clocks.write(now, clocks.Style.BINARY, read.zone)
    sequence = now.microsecond & 0xFFFF
    frame = wire.report(sequence, stamp, CANARY_ADDRESS, 0, bytes((objects.CANARY, 1)) + token.encode("ascii"))
    kind = socket.SOCK_DGRAM if read.transport == "udp" else socket.SOCK_STREAM
    try:
        family = socket.getaddrinfo(*where, type=kind)[0][0]
        with socket.socket(family, kind) as line:
            line.settimeout(CALL_S)
            line.connect(where)
            line.sendall(frame)
            _await_confirmation(line, sequence)
    except OSError as error:
        raise unanswered(error) from error


def _await_confirmation(line: socket.socket, sequence: int) -> None:
    framer, until = wire.Framer(), time.monotonic() + CALL_S
    while time.monotonic() < until:
        line.settimeout(max(0.01, until - time.monotonic()))
        data = line.recv(4096)
        if not data:
            break
        for found in framer.feed(data):
            if isinstance(found, wire.Frame) and (found.command, found.sequence) == (wire.Command.CONFIRM, sequence):
                return
    raise TimeoutError("no confirmation")
