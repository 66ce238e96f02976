"""Who looked at recordings at this post (录像查阅登记): the other half of the register, told out of the journal."""

from collections.abc import Callable
from datetime import timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from console.i18n import N_, _
from console.models.events import FootageViewed
from console.models.playback import Moment, Viewing
from console.services import queries, viewings
from console.views import words
from console.views.build import column
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge
    from console.models.files import Names

DAYS: Final = 31
AGAIN_MS: Final = 500
_HEADINGS: Final = (N_("Seen at"), N_("Seen by"), N_("Camera"), N_("What was seen"), N_("What for"), N_("Request"))


class ViewedTable(QWidget):
    """A line for each camera that somebody looked at, newest first, of the last 31 days."""

    def __init__(self, bridge: "Bridge", opened: Callable[[Moment], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._opened = opened
        self._zone: tzinfo = words.zone_or_utc(bridge.site)
        self._cameras = {camera.id: camera for camera in bridge.site.cameras}
        self._found: tuple[Viewing, ...] = ()
        self._people: dict[str, str] = {}
        self._wanted = ""
        self.table = RowsTable(
            "footage.viewed",
            RowsModel(_HEADINGS, self),
            {0: "00-00 00:00:00", 1: 0.14, 2: 0.2, 3: "00-00 00:00:00 – 00:00:00", 4: 0.3, 5: "2026-0000"},
        )
        self.table.doubleClicked.connect(lambda _index: self.play_back())
        self.setLayout(column(self.table))
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(AGAIN_MS)
        self._soon.timeout.connect(self.ask)
        bridge.on(FootageViewed, lambda _event: self._soon.start() if self.isVisible() else None)

    def ask(self) -> None:
        """Read the journal anew."""
        now = self._bridge.clock.now()
        self._bridge.ask(queries.names, then=self._name)
        self._bridge.ask(viewings.viewings, now - timedelta(days=DAYS), now + timedelta(days=1), then=self._take)

    def _name(self, names: "Names") -> None:
        self._people = dict(names.people)
        self.show_rows(self._wanted)

    def _take(self, found: tuple[Viewing, ...]) -> None:
        self._found = found
        self.show_rows(self._wanted)

    def show_rows(self, wanted: str) -> None:
        """Show those lines that have these words."""
        self._wanted = wanted
        rows = [self._row(place, one) for place, one in enumerate(self._found)]
        self.table.rows.show([one for one in rows if wanted in " ".join(one.words).casefold()])

    def _row(self, place: int, one: Viewing) -> Row:
        camera = self._cameras.get(one.camera)
        name = f"{camera.number:02d} {words.said(camera.name)}" if camera is not None else str(one.camera)
        seen = f"{one.from_at.astimezone(self._zone):%m-%d %H:%M:%S} – "
        seen += words.clock(one.until_at, self._zone) if one.ended_at is not None else "…"
        by = self._people.get(one.by, one.by)
        why = one.purpose.reason or "—"
        at = one.begun_at.astimezone(self._zone)
        written = (f"{at:%m-%d %H:%M:%S}", by, name, seen, why, one.purpose.request)
        return Row(f"{place}", written, ((1, "text.main"), (4, "text.main" if one.purpose.reason else "text.faint")), tip=why)

    def play_back(self) -> bool:
        """Play what was seen of the chosen line."""
        chosen = self.table.chosen_key()
        if chosen:
            one = self._found[int(chosen)]
            self._opened(Moment(at=one.from_at, cameras=(one.camera,), purpose=one.purpose, before_s=0.0))
        return bool(chosen)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self.table.setAccessibleName(_("Recordings looked at"))
        self.table.say_when_empty(_("Nobody looked at recordings in the last 31 days"))
        self.table.rows.retranslate()
        self.table.set_widths()
        self.show_rows(self._wanted)
