"""Silence is a fault: whoever says nothing for three heartbeats is told as a problem, and as fine when heard again.

A source that has a `heartbeat_s` makes one `Silence`, calls `heard` for every understandable message, and either calls
`look` about once a second or lets `keep_looking` do it beside its conversations::

    silence = Silence(health, context.clock)
    silence.watch("", whole_source(setup), setup.heartbeat_s)      # the whole source
    silence.watch(camera.id, camera.label, camera.heartbeat_s)     # or one device of it
    silence.heard(camera.id)

A message of a device is also a message of the whole source.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from console.models.clock import Clock
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources.health import Health

SILENT_AFTER: Final = 3
"""Silence of so many heartbeats is a fault: one or two may be lost by any network (EN 50136-1, path supervision)."""

WHOLE: Final = ""
"""The name under which a whole source is watched."""


@dataclass(slots=True)
class _Watched:
    label: Text
    limit_s: float
    heard: float


class Silence:
    """The last-heard clocks of a source and its devices, by the monotonic clock; made and used on one thread."""

    def __init__(self, health: Health, clock: Clock) -> None:
        self._health = health
        self._clock = clock
        self._watched: dict[str, _Watched] = {}

    def watch(self, device: str, label: Text, heartbeat_s: float) -> None:
        """Expect `device` (WHOLE for the source itself) to be heard every `heartbeat_s`; 0 is not supervised.

        The clock begins now: what never calls at all is silent too.
        """
        self.forget(device)
        if heartbeat_s > 0:
            self._watched[device] = _Watched(label, SILENT_AFTER * heartbeat_s, self._clock.monotonic())

    def forget(self, device: str) -> None:
        """Expect nothing of `device` any more."""
        if self._watched.pop(device, None) is not None:
            self._health.fine(_name(device))

    def heard(self, device: str = WHOLE) -> None:
        """Note that `device` has said something understandable; one that is not watched counts for the source."""
        self._health.heard()
        now = self._clock.monotonic()
        for name in {device, WHOLE}:
            watched = self._watched.get(name)
            if watched is not None:
                watched.heard = now
                self._health.fine(_name(name))

    def look(self) -> None:
        """Compare all clocks with now and tell the house who has fallen silent."""
        now = self._clock.monotonic()
        for device, watched in self._watched.items():
            if now - watched.heard > watched.limit_s:
                self._health.problem(_name(device), _silent(watched))

    async def keep_looking(self, stop: asyncio.Event, every_s: float = 1.0) -> None:
        """Look every `every_s` seconds until `stop` is set."""
        while not stop.is_set():
            self.look()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), every_s)


def whole_source(setup: SourceSetup) -> Text:
    """What to call a source in the sentence of its silence."""
    return Text(
        zh=f"报警源“{setup.name.in_language('zh_CN')}”", en=f"the source {setup.name.in_language('en')}"
    )


def _name(device: str) -> str:
    return f"silent {device}".strip()


def _silent(watched: _Watched) -> Text:
    return Text(
        zh=f"{watched.label.zh}超过 {watched.limit_s:g} 秒没有消息。请检查设备电源和网络。",
        en=f"Nothing was heard of {watched.label.en} for more than {watched.limit_s:g} s."
        " Check its power and network.",
    )
