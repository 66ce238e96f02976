"""More people are in a zone than it may hold, for `min_s`: an estimate, and said to be one.

Each thing that stands out counts for as many people as its area holds of `one_area`, at least one. People who hide one
another are counted too few, and who has not stirred for a minute belongs to the background.
"""

from typing import TYPE_CHECKING

from console.models.ids import CameraId
from console.models.pictures import Seen
from console.models.rules import Rule
from console.models.text import Text
from console.video.analytics._followed import ruled, verdict, working_of
from console.video.analytics._presence import EVERY_S, check_zone
from console.video.kinds import Judge, RuleSpec, Verdict, Working

if TYPE_CHECKING:
    from console.video.eye import View
    from console.video.zones import Zone


def check(rule: Rule) -> list[Text]:
    """How many a zone holds has to be stated, and how large one of them is."""
    mistakes = check_zone(rule)
    if rule.capacity < 1:
        mistakes.append(Text("必须写明容纳人数", "Say how many people the zone may hold"))
    if not 0.0 < rule.one_area < 1.0:
        mistakes.append(Text("一个人的面积必须在 0 和 1 之间", "The area of one person lies between 0 and 1"))
    return mistakes


def people(area: float, one_area: float) -> int:
    """How many people an area of the picture may be; at least one."""
    return max(1, round(area / one_area))


class Crowd:
    """All zones of one camera that hold a stated number of people."""

    def __init__(self, rules: tuple[Rule, ...], active: frozenset[str] = frozenset()) -> None:
        self.every_s = EVERY_S
        self._rules = ruled(rules, active)
        self._zones: list[Zone] = []
        self._size = (0, 0)

    def look(self, view: "View") -> list[tuple[Rule, Verdict]]:
        """Judge a frame; what changed comes back."""
        from console.video.zones import Zone

        size = view.usual.size_px
        whole = size[0] * size[1]
        if size != self._size:
            self._size, self._zones = size, [Zone.of(one.rule, size) for one in self._rules]
        changes = []
        for one, zone in zip(self._rules, self._zones, strict=True):
            rule = one.rule
            findings = view.findings(rule.sensitivity)
            if not findings.reliable:
                one.working = Working(threshold=rule.capacity, reliable=False)
                continue
            inside = list(zone.occupants(findings))
            number = sum(people(blob.area_px / whole, rule.one_area) for blob in inside)
            if one.presence.update(number > rule.capacity, view.mono_s):
                changes.append((rule, verdict(one, inside[0] if inside else None, size)))
            seen = tuple(Seen(box=blob.box(*size), area=blob.area_px / whole, counts=True) for blob in inside[:16])
            one.working = Working(float(number), float(rule.capacity), seen)
        return changes

    def working(self, rule: Rule) -> Working:
        """How a rule stands: people in its zone, as estimated."""
        return working_of(self._rules, rule)


def judge(camera: CameraId, rules: tuple[Rule, ...], active: frozenset[str]) -> Judge:  # noqa: ARG001 - by the contract
    """Begin to judge a camera's zones."""
    return Crowd(rules, active)


SPEC = RuleSpec(name="crowd", check=check, judge=judge)
