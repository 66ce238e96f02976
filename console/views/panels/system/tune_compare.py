"""What another setting would have changed: recordings are played beside the post, and the differences are listed."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QComboBox, QLabel, QProgressBar, QSizePolicy, QWidget

from console.i18n import N_, _
from console.models.errors import ConsoleError
from console.models.ids import CameraId
from console.models.rules import Rule
from console.models.tuning import Comparing, Comparison, TriedEvent
from console.views import words
from console.views.build import bar, button, column, label, named, row
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

SPANS_S: Final = (600, 3600, 4 * 3600, 12 * 3600, 24 * 3600)
LOOK_MS: Final = 250
STILL_PX: Final = (240, 135)
_WHAT: Final = (("gained", N_("new"), "state.warning"), ("lost", N_("gone"), "state.fault"), ("kept", N_("as before"), ""))


class ComparePart(QWidget):
    """Asks `settings()` for camera, old and new setting when it begins; a change of any of them empties it."""

    def __init__(
        self,
        bridge: "Bridge",
        settings: Callable[[], tuple[CameraId, Rule, Rule] | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._settings = bridge, settings
        self._zone = words.zone_or_utc(bridge.site)
        self._running: Comparing | None = None
        self.found: Comparison | None = None
        self._span = named(QComboBox(), "system.compare_span")
        self._go = button("system.compare_go", self.begin, "main")
        self._cancel = button("system.compare_cancel", self.cancel)
        self._progress = named(QProgressBar(), "system.compare_progress")
        self._progress.setTextVisible(False)
        self._progress.setMaximumHeight(6)
        self._says = label("system.compare_says", wraps=True)
        self._still = named(QLabel(), "system.compare_still")
        self._still.setFixedSize(*STILL_PX)
        self._still.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._table = RowsTable(
            "system.compare",
            RowsModel((N_("Change"), N_("When"), N_("Lasts")), self),
            {0: 0.34, 1: 0.4, 2: 0.26},
        )
        self._table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._table.selectionModel().selectionChanged.connect(lambda *_args: self._show_still())
        body = row(self._table, self._still, margins=(0, 4, 8, 4))
        whole = column(
            bar("system.compare_bar", 1, self._span, self._go, self._cancel), self._progress, self._says, body
        )
        whole.setSpacing(0)
        whole.setStretch(3, 1)
        self._says.setContentsMargins(12, 4, 12, 4)
        self.setLayout(whole)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._show_share)
        self._show()

    def begin(self) -> None:
        """Play what there is to the old and the new setting."""
        tuning, asked = self._bridge.surroundings.tuning, self._settings()
        if tuning is None or asked is None or self._running is not None:
            return
        camera, old, new = asked
        now = self._bridge.clock.now()
        span_s = SPANS_S[max(0, self._span.currentIndex())]
        running = self._running = tuning.compare(camera, old, new, now - timedelta(seconds=span_s), now)
        self.found = None
        self._says.setText(_("Playing recordings to both settings ..."))
        self._timer.start()
        self._bridge.attend(
            running.result, lambda found: self._done(running, found), lambda error: self._failed(running, error)
        )
        self._show()

    def cancel(self) -> None:
        """End it; nothing is shown of what it found so far."""
        if self._running is not None:
            self._running.cancel()

    def forget(self) -> None:
        """Another setting: what was found is no longer true."""
        self.cancel()
        self._running, self.found = None, None
        self._timer.stop()
        self._says.clear()
        self._show()

    def _done(self, running: Comparing, found: Comparison) -> None:
        if running is self._running:
            self._running, self.found = None, found
            self._timer.stop()
            self._show()

    def _failed(self, running: Comparing, error: ConsoleError) -> None:
        if running is self._running:
            self._running = None
            self._timer.stop()
            self._show()
            self._says.setText(words.said(error.text))

    def _show_share(self) -> None:
        share = self._running.share if self._running is not None else 0.0
        self._progress.setRange(0, 100 if share else 0)  # a film tells nobody how long it is
        self._progress.setValue(round(share * 100))

    def _events(self) -> list[tuple[str, str, str, TriedEvent]]:
        if self.found is None:
            return []
        listed = [(kind, said, tone, one) for kind, said, tone in _WHAT for one in getattr(self.found, kind)]
        return sorted(listed, key=lambda one: (one[0] == "kept", one[3].began_at))

    def _show(self) -> None:
        running, found = self._running is not None, self.found
        self._go.setEnabled(not running and self._settings() is not None)
        self._cancel.setVisible(running)
        self._progress.setVisible(running)
        rows = []
        for kind, said, tone, one in self._events():
            assert found is not None
            into_s = (one.began_at - found.began_at).total_seconds()
            when = words.span(into_s) if found.is_film else words.when(one.began_at, self._bridge.clock.now(), self._zone)
            lasts = words.about((one.ended_at - one.began_at).total_seconds()) if one.ended_at else _("to the end")
            rows.append(Row(f"{kind}/{one.began_at.isoformat()}", (_(said), when, lasts), ((0, tone), (1, "text.main"))))
        self._table.rows.show(rows)
        if found is not None:
            sentence = _("{gained} new, {lost} gone, {kept} as before, in {time} of pictures").format(
                gained=len(found.gained), lost=len(found.lost), kept=len(found.kept), time=words.about(found.looked_s)
            )
            if found.unread:
                sentence += " " + _("{n} files could not be read").format(n=found.unread)
            self._says.setText(sentence)
        if rows:
            self._table.selectRow(0)
        self._show_still()

    def _show_still(self) -> None:
        key = self._table.chosen_key()
        jpeg = next((one.jpeg for kind, _said, _tone, one in self._events() if f"{kind}/{one.began_at.isoformat()}" == key), b"")
        picture = QPixmap()
        if jpeg and picture.loadFromData(jpeg):
            self._still.setPixmap(picture.scaled(*STILL_PX, Qt.AspectRatioMode.KeepAspectRatio,
                                                 Qt.TransformationMode.SmoothTransformation))  # fmt: skip
        else:
            self._still.clear()
        self._still.setVisible(bool(self._events()))

    def retranslate(self) -> None:
        """Say every sentence anew."""
        title = _("What would have changed")
        self._go.setText(_("Play the recordings"))
        self._cancel.setText(_("Cancel"))
        chosen = self._span.currentIndex()
        self._span.clear()
        self._span.addItems([_("the last {time}").format(time=words.about(span_s)) for span_s in SPANS_S])
        self._span.setCurrentIndex(max(0, chosen))
        self._span.setAccessibleName(title)
        self._table.setAccessibleName(title)
        self._table.say_when_empty(_("Nothing played yet"))
        self._table.rows.retranslate()
        self._table.set_widths()
        self._still.setAccessibleName(_("Picture of the event"))
        self._show()
