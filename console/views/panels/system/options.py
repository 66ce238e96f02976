"""The options of one source: what is in force, what the site folder says, and changing them with a reason."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import yaml
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QWidget

from console.i18n import N_, _
from console.models.errors import ConsoleError
from console.models.inputs import InputFacts, Option, OptionKind
from console.models.people import Right
from console.views import words
from console.views.build import bar, button, column, label, named, row
from console.views.rights import may
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

DATA_PX: Final = 120
_YES: Final = frozenset({"yes", "true", "1", "on", "是"})
_NO: Final = frozenset({"no", "false", "0", "off", "否"})


def written(option: Option, value: Any) -> str:
    """A value as it is shown and edited; data as YAML, a secret as its name."""
    if value is None:
        return ""
    if option.kind is OptionKind.FLAG:
        return _("yes") if value else _("no")
    if option.kind is OptionKind.DATA:
        dumped: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=None, width=100)
        return dumped.strip()
    return f"{value:g}" if isinstance(value, float) else str(value)


def read(option: Option, text: str) -> Any:
    """What was typed as the option's own kind; ConsoleError where it is none."""
    typed = text.strip()
    try:
        if option.kind is OptionKind.DATA:
            return yaml.safe_load(text)
        if option.kind is OptionKind.WHOLE:
            return int(typed)
        if option.kind is OptionKind.NUMBER:
            number = float(typed)
            return int(number) if number.is_integer() else number
    except (ValueError, OverflowError, yaml.YAMLError) as error:
        raise ConsoleError(zh=f"“{option.name}”的值看不懂。", en=f'The value of "{option.name}" cannot be read.') from error
    if option.kind is OptionKind.FLAG:
        if typed.lower() in _YES | _NO:
            return typed.lower() in _YES
        raise ConsoleError(zh=f"“{option.name}”应为 是 或 否。", en=f'"{option.name}" must be yes or no.')
    return typed


class OptionsPart(QWidget):
    """A table of options, and below it the editor of the chosen one."""

    def __init__(self, bridge: "Bridge", changed: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._changed = changed
        self._facts: InputFacts | None = None
        self._editing = ""
        self._title = label("system.options_title", "heading", shrinks=True)
        self._table = RowsTable(
            "system.options",
            RowsModel((N_("Option"), N_("In force"), N_("Site folder")), self),
            {0: 0.34, 1: 0.36, 2: 0.3},
        )
        self._table.selectionModel().selectionChanged.connect(lambda *_args: self._choose())
        self._line = named(QLineEdit(), "system.option_value")
        self._data = named(QPlainTextEdit(), "system.option_data")
        self._data.setFixedHeight(DATA_PX)
        self._data.setTabChangesFocus(True)
        self._data.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._reason = named(QLineEdit(), "system.option_reason")
        self._reason.setMaxLength(500)
        self._reason.textChanged.connect(lambda _text: self._allow())
        self._says = label("system.option_says", "warning", wraps=True)
        self._says.hide()
        self._set = button("system.option_set", self.put_in_force, "main")
        self._back = button("system.option_back", self.go_back)
        form = named(QFrame(), "system.option_form", "bar")
        form.setLayout(
            column(self._says, self._data, self._line, row(self._reason, self._set, self._back), margins=(8, 6, 4, 6))
        )
        whole = column(bar("system.options_bar", self._title), self._table, form)
        whole.setSpacing(0)
        self.setLayout(whole)
        bridge.actor_changed.connect(lambda _actor: self._allow())
        self._choose()

    # ---------------------------------------------------------------- what the buttons do

    def put_in_force(self) -> None:
        """Put what was typed in force; the source is started anew with it."""
        option = self._option()
        if option is None:
            return
        try:
            value = read(option, self._data.toPlainText() if option.kind is OptionKind.DATA else self._line.text())
        except ConsoleError as error:
            self._refused(error)
            return
        self._change(option, value)

    def go_back(self) -> None:
        """Let the site folder decide again."""
        option = self._option()
        if option is not None:
            self._change(option, None)

    def _change(self, option: Option, value: Any) -> None:
        asked, actor = self._bridge.surroundings.inputs, self._bridge.actor
        if asked is None or actor is None or self._facts is None:
            return
        self._says.hide()
        self._bridge.attend(
            asked.change(self._facts.id, {option.name: value}, self._reason.text(), actor), self._done, self._refused
        )

    def _done(self, _nothing: None) -> None:
        self._reason.clear()
        self._changed()

    def _refused(self, error: ConsoleError) -> None:
        self._says.setText(words.said(error.text))
        self._says.show()

    # ---------------------------------------------------------------- what it shows

    def show_source(self, facts: InputFacts | None) -> None:
        """Show the options of this source; None for none."""
        another = facts is None or self._facts is None or facts.id != self._facts.id
        self._facts = facts
        self._show()
        if another:
            self._table.clearSelection()
        self._choose()

    def _show(self) -> None:
        facts = self._facts
        options = facts.options if facts is not None else ()
        rows = []
        for option in options:
            assert facts is not None
            of_site, is_chosen = facts.of_site.get(option.name, option.default), option.name in facts.chosen
            in_force = facts.chosen[option.name] if is_chosen else of_site
            shown, folder = (" ".join(written(option, one).split()) or "—" for one in (in_force, of_site))
            tones = ((0, "text.main"), (1, "text.strong")) if is_chosen else ((0, "text.main"),)
            rows.append(Row(option.name, (words.said(option.label), shown, folder), tones, tip=written(option, in_force)))
        self._table.rows.show(rows)
        name = words.said(facts.name) if facts is not None else ""
        self._title.setText(_("Options of {source}").format(source=name) if name else _("Options"))

    def _option(self) -> Option | None:
        key = self._table.chosen_key()
        return next((one for one in self._facts.options if one.name == key), None) if self._facts is not None else None

    def _choose(self) -> None:
        option, facts = self._option(), self._facts
        is_data = option is not None and option.kind is OptionKind.DATA
        self._data.setVisible(is_data)
        self._line.setVisible(option is not None and not is_data)
        self._reason.setVisible(option is not None)
        self._set.setVisible(option is not None)
        self._back.setVisible(option is not None)
        self._says.hide()
        if option is None or facts is None:
            self._allow()
            return
        of_site = facts.of_site.get(option.name, option.default)
        text = written(option, facts.chosen.get(option.name, of_site))
        self._data.setPlainText(text if is_data else "")
        self._line.setText("" if is_data else text)
        self._line.setPlaceholderText(", ".join(option.choices) or words.term(option.kind))
        self._line.setAccessibleName(words.said(option.label))
        self._data.setAccessibleName(words.said(option.label))
        self._allow()

    def _allow(self) -> None:
        allowed = may(self._bridge.actor, Right.CHANGE_SETTINGS)
        option, facts = self._option(), self._facts
        self._line.setReadOnly(not allowed)
        self._data.setReadOnly(not allowed)
        self._reason.setEnabled(allowed)
        ready = allowed and bool(self._reason.text().strip()) and option is not None
        self._set.setEnabled(ready)
        self._back.setEnabled(ready and facts is not None and option is not None and option.name in facts.chosen)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._reason.setPlaceholderText(_("Why? It goes into the journal"))
        self._reason.setAccessibleName(_("Reason for the change"))
        self._set.setText(_("Put in force"))
        self._back.setText(_("Back to the site folder"))
        self._table.setAccessibleName(_("Options"))
        self._table.say_when_empty(_("This source has no options to be changed here"))
        self._table.rows.retranslate()
        self._table.set_widths()
        self._show()
