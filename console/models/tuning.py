"""Tuning analytics rules: what may be changed or drawn at the console, and what a change would have made of recordings."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import msgspec

from console.models.ids import CameraId
from console.models.people import Actor
from console.models.plain import to_plain
from console.models.rules import Rule

RULE: Final = "rule."
"""How the key of a rule begins that was chosen at the console; the camera's id and the rule's follow."""
TUNABLE: Final = (
    "kind", "zone", "min_s", "clear_s", "min_area", "max_area", "sensitivity", "direction", "capacity", "one_area",
    "when", "hours", "enabled",
)  # fmt: skip
"""What may be changed at the console; which point a rule raises and which detector has to agree is the site folder's."""
POINT: Final = "point"
"""What is kept beside that of a rule that was drawn at the console: it is how such a rule is known."""
SAME_WITHIN: Final = timedelta(seconds=2)


def key_of(camera: CameraId, rule: str) -> str:
    """The key under which a rule's chosen setting is kept."""
    return f"{RULE}{camera}.{rule}"


def chosen_of(rule: Rule) -> dict[str, Any]:
    """What is kept of a rule that was tuned."""
    whole: dict[str, Any] = to_plain(rule)
    return {name: whole[name] for name in TUNABLE}


def drawn_of(rule: Rule) -> dict[str, Any]:
    """What is kept of a rule that was drawn at the console."""
    return {POINT: str(rule.point)} | chosen_of(rule)


def is_drawn(chosen: object) -> bool:
    """Whether what is kept is a rule of its own, and not another setting of one of the site folder."""
    return isinstance(chosen, dict) and POINT in chosen


def drawn(rule: str, chosen: Mapping[str, Any]) -> Rule:
    """A rule that was drawn at the console. Raises ValueError where what is kept does not fit any more."""
    try:
        return msgspec.convert({"id": rule} | {name: chosen[name] for name in (POINT, *TUNABLE) if name in chosen}, Rule)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error


def with_chosen(rule: Rule, chosen: Mapping[str, Any]) -> Rule:
    """A rule of the site folder with what was chosen in its place. Raises ValueError where that does not fit any more."""
    whole: dict[str, Any] = to_plain(rule)
    try:
        return msgspec.convert(whole | {name: chosen[name] for name in TUNABLE if name in chosen}, Rule)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedEvent:
    """Once that a rule would have been active; `ended_at` is None where it still was at the end. `jpeg` shows its
    beginning, empty where there is no picture."""

    began_at: datetime
    ended_at: datetime | None = None
    jpeg: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What another setting would have made of recordings.

    `gained` and `lost` are events that only the new or only the old setting has; `kept` are told by both. `began_at` is
    when the material begins and `is_film` that its times are those of a film and not of the day. `looked_s` is how many
    seconds were looked at, `unread` how many files could not be read.
    """

    gained: tuple[TriedEvent, ...]
    lost: tuple[TriedEvent, ...]
    kept: tuple[TriedEvent, ...]
    began_at: datetime
    looked_s: float
    is_film: bool = False
    unread: int = 0


def compare(old: tuple[TriedEvent, ...], new: tuple[TriedEvent, ...]) -> dict[str, tuple[TriedEvent, ...]]:
    """Which events are gained, lost and kept: two are the same where they overlap, give or take two seconds."""
    return {
        "gained": tuple(one for one in new if not any(_meet(one, other) for other in old)),
        "lost": tuple(one for one in old if not any(_meet(one, other) for other in new)),
        "kept": tuple(one for one in new if any(_meet(one, other) for other in old)),
    }


def _meet(one: TriedEvent, other: TriedEvent) -> bool:
    ends = [each.ended_at for each in (one, other)]
    return (ends[1] is None or one.began_at <= ends[1] + SAME_WITHIN) and (
        ends[0] is None or other.began_at <= ends[0] + SAME_WITHIN
    )


class Comparing(Protocol):
    """A comparison under way."""

    @property
    def result(self) -> "Future[Comparison]":
        """Its outcome; fails with ConsoleError, also where it was cancelled."""
        ...

    @property
    def share(self) -> float:
        """How much has been played, 0..1."""
        ...

    def cancel(self) -> None:
        """End it."""
        ...


class Tuning(Protocol):
    """Tunes cameras and their rules; implemented by console.app, handed to the views in Surroundings."""

    def of_site(self, camera: CameraId) -> tuple[Rule, ...]:
        """The camera's rules as the site folder has them."""
        ...

    def watch(self, camera: CameraId, rule: Rule | None) -> None:
        """Tell on every look how this rule would work (RuleWorking on the bus), without any alarm; None ends that."""
        ...

    def compare(self, camera: CameraId, old: Rule, new: Rule, from_at: datetime, until_at: datetime) -> Comparing:
        """Play the camera's recordings of a span to both settings; of a file camera, its film."""
        ...

    def apply(self, camera: CameraId, rule: Rule, reason: str, *, by: Actor) -> "Future[None]":
        """Put a setting in force at once and for good. Demands the right to tune rules, and a reason."""
        ...

    def draw(self, camera: CameraId, rule: Rule, reason: str, *, by: Actor) -> "Future[None]":
        """Put a rule in force that the site folder does not have."""
        ...

    def give_back(self, camera: CameraId, rule: str, reason: str, *, by: Actor) -> "Future[None]":
        """Let the site folder decide again: a rule that was drawn at the console is gone."""
        ...

    def relearn(self, camera: CameraId, reason: str, *, by: Actor) -> "Future[None]":
        """What the camera shows now is right: learn its reference anew, and end its faults."""
        ...
