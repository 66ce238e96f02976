"""Small parts of the response panel: labels with a role, the countdown, the row of dispatched posts."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.i18n import _
from console.models.incidents import DISPATCH_ORDER, Dispatch, DispatchState
from console.models.plans import StepRun
from console.models.site import Site
from console.services.response import limit_left
from console.views import words
from console.views.build import set_role


def label(text: str, role: str, name: str = "", parent: QWidget | None = None, *, wrap: bool = True) -> QLabel:
    """A label that says what it is to the style sheet by `role`, and to tests by `name`."""
    made = QLabel(text, parent)
    made.setProperty("role", role)
    if name:
        made.setObjectName(name)
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def span(seconds: float) -> str:
    """Minutes and seconds: "03:05"; hours where there are any."""
    whole = int(abs(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes:02d}:{left:02d}"


class Countdown(QLabel):
    """How long a step has left; the word says it too when it is over, not only the colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("response.countdown")
        self.setProperty("role", "chip")

    def show_visit(self, visit: StepRun | None, now: datetime) -> None:
        """Show what is left of a visit's limit; nothing where it has none."""
        left = limit_left(visit, now) if visit is not None else None
        self.setVisible(left is not None)
        if left is None:
            return
        if left < 0:
            self.setText(_("Over time by {span}").format(span=span(left)))
            set_role(self, tone="fault")
        else:
            self.setText(_("{span} left").format(span=span(left + 0.999)))
            set_role(self, tone="warning" if left <= 15 else "strong")


class Sent(QWidget):
    """The posts that were sent, each with its state and one button for the next one. `moved(dispatch, state)`."""

    moved = Signal(object, object)

    def __init__(self, site: Site, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = words.zone_or_utc(site)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(3)
        self._shown: tuple[Dispatch, ...] | None = None

    def show_dispatches(self, dispatches: tuple[Dispatch, ...]) -> None:
        """Show these dispatches; nothing is rebuilt while they are the same."""
        if dispatches == self._shown:
            return
        self._shown = dispatches
        while (item := self._layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for dispatch in dispatches:
            self._layout.addWidget(self._row(dispatch))
        self.setVisible(bool(dispatches))

    def _row(self, dispatch: Dispatch) -> QWidget:
        row = QWidget(self)
        inside = QHBoxLayout(row)
        inside.setContentsMargins(0, 0, 0, 0)
        at = words.clock(dispatch.times[-1][1], self._zone) if dispatch.times else ""
        text = f"{words.said(dispatch.post_name)}  ·  {words.term(dispatch.state)}  {at}"
        inside.addWidget(label(text, "dim", f"response.dispatch.{dispatch.post}", row, wrap=False), 1)
        following = _next(dispatch.state)
        if following is not None:
            button = QPushButton(words.term(following), row)
            button.setObjectName(f"response.advance.{dispatch.post}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked=False: self.moved.emit(dispatch, following))
            inside.addWidget(button)
        return row


def _next(state: DispatchState) -> DispatchState | None:
    # Accepting and setting out are usually heard in one radio call; the button goes to what matters next.
    shortcut = {DispatchState.SENT: DispatchState.ARRIVED, DispatchState.ACCEPTED: DispatchState.ARRIVED}
    if state in shortcut:
        return shortcut[state]
    index = DISPATCH_ORDER.index(state) + 1
    return DISPATCH_ORDER[index] if index < len(DISPATCH_ORDER) else None
