"""Masks are lifted on record, for who may, and are back when they leave."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typing_extensions import override

from console.app.masks import MaskRoom
from console.bus import Bus
from console.models.clock import FakeClock
from console.models.errors import NotPermitted, Refused
from console.models.events import MasksLifted, SignedOff
from console.models.ids import CameraId
from console.models.masks import Mask
from console.models.people import Actor, Person, Role, SignOn
from console.models.site import Camera, CameraKind, Site
from console.models.text import Text
from console.services.desk import Desk, Ground
from tests.records import open_record

MASKS = (Mask(zone=((0, 0), (1, 0), (1, 1))), Mask(zone=((0, 0), (1, 0), (0, 1)), roles=(Role.LEADER,)))
SITE = Site(
    id="s", name=Text("校", "School"),
    cameras=tuple(
        Camera(id=name, number=n, name=Text("机", "Cam"), kind=CameraKind.RTSP, masks=masks)
        for n, (name, masks) in enumerate([("cam-1", MASKS), ("cam-2", ())], 1)
    ),
)  # fmt: skip


class Pictures:
    """Hears what is to be painted."""

    def __init__(self) -> None:
        self.told: list[tuple[str, tuple[Mask, ...], float]] = []

    def lift_masks(self, camera: str, painted: tuple[Mask, ...], for_s: float) -> None:
        self.told.append((camera, painted, for_s))


def by(role: Role) -> Actor:
    return Actor(person=f"p-{role.value}", name=role.value, role=role, seat="1")  # type: ignore[arg-type]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = FakeClock()
    with open_record(tmp_path, clock=clock) as store, Desk(store, Ground(site=SITE), clock, Bus()) as desk:

        def enter(tx) -> None:  # type: ignore[no-untyped-def]
            for role in Role:
                tx.put(Person(id=f"p-{role.value}", login=role.value, name=role.value, role=role))  # type: ignore[arg-type]

        desk.do(enter).result()
        yield desk


def settle(desk: Desk) -> None:
    """Wait until what was asked beside the desk is answered."""
    for _ in range(8):
        desk.ask(lambda rx: rx.head()).result()
        desk.do(lambda tx: None).result()


def test_that_a_role_lifts_its_own_masks_with_a_reason_and_on_record(desk: Desk) -> None:
    pictures = Pictures()
    with MaskRoom(desk, pictures) as room:
        until_at = room.lift("cam-1", "找人", by=by(Role.SUPERVISOR)).result()
        settle(desk)
    assert (until_at - desk.clock.now()).total_seconds() == 300
    assert [(one[0], one[1]) for one in pictures.told] == [("cam-1", (MASKS[1],))]
    assert 0 < pictures.told[0][2] <= 300
    lines = desk.ask(lambda rx: list(rx.journal(kinds=(MasksLifted.__name__,)))).result()
    assert [(line.by, line.subject) for line in lines] == [("p-supervisor", "cam-1")]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMINISTRATOR])
def test_that_others_lift_none(desk: Desk, role: Role) -> None:
    pictures = Pictures()
    with MaskRoom(desk, pictures) as room:
        with pytest.raises(NotPermitted):
            room.lift("cam-1", "x", by=by(role)).result()
        with pytest.raises(Refused, match="Say why"):
            room.lift("cam-1", " ", by=by(Role.SUPERVISOR)).result()
        with pytest.raises(Refused, match="no privacy masks"):
            room.lift("cam-2", "x", by=by(Role.SUPERVISOR)).result()
        settle(desk)
    assert pictures.told == []


def test_that_masks_are_back_when_somebody_says_so_or_leaves(desk: Desk) -> None:
    pictures = Pictures()
    with MaskRoom(desk, pictures) as room:
        room.lift("cam-1", "找人", by=by(Role.LEADER)).result()
        settle(desk)
        room.put_back("cam-1", by=by(Role.OPERATOR)).result()
        assert pictures.told[-1] == ("cam-1", MASKS, 0.0)
        room.lift("cam-1", "找人", by=by(Role.LEADER)).result()
        settle(desk)
        gone = SignOn(id="s", person="p-leader", name="x", role=Role.LEADER, seat="1", on_at=desk.clock.now())

        def leave(tx) -> None:  # type: ignore[no-untyped-def]
            tx.put(gone)
            tx.record(SignedOff(at=tx.now, sign_on=gone))

        desk.do(leave).result()
        settle(desk)
        assert pictures.told[-1] == ("cam-1", MASKS, 0.0)
    lines = desk.ask(lambda rx: list(rx.journal(kinds=(MasksLifted.__name__,)))).result()
    assert len(lines) == 4


class Slow(Pictures):
    """Is told in the middle of lifting that the masks are to be back, and gives that the time to come first."""

    def __init__(self) -> None:
        super().__init__()
        self.room: MaskRoom | None = None
        self._back = threading.Event()

    @override
    def lift_masks(self, camera: str, painted: tuple[Mask, ...], for_s: float) -> None:
        if for_s and self.room is not None:
            self.room.put_back(CameraId(camera), by=by(Role.OPERATOR))
            self._back.wait(0.5)  # it may have to wait for us
        super().lift_masks(camera, painted, for_s)
        if not for_s:
            self._back.set()


def test_that_masks_put_back_while_they_are_being_lifted_are_back(desk: Desk) -> None:
    pictures = Slow()
    with MaskRoom(desk, pictures) as room:
        pictures.room = room
        room.lift(CameraId("cam-1"), "找人", by=by(Role.LEADER)).result()
        settle(desk)
        assert [(camera, for_s > 0) for camera, _painted, for_s in pictures.told] == [("cam-1", True), ("cam-1", False)]
