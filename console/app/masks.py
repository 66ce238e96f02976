"""Lifts privacy masks off live pictures: on record first, then in the process that paints them, which puts them back itself."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self

from console import log
from console.models.errors import ConsoleError
from console.models.events import MasksLifted, SignedOff
from console.models.ids import CameraId, PersonId
from console.models.masks import Mask, left_over
from console.models.people import Actor, Person
from console.services import masking
from console.services.desk import Desk
from console.store.store import Reading

_log = logging.getLogger(__name__)


class Pictures(Protocol):
    """Where pictures are painted; see console.video.supervisor."""

    def lift_masks(self, camera: CameraId, painted: tuple[Mask, ...], for_s: float) -> None:
        """Paint a camera's live pictures with only these masks for so long."""
        ...


@dataclass(frozen=True, slots=True)
class _Lifted:
    by: Actor
    until_at: datetime


class MaskRoom:
    """See console.models.footage.Unmasking. Enter it to start. Whoever signs off leaves no mask lifted behind."""

    def __init__(self, desk: Desk, pictures: Pictures) -> None:
        self._desk, self._pictures = desk, pictures
        self._masks = {camera.id: camera.masks for camera in desk.ground.site.cameras if camera.masks}
        self._lifted: dict[CameraId, _Lifted] = {}
        self._gate = threading.Lock()  # what lifts and what puts back reach the pictures in the order of the record
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        bus = self._desk.bus
        self._undo = [bus.on(MasksLifted, self._obey), bus.on(SignedOff, self._left)]
        return self

    def __exit__(self, *_: object) -> None:
        for undo in self._undo:
            undo()

    def lift(self, camera: CameraId, reason: str, for_s: float | None = None, *, by: Actor) -> "Future[datetime]":
        """Lift those masks of a camera that this person's role may see through."""
        return self._desk.do(masking.lift, camera, reason, for_s, by=by)

    def put_back(self, camera: CameraId, *, by: Actor) -> "Future[None]":
        """Put the masks back at once."""
        return self._desk.do(masking.put_back, camera, by=by)

    # On the desk's thread, after the line is on disk: what is not on record is not shown.
    def _obey(self, event: MasksLifted) -> None:
        if event.until_at is None:
            self._put_back(event.camera)
            return
        actor = Actor(person=PersonId(event.by), name="", role=None, seat=event.seat)
        lifted = _Lifted(actor, event.until_at)
        with self._gate:
            self._lifted[event.camera] = lifted
        self._desk.ask(_role, event.by).add_done_callback(lambda found: self._paint(event.camera, lifted, found))

    def _paint(self, camera: CameraId, lifted: _Lifted, found: "Future[Person | None]") -> None:
        error = None if found.cancelled() else found.exception()
        if found.cancelled() or error is not None:
            _log.info("the masks of %s stay: %s", camera, error)
            return
        person = found.result()
        left_s = (lifted.until_at - self._desk.clock.now()).total_seconds()
        with self._gate:
            if person is not None and left_s > 0 and self._lifted.get(camera) is lifted:
                self._pictures.lift_masks(camera, left_over(self._masks.get(camera, ()), person.role), left_s)

    def _put_back(self, camera: CameraId) -> None:
        with self._gate:
            self._lifted.pop(camera, None)
            self._pictures.lift_masks(camera, self._masks.get(camera, ()), 0.0)

    def _left(self, event: SignedOff) -> None:
        now = self._desk.clock.now()
        for camera, lifted in list(self._lifted.items()):
            gone = (lifted.by.person, lifted.by.seat) == (event.sign_on.person, event.sign_on.seat)
            if gone:
                self._put_back(camera)
                if lifted.until_at > now:
                    self._desk.do(masking.put_back, camera, by=lifted.by).add_done_callback(_say_unkept)


def _role(rx: Reading, person_id: str) -> Person | None:
    return rx.get(Person, person_id)


def _say_unkept(done: "Future[Any]") -> None:
    error = None if done.cancelled() else done.exception()
    if isinstance(error, ConsoleError):
        _log.warning("masks are back, which could not be put on record: %s", error.text.en)
    elif error is not None:
        log.bug(error, "putting masks back")
