"""Somebody stays in a zone for longer than `min_s`: the same one, not one after another.

A limit: two people who meet in the zone are one thing for a while, and the one who stays may then count with the time
of the other.
"""

from typing import TYPE_CHECKING, Final

from console.models.ids import CameraId
from console.models.rules import Rule
from console.models.text import Text
from console.video.analytics._followed import ruled, shown, verdict, working_of
from console.video.analytics._presence import EVERY_S, check_zone
from console.video.kinds import Judge, RuleSpec, Verdict, Working

if TYPE_CHECKING:
    from console.video.eye import View
    from console.video.zones import Zone

LEAST_S: Final = 2.0
AWAY_S: Final = 3.0
"""A step out of the zone that is shorter does not begin the time anew."""


def check(rule: Rule) -> list[Text]:
    """A moment is no loitering."""
    short = Text("徘徊时间至少 2 秒", "Loitering takes at least 2 seconds")
    return [*check_zone(rule), *([short] if rule.min_s < LEAST_S else [])]


class Loitering:
    """All zones of one camera in which nobody should stay."""

    def __init__(self, rules: tuple[Rule, ...], active: frozenset[str] = frozenset()) -> None:
        self.every_s = EVERY_S
        self._rules = ruled(rules, active)
        self._zones: list[Zone] = []
        self._size = (0, 0)
        # For each rule and track: since when it is in the zone, and when it was seen there last.
        self._stays: dict[tuple[str, int], tuple[float, float]] = {}

    def look(self, view: "View") -> list[tuple[Rule, Verdict]]:
        """Judge a frame; what changed comes back."""
        from console.video.zones import Zone

        size, mono_s = view.usual.size_px, view.mono_s
        if size != self._size:
            self._size, self._zones = size, [Zone.of(one.rule, size) for one in self._rules]
        changes = []
        for one, zone in zip(self._rules, self._zones, strict=True):
            findings = view.findings(one.rule.sensitivity)
            if not findings.reliable:
                one.working = Working(threshold=one.rule.min_s, reliable=False)
                continue
            longest_s, who = 0.0, None
            tracks = view.tracks(one.rule.sensitivity)
            inside = set()
            for track in tracks:
                if not zone.fits(track.blob) or not zone.holds(findings, track.blob):
                    continue
                inside.add(track.number)
                key = (one.rule.id, track.number)
                since_s = self._stays.get(key, (mono_s, mono_s))[0]
                self._stays[key] = (since_s, mono_s)
                if who is None or mono_s - since_s > longest_s:
                    longest_s, who = mono_s - since_s, track.blob
            if one.presence.update(longest_s >= one.rule.min_s, mono_s, after_s=0.0):
                changes.append((one.rule, verdict(one, who, size)))
            one.working = Working(longest_s, one.rule.min_s, shown(tracks, size, mono_s, inside))
        self._stays = {key: stay for key, stay in self._stays.items() if mono_s - stay[1] <= AWAY_S}
        return changes

    def working(self, rule: Rule) -> Working:
        """How a rule stands: the longest stay in its zone in seconds."""
        return working_of(self._rules, rule)


def judge(camera: CameraId, rules: tuple[Rule, ...], active: frozenset[str]) -> Judge:  # noqa: ARG001 - by the contract
    """Begin to judge a camera's zones."""
    return Loitering(rules, active)


SPEC = RuleSpec(name="loitering", check=check, judge=judge)
