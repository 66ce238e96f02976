"""Recording over a bad network, at the hours of a schedule, on alarms around a restart, and after a process was killed."""

import hashlib
import os
import random
import signal
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from console.app.recording_faults import Cause, Disk, Standing, all_faults
from console.demo.rtsp_server import Clip, RtspServer
from console.models.alarms import Alarm
from console.models.clock import SystemClock
from console.models.recording import (
    FINISHED,
    DiskFigures,
    RecorderState,
    RecordMode,
    Segment,
    SegmentState,
    Volume,
)
from console.models.text import Text
from console.models.work_orders import WorkOrder, WorkOrderKind
from console.services import footage, recording, work_orders
from tests.stories.keeping import PATIENCE_S, Keeping, camera, keeping
from tests.video.conftest import ffmpeg, stream  # noqa: F401 - fixtures of these tests
from tests.video.playing import frames_of


@pytest.fixture
def server(stream: Clip) -> Iterator[RtspServer]:  # noqa: F811
    with RtspServer(stream) as running:
        yield running


class BadNetwork(RtspServer):
    """A camera behind a network that loses some packets, swaps others, and now and then loses all of them."""

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self._dice, self._late = random.Random(7), b""
        self.down = False
        self.lost = self.swapped = 0

    @override
    def arrives(self, packet: bytes) -> tuple[bytes, ...]:
        if self.down:
            return ()
        late, self._late = self._late, b""
        if late:
            return packet, late
        dice = self._dice.random()
        if dice < 0.02:
            self.lost += 1
            return ()
        if dice < 0.05:
            self.swapped += 1
            self._late = packet
            return ()
        return (packet,)


def finished(post: Keeping, number: int = 1) -> tuple[Segment, ...]:
    found: tuple[Segment, ...] = post.wait_for(lambda: rows if len(rows := post.rows(state=FINISHED)) >= number else ())
    return found


def test_that_udp_with_lost_and_swapped_packets_is_recorded_as_it_came(stream: Clip, tmp_path: Path) -> None:  # noqa: F811
    cam = replace(camera("cam-1", ""), transport="udp")
    with BadNetwork(stream) as network:
        with keeping(tmp_path, (replace(cam, address=network.url),)) as post:
            finished(post, 2)
            down_at = post.desk.clock.now()
            network.down = True
            post.wait_for(lambda: not post.recording.states["cam-1"].on)
            network.down = False
            up_at = post.desk.clock.now()
            post.wait_for(lambda: post.recording.states["cam-1"].on)
            finished(post, len(post.rows(state=FINISHED)) + 2)
        assert network.lost > 3
        assert network.swapped > 3
    with keeping(tmp_path, ()) as post:
        rows = post.rows()
        assert {row.state for row in rows} == {SegmentState.CLOSED}
        for row in rows:
            path = post.file(row)
            assert hashlib.sha256(path.read_bytes()).hexdigest() == row.sha256
            assert row.media_s <= row.wall_s + 1.5  # a camera that was held up hurries after for up to a second
            # A picture of which a part is missing may or may not be shown; what is claimed was there to be coded.
            assert 0.6 * row.frames <= frames_of(path) <= row.frames <= 25 * (row.media_s + 0.2)
        assert (up_at - down_at).total_seconds() > 2
        missing = post.ask(footage.gaps, "cam-1", rows[0].started_at, rows[-1].ended_at)
        assert any(
            gap.from_at < down_at + timedelta(seconds=1) and gap.until_at > up_at - timedelta(seconds=1) for gap in missing
        )


# ------------------------------------------------------------------ hours


class ShiftedClock(SystemClock):
    """The time of day as a test wants it; it runs on by itself."""

    def __init__(self, start: datetime) -> None:
        self._ahead = start - datetime.now(UTC)

    def turn_to(self, at: datetime) -> None:
        """Let it be this time."""
        self._ahead = at - datetime.now(UTC)

    @override
    def now(self) -> datetime:
        return super().now() + self._ahead


def test_that_a_schedule_starts_and_stops_at_its_hours_and_one_runs_on_over_midnight(
    server: RtspServer, tmp_path: Path
) -> None:
    # A Saturday, some minutes before midnight, by the site's own time, which is UTC.
    clock = ShiftedClock(datetime(2026, 3, 14, 23, 50, tzinfo=UTC))
    until_midnight = camera("cam-1", server.url, mode=RecordMode.SCHEDULE, schedule=("6 20:00-24:00", "7 00:30-06:00"))
    all_night = camera("cam-2", server.url, mode=RecordMode.SCHEDULE, schedule=("6 22:00-06:00",))
    by_day = camera("cam-3", server.url, mode=RecordMode.SCHEDULE, schedule=("08:00-18:00",))
    with keeping(tmp_path, (until_midnight, all_night, by_day), clock) as post:
        states = post.recording.states
        post.wait_for(lambda: states["cam-1"].on and states["cam-2"].on)
        assert not states["cam-3"].wanted
        clock.turn_to(datetime(2026, 3, 14, 23, 59, 58, tzinfo=UTC))
        post.wait_for(lambda: not states["cam-1"].wanted and not states["cam-1"].on)
        assert clock.now() >= datetime(2026, 3, 15, tzinfo=UTC)
        post.wait_for(lambda: not post.rows(camera="cam-1", state=SegmentState.WRITING))
        assert finished(post)
        assert states["cam-2"].on
        kept = len(post.rows(camera="cam-1"))
        clock.turn_to(datetime(2026, 3, 15, 0, 29, 58, tzinfo=UTC))
        post.wait_for(lambda: states["cam-1"].on)
        assert clock.now() >= datetime(2026, 3, 15, 0, 30, tzinfo=UTC)
        post.wait_for(lambda: len(post.rows(camera="cam-1")) > kept)
        clock.turn_to(datetime(2026, 3, 15, 5, 59, 59, tzinfo=UTC))
        post.wait_for(lambda: not states["cam-1"].wanted and not states["cam-2"].wanted)
        clock.turn_to(datetime(2026, 3, 15, 8, 0, 0, tzinfo=UTC))
        post.wait_for(lambda: states["cam-3"].on)
        alarms = post.ask(lambda rx: rx.find(Alarm, source=recording.SOURCE))
        # How long the disk lasts is reckoned from what the last hours have filled, and these were turned.
        assert not [one.key for one in alarms if "headroom" not in one.key]


# ------------------------------------------------------------------ alarms around a restart


def test_that_the_seconds_before_an_alarm_are_a_gap_where_nothing_was_in_memory_yet(
    server: RtspServer, tmp_path: Path
) -> None:
    plan = {"mode": RecordMode.EVENT, "pre_s": 20.0, "post_s": 2.0}
    with keeping(tmp_path, (camera("cam-1", server.url, **plan),)) as post:
        began = post.desk.clock.now()
        post.wait_for(lambda: post.recording.states["cam-1"].armed)
        at = post.desk.clock.now()
        post.recording._video.trigger("cam-1", 2.0)
        segment = finished(post)[0]
        assert segment.started_at > began
        (gap, *_) = post.ask(footage.gaps, "cam-1", at - timedelta(seconds=20), segment.ended_at)
        assert gap.from_at == at - timedelta(seconds=20)
        assert gap.until_at == segment.started_at


@pytest.mark.expects_log("recording worker of")
def test_that_an_alarm_goes_on_being_kept_when_its_recording_process_was_killed(
    server: RtspServer, tmp_path: Path
) -> None:
    plan = {"mode": RecordMode.EVENT, "pre_s": 1.0, "post_s": 600.0}
    with keeping(tmp_path, (camera("cam-1", server.url, **plan),)) as post:
        post.wait_for(lambda: post.recording.states["cam-1"].armed)
        post.recording._video.trigger("cam-1", 600.0)
        post.wait_for(lambda: post.rows(state=SegmentState.WRITING))
        pid = post.recording.pids[0]
        os.kill(pid, signal.SIGKILL)
        post.wait_for(lambda: post.recording.pids and post.recording.pids[0] != pid)
        post.wait_for(lambda: post.recording.states["cam-1"].on and post.rows(state=SegmentState.WRITING))


# ------------------------------------------------------------------ one fault, one alarm


@pytest.mark.expects_log("recording worker of")
def test_that_a_recording_process_that_does_not_come_up_is_one_alarm_and_one_order_for_all_its_cameras(
    server: RtspServer, tmp_path: Path
) -> None:
    four = tuple(camera(f"cam-{n}", server.url) for n in range(1, 5))

    def told(post: Keeping) -> list[Alarm]:
        found: list[Alarm] = post.ask(lambda rx: list(rx.find(Alarm, source=recording.SOURCE)))
        return found

    def orders(post: Keeping) -> list[WorkOrder]:
        return [one for one in post.ask(work_orders.register) if one.kind is WorkOrderKind.RECORDING]

    with keeping(tmp_path, four) as post:
        post.wait_for(lambda: all(one.on for one in post.recording.states.values()))
        until_s = time.monotonic() + PATIENCE_S
        while not (found := told(post)):
            assert time.monotonic() < until_s
            for pid in post.recording.pids:
                with suppress(ProcessLookupError):  # it is buried already
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)  # whatever is started is killed again at once
        assert [(one.point, one.condition) for one in found] == [("recording:process", "active")]
        assert "4" in found[0].title.zh
        post.wait_for(lambda: all(one.on for one in post.recording.states.values()))
        post.wait_for(lambda: told(post)[0].condition == "normal")
        assert [one.subject for one in orders(post)] == ["recording:process"]
        assert len(told(post)) == 1


def test_that_a_disk_at_the_limit_of_its_headroom_does_not_come_and_go() -> None:
    """It is said below the limit, and over only when there is a tenth more; the fault stands first in its line."""
    now = datetime(2026, 3, 14, tzinfo=UTC)
    volume = Volume(id="v", path="/mnt", made_at=now)

    def faults(headroom_h: float, told: Collection[str]) -> dict[str, Text]:
        figures = DiskFigures(volume=volume, free_bytes=1, headroom_h=headroom_h, rate_bytes_s=1.0)
        return all_faults(
            Standing(
                disks=(Disk(Path("/mnt"), volume),), figures=(figures,), holdings=(), states=(), causes={},
                reconciled=None, names={}, headroom_low_h=24.0, told=told, now=now,
            )
        )  # fmt: skip

    assert faults(24.5, ()) == {}
    said = faults(23.4, ())
    assert said == {"headroom//mnt": Text("约 23 小时后写满：/mnt", "Full in about 23 hours: /mnt")}
    assert faults(24.5, said).keys() == said.keys()
    assert faults(26.5, said) == {}


def test_that_cameras_that_take_a_while_after_a_start_are_no_fault() -> None:
    """A start on a busy machine: until something was heard of a camera there is nothing to be said against it."""
    now = datetime(2026, 3, 14, tzinfo=UTC)

    disk = Disk(Path("/mnt"), Volume(id="v", path="/mnt", made_at=now))

    def faults(after_s: float, cause: Cause) -> set[str]:
        state = RecorderState(
            camera="cam-1", mode=RecordMode.CONTINUOUS, wanted=True, on=False, since_at=now - timedelta(seconds=after_s)
        )
        return set(
            all_faults(
                Standing(
                    disks=(disk,), figures=(), holdings=(), states=(state,), causes={"cam-1": cause}, reconciled=None,
                    names={"cam-1": camera("cam-1", "x").name}, headroom_low_h=1.0, told=(), now=now,
                )
            )
        )  # fmt: skip

    assert faults(15, Cause.START) == set()
    assert faults(40, Cause.START) == {"camera/cam-1"}
    assert faults(15, Cause.CAMERA) == {"camera/cam-1"}
