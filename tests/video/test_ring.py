"""The ring of pictures: nothing torn, nothing old for new, nothing left behind."""

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from console.models.pictures import Picture
from console.video.ring import MAX_HEIGHT_PX, MAX_WIDTH_PX, OTHER_SIZE_S, Ring, RingWriter, fitted

WIDE, HIGH = 8, 4


def writer_of(ring: Ring) -> RingWriter:
    return RingWriter(os.dup(ring.fd))


def paint(writer: RingWriter, level: int, size: tuple[int, int] = (WIDE, HIGH)) -> None:
    _, memory = writer.begin(*size)
    memory[:] = bytes([level]) * len(memory)
    writer.commit(time.monotonic_ns(), time.time_ns())


def newest(ring: Ring) -> Picture:
    picture = ring.latest(0.0)
    assert picture is not None
    return picture


@pytest.fixture
def ring() -> Iterator[Ring]:
    """A ring that is looked at in a small size."""
    with Ring() as made:
        made.want(WIDE, HIGH)
        yield made


@pytest.fixture
def writer(ring: Ring) -> Iterator[RingWriter]:
    """The end that paints into it."""
    made = writer_of(ring)
    yield made
    made.close()


def test_that_there_is_no_picture_before_the_first_frame(ring: Ring) -> None:
    assert ring.latest(0.0) is None


def test_that_the_newest_frame_is_given_with_its_size_number_and_age(ring: Ring, writer: RingWriter) -> None:
    for level in (1, 2, 3, 4):
        before_s = time.monotonic()
        paint(writer, level)
    asked_s = time.monotonic() + 2.0
    picture = ring.latest(asked_s)
    assert picture is not None
    assert bytes(picture.pixels) == bytes([4]) * (WIDE * HIGH * 4)
    assert (picture.width_px, picture.height_px, picture.seq) == (WIDE, HIGH, 4)
    assert 2.0 <= picture.age_s <= asked_s - before_s
    assert ring.still(picture)


def test_that_a_picture_that_is_known_already_is_not_given_again(ring: Ring, writer: RingWriter) -> None:
    paint(writer, 1)
    first = ring.latest(0.0, than=-1)
    assert first is not None
    assert ring.latest(0.0, than=first.seq) is None
    paint(writer, 2)
    second = ring.latest(0.0, than=first.seq)
    assert second is not None
    assert set(second.pixels) == {2}


def test_that_pictures_in_the_same_memory_are_given_by_the_same_view(ring: Ring, writer: RingWriter) -> None:
    views = []
    for level in range(1, 8):
        paint(writer, level)
        picture = newest(ring)
        assert set(picture.pixels) == {level}
        views.append(picture.pixels)
    assert len({id(view) for view in views}) == 3
    assert all(view is views[at + 3] for at, view in enumerate(views[:-3]))
    ring.want(WIDE, 2 * HIGH)
    for level in range(8, 12):
        paint(writer, level, (WIDE, 2 * HIGH))
        picture = newest(ring)
        assert all(picture.pixels is not view for view in views)
        assert set(picture.pixels) == {level}
        assert len(picture.pixels) == WIDE * 2 * HIGH * 4


def test_that_a_picture_knows_when_its_memory_was_written_again(ring: Ring, writer: RingWriter) -> None:
    paint(writer, 1)
    picture = newest(ring)
    paint(writer, 2)
    paint(writer, 3)
    assert ring.still(picture)
    writer.begin(WIDE, HIGH)
    assert not ring.still(picture)


def test_that_a_frame_of_another_size_stands_in_until_there_is_one_of_the_size_that_is_wanted(
    ring: Ring, writer: RingWriter
) -> None:
    paint(writer, 1)
    ring.want(WIDE * 2, HIGH * 2)
    stand_in = newest(ring)
    assert (stand_in.width_px, len(stand_in.pixels)) == (WIDE, WIDE * HIGH * 4)
    assert writer.wanted() == (WIDE * 2, HIGH * 2)
    assert writer.hungry()
    paint(writer, 2, writer.wanted())
    picture = newest(ring)
    assert picture.width_px == WIDE * 2


def test_that_a_frame_of_another_size_never_stands_in_when_it_is_old_or_nobody_looks(
    ring: Ring, writer: RingWriter
) -> None:
    paint(writer, 1)
    ring.want(WIDE * 2, HIGH * 2)
    assert ring.latest(time.monotonic() + OTHER_SIZE_S + 1.0) is None
    ring.want(0, 0)
    assert ring.latest(0.0) is None


def test_that_pixels_cannot_be_written_from_the_windows_side(ring: Ring, writer: RingWriter) -> None:
    paint(writer, 1)
    picture = newest(ring)
    with pytest.raises(TypeError):
        picture.pixels[0] = 1


def test_that_a_writer_goes_on_where_one_before_was_killed_in_the_middle_of_a_frame(
    ring: Ring, writer: RingWriter
) -> None:
    paint(writer, 1)
    paint(writer, 2)
    _, memory = writer.begin(WIDE, HIGH)
    memory[: len(memory) // 2] = bytes([9]) * (len(memory) // 2)
    memory.release()
    second = writer_of(ring)
    assert set(newest(ring).pixels) == {2}
    paint(second, 3)
    picture = newest(ring)
    assert set(picture.pixels) == {3}
    assert picture.seq == 3
    second.close()


def test_that_nothing_is_painted_for_a_window_that_does_not_look(ring: Ring, writer: RingWriter) -> None:
    assert writer.hungry()
    paint(writer, 1)
    paint(writer, 2)
    assert not writer.hungry()
    newest(ring)
    assert writer.hungry()


def test_that_a_frame_nobody_took_is_not_shown_late_as_if_it_were_the_newest(ring: Ring, writer: RingWriter) -> None:
    paint(writer, 1)
    writer.beat(time.monotonic_ns() + 1_000_000_000, time.time_ns(), 0)
    assert ring.latest(time.monotonic()) is None
    assert writer.hungry()


def test_that_a_frozen_cameras_last_picture_can_be_looked_at_for_ever(ring: Ring, writer: RingWriter) -> None:
    paint(writer, 1)
    writer.beat(time.monotonic_ns(), time.time_ns(), 0)
    for _ in range(3):
        picture = ring.latest(time.monotonic() + 60.0)
        assert picture is not None
        assert picture.age_s > 59.0


def test_that_a_size_beyond_the_largest_keeps_its_shape() -> None:
    assert fitted(3840, 2160) == (MAX_WIDTH_PX, MAX_HEIGHT_PX)
    assert fitted(4000, 400) == (1920, 192)
    assert fitted(300, 169) == (300, 169)
    assert fitted(0, 100) == (0, 0)


def test_that_something_else_is_not_taken_for_a_ring(tmp_path: Path) -> None:
    other = tmp_path / "other"
    with other.open("w+b") as file:
        os.ftruncate(file.fileno(), 4096 + 3 * MAX_WIDTH_PX * MAX_HEIGHT_PX * 4)
        with pytest.raises(ValueError, match="not a picture ring"):
            RingWriter(os.dup(file.fileno()))


def test_that_the_memory_has_no_name_and_goes_with_its_last_holder() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with Ring() as ring:
        assert str(Path(f"/proc/self/fd/{ring.fd}").readlink()).startswith("/memfd:")
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert ring.latest(0.0) is None


class Interleaved(RuleBasedStateMachine):
    """A writer and a reader that take turns at any point of their work, the writer being killed at will."""

    @initialize()
    def start(self) -> None:
        self.ring = Ring()
        self.ring.__enter__()
        self.ring.want(WIDE, HIGH)
        self.writer = writer_of(self.ring)
        self.level = 0
        self.open: memoryview | None = None
        self.held: Picture | None = None
        self.copied = b""
        self.last_seq = 0

    @precondition(lambda self: self.open is None)
    @rule()
    def begin(self) -> None:
        self.level = self.level % 250 + 1
        _, self.open = self.writer.begin(WIDE, HIGH)

    @precondition(lambda self: self.open is not None)
    @rule(share=st.floats(0.0, 1.0))
    def write_a_part(self, share: float) -> None:
        assert self.open is not None
        end = int(len(self.open) * share)
        self.open[:end] = bytes([self.level]) * end

    @precondition(lambda self: self.open is not None)
    @rule()
    def commit(self) -> None:
        assert self.open is not None
        self.open[:] = bytes([self.level]) * len(self.open)
        self.open.release()
        self.open = None
        self.writer.commit(time.monotonic_ns(), time.time_ns())

    @rule()
    def kill_the_writer(self) -> None:
        if self.open is not None:
            self.open.release()
            self.open = None
        self.writer.close()
        self.writer = writer_of(self.ring)

    @rule()
    def look(self) -> None:
        self.let_go()
        self.held = self.ring.latest(0.0)
        if self.held is not None:
            assert self.held.seq >= self.last_seq
            self.last_seq = self.held.seq

    @precondition(lambda self: self.held is not None)
    @rule(share=st.floats(0.0, 1.0))
    def draw_a_part(self, share: float) -> None:
        assert self.held is not None
        done = len(self.copied)
        end = max(done, int(len(self.held.pixels) * share))
        self.copied += bytes(self.held.pixels[done:end])

    @precondition(lambda self: self.held is not None)
    @rule()
    def finish_drawing(self) -> None:
        assert self.held is not None
        self.copied += bytes(self.held.pixels[len(self.copied) :])
        if self.ring.still(self.held):
            assert len(set(self.copied)) == 1, "a torn frame was taken for a whole one"
        self.let_go()

    @invariant()
    def age_is_never_negative(self) -> None:
        if getattr(self, "held", None) is not None:
            assert self.held is not None
            assert self.held.age_s >= 0.0

    def let_go(self) -> None:
        self.held, self.copied = None, b""

    def teardown(self) -> None:
        if hasattr(self, "ring"):
            self.let_go()
            if self.open is not None:
                self.open.release()
            self.writer.close()
            self.ring.__exit__(None, None, None)


Interleaved.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


class TestThatATornFrameIsNeverTakenForAWholeOne(Interleaved.TestCase):
    """Runs the machine above."""


def test_that_a_reader_survives_a_writer_in_another_process_being_killed() -> None:
    program = textwrap.dedent(
        """
        import sys, time
        from console.video.ring import RingWriter
        writer = RingWriter(int(sys.argv[1]))
        level = 0
        while True:
            level = level % 250 + 1
            width, height = writer.wanted()
            _, memory = writer.begin(width, height)
            half = len(memory) // 2
            memory[:half] = bytes([level]) * half
            memory[half:] = bytes([level]) * (len(memory) - half)
            memory.release()
            writer.commit(time.monotonic_ns(), time.time_ns())
        """
    )
    root = Path(__file__).resolve().parents[2]
    with Ring() as ring:
        ring.want(160, 90)
        last, whole, torn = 0, 0, 0
        for _ in range(2):
            process = subprocess.Popen([sys.executable, "-c", program, str(ring.fd)], pass_fds=[ring.fd], cwd=root)
            try:
                end_s = time.monotonic() + 20.0
                begun = whole
                while whole < begun + 300 and time.monotonic() < end_s:
                    picture = ring.latest(time.monotonic())
                    if picture is None:
                        continue
                    copied = bytes(picture.pixels)
                    if ring.still(picture):
                        assert picture.seq >= last
                        last, whole = picture.seq, whole + 1
                        assert len(set(copied)) == 1
                    else:
                        torn += 1
            finally:
                process.kill()
                process.wait()
        assert whole >= 600
