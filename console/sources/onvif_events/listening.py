"""Hear cameras for as long as the source runs: one conversation a device, each on its own.

A batch is on disk before the next one is asked for, which is what tells the camera that it arrived. After a broken line
the camera's own store is asked first, where it has one, for what happened since the last event; then for the state of
everything now.
"""

import asyncio
import random
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from console.models.errors import ConsoleError, Refused
from console.models.ids import SignalId, new_id
from console.models.signals import Signal
from console.models.site import SourceSetup
from console.models.text import Text
from console.onvif import faults
from console.onvif.camera import connect
from console.onvif.events import Events, subscribe
from console.onvif.notification import Notification, Operation
from console.sources.health import Health
from console.sources.house import recall
from console.sources.onvif_events.canary import ANSWER_S, provable
from console.sources.onvif_events.reading import Reader, standing
from console.sources.onvif_events.setup import Device, Setup, devices_of
from console.sources.source import Recalled, Running, SourceContext

AGAIN_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
SOUGHT_AT_MOST: Final = timedelta(hours=24)
"""What a camera kept longer ago than this is history and no alarm any more."""
SEEK_PULL_S: Final = 1.0
SEEK_ROUNDS: Final = 50
STORE_AGAIN_S: Final = 1.0


class Listener:
    """All devices of one source, heard in its event loop."""

    def __init__(self, setup: SourceSetup, read: Setup, context: SourceContext, health: Health) -> None:
        self._setup, self._read = setup, read
        self._context, self._health = context, health

    async def serve(self, running: Running, stop: asyncio.Event) -> None:
        """Hear all devices until `stop` is set."""
        setup, context, health = self._setup, self._context, self._health
        devices = devices_of(self._read, context.cameras)
        known = await recall(context, setup.id) or Recalled()
        health.tell()
        if not devices:
            context.log.info("source %s: the site has no ONVIF camera to hear", setup.id)
        talks = [_Conversation(setup, self._read, device, context, health, known) for device in devices]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one.keep_up(stop)) for one in talks]
            with provable(setup, running, context, talks):
                await stop.wait()
            for task in tasks:
                task.cancel()


class _Conversation:
    """One device: connected to, heard, and connected to again."""

    def __init__(
        self,
        setup: SourceSetup,
        read: Setup,
        device: Device,
        context: SourceContext,
        health: Health,
        known: Recalled,
    ) -> None:
        self._setup, self._read, self._device = setup, read, device
        self._context, self._health = context, health
        self._reader = Reader(setup.id, device, read, standing(known.live, device, read))
        mine = [one.source_at for one in known.recent if one.sender == device.id and one.source_at is not None]
        self._last_at: datetime | None = max(mine, default=None)
        self._heard = False
        self._events: Events | None = None
        self.name = Text(*(device.name.in_language(one) or device.id for one in ("zh_CN", "en")))
        self._failures = 0

    async def keep_up(self, stop: asyncio.Event) -> None:
        """Hear the device until the task is cancelled."""
        while not stop.is_set():
            try:
                await self._hear()
            except ConsoleError as error:
                self._failed(error)
            wait_s = AGAIN_S[min(self._failures, len(AGAIN_S)) - 1] if self._failures else AGAIN_S[0]
            await asyncio.sleep(wait_s * random.uniform(0.8, 1.2))  # noqa: S311 - spread, not secrecy

    def _failed(self, error: ConsoleError) -> None:
        self._failures += 1
        # A camera that restarts itself is back at the second try; a wrong password will not mend itself.
        if self._failures > 1 or not self._heard or isinstance(error, faults.WrongPassword):
            name = self._device.name
            self._health.problem(
                f"device {self._device.id}",
                Text(
                    f"“{name.in_language('zh_CN') or self._device.id}”的事件收不到：{error.text.zh}。",
                    f"No events of {name.in_language('en') or self._device.id}: {error.text.en}.",
                ),
            )
        self._context.log.info("no events of %s: %s", self._device.id, error.text.en)

    async def _hear(self) -> None:
        device = self._device
        secret = self._context.secrets(device.password) if device.password else ""
        async with connect(device.address, device.login, secret) as camera:
            abilities = await camera.event_abilities()
            async with subscribe(camera) as events:
                if abilities.keeps_events and self._last_at is not None:
                    await self._catch_up(events)
                with suppress(faults.Refusal):  # a new subscription is told the state anyway
                    await events.synchronise()
                self._events = events
                try:
                    while True:
                        batch = await events.pull(self._read.pull_s)
                        self._well()
                        await self._take(batch)
                finally:
                    self._events = None

    async def answers(self) -> bool:
        """Whether the device answers over its subscription now; one that refuses the question has answered it."""
        events = self._events
        if events is None:
            return False
        try:
            async with asyncio.timeout(ANSWER_S):
                await events.synchronise()
        except faults.Refusal:
            return True
        except (ConsoleError, TimeoutError):
            return False
        return True

    def _well(self) -> None:
        self._heard, self._failures = True, 0
        self._health.heard()
        self._health.fine(f"device {self._device.id}")

    async def _catch_up(self, events: Events) -> None:
        """Hear what happened while we were away, in its order and without the present state in between."""
        assert self._last_at is not None
        newest = self._context.clock.now() - SOUGHT_AT_MOST
        with suppress(faults.Refusal):
            await events.seek(max(self._last_at, newest))
            for _ in range(SEEK_ROUNDS):
                batch = await events.pull(SEEK_PULL_S)
                if not batch:
                    return
                await self._take(tuple(one for one in batch if one.operation is not Operation.INITIALIZED))

    async def _take(self, batch: tuple[Notification, ...]) -> None:
        """Have everything of a batch on disk before anything else is asked for."""
        signals = []
        for said in batch:
            signal = self._reader.read(said, self._context.clock.now())
            if signal is not None:
                signals.append(signal)
            if said.at is not None and said.operation is not Operation.INITIALIZED:
                self._last_at = said.at if self._last_at is None else max(self._last_at, said.at)
        await _commit(signals, self._context, self._health, self._device.id)


async def _commit(signals: list[Signal], context: SourceContext, health: Health, device: str) -> None:
    """Hand signals over until they are kept: a camera that was told of their arrival will not say them again."""
    problem = f"store {device}"
    waiting = list(signals)
    while waiting:
        futures = [asyncio.wrap_future(context.deliver(signal)) for signal in waiting]
        results: list[Any] = await asyncio.gather(*futures, return_exceptions=True)
        failed: list[Signal] = []
        for signal, result in zip(waiting, results, strict=True):
            if isinstance(result, Refused):
                context.log.warning("a signal of %s is refused: %s", device, result)
            elif isinstance(result, ConsoleError):
                failed.append(signal)
            elif isinstance(result, BaseException):
                raise result
        # What has no identity on the wire gets a new one here: the house may hold the first and keep it meanwhile.
        waiting = [one if one.sequence else replace(one, id=SignalId(new_id())) for one in failed]
        if waiting:
            health.problem(
                problem, Text("报警无法入库，正在重试。", "Alarms cannot be stored; trying again."), deaf=False
            )
            await asyncio.sleep(STORE_AGAIN_S)
    health.fine(problem)
