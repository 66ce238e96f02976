"""How far the person at the keyboard may look back now: their own limit, and what their approved requests open beyond it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from console.models.events import FootageRequestChanged
from console.models.ids import CameraId
from console.models.people import Actor
from console.models.reach import Grant, Reach
from console.services import playback

if TYPE_CHECKING:
    from console.bridge import Bridge


class Looking:
    """Keeps what is granted up to date; `changed` is called when that is another."""

    def __init__(self, bridge: "Bridge", changed: Callable[[], None]) -> None:
        self._bridge, self._changed = bridge, changed
        self._asked = 0
        self._granted: tuple[Grant, ...] = ()
        bridge.on(FootageRequestChanged, lambda _event: self._ask())
        bridge.actor_changed.connect(self._belongs_to)
        self._ask()

    @property
    def reach(self) -> Reach:
        """How far back that is now."""
        return playback.reach(self._bridge.actor, self._bridge.settings, self._granted, self._bridge.clock.now())

    def shows(self, camera: CameraId, taken_s: float) -> bool:
        """Whether a picture of a camera may be on the screen."""
        return self.reach.shows(camera, taken_s)

    def nearest(self, cameras: Sequence[CameraId], at_s: float) -> float:
        """The moment itself where one of the cameras may be looked at then; else the nearest, and why is said."""
        nearest_s = self.reach.nearest(cameras, at_s)
        if nearest_s != at_s:
            self._bridge.refused.emit(playback.too_far(self._bridge.settings))
        return nearest_s

    def _belongs_to(self, _actor: Actor | None) -> None:
        self._granted = ()
        self._ask()

    def _ask(self) -> None:
        self._asked += 1
        asked = self._asked

        def take(granted: tuple[Grant, ...]) -> None:
            if asked == self._asked and granted != self._granted:
                self._granted = granted
                self._changed()

        self._bridge.ask(playback.grants, self._bridge.actor, then=take)
