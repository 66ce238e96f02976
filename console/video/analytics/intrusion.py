"""Somebody is in a zone that is drawn on the picture.

A rule becomes active once something has been in its zone for `min_s`, and clears when the zone has
been empty for `clear_s`. It counts what stands with its foot in the zone (the middle of the lower
edge), or lies in it with most of its area: a person before the zone, whose head covers a part of
it, does not.
"""

from typing import TYPE_CHECKING

from console.models.ids import CameraId
from console.models.pictures import Seen
from console.models.site import Rule
from console.models.text import Text
from console.video.analytics._presence import EVERY_S, Presence, check_zone
from console.video.kinds import Judge, RuleSpec, Verdict, Working

if TYPE_CHECKING:
    from console.video.eye import View
    from console.video.zones import Zone


def check(rule: Rule) -> list[Text]:
    """The zone must be a polygon on the picture, and the times must make sense."""
    return check_zone(rule)


class Intrusion:
    """All zones of one camera, judged on one look at each frame."""

    def __init__(self, rules: tuple[Rule, ...], active: frozenset[str] = frozenset()) -> None:
        self.every_s = EVERY_S
        self._presences = [Presence(rule, active=rule.id in active) for rule in rules]
        self._zones: list[Zone] = []
        self._size = (0, 0)
        self._working: dict[str, Working] = {}

    def look(self, view: "View") -> list[tuple[Rule, Verdict]]:
        """Judge a frame; what changed comes back."""
        from console.video.zones import Zone

        size = view.usual.size_px
        if size != self._size:
            self._size = size
            self._zones = [Zone.of(one.rule, size) for one in self._presences]
        changes = []
        for presence, zone in zip(self._presences, self._zones, strict=True):
            rule = presence.rule
            findings = view.findings(rule.sensitivity)
            if not findings.reliable:
                self._working[rule.id] = Working(threshold=rule.min_s, reliable=False)
                continue
            inside = list(zone.occupants(findings))
            if presence.update(bool(inside), view.mono_s):
                verdict = Verdict(active=False)
                if presence.active and inside:
                    verdict = Verdict(
                        active=True, box=inside[0].box(*size), area=inside[0].area_px / (size[0] * size[1])
                    )
                changes.append((rule, verdict))
            seen = tuple(
                Seen(box=blob.box(*size), area=blob.area_px / (size[0] * size[1]), counts=blob in inside)
                for blob in findings.blobs[:16]
            )
            self._working[rule.id] = Working(presence.score_s, rule.min_s, seen)
        return changes

    def working(self, rule: Rule) -> Working:
        """How a rule stands: seconds that its zone has been occupied."""
        return self._working.get(rule.id, Working(threshold=rule.min_s, reliable=False))


def judge(
    camera: CameraId,  # noqa: ARG001 - by the contract
    rules: tuple[Rule, ...],
    active: frozenset[str],
) -> Judge:
    """Begin to judge a camera's zones."""
    return Intrusion(rules, active)


SPEC = RuleSpec(name="intrusion", check=check, judge=judge)
