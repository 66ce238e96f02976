"""A real RTSP server, GStreamer's, that serves a clip over and over. Not a test: a story starts it.

It is run by the system's own Python, for which Debian has the bindings (gir1.2-gst-rtsp-server-1.0,
gstreamer1.0-plugins-good, -bad and -ugly):

    /usr/bin/python3 tests/stories/gst_rtsp.py CLIP [--login NAME --password WORD] [--fps 25]

CLIP is H.264 in Annex B form (.h264), or anything that the ffmpeg program can turn into that. The
first line of its output is the address; it serves until its standard input is closed.
"""

import argparse
import subprocess
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from console.demo.rtsp_server import read_clip

PATH = "/live"


def annex_b(path: Path) -> bytes:
    """Give the clip as H.264 without frames that refer to later ones."""
    if path.suffix == ".h264":
        return path.read_bytes()
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-an", "-c:v", "libx264", "-preset", "veryfast",
               "-bf", "0", "-g", "25", "-f", "h264", "-"]  # fmt: skip
    return subprocess.run(command, check=True, capture_output=True).stdout


def serve(clip_path: Path, fps: float, login: str, password: str) -> None:
    """Serve until standard input ends."""
    import gi

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtsp", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

    Gst.init(None)
    clip = read_clip(annex_b(clip_path), fps)
    pictures = [b"".join(b"\x00\x00\x00\x01" + unit for unit in picture) for picture in clip.pictures]
    frame_ns = int(Gst.SECOND / fps)

    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        "( appsrc name=source is-live=true format=time do-timestamp=false"
        f" caps=video/x-h264,stream-format=byte-stream,alignment=au,framerate={round(fps)}/1"
        " ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=1 )"
    )

    def configure(_factory: object, media: object) -> None:
        source = media.get_element().get_by_name_recurse_up("source")
        number = 0

        def feed(wanted: object, _length: int) -> None:
            nonlocal number
            buffer = Gst.Buffer.new_wrapped(pictures[number % len(pictures)])
            buffer.pts = buffer.dts = number * frame_ns
            buffer.duration = frame_ns
            number += 1
            wanted.emit("push-buffer", buffer)

        source.connect("need-data", feed)

    factory.connect("media-configure", configure)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    if login:
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        auth = GstRtspServer.RTSPAuth()
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(login, password, token)
        server.set_auth(auth)
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        factory.set_permissions(permissions)
    server.get_mount_points().add_factory(PATH, factory)
    server.attach(None)
    sys.stdout.write(f"rtsp://127.0.0.1:{server.get_bound_port()}{PATH}\n")
    sys.stdout.flush()
    loop = GLib.MainLoop()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        loop.quit()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    loop.run()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--fps", type=float, default=25.0)
    parser.add_argument("--login", default="")
    parser.add_argument("--password", default="")
    given = parser.parse_args()
    serve(given.clip, given.fps, given.login, given.password)


if __name__ == "__main__":
    main()
