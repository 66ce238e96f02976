"""Measure `analytics` of group `video`: events on labelled clips and what they cost, beside dvr-scan and motion.

The clips lie beside the checkout (`../shared/testdata`); without them nothing is measured. The peers are run as they come,
each on the same files: `dvr-scan` is found on the path or named by DVR_SCAN, `motion` on the path.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.cost import tree_cpu_s
from bench.figures import Figure
from console.models.ids import CameraId, PointId
from console.models.pictures import RuleEvent
from console.models.rules import Rule
from console.models.site import Camera, CameraKind
from console.models.text import Text
from console.registry import discover
from console.video.analyst import Analyst, Duties
from console.video.cv import cv2
from console.video.kinds import RuleSpec

TEST_DATA = Path(__file__).resolve().parents[2] / "shared" / "testdata"
ROOM, TREE = "intel/one-by-one-person-detection.mp4", "opencv/tree.avi"
EVERYWHERE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
SUB_STREAM = (640, 360)
GAP_S = 1.5
EARLY_S = 5.0
LIMIT_PERCENT = 2.0

Spans = list[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A clip, when something really happens in it, and how long it is; times in seconds.

    `stretch` is what times have to be multiplied with that are reckoned from the frame rate in the header, where that
    is wrong.
    """

    name: str
    path: Path
    events: Spans
    ignore: Spans
    length_s: float
    size: tuple[int, int]
    stretch: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How an answer stands beside the truth."""

    events: int
    found: int
    false: int
    splits: int
    merges: int
    cpu_percent: float

    def said(self) -> str:
        return (
            f"{self.events} events, {self.found} found, {self.false} false, {self.splits} splits, "
            f"{self.merges} merges, {self.cpu_percent:.2f} % of a core"
        )


def score(clip: Clip, said: Spans, cpu_s: float) -> Score:
    """Compare what was said with what happened.

    A split is a further event for the same happening; a merge is a further happening in the same event; a false event
    meets none and is not in a span that nobody is to judge, or that began more than EARLY_S before anything happened:
    something else had set it off.
    """

    def meets(one: tuple[float, float], other: tuple[float, float]) -> bool:
        return one[0] < other[1] and other[0] < one[1]

    hits = [[event for event in said if meets(event, truth)] for truth in clip.events]
    truths = [[truth for truth in clip.events if meets(event, truth)] for event in said]
    false = [
        event
        for event, met in zip(said, truths, strict=True)
        if (not met and not any(meets(event, span) for span in clip.ignore))
        or (met and event[0] < min(truth[0] for truth in met) - EARLY_S)
    ]
    return Score(
        events=len(said),
        found=sum(bool(hit) for hit in hits),
        false=len(false),
        splits=sum(max(0, len(hit) - 1) for hit in hits),
        merges=sum(max(0, len(met) - 1) for met in truths),
        cpu_percent=100.0 * cpu_s / clip.length_s,
    )


@contextmanager
def clips() -> Iterator[list[Clip]]:
    """The labelled clips, and one of our own in which only the light changes."""
    labels = json.loads((TEST_DATA / "labels_dev.json").read_text(encoding="utf-8"))
    found = []
    for name, fps in ((ROOM, 10.0), (TREE, labels[TREE]["fps_real"])):
        path = TEST_DATA / "video" / name
        capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        size = (int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)))
        capture.release()

        def in_s(spans: list[list[int]], fps: float = fps) -> Spans:
            return [(first / fps, (last + 1) / fps) for first, last in spans]

        known = labels[name]
        length_s = known["frames"] / fps
        events, ignore = in_s(known["events"]), in_s(known.get("ignore", []))
        stretch = known.get("fps_header", fps) / fps
        found.append(
            Clip(name=name, path=path, events=events, ignore=ignore, length_s=length_s, size=size, stretch=stretch)
        )
    with tempfile.TemporaryDirectory(prefix="zhishou-bench-") as folder:
        yield [*found, steps(Path(folder) / "steps.avi")]


def steps(path: Path, length_s: int = 50, fps: int = 10) -> Clip:
    """A still room whose light changes by a step every seven seconds, with the grain of a sensor."""
    dice = np.random.default_rng(5)
    still: NDArray[Any] = np.full((SUB_STREAM[1], SUB_STREAM[0], 3), 90, np.uint8)
    for _ in range(120):
        x, y = int(dice.integers(0, 600)), int(dice.integers(0, 320))
        still[y : y + int(dice.integers(16, 80)), x : x + int(dice.integers(20, 120))] = dice.integers(20, 200, 3)
    still = np.asarray(cv2.GaussianBlur(still, (0, 0), 2.0))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, SUB_STREAM)
    for number in range(length_s * fps):
        light = (1.0, 0.55, 1.3, 0.8, 1.1)[number // (7 * fps) % 5]
        grain = dice.normal(0, 2.0, still.shape)
        writer.write(np.clip(still * light + grain, 0, 255).astype(np.uint8))
    writer.release()
    return Clip(name="brightness steps", path=path, events=[], ignore=[], length_s=length_s, size=SUB_STREAM)


def ours(clip: Clip) -> tuple[Spans, float]:
    """Rules, health and motion cells of one camera, as a worker runs them, with decoding; CPU seconds of it all."""
    rule = Rule(id="r", point=PointId("p"), zone=EVERYWHERE, clear_s=GAP_S)
    camera = Camera(id=CameraId("c"), number=1, name=Text("c", "c"), kind=CameraKind.FILE, address="c", rules=(rule,))
    said: list[object] = []
    analyst = Analyst(camera, discover("console.video.analytics", kind=RuleSpec), Duties(cells=True), said.append)
    start = time.process_time()
    capture = cv2.VideoCapture(str(clip.path), cv2.CAP_FFMPEG)
    while capture.grab():
        at_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1e3
        if analyst.due(1000.0 + at_s):
            frame = capture.retrieve()[1]
            analyst.look(frame, 1000.0 + at_s, int(at_s * 1e9), small=True, every_frame=True, age_s=0.0)
    capture.release()
    cpu_s = time.process_time() - start
    spans: Spans = []
    for event in (one for one in said if isinstance(one, RuleEvent)):
        at_s = (event.at - datetime.fromtimestamp(0, UTC)).total_seconds()
        if event.active:
            spans.append((at_s - rule.min_s, clip.length_s))
        else:
            spans[-1] = (spans[-1][0], at_s - rule.clear_s)
    return spans, cpu_s


def dvr_scan(clip: Clip) -> tuple[Spans, float] | None:
    """dvr-scan with its own settings, as fast as it can."""
    program = os.environ.get("DVR_SCAN") or shutil.which("dvr-scan")
    if not program:
        return None
    before = os.times()
    done = subprocess.run(
        [program, "-i", str(clip.path), "--scan-only", "-q"], capture_output=True, text=True, check=False
    )
    after = os.times()
    cpu_s = after.children_user - before.children_user + after.children_system - before.children_system
    times = [_seconds(word) for word in done.stdout.strip().replace("\n", ",").split(",") if word.count(":") == 2]
    times = [at_s * clip.stretch for at_s in times]
    return list(zip(times[::2], times[1::2], strict=True)), cpu_s


def _seconds(word: str) -> float:
    hours, minutes, seconds = word.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def motion(clip: Clip) -> tuple[Spans, float] | None:
    """Debian's motion with its own settings and our gap, which plays a file at its own pace."""
    program = shutil.which("motion")
    if not program:
        return None
    with tempfile.TemporaryDirectory(prefix="zhishou-bench-") as name:
        folder = Path(name)
        told = folder / "told.txt"
        (folder / "motion.conf").write_text(
            f"daemon off\nsetup_mode off\nlog_level 1\ntarget_dir {folder}\nframerate 25\nwebcontrol_port 0\n"
            f"width {clip.size[0]}\nheight {clip.size[1]}\nnetcam_url file://{clip.path}\n"
            f"movie_output off\npicture_output off\nevent_gap {round(GAP_S)}\n"
            f"on_event_start date +1,%s.%N >> {told}\non_event_end date +0,%s.%N >> {told}\n",
            encoding="utf-8",
        )
        start = time.time()
        with subprocess.Popen(
            [program, "-n", "-c", str(folder / "motion.conf")],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            time.sleep(clip.length_s)
            cpu_s = tree_cpu_s(process.pid)
            process.terminate()
        lines = told.read_text(encoding="utf-8").split() if told.exists() else []
    spans: Spans = []
    for line in lines:
        begins, at = line.split(",")
        at_s = float(at) - start
        if begins == "1":
            spans.append((at_s, clip.length_s))
        elif spans:
            spans[-1] = (spans[-1][0], min(at_s - GAP_S, clip.length_s))
    return spans, cpu_s


def analytics() -> list[Figure]:
    """Events, false events, splits and merges on each clip, and the CPU of it, beside the peers in the same run."""
    if not (TEST_DATA / "labels_dev.json").exists():
        return []
    figures = []
    peers: tuple[tuple[str, Callable[[Clip], tuple[Spans, float] | None]], ...] = (
        ("dvr-scan", dvr_scan),
        ("motion", motion),
    )
    with clips() as known:
        for clip in known:
            own = score(clip, *ours(clip))
            beside = {}
            for name, peer in peers:
                answer = peer(clip)
                if answer is not None:
                    beside[name] = score(clip, *answer)
            stem = Path(clip.name).stem.replace("-", "_").replace(" ", "_")
            wrong = own.false + own.splits + own.merges + len(clip.events) - own.found
            figures += [
                Figure(
                    name=f"analytics_{stem}_wrong",
                    value=wrong,
                    unit="events",
                    peer=", ".join(
                        f"{name}: {one.false + one.splits + one.merges + len(clip.events) - one.found}"
                        for name, one in beside.items()
                    ),
                    limit=0,
                    note=f"{len(clip.events)} happenings; ours {own.said()}"
                    + "".join(f"; {name} {one.said()}" for name, one in beside.items()),
                ),
                Figure(
                    name=f"analytics_{stem}_cpu",
                    value=own.cpu_percent,
                    unit="% of a core",
                    peer=", ".join(f"{name}: {one.cpu_percent:.2f}" for name, one in beside.items()),
                    limit=LIMIT_PERCENT,
                    note="decoding, rules, health and motion cells of one camera",
                ),
            ]
    return figures


MEASURES: dict[str, Callable[[], list[Figure]]] = {"analytics": analytics}
