"""The bar over the wall while a camera is turned: which one, who turns it, and the positions it remembers."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QWidget

from console.i18n import _
from console.models.ids import CameraId
from console.models.people import Right
from console.models.site import Camera
from console.views import words
from console.views.build import EnterField, button, label, named, row
from console.views.panels.wall.turning import Turning
from console.views.rights import may

if TYPE_CHECKING:
    from console.bridge import Bridge


class TurnBar(QFrame):
    """Positions by name: chosen from the list, or by their digit on the wall. Keeping and forgetting them is for who may
    change settings. `done` when the keyboard may go back to the wall."""

    done = Signal()

    def __init__(self, bridge: "Bridge", turning: Turning, cameras: dict[CameraId, Camera], parent: QWidget | None = None):
        super().__init__(parent)
        named(self, "wall.turn", "bar")
        self._bridge, self._turning, self._cameras = bridge, turning, cameras
        self._title = label("wall.turn_title", "strong")
        self._says = label("wall.turn_says", "dim", shrinks=True)
        self._positions = named(QComboBox(), "wall.turn_positions")
        self._positions.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._positions.activated.connect(self._go)
        self._name = named(EnterField(), "wall.turn_name")
        self._name.setMaxLength(60)
        self._name.setMaximumWidth(150)
        self._name.returnPressed.connect(self._keep)
        self._keep_it = button("wall.turn_keep", self._keep)
        self._forget = button("wall.turn_forget", self._forget_it)
        self._end = button("wall.turn_end", self._leave)
        self.setLayout(row(self._title, self._says, self._positions, self._name, self._keep_it, self._forget, self._end,
                           margins=(8, 4, 4, 4)))
        self.setVisible(False)
        turning.changed.connect(self.show_state)
        turning.said.connect(self._says.setText)
        bridge.actor_changed.connect(lambda _actor: self.show_state())
        self.retranslate()

    def _go(self, place: int) -> None:
        if place > 0:
            self._turning.go(place - 1)
        self.done.emit()

    def _keep(self) -> None:
        self._turning.keep(self._name.text())
        self._name.clear()
        self.done.emit()

    def _forget_it(self) -> None:
        self._turning.forget(self._positions.currentIndex() - 1)

    def _leave(self) -> None:
        self._turning.end()
        self.done.emit()

    def show_state(self) -> None:
        """Show the camera that is turned and its positions, or nothing."""
        camera = self._cameras.get(self._turning.camera) if self._turning.camera else None
        self.setVisible(camera is not None)
        if camera is None:
            self._says.clear()
            return
        if not self._says.text():
            self._says.setText(_("Hold arrows, numeric pad or + -; Shift slow; 1-9 position"))
        self._title.setText(_("Turning {camera}").format(camera=f"{camera.number:02d} {words.said(camera.name)}"))
        wanted = [_("Positions ({n})").format(n=len(self._turning.presets))]
        wanted += [f"{n}  {one.name}" if n <= 9 else one.name for n, one in enumerate(self._turning.presets, start=1)]
        if [self._positions.itemText(at) for at in range(self._positions.count())] != wanted:
            self._positions.clear()
            self._positions.addItems(wanted)
        self._positions.setEnabled(len(wanted) > 1)
        keeps = may(self._bridge.actor, Right.CHANGE_SETTINGS)
        for widget in (self._name, self._keep_it, self._forget):
            widget.setVisible(keeps)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._name.setPlaceholderText(_("Name of a position"))
        self._name.setAccessibleName(_("Name of a position"))
        self._positions.setAccessibleName(_("Positions of the camera"))
        self._keep_it.setText(_("Keep here"))
        self._keep_it.setToolTip(_("Have the camera remember where it looks now"))
        self._forget.setText(_("Forget"))
        self._forget.setToolTip(_("Have the camera forget the position in the list"))
        self._end.setText(_("Done  Esc"))
        self.show_state()
