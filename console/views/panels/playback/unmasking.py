"""Recordings without their privacy masks: for who had them lifted, as on live pictures, and no longer than said."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from console.models.playback import FootagePlayer
from console.models.text import Text
from console.views import masks

if TYPE_CHECKING:
    from console.bridge import Bridge
    from console.views.panels.playback.panel import PlaybackPanel


class Unmasking(QObject):
    """What is lifted on the wall is lifted here for the same person, and the other way round: it is one line on record."""

    def __init__(self, page: "PlaybackPanel", bridge: "Bridge", player: FootagePlayer) -> None:
        super().__init__(page)
        self._page, self._player = page, player
        self._cameras = {camera.id: camera for camera in bridge.site.cameras}
        self.lifting = masks.shared(bridge)
        self.bar = masks.MaskBar(bridge, "playback", self._cameras)
        self.bar.done.connect(page.begin)
        self.bar.said.connect(lambda sentence: bridge.refused.emit(Text(sentence, sentence)))
        self.lifting.changed.connect(self.paint)
        bridge.actor_changed.connect(lambda _actor: self.paint())

    def ask(self) -> None:
        """Ask why the masks of the chosen camera are to be lifted; put back at once what is lifted."""
        self.bar.begin(self._page.glass.selected)

    def paint(self) -> None:
        """Have the recordings painted with the masks that are there for whoever has the keyboard."""
        for camera in self._page.cameras:
            self._player.mask(camera, self.lifting.painted(self._cameras[camera]))
        chosen = self._page.glass.selected
        self._page.transport.buttons["masks"].setVisible(chosen is not None and self.lifting.offered(chosen))
        self._page.glass.update()
