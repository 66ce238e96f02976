"""What the rules have in common that follow things: a rule, its zone, its patience, and what it shows to a tuner."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console.models.pictures import Seen
from console.models.rules import Rule
from console.video.analytics._presence import Presence
from console.video.kinds import Verdict, Working

if TYPE_CHECKING:
    from console.video.motion import Blob
    from console.video.tracks import Track


@dataclass(slots=True)
class Ruled:
    """One rule at work."""

    rule: Rule
    presence: Presence
    working: Working = field(default_factory=lambda: Working(reliable=False))


def ruled(rules: tuple[Rule, ...], active: frozenset[str]) -> list[Ruled]:
    """The rules of a judge, with those active that were when it began."""
    return [Ruled(rule, Presence(rule, active=rule.id in active)) for rule in rules]


def working_of(rules: list[Ruled], rule: Rule) -> Working:
    """How one of them stands."""
    return next((one.working for one in rules if one.rule.id == rule.id), Working(reliable=False))


def verdict(one: Ruled, blob: "Blob | None", size_px: tuple[int, int]) -> Verdict:
    """What to say of a change: with the box of what caused it where it began."""
    if not one.presence.active or blob is None:
        return Verdict(active=one.presence.active)
    return Verdict(active=True, box=blob.box(*size_px), area=blob.area_px / (size_px[0] * size_px[1]))


def shown(tracks: "tuple[Track, ...]", size_px: tuple[int, int], mono_s: float, counting: set[int]) -> tuple[Seen, ...]:
    """The tracks as a tuner sees them; `counting` are the numbers of those that count."""
    width, height = size_px
    return tuple(
        Seen(
            box=track.box(size_px),
            area=track.blob.area_px / (width * height),
            path=tuple((x / width, y / height) for x, y in track.path),
            seen_s=mono_s - track.first_s,
            counts=track.number in counting,
        )
        for track in tracks[:16]
    )
