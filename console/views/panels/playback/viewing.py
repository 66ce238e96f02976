"""Who looks at what, as stretches: one is opened when a recording is first seen, and closed when it is left."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from console.models.ids import CameraId
from console.models.people import Actor
from console.models.playback import Purpose, utc
from console.models.reach import Grant, Reach
from console.services import playback

if TYPE_CHECKING:
    from console.bridge import Bridge

NEAR_S: Final = 60.0
"""What is seen further away than this is another stretch, unless a hand drags there."""
LEFT_AFTER_S: Final = 600.0
"""A stretch that nothing was seen of for so long is over."""


@dataclass(slots=True)
class Stretch:
    """What is being looked at of a camera; `grant` is what lets it be, where it lies further back than one's own limit."""

    camera: CameraId
    from_s: float
    until_s: float
    seen_s: float
    grant: Grant | None = None


class Viewings:
    """The stretches that are open at this seat."""

    def __init__(self) -> None:
        self._open: dict[CameraId, Stretch] = {}

    def see(
        self, cameras: Iterable[CameraId], at_s: float, mono_s: float, reach: Reach, *, dragged: bool = False
    ) -> tuple[list[Stretch], list[Stretch]]:
        """Pictures of this moment are seen; gives the stretches that this opens, and those that it closes.

        What is seen by another right than before is another stretch: the register names the request that opened it.
        """
        opened, closed = [], []
        seen = tuple(cameras)
        for camera in seen:
            stretch, grant = self._open.get(camera), reach.grant(camera, at_s)
            if stretch is not None and (_elsewhere(stretch, at_s, dragged=dragged) or _request(stretch.grant) != _request(grant)):
                closed.append(self._open.pop(camera))
                stretch = None
            if stretch is None:
                self._open[camera] = Stretch(camera, at_s, at_s, mono_s, grant)
                opened.append(self._open[camera])
                continue
            stretch.from_s, stretch.until_s = min(stretch.from_s, at_s), max(stretch.until_s, at_s)
            stretch.seen_s = mono_s
        for camera, stretch in list(self._open.items()):
            if camera not in seen and mono_s - stretch.seen_s > LEFT_AFTER_S:
                closed.append(self._open.pop(camera))
        return opened, closed

    def leave(self, but: Iterable[CameraId] = ()) -> list[Stretch]:
        """Close all stretches but those of some cameras."""
        kept = set(but)
        left = [stretch for camera, stretch in self._open.items() if camera not in kept]
        self._open = {camera: stretch for camera, stretch in self._open.items() if camera in kept}
        return left


def _elsewhere(stretch: Stretch, at_s: float, *, dragged: bool) -> bool:
    return not dragged and not stretch.from_s - NEAR_S <= at_s <= stretch.until_s + NEAR_S


def _request(grant: Grant | None) -> str:
    return grant.request if grant is not None else ""


class Viewed:
    """Puts on record what is looked at at this seat: a line when a stretch is opened, another when it is left."""

    def __init__(self, bridge: "Bridge") -> None:
        self._bridge = bridge
        self._actor = bridge.actor
        self._viewings = Viewings()
        self.purpose = Purpose()

    def see(self, cameras: Iterable[CameraId], at_s: float, reach: Reach, *, dragged: bool) -> None:
        """The person at the keyboard, who may look back so far, sees pictures of this moment."""
        if self._actor is None:
            return
        opened, closed = self._viewings.see(cameras, at_s, self._bridge.clock.monotonic(), reach, dragged=dragged)
        self._note(closed)
        for one in opened:
            self._write(one, one.from_s, ended=False)

    def leave(self, but: Iterable[CameraId] = ()) -> None:
        """They see nothing any more, but of some cameras."""
        self._note(self._viewings.leave(but))

    def belongs_to(self, actor: Actor | None) -> None:
        """Somebody else has the keyboard: what was seen so far is the other's."""
        self.leave()
        self._actor = actor
        self.purpose = Purpose()

    def _note(self, stretches: list[Stretch]) -> None:
        for one in stretches:
            self._write(one, one.until_s, ended=True)

    def _write(self, stretch: Stretch, until_s: float, *, ended: bool) -> None:
        if self._actor is None:
            return
        said = stretch.grant.purpose(self.purpose) if stretch.grant is not None else self.purpose
        self._bridge.do(
            playback.look,
            stretch.camera,
            utc(stretch.from_s),
            utc(until_s),
            ended=ended,
            reason=said.reason,
            request=said.request,
            by=self._actor,
        )
