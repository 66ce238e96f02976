"""One camera over ONVIF: what it is, which streams it offers, what its clock says, and turning it.

    async with connect(address, login, secret) as camera:
        description = await camera.describe()

`connect` first asks the time, which cameras tell to everybody, and stamps its requests with the camera's own clock: a
password digest counts only for some seconds by that clock (ONVIF Core, 5.9.4; WS-UsernameToken Profile 1.1).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

from console.models.onvif import CameraDescription, EventAbilities, MediaProfile, Preset
from console.onvif import faults, library

if TYPE_CHECKING:
    from console.onvif.wire import Wire

ANSWER_S: Final = 5.0
"""How long a camera may take to answer one question."""
CONNECT_S: Final = 8.0
"""How long connecting may take in all."""
DESCRIBE_S: Final = 15.0
MOST_PROFILES: Final = 16
TICK_S: Final = 0.5
"""A camera tells its time in whole seconds, cut off: on the average it is half a second later than it says."""

_MEDIA: Final = "http://www.onvif.org/ver10/media/wsdl"
_PTZ: Final = "http://www.onvif.org/ver20/ptz/wsdl"
_EVENTS: Final = "http://www.onvif.org/ver10/events/wsdl"

R = TypeVar("R")


class Camera:
    """A camera that has let us in. Made by `connect`; every call raises a CameraFault within its deadline."""

    def __init__(self, wire: "Wire", services: dict[str, str], offset_s: float | None) -> None:
        self._wire = wire
        self._services = services
        self._offset_s = offset_s
        self._turning: str | None = None

    @property
    def address(self) -> str:
        """The address of its device service."""
        return self._wire.address

    @property
    def wire(self) -> "Wire":
        """The way to it, for the events of console.onvif.events."""
        return self._wire

    @property
    def turns(self) -> bool:
        """Whether it has the service for turning."""
        return _PTZ in self._services

    @property
    def events_address(self) -> str:
        """Where its event service is; empty where it has none."""
        return self._services.get(_EVENTS, "")

    async def clock_offset_s(self) -> float | None:
        """Measure its clock minus ours in seconds, to about half a second; None where it does not tell the time."""
        return await _within(ANSWER_S * 2, _offset(self._wire, signed=True))

    async def describe(self) -> CameraDescription:
        """Ask what it is and what it offers. The addresses of its streams come without login."""
        return await _within(DESCRIBE_S, self._describe())

    async def _describe(self) -> CameraDescription:
        device = await self._wire.service("devicemgmt")
        about = await self._wire.call(device, "GetDeviceInformation")
        profiles = await self._profiles()
        return CameraDescription(
            address=self.address,
            maker=_said(about, "Manufacturer"),
            model=_said(about, "Model"),
            firmware=_said(about, "FirmwareVersion"),
            serial=_said(about, "SerialNumber"),
            profiles=profiles,
            turns=self.turns and any(profile.turns for profile in profiles),
            events=await self.event_abilities(),
            clock_offset_s=self._offset_s,
        )

    async def _profiles(self) -> tuple[MediaProfile, ...]:
        if _MEDIA not in self._services:
            return ()
        media = await self._wire.service("media", self._services[_MEDIA])
        found = []
        for profile in (await self._wire.call(media, "GetProfiles") or [])[:MOST_PROFILES]:
            encoder = getattr(profile, "VideoEncoderConfiguration", None)
            if encoder is None:
                continue
            limits, size = getattr(encoder, "RateControl", None), getattr(encoder, "Resolution", None)
            found.append(
                MediaProfile(
                    token=str(profile.token),
                    name=_said(profile, "Name") or str(profile.token),
                    stream=await self._stream(media, str(profile.token)),
                    codec=_said(encoder, "Encoding"),
                    width_px=int(getattr(size, "Width", 0) or 0),
                    height_px=int(getattr(size, "Height", 0) or 0),
                    fps=float(getattr(limits, "FrameRateLimit", 0) or 0),
                    bitrate_kbps=int(getattr(limits, "BitrateLimit", 0) or 0),
                    turns=getattr(profile, "PTZConfiguration", None) is not None,
                )
            )
        return tuple(found)

    async def _stream(self, media: Any, token: str) -> str:
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        try:
            answer = await self._wire.call(media, "GetStreamUri", {"StreamSetup": setup, "ProfileToken": token})
        except faults.Refusal:
            return ""
        return self._reachable(_said(answer, "Uri"))

    def _reachable(self, stream: str) -> str:
        """A stream's address without login, on the host we know where the camera names its own."""
        from onvif.util import strip_user_pass_url

        if not stream:
            return ""
        parts = urlsplit(str(strip_user_pass_url(stream)))
        netloc = parts.netloc
        if self._is_own(parts.hostname):
            netloc = f"{self._wire.host}:{parts.port}" if parts.port else self._wire.host
        return urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))

    def _is_own(self, host: str | None) -> bool:
        return host in (self._wire.told_host, "0.0.0.0", "localhost", None)  # noqa: S104 - an address not to be believed

    async def event_abilities(self) -> EventAbilities:
        """Whether it tells events by pull-point, and keeps those nobody fetched."""
        if not self.events_address:
            return EventAbilities()
        events = await self._wire.service("events", self.events_address)
        try:
            said = await self._wire.call(events, "GetServiceCapabilities")
        except faults.Refusal:
            return EventAbilities(pull_point=True)
        return EventAbilities(
            pull_point=getattr(said, "WSPullPointSupport", None) is not False,
            keeps_events=bool(getattr(said, "PersistentNotificationStorage", False)),
        )

    # ---- turning ---------------------------------------------------------------------------

    async def _ptz(self) -> tuple[Any, str]:
        if _PTZ not in self._services:
            raise faults.Refusal(zh="这台摄像机不能转动。", en="This camera cannot turn.")
        if self._turning is None:
            turning = [one.token for one in await self._profiles_that_turn()]
            if not turning:
                raise faults.Refusal(zh="这台摄像机不能转动。", en="This camera cannot turn.")
            self._turning = turning[0]
        return await self._wire.service("ptz", self._services[_PTZ]), self._turning

    async def _profiles_that_turn(self) -> list[Any]:
        media = await self._wire.service("media", self._services[_MEDIA])
        profiles = await self._wire.call(media, "GetProfiles") or []
        return [one for one in profiles if getattr(one, "PTZConfiguration", None) is not None]

    async def prepare_turning(self) -> None:
        """Find out how it is turned, so that the first move need not wait for it."""
        await self._ptz()

    async def move(self, pan: float, tilt: float, zoom: float, *, hold_s: float) -> None:
        """Turn with these speeds, -1..1, for at most `hold_s`: the camera itself stops when nothing more is heard."""
        ptz, profile = await self._ptz()
        speed = {
            "PanTilt": {"x": _limited(pan), "y": _limited(tilt)},
            "Zoom": {"x": _limited(zoom)},
        }
        given = {"ProfileToken": profile, "Velocity": speed, "Timeout": timedelta(seconds=max(1.0, hold_s))}
        await self._wire.call(ptz, "ContinuousMove", given)

    async def stop(self) -> None:
        """Stand still."""
        ptz, profile = await self._ptz()
        await self._wire.call(ptz, "Stop", {"ProfileToken": profile, "PanTilt": True, "Zoom": True})

    async def presets(self) -> tuple[Preset, ...]:
        """The positions that it remembers."""
        ptz, profile = await self._ptz()
        known = await self._wire.call(ptz, "GetPresets", {"ProfileToken": profile}) or []
        return tuple(
            Preset(token=str(one.token), name=_said(one, "Name") or str(one.token))
            for one in known
            if getattr(one, "token", None)
        )

    async def goto(self, preset: str) -> None:
        """Go to the position with this token."""
        ptz, profile = await self._ptz()
        await self._wire.call(ptz, "GotoPreset", {"ProfileToken": profile, "PresetToken": preset})

    async def set_preset(self, name: str) -> Preset:
        """Remember where it looks now."""
        ptz, profile = await self._ptz()
        token = await self._wire.call(ptz, "SetPreset", {"ProfileToken": profile, "PresetName": name})
        return Preset(token=str(token), name=name)

    async def remove_preset(self, preset: str) -> None:
        """Forget a position."""
        ptz, profile = await self._ptz()
        await self._wire.call(ptz, "RemovePreset", {"ProfileToken": profile, "PresetToken": preset})


@asynccontextmanager
async def connect(
    address: str, login: str = "", secret: str = "", *, answer_s: float = ANSWER_S, connect_s: float = CONNECT_S
) -> AsyncIterator[Camera]:
    """Connect to the camera at `address` (a host, host:port, or the URL of its device service).

    Raises ConsoleError: WrongPassword, NotOnvif, Unreachable, or for an address that is none.
    """
    await asyncio.to_thread(library.load)
    from console.onvif.wire import Wire

    async with Wire(address, login, secret, answer_s=answer_s) as wire:
        yield await _within(connect_s, _greet(wire))


async def _greet(wire: "Wire") -> Camera:
    try:
        offset_s = await _offset(wire, signed=False)
    except (faults.WrongPassword, faults.Refusal):
        offset_s = None  # contrary to the standard some tell the time only to those they know
    if offset_s is not None:
        wire.corrected(timedelta(seconds=offset_s))
    try:
        services = await _services(wire)
        if offset_s is None:
            offset_s = await _offset(wire, signed=True)
    except faults.WrongPassword:
        if offset_s is None:
            raise faults.WrongPassword(zh=faults.WRONG_OR_CLOCK.zh, en=faults.WRONG_OR_CLOCK.en) from None
        raise
    return Camera(wire, services, offset_s)


async def _services(wire: "Wire") -> dict[str, str]:
    """Where each service of the camera is, by its namespace; older cameras know only the second question."""
    device = await wire.service("devicemgmt")
    try:
        said = [
            (str(one.Namespace), str(one.XAddr))
            for one in await wire.call(device, "GetServices", {"IncludeCapability": False}) or []
            if getattr(one, "Namespace", None) and getattr(one, "XAddr", None)
        ]
    except faults.Refusal:
        said = []
    if not said:
        able = await wire.call(device, "GetCapabilities", {"Category": "All"})
        kinds = (("Device", ""), ("Media", _MEDIA), ("PTZ", _PTZ), ("Events", _EVENTS))
        parts = [(namespace or "device", getattr(able, name, None)) for name, namespace in kinds]
        said = [(namespace, _said(part, "XAddr")) for namespace, part in parts if _said(part, "XAddr")]
    wire.reported(next((url for namespace, url in said if "device" in namespace), ""))
    services = {namespace: wire.ours(url) for namespace, url in said}
    # Whoever answers every question politely proves nothing: the first thing told only to those let in.
    await wire.call(device, "GetDeviceInformation")
    return services


async def _offset(wire: "Wire", *, signed: bool) -> float | None:
    device = await wire.service("devicemgmt")
    asked, asked_s = datetime.now(UTC), time.monotonic()
    if signed:
        said = await wire.call(device, "GetSystemDateAndTime")
    else:
        said = await wire.call_unsigned(device, "GetSystemDateAndTime")
    middle = asked + timedelta(seconds=(time.monotonic() - asked_s) / 2)
    utc = getattr(said, "UTCDateTime", None)
    if utc is None:
        return None
    try:
        day, clock = utc.Date, utc.Time
        told = datetime(day.Year, day.Month, day.Day, clock.Hour, clock.Minute, min(clock.Second, 59), tzinfo=UTC)
    except (ValueError, TypeError, AttributeError):
        return None
    return (told - middle).total_seconds() + TICK_S


async def _within(limit_s: float, work: Awaitable[R]) -> R:
    try:
        async with asyncio.timeout(limit_s):
            return await work
    except TimeoutError:
        raise faults.Unreachable(zh=faults.SILENT.zh, en=faults.SILENT.en) from None


def _said(thing: Any, name: str) -> str:
    return str(getattr(thing, name, "") or "").strip()


def _limited(speed: float) -> float:
    return max(-1.0, min(1.0, float(speed)))


def asked_once(
    address: str, login: str, secret: str, question: Callable[[Camera], Awaitable[R]], *, answer_s: float = ANSWER_S
) -> R:
    """Connect, ask one thing, and let go: for a thread that has no event loop."""

    async def ask() -> R:
        async with connect(address, login, secret, answer_s=answer_s) as camera:
            return await question(camera)

    return asyncio.run(ask())
