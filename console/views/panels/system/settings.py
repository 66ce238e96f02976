"""Every number of the post: what is in force, the default, and where the default comes from."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from console.i18n import N_, _
from console.models.settings import SETTINGS, Setting, SettingValue, value_of
from console.views import words
from console.views.build import bar, column, label
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge


def number_words(setting: Setting, value: SettingValue) -> str:
    """A value with its unit as one reads it: "2 h (7200 s)", "30 d", "2"."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return value
    plain = f"{value:g} {setting.unit}".strip()
    if setting.unit == "s" and value >= 60:
        return f"{words.span(value)}  ({plain})"
    return plain


class SettingsTab(QWidget):
    """A table to be read. Numbers are set in the site folder, where they are reviewed and kept with the site."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._title = label("system.settings_title", "heading")
        self._note = label("system.settings_note", "dim", shrinks=True)
        self._table = RowsTable(
            "system.settings",
            RowsModel((N_("What"), N_("In force"), N_("Default"), N_("Where the default comes from"), N_("Key")), self),
            {0: 0.3, 1: "0:00:00  (00000 s)", 2: "0:00:00  (00000 s)", 3: 0.48, 4: 0.22},
        )
        head = bar("system.settings_bar", self._title, self._note)
        whole = column(head, self._table)
        whole.setSpacing(0)
        self.setLayout(whole)
        self.retranslate()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Settings"))
        self._note.setText(_("Set in the settings of the site folder; what differs from the default stands out."))
        rows = []
        for setting in SETTINGS:
            value = value_of(self._bridge.settings, setting.key)
            changed = value != setting.default
            tones = ((0, "text.main"), (1, "text.strong")) if changed else ((0, "text.main"),)
            rows.append(
                Row(
                    setting.key,
                    (
                        words.said(setting.name),
                        number_words(setting, value),
                        number_words(setting, setting.default),
                        setting.source,
                        setting.key,
                    ),
                    tones,
                )
            )
        self._table.rows.show(rows)
        self._table.rows.retranslate()
        self._table.set_widths()
        self._table.setAccessibleName(_("Settings"))
