"""A post to command in tests: a real record on disk, a clock that stands still, and a small site."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from argon2 import PasswordHasher

from console.models.clock import FakeClock
from console.models.duty import DueItem, Shift
from console.models.events import Event, event_from
from console.models.ids import CameraId, CheckpointId, MapId, PersonId, PlaceId, PostId, RouteId
from console.models.people import SYSTEM, Actor, Person, Role, SignOn
from console.models.site import (
    Camera,
    CameraKind,
    Checkpoint,
    EquipmentItem,
    Place,
    Post,
    PostKind,
    Route,
    RouteStop,
    ShiftTemplate,
    Site,
    SiteMap,
    Spot,
)
from console.models.text import Text
from console.services import due, people
from console.services.passwords import Proof
from console.store.store import Ground, Store
from tests.records import open_record

R = TypeVar("R")
E = TypeVar("E", bound=Event)

# What a real hash costs on purpose, tests need not pay for every person they enter.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SEAT = "seat-1"
# 08:00 in Shanghai: an hour into the day shift.
MORNING = datetime(2026, 3, 14, 0, 0, tzinfo=UTC)

SITE = Site(
    id="college",
    name=Text("学院", "College"),
    places=(Place(id=PlaceId("yard"), name=Text("操场", "Yard")),),
    maps=(SiteMap(id=MapId("ground"), name=Text("总平面", "Ground"), file="ground.svg", metres_per_px=0.5),),
    cameras=(
        Camera(id=CameraId("cam-1"), number=1, name=Text("北门", "North gate"), kind=CameraKind.SYNTHETIC, address="a"),
        Camera(id=CameraId("cam-2"), number=2, name=Text("操场", "Yard"), kind=CameraKind.SYNTHETIC, address="b"),
    ),
    posts=(Post(id=PostId("patrol-1"), name=Text("巡逻岗", "Patrol"), kind=PostKind.PATROL),),
    checkpoints=tuple(
        Checkpoint(
            id=CheckpointId(f"cp-{number}"),
            name=Text(f"{number}号点", f"Point {number}"),
            chip=f"0F00{number}",
            spot=Spot(map=MapId("ground"), x=400.0 * number, y=100.0),
            place=PlaceId("yard"),
            camera=CameraId("cam-2"),
        )
        for number in range(1, 5)
    ),
    routes=(
        Route(
            id=RouteId("outer"),
            name=Text("外围", "Outer ring"),
            post=PostId("patrol-1"),
            stops=tuple(RouteStop(checkpoint=CheckpointId(f"cp-{number}"), leg_s=300.0) for number in range(1, 5)),
        ),
    ),
    equipment=(
        EquipmentItem(id="radio", name=Text("对讲机", "Radio"), number=4),
        EquipmentItem(id="torch", name=Text("强光手电", "Torch"), number=2),
    ),
    shifts=(
        ShiftTemplate(id="day", name=Text("白班", "Day"), start="07:00"),
        ShiftTemplate(id="night", name=Text("夜班", "Night"), start="19:00"),
    ),
)


class PostInHand:
    """Commands run at once, each in its own transaction; what was recorded is read back from the journal."""

    def __init__(self, store: Store, clock: FakeClock, site: Site = SITE) -> None:
        self.store = store
        self.clock = clock
        self.ground = Ground(site=site)

    def do(self, command: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        """Run a command in a transaction of its own, as the desk does."""
        with self.store.begin(self.ground, self.clock) as tx, tx.attempt():
            return command(tx, *args, **kwargs)

    def ask(self, query: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        """Run a query."""
        with self.store.read(self.ground, self.clock.now()) as rx:
            return query(rx, *args, **kwargs)

    def find(self, kind: type[R], **equals: Any) -> tuple[R, ...]:
        """The values on record."""
        return self.ask(lambda rx: rx.find(kind, **equals))

    def told(self, kind: type[E]) -> list[E]:
        """Every event of a kind, in the order of the journal."""
        events = self.ask(lambda rx: [event_from(line) for line in rx.journal(kinds=(kind.__name__,))])
        return [event for event in events if isinstance(event, kind)]

    def lines(self) -> int:
        """How long the journal is."""
        return self.ask(lambda rx: rx.head())[0]

    def set(self, **settings: float) -> None:
        """Change settings of the trade; "watch_people" stands for "watch.people"."""
        changed = {name.replace("_", ".", 1): value for name, value in settings.items()}
        self.ground = replace(self.ground, settings={**self.ground.settings, **changed})

    def pass_time(self, **span: float) -> None:
        """Let hours, minutes or seconds go by with nobody looking."""
        self.clock.advance(timedelta(**span).total_seconds())

    def enter(self, login: str, role: Role = Role.OPERATOR, name: str = "") -> Person:
        """Enter a person whose password is "<login>-password"."""
        password_hash = CHEAP.hash(f"{login}-password")
        return self.do(people.enter_person, password_hash, login, name or login.title(), role, by=SYSTEM)

    def proof(self, person: Person) -> Proof:
        """What checking this person's password beside the desk would give."""
        from console.models.people import Account

        (account,) = self.find(Account, person=person.id)
        return Proof(person.id, account.password_hash)

    def sign_on(self, person: Person, seat: str = SEAT) -> SignOn:
        """Sign a person on."""
        return self.do(people.accept_sign_on, self.proof(person), seat)

    def shift(self) -> Shift:
        """The shift on duty."""
        (shift,) = self.find(Shift, state="on_duty")
        return shift

    def item(self, kind: str, ref: str = due.POST) -> DueItem:
        """The open due item of a kind."""
        item = self.ask(due.find, kind, ref)
        assert item is not None
        return item


def actor(person: Person, seat: str = SEAT) -> Actor:
    """The person as somebody who stands behind a command."""
    return Actor(person=PersonId(person.id), name=person.name, role=person.role, seat=seat)


@contextmanager
def opened_post(folder: Path, clock: FakeClock, site: Site = SITE) -> Iterator[PostInHand]:
    """A post with a fresh record under `folder`."""
    with open_record(folder) as store:
        yield PostInHand(store, clock, site)
