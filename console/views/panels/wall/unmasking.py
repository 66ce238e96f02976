"""Lifting privacy masks from a wall: its button, and the line that asks why."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QBoxLayout

from console.i18n import _
from console.models.ids import CameraId
from console.views import icons, masks
from console.views.build import tool
from console.views.panels.wall.board import Board

if TYPE_CHECKING:
    from console.bridge import Bridge


class Unmasking(QObject):
    """The button is there while the chosen camera has masks that the person at the keyboard may have lifted."""

    def __init__(self, bridge: "Bridge", board: Board) -> None:
        super().__init__(board)
        self._board = board
        self._lifting = masks.shared(bridge)
        self.bar = masks.MaskBar(bridge, board.name, {camera.id: camera for camera in bridge.site.cameras})
        self.bar.done.connect(lambda: board.canvas.setFocus(Qt.FocusReason.OtherFocusReason))
        self.bar.said.connect(board.say)
        board.middle.insertWidget(0, self.bar)
        self._button = tool(f"{board.name}.masks_tool", self.ask, "eye-off")
        head = board.head.layout()
        assert isinstance(head, QBoxLayout)
        head.insertWidget(2, self._button)
        board.camera_chosen.connect(self._show)
        board.arranged.connect(self._show)
        self._lifting.changed.connect(self._show)
        bridge.actor_changed.connect(self._show)
        self._show()

    def _chosen(self) -> CameraId | None:
        return self._board.canvas.selected

    def ask(self) -> bool:
        """Ask why the masks of the chosen camera are to be lifted; put back at once what is lifted."""
        self.bar.begin(self._board.chosen())
        return True

    def _show(self, *_args: object) -> None:
        camera = self._chosen()
        lifted = self._lifting.of(camera) is not None
        self._button.setVisible(camera is not None and self._lifting.offered(camera))
        icons.wear(self._button, "eye" if lifted else "eye-off", "text.dim")
        self._button.setToolTip(_("Put the privacy masks back (M)") if lifted else _("Lift the privacy masks (M)"))
        self._button.setAccessibleName(self._button.toolTip())

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self.bar.retranslate()
        self._show()
