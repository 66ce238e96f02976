"""Objects that were left in a zone, or taken from it: what stands there unstirred, alone, for `min_s`.

Meant for quiet scenes: where people always pass, nothing is ever alone for long, and the rule says nothing.
"""

from typing import TYPE_CHECKING, Final

from console.models.pictures import Seen
from console.models.rules import Rule
from console.models.text import Text
from console.video.analytics._followed import ruled, verdict, working_of
from console.video.analytics._presence import EVERY_S, check_zone
from console.video.kinds import Verdict, Working

if TYPE_CHECKING:
    from console.video.eye import View
    from console.video.motion import Blob
    from console.video.statics import Static
    from console.video.tracks import Track
    from console.video.zones import Zone

LEAST_S: Final = 5.0
MOST_S: Final = 1800.0
ALONE_S: Final = 5.0
"""So long nobody may have been near."""
NEAR: Final = 0.08
"""What comes nearer than this share of the picture's height is near."""


def check(rule: Rule) -> list[Text]:
    """An object has to stand for a while before anybody can say that it was left."""
    wrong = Text("静置时间应为 5 至 1800 秒", "The time an object stands has to be 5 to 1800 seconds")
    return [*check_zone(rule), *([wrong] if not LEAST_S <= rule.min_s <= MOST_S else [])]


class Objects:
    """All zones of one camera in which things shall not appear (`came`), or shall stay."""

    def __init__(self, rules: tuple[Rule, ...], active: frozenset[str], *, came: bool) -> None:
        self.every_s = EVERY_S
        self._came = came
        self._rules = ruled(rules, active)
        self._zones: list[Zone] = []
        self._size = (0, 0)
        self._near_s: dict[int, float] = {}

    def look(self, view: "View") -> list[tuple[Rule, Verdict]]:
        """Judge a frame; what changed comes back."""
        from console.video.zones import Zone

        size, mono_s = view.usual.size_px, view.mono_s
        if size != self._size:
            self._size, self._zones = size, [Zone.of(one.rule, size) for one in self._rules]
        statics = view.statics()
        if not view.usual.reliable:
            for one in self._rules:
                one.working = Working(threshold=one.rule.min_s, reliable=False)
            return []
        self._note_company(statics, view.tracks(), size, mono_s)
        changes = []
        for one, zone in zip(self._rules, self._zones, strict=True):
            found = [
                static
                for static in statics
                if static.came is self._came and zone.fits(static.blob) and zone.holds_box(static.blob)
            ]
            alone = [static for static in found if mono_s - self._near_s.get(static.number, 0.0) >= ALONE_S]
            fired = [static for static in alone if static.age_s >= one.rule.min_s]
            # Once it was told, company does not take the object away.
            still = one.presence.active and any(static.age_s > 0.0 for static in found)
            if one.presence.update(bool(fired) or still, mono_s, after_s=0.0):
                changes.append((one.rule, verdict(one, fired[0].blob if fired else None, size)))
            oldest_s = max((static.age_s for static in found), default=0.0)
            one.working = Working(
                oldest_s, one.rule.min_s, tuple(_seen(static, size, static in alone) for static in found)
            )
        return changes

    def _note_company(
        self, statics: "tuple[Static, ...]", tracks: "tuple[Track, ...]", size: tuple[int, int], mono_s: float
    ) -> None:
        """Note by which of the objects somebody is who is not the object itself."""
        from console.video.tracks import overlap

        known = {static.number for static in statics}
        self._near_s = {number: at_s for number, at_s in self._near_s.items() if number in known}
        reach = NEAR * size[1]
        for static in statics:
            for track in tracks:
                itself = overlap(track.blob, static.blob) > 0.25
                if not itself and _apart(track.blob, static.blob) < reach:
                    self._near_s[static.number] = mono_s

    def working(self, rule: Rule) -> Working:
        """How a rule stands: seconds that the oldest object of its zone has stood."""
        return working_of(self._rules, rule)


def _seen(static: "Static", size: tuple[int, int], alone: bool) -> Seen:
    area = static.blob.area_px / (size[0] * size[1])
    return Seen(box=static.blob.box(*size), area=area, seen_s=static.age_s, counts=alone)


def _apart(one: "Blob", other: "Blob") -> float:
    """The distance between two boxes, 0 where they touch."""
    across = max(one.left - other.right, other.left - one.right, 0)
    down = max(one.top - other.bottom, other.top - one.bottom, 0)
    return float((across * across + down * down) ** 0.5)
