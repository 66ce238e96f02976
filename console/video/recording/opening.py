"""Which way the packets of a camera come: its own, by our session; by the decoder's client; or drawn and coded here."""

import time
from dataclasses import replace

from console.models.errors import ConsoleError
from console.models.recording import Codec
from console.models.site import Camera, CameraKind
from console.models.text import Text
from console.registry import discover
from console.video.kinds import CameraSpec, Capture, Setting
from console.video.recording import nal
from console.video.recording.packets import CLOCK_HZ, Packet, PacketSource, Stream
from console.video.recording.rtsp_session import RtspSession

CODED_FPS = 6.0
CODED_WIDTH_PX = 640
CODED_QUALITY = 75

_NO_RAW = Text("摄像机的码流不能原样录制", "The camera's stream cannot be recorded as it comes")


def recorded_address(camera: Camera) -> str:
    """The full-size stream where there is one."""
    return camera.main_address or camera.address


def open_packets(setting: Setting) -> PacketSource:
    """Open the camera for recording. Raises ConsoleError with the sentence that says why it cannot be."""
    camera = setting.camera
    if camera.kind is not CameraKind.RTSP:
        return CodedHere(setting)
    if camera.transport == "udp":
        return RawCapture(recorded_address(camera), camera.login, setting.secret)
    return RtspSession(recorded_address(camera), camera.login, setting.secret)


class RawCapture:
    """A network camera that only speaks UDP, by way of OpenCV's raw capture; costs more than a session of ours."""

    clock_offset_s: float | None = None

    def __init__(self, address: str, login: str, secret: str) -> None:
        from console.video.cv import cv2
        from console.video.rtsp_talk import ask, with_login

        ask(address, login, secret)
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 4000, cv2.CAP_PROP_READ_TIMEOUT_MSEC, 3000, cv2.CAP_PROP_FORMAT, -1]
        self._cv2 = cv2
        self._capture = cv2.VideoCapture(with_login(address, login, secret), cv2.CAP_FFMPEG, limits)
        try:
            self.stream = self._describe()
        except ConsoleError:
            self._capture.release()
            raise

    def _describe(self) -> Stream:
        cv2, capture = self._cv2, self._capture
        if not capture.isOpened():
            raise ConsoleError(_NO_RAW.zh, _NO_RAW.en)
        name = int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little").decode("ascii", "replace").lower()
        codec = {"h264": Codec.H264, "avc1": Codec.H264, "hevc": Codec.HEVC, "hev1": Codec.HEVC, "mjpg": Codec.MJPEG}
        if name not in codec:
            raise ConsoleError(_NO_RAW.zh, _NO_RAW.en)
        extra, index = b"", int(capture.get(cv2.CAP_PROP_CODEC_EXTRADATA_INDEX))
        got, content = capture.retrieve(flag=index) if index >= 0 else (False, None)
        if got and content is not None:
            extra = content.tobytes()
        fps = float(capture.get(cv2.CAP_PROP_FPS))
        return Stream(
            codec=codec[name],
            width_px=int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            height_px=int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
            fps=fps if 0 < fps <= 240 else 0.0,
            headers=extra if extra.startswith(b"\x00\x00") else b"",
        )

    def read(self) -> Packet | None:
        """The next picture as it was sent."""
        began_s = time.monotonic()
        got, content = self._capture.read()
        now_s = time.monotonic()
        if not got or now_s - began_s > 2.7:  # after a time-out the decoder gives out what it held
            return None
        data = content.tobytes()
        codec = self.stream.codec
        key = codec is Codec.MJPEG or nal.is_key((nal.kind(unit, codec) for unit in nal.split(data)), codec)
        pts = int(self._capture.get(self._cv2.CAP_PROP_POS_MSEC) * CLOCK_HZ / 1000)
        return Packet(data, key, pts, now_s)

    def cue(self, name: str) -> None:
        """Real cameras take no cues."""

    def close(self) -> None:
        """Let the stream go."""
        self._capture.release()


class CodedHere:
    """A camera that sends no packets (a scene, a file, a USB camera): its pictures as small JPEGs, a few a second.

    For the pretend site and for cameras at this computer; it decodes and codes, and costs accordingly.
    """

    clock_offset_s: float | None = None

    def __init__(self, setting: Setting) -> None:
        from console.video.cv import cv2
        from console.video.jpeg import jpeg_of

        self._cv2, self._jpeg_of = cv2, jpeg_of
        self._bench = setting.bench
        spec = discover("console.video.cameras", kind=CameraSpec)[setting.camera.kind.value]
        self._capture: Capture = spec.open(replace(setting, camera=replace(setting.camera, rules=())))
        scale = min(1.0, CODED_WIDTH_PX / max(self._capture.width_px, 1))
        self._size = (max(2, round(self._capture.width_px * scale)), max(2, round(self._capture.height_px * scale)))
        self.stream = Stream(
            codec=Codec.MJPEG, width_px=self._size[0], height_px=self._size[1],
            fps=min(CODED_FPS, self._capture.fps or CODED_FPS),
        )  # fmt: skip
        self._next_s = time.monotonic()

    def read(self) -> Packet | None:
        """The next picture that is due."""
        while self._capture.grab():
            now_s = time.monotonic()
            if now_s < self._next_s:
                continue
            self._next_s = max(self._next_s + 1 / self.stream.fps, now_s - 1)
            with self._bench.turn:
                frame = self._capture.retrieve()
                small = self._cv2.resize(frame, self._size, interpolation=self._cv2.INTER_AREA)
            jpeg = self._jpeg_of(small, CODED_QUALITY)
            return Packet(jpeg, True, int(now_s * CLOCK_HZ), now_s) if jpeg else None
        return None

    def cue(self, name: str) -> None:
        """Let something happen in the scene."""
        self._capture.cue(name)

    def close(self) -> None:
        """Close the camera."""
        self._capture.close()
