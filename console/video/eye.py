"""The cheap first stage of one camera, shared by all of its rules: each thing is worked out once a look, if asked for."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from console.video.frames import Frame
from console.video.motion import USUAL_SENSITIVITY, Findings, Grey, Motion, small_grey
from console.video.statics import Static, Statics
from console.video.tracks import Track, Tracker

T = TypeVar("T")


class Eye:
    """What one camera remembers between looks. Give it frames in order."""

    def __init__(self) -> None:
        self.motion = Motion()
        self.trackers: dict[float, Tracker] = {}
        self.statics = Statics()

    def look(self, frame: Frame, mono_s: float) -> "View":
        """One look; `mono_s` is when the frame was taken, on a clock that never steps back."""
        return View(self, frame, mono_s)


class View:
    """One frame as the rules see it. Only valid until the next look of its eye."""

    def __init__(self, eye: Eye, frame: Frame, mono_s: float) -> None:
        self.frame = frame
        self.mono_s = mono_s
        self._eye = eye
        self._soft: Grey | None = None
        self._grey: Grey | None = None
        self._usual: Findings | None = None
        self._findings: dict[float, Findings] = {}
        self._tracks: dict[float, tuple[Track, ...]] = {}
        self._statics: tuple[Static, ...] | None = None

    @property
    def soft(self) -> Grey:
        """The frame as soft grey levels in bytes, 144 rows high."""
        if self._soft is None:
            self._soft = small_grey(self.frame)
        return self._soft

    @property
    def grey(self) -> Grey:
        """`soft` as float32, of which means are taken."""
        if self._grey is None:
            self._grey = self.soft.astype(np.float32)
        return self._grey

    @property
    def usual(self) -> Findings:
        """What stands out at the usual sensitivity."""
        if self._usual is None:
            self._usual = self._eye.motion.look_at(self.grey, self.mono_s)
        return self._usual

    def findings(self, sensitivity: float = USUAL_SENSITIVITY) -> Findings:
        """What stands out at a sensitivity in 0..1."""
        usual = self.usual
        if sensitivity == USUAL_SENSITIVITY:
            return usual
        return _kept(self._findings, sensitivity, lambda: self._eye.motion.seen(sensitivity))

    def tracks(self, sensitivity: float = USUAL_SENSITIVITY) -> tuple[Track, ...]:
        """What stands out and is followed; the same tracks for all rules of one sensitivity."""

        def follow() -> tuple[Track, ...]:
            tracker = self._eye.trackers.setdefault(sensitivity, Tracker())
            return tracker.follow(self.findings(sensitivity), self.mono_s)

        return _kept(self._tracks, sensitivity, follow)

    def statics(self) -> tuple[Static, ...]:
        """What has appeared or gone and has not stirred since, with how long ago that was."""
        if self._statics is None:
            self._statics = self._eye.statics.look(self.grey, self.usual, self.mono_s)
        return self._statics


def _kept(known: dict[float, T], key: float, make: Callable[[], T]) -> T:
    if key not in known:
        known[key] = make()
    return known[key]
