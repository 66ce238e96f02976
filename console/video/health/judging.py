"""What is concluded from the measures: which fault stands, which is over, and what cannot be told.

Each look gives for each trouble yes, no, or "cannot be told"; only what has been so for the times of the settings
becomes a fault or the end of one. What cannot be told neither opens nor ends anything.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from console.models.camera_health import CameraFault, CameraTrouble, HealthLimits
from console.models.ids import CameraId
from console.video.frames import Frame
from console.video.health import reference as references
from console.video.health.measures import WHITEST, Light, Measures, alike, measure, shift_between
from console.video.health.reference import Reference
from console.video.motion import Grey

EVERY_S: Final = 1.0
STEP_AT_MOST_S: Final = 3.0
KEEP_EVERY_S: Final = 3600.0
DARK_LEVELS: Final = 48.0
"""Below this the brightest parts of a picture show neither focus nor cover."""
LIT_LEVELS: Final = 90.0
"""A picture with parts as bright as this was lit a moment ago; the evening takes longer than `SUDDEN_S` from here."""
SUDDEN_S: Final = 8.0
TEXTURED: Final = 0.04
TEXTURED_CELLS: Final = 6
LOST: Final = 0.25
SAME_LAYOUT: Final = 0.6
OTHER_LAYOUT: Final = 0.5
CLEAR: Final = 0.05
BETTER: Final = 0.12
STILL_THERE: Final = 0.92
"""An outline that is as much alike as it ever was has not moved, and nothing more is asked."""
UNLIKE: Final = 0.35
LIVELY_LOOKS: Final = 10

ANY_STREAM: Final = (CameraTrouble.FROZEN, CameraTrouble.BLACK, CameraTrouble.WHITE)
"""What needs no comparison with how the camera usually looks, and can be told of its full-size stream as well."""
PICTURE: Final = (
    *ANY_STREAM,
    CameraTrouble.COVERED,
    CameraTrouble.DEFOCUSED,
    CameraTrouble.MOVED,
    CameraTrouble.LOW_RATE,
)

_log = logging.getLogger(__name__)


class Opinion(NamedTuple):
    """What one look says of one trouble: yes, no or (None) that it cannot be told; what was measured against what."""

    holds: bool | None
    score: float = 0.0
    limit: float = 0.0


UNTOLD: Final = Opinion(None)
WELL: Final = Opinion(False)
"""No, where no such fault stands: nobody is told by how much it does not."""


class Opinions(NamedTuple):
    """What one look says of each trouble of `PICTURE`, in its order."""

    frozen: Opinion
    black: Opinion
    white: Opinion
    covered: Opinion = UNTOLD
    defocused: Opinion = UNTOLD
    moved: Opinion = UNTOLD
    low_rate: Opinion = UNTOLD


@dataclass(slots=True)
class Standing:
    """One trouble of one camera, with patience in both directions."""

    active: bool = False
    for_s: float = 0.0
    untold_s: float = 0.0
    unchecked: bool = False

    def update(self, opinion: Opinion, step_s: float, after_s: float, over_s: float) -> bool:
        """Take in a look; True when `active` has changed. `for_s` is then how long it has been so."""
        self.untold_s = self.untold_s + step_s if opinion.holds is None else 0.0
        self.unchecked = self.untold_s > after_s if opinion.holds is None else False
        if opinion.holds is None or opinion.holds is self.active:
            self.for_s = 0.0
            return False
        self.for_s += step_s
        if self.for_s < (over_s if self.active else after_s):
            return False
        self.active = not self.active
        return True


class Health:
    """The health of one camera. `look` is called about once a second with a frame of its small stream.

    `folder` is where references are kept, None to keep none. `active` are the faults that stood when a judge before
    this one ended.
    """

    def __init__(
        self,
        camera: CameraId,
        limits: HealthLimits,
        folder: Path | None = None,
        active: frozenset[CameraTrouble] = frozenset(),
    ) -> None:
        self._camera, self._limits, self._folder = camera, limits, folder
        self._standing: dict[CameraTrouble, Standing] = {trouble: Standing(trouble in active) for trouble in PICTURE}
        self._references = {light: references.load(folder, camera, light) for light in Light}
        self._before: Grey | None = None
        self._last_s = self._stir_s = self._kept_s = 0.0
        self._lit_s: float | None = None
        self._sudden = self._natural = False
        self._lively = 0

    @property
    def faults(self) -> tuple[CameraTrouble, ...]:
        """What is wrong now."""
        return tuple(trouble for trouble, one in self._standing.items() if one.active)

    @property
    def unchecked(self) -> tuple[CameraTrouble, ...]:
        """What could not be told lately."""
        return tuple(trouble for trouble, one in self._standing.items() if one.unchecked)

    def reopened(self) -> None:
        """The camera was away: what it shows now does not continue what it showed before."""
        self._before, self._natural = None, False

    def relearn(self, at: datetime) -> list[CameraFault]:
        """Forget what the camera looked like; what it shows now is right, and its faults are over."""
        references.forget(self._folder, self._camera)
        self._references = {light: Reference() for light in Light}
        self._before, self._lively, self._lit_s = None, 0, None
        over = self.faults
        self._standing = {trouble: Standing() for trouble in PICTURE}
        return [self._fault(trouble, at, Opinion(False)) for trouble in over]

    def look(
        self, frame: Frame, grey: Grey, mono_s: float, at: datetime, rate: float | None, *, small: bool = True
    ) -> list[CameraFault]:
        """Judge a frame; what began or is over comes back. `rate` is the frames a second lately, None if unknown.

        References are of the small stream: of the full-size one, which may show another part of the scene, only what
        needs no reference is told, and nothing is learnt.
        """
        seen = measure(frame, grey, self._before)
        first, self._before = self._before is None, grey
        step_s = 0.0 if first else min(max(mono_s - self._last_s, 0.0), STEP_AT_MOST_S)
        self._last_s = mono_s
        self._note_light(seen, mono_s)
        opinions = self._opinions(seen, mono_s, rate)
        changes = []
        told = opinions if small else opinions[: len(ANY_STREAM)]
        for (trouble, standing), opinion in zip(self._standing.items(), told, strict=small):
            # The time for which a picture has stood is itself the patience.
            after_s = 0.0 if trouble is CameraTrouble.FROZEN else self._limits.fault_after_s
            if standing.update(opinion, step_s, after_s, self._limits.fault_over_s):
                changes.append(self._fault(trouble, at - timedelta(seconds=standing.for_s), opinion))
                standing.for_s = 0.0
        if small:
            self._learn(seen, opinions, step_s, rate)
        return changes

    def _fault(self, trouble: CameraTrouble, since_at: datetime, opinion: Opinion) -> CameraFault:
        return CameraFault(
            camera=self._camera,
            fault=trouble,
            active=self._standing[trouble].active,
            since_at=since_at,
            score=round(opinion.score, 4),
            limit=opinion.limit,
        )

    # ---- opinions --------------------------------------------------------------------------

    def _note_light(self, seen: Measures, mono_s: float) -> None:
        """Note whether the picture went dark at once (a hand, a cable) or bit by bit (the evening)."""
        if seen.reaches(LIT_LEVELS):
            self._lit_s, self._sudden = mono_s, False
        elif self._lit_s is not None and mono_s - self._lit_s <= SUDDEN_S and not seen.reaches(DARK_LEVELS):
            self._sudden = True

    def _opinions(self, seen: Measures, mono_s: float, rate: float | None) -> Opinions:
        frozen, black, white = self._frozen(seen, mono_s), self._black(seen), self._white(seen)
        low_rate, own = UNTOLD, self._references[seen.light].rate
        if rate is not None and own > 0.0:
            least = self._limits.low_rate_share * own
            low_rate = Opinion(rate < least, rate, least)
        if black.holds is not False or white.holds:
            return Opinions(UNTOLD, black, white, low_rate=low_rate)
        return Opinions(frozen, black, white, *self._optical(seen), low_rate)

    def _black(self, seen: Measures) -> Opinion:
        limit, active = self._limits.black_levels, self._standing[CameraTrouble.BLACK].active
        if seen.reaches(limit):
            return Opinion(False, seen.high, limit) if active else WELL
        told = (self._sudden or active) and not self._references[Light.NIGHT].dark
        return Opinion(True, seen.high, limit) if told else UNTOLD

    def _white(self, seen: Measures) -> Opinion:
        limit, active = self._limits.white_levels, self._standing[CameraTrouble.WHITE].active
        white = seen.clears(limit)
        return Opinion(white, seen.low, limit) if white or active else WELL

    def _frozen(self, seen: Measures, mono_s: float) -> Opinion:
        """Nothing at all stirs but a burnt-in clock; told only of cameras whose pictures are known to stir."""
        limit = max(self._limits.frozen_s, self._limits.fault_after_s)
        known = self._references[seen.light]
        if seen.stirred is None:
            self._stir_s, self._natural = mono_s, False
            return UNTOLD
        stood_s = mono_s - self._stir_s
        if seen.stirred and not seen.clock:
            if self._natural and stood_s > known.still_s:
                # It stood and went on by itself, so that standing proves nothing here.
                known.still_s = stood_s
            self._stir_s, self._natural = mono_s, True
            self._lively += 1
            return Opinion(False, 0.0, limit)
        if self._lively < LIVELY_LOOKS or known.still_s > 0.5 * limit:
            return Opinion(None, stood_s, limit)
        return Opinion(stood_s >= limit, stood_s, limit)

    def _optical(self, seen: Measures) -> tuple[Opinion, Opinion, Opinion]:
        """Covered, defocused, moved: against the reference of this light, or of the other if it went dark at once."""
        known = self._references[seen.light]
        if not self._learnt(known):
            other = self._references[Light.DAY if seen.light is Light.NIGHT else Light.NIGHT]
            lost, _textured = _lost(seen, other)
            if not self._learnt(other) or not (self._sudden or lost > self._limits.covered_share):
                return UNTOLD, UNTOLD, UNTOLD
            return self._covered(seen, other, lost), UNTOLD, UNTOLD
        lost, textured = _lost(seen, known)
        if known.dark or textured < TEXTURED_CELLS or not (self._sudden or seen.reaches(DARK_LEVELS)):
            return UNTOLD, UNTOLD, UNTOLD
        covered = self._covered(seen, known, lost)
        if covered.holds:
            return covered, UNTOLD, UNTOLD
        blurred = self._blurred(seen, known)
        return covered, blurred, UNTOLD if blurred.holds else self._moved(seen, known)

    def _learnt(self, known: Reference) -> bool:
        return known.looks >= self._limits.learn_s

    def _covered(self, seen: Measures, known: Reference, lost: float) -> Opinion:
        """The edges are gone, and what is bright and dark is elsewhere; a lens out of focus keeps that."""
        limit = self._limits.covered_share
        covered = lost >= limit and (
            alike(seen.layout, known.layout) < SAME_LAYOUT or seen.entropy < 0.5 * known.entropy
        )
        return Opinion(covered, lost, limit)

    def _blurred(self, seen: Measures, known: Reference) -> Opinion:
        if seen.columns != known.columns or known.sharpness <= 0.0:
            return UNTOLD
        limit, active = self._limits.blurred_share, self._standing[CameraTrouble.DEFOCUSED].active
        if not active and seen.sharper_than((1.0 - limit) * known.sharpness):
            return WELL
        gone = 1.0 - seen.sharpness / known.sharpness
        return Opinion(gone >= limit and alike(seen.layout, known.layout) >= SAME_LAYOUT, gone, limit)

    def _moved(self, seen: Measures, known: Reference) -> Opinion:
        """The same edges elsewhere; or others altogether, where a camera was turned right away."""
        limit = self._limits.moved_share
        like = alike(seen.outline, known.outline)
        if like >= STILL_THERE * known.likeness:
            return Opinion(False, 0.0, limit)
        dx, dy, clear = shift_between(known.outline, seen.outline)
        shift = (dx * dx + (dy * 0.5625) ** 2) ** 0.5
        if shift >= limit and clear >= CLEAR and _back(seen.outline, known.outline, dx, dy) > like + BETTER:
            return Opinion(True, shift, limit)
        if like < UNLIKE * known.likeness and alike(seen.layout, known.layout) < OTHER_LAYOUT:
            return Opinion(True, 1.0, limit)
        return Opinion(False, shift if clear >= CLEAR else 0.0, limit)

    # ---- learning --------------------------------------------------------------------------

    def _learn(self, seen: Measures, opinions: Opinions, step_s: float, rate: float | None) -> None:
        """Learn from a picture in which nothing is wrong; a night without light is learnt as dark."""
        known = self._references[seen.light]
        if any(opinion.holds for opinion in opinions) or self.faults or self._sudden or step_s == 0.0:
            return
        if self._learnt(known):
            if rate is not None and known.rate == 0.0:
                known.rate = rate
                self._keep(seen.light)
            if not known.dark and opinions.moved.holds is False and seen.columns == known.columns:
                known.follow(seen, step_s)
            self._kept_s += step_s
            if self._kept_s >= KEEP_EVERY_S:
                self._keep(seen.light)
            return
        if known.looks:
            known.likeness += (alike(seen.outline, known.outline) - known.likeness) / known.looks
        known.learn(seen)
        if rate is not None:
            known.rate = rate if known.rate == 0.0 else known.rate + 0.2 * (rate - known.rate)
        if self._learnt(known):
            known.dark = bool(known.layout.max() < DARK_LEVELS)
            self._keep(seen.light)

    def _keep(self, light: Light) -> None:
        self._kept_s = 0.0
        try:
            references.keep(self._folder, self._camera, light, self._references[light])
        except OSError as error:
            _log.warning("the reference of camera %s cannot be kept: %s", self._camera, error)


def _lost(seen: Measures, known: Reference) -> tuple[float, int]:
    """The share of the cells with edges that have lost most of them, and how many cells have edges."""
    cells = lost = 0
    for now, then in zip(seen.on_edge.ravel().tolist(), known.edges.ravel().tolist(), strict=True):
        if then > TEXTURED:
            cells += 1
            lost += now < LOST * WHITEST * then
    return lost / max(cells, 1), cells


def _back(now: Grey, then: Grey, dx: float, dy: float) -> float:
    """How alike two outlines are where they overlap once the shift is taken back."""
    rows, columns = then.shape
    x, y = round(dx * columns), round(dy * rows)
    if abs(x) > columns // 2 or abs(y) > rows // 2:
        return 0.0
    new = now[max(y, 0) : rows + min(y, 0), max(x, 0) : columns + min(x, 0)]
    old = then[max(-y, 0) : rows + min(-y, 0), max(-x, 0) : columns + min(-x, 0)]
    return alike(new, old)
