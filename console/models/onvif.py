"""What a network camera says about itself over ONVIF, and how one that turns is steered."""

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import urlsplit, urlunsplit

from console.models.errors import ConsoleError
from console.models.ids import CameraId
from console.models.people import Actor
from console.models.text import Text

_PATH: Final = "/onvif/device_service"


def service_address(written: str) -> str:
    """The device service of a written address: "192.168.1.64", "host:8000", "http://host/onvif/device_service".

    Raises ConsoleError for anything else, and where login or password stand in it.
    """
    parts = urlsplit(written if "://" in written else f"http://{written}")
    try:
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good or " " in written:
        raise ConsoleError(
            zh=f"“{written}”不是摄像机地址，应写成 192.168.1.64 或 http://主机[:端口]/onvif/device_service。",
            en=f'"{written}" is no camera address; write 192.168.1.64 or http://host[:port]/onvif/device_service.',
        )
    if parts.username is not None or parts.password is not None:
        raise ConsoleError(zh="地址里不能写用户名和口令。", en="Login and password do not belong into the address.")
    return urlunsplit((parts.scheme, parts.netloc, parts.path if parts.path.strip("/") else _PATH, "", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaProfile:
    """One stream a camera offers. `stream` is its address without login; sizes are 0 where the camera does not say."""

    token: str
    name: str
    stream: str = ""
    codec: str = ""
    width_px: int = 0
    height_px: int = 0
    fps: float = 0.0
    bitrate_kbps: int = 0
    turns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAbilities:
    """Whether a camera tells events by pull-point, and whether it keeps those nobody fetched (ONVIF Core, 9.1)."""

    pull_point: bool = False
    keeps_events: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraDescription:
    """A camera as it describes itself. `clock_offset_s` is its clock minus ours, None where it does not tell the time."""

    address: str
    maker: str
    model: str
    firmware: str
    serial: str = ""
    profiles: tuple[MediaProfile, ...] = ()
    turns: bool = False
    events: EventAbilities = EventAbilities()
    clock_offset_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCamera:
    """A camera that answered on the local network; `known` names the site's camera at this address."""

    address: str
    name: str = ""
    hardware: str = ""
    known: CameraId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A position that a camera remembers."""

    token: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraTurning:
    """Who turns a camera now; `by` is None where it has been let go. Told on the bus; the journal has `PtzUsed`."""

    camera: CameraId
    by: Actor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraClock:
    """How far a camera's clock is off: camera minus ours, in seconds; None with the reason where it was not measured."""

    camera: CameraId
    measured_at: datetime
    offset_s: float | None = None
    reason: Text = Text()


class Steering(Protocol):
    """Turns cameras; implemented by console.app, handed to the views in Surroundings.

    Nothing here waits: what goes wrong fails the Future with a ConsoleError. A move goes on until `stop`, until another
    move, or until nobody has asked for it again for `HOLD_S`: whoever holds a key down asks again at least twice as often.
    """

    def turns(self, camera: CameraId) -> bool:
        """Whether this camera of the site can be asked to turn."""
        ...

    def move(self, camera: CameraId, pan: float, tilt: float, zoom: float, *, by: Actor) -> "Future[None]":
        """Turn with these speeds, each -1..1: right, up and closer are positive. Demands the right to handle alarms.

        Whoever begins last turns the camera. The repeats of a key that another person still holds are refused with that
        person's name, so that two do not pull at one camera; who lets go and begins again has it.
        """
        ...

    def stop(self, camera: CameraId, *, by: Actor) -> "Future[None]":
        """Stand still."""
        ...

    def presets(self, camera: CameraId) -> "Future[tuple[Preset, ...]]":
        """The positions that the camera remembers."""
        ...

    def goto(self, camera: CameraId, preset: str, *, by: Actor) -> "Future[None]":
        """Go to the position with this token. Demands the right to handle alarms."""
        ...

    def set_preset(self, camera: CameraId, name: str, *, by: Actor) -> "Future[Preset]":
        """Remember where the camera looks now, under a new name. Demands the right to change settings."""
        ...

    def remove_preset(self, camera: CameraId, preset: str, *, by: Actor) -> "Future[None]":
        """Forget a position. Demands the right to change settings."""
        ...


HOLD_S = 0.6
"""How long a move goes on that nobody repeats: a released key or a window that hangs never leaves a camera turning."""


class CameraDevices(Protocol):
    """Asks cameras about themselves; implemented by console.app, handed to the views in Surroundings."""

    def discover(self, timeout_s: float = 3.0) -> "Future[tuple[FoundCamera, ...]]":
        """Look for cameras on the local network."""
        ...

    def describe(self, camera: CameraId) -> "Future[CameraDescription]":
        """Ask a camera of the site."""
        ...

    def describe_address(self, address: str, login: str, secret: str) -> "Future[CameraDescription]":
        """Ask a camera that is not of the site (yet)."""
        ...

    def clocks(self) -> tuple[CameraClock, ...]:
        """The last measurement of every ONVIF camera's clock."""
        ...
