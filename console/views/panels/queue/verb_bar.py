"""The bar of what may be done to the chosen alarm: words and keys, only what is allowed now."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLayout, QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.alarms import Alarm
from console.models.people import Actor
from console.views import theme
from console.views.build import button, named, row
from console.views.panels.queue.verbs import BY_NAME, VERBS, Verb, offered
from console.views.rights import may

_ROLES: Final = {"acknowledge": "main", "open_plan": ""}


class VerbBar(QFrame):
    """Buttons for the verbs. The two great keys are always there; the others only while they can be done and fit in."""

    def __init__(self, does: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "queue.verbs", "bar")
        self._buttons: dict[str, QPushButton] = {}
        for verb in VERBS:
            made = button(f"queue.{verb.name}", partial(does, verb.name), _ROLES.get(verb.name, "quiet"))
            self._buttons[verb.name] = made
        gap = theme.px("gap")
        layout = row(*self._buttons.values(), 1, margins=(gap, 2, gap // 2, 2))
        layout.setSpacing(2)
        self.setLayout(layout)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px("bar"))
        self._offered: tuple[Verb, ...] = ()
        self._goes = False
        self._group = 0
        self.retranslate()

    @property
    def buttons(self) -> dict[str, QPushButton]:
        """The buttons by verb."""
        return self._buttons

    def show_alarm(
        self, alarm: Alarm | None, actor: Actor | None, *, waiting: bool, plan: bool, group: int = 0
    ) -> None:
        """Offer what may be done to an alarm; `waiting` and `plan` say whether the great keys would find something to do.

        `group` is how many alarms of its row may be acknowledged at once. Where the alarm itself needs no acknowledgement,
        the first key goes to the most urgent one that does, and says so.
        """
        before = (self._offered, self._goes, self._group)
        self._offered = offered(alarm, actor) if alarm is not None and actor is not None else ()
        fits = any(verb.name == "acknowledge" for verb in self._offered)
        self._goes = alarm is None or not fits
        self._group = group
        if group and may(actor, BY_NAME["acknowledge_group"].right):
            self._offered = tuple(verb for verb in VERBS if verb in self._offered or verb.name == "acknowledge_group")
        self._buttons["acknowledge"].setEnabled(actor is not None and waiting)
        self._buttons["open_plan"].setEnabled(actor is not None and plan)
        if before != (self._offered, self._goes, self._group):
            self._say()
            self._fit()

    def _say(self) -> None:
        """Say what the keys do now, where that changes."""
        great = _("Most urgent") if self._goes else _(BY_NAME["acknowledge"].title)
        group = _("Acknowledge group ({n})").format(n=self._group)
        for name, said in (("acknowledge", great), ("acknowledge_group", group)):
            text = f"{said}  {BY_NAME[name].key}"
            if self._buttons[name].text() != text:
                self._buttons[name].setText(text)
                self._buttons[name].setAccessibleName(said)

    def _fit(self) -> None:
        """Show as many as there is room for, in the order of the table; the keys of the others work all the same."""
        names = {verb.name for verb in self._offered}
        room = self.width() - 24
        for verb in VERBS:
            made = self._buttons[verb.name]
            wanted = verb.always or verb.name in names
            wide = made.sizeHint().width() + 2
            fits = wanted and (verb.always or room >= wide)
            made.setVisible(fits)
            room -= wide if fits else 0

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def retranslate(self) -> None:
        """Say every word anew."""
        for verb in VERBS:
            made = self._buttons[verb.name]
            made.setText(f"{_(verb.title)}  {verb.key}")
            made.setAccessibleName(_(verb.title))
        self._say()
        self._fit()
