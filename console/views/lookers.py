"""Share a camera's pictures among all who look at it: tiles, the alarm strip, walls on other monitors.

A camera is painted once, at one size. Who looks at it alone gets exactly the pixels asked for; where several look, it is
painted for the largest of them and the others scale it. Where they look at different parts of it, the whole picture
comes, as large as the closest look needs, and each cuts out its own part.
"""

from concurrent.futures import Future

from PySide6.QtCore import QObject

from console.models.ids import CameraId
from console.models.load import Pace
from console.models.pictures import CameraState, Load, PictureFeed, Still
from console.models.zoom import WHOLE, Region

_NAME = "views.lookers"
Want = tuple[int, int, Region]
NOTHING: Want = (0, 0, WHOLE)


def joined(wants: list[Want]) -> Want:
    """The one picture that serves all who look."""
    wants = [want for want in wants if want[0] > 0 and want[1] > 0]
    if not wants:
        return NOTHING
    if len({want[2] for want in wants}) == 1:
        return max(wants, key=lambda want: want[0] * want[1])
    sizes = [(round(w / (part[2] - part[0])), round(h / (part[3] - part[1]))) for w, h, part in wants]
    width_px, height_px = max(sizes, key=lambda size: size[0] * size[1])
    return width_px, height_px, WHOLE


class Lookers(QObject):
    """All who look at pictures at this seat."""

    def __init__(self, owner: QObject, feed: PictureFeed) -> None:
        super().__init__(owner)
        self.setObjectName(_NAME)
        self.feed = feed
        self._wants: dict[CameraId, dict[int, Want]] = {}
        self._told: dict[CameraId, Want] = {}
        self._made = 0

    def looker(self) -> "Looker":
        """One more who looks."""
        self._made += 1
        return Looker(self, self._made)

    def want(self, looker: int, camera: CameraId, want: Want) -> None:
        """Take in what somebody wants to see of a camera, and tell the feed where that changes what is painted."""
        wants = self._wants.setdefault(camera, {})
        if want[0] > 0 and want[1] > 0:
            wants[looker] = want
        else:
            wants.pop(looker, None)
        whole = joined(list(wants.values()))
        if self._told.get(camera, NOTHING) != whole:
            self._told[camera] = whole
            self.feed.want(camera, *whole)


class Looker:
    """One who looks: a feed to pull pictures from, as if there were nobody else.

    `latest` may be of another size or part than asked for, where others look too.
    """

    def __init__(self, lookers: Lookers, number: int) -> None:
        self._lookers = lookers
        self._number = number
        self._feed = lookers.feed
        # Asked for with every picture, and the same for all who look.
        self.latest, self.still = lookers.feed.latest, lookers.feed.still

    def want(self, camera: CameraId, width_px: int, height_px: int, region: Region = WHOLE) -> None:
        """Ask for frames of this size and part; (0, 0) when this one no longer looks."""
        self._lookers.want(self._number, camera, (width_px, height_px, region))

    def state(self, camera: CameraId) -> CameraState:
        """What the camera's tile may claim now."""
        return self._feed.state(camera)

    def recent(self, camera: CameraId, since_s: float) -> "Future[tuple[Still, ...]]":
        """The stills of the last seconds."""
        return self._feed.recent(camera, since_s)

    def pace(self, camera: CameraId, pace: Pace) -> None:
        """How much of the camera is to be shown."""
        self._feed.pace(camera, pace)

    def load(self, camera: CameraId) -> Load:
        """How the camera's pictures burden the machine."""
        return self._feed.load(camera)


def shared(owner: QObject, feed: PictureFeed) -> Lookers:
    """Give the one exchange below `owner` (the bridge), made when it is first asked for."""
    found = owner.findChild(Lookers, _NAME)
    return found if found is not None else Lookers(owner, feed)
