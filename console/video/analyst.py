"""Everything that is judged of one camera's pictures, in its thread: rules, health, and where something moved."""

import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Final

from console.models.camera_health import CameraFault, CameraTrouble, HealthLimits
from console.models.errors import ConsoleError
from console.models.pictures import Box, RuleEvent, RuleWorking
from console.models.rules import OfficeHours, Rule, counts
from console.models.site import Camera
from console.video import detector
from console.video.cells import Cells
from console.video.eye import Eye, View
from console.video.frames import Frame
from console.video.health.judging import EVERY_S as HEALTH_EVERY_S
from console.video.health.judging import Health
from console.video.kinds import Judge, RuleSpec, Verdict
from console.video.wire import FromWorker
from console.video.wire import Health as HealthTold

CELLS_EVERY_S: Final = 0.5
HOURS_EVERY_S: Final = 5.0
RATE_OVER: Final = 10
ASK_EVERY_S: Final = 1.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """What is to be judged of a camera beside its rules.

    `active` and `faults` are what stood when an analyst before this one was lost with its process; `folder` is where
    references are kept, None to keep none; `cells` says that motion is kept for search, `health` that the picture is judged.
    """

    limits: HealthLimits = field(default_factory=HealthLimits)
    folder: Path | None = None
    office: OfficeHours | None = None
    zone: tzinfo = UTC
    site_dir: Path = Path()
    active: frozenset[str] = frozenset()
    faults: frozenset[CameraTrouble] = frozenset()
    cells: bool = False
    health: bool = True


@dataclass(slots=True)
class _Ruled:
    """One rule: what its judge says, whether it counts now, and what has been told."""

    rule: Rule
    judge: Judge
    judged: bool = False
    told: bool = False
    enabled: bool = True
    agreed: bool = False
    asked_s: float = 0.0
    verdict: Verdict = field(default_factory=lambda: Verdict(active=False))


class Analyst:
    """The analyst of one camera; it lives as long as the camera, not as its connection: what is active must clear."""

    def __init__(
        self, camera: Camera, specs: Mapping[str, RuleSpec], duties: Duties, send: Callable[[FromWorker], None]
    ) -> None:
        self._camera, self._specs, self._duties, self._send = camera, specs, duties, send
        self._orders: deque[Callable[[], None]] = deque()
        self._eye = Eye()
        self._health = Health(camera.id, duties.limits, duties.folder, duties.faults)
        self._reported: tuple[tuple[CameraTrouble, ...], tuple[CameraTrouble, ...]] = ((), ())
        self._cells = Cells(camera.id)
        self._tried: _Ruled | None = None
        self._detectors: dict[str, detector.Detector | None] = {}
        self._frames = 0
        self._counted: deque[tuple[float, int]] = deque(maxlen=RATE_OVER + 1)
        self._health_due_s = self._cells_due_s = self._hours_due_s = 0.0
        self._rules: list[_Ruled] = []
        self._judges: list[Judge] = []
        self._due_s: list[float] = []
        self._take_rules(camera.rules, duties.active)

    @property
    def judges(self) -> bool:
        """Whether the camera has rules: then every picture counts."""
        return bool(self._rules) or self._tried is not None

    # ---- orders, from other threads --------------------------------------------------------

    def set_rules(self, rules: tuple[Rule, ...]) -> None:
        """Judge by these rules from the next frame on; those that are gone clear."""
        self._orders.append(lambda: self._take_rules(rules, frozenset(one.rule.id for one in self._rules if one.told)))

    def watch(self, rule: Rule | None) -> None:
        """Tell how this rule would work on every look, without any alarm; None ends that."""
        self._orders.append(lambda: self._watch(rule))

    def relearn(self) -> None:
        """What the camera shows now is right."""
        self._orders.append(self._relearn)

    # ---- the camera's thread ---------------------------------------------------------------

    def opened(self) -> None:
        """The camera was opened anew."""
        self._health.reopened()
        self._counted.clear()

    def due(self, mono_s: float) -> bool:
        """Count a frame, and tell whether it is to be looked at."""
        self._frames += 1
        return bool(
            (self._duties.health and mono_s >= self._health_due_s)
            or any(mono_s >= at_s for at_s in self._due_s)
            or self._orders
            or (self._duties.cells and mono_s >= self._cells_due_s)
        )

    def look(self, frame: Frame, mono_s: float, wall_ns: int, *, small: bool, every_frame: bool, age_s: float) -> None:
        """Judge a frame that is due. `small` says that it is of the small stream, which references are of;
        `every_frame` that none was left out, so that they can be counted; `age_s` how old it is by now."""
        while self._orders:
            self._orders.popleft()()
        at = datetime.fromtimestamp(wall_ns / 1e9, UTC)
        view = self._eye.look(frame, mono_s)
        if mono_s >= self._hours_due_s:
            self._hours_due_s = mono_s + HOURS_EVERY_S
            self._look_at_clock(at)
        looked = False
        for number, judge in enumerate(self._judges):
            if mono_s >= self._due_s[number]:
                # From the frame's own time, so that a rule sees an even share of the frames.
                self._due_s[number] = max(self._due_s[number] + judge.every_s, mono_s)
                self._judge(judge, view)
                looked = True
        for one in self._rules:
            self._settle(one, view, at, age_s)
        if looked and self._tried is not None:
            self._tell_working(self._tried, at)
        if self._duties.cells and (looked or mono_s >= self._cells_due_s):
            self._cells_due_s = mono_s + CELLS_EVERY_S
            for minute in self._cells.add(view.usual, at):
                self._send(minute)
        if self._duties.health and mono_s >= self._health_due_s:
            self._health_due_s = max(self._health_due_s + HEALTH_EVERY_S, mono_s)
            self._counted.append((mono_s, self._frames))
            self._look_at_health(view, at, self._rate() if every_frame else None, small=small)

    def finish(self) -> None:
        """Hand out what is kept of the minute that has begun."""
        for minute in self._cells.finish():
            self._send(minute)

    def _rate(self) -> float | None:
        if len(self._counted) <= RATE_OVER:
            return None
        (then_s, then), (now_s, now) = self._counted[0], self._counted[-1]
        return (now - then) / (now_s - then_s) if now_s > then_s else None

    def _look_at_health(self, view: View, at: datetime, rate: float | None, *, small: bool) -> None:
        changes = self._health.look(view.frame, view.soft, view.mono_s, at, rate, small=small)
        self._tell_health(tuple(changes))

    def _tell_health(self, changes: tuple[CameraFault, ...]) -> None:
        standing = (self._health.faults, self._health.unchecked)
        if changes or standing != self._reported:
            self._reported = standing
            self._send(HealthTold(camera=self._camera.id, changes=changes, faults=standing[0], unchecked=standing[1]))

    def _relearn(self) -> None:
        self._tell_health(tuple(self._health.relearn(datetime.now(UTC))))

    # ---- rules -----------------------------------------------------------------------------

    def _take_rules(self, rules: tuple[Rule, ...], active: frozenset[str]) -> None:
        gone = [one for one in self._rules if one.told and one.rule.id not in {rule.id for rule in rules}]
        for one in gone:
            self._tell(one, Verdict(active=False), datetime.now(UTC), 0.0)
        by_kind: dict[str, list[Rule]] = {}
        for rule in rules:
            by_kind.setdefault(rule.kind.value, []).append(rule)
        self._rules, self._judges = [], []
        for kind, own in by_kind.items():
            if kind in self._specs:
                judge = self._specs[kind].judge(self._camera.id, tuple(own), active)
                self._judges.append(judge)
                self._rules += [_Ruled(rule, judge, rule.id in active, rule.id in active) for rule in own]
        self._due_s = [0.0] * len(self._judges)
        self._hours_due_s = 0.0
        if self._tried is not None:  # its judge went with the others
            tried, self._tried = self._tried.rule, None
            self._watch(tried)

    def _watch(self, rule: Rule | None) -> None:
        if self._tried is not None:
            place = self._judges.index(self._tried.judge)
            del self._judges[place], self._due_s[place]
            self._tried = None
        if rule is not None and rule.kind.value in self._specs:
            judge = self._specs[rule.kind.value].judge(self._camera.id, (rule,), frozenset())
            self._tried = _Ruled(rule, judge)
            self._judges.append(judge)
            self._due_s.append(0.0)
            self._hours_due_s = 0.0

    def _look_at_clock(self, at: datetime) -> None:
        for one in (*self._rules, *([self._tried] if self._tried else [])):
            one.enabled = counts(one.rule, self._duties.office, at, self._duties.zone)

    def _judge(self, judge: Judge, view: View) -> None:
        ruled = [one for one in (*self._rules, *([self._tried] if self._tried else [])) if one.judge is judge]
        for rule, verdict in judge.look(view):
            for one in ruled:
                if one.rule.id == rule.id:
                    one.judged, one.verdict, one.agreed = verdict.active, verdict, False

    def _settle(self, one: _Ruled, view: View, at: datetime, age_s: float) -> None:
        """Tell of a rule what has to be told: what its judge says, while it counts, and where its detector agrees."""
        wanted = one.judged and one.enabled
        if wanted and not one.told and one.rule.detector and not one.agreed:
            if view.mono_s - one.asked_s < ASK_EVERY_S:
                return
            one.asked_s = view.mono_s
            one.agreed = self._agrees(one, view.frame)
            wanted = one.agreed
        if wanted is not one.told:
            one.told = wanted
            self._tell(one, one.verdict if wanted else Verdict(active=False), at, age_s)

    def _agrees(self, one: _Ruled, frame: Frame) -> bool:
        """Whether the rule's detector finds what the first stage saw; one that cannot be used silences no rule."""
        name = one.rule.detector
        if name not in self._detectors:
            try:
                self._detectors[name] = detector.Detector(name, detector.describe(self._duties.site_dir, name))
            except ConsoleError as error:
                _log.warning("camera %s: %s", self._camera.id, error)
                self._detectors[name] = None
        known = self._detectors[name]
        if known is None:
            return True
        try:
            found = known.find(frame)
        except ConsoleError as error:
            _log.warning("camera %s: %s", self._camera.id, error)
            self._detectors[name] = None
            return True
        boxes: list[Box] = [seen.box for seen in one.judge.working(one.rule).seen if seen.counts]
        return any(detector.agrees(found, box, one.rule.classes) for box in (*boxes, one.verdict.box))

    def _tell(self, one: _Ruled, verdict: Verdict, at: datetime, age_s: float) -> None:
        self._send(
            RuleEvent(
                camera=self._camera.id,
                rule_id=one.rule.id,
                kind=one.rule.kind,
                point=one.rule.point,
                active=verdict.active,
                at=at,
                picture_age_s=age_s,
                box=verdict.box,
                area=verdict.area,
            )
        )

    def _tell_working(self, one: _Ruled, at: datetime) -> None:
        working = one.judge.working(one.rule)
        self._send(
            RuleWorking(
                camera=self._camera.id,
                rule_id=one.rule.id,
                at=at,
                seen=working.seen,
                score=working.score,
                threshold=working.threshold,
                active=one.judged,
                reliable=working.reliable,
                scheduled=one.enabled,
            )
        )
