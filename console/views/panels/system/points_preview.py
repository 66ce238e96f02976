"""A table of points before it is taken in: every mistake with its row and column, and what would change."""

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QWidget

from console.i18n import N_, _, ngettext
from console.models.errors import ConsoleError
from console.models.points import ChangeKind, PointChange, PointsPreview
from console.views import words
from console.views.build import bar, button, column, label
from console.views.rows import Row, RowsModel, RowsTable

_TONES: Final = {ChangeKind.NEW: "text.main", ChangeKind.CHANGED: "text.main", ChangeKind.REMOVED: "state.fault"}


class PointsPreviewPage(QWidget):
    """`take` is asked for with the preview, `leave` without; mistakes leave only the second."""

    def __init__(
        self, take: Callable[[PointsPreview], None], leave: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tried: PointsPreview | None = None
        self._take_it = take
        self._title = label("system.points_preview_title", "heading", shrinks=True)
        self._verdict = label("system.points_verdict", wraps=True)
        self._says = label("system.points_refused", "warning", wraps=True)
        self._take = button("system.points_take", self._go, "main")
        self._leave = button("system.points_leave", leave, "quiet")
        self.mistakes = RowsTable(
            "system.points_mistakes",
            RowsModel((N_("Row"), N_("Column"), N_("What is wrong")), self),
            {0: "cameras.yaml:0000", 1: "alarm_class", 2: 1.0},
        )
        self.changes = RowsTable(
            "system.points_changes",
            RowsModel((N_("Change"), N_("Point"), N_("Id"), N_("Before and after")), self),
            {0: "Removed 000", 1: 0.28, 2: 0.2, 3: 0.52},
        )
        head = bar("system.points_preview_bar", self._title, self._leave, self._take)
        told = column(self._verdict, self._says, margins=(16, 10, 16, 10))
        whole = column(head, told, self.mistakes, self.changes)
        whole.setSpacing(0)
        self.setLayout(whole)
        self.retranslate()

    def show_preview(self, tried: PointsPreview) -> None:
        """Show a table that was tried."""
        self._tried = tried
        self._says.hide()
        self._show()
        (self._take if not tried.mistakes else self._leave).setFocus()

    def refused(self, error: ConsoleError) -> None:
        """Say why the table was not taken."""
        self._says.setText(words.said(error.text))
        self._says.show()

    def _go(self) -> None:
        if self._tried is not None:
            self._says.hide()
            self._take_it(self._tried)

    def _show(self) -> None:
        tried = self._tried
        if tried is None:
            return
        wrong = len(tried.mistakes) + tried.more
        self._title.setText(_("Preview of {file}").format(file=tried.file))
        if wrong:
            text = ngettext(
                "{count} mistake. Nothing is written until the table holds none.",
                "{count} mistakes. Nothing is written until the table holds none.",
                wrong,
            )
            self._verdict.setText(text.format(count=wrong))
        else:
            self._verdict.setText(
                _("{rows} points, no mistake: {new} new, {changed} changed, {removed} removed, {same} as before.").format(
                    rows=tried.rows, same=tried.same, **{kind.value: tried.count(kind) for kind in ChangeKind}
                )
            )
        self._take.setVisible(not wrong)
        self.mistakes.setVisible(bool(wrong))
        self.changes.setVisible(not wrong)
        self.mistakes.rows.show(
            [
                Row(
                    str(number),
                    (one.place or str(one.row), one.column, words.said(one.sentence)),
                    ((0, "text.main"), (2, "text.main")),
                )
                for number, one in enumerate(tried.mistakes)
            ]
        )
        self.changes.rows.show([_row_of(change) for change in tried.changes])
        self.changes.say_when_empty(_("Nothing would change"))

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._take.setText(_("Take these points in"))
        self._leave.setText(_("Back, change nothing"))
        self.mistakes.setAccessibleName(_("Mistakes in the table"))
        self.changes.setAccessibleName(_("What would change"))
        for table in (self.mistakes, self.changes):
            table.rows.retranslate()
            table.set_widths()
        self._show()


def _row_of(change: PointChange) -> Row:
    pairs = [f"{name}: {before or '-'} → {after or '-'}" for name, before, after in change.columns]
    fields = (words.term(change.kind), words.said(change.name), change.point, "; ".join(pairs))
    return Row(change.point, fields, ((0, _TONES[change.kind]), (1, "text.main")))
