"""Group `video`: how soon a picture comes when one drags through recordings, and how long a search of a day takes."""

import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

from bench.figures import Figure
from bench.video import _clip
from console.demo.rtsp_server import read_clip
from console.models.clock import SystemClock
from console.models.ids import CameraId, SegmentId
from console.models.playback import Cut, How, TapeState
from console.models.recording import (
    MOTION_MINUTE_BYTES,
    MOTION_SECOND_BYTES,
    Codec,
    MotionMinute,
    motion_key,
)
from console.models.site import Site
from console.models.text import Text
from console.services import playback
from console.services.desk import Ground
from console.store.opening import open_store
from console.video.playback.player import Player
from console.video.recording import mpegts, nal
from console.video.recording.packets import Packet

CAMERAS = 4
MINUTES = 12
DRAGS = 150
TILE = (640, 360)
GOP_S, FPS = 1.0, 25
FROM_S = 1_000_000.0
PATIENCE_S = 5.0


def _files(folder: Path) -> tuple[Cut, ...]:
    """Minutes of a 1920x1080 camera of 4 Mbit/s, as the recorder writes them."""
    clip = read_clip(_clip(folder, size="1920:1080", rate="4000").read_bytes(), FPS)
    muxer, number, content = mpegts.Muxer(Codec.H264, b""), 0, [b""]
    for _ in range(3):
        for units in clip.pictures:
            data = b"".join(nal.START + unit for unit in units)
            key = any(unit[0] & 31 == 5 for unit in units)
            content.append(muxer.add(Packet(data, key, number * 3600, 0.0), number * 3600))
            number += 1
    whole, length_s = b"".join(content), number / FPS
    cuts = []
    for minute in range(MINUTES):
        path = folder / f"{minute}.ts"
        path.write_bytes(whole)
        from_s = FROM_S + minute * length_s
        cuts.append(
            Cut(
                segment=SegmentId(str(minute)),
                path=str(path),
                codec=Codec.H264,
                from_s=from_s,
                until_s=from_s + length_s,
            )
        )
    return tuple(cuts)


def _wait(player: Player, cameras: tuple[CameraId, ...], seen: Callable[[float], bool]) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while True:
        player.tick()
        pictures = [player.latest(camera) for camera in cameras]
        if all(picture is not None and seen(picture.taken_s) for picture in pictures):
            return
        if time.monotonic() > until_s:
            states = [player.tape(camera).state for camera in cameras]
            raise TimeoutError(f"no picture within {PATIENCE_S} s: {[TapeState(state) for state in states]}")
        time.sleep(0.001)


def scrub() -> list[Figure]:
    """From the order to the picture, as a hand drags through an hour: one camera, then four side by side."""
    figures = []
    with tempfile.TemporaryDirectory(prefix="zhishou-bench-") as name:
        cuts = _files(Path(name))
        end_s = (cuts[-1].until_s or FROM_S) - 1.0
        for number in (1, CAMERAS):
            cameras = tuple(CameraId(f"cam-{one}") for one in range(number))
            with Player(time.monotonic) as player:
                for camera in cameras:
                    player.load(camera, cuts)
                player.move(FROM_S, 0.0)
                player.show(cameras)
                for camera in cameras:
                    player.want(camera, *TILE)
                _wait(player, cameras, lambda _taken_s: True)
                rng, took = random.Random(7), []
                for _ in range(DRAGS):
                    at_s = rng.uniform(FROM_S + 1, end_s)
                    began_s = time.monotonic()
                    player.move(at_s, 0.0, How.DRAG)
                    _wait(player, cameras, lambda taken_s, at_s=at_s: 0 <= at_s - taken_s <= GOP_S + 0.05)  # type: ignore[misc]
                    took.append((time.monotonic() - began_s) * 1e3)
            figures.append(
                Figure(
                    name=f"playback: picture after a drag, p95, {number} x 1080p",
                    value=quantiles(took, n=20)[-1],
                    unit="ms",
                    limit=150,
                    note="anywhere in twelve minutes; the files lie in the page cache",
                )
            )
    return figures


def search() -> list[Figure]:
    """A day of one camera's motion searched in a region."""
    rng, begin = random.Random(1), datetime(2026, 3, 14, tzinfo=UTC)
    ground = Ground(site=Site(id="bench", name=Text("测量", "Bench"), timezone="UTC"))
    camera = CameraId("cam-1")
    with (
        tempfile.TemporaryDirectory(prefix="zhishou-bench-") as name,
        open_store(Path(name), clock=SystemClock()) as store,
    ):
        with store.begin(ground, SystemClock()) as tx:
            for minute in range(1440):
                at, bits = begin + timedelta(minutes=minute), bytearray(MOTION_MINUTE_BYTES)
                for second in range(60):
                    if rng.random() < 0.3:
                        bits[second * MOTION_SECOND_BYTES + rng.randrange(MOTION_SECOND_BYTES)] = 0x18
                tx.put(MotionMinute(id=motion_key(camera, at), camera=camera, minute_at=at, bits=bytes(bits)))
        corners = ((0.2, 0.2), (0.8, 0.3), (0.6, 0.9), (0.3, 0.7))
        with store.read(ground, SystemClock().now()) as rx:
            began_s = time.monotonic()
            found = playback.motion_search(rx, camera, begin, begin + timedelta(days=1), corners)
            took_s = time.monotonic() - began_s
    note = f"{len(found.found)} stretches found"
    return [
        Figure(
            name="playback: a day of motion searched in a region", value=took_s * 1e3, unit="ms", limit=5000, note=note
        )
    ]


def measure() -> list[Figure]:
    """Both."""
    return [*scrub(), *search()]


MEASURES: dict[str, Callable[[], list[Figure]]] = {"playback": measure}
