"""Whoever rings: one sender for each input, over its real wire, who knows whether what it sent was acknowledged.

All of them are used alike: `with make(port, ...) as sender: sender.repeated(point, active)()`. What is not acknowledged
is sent again, byte for byte, by calling that once more.
"""

import json
import threading
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from bench.ground import ACCOUNT, PATH, TOPIC, TRANSMITTER
from console.demo.fire import FIRE, NORMAL, FireTransmitter, part_state
from console.demo.panel import Dialler
from console.demo.webhook import post_webhook
from console.sources.gb26875 import objects, wire

HOST = "127.0.0.1"
CENTRE = 88888
CONNECT_S = 30.0
SMOKE = 40


class Sender(AbstractContextManager["Sender"], Protocol):
    """One device on one input."""

    def repeated(self, point: int, active: bool = True, text: str = "") -> Callable[[], bool]:
        """What tells that a point is in alarm or well again; every call sends the same bytes, and says whether they were
        acknowledged."""


class Panel:
    """An intrusion panel over DC-09."""

    def __init__(self, port: int, *, timeout_s: float, attempts: int) -> None:
        self._panel = Dialler(HOST, port, ACCOUNT, timeout_s=timeout_s)
        self._attempts = attempts
        self._number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._panel.hang_up()

    def repeated(self, point: int, active: bool = True, text: str = "") -> Callable[[], bool]:
        """A power fault of the panel's own and its restore: YP, YQ."""
        self._number = self._number % 9999 + 1
        sequence = f"{self._number:04d}"
        code = "YP" if active else "YQ"
        frame = self._panel.frame("SIA-DCS", f"#{ACCOUNT}|N{code}{point}{f'^{text}^' if text else ''}", "", sequence)
        return lambda: any(self._panel.ring(frame, sequence).acknowledged for _ in range(self._attempts))


class Fire:
    """A fire transmitter over GB/T 26875.3."""

    def __init__(self, port: int, *, timeout_s: float, attempts: int) -> None:
        self._device = FireTransmitter(HOST, port, TRANSMITTER, timeout_s=timeout_s, attempts=attempts)
        self._number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._device.hang_up()

    def repeated(self, point: int, active: bool = True, text: str = "") -> Callable[[], bool]:
        """The state of a part."""
        self._number = (self._number + 1) & 0xFFFF
        number, stamp = self._number, self._device.stamp()
        state = part_state(FIRE if active else NORMAL, text, (1, 1), SMOKE, 1, point, stamp)
        frame = wire.report(number, stamp, TRANSMITTER, CENTRE, bytes((objects.PART_STATE, 1)) + state)
        return lambda: self._device.ring(frame, number).confirmed


class Hook:
    """A program that posts."""

    def __init__(self, port: int, *, timeout_s: float, attempts: int) -> None:
        self._where, self._timeout_s, self._attempts = (HOST, port), timeout_s, attempts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def repeated(self, point: int, active: bool = True, text: str = "") -> Callable[[], bool]:
        """One notification, with a key of its own that every repetition carries too."""
        key = uuid.uuid4().hex
        notice = {"point": f"hooks-{point}", "state": "alarm" if active else "restore", "class": "fault", "text": text}
        return lambda: any(
            post_webhook(self._where, PATH, notice, key=key, timeout_s=self._timeout_s).kept
            for _attempt in range(self._attempts)
        )


class Thing:
    """A device that publishes to the broker; acknowledged means that the broker has it, and keeps it for us."""

    def __init__(self, port: int, *, timeout_s: float, attempts: int) -> None:
        del attempts  # the broker is there
        self._port, self._timeout_s = port, timeout_s
        self._there = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
        self._client.on_connect = lambda *_: self._there.set()

    def __enter__(self) -> Self:
        self._client.connect(HOST, self._port, bind_address=HOST)
        self._client.loop_start()
        if not self._there.wait(CONNECT_S):
            raise SystemExit("the broker does not answer")
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def repeated(self, point: int, active: bool = True, text: str = "") -> Callable[[], bool]:
        """Publish with QoS 1; once, for the broker keeps it from then on."""
        said = {"state": "alarm" if active else "normal", "text": text}
        sent: list[paho.MQTTMessageInfo] = []

        def send() -> bool:
            if not sent:
                sent.append(self._client.publish(f"{TOPIC}/things-{point}", json.dumps(said), qos=1))
            sent[0].wait_for_publish(self._timeout_s)
            return sent[0].is_published()

        return send


SENDERS: Mapping[str, Callable[..., Sender]] = {"panel": Panel, "fire": Fire, "hooks": Hook, "things": Thing}
"""Who sends to which source of `bench.ground.make_inputs_site`; each takes the port, `timeout_s` and `attempts`."""
