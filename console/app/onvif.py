"""The ONVIF side of the post: an event loop in a thread of its own for all that is asked of cameras.

Nothing of it starts with the console: the SOAP library is loaded when something is asked, or when the clocks are first
compared, some time after the first pictures.
"""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from console import log
from console.app.steering import SiteSteering
from console.models.camera_health import CameraFault, CameraTrouble
from console.models.errors import ConsoleError
from console.models.ids import CameraId
from console.models.onvif import CameraClock, CameraDescription, FoundCamera, MediaProfile
from console.models.settings import seconds_of
from console.models.site import Camera, CameraKind, OnvifSetup
from console.onvif import discovery
from console.onvif.camera import connect
from console.services import camera_health
from console.services.desk import Desk

FIRST_CLOCKS_S: Final = 20.0
"""So long after the start the clocks are compared for the first time, when the pictures are there."""
STOP_S: Final = 5.0
"""How long each step of letting go of the cameras may take when the console ends, in seconds."""
STREAMS_S: Final = 6.0
"""How long the start may wait for cameras whose stream addresses nobody has told yet."""
STREAMS_AGAIN_S: Final = 20.0
"""How often a camera that tells its own stream addresses and shows nothing is asked for them again."""
AT_ONCE: Final = 4
STREAMS_FILE: Final = "camera-streams.json"

R = TypeVar("R")
_log = logging.getLogger(__name__)


class OnvifRoom:
    """See console.models.onvif.CameraDevices; enter `running` to have it work. May be called from any thread."""

    def __init__(
        self,
        cameras: Sequence[Camera],
        desk: Desk,
        secrets: Callable[[str], str],
        followed: "Followed | None" = None,
    ) -> None:
        self._followed = followed
        self._cameras = {camera.id: camera for camera in cameras if camera.onvif is not None}
        self._desk, self._secrets = desk, secrets
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="onvif", daemon=True)
        self._clocks: dict[CameraId, CameraClock] = {}
        self._looks = ThreadPoolExecutor(1, thread_name_prefix="camera discovery")
        self.steering = SiteSteering(tuple(cameras), self, desk, secrets)

    @contextmanager
    def running(self) -> Iterator["OnvifRoom"]:
        """Work until the block is left; within a few seconds nothing is left."""
        self._thread.start()
        watching = [self.run(self._compare_for_ever())] if self._cameras else []
        if self._followed is not None and self._followed.in_use:
            watching.append(self.run(self._follow_streams(self._followed)))
        try:
            yield self
        finally:
            for one in watching:
                one.cancel()
            try:
                self.run(self.steering.close()).result(STOP_S)
            except (ConsoleError, TimeoutError):
                _log.info("a camera could not be let go of in time")
            self._looks.shutdown(wait=True, cancel_futures=True)
            try:
                self.run(self._end_all()).result(STOP_S)
            except TimeoutError:  # a name that nobody answers for is still being looked up
                _log.info("what was asked of the cameras did not end in time")
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(STOP_S)
            if not self._thread.is_alive():
                self._loop.close()

    def run(self, work: Coroutine[Any, Any, R]) -> "Future[R]":
        """Begin some work in the loop's thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    # ---- what is asked ---------------------------------------------------------------------

    def discover(self, timeout_s: float = 3.0) -> "Future[tuple[FoundCamera, ...]]":
        """Look for cameras on the local network."""
        known = [(camera.id, camera.onvif.address) for camera in self._cameras.values() if camera.onvif is not None]
        return self._looks.submit(discovery.discover, timeout_s, known=known)

    def describe(self, camera: CameraId) -> "Future[CameraDescription]":
        """Ask a camera of the site."""
        return self.run(self._describe_known(camera))

    def describe_address(self, address: str, login: str, secret: str) -> "Future[CameraDescription]":
        """Ask a camera by its address."""
        return self.run(_describe(address, login, secret))

    def clocks(self) -> tuple[CameraClock, ...]:
        """What was last measured of each clock."""
        return tuple(self._clocks.values())

    async def _describe_known(self, camera_id: CameraId) -> CameraDescription:
        camera = self._cameras.get(camera_id)
        if camera is None or camera.onvif is None:
            raise ConsoleError(zh="这台摄像机没有 ONVIF 地址。", en="This camera has no ONVIF address.")
        return await _describe(camera.onvif.address, camera.login, self._secret_of(camera))

    def _secret_of(self, camera: Camera) -> str:
        return self._secrets(camera.password) if camera.password else ""

    # ---- clocks ----------------------------------------------------------------------------

    async def _compare_for_ever(self) -> None:
        await asyncio.sleep(min(FIRST_CLOCKS_S, self._setting("video.clock_check_s")))
        while True:
            await self.compare_clocks()
            await asyncio.sleep(self._setting("video.clock_check_s"))

    async def compare_clocks(self) -> None:
        """Measure the clock of every camera, a few at a time, and tell which are off."""
        few = asyncio.Semaphore(AT_ONCE)

        async def one(camera: Camera) -> None:
            async with few:
                try:
                    await self._compare(camera)
                except Exception as error:  # noqa: BLE001 - one camera's fault, or ours with it, holds up no other
                    log.bug(error, f"comparing the clock of {camera.id}")

        await asyncio.gather(*(one(camera) for camera in self._cameras.values()))

    async def _compare(self, camera: Camera) -> None:
        assert camera.onvif is not None
        offset_s: float | None = None
        measured = CameraClock(camera=camera.id, measured_at=self._desk.clock.now())
        try:
            async with connect(camera.onvif.address, camera.login, self._secret_of(camera)) as device:
                offset_s = await device.clock_offset_s()
        except ConsoleError as error:
            self._clocks[camera.id] = replace(measured, reason=error.text)
            return  # that the camera is away is told by its picture
        self._clocks[camera.id] = replace(measured, offset_s=offset_s)
        if offset_s is None:
            return
        limit_s = self._setting("video.clock_off_s")
        fault = CameraFault(
            camera=camera.id,
            fault=CameraTrouble.CLOCK,
            active=abs(offset_s) > limit_s,
            since_at=measured.measured_at,
            score=round(offset_s, 1),
            limit=limit_s,
        )
        await asyncio.wrap_future(self._desk.do(camera_health.fault_changed, fault))

    # ---- stream addresses ------------------------------------------------------------------

    async def _follow_streams(self, followed: "Followed") -> None:
        while True:
            await asyncio.sleep(followed.every_s)
            await self.look_for_streams(followed)

    async def look_for_streams(self, followed: "Followed") -> None:
        """Ask cameras that show nothing where their streams are by now; those that moved are told of."""
        lost = [camera for name, camera in self._cameras.items() if name in followed.in_use and followed.lost(name)]
        for name, streams in (await _ask_streams(lost, self._secrets)).items():
            camera = CameraId(name)
            found = _addressed(replace(self._cameras[camera], address="", main_address=followed.main[camera]), streams)
            if (found.address, found.main_address) == followed.in_use[camera]:
                continue
            followed.in_use[camera] = (found.address, found.main_address)
            _log.info("camera %s tells another stream address", camera)
            _keep(followed.file, {name: streams})
            followed.moved(camera, found.address, found.main_address)

    def _setting(self, key: str) -> float:
        return seconds_of(self._desk.ground.settings, key)

    async def _end_all(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.get_running_loop().shutdown_default_executor()


async def _describe(address: str, login: str, secret: str) -> CameraDescription:
    async with connect(address, login, secret) as device:
        return await device.describe()


# ------------------------------------------------------------------------------------------------ stream addresses


def with_streams(cameras: Sequence[Camera], secrets: Callable[[str], str], data_dir: Path) -> tuple[Camera, ...]:
    """Give cameras whose stream addresses are left empty those that they tell themselves.

    What they told last is kept in the data folder and used where one does not answer within `STREAMS_S`; they are asked
    all at once, so that a dead camera holds up the start no longer than that, and no camera with an address at all.
    """
    asked = [one for one in cameras if _tells_streams(one)]
    if not asked:
        return tuple(cameras)
    kept = _keep(data_dir / STREAMS_FILE, asyncio.run(_ask_streams(asked, secrets)))
    return tuple(_addressed(one, kept.get(one.id)) if one in asked else one for one in cameras)


async def _ask_streams(cameras: Sequence[Camera], secrets: Callable[[str], str]) -> dict[str, list[str]]:
    async def one(camera: Camera) -> tuple[str, list[str]] | None:
        assert camera.onvif is not None
        try:
            secret = secrets(camera.password) if camera.password else ""
            async with asyncio.timeout(STREAMS_S):
                described = await _describe(camera.onvif.address, camera.login, secret)
            sub, main = streams_of(described.profiles, camera.onvif)
        except (ConsoleError, TimeoutError) as error:
            _log.info("camera %s does not tell its streams: %s", camera.id, error)
            return None
        except Exception as error:  # noqa: BLE001 - one camera's fault, or ours with it, keeps no other and no start away
            log.bug(error, f"asking {camera.id} for its streams")
            return None
        return camera.id, [sub, main]

    found = await asyncio.gather(*(one(camera) for camera in cameras))
    return dict(answer for answer in found if answer is not None)


def streams_of(profiles: Sequence[MediaProfile], setup: OnvifSetup) -> tuple[str, str]:
    """The small and the full-size stream: of the named profiles, else the smallest and the largest there are.

    Raises ConsoleError for a profile that the camera does not have, and where it offers no stream.
    """
    usable = sorted((one for one in profiles if one.stream), key=lambda one: one.width_px * one.height_px)
    if not usable:
        raise ConsoleError(zh="摄像机没有给出视频流地址。", en="The camera tells no address of a stream.")
    by_token = {one.token: one.stream for one in usable}
    for token in filter(None, (setup.sub, setup.main)):
        if token not in by_token:
            raise ConsoleError(zh=f"摄像机没有配置文件“{token}”。", en=f'The camera has no profile "{token}".')
    return by_token.get(setup.sub, usable[0].stream), by_token.get(setup.main, usable[-1].stream)


@dataclass(slots=True)
class Followed:
    """The cameras whose stream addresses are read from them while the post runs.

    `in_use` is where each is opened now, `main` what the site folder says of its main stream; `lost` tells whether a
    camera shows nothing, `moved` is told its new addresses. They are asked every `every_s` seconds while they are lost.
    """

    in_use: dict[CameraId, tuple[str, str]]
    main: dict[CameraId, str]
    lost: Callable[[CameraId], bool]
    moved: Callable[[CameraId, str, str], None]
    file: Path
    every_s: float = STREAMS_AGAIN_S


def followed_of(
    of_site: Sequence[Camera],
    in_use: Sequence[Camera],
    data_dir: Path,
    *,
    lost: Callable[[CameraId], bool],
    moved: Callable[[CameraId, str, str], None],
) -> Followed:
    """Those of the site's cameras whose addresses the site folder leaves to them, and where they are opened now."""
    asked = {one.id: one.main_address for one in of_site if _tells_streams(one)}
    return Followed(
        {one.id: (one.address, one.main_address) for one in in_use if one.id in asked},
        asked,
        lost,
        moved,
        data_dir / STREAMS_FILE,
    )


def _tells_streams(camera: Camera) -> bool:
    return camera.onvif is not None and camera.kind is CameraKind.RTSP and not camera.address


def _keep(file: Path, told: dict[str, list[str]]) -> dict[str, list[str]]:
    kept = _kept(file) | told
    if told:
        try:
            file.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
        except OSError as error:
            _log.warning("the addresses of streams could not be kept: %s", error.strerror)
    return kept


def _kept(file: Path) -> dict[str, list[str]]:
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(read, dict):
        return {}
    return {
        str(name): [str(one) for one in value]
        for name, value in read.items()
        if isinstance(value, list) and len(value) == 2
    }


def _addressed(camera: Camera, streams: list[str] | None) -> Camera:
    if streams is None:
        return camera
    sub, main = streams
    return replace(camera, address=sub, main_address=camera.main_address or (main if main != sub else ""))
