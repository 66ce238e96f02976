"""The pretend camera itself: an HTTP server on this machine that speaks enough ONVIF for a console.

It checks password digests against its own clock, which may be wrong; offers two streams; turns; remembers positions; and
tells events by pull-point, with a store to seek in.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from typing_extensions import override

from console.demo.onvif_camera.events import EventStore, Happening, Items
from console.demo.onvif_camera.manner import Manner
from console.demo.onvif_camera.xml import NAMESPACES, Request, digest_of, envelope, fault, zulu

SKEW_S: Final = 5.0
"""How far a digest's time may be from the camera's own clock."""
FULL_SPEED: Final = 0.5
"""How much of its whole range a camera turns in a second at full speed."""

_FREE: Final = frozenset({"GetSystemDateAndTime"})
_UNKNOWN: Final = ("ter:ActionNotSupported", "Action not supported")


@dataclass(frozen=True, slots=True)
class _Move:
    pan: float
    tilt: float
    zoom: float
    since_s: float
    until_s: float


class EmulatedCamera:
    """Enter it to have it answer at `address`. Its behaviour may be changed while it runs, from any thread."""

    def __init__(
        self,
        *,
        login: str = "admin",
        password: str = "",
        main_stream: str = "rtsp://127.0.0.1/main",
        sub_stream: str = "rtsp://127.0.0.1/sub",
        turns: bool = True,
        keeps_events: bool = True,
        tells_time: bool = True,
        old: bool = False,
        wants_reference: bool = False,
        advertised: str = "",
        life_s: float = 60.0,
        most_subscribers: int = 5,
    ) -> None:
        self.login, self.password = login, password
        self.main_stream, self.sub_stream = main_stream, sub_stream
        self.turns, self.keeps_events, self.tells_time = turns, keeps_events, tells_time
        self.old, self.wants_reference, self.advertised = old, wants_reference, advertised
        self.life_s, self.most_subscribers = life_s, most_subscribers
        self.manner = Manner.GOOD
        self.clock_offset_s = 0.0
        self.events = EventStore()
        self.asked: list[str] = []
        self.presets: dict[str, tuple[str, tuple[float, float, float]]] = {}
        self._position = (0.0, 0.0, 0.0)
        self._move: _Move | None = None
        self._nonces: set[str] = set()
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        camera = self

        class Door(_Door):
            owner = camera  # type: ignore[assignment] # mypy takes the class for the instance

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="pretend ONVIF camera")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._released.set()
        self.events.close()
        assert self._server is not None
        assert self._thread is not None
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # ---- what happens to it ----------------------------------------------------------------

    @property
    def address(self) -> str:
        """Its device service."""
        return f"{self._root}/onvif/device_service"

    @property
    def _root(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def now(self) -> datetime:
        """What its clock says."""
        return datetime.now(UTC) + timedelta(seconds=self.clock_offset_s)

    def change(
        self, topic: str, source: Items, data: Items, operation: str = "Changed", *, heard: bool = True
    ) -> Happening:
        """Let a property change; an empty `operation` is a mere event."""
        happening = Happening(topic=topic, at=self.now(), source=source, data=data, operation=operation)
        self.events.happen(happening, heard=heard)
        return happening

    @property
    def position(self) -> tuple[float, float, float]:
        """Where it looks: pan and tilt in -1..1, zoom in 0..1."""
        with self._lock:
            return self._where()

    @property
    def moving(self) -> bool:
        """Whether it turns just now."""
        with self._lock:
            return self._move is not None and time.monotonic() < self._move.until_s

    def _where(self) -> tuple[float, float, float]:
        if self._move is None:
            return self._position
        move = self._move
        for_s = max(0.0, min(time.monotonic(), move.until_s) - move.since_s) * FULL_SPEED
        pan, tilt, zoom = self._position
        return (
            max(-1.0, min(1.0, pan + move.pan * for_s)),
            max(-1.0, min(1.0, tilt + move.tilt * for_s)),
            max(0.0, min(1.0, zoom + move.zoom * for_s)),
        )

    # ---- answering -------------------------------------------------------------------------

    def answer(self, path: str, body: bytes) -> tuple[int, str, bytes]:
        """HTTP status, content type and body for one request."""
        match self.manner:
            case Manner.HANGS:
                self._released.wait()
                return 503, "text/plain", b""
            case Manner.GARBAGE:
                return 200, "application/soap+xml", b"<s:Envelope><never closed \xff\xfe"
            case Manner.HUGE:
                return 200, "application/soap+xml", envelope("<x>" + "y" * (8 << 20) + "</x>")
            case Manner.WEB_PAGE:
                return 404, "text/html", b"<html><body><h1>Not found</h1></body></html>"
        try:
            request = Request(body)
        except ET.ParseError:
            return 400, "application/soap+xml", fault("ter:WellFormed", "not well-formed")
        self.asked.append(request.operation)
        if not (request.operation in _FREE and self.tells_time) and not self._admits(request):
            return 400, "application/soap+xml", fault("ter:NotAuthorized", "Sender not authorized")
        made = self._operations().get((request.namespace, request.operation))
        if made is None:
            return 500, "application/soap+xml", fault(*_UNKNOWN)
        said = made(request, path)
        if said.startswith("!"):
            subcode, _, reason = said[1:].partition(" ")
            return 500, "application/soap+xml", fault(subcode, reason)
        return 200, "application/soap+xml; charset=utf-8", envelope(said)

    def _admits(self, request: Request) -> bool:
        token = request.token()
        if not self.password:
            return True
        if token is None:
            return False
        login, digest, nonce, created = token
        try:
            at = datetime.fromisoformat(created)
        except ValueError:
            return False
        fresh = abs((at - self.now()).total_seconds()) <= SKEW_S and nonce not in self._nonces
        self._nonces.add(nonce)
        return fresh and login == self.login and digest == digest_of(nonce, created, self.password)

    def _operations(self) -> dict[tuple[str, str], Callable[[Request, str], str]]:
        device, media, turning, events, base = (NAMESPACES[one] for one in ("tds", "trt", "tptz", "tev", "wsnt"))
        known: dict[tuple[str, str], Callable[[Request, str], str]] = {
            (device, "GetSystemDateAndTime"): self._time,
            (device, "GetDeviceInformation"): self._information,
            (device, "GetCapabilities"): self._capabilities,
            (media, "GetProfiles"): self._profiles,
            (media, "GetStreamUri"): self._stream,
            (events, "GetServiceCapabilities"): self._event_abilities,
            (events, "CreatePullPointSubscription"): self._subscribe,
            (events, "PullMessages"): self._pull,
            (events, "SetSynchronizationPoint"): self._synchronise,
            (base, "Renew"): self._renew,
            (base, "Unsubscribe"): self._unsubscribe,
        }
        if self.keeps_events:
            known[events, "Seek"] = self._seek
        if not self.old:
            known[device, "GetServices"] = self._services
        if self.turns:
            known |= {
                (turning, "ContinuousMove"): self._begin_move,
                (turning, "Stop"): self._stop,
                (turning, "GetPresets"): self._list_presets,
                (turning, "GotoPreset"): self._goto,
                (turning, "SetPreset"): self._set_preset,
                (turning, "RemovePreset"): self._remove_preset,
            }
        return known

    def _advertise(self, path: str) -> str:
        return f"{self.advertised or self._root}/onvif/{path}"

    # ---- device and media ------------------------------------------------------------------

    def _time(self, _request: Request, _path: str) -> str:
        now = self.now()
        return (
            "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>"
            "<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>CST-8</tt:TZ></tt:TimeZone><tt:UTCDateTime>"
            f"<tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute>"
            f"<tt:Second>{now.second}</tt:Second></tt:Time>"
            f"<tt:Date><tt:Year>{now.year}</tt:Year><tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day></tt:Date>"
            "</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
        )

    def _information(self, _request: Request, _path: str) -> str:
        return (
            "<tds:GetDeviceInformationResponse><tds:Manufacturer>Pretend</tds:Manufacturer><tds:Model>ZS-1</tds:Model>"
            "<tds:FirmwareVersion>1.2.3</tds:FirmwareVersion><tds:SerialNumber>0001</tds:SerialNumber>"
            "<tds:HardwareId>1</tds:HardwareId></tds:GetDeviceInformationResponse>"
        )

    def _parts(self) -> list[tuple[str, str, str]]:
        parts = [("tds", "Device", "device_service"), ("trt", "Media", "media"), ("tev", "Events", "events")]
        return [*parts, ("tptz", "PTZ", "ptz")] if self.turns else parts

    def _services(self, _request: Request, _path: str) -> str:
        services = "".join(
            f"<tds:Service><tds:Namespace>{NAMESPACES[prefix]}</tds:Namespace><tds:XAddr>{self._advertise(path)}</tds:XAddr>"
            "<tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>"
            for prefix, _name, path in self._parts()
        )
        return f"<tds:GetServicesResponse>{services}</tds:GetServicesResponse>"

    def _capabilities(self, _request: Request, _path: str) -> str:
        inner = {
            "Events": "<tt:WSSubscriptionPolicySupport>true</tt:WSSubscriptionPolicySupport>"
            "<tt:WSPullPointSupport>true</tt:WSPullPointSupport>"
            "<tt:WSPausableSubscriptionManagerInterfaceSupport>false</tt:WSPausableSubscriptionManagerInterfaceSupport>",
            "Media": "<tt:StreamingCapabilities><tt:RTP_RTSP_TCP>true</tt:RTP_RTSP_TCP></tt:StreamingCapabilities>",
        }
        order = [one for name in ("Device", "Events", "Media", "PTZ") for one in self._parts() if one[1] == name]
        parts = "".join(
            f"<tt:{name}><tt:XAddr>{self._advertise(path)}</tt:XAddr>{inner.get(name, '')}</tt:{name}>"
            for _prefix, name, path in order
        )
        return (
            f"<tds:GetCapabilitiesResponse><tds:Capabilities>{parts}</tds:Capabilities></tds:GetCapabilitiesResponse>"
        )

    def _profiles(self, _request: Request, _path: str) -> str:
        turning = (
            '<tt:PTZConfiguration token="ptz"><tt:Name>ptz</tt:Name><tt:UseCount>2</tt:UseCount>'
            "<tt:NodeToken>node</tt:NodeToken></tt:PTZConfiguration>"
            if self.turns
            else ""
        )
        profiles = "".join(
            f'<trt:Profiles token="{token}" fixed="true"><tt:Name>{token}</tt:Name>'
            f'<tt:VideoEncoderConfiguration token="e-{token}"><tt:Name>{token}</tt:Name><tt:UseCount>1</tt:UseCount>'
            f"<tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height>"
            "</tt:Resolution><tt:Quality>4</tt:Quality><tt:RateControl>"
            f"<tt:FrameRateLimit>{fps}</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval>"
            f"<tt:BitrateLimit>{rate}</tt:BitrateLimit></tt:RateControl><tt:SessionTimeout>PT60S</tt:SessionTimeout>"
            f"</tt:VideoEncoderConfiguration>{turning}</trt:Profiles>"
            for token, width, height, fps, rate in (("main", 1920, 1080, 25, 4096), ("sub", 640, 360, 15, 512))
        )
        return f"<trt:GetProfilesResponse>{profiles}</trt:GetProfilesResponse>"

    def _stream(self, request: Request, _path: str) -> str:
        streams = {"main": self.main_stream, "sub": self.sub_stream}
        stream = streams.get(request.text("ProfileToken"))
        if stream is None:
            return "!ter:NoProfile no such profile"
        return (
            f"<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>{escape(stream)}</tt:Uri>"
            "<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>"
            "<tt:Timeout>PT60S</tt:Timeout></trt:MediaUri></trt:GetStreamUriResponse>"
        )

    # ---- turning ---------------------------------------------------------------------------

    def _begin_move(self, request: Request, _path: str) -> str:
        speed, zoom = request.numbers("PanTilt"), request.numbers("Zoom")
        now_s = time.monotonic()
        with self._lock:
            self._position = self._where()
            self._move = _Move(
                speed.get("x", 0.0), speed.get("y", 0.0), zoom.get("x", 0.0),
                now_s, now_s + _seconds(request.text("Timeout", "PT10S")),
            )  # fmt: skip
        return "<tptz:ContinuousMoveResponse/>"

    def _stop(self, _request: Request, _path: str) -> str:
        with self._lock:
            self._position, self._move = self._where(), None
        return "<tptz:StopResponse/>"

    def _list_presets(self, _request: Request, _path: str) -> str:
        known = "".join(
            f'<tptz:Preset token="{token}"><tt:Name>{escape(name)}</tt:Name></tptz:Preset>'
            for token, (name, _where) in self.presets.items()
        )
        return f"<tptz:GetPresetsResponse>{known}</tptz:GetPresetsResponse>"

    def _goto(self, request: Request, _path: str) -> str:
        known = self.presets.get(request.text("PresetToken"))
        if known is None:
            return "!ter:NoToken no such preset"
        with self._lock:
            self._position, self._move = known[1], None
        return "<tptz:GotoPresetResponse/>"

    def _set_preset(self, request: Request, _path: str) -> str:
        token = request.text("PresetToken") or f"p{len(self.presets) + 1}"
        self.presets[token] = (request.text("PresetName") or token, self.position)
        return f"<tptz:SetPresetResponse><tptz:PresetToken>{token}</tptz:PresetToken></tptz:SetPresetResponse>"

    def _remove_preset(self, request: Request, _path: str) -> str:
        if self.presets.pop(request.text("PresetToken"), None) is None:
            return "!ter:NoToken no such preset"
        return "<tptz:RemovePresetResponse/>"

    # ---- events ----------------------------------------------------------------------------

    def _event_abilities(self, _request: Request, _path: str) -> str:
        keeps = str(self.keeps_events).lower()
        return (
            "<tev:GetServiceCapabilitiesResponse>"
            f'<tev:Capabilities WSPullPointSupport="true" PersistentNotificationStorage="{keeps}"/>'
            "</tev:GetServiceCapabilitiesResponse>"
        )

    def _subscribe(self, _request: Request, _path: str) -> str:
        name = self.events.subscribe(self.life_s, self.most_subscribers)
        if name is None:
            return "!ter:MaxPullPoints too many subscriptions"
        where = self._advertise("subscription" if self.wants_reference else f"subscription/{name}")
        reference = (
            f"<a:ReferenceParameters><x:SubscriptionId>{name}</x:SubscriptionId></a:ReferenceParameters>"
            if self.wants_reference
            else ""
        )
        return (
            "<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference>"
            f"<a:Address>{where}</a:Address>{reference}</tev:SubscriptionReference>"
            f"{self._times()}</tev:CreatePullPointSubscriptionResponse>"
        )

    def _times(self) -> str:
        now = self.now()
        ends = now + timedelta(seconds=self.life_s)
        return (
            f"<wsnt:CurrentTime>{zulu(now)}</wsnt:CurrentTime><wsnt:TerminationTime>{zulu(ends)}</wsnt:TerminationTime>"
        )

    def _name(self, request: Request, path: str) -> str:
        return request.header(NAMESPACES["x"], "SubscriptionId") if self.wants_reference else path.rpartition("/")[2]

    def _pull(self, request: Request, path: str) -> str:
        wait_s, most = _seconds(request.text("Timeout", "PT1S")), int(request.text("MessageLimit", "10"))
        happened = self.events.pull(self._name(request, path), wait_s, most, self.life_s)
        if happened is None:
            return "!wsnt:ResourceUnknownFault no such subscription"
        messages = "".join(one.xml() for one in happened)
        times = self._times().replace("wsnt:", "tev:")
        return f"<tev:PullMessagesResponse>{times}{messages}</tev:PullMessagesResponse>"

    def _synchronise(self, request: Request, path: str) -> str:
        done = self.events.synchronise(self._name(request, path))
        return "<tev:SetSynchronizationPointResponse/>" if done else "!wsnt:ResourceUnknownFault no such subscription"

    def _seek(self, request: Request, path: str) -> str:
        done = self.events.seek(self._name(request, path), datetime.fromisoformat(request.text("UtcTime")))
        return "<tev:SeekResponse/>" if done else "!wsnt:ResourceUnknownFault no such subscription"

    def _renew(self, request: Request, path: str) -> str:
        done = self.events.renew(self._name(request, path), self.life_s)
        now = self.now()
        ends = zulu(now + timedelta(seconds=self.life_s))
        said = f"<wsnt:TerminationTime>{ends}</wsnt:TerminationTime><wsnt:CurrentTime>{zulu(now)}</wsnt:CurrentTime>"
        return f"<wsnt:RenewResponse>{said}</wsnt:RenewResponse>" if done else "!wsnt:ResourceUnknownFault no such one"

    def _unsubscribe(self, request: Request, path: str) -> str:
        done = self.events.unsubscribe(self._name(request, path))
        return "<wsnt:UnsubscribeResponse/>" if done else "!wsnt:ResourceUnknownFault no such subscription"


def _seconds(duration: str) -> float:
    """The seconds of "PT10S" or "PT1M0.5S"."""
    minutes, _, seconds = duration.removeprefix("PT").removesuffix("S").rpartition("M")
    return float(minutes or 0) * 60 + float(seconds or 0)


class _Door(BaseHTTPRequestHandler):
    """Hands requests to the camera it belongs to."""

    protocol_version = "HTTP/1.1"
    timeout = 5.0
    owner: EmulatedCamera

    @override
    def log_message(self, format: str, *args: Any) -> None:
        return

    @override
    def handle_one_request(self) -> None:
        # Whoever hangs up in the middle, as a console that lost patience does, is no fault of ours.
        try:
            super().handle_one_request()
        except OSError:
            self.close_connection = True

    def do_POST(self) -> None:
        """Answer one request."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        status, kind, said = self.owner.answer(self.path, body)
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)
        except OSError:
            self.close_connection = True
