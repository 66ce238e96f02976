"""Where an actor is and what they do at a moment: an act's steps laid out on a line of time."""

import math
from dataclasses import dataclass
from typing import Final

from console.video.scenery import script

SPEEDS: Final = {"walk": 1.35, "run": 3.6, "drive": 4.5, "climb": 0.55}
"""Usual speeds in m/s; climbing counts the height up and down."""
TURN_S: Final = 0.45


@dataclass(frozen=True, slots=True)
class Stretch:
    """One step of an act between two moments."""

    do: str
    begin_s: float
    end_s: float
    start: script.Spot2
    end: script.Spot2
    heading: float
    height: float
    way_m: float


@dataclass(frozen=True, slots=True)
class Moment:
    """An actor at one moment.

    `heading` in radians clockwise from +y; `way_m` the distance gone so far, which moves the legs;
    `share` 0..1 of the step that is done; `since_s` how long the step has lasted.
    """

    do: str
    x: float
    y: float
    heading: float
    way_m: float
    share: float
    since_s: float
    height: float


def lay_out(act: script.Act) -> tuple[Stretch, ...]:
    """Give each step of the act its times, counted from the actor's entrance."""
    stretches: list[Stretch] = []
    at, now_s, way_m = act.start, 0.0, 0.0
    first = next((step.to for step in act.steps if step.to is not None), act.start)
    heading = _heading(act.start, first, 0.0)
    for step in act.steps:
        to = step.to or at
        length_m = math.dist(at, to)
        if step.do in SPEEDS:
            if step.to is not None and length_m > 0.01:
                heading = _heading(at, to, heading)
            far_m = length_m if step.do != "climb" else 2 * step.height
            took_s = step.s or far_m / (step.speed or SPEEDS[step.do])
        else:
            took_s = step.s
            if step.to is not None:
                heading, to = _heading(at, step.to, heading), at
        stretches.append(Stretch(step.do, now_s, now_s + took_s, at, to, heading, step.height, way_m))
        if step.do in ("walk", "run", "drive"):
            way_m += length_m
        at, now_s = to, now_s + took_s
    return tuple(stretches)


def at(stretches: tuple[Stretch, ...], since_s: float) -> Moment | None:
    """The actor `since_s` after entering; None before and after."""
    if since_s < 0.0 or not stretches or since_s >= stretches[-1].end_s:
        return None
    before = None
    for stretch in stretches:
        if since_s < stretch.end_s:
            return _moment(stretch, before, since_s)
        before = stretch
    return None


def _moment(stretch: Stretch, before: Stretch | None, now_s: float) -> Moment:
    lasting_s = max(stretch.end_s - stretch.begin_s, 1e-6)
    since_s = now_s - stretch.begin_s
    share = since_s / lasting_s
    x = stretch.start[0] + (stretch.end[0] - stretch.start[0]) * share
    y = stretch.start[1] + (stretch.end[1] - stretch.start[1]) * share
    way_m = stretch.way_m
    if stretch.do in ("walk", "run", "drive"):
        way_m += math.dist(stretch.start, stretch.end) * share
    heading = stretch.heading
    if before is not None and since_s < TURN_S:
        turn = math.remainder(stretch.heading - before.heading, 2 * math.pi)
        eased = since_s / TURN_S
        heading = before.heading + turn * eased * eased * (3 - 2 * eased)
    return Moment(stretch.do, x, y, heading, way_m, share, since_s, stretch.height)


def _heading(start: script.Spot2, end: script.Spot2, otherwise: float) -> float:
    if math.dist(start, end) < 0.01:
        return otherwise
    return math.atan2(end[0] - start[0], end[1] - start[1])


@dataclass(slots=True)
class Entrance:
    """An act with its time line, and when it is on."""

    act: script.Act
    stretches: tuple[Stretch, ...]
    at_s: float
    every_s: float

    def moment(self, now_s: float) -> Moment | None:
        """The actor at `now_s` of the scene's time."""
        since_s = now_s - self.at_s
        if self.every_s > 0.0 and since_s >= 0.0:
            since_s %= self.every_s
        return at(self.stretches, since_s)

    def over(self, now_s: float) -> bool:
        """Whether the actor has left for good."""
        return self.every_s <= 0.0 and now_s - self.at_s > self.stretches[-1].end_s


def entrance(act: script.Act, begin_s: float = 0.0) -> Entrance:
    """Put an act on, counted from `begin_s` of the scene's time."""
    return Entrance(act, lay_out(act), begin_s + act.at_s, act.every_s)
