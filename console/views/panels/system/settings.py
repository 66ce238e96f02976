"""Every number of the post: what is in force, the default and where it comes from; changed here with a reason."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QLineEdit, QWidget
from typing_extensions import override

from console.i18n import N_, _
from console.models.errors import ConsoleError
from console.models.events import SettingChanged
from console.models.people import Right
from console.models.settings import BY_KEY, SETTINGS, ChosenSetting, Setting, SettingValue, value_of
from console.models.text import Text
from console.services import settings
from console.views import names, words
from console.views.build import bar, button, column, label, named, row
from console.views.rights import may
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

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


def read_number(setting: Setting, text: str) -> SettingValue:
    """What was typed as the setting's own kind; ConsoleError where it is none."""
    typed = text.strip()
    if isinstance(setting.default, bool):
        if typed.lower() in {"yes", "true", "是"}:
            return True
        if typed.lower() in {"no", "false", "否"}:
            return False
    elif isinstance(setting.default, str):
        return typed
    else:
        try:
            return float(typed)
        except ValueError:
            pass
    raise ConsoleError(
        zh=f"“{typed}”不能作为“{setting.name.zh}”的值。", en=f'"{typed}" is no value for "{setting.name.en}".'
    )


class SettingsTab(QWidget):
    """A table, and below it the editor of the chosen number. What is chosen here outranks the site folder."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._people = names.shared(bridge)
        self._chosen: dict[str, ChosenSetting] = {}
        # What was put into the field last; what somebody types over it stays until that number itself changes.
        self._filled: tuple[str, SettingValue] | None = None
        self._title = label("system.settings_title", "heading")
        self._note = label("system.settings_note", "dim", shrinks=True)
        self._table = RowsTable(
            "system.settings",
            RowsModel((N_("What"), N_("In force"), N_("Default"), N_("Where the default comes from"), N_("Key")), self),
            {0: 0.3, 1: "0:00:00  (00000 s)", 2: "0:00:00  (00000 s)", 3: 0.48, 4: 0.22},
        )
        self._table.selectionModel().selectionChanged.connect(lambda *_args: self._choose())
        self._refusal: Text | None = None
        self._says = label("system.setting_says", "dim", shrinks=True)
        self._value = named(QLineEdit(), "system.setting_value")
        self._value.setMaximumWidth(160)
        self._bounds = label("system.setting_bounds", "dim")
        self._reason = named(QLineEdit(), "system.setting_reason")
        self._reason.setMaxLength(settings.LONGEST_REASON)
        self._reason.textChanged.connect(lambda _text: self._allow())
        self._reason.returnPressed.connect(self.put_in_force)
        self._set = button("system.setting_set", self.put_in_force, "main")
        self._back = button("system.setting_back", self.go_back)
        form = named(QFrame(), "system.setting_form", "bar")
        line = row(self._value, self._bounds, self._reason, self._set, self._back)
        line.setStretch(2, 1)
        form.setLayout(column(self._says, line, margins=(8, 6, 4, 6)))
        head = bar("system.settings_bar", self._title, self._note)
        whole = column(head, self._table, form)
        whole.setSpacing(0)
        self.setLayout(whole)
        bridge.on(SettingChanged, lambda _event: self._ask())
        bridge.actor_changed.connect(lambda _actor: self._allow())
        self._people.changed.connect(self._tell)
        self.retranslate()
        self._ask()

    @override
    def showEvent(self, event: "QShowEvent") -> None:
        super().showEvent(event)
        self._show()

    def _ask(self) -> None:
        self._bridge.ask(settings.chosen_rows, then=self._set_chosen)

    def _set_chosen(self, rows: dict[str, ChosenSetting]) -> None:
        self._chosen = rows
        self._show()
        self._choose()

    # ---------------------------------------------------------------- what the buttons do

    def put_in_force(self) -> None:
        """Put the typed number in force."""
        setting = BY_KEY.get(self._table.chosen_key())
        if setting is None:
            return
        try:
            self._change(setting, read_number(setting, self._value.text()))
        except ConsoleError as error:
            self._refused(error)

    def go_back(self) -> None:
        """Let the site folder, or the default, decide again."""
        setting = BY_KEY.get(self._table.chosen_key())
        if setting is not None:
            self._change(setting, None)

    def _change(self, setting: Setting, value: SettingValue | None) -> None:
        if self._bridge.actor is not None:
            self._bridge.do(
                settings.change, setting.key, value, self._reason.text(), by=self._bridge.actor,
                then=self._done, failed=self._refused,
            )  # fmt: skip

    def _done(self, _nothing: None) -> None:
        self._refusal = None
        self._reason.clear()
        self._show()

    def _refused(self, error: ConsoleError) -> None:
        self._refusal = error.text
        self._tell()

    # ---------------------------------------------------------------- what it shows

    def _choose(self) -> None:
        setting = BY_KEY.get(self._table.chosen_key())
        self._value.setEnabled(setting is not None)
        if setting is None:
            self._filled = self._refusal = None
            self._value.clear()
            self._bounds.clear()
        else:
            value = value_of(self._bridge.settings, setting.key)
            if self._filled != (setting.key, value):
                self._filled, self._refusal = (setting.key, value), None
                is_flag, is_text = isinstance(value, bool), isinstance(value, str)
                self._value.setText(
                    number_words(setting, value) if is_flag else str(value) if is_text else f"{value:g}"
                )
            self._bounds.setText(words.said(settings.bounds_text(setting)))
            self._value.setAccessibleName(words.said(setting.name))
        self._tell()
        self._allow()

    def _tell(self) -> None:
        setting = BY_KEY.get(self._table.chosen_key())
        chosen = self._chosen.get(setting.key) if setting is not None else None
        if self._refusal is not None:  # it stands until it is answered, whoever's name arrives meanwhile
            self._says.setText(words.said(self._refusal))
        elif setting is None:
            self._says.setText(_("Choose a number to change it."))
        elif chosen is None:
            self._says.setText(words.said(setting.name))
        else:
            self._says.setText(
                _("{what}: changed at {time} by {who}: {reason}").format(
                    what=words.said(setting.name),
                    time=words.day_and_time(chosen.changed_at, self._zone),
                    who=self._people.called(chosen.changed_by),
                    reason=chosen.reason,
                )
            )

    def _allow(self) -> None:
        allowed = may(self._bridge.actor, Right.CHANGE_SETTINGS)
        key = self._table.chosen_key()
        self._value.setReadOnly(not allowed)
        self._reason.setEnabled(allowed and bool(key))
        ready = allowed and bool(key) and bool(self._reason.text().strip())
        self._set.setEnabled(ready)
        self._back.setEnabled(ready and key in self._chosen)

    def _show(self) -> None:
        rows = []
        for setting in SETTINGS:
            value = value_of(self._bridge.settings, setting.key)
            changed = value != setting.default
            tones = ((0, "text.main"), (1, "text.strong")) if changed else ((0, "text.main"),)
            in_force = number_words(setting, value)
            fields = (
                words.said(setting.name),
                f"{in_force} *" if setting.key in self._chosen else in_force,
                number_words(setting, setting.default),
                words.cited(setting.source),
                setting.key,
            )
            rows.append(Row(setting.key, fields, tones))
        self._table.rows.show(rows)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Settings"))
        self._note.setText(
            _("What differs from the default stands out; * was chosen at the console and outranks the site folder.")
        )
        self._reason.setPlaceholderText(_("Why? It goes into the journal"))
        self._reason.setAccessibleName(_("Reason for the change"))
        self._set.setText(_("Put in force"))
        self._back.setText(_("Back to the site folder"))
        self._table.setAccessibleName(_("Settings"))
        self._filled = None
        self._show()
        self._choose()
        self._table.rows.retranslate()
        self._table.set_widths()
