"""Points: what belongs to each and from where it has that; and the table of them, taken in and written out."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit, QStackedWidget, QWidget
from typing_extensions import override

from console.i18n import N_, _, language, ngettext
from console.models.alarms import AlarmClass
from console.models.errors import ConsoleError
from console.models.events import PointsImported
from console.models.ids import PlanId
from console.models.linkage import Linkage, linkage_of
from console.models.people import Actor, Right
from console.models.points import PointsPreview
from console.models.site import Point, Site, place_path
from console.views import words
from console.views.build import bar, button, column, label, named, set_role
from console.views.panels.system.points_preview import PointsPreviewPage
from console.views.rights import may
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

_OWN: Final = "text.main"
_INHERITED: Final = "text.dim"


class _Shown:
    """The names of a site's things in the language in force, by id."""

    def __init__(self, site: Site) -> None:
        self.cameras = {one.id: str(one.number) for one in site.cameras}
        self.posts = {one.id: words.said(one.name) for one in site.posts}
        self.places = {one.id: words.said(one.name) for one in site.places}
        self.contacts = {one.id: words.said(one.name) for one in site.contacts}

    def inherited(self, linkage: Linkage, field: str, text: str) -> tuple[str, str]:
        """A value with the place it is inherited from, and its tone."""
        if not text:
            return "-", "text.faint"
        place = linkage.origins.get(field)
        return (text, _OWN) if place is None else (f"{text}  ← {self.places.get(place, place)}", _INHERITED)


def row_of(site: Site, shown: _Shown, plans: Mapping[PlanId, str], point: Point) -> Row:
    """A point as it stands in the table: its own values plain, inherited ones quieter and with their place."""
    linkage = linkage_of(site, point)
    spot = linkage.spot
    linked = (
        ("priority", f"P{linkage.priority}" if linkage.priority else ""),
        ("cameras", ", ".join(shown.cameras.get(one, one) for one in linkage.cameras)),
        ("spot", f"{spot.map} {spot.x:g}, {spot.y:g}" if spot else ""),
        ("post", shown.posts.get(linkage.post, linkage.post) if linkage.post else ""),
        ("plan", plans.get(linkage.plan, linkage.plan) if linkage.plan else ""),
        ("sound", linkage.sound),
        ("notify", ", ".join(shown.contacts.get(one, one) for one in linkage.notify)),
    )
    cells = [shown.inherited(linkage, field, text) for field, text in linked]
    known = point.alarm_class in set(AlarmClass)
    alarm_class = words.term(AlarmClass(point.alarm_class)) if known else point.alarm_class or "-"
    plain = (words.said(point.name), point.id, alarm_class, place_path(site, point.place, language()) or "-")
    tones = ((0, _OWN), *((number, tone) for number, (_text, tone) in enumerate(cells, len(plain))))
    texts = (*plain, *(text for text, _tone in cells))
    return Row(point.id, texts, tones, "  |  ".join(text for text in texts if text != "-"))


class PointsTab(QWidget):
    """A table of every point with its search; or, while a table is being taken in, the preview of that."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._rows: list[tuple[str, Row]] = []
        self._site: Site | None = None
        self._title = label("system.points_title", "heading")
        self._count = label("system.points_count", "dim")
        self._search = named(QLineEdit(), "system.points_search")
        self._search.setClearButtonEnabled(True)
        self._search.setFixedWidth(300)
        self._search.textChanged.connect(lambda _text: self._show())
        self._says = label("system.points_says", "dim", shrinks=True)
        self._import = button("system.points_import", self._ask_import, icon="upload")
        self._export = button("system.points_export", self._ask_export, icon="download")
        self._dialog: QFileDialog | None = None
        headings = (
            N_("Point"), N_("Id"), N_("Class"), N_("Place"), N_("Priority"), N_("Cameras"), N_("On the map"),
            N_("Nearest post"), N_("Plan"), N_("Sound"), N_("Told"),
        )  # fmt: skip
        self.table = RowsTable(
            "system.points",
            RowsModel(headings, self),
            {0: 0.13, 1: 0.08, 2: 0.05, 3: 0.11, 4: 0.09, 5: 0.1, 6: 0.13, 7: 0.11, 8: 0.08, 9: 0.08, 10: 0.1},
        )
        self._preview = PointsPreviewPage(self._take, self._leave_preview)
        head = bar(
            "system.points_bar", self._title, self._count, self._search, self._says, self._import, self._export
        )
        listed = column(head, self.table)
        listed.setSpacing(0)
        page = QWidget()
        page.setLayout(listed)
        self._pages = named(QStackedWidget(), "system.points_pages")
        self._pages.addWidget(page)
        self._pages.addWidget(self._preview)
        self.setLayout(column(self._pages))
        bridge.on(PointsImported, lambda _event: self._renew())
        bridge.actor_changed.connect(self._show_for)
        self._show_for(bridge.actor)
        self.retranslate()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._renew()

    def _show_for(self, actor: Actor | None) -> None:
        there = self._bridge.surroundings.points is not None and may(actor, Right.CHANGE_SETTINGS)
        self._import.setVisible(there)
        self._export.setVisible(there)
        if not there:
            self._leave_preview()

    # ---------------------------------------------------------------- the table

    def _renew(self) -> None:
        """Work the rows out anew where the site is another one; only while somebody looks."""
        site = self._bridge.site
        if site is self._site or not self.isVisible():
            return
        self._site = site
        shown = _Shown(site)
        plans = {plan.id: words.said(plan.title) for plan in self._bridge.plans}
        found = (row_of(site, shown, plans, point) for point in site.points)
        self._rows = [(" ".join(row.words).casefold(), row) for row in found]
        self._show()

    def _show(self) -> None:
        wanted = self._search.text().casefold().split()
        rows = [row for text, row in self._rows if all(word in text for word in wanted)]
        self.table.rows.show(rows)
        whole = len(self._rows)
        if wanted:
            self._count.setText(_("{shown} of {count}").format(shown=len(rows), count=whole))
        else:
            self._count.setText(ngettext("{count} point", "{count} points", whole).format(count=whole))
        nothing = _("No point fits the search") if wanted else _("The site has no points")
        self.table.say_when_empty(nothing)

    # ---------------------------------------------------------------- files

    def _choose(self, title: str, mode: QFileDialog.AcceptMode) -> QFileDialog:
        if self._dialog is not None:
            self._dialog.close()
            self._dialog.deleteLater()
        kinds = _("Tables (*.csv *.xlsx)")
        self._dialog = dialog = named(QFileDialog(self, title, str(Path.home()), kinds), "system.points_files")
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setWindowModality(Qt.WindowModality.NonModal)  # an alarm may come at any moment
        dialog.setAcceptMode(mode)
        return dialog

    def _ask_import(self) -> None:
        dialog = self._choose(_("Take in a table of points"), QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda file: self.preview(Path(file)))
        dialog.show()

    def _ask_export(self) -> None:
        dialog = self._choose(_("Write the points as a table"), QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.selectFile("points.xlsx")
        dialog.fileSelected.connect(lambda file: self.export(Path(file)))
        dialog.show()

    def preview(self, file: Path) -> None:
        """Read a table and show every mistake in it, and what it would change; nothing is written."""
        desk = self._bridge.surroundings.points
        if desk is not None:
            self._say(_("Reading {file} ...").format(file=file.name))
            self._bridge.attend(desk.preview(file), then=self._show_preview, failed=self._failed)

    def export(self, file: Path) -> None:
        """Write every point to a file."""
        desk, actor = self._bridge.surroundings.points, self._bridge.actor
        if desk is not None and actor is not None:
            done = desk.write(file, language(), actor)
            self._bridge.attend(done, then=lambda count: self._written(file, count), failed=self._failed)

    def _written(self, file: Path, count: int) -> None:
        text = ngettext("{count} point written to {file}", "{count} points written to {file}", count)
        self._say(text.format(count=count, file=file))

    def _show_preview(self, tried: PointsPreview) -> None:
        self._say("")
        self._preview.show_preview(tried)
        self._pages.setCurrentWidget(self._preview)

    def _take(self, tried: PointsPreview) -> None:
        desk, actor = self._bridge.surroundings.points, self._bridge.actor
        if desk is not None and actor is not None:
            self._bridge.attend(desk.take(tried, actor), then=self._taken, failed=self._preview.refused)

    def _taken(self, tried: PointsPreview) -> None:
        self._leave_preview()
        text = _("{count} points taken in. New alarms use them now, the map shows them after the next start.")
        self._say(text.format(count=tried.rows))
        self._renew()

    def _leave_preview(self) -> None:
        self._pages.setCurrentIndex(0)

    def _failed(self, error: ConsoleError) -> None:
        self._say(words.said(error.text), "warning")

    def _say(self, text: str, role: str = "dim") -> None:
        set_role(self._says, role)
        self._says.setText(text)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Points"))
        self._search.setPlaceholderText(_("Search: name, id, place, camera, post ..."))
        self._search.setAccessibleName(_("Search the points"))
        self._import.setText(_("Import..."))
        self._export.setText(_("Export..."))
        self.table.setAccessibleName(_("Points"))
        self.table.rows.retranslate()
        self.table.set_widths()
        self._preview.retranslate()
        self._say("")
        self._site = None
        self._renew()
        self._show()
