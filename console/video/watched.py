"""What the supervisor keeps of each camera, of each question that is not answered yet, and how answers are given."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from console.models.errors import ConsoleError
from console.models.ids import CameraId
from console.models.load import Pace
from console.models.pictures import CameraState, Still
from console.models.rules import Rule
from console.models.site import Camera
from console.models.text import Text
from console.video.analysis import Condition
from console.video.ring import Ring
from console.video.sight import Evidence
from console.video.wire import Opened, Readdress, SetRules, WatchRule

NO_SNAPSHOT = Text("没有新画面，无法抓图", "There is no new picture to take a still from")

Fact = TypeVar("Fact")

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Watched:
    """What the supervisor knows of one camera; only its thread writes, `state` is read by all."""

    camera: Camera
    ring: Ring
    state: CameraState
    evidence: Evidence
    frames: int = 0
    pace: Pace = Pace.FULL
    active: frozenset[str] = frozenset()
    opened: Opened | None = None
    condition: Condition = field(default_factory=Condition)
    tried: Rule | None = None
    known: tuple[object, ...] = ()  # what `state` was made of

    def take(self, order: object) -> None:
        """Remember of an order what a process that is started later has to know."""
        match order:
            case SetRules(rules=rules):
                self.camera = replace(self.camera, rules=rules)
            case WatchRule(rule=rule):
                self.tried = rule
            case Readdress(address=address, main_address=main_address):
                self.camera = replace(self.camera, address=address, main_address=main_address)


@dataclass(frozen=True, slots=True)
class Waiting:
    camera: CameraId
    future: "Future[Any]"
    until_s: float


@dataclass(frozen=True, slots=True)
class Fetch:
    since_at: datetime
    future: "Future[tuple[Still, ...]]"


def tell(listener: Callable[[Fact], None], fact: Fact) -> None:
    """Hand a fact on; a listener's mistake is logged, and the cameras go on."""
    try:
        listener(fact)
    except Exception:  # noqa: BLE001 - the boundary: cameras outlive a mistake of their listeners
        _log.exception("nobody could take: %s", fact)


def answer(future: "Future[Any]", asked_for: Any, reason: Text) -> None:
    try:
        if asked_for is not None:
            future.set_result(asked_for)
        else:
            sentence = reason or NO_SNAPSHOT
            future.set_exception(ConsoleError(sentence.zh, sentence.en))
    except InvalidStateError:
        _log.debug("nobody waits for this still any more")
