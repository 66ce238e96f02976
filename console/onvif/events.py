"""A pull-point: the camera keeps its events for us until we fetch them (ONVIF Core, 9.2).

    async with subscribe(camera) as events:
        await events.synchronise()
        while ...:
            for notification in await events.pull(wait_s=20): ...

Fetching keeps the subscription alive; where a camera gives it a shorter life than asked for, it is renewed in time.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Final

from console.models.errors import ConsoleError
from console.onvif import faults
from console.onvif.camera import Camera
from console.onvif.notification import Notification, read_pulled

LIFE_S: Final = 120.0
"""How long a camera is asked to keep a subscription that nobody fetches from."""
MOST_MESSAGES: Final = 100
GRACE_S: Final = 5.0
"""How much longer than asked a camera may hold back its answer to a pull."""
GOODBYE_S: Final = 1.0


class Events:
    """A live subscription. Its calls raise ConsoleError where the camera is gone or has dropped it."""

    def __init__(self, pulling: Any, managing: Any, camera: Camera, life_s: float) -> None:
        self._pulling, self._managing, self._camera = pulling, managing, camera
        self._life_s = life_s
        self._renew_at_s = time.monotonic() + life_s / 2

    async def synchronise(self) -> None:
        """Have the camera tell the state of all its properties anew, as Initialized."""
        await self._camera.wire.call(self._pulling, "SetSynchronizationPoint")

    async def seek(self, since_at: datetime) -> None:
        """Go back in the camera's own store of events, where it has one: what happened since is told again."""
        await self._camera.wire.call(self._pulling, "Seek", {"UtcTime": since_at})

    async def pull(self, wait_s: float) -> tuple[Notification, ...]:
        """Wait for at most `wait_s` for something to happen; fetching a batch tells the camera that the last one arrived."""
        if time.monotonic() >= self._renew_at_s:
            await self._renew()
        client, transport = self._pulling.zeep_client, self._pulling.transport
        envelope = client.create_message(
            self._pulling.ws_client, "PullMessages", Timeout=timedelta(seconds=wait_s), MessageLimit=MOST_MESSAGES
        )
        transport.answer_s, usual_s = wait_s + GRACE_S, transport.answer_s
        try:
            with faults.told_as_sentences():
                answer = await transport.post_xml(self._pulling.xaddr, envelope, {})
        finally:
            transport.answer_s = usual_s
        self._renew_at_s = max(self._renew_at_s, time.monotonic() + self._life_s / 2)
        return read_pulled(answer.content)

    async def _renew(self) -> None:
        with suppress(faults.Refusal):  # the pull itself keeps it alive where the camera knows no Renew
            await self._camera.wire.call(self._managing, "Renew", {"TerminationTime": f"PT{int(LIFE_S)}S"})
        self._renew_at_s = time.monotonic() + self._life_s / 2

    async def unsubscribe(self) -> None:
        """Let the camera forget us; most allow only a few subscriptions."""
        await self._camera.wire.call(self._managing, "Unsubscribe")


@asynccontextmanager
async def subscribe(camera: Camera) -> AsyncIterator[Events]:
    """Subscribe to all events of a camera; leaving ends the subscription, as far as the camera can still be reached."""
    if not camera.events_address:
        raise faults.Refusal(zh="这台摄像机不报告事件。", en="This camera tells no events.")
    wire = camera.wire
    service = await wire.service("events", camera.events_address)
    made = await wire.call(service, "CreatePullPointSubscription", {"InitialTerminationTime": f"PT{int(LIFE_S)}S"})
    reference = made.SubscriptionReference
    where = wire.ours(str(getattr(reference.Address, "_value_1", reference.Address)))
    headers = getattr(getattr(reference, "ReferenceParameters", None), "_value_1", None) or ()
    events = Events(
        await wire.service("pullpoint", where, reference=headers),
        await wire.service("subscription", where, reference=headers),
        camera,
        _life_s(made),
    )
    try:
        yield events
    finally:
        with suppress(ConsoleError, TimeoutError):
            await _in_time(events)


async def _in_time(events: Events) -> None:
    async with asyncio.timeout(GOODBYE_S):
        await events.unsubscribe()


def _life_s(made: Any) -> float:
    """How long the camera keeps the subscription, by its own clock on both sides."""
    begins, ends = getattr(made, "CurrentTime", None), getattr(made, "TerminationTime", None)
    if not isinstance(begins, datetime) or not isinstance(ends, datetime):
        return LIFE_S
    try:
        return max(2.0, min(LIFE_S, (ends - begins).total_seconds()))
    except TypeError:
        return LIFE_S
