"""Somebody crosses a line that is drawn on the picture, in the direction that counts.

The foot of what is followed has to have been clearly on one side of the line and then clearly on the other, and its way
has to go through the line and not around its ends: a foot that dances on the line crosses nothing. Each crossing makes
the rule active; it clears `clear_s` after the last one.
"""

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from console.models.ids import CameraId
from console.models.rules import Direction, Rule
from console.models.text import Text
from console.video.analytics._followed import Ruled, ruled, shown, verdict, working_of
from console.video.analytics._presence import EVERY_S, check_zone
from console.video.kinds import Judge, RuleSpec, Verdict, Working

if TYPE_CHECKING:
    from console.video.eye import View
    from console.video.tracks import Track

Spot = tuple[float, float]

CLEARLY: Final = 0.015
"""How far from the line a foot has to be to be on a side of it, as a share of the picture's height."""


def check(rule: Rule) -> list[Text]:
    """A line has two ends or more."""
    return check_zone(rule, corners=2)


def side_of(spot: Spot, line: list[Spot]) -> tuple[int, float]:
    """On which side of the nearest part of a line a spot is, +1 right and -1 left of it, and how far from it."""
    nearest, side = float("inf"), 0
    for (ax, ay), (bx, by) in pairwise(line):
        along_x, along_y = bx - ax, by - ay
        length = max(along_x * along_x + along_y * along_y, 1e-9)
        share = ((spot[0] - ax) * along_x + (spot[1] - ay) * along_y) / length
        held = min(max(share, 0.0), 1.0)
        apart = ((spot[0] - ax - held * along_x) ** 2 + (spot[1] - ay - held * along_y) ** 2) ** 0.5
        if apart < nearest:
            across = along_x * (spot[1] - ay) - along_y * (spot[0] - ax)
            nearest, side = apart, 1 if across > 0 else -1
    return side, nearest


def crosses(way: tuple[Spot, Spot], line: list[Spot]) -> bool:
    """Whether a straight way goes through the line."""
    return any(_meet(way, part) for part in pairwise(line))


def _meet(one: tuple[Spot, Spot], other: tuple[Spot, Spot]) -> bool:
    return _turn(*one, other[0]) != _turn(*one, other[1]) and _turn(*other, one[0]) != _turn(*other, one[1])


def _turn(a: Spot, b: Spot, c: Spot) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) > (b[1] - a[1]) * (c[0] - a[0])


class Lines:
    """All lines of one camera."""

    def __init__(self, rules: tuple[Rule, ...], active: frozenset[str] = frozenset()) -> None:
        self.every_s = EVERY_S
        self._rules = ruled(rules, active)
        # For each rule and track: the side it was last clearly on, and where.
        self._sides: dict[tuple[str, int], tuple[int, Spot, float]] = {}

    def look(self, view: "View") -> list[tuple[Rule, Verdict]]:
        """Judge a frame; what changed comes back."""
        size = view.usual.size_px
        changes = []
        for one in self._rules:
            if not view.findings(one.rule.sensitivity).reliable:
                one.working = Working(threshold=1.0, reliable=False)
                continue
            tracks = view.tracks(one.rule.sensitivity)
            line = [(x * size[0], y * size[1]) for x, y in one.rule.zone]
            crossed = [track for track in tracks if self._crossed(one, track, line, size, view.mono_s)]
            # A crossing is a moment: it needs no time to be believed.
            if one.presence.update(bool(crossed), view.mono_s, after_s=0.0):
                changes.append((one.rule, verdict(one, crossed[0].blob if crossed else None, size)))
            seen = shown(tracks, size, view.mono_s, {track.number for track in crossed})
            one.working = Working(float(bool(crossed)), 1.0, seen)
        self._sides = {key: kept for key, kept in self._sides.items() if view.mono_s - kept[2] < 5.0}
        return changes

    def _crossed(self, one: Ruled, track: "Track", line: list[Spot], size: tuple[int, int], mono_s: float) -> bool:
        share = track.blob.area_px / (size[0] * size[1])
        side, apart = side_of(track.foot, line)
        if apart < CLEARLY * size[1] or not one.rule.min_area <= share <= one.rule.max_area:
            return False
        key = (one.rule.id, track.number)
        before = self._sides.get(key)
        self._sides[key] = (side, track.foot, mono_s)
        if before is None or before[0] == side or not crosses((before[1], track.foot), line):
            return False
        wanted = {Direction.TO_RIGHT: 1, Direction.TO_LEFT: -1}.get(one.rule.direction, side)
        return side == wanted and mono_s - track.first_s >= one.rule.min_s

    def working(self, rule: Rule) -> Working:
        """How a rule stands: 1 while somebody crosses."""
        return working_of(self._rules, rule)


def judge(camera: CameraId, rules: tuple[Rule, ...], active: frozenset[str]) -> Judge:  # noqa: ARG001 - by the contract
    """Begin to judge a camera's lines."""
    return Lines(rules, active)


SPEC = RuleSpec(name="line", check=check, judge=judge)
