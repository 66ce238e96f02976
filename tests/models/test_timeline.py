"""The arithmetic of playback and its timeline."""

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.models.ids import SegmentId
from console.models.playback import SEAM_S, Cut, around, cut_at, gap_at, next_cut
from console.models.recording import Codec
from console.models.timeline import Scale, day_bounds, day_of, moment_of, whole_day

ZONES = [ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC")]
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(st.sampled_from(ZONES), DAYS, st.floats(0, 0.999999))
def test_that_a_day_holds_every_one_of_its_moments(zone: ZoneInfo, day: date, share: float) -> None:
    begin, end = day_bounds(day, zone)
    assert 22.9 * 3600 < end - begin < 25.1 * 3600
    assert day_of(begin + share * (end - begin), zone) == day


@given(st.sampled_from(ZONES), DAYS, st.floats(0.01, 300), st.floats(0, 1), st.integers(200, 4000))
def test_that_a_place_is_its_moment_and_zooming_keeps_what_is_under_the_hand(
    zone: ZoneInfo, day: date, times: float, share: float, width: int
) -> None:
    scale = whole_day(day, zone, width).zoomed(times, whole_day(day, zone, width).from_s + 3600 * 7)
    keep_s = scale.from_s + share * scale.span_s
    assert scale.at(scale.x(keep_s)) == pytest.approx(keep_s, abs=1e-3)
    closer = scale.zoomed(2.0, keep_s)
    assert scale.first_s <= closer.from_s
    assert closer.until_s <= scale.last_s + 1e-3
    if closer.span_s < scale.span_s:
        assert closer.x(keep_s) == pytest.approx(scale.x(keep_s), abs=1)
    held = closer.holding(scale.first_s)
    assert held.from_s <= scale.first_s <= held.until_s


@given(st.sampled_from(ZONES), DAYS, st.floats(1, 80_000), st.integers(300, 3000))
def test_that_ticks_are_round_times_of_the_sites_clock_in_order(
    zone: ZoneInfo, day: date, times: float, width: int
) -> None:
    scale = whole_day(day, zone, width).zoomed(times, whole_day(day, zone, width).from_s + 40_000)
    ticks = scale.ticks(zone)
    assert all(scale.from_s <= tick.at_s <= scale.until_s for tick in ticks)
    assert all(a.at_s < b.at_s for a, b in pairwise(ticks))
    for tick in ticks:
        at = datetime.fromtimestamp(tick.at_s, zone)
        assert tick.text in (f"{at:%H:%M}", f"{at:%H:%M:%S}", f"{at:%S}.{at.microsecond // 100_000}")


def test_that_the_hour_that_is_lived_twice_has_both_its_ticks() -> None:
    zone = ZoneInfo("Europe/Berlin")
    scale = whole_day(date(2026, 10, 25), zone, 3000)
    assert [tick.text for tick in scale.ticks(zone)].count("02:00") == 2
    assert scale.span_s == 25 * 3600


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("8:05", "08:05:00"),
        ("0805", "08:05:00"),
        ("080512", "08:05:12"),
        ("8：05：12", "08:05:12"),
        ("03-12 8:05", "08:05:00"),
    ],
)
def test_that_a_typed_time_is_understood(typed: str, said: str) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    at_s = moment_of(date(2026, 3, 14), typed, zone)
    assert at_s is not None
    at = datetime.fromtimestamp(at_s, zone)
    assert f"{at:%H:%M:%S}" == said
    assert at.day == (12 if " " in typed else 14)


@given(st.text(max_size=12))
def test_that_whatever_is_typed_is_a_time_of_some_day_or_nothing(typed: str) -> None:
    at_s = moment_of(date(2026, 3, 14), typed, UTC)
    assert at_s is None or day_of(at_s, UTC).year > 0


@st.composite
def files(draw: st.DrawFn) -> tuple[Cut, ...]:
    """Files of a camera in order, with seams, gaps and overlaps."""
    at_s, made = 1000.0, []
    for number in range(draw(st.integers(1, 12))):
        at_s += draw(st.sampled_from((0.0, 0.04, 1.0, 30.0, 500.0, -0.2)))
        length_s = draw(st.floats(2.0, 60.0))
        made.append(
            Cut(
                segment=SegmentId(str(number)),
                path="",
                codec=Codec.H264,
                from_s=at_s,
                until_s=at_s + length_s,
                rate=draw(st.sampled_from((1.0, 0.99, 1.02))),
            )
        )
        at_s += length_s
    return tuple(made)


@given(files(), st.floats(900, 9000))
def test_that_a_moment_lies_in_a_file_or_in_a_gap_and_never_in_both(cuts: tuple[Cut, ...], at_s: float) -> None:
    cut = cut_at(cuts, at_s)
    if cut is not None:
        assert cut.until_s is not None
        assert cut.from_s <= at_s < cut.until_s + SEAM_S
        assert cut.wall_s(cut.media_s(at_s)) == pytest.approx(at_s, abs=1e-6)
        assert cut in around(cuts, at_s, 60.0)
        return
    before, after = gap_at(cuts, at_s)
    assert before is None or before <= at_s
    assert after is None or after > at_s
    following = next_cut(cuts, at_s)
    assert (following.from_s if following is not None else None) == after


def test_that_a_scale_of_nothing_is_no_division_by_nothing() -> None:
    assert Scale(0.0, 60.0, 1, 0.0, 60.0).wide(0).at(5) > 0
