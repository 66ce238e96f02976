"""The last half minute as stills: bounded in time and bytes; and a part of a picture cut out in its own pixels."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import numpy as np
from PIL import Image

from console.models.load import Pace
from console.models.zoom import WHOLE
from console.video.feed import Meter, Painter, cut
from console.video.kinds import Workbench
from console.video.recent import EVERY_S, KEPT_S, MOST_BYTES, Recent
from console.video.ring import Ring, RingWriter

START = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def ns(at: datetime) -> int:
    return int(at.timestamp() * 1e9)


def test_that_half_a_minute_is_kept_and_no_more() -> None:
    recent = Recent()
    frame = np.full((360, 640, 3), 90, np.uint8)
    added = 0
    for turn in range(1000):
        mono_s = 100 + turn * 0.04
        if recent.due(mono_s):
            recent.add(frame, mono_s, ns(START + timedelta(seconds=turn * 0.04)))
            added += 1
    assert 75 <= added <= 81
    kept = recent.since(START)
    assert abs(len(kept) - KEPT_S / EVERY_S) <= 2
    assert kept[0].at > START + timedelta(seconds=9)
    assert len(recent.since(kept[-1].at - timedelta(seconds=5))) <= 11


def test_that_a_still_is_as_wide_as_the_tile_it_is_replayed_in() -> None:
    recent = Recent()
    frame = np.full((360, 640, 3), 90, np.uint8)
    for turn, tile_px in enumerate((0, 250, 400, 1200)):
        recent.add(frame, turn * 0.5, ns(START + timedelta(seconds=turn)), tile_px)
    sizes = [Image.open(BytesIO(still.jpeg)).size for still in recent.since(START)]
    assert sizes == [(320, 180), (320, 180), (400, 225), (480, 270)]


def test_that_pictures_that_do_not_compress_cost_time_and_not_memory() -> None:
    recent = Recent()
    noise = np.random.default_rng(1)
    for turn in range(60):
        frame = noise.integers(0, 255, (270, 480, 3), np.uint8)
        recent.add(frame, turn * 0.5, ns(START + timedelta(seconds=turn * 0.5)))
    assert sum(len(still.jpeg) for still in recent.since(START)) <= MOST_BYTES


def test_that_a_part_of_the_picture_comes_in_its_own_pixels() -> None:
    import os

    frame = np.zeros((400, 800, 3), np.uint8)
    frame[100:200, 200:400] = 255
    with Ring() as ring:
        writer = RingWriter(os.dup(ring.fd))
        part = (0.25, 0.25, 0.5, 0.5)
        ring.want(200, 100, part)
        assert all(abs(one - other) < 1e-4 for one, other in zip(writer.region(), part, strict=True))
        assert cut(frame, part).min() == 255
        Painter(writer, Workbench()).paint(frame, 200, 100, 1, 1, writer.region())
        picture = ring.latest(0.0)
        assert picture is not None
        assert picture.region == writer.region()
        assert min(picture.pixels[::4]) == 255
        ring.want(200, 100)
        assert writer.region() == WHOLE
        assert writer.hungry()
        writer.close()


def test_that_less_is_painted_at_every_step_of_the_ladder() -> None:
    import os

    with Ring() as ring:
        writer = RingWriter(os.dup(ring.fd))
        counts = []
        for pace in Pace:
            ring.pace(pace)
            meter = Meter(writer)
            painted = 0
            for turn in range(250):
                if meter.paints(writer.pace(), 100 + turn * 0.04, key_frames=False):
                    meter.painted(int((100 + turn * 0.04) * 1e9))
                    painted += 1
            counts.append(painted)
        assert counts == [250, 125, 10, 5]
        Meter(writer).note()
        assert ring.load().cpu_s >= 0.0
        writer.close()
