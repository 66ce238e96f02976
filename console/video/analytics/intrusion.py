"""Somebody is in a zone that is drawn on the picture.

A rule becomes active once something has been in its zone for `min_s`, and clears when the zone has
been empty for `clear_s`. It counts what stands with its foot in the zone (the middle of the lower
edge), or lies in it with most of its area: a person before the zone, whose head covers a part of
it, does not.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from console.models.ids import CameraId
from console.models.site import Rule
from console.models.text import Text
from console.video.kinds import Frame, Judge, RuleSpec, Verdict

if TYPE_CHECKING:
    from console.video.zones import Zone

EVERY_S: Final = 1 / 6
GAP_S: Final = 0.5
"""A person who blends in for a moment is still there."""


def check(rule: Rule) -> list[Text]:
    """The zone must be a polygon on the picture, and the times must make sense."""
    mistakes = []
    if len(rule.zone) < 3:
        mistakes.append(Text("区域至少要有三个角", "A zone needs at least three corners"))
    if any(not 0.0 <= part <= 1.0 for corner in rule.zone for part in corner):
        mistakes.append(Text("区域的角必须在 0 到 1 之间", "Corners of a zone lie between 0 and 1"))
    if rule.min_s < 0 or rule.clear_s < 0:
        mistakes.append(Text("时间不能是负数", "Times cannot be negative"))
    if not 0.0 < rule.min_area < 1.0:
        mistakes.append(Text("最小面积必须在 0 和 1 之间", "The smallest area lies between 0 and 1"))
    return mistakes


@dataclass(slots=True)
class Presence:
    """Whether a zone is occupied, with patience in both directions."""

    rule: Rule
    active: bool = False
    since_s: float | None = None
    seen_s: float | None = None

    def update(self, seen: bool, mono_s: float) -> bool:
        """Take in what a frame shows; True when `active` has changed."""
        if self.active and self.seen_s is None:
            self.seen_s = mono_s  # active since before this judge began
        if seen:
            if self.since_s is None:
                self.since_s = mono_s
            self.seen_s = mono_s
            if not self.active and mono_s - self.since_s >= self.rule.min_s:
                self.active = True
                return True
            return False
        if self.seen_s is None:
            return False
        empty_s = mono_s - self.seen_s
        if not self.active:
            if empty_s > GAP_S:
                self.since_s = self.seen_s = None
            return False
        if empty_s >= self.rule.clear_s:
            self.active = False
            self.since_s = self.seen_s = None
            return True
        return False


class Intrusion:
    """All zones of one camera, judged on one look at each frame."""

    def __init__(self, rules: tuple[Rule, ...], active: frozenset[str] = frozenset()) -> None:
        from console.video.motion import Motion

        self.every_s = EVERY_S
        self._motion = Motion()
        self._presences = [Presence(rule, active=rule.id in active) for rule in rules]
        self._zones: list[Zone] = []
        self._size = (0, 0)

    def look(self, frame: Frame, mono_s: float) -> list[tuple[Rule, Verdict]]:
        """Judge a frame; what changed comes back."""
        from console.video.zones import Zone

        findings = self._motion.look(frame, mono_s)
        size = (findings.mask.shape[1], findings.mask.shape[0])
        if size != self._size:
            self._size = size
            self._zones = [Zone.of(one.rule, size) for one in self._presences]
        if not findings.reliable:
            return []
        changes = []
        for presence, zone in zip(self._presences, self._zones, strict=True):
            blob = zone.occupant(findings)
            if presence.update(blob is not None, mono_s):
                verdict = Verdict(active=False)
                if presence.active and blob is not None:
                    share = blob.area_px / (size[0] * size[1])
                    verdict = Verdict(active=True, box=blob.box(*size), area=share)
                changes.append((presence.rule, verdict))
        return changes


def judge(
    camera: CameraId,  # noqa: ARG001 - by the contract
    rules: tuple[Rule, ...],
    active: frozenset[str],
) -> Judge:
    """Begin to judge a camera's zones."""
    return Intrusion(rules, active)


SPEC = RuleSpec(name="intrusion", check=check, judge=judge)
