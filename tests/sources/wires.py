"""One real sender for every kind of source: what it is told to ring with, and whether that was answered on its wire.

A kind that is new adds a row to RINGERS; without one the contract tests of all sources fail. Two kinds have no wire on
which anything could be answered: what cameras' own workers see is kept in memory until it is on disk.
"""

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from console.demo.fire import FIRE, FireTransmitter, part_state
from console.demo.guards import PATH
from console.demo.onvif_camera import EmulatedCamera, Manner
from console.demo.panel import Dialler
from console.demo.webhook import post_webhook
from console.models.ids import SourceId
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources.gb26875 import objects
from tests.sources.desk import PATIENCE_S
from tests.sources.mqtt.broker import Broker

HOST: Final = "127.0.0.1"
SOON_S: Final = 0.4
"""How long a sender waits for an answer before it says that there is none, in seconds."""
DEAD_LINES: Final = 140
"""More than any receiver of these tests holds at once."""
OTHER_WAYS: Final = frozenset({"video_rules"})


@dataclass(frozen=True)
class Wire:
    """A source's options, and `ring(port, number, wait_s)`: tell of alarm `number`; True where that was answered in
    time, by default within SOON_S.

    Ringing with the same number again sends the same once more, as that sender does. `heard` tells when a source that
    calls somebody has done so, `raw` gives what was on the wire, `watched` are options with a heartbeat of a second, and
    `hush(True)` makes the other end unusable where saying nothing is not enough, and `cut(port)` breaks the line as a cable
    or a restart does. None: there is no such thing.
    """

    options: dict[str, Any]
    ring: Callable[..., bool]
    heard: Callable[[], bool] = lambda: True
    raw: Callable[[int], bytes] | None = None
    watched: dict[str, Any] | None = None
    hush: Callable[[bool], None] = lambda _silent: None
    cut: Callable[[int], None] = lambda _port: None


def _left_behind(lines: ExitStack, half: bytes) -> Callable[[int], None]:
    """More connections than a receiver holds, each with half a message on it and nobody at its other end any more."""

    def cut(port: int) -> None:
        for _ in range(DEAD_LINES):
            with suppress(OSError):
                line = lines.enter_context(socket.create_connection((HOST, port), PATIENCE_S))
                line.sendall(half)

    return cut


@contextmanager
def _panel(transport: str = "tcp") -> Iterator[Wire]:
    with ExitStack() as lines:
        frames: dict[int, bytes] = {}
        account = "1001" if transport == "tcp" else "2002"

        def ring(port: int, number: int, wait_s: float = SOON_S) -> bool:
            panel = lines.enter_context(Dialler(HOST, port, account, timeout_s=wait_s, attempts=1, transport=transport))
            frame = frames.setdefault(number, panel.frame("SIA-DCS", f"#{account}|NBA{number}", "", f"{number:04d}"))
            return panel.ring(frame, f"{number:04d}").acknowledged

        half = b"\n1234002C\"SIA-DCS\"00"
        options = {"port": 0, "transport": transport, "accounts": [{"account": account}]}
        watched = {**options, "accounts": [{"account": account, "poll_s": 1}]}
        cut = _left_behind(lines, half) if transport == "tcp" else _half_datagrams(lines, half)
        yield Wire(options, ring, raw=frames.__getitem__, watched=watched, cut=cut)


def _half_datagrams(lines: ExitStack, half: bytes) -> Callable[[int], None]:
    """Halves of messages, each from a sender that is not there any more: datagrams know no connection to cut."""

    def cut(port: int) -> None:
        for _ in range(DEAD_LINES):
            line = lines.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            line.sendto(half, (HOST, port))

    return cut


@contextmanager
def _fire() -> Iterator[Wire]:
    with ExitStack() as lines:
        frames: dict[int, bytes] = {}

        def ring(port: int, number: int, wait_s: float = SOON_S) -> bool:
            device = lines.enter_context(FireTransmitter(HOST, port, 889, timeout_s=wait_s, attempts=1))
            device._sequence = number
            data = bytes((objects.PART_STATE, 1)) + part_state(FIRE, "烟感", (1, 1), 40, 1, number, device.stamp())
            frame = frames.setdefault(number, device.frame(2, data))
            return device.ring(frame, number).confirmed

        options = {"port": 0, "transmitters": [{"address": "889"}]}
        watched = {"port": 0, "transmitters": [{"address": "889", "heartbeat_s": 1}]}
        yield Wire(options, ring, raw=frames.__getitem__, watched=watched, cut=_left_behind(lines, b"@@\1\0\1\1"))


@contextmanager
def _webhook() -> Iterator[Wire]:
    def body(number: int) -> bytes:
        return json.dumps({"point": f"door-{number}", "state": "alarm", "id": str(number)}).encode()

    def ring(port: int, number: int, wait_s: float = SOON_S) -> bool:
        return post_webhook((HOST, port), "/own", body(number), timeout_s=wait_s).kept

    watched = {"port": 0, "endpoints": [{"path": "/own", "heartbeat_s": 1}]}
    with ExitStack() as lines:
        cut = _left_behind(lines, b"POST /own HTTP/1.1\r\nContent-Le")
        yield Wire({"port": 0, "endpoints": [{"path": "/own"}]}, ring, raw=body, watched=watched, cut=cut)


@contextmanager
def _mqtt() -> Iterator[Wire]:
    with Broker() as broker:
        told: set[int] = set()

        def ring(_port: int, number: int, wait_s: float = SOON_S) -> bool:
            if number not in told:
                told.add(number)
                broker.publish(f"things/t{number}", "alarm")
            pause = threading.Event()
            for _ in range(int(wait_s / 0.02)):
                if not any(session.flying for session in broker.sessions.values()):
                    return True
                pause.wait(0.02)
            return False

        options = {"host": HOST, "port": broker.port, "map": [{"topic": "things/{name}", "active": ["alarm"], "device": "{name}"}]}
        def cut(_port: int) -> None:
            broker.cut()
            broker.__exit__()  # and the broker is started anew
            broker.__enter__()

        yield Wire(options, ring, raw=lambda _number: b"alarm", watched={**options, "heartbeat_s": 1}, cut=cut)


@contextmanager
def _onvif() -> Iterator[Wire]:
    with EmulatedCamera(login="", password="", keeps_events=True) as camera:
        told: set[int] = set()

        def ring(_port: int, number: int, wait_s: float = SOON_S) -> bool:
            source = (("Source", f"v{number}"),)
            if number not in told:
                told.add(number)
                camera.change("tns1:VideoSource/MotionAlarm", source, (("State", "true"),))
            pause = threading.Event()
            for _ in range(int(wait_s / 0.02)):
                if any(one.source == source for one in camera.events.arrived):
                    return True
                pause.wait(0.02)
            return False

        options = {"pull_s": 1, "devices": [{"id": "eye", "name": {"zh": "眼", "en": "Eye"}, "address": camera.address}]}
        def hush(silent: bool) -> None:
            camera.manner = Manner.GARBAGE if silent else Manner.GOOD

        def cut(_port: int) -> None:
            camera.events.drop_all()  # as after its restart

        yield Wire(options, ring, heard=lambda: "PullMessages" in camera.asked, watched=options, hush=hush, cut=cut)


@contextmanager
def _punch() -> Iterator[Wire]:
    def ring(port: int, number: int, wait_s: float = SOON_S) -> bool:
        said = {"device": "reader-1", "chip": f"04a{number}", "at": "2026-03-14T12:00:00+08:00", "person": "赵国强"}
        with closing(http.client.HTTPConnection(HOST, port, timeout=wait_s)) as line:
            try:
                line.request("POST", PATH, json.dumps(said, ensure_ascii=False).encode(), {"Content-Type": "application/json"})
                return line.getresponse().status == 200
            except OSError:
                return False

    yield Wire({"port": 0}, ring)


RINGERS: Final[Mapping[str, Callable[[], AbstractContextManager[Wire]]]] = {
    "sia_dc09": _panel,
    "gb26875": _fire,
    "webhook": _webhook,
    "mqtt": _mqtt,
    "onvif_events": _onvif,
    "punch": _punch,
}


FURTHER: Final[Mapping[str, tuple[str, Callable[[], AbstractContextManager[Wire]]]]] = {
    "sia_dc09_udp": ("sia_dc09", partial(_panel, "udp")),
}
"""Further wires of kinds that have more than one, by a name of their own: the kind, and its sender."""

ALL_WIRES: Final[Mapping[str, Callable[[], AbstractContextManager[Wire]]]] = {
    **RINGERS,
    **{name: ringer for name, (_kind, ringer) in FURTHER.items()},
}


def kind_of(name: str) -> str:
    """The kind of source that is at the other end of a wire."""
    return FURTHER[name][0] if name in FURTHER else name


def setup_of_wire(kind: str, wire: Wire) -> SourceSetup:
    """The source of a site folder that is at the other end of a wire."""
    return SourceSetup(id=SourceId(kind), kind=kind_of(kind), name=Text("东区", "East"), options=wire.options)


__all__ = ["ALL_WIRES", "FURTHER", "OTHER_WAYS", "PATIENCE_S", "RINGERS", "SOON_S", "Wire", "kind_of", "setup_of_wire"]
