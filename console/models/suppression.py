"""Suppression: standing rules that hide alarms, with an owner, a reason and an end.

ISA-18.2 / IEC 62682 tell three kinds apart: suppressed by design (a known consequence or nuisance), out of service
(maintenance), and on test. No kind hides for ever, every one is listed, and a life class is never suppressed: only work
on its own equipment may take it out of the queue (GB 50394-2007 5.2.2-5.2.3), and for fire two people answer for that.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.models.alarms import LIFE_CLASSES, Action, Alarm, AlarmClass, State
from console.models.ids import PersonId, PlaceId, PointId, SourceId, SuppressionId
from console.models.site import Site


class SuppressionKind(StrEnum):
    """Why a rule hides alarms."""

    SUPPRESSED = "suppressed"
    OUT_OF_SERVICE = "out_of_service"
    ON_TEST = "on_test"


STATES = {
    SuppressionKind.SUPPRESSED: State.SUPPRESSED,
    SuppressionKind.OUT_OF_SERVICE: State.OUT_OF_SERVICE,
    SuppressionKind.ON_TEST: State.OUT_OF_SERVICE,
}
ACTIONS = {
    SuppressionKind.SUPPRESSED: Action.SUPPRESS,
    SuppressionKind.OUT_OF_SERVICE: Action.TAKE_OUT,
    SuppressionKind.ON_TEST: Action.TAKE_OUT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A rule that hides what it matches from `from_at` until `until_at`, or until somebody ends it before (`ended_at`).

    It matches an alarm that fits every one of `points`, `places`, `sources` and `classes` that is not empty; a place
    stands for everything below it too; a rule with all four empty matches nothing. `owner` answers for it, `second` is
    the other person where the rule touches fire. `order` is the number of the work order that it belongs to.
    """

    id: SuppressionId
    kind: SuppressionKind
    reason: str
    owner: PersonId
    points: tuple[PointId, ...] = ()
    places: tuple[PlaceId, ...] = ()
    sources: tuple[SourceId, ...] = ()
    classes: tuple[AlarmClass, ...] = ()
    from_at: datetime
    until_at: datetime
    begun_at: datetime
    begun_by: PersonId
    second: PersonId | None = None
    order: str = ""
    ended_at: datetime | None = None
    ended_by: PersonId | None = None
    rev: int = 0

    def stands(self, now: datetime) -> bool:
        """Whether the rule hides at this moment."""
        return self.ended_at is None and self.from_at <= now < self.until_at


def places_below(site: Site, places: tuple[PlaceId, ...]) -> frozenset[PlaceId]:
    """The places named and everything below them in the tree of the site."""
    found = set(places)
    grown = True
    while grown:
        more = {place.id for place in site.places if place.parent in found} - found
        grown = bool(more)
        found |= more
    return frozenset(found)


def matches(rule: Suppression, alarm: Alarm, site: Site) -> bool:
    """Whether a rule speaks of an alarm; never of a life class where its kind is SUPPRESSED."""
    if rule.kind is SuppressionKind.SUPPRESSED and alarm.alarm_class in LIFE_CLASSES:
        return False
    if not (rule.points or rule.places or rule.sources or rule.classes):
        return False
    return (
        (not rule.points or alarm.point in rule.points)
        and (not rule.sources or alarm.source in rule.sources)
        and (not rule.classes or alarm.alarm_class in rule.classes)
        and (not rule.places or (alarm.place is not None and alarm.place in places_below(site, rule.places)))
    )


def touches_fire(rule: Suppression) -> bool:
    """Whether a rule can hide a fire alarm: it takes points out and does not name other classes only."""
    return rule.kind is not SuppressionKind.SUPPRESSED and (not rule.classes or AlarmClass.FIRE in rule.classes)
