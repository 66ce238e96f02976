"""A post to measure on: a clip made by ffmpeg, a site folder with cameras that play it, a panel with many zones."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ACCOUNT = "7001"
FRAME = (640, 360)
RATE = 25

# Real footage where the machine has it, otherwise a moving test picture; noise keeps the codec busy as a camera would.
_FOOTAGE = (
    Path(__file__).resolve().parents[2] / "shared/testdata/video/dvr-scan/traffic_camera.mp4",
    Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi"),
)


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder for one measure, gone with it."""
    with tempfile.TemporaryDirectory(prefix="zhishou-bench-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def make_clip(folder: Path, seconds: int = 20, rate: int = RATE) -> Path:
    """Write an H.264 clip, 640x360 at 25 frames a second (or `rate`), about 0.5 Mbit/s, a key frame a second."""
    clip = folder / "clip.mp4"
    footage = next((file for file in _FOOTAGE if file.exists()), None)
    source = (
        ["-stream_loop", "-1", "-i", str(footage)]
        if footage
        else ["-f", "lavfi", "-i", f"testsrc2=size={FRAME[0]}x{FRAME[1]}:rate={rate}"]
    )
    command = [
        ffmpeg(), "-hide_banner", "-loglevel", "error", "-y", *source, "-t", str(seconds), "-an",
        "-vf", f"scale={FRAME[0]}:{FRAME[1]},fps={rate},noise=alls=4:allf=t", "-c:v", "libx264", "-preset", "veryfast",
        "-b:v", "500k", "-g", str(rate), "-bf", "0", "-pix_fmt", "yuv420p", str(clip),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    return clip


def ffmpeg() -> str:
    found = shutil.which("ffmpeg")
    if found is None:
        raise SystemExit("ffmpeg is needed: it makes the clip and is the floor that the wall is measured against")
    return found


def floor_command(clip: Path, cameras: int, seconds: float) -> list[str]:
    """ONE ffmpeg process that reads the same inputs in real time and throws the pictures away."""
    inputs = [part for _n in range(cameras) for part in ("-re", "-stream_loop", "-1", "-threads", "1", "-i", str(clip))]
    maps = [part for n in range(cameras) for part in ("-map", f"{n}:v")]
    return [ffmpeg(), "-hide_banner", "-loglevel", "error", *inputs, *maps, "-t", str(seconds), "-f", "null", "-"]


def make_site(
    folder: Path,
    clip: Path | None,
    *,
    cameras: int = 16,
    zones: int = 0,
    urls: Sequence[str] = (),
    record: bool = False,
) -> Path:
    """Write a site folder with that many file cameras and panel zones; the panel listens on a free port of loopback.

    `urls` are network cameras, after those; with `record` they are recorded all the time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["id: bench", "name: {zh: 测量, en: Bench}", "places:", "  - {id: yard, name: {zh: 院子, en: Yard}}"]
    if cameras or urls:
        lines.append("cameras:")
    if clip is not None and cameras:
        shutil.copyfile(clip, folder / "clip.mp4")
        lines += [
            f"  - {{id: cam-{n:02d}, number: {n}, name: {{zh: 摄像机{n}, en: Camera {n}}}, kind: file, address: clip.mp4}}"
            for n in range(1, cameras + 1)
        ]
    lines += [
        f"  - {{id: net-{n:02d}, number: {cameras + n}, name: {{zh: 网络{n}, en: Net {n}}}, kind: rtsp, address: '{url}'"
        + (", record: {mode: continuous, days: 1}}" if record else "}")
        for n, url in enumerate(urls, 1)
    ]
    if zones:
        lines.append("points:")
        lines += [
            f"  - {{id: z{n}, name: {{zh: 防区{n}, en: Zone {n}}}, alarm_class: fault, priority: {1 + n % 4}}}"
            for n in range(1, zones + 1)
        ]
    # The shipped plans call these; a site without them is refused.
    roles = ("fire", "fire_responsible", "supervisor", "leader", "medical", "police", "police_station", "property")
    lines.append("contacts:")
    lines += [f"  - {{id: c-{role}, name: {{zh: {role}, en: {role}}}, phone: '000', role: {role}}}" for role in roles]
    lines += [
        "sources:",
        "  - id: panel",
        "    kind: sia_dc09",
        "    name: {zh: 主机, en: Panel}",
        "    options:",
        "      host: 127.0.0.1",
        "      port: 0",
        "      accounts:",
        f'        - account: "{ACCOUNT}"',
    ]
    if zones:
        lines.append("          zones: {" + ", ".join(f'"{n}": z{n}' for n in range(1, zones + 1)) + "}")
    (folder / "site.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


# The inputs of `make_inputs_site`, each a source of that id; point n of an input is "<its id>-<n>".
INPUTS = ("panel", "fire", "hooks", "things")
TRANSMITTER = 889
PATH = "/bench"
TOPIC = "bench"


def make_inputs_site(
    folder: Path, broker_port: int, *, points: int, ports: tuple[int, int, int] = (0, 0, 0)
) -> Path:
    """Write a site folder with four inputs of so many points each: DC-09, GB/T 26875.3, webhook, and MQTT of a broker.

    `ports` are those that the first three listen on, 0 for a free one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    numbers = range(1, points + 1)
    roles = ("fire", "fire_responsible", "supervisor", "leader", "medical", "police", "police_station", "property")
    site = {
        "id": "bench",
        "name": {"zh": "测量", "en": "Bench"},
        "places": [{"id": "yard", "name": {"zh": "院子", "en": "Yard"}}],
        "points": [
            {
                "id": f"{source}-{n}",
                "name": {"zh": f"{source} {n} 号", "en": f"{source} {n}"},
                "alarm_class": "fault",
                "priority": 2 + n % 3,
            }
            for source in INPUTS
            for n in numbers
        ],
        "contacts": [
            {"id": f"c-{role}", "name": {"zh": role, "en": role}, "phone": "000", "role": role} for role in roles
        ],
        "sources": [
            _source(
                "panel",
                "sia_dc09",
                port=ports[0],
                accounts=[{"account": ACCOUNT, "zones": {str(n): f"panel-{n}" for n in numbers}}],
            ),
            _source(
                "fire",
                "gb26875",
                port=ports[1],
                transmitters=[
                    {"address": str(TRANSMITTER), "parts": {f"1-1-1.{n}": f"fire-{n}" for n in numbers}}
                ],
            ),
            _source(
                "hooks",
                "webhook",
                port=ports[2],
                endpoints=[{"path": PATH, "site_points": True}],
            ),
            _source(
                "things",
                "mqtt",
                host="127.0.0.1",
                port=broker_port,
                map=[
                    {
                        "topic": f"{TOPIC}/{{name}}",
                        "state": "$.state",
                        "active": ["alarm"],
                        "device": "{name}",
                        "point": "{name}",
                        "class": "fault",
                    }
                ],
            ),
        ],
    }
    # JSON is YAML, and is written in a moment where thousands of points take seconds.
    (folder / "site.yaml").write_text(json.dumps(site, ensure_ascii=False, indent=1), encoding="utf-8")
    return folder


def _source(source: str, kind: str, **options: object) -> dict[str, object]:
    return {"id": source, "kind": kind, "name": {"zh": source, "en": source}, "options": options}
