"""Beside the pictures: the cameras, the calendar, and what a search for motion found."""

from datetime import date, tzinfo
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QTabWidget, QWidget
from typing_extensions import override

from console.i18n import N_, _
from console.models.ids import CameraId
from console.models.recording import Span
from console.models.site import Camera
from console.services.playback import Searched
from console.views import words
from console.views.build import column, label, named, row, tool
from console.views.panels.playback.calendar import Month
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

SIDE_PX: Final = 268
_MARK: Final = "●"
_AT: Final = Qt.ItemDataRole.UserRole


class PlaybackSide(QTabWidget):
    """Three tabs. Emits `toggled(camera)`, `day_chosen(date)`, `month_turned(date)`, `picked(seconds)`."""

    toggled = Signal(str)
    day_chosen = Signal(object)
    month_turned = Signal(object)
    picked = Signal(float)

    def __init__(self, bridge: "Bridge", zone: tzinfo, day: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "playback.side")
        self.setDocumentMode(True)
        self.setFixedWidth(SIDE_PX)
        self._zone = zone
        self._cameras = sorted(bridge.site.cameras, key=lambda one: one.number)
        self._playing: tuple[CameraId, ...] = ()
        self._build(day)

    def _build(self, day: date) -> None:
        self.field = named(QLineEdit(), "playback.find")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._show)
        self.field.returnPressed.connect(self._take)
        self.table = RowsTable(
            "playback.cameras", RowsModel((N_("No."), N_("Camera"), ""), self), {0: "000", 1: 1.0, 2: _MARK * 2}
        )
        self.table.clicked.connect(lambda _index: self._take())
        self._hint = label("playback.cameras_hint", "small", wraps=True)
        cameras = QWidget()
        cameras.setLayout(column(self.field, self.table, self._hint, margins=(6, 6, 6, 6)))
        self.month = Month(day)
        self.month.chosen.connect(self.day_chosen)
        self.month.turned.connect(self.month_turned)
        self._title = label("playback.month_title", "strong")
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        back = tool("playback.month_back", lambda: self._turn(-1), "chevron-left")
        on = tool("playback.month_on", lambda: self._turn(1), "chevron-right")
        head = row(back, self._title, on)
        head.setStretchFactor(self._title, 1)
        self._days_hint = label("playback.days_hint", "small", wraps=True)
        days = QWidget()
        days.setLayout(column(head, self.month, self._days_hint, 1, margins=(6, 6, 6, 6)))
        self.said = label("playback.search_said", "small", wraps=True)
        self.list = named(QListWidget(), "playback.found")
        self.list.setIconSize(QSize(96, 54))
        self.list.setUniformItemSizes(True)
        self.list.itemClicked.connect(self._picked)
        self.list.itemActivated.connect(self._picked)
        found = QWidget()
        whole = column(self.said, self.list, margins=(6, 6, 6, 6))
        whole.setStretchFactor(self.list, 1)
        found.setLayout(whole)
        for page in (cameras, days, found):
            self.addTab(page, "")

    # ---------------------------------------------------------------- cameras

    def show_playing(self, playing: tuple[CameraId, ...]) -> None:
        """Mark the cameras that are played."""
        self._playing = playing
        self._show()

    def find_camera(self) -> None:
        """Let the operator type a number or a name."""
        self.setCurrentIndex(0)
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _found(self) -> list[Camera]:
        typed = self.field.text().casefold().split()
        return [
            one
            for one in self._cameras
            if all(part in f"{one.number:02d} {one.number} {one.name.zh} {one.name.en}".casefold() for part in typed)
        ]

    def _take(self) -> None:
        found = self._found()
        chosen = self.table.chosen_key()
        exact = next((one for one in found if str(one.number) == self.field.text().strip().lstrip("0")), None)
        camera = exact or next((one for one in found if one.id == chosen), found[0] if found else None)
        if camera is not None:
            self.toggled.emit(camera.id)

    def _show(self) -> None:
        self.table.rows.show(
            [
                Row(
                    one.id,
                    (f"{one.number:02d}", words.said(one.name), _MARK if one.id in self._playing else ""),
                    ((1, "text.main"),),
                )
                for one in self._found()
            ]
        )

    # ---------------------------------------------------------------- days

    def _turn(self, months: int) -> None:
        self.month.turn(months)
        self._say_month()

    def _say_month(self) -> None:
        self._title.setText(f"{self.month.first:%Y-%m}")

    def show_day(self, day: date, today: date) -> None:
        """Mark the day that is played."""
        self.month.show_day(day, today)
        self._say_month()

    # ---------------------------------------------------------------- what was found

    def show_search(self, searched: Searched | None, drawing: bool) -> None:
        """Show where something moved; None before anything was searched for."""
        self.list.clear()
        self.setCurrentIndex(2)
        if searched is None:
            self.said.setText(
                _("Draw a region on the chosen picture: drag a rectangle, or click its corners and press Enter.")
                if drawing
                else _("S searches the chosen range, or the day, for motion in a region of the chosen picture.")
            )
            return
        said = [_("{n} times something moved there").format(n=len(searched.found))]
        if searched.unseen:
            minutes = sum(span.length_s for span in searched.unseen) / 60
            first = searched.unseen[0]
            said.append(
                _("Nobody watched for motion during {minutes} min, first {start} to {end}").format(
                    minutes=f"{minutes:.0f}",
                    start=words.minute(first.from_at, self._zone),
                    end=words.minute(first.until_at, self._zone),
                )
            )
        self.said.setText("\n".join(said))
        for span in searched.found:
            self.list.addItem(self._item(span))

    def _item(self, span: Span) -> QListWidgetItem:
        text = f"{words.clock(span.from_at, self._zone)}\n{words.span(span.length_s)}"
        item = QListWidgetItem(text)
        item.setData(_AT, span.from_at.timestamp())
        item.setSizeHint(QSize(SIDE_PX - 40, 60))
        return item

    def show_thumbnail(self, at_s: float, jpeg: bytes) -> None:
        """Put a small picture beside what was found at a moment."""
        for number in range(self.list.count()):
            item = self.list.item(number)
            if item.data(_AT) == at_s:
                picture = QPixmap()
                picture.loadFromData(jpeg)
                item.setIcon(QIcon(picture))

    def _picked(self, item: QListWidgetItem) -> None:
        self.picked.emit(float(item.data(_AT)))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        down = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if down is None or not self.field.hasFocus() or not self.table.rows.rowCount():
            event.ignore()
            return
        place = max(0, min(self.table.rows.rowCount() - 1, self.table.chosen_row() + down))
        self.table.selectRow(place)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        for number, text in enumerate((_("Cameras"), _("Calendar"), _("Search"))):
            self.setTabText(number, text)
        self.field.setPlaceholderText(_("Number or part of the name"))
        self.field.setAccessibleName(_("Find a camera"))
        self.table.setAccessibleName(_("Cameras"))
        self.table.say_when_empty(_("No camera is called so"))
        self.table.rows.retranslate()
        self.table.set_widths()
        self._hint.setText(_("Enter or a click plays a camera beside the others, again takes it away; nine at most."))
        self._days_hint.setText(_("Days with a bar hold recordings of the cameras shown."))
        self.list.setAccessibleName(_("Motion found"))
        self._say_month()
        self._show()
