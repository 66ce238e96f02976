"""A network camera: `address` is its RTSP URL without login; login and password are given apart."""

from pathlib import Path
from urllib.parse import urlsplit

from console.models.errors import ConsoleError
from console.models.site import Camera
from console.models.text import Text
from console.video.kinds import CameraSpec, Capture, Setting

TRANSPORTS = ("tcp", "udp")


def check(camera: Camera, site_dir: Path) -> list[Text]:  # noqa: ARG001 - one signature for all
    """The addresses must be RTSP URLs that may be shown to everybody."""
    mistakes = []
    for address in filter(None, (camera.address, camera.main_address)):
        parts = urlsplit(address)
        if parts.scheme not in ("rtsp", "rtsps") or not parts.hostname:
            mistakes.append(
                Text(
                    "地址必须形如 rtsp://主机[:端口]/路径",
                    "The address must look like rtsp://host[:port]/path",
                )
            )
        elif parts.username is not None or parts.password is not None:
            mistakes.append(
                Text(
                    "地址里不能写用户名和密码，请填在 login 和 password 里",
                    "Login and password do not belong into the address; use login and password",
                )
            )
    if not camera.address and camera.onvif is None:
        mistakes.append(Text("缺少摄像机地址", "The camera's address is missing"))
    if camera.transport not in TRANSPORTS:
        mistakes.append(Text("传输方式只能是 tcp 或 udp", "The transport must be tcp or udp"))
    return mistakes


def open_stream(setting: Setting) -> Capture:
    """Ask first, then connect."""
    from console.video.decoding import LiveStream
    from console.video.rtsp_scout import Scout
    from console.video.rtsp_talk import ask, with_login

    camera = setting.camera
    if not camera.address:
        raise ConsoleError(zh=UNTOLD.zh, en=UNTOLD.en)

    def describe() -> tuple[str, ...]:
        return ask(camera.address, camera.login, setting.secret)

    scout = Scout(describe(), describe)
    address = with_login(camera.address, camera.login, setting.secret)
    return LiveStream(address, SILENT, setting.bench, changed=scout.changed, key_frames=setting.key_frames)


UNTOLD = Text(
    "摄像机尚未告知视频流地址",
    "The camera has not told the address of its stream yet",
)

SILENT = Text(
    "摄像机应答了，但没有送来能解码的视频",
    "The camera answered but sent no video that can be decoded",
)

SPEC = CameraSpec(name="rtsp", check=check, open=open_stream, key_frames=True)
