"""A seat of the demonstration site on a real desk: people at the keyboard, detectors that signal, pictures that move."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from console.bridge import Bridge, DemoAccount, Surroundings
from console.bus import Bus
from console.models.alarms import Alarm
from console.models.clock import FakeClock
from console.models.ids import AlarmId, EvidenceId, PersonId, PointId, SignalId, SourceId, new_id
from console.models.people import Actor, Person, Role, SignOn
from console.models.signals import Signal, SignalKind
from console.models.trust import Evidence, EvidenceKind
from console.services import alarms
from console.services.desk import Desk, Ground
from tests.records import open_record
from tests.views.feeds import GradientFeed
from tests.views.map.posts import SITE_DIR, demo_site

CREW = (
    ("zhang", "张伟", Role.LEADER),
    ("li", "李娜", Role.OPERATOR),
    ("chen", "陈晨", Role.ADMINISTRATOR),
    ("wang", "王磊", Role.SUPERVISOR),
)


@dataclass(slots=True)
class Seat:
    """What a test does at the post is on disk when these return; the screen hears of it a moment later."""

    bridge: Bridge
    desk: Desk
    clock: FakeClock
    feed: GradientFeed
    snapshots: list[Any] = field(default_factory=list)

    def ring(
        self, point: str, *, alarm_class: str = "intrusion", priority: int = 2, code: str = "BA", zh: str = "", en: str = ""
    ) -> Alarm:
        """A detector signals."""
        alarm = self.desk.do(
            alarms.receive, self._signal(point, SignalKind.ALARM, code, alarm_class, priority, zh, en)
        ).result()
        assert alarm is not None
        return alarm

    def restore(self, point: str, *, alarm_class: str = "intrusion") -> None:
        """A detector is back to normal."""
        self.desk.do(alarms.receive, self._signal(point, SignalKind.RESTORE, "BR", alarm_class, 4, "", "")).result()

    def _signal(
        self, point: str, kind: SignalKind, code: str, alarm_class: str, priority: int, zh: str, en: str
    ) -> Signal:
        signal_id = new_id()
        return Signal(
            id=SignalId(signal_id),
            source=SourceId("panel"),
            kind=kind,
            point=PointId(point),
            code=code,
            alarm_class=alarm_class,
            priority=priority,
            text_zh=zh,
            text_en=en,
            received_at=self.clock.now(),
            sequence=signal_id,
        )

    def alarm(self, alarm_id: AlarmId) -> Alarm:
        """An alarm as the record has it."""
        found = self.desk.ask(lambda rx: rx.get(Alarm, alarm_id)).result()
        assert found is not None
        return found

    def take_keyboard(self, login: str = "zhang") -> Actor:
        """Somebody of the crew has the keyboard, as if they had given their password."""
        name, role = next((name, role) for known, name, role in CREW if known == login)
        sign_on = SignOn(
            id=f"s-{login}", person=PersonId(f"p-{login}"), name=name, role=role, seat="1", on_at=self.clock.now()
        )
        self.desk.do(lambda tx: tx.put(sign_on)).result()
        self.bridge.take_keyboard(sign_on)
        assert self.bridge.actor is not None
        return self.bridge.actor


@contextmanager
def seat(folder: Path, clock: FakeClock, accounts: tuple[DemoAccount, ...] = (), *, crew: bool = True) -> Iterator[Seat]:
    """A desk on a real record, a bridge over it, and a feed of gradients."""
    site, plans = demo_site()
    feed = GradientFeed()
    snapshots: list[Any] = []

    def take_snapshot(*asked: Any) -> "Future[Any]":
        snapshots.append(asked)
        done: Future[Any] = Future()
        sha256, now = "0" * 64, clock.now()
        done.set_result(
            Evidence(id=EvidenceId("e"), kind=EvidenceKind.SNAPSHOT, file="e.jpg", size_bytes=1, sha256=sha256, taken_at=now)
        )
        return done

    with (
        open_record(folder / "data", clock=clock) as store,
        Desk(store, Ground(site=site, plans=plans, settings=dict(site.settings)), clock, Bus()) as desk,
    ):
        if crew:
            for login, name, role in CREW:
                person = Person(id=PersonId(f"p-{login}"), login=login, name=name, role=role)
                desk.do(lambda tx, person=person: tx.put(person)).result()
        bridge = Bridge(
            desk,
            Surroundings(
                feed=feed,
                seat="1",
                site_dir=SITE_DIR,
                data_dir=folder,
                take_snapshot=take_snapshot,
                print_report=lambda *_asked: Future(),
                demo_accounts=accounts,
            ),
        )
        yield Seat(bridge, desk, clock, feed, snapshots)
        bridge.close()
        bridge.deleteLater()
