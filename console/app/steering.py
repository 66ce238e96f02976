"""Turns the cameras of the site: the newest command wins, and nothing turns longer than somebody holds a key."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol, TypeVar

from console import log
from console.models.errors import ConsoleError
from console.models.ids import CameraId
from console.models.onvif import HOLD_S, CameraTurning, Preset
from console.models.people import Actor, Right
from console.models.site import Camera
from console.onvif.camera import Camera as Device
from console.onvif.camera import connect
from console.services import steering
from console.services.desk import Desk

COMMAND_S: Final = 2.0
"""How long a camera may take to obey. A command that takes longer would be obeyed when nobody expects it any more."""
CAMERA_HOLD_S: Final = 2.0
"""How long a camera turns at most when it hears nothing more: where this program or the line dies."""
SAME_AGAIN_S: Final = 1.0
IDLE_S: Final = 60.0
TELL_AFTER_S: Final = 5.0
"""A pause of so long ends a while of moving, which is then one line of the journal."""

R = TypeVar("R")
_log = logging.getLogger(__name__)


class Loop(Protocol):
    """Where asynchronous work is done; see console.app.onvif."""

    def run(self, work: Coroutine[Any, Any, R]) -> "Future[R]":
        """Begin the work in the loop's own thread."""
        ...


@dataclass(slots=True)
class _Moving:
    by: Actor
    began_s: float
    last_s: float
    lasted_s: float = 0.0


@dataclass(slots=True)
class _PutOff:
    """Whose key was still held when another person began to turn, with which speed, and when it was last repeated."""

    by: Actor
    speed: tuple[float, float, float]
    last_s: float


def _same(one: Actor, other: Actor) -> bool:
    return (one.person, one.seat) == (other.person, other.seat)


class _Pilot:
    """One camera that turns. Lives in the loop's thread."""

    def __init__(
        self,
        camera: Camera,
        secret: Callable[[str], str],
        tell: Callable[..., object],
        say: Callable[[Actor | None], None],
    ) -> None:
        self._camera, self._secret, self._tell, self._say = camera, secret, tell, say
        self._turner: Actor | None = None
        self._put_off: _PutOff | None = None
        self._lock = asyncio.Lock()
        self._latest = 0
        self._device: Device | None = None
        self._stack = AsyncExitStack()
        self._speed: tuple[float, float, float] | None = None
        self._sent_s = 0.0
        self._hold_until_s = 0.0
        self._used_s = 0.0
        self._moving: _Moving | None = None
        self._watch: asyncio.Task[None] | None = None

    async def move(self, speed: tuple[float, float, float], by: Actor) -> None:
        """Turn, and be watched from now on."""
        self._give_way(speed, by)
        self._latest += 1
        mine, now_s = self._latest, time.monotonic()
        self._hold_until_s = now_s + HOLD_S
        async with self._lock:
            if mine != self._latest or time.monotonic() > self._hold_until_s:
                return  # a newer command has come while this one waited, or nobody holds the key any more
            if speed == self._speed and time.monotonic() - self._sent_s < SAME_AGAIN_S:
                return
            await self._command(lambda device: device.move(*speed, hold_s=CAMERA_HOLD_S))
            self._count(by)
            self._speed, self._sent_s = speed, time.monotonic()
            if self._turner != by:
                self._turner = by
                self._say(by)
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._watching())

    def _give_way(self, speed: tuple[float, float, float], by: Actor) -> None:
        """Refuse what is only the repeat of a key that somebody held when another person began to turn."""
        now_s, other = time.monotonic(), self._turner
        if other is not None and not _same(other, by):
            late = self._put_off
            if late is not None and _same(late.by, by) and late.speed == speed and now_s - late.last_s < HOLD_S:
                late.last_s = now_s
                raise ConsoleError(
                    zh=f"{other.name} 正在转动此摄像机；松开后重新按下即可接手。",
                    en=f"{other.name} turns this camera now; let go and press again to take over.",
                )
            if self._speed is not None:
                self._put_off = _PutOff(other, self._speed, now_s)
        elif self._put_off is not None and now_s - self._put_off.last_s > HOLD_S:
            self._put_off = None

    async def stop(self) -> None:
        """Stand still."""
        self._latest += 1
        self._hold_until_s = 0.0
        async with self._lock:
            await self._still()

    async def ask(self, question: Callable[[Device], Awaitable[R]]) -> R:
        """Have the device do one thing, after what it does now."""
        async with self._lock:
            return await self._command(question)

    async def go(self, preset: str) -> str:
        """Go to a position; gives its name."""
        self._latest += 1
        self._hold_until_s = 0.0
        async with self._lock:
            known = {one.token: one.name for one in await self._command(lambda device: device.presets())}
            await self._command(lambda device: device.goto(preset))
            self._speed = None
            self._let_turner_go()
            return known.get(preset, preset)

    async def close(self) -> None:
        """Stop and let go of the camera."""
        if self._watch is not None:
            self._watch.cancel()
        async with self._lock:
            try:
                await self._still()
            except ConsoleError:
                _log.info("camera %s could not be told to stop; it stops by itself", self._camera.id)
        self._tell_moved()
        await self._let_go()

    async def _command(self, question: Callable[[Device], Awaitable[R]]) -> R:
        device = await self._connected()
        self._used_s = time.monotonic()
        try:
            async with asyncio.timeout(COMMAND_S):
                return await question(device)
        except TimeoutError:
            await self._let_go()
            raise ConsoleError(zh="摄像机没有及时执行云台命令。", en="The camera did not obey in time.") from None
        except ConsoleError:
            await self._let_go()
            raise

    async def _connected(self) -> Device:
        if self._device is None:
            setup = self._camera.onvif
            assert setup is not None
            secret = self._secret(self._camera.password) if self._camera.password else ""
            stack = AsyncExitStack()
            device = await stack.enter_async_context(
                connect(setup.address, self._camera.login, secret, answer_s=COMMAND_S)
            )
            self._device, self._stack = device, stack
            await device.prepare_turning()
        return self._device

    async def _let_go(self) -> None:
        self._device, self._speed = None, None
        self._let_turner_go()
        await self._stack.aclose()

    async def _still(self) -> None:
        if self._speed is None:
            return
        if self._moving is not None:
            self._moving.lasted_s += time.monotonic() - self._moving.began_s
            self._moving.last_s = time.monotonic()
        await self._command(lambda device: device.stop())
        self._speed = None
        self._let_turner_go()

    def _let_turner_go(self) -> None:
        if self._turner is not None:
            self._turner = None
            self._say(None)

    async def _watching(self) -> None:
        """The dead man's handle: whoever holds a key says so again and again."""
        while True:
            await asyncio.sleep(0.05)
            now_s = time.monotonic()
            if self._speed is not None and now_s > self._hold_until_s:
                async with self._lock:
                    if time.monotonic() > self._hold_until_s:
                        try:
                            await self._still()
                        except ConsoleError as error:
                            _log.info("camera %s: %s", self._camera.id, error.text.en)
            if self._moving is not None and self._speed is None and now_s - self._moving.last_s > TELL_AFTER_S:
                self._tell_moved()
            if self._speed is None and self._moving is None and now_s - self._used_s > IDLE_S:
                async with self._lock:
                    await self._let_go()
                return

    def _count(self, by: Actor) -> None:
        now_s = time.monotonic()
        if self._moving is not None and self._moving.by.person != by.person:
            self._tell_moved()
        if self._moving is None:
            self._moving = _Moving(by, now_s, now_s)
        elif self._speed is None:
            self._moving.began_s = now_s

    def _tell_moved(self) -> None:
        if self._moving is not None:
            done, self._moving = self._moving, None
            self._tell(steering.moved, self._camera.id, max(done.lasted_s, 0.1), by=done.by)


class SiteSteering:
    """See console.models.onvif.Steering. May be called from any thread."""

    def __init__(self, cameras: tuple[Camera, ...], loop: Loop, desk: Desk, secret: Callable[[str], str]) -> None:
        self._cameras = {camera.id: camera for camera in cameras if camera.onvif is not None}
        self._loop, self._desk, self._secret = loop, desk, secret
        self._pilots: dict[CameraId, _Pilot] = {}

    def turns(self, camera: CameraId) -> bool:
        """Whether this camera of the site can be asked to turn: it is an ONVIF device."""
        return camera in self._cameras

    def move(self, camera: CameraId, pan: float, tilt: float, zoom: float, *, by: Actor) -> "Future[None]":
        """Turn with these speeds until nobody asks any more."""
        return self._asked(camera, by, Right.HANDLE_ALARMS, lambda pilot: pilot.move((pan, tilt, zoom), by))

    def stop(self, camera: CameraId, *, by: Actor) -> "Future[None]":
        """Stand still."""
        return self._asked(camera, by, Right.WATCH, lambda pilot: pilot.stop())

    def presets(self, camera: CameraId) -> "Future[tuple[Preset, ...]]":
        """The positions that the camera remembers."""
        return self._asked(camera, None, Right.WATCH, lambda pilot: pilot.ask(lambda device: device.presets()))

    def goto(self, camera: CameraId, preset: str, *, by: Actor) -> "Future[None]":
        """Go to a position."""

        async def go(pilot: _Pilot) -> None:
            name = await pilot.go(preset)
            await self._record(steering.went, camera, name, by=by)

        return self._asked(camera, by, Right.HANDLE_ALARMS, go)

    def set_preset(self, camera: CameraId, name: str, *, by: Actor) -> "Future[Preset]":
        """Remember where the camera looks."""

        async def keep(pilot: _Pilot) -> Preset:
            kept = await pilot.ask(lambda device: device.set_preset(name))
            await self._record(steering.kept, camera, name, by=by)
            return kept

        return self._asked(camera, by, Right.CHANGE_SETTINGS, keep)

    def remove_preset(self, camera: CameraId, preset: str, *, by: Actor) -> "Future[None]":
        """Forget a position."""

        async def forget(pilot: _Pilot) -> None:
            known = {one.token: one.name for one in await pilot.ask(lambda device: device.presets())}
            await pilot.ask(lambda device: device.remove_preset(preset))
            await self._record(steering.forgot, camera, known.get(preset, preset), by=by)

        return self._asked(camera, by, Right.CHANGE_SETTINGS, forget)

    async def close(self) -> None:
        """Let go of all cameras; runs in the loop."""
        for pilot in self._pilots.values():
            await pilot.close()
        self._pilots.clear()

    async def _record(self, command: Callable[..., Any], camera: CameraId, name: str, *, by: Actor) -> None:
        await asyncio.wrap_future(self._desk.do(command, camera, name, by=by))

    def _asked(
        self, camera: CameraId, by: Actor | None, right: Right, work: Callable[[_Pilot], Coroutine[Any, Any, R]]
    ) -> "Future[R]":
        try:
            if by is not None:
                by.demand(right)
            if camera not in self._cameras:
                raise ConsoleError(zh="这台摄像机不能转动。", en="This camera cannot turn.")
        except ConsoleError as error:
            refused: Future[R] = Future()
            refused.set_exception(error)
            return refused

        async def begin() -> R:
            if camera not in self._pilots:
                say = partial(self._say_turning, camera)
                self._pilots[camera] = _Pilot(self._cameras[camera], self._secret, self._tell, say)
            return await work(self._pilots[camera])

        return self._loop.run(begin())

    def _say_turning(self, camera: CameraId, by: Actor | None) -> None:
        self._desk.bus.publish(CameraTurning(camera=camera, by=by))

    def _tell(self, command: Callable[..., Any], *args: Any, **named: Any) -> None:
        self._desk.do(command, *args, **named).add_done_callback(_say_unkept)


def _say_unkept(done: "Future[Any]") -> None:
    error = None if done.cancelled() else done.exception()
    if isinstance(error, ConsoleError):
        _log.warning("the turning of a camera could not be put on record: %s", error.text.en)
    elif error is not None:
        log.bug(error, "turning a camera")
