"""People and their roles, for administrators: enter, correct, give a new password, close an account."""

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QComboBox, QFormLayout, QFrame, QLabel, QLineEdit, QWidget

from console.i18n import N_, _
from console.models.errors import ConsoleError
from console.models.events import PersonChanged
from console.models.ids import PersonId
from console.models.people import Actor, Person, Right, Role
from console.services import people, queries
from console.views import words
from console.views.build import bar, button, column, label, named, row
from console.views.rights import may
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

_FIELDS: Final = ("name", "login", "employee_no", "phone", "password")


class PeopleTab(QWidget):
    """A table, and beside it the form of one person. Nobody is ever deleted: the record names them."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._people: dict[str, Person] = {}
        self._editing: PersonId | None = None
        self._title = label("system.people_title", "heading")
        self._new = button("system.person_new", self._begin_new, icon="user-plus")
        self._table = RowsTable(
            "system.people",
            RowsModel((N_("Name"), N_("Login"), N_("Role"), N_("Number"), N_("Telephone"), N_("Account state")), self),
            {0: 0.24, 1: 0.18, 2: 0.16, 3: 0.14, 4: 0.16, 5: 0.12},
        )
        self._table.selectionModel().selectionChanged.connect(lambda *_args: self._choose())
        left = column(bar("system.people_bar", self._title, 1, self._new), self._table)
        left.setSpacing(0)
        whole = row(left, self._form())
        whole.setStretch(0, 1)
        self.setLayout(whole)
        bridge.on(PersonChanged, lambda event: self._take_in(event.person))
        self.retranslate()

    def _form(self) -> QFrame:
        self._form_title = label("system.person_title", "heading")
        self._fields: dict[str, QLineEdit] = {name: named(QLineEdit(), f"system.person_{name}") for name in _FIELDS}
        self._fields["password"].setEchoMode(QLineEdit.EchoMode.Password)
        self._labels: dict[str, QLabel] = {name: label(f"system.person_{name}_name") for name in (*_FIELDS, "role")}
        self._role = named(QComboBox(), "system.person_role")
        form = QFormLayout()
        form.setSpacing(10)
        for name in ("name", "login"):
            form.addRow(self._labels[name], self._fields[name])
        form.addRow(self._labels["role"], self._role)
        for name in ("employee_no", "phone", "password"):
            form.addRow(self._labels[name], self._fields[name])
        self._says = label("system.person_says", "warning", wraps=True)
        self._says.hide()
        self._save = button("system.person_save", self.save, "main")
        self._close = button("system.person_close", self._toggle, "quiet")
        card = named(QFrame(), "system.person_card", "card")
        card.setFixedWidth(380)
        card.setLayout(
            column(self._form_title, form, self._says, row(self._save, self._close, 1), 1, margins=(20, 16, 20, 16))
        )
        return card

    def begin(self) -> None:
        """Read everybody; called when an administrator takes the keyboard."""
        self._bridge.ask(queries.people, then=self._set_people)

    # ---------------------------------------------------------------- the form

    def _begin_new(self) -> None:
        self._table.clearSelection()
        self._editing = None
        for field in self._fields.values():
            field.clear()
        self._role.setCurrentIndex(0)
        self._show_form()
        self._fields["name"].setFocus()

    def _choose(self) -> None:
        person = self._people.get(self._table.chosen_key())
        if person is None:
            return
        self._editing = person.id
        for name in ("name", "login", "employee_no", "phone"):
            self._fields[name].setText(getattr(person, name))
        self._fields["password"].clear()
        self._role.setCurrentIndex(list(Role).index(person.role))
        self._show_form()

    def save(self) -> None:
        """Do what the form says: enter somebody, or bring about each difference by its own verb."""
        actor = self._bridge.actor
        if actor is None:
            return
        self._says.hide()
        words_of = {name: field.text().strip() for name, field in self._fields.items() if name != "password"}
        password = self._fields["password"].text()
        role = list(Role)[self._role.currentIndex()]
        person = self._people.get(self._editing or "")
        if person is None:
            self._bridge.beside(
                people.add_person, words_of["login"], words_of["name"], role, password, by=actor,
                employee_no=words_of["employee_no"], phone=words_of["phone"],
                then=self._entered, failed=self._refused,
            )
            return
        details = {name: words_of[name] for name in ("name", "employee_no", "phone")}
        if any(getattr(person, name) != value for name, value in details.items()):
            self._bridge.do(
                people.change_details, person.id, **details, by=actor, then=self._done, failed=self._refused
            )
        if role is not person.role:
            self._bridge.do(people.change_role, person.id, role, by=actor, then=self._done, failed=self._refused)
        if password:
            self._bridge.beside(
                people.set_password, person.id, person.login, password, by=actor, then=self._done, failed=self._refused
            )

    def _toggle(self) -> None:
        person = self._people.get(self._editing or "")
        actor: Actor | None = self._bridge.actor
        if person is not None and actor is not None:
            self._says.hide()
            self._bridge.do(
                people.set_active, person.id, not person.active, by=actor, then=self._done, failed=self._refused
            )

    def _entered(self, _person: Person) -> None:
        if self._editing is None:  # nobody else has been chosen meanwhile
            self._begin_new()

    def _done(self, _person: Person) -> None:
        self._fields["password"].clear()

    def _refused(self, error: ConsoleError) -> None:
        self._says.setText(words.said(error.text))
        self._says.show()

    # ---------------------------------------------------------------- the table

    def _set_people(self, everybody: tuple[Person, ...]) -> None:
        self._people = {person.id: person for person in everybody}
        self._show()

    def _take_in(self, person: Person) -> None:
        if not may(self._bridge.actor, Right.MANAGE_PEOPLE):
            return
        self._people[person.id] = person
        self._show()
        self._show_form()

    def _show(self) -> None:
        rows = []
        for person in sorted(self._people.values(), key=lambda one: (not one.active, one.login)):
            state = _("open") if person.active else _("closed")
            fields = (person.name, person.login, words.term(person.role), person.employee_no, person.phone, state)
            tones = ((0, "text.main"),) if person.active else tuple((n, "text.disabled") for n in range(len(fields)))
            rows.append(Row(person.id, fields, tones))
        self._table.rows.show(rows)

    def _show_form(self) -> None:
        person = self._people.get(self._editing or "")
        self._form_title.setText(person.name if person is not None else _("Enter somebody"))
        self._fields["login"].setReadOnly(person is not None)
        new_password = _("New password") if person is not None else _("First password")
        self._labels["password"].setText(new_password)
        self._fields["password"].setAccessibleName(new_password)
        self._fields["password"].setPlaceholderText(_("stays as it is") if person is not None else "")
        self._save.setText(_("Save") if person is not None else _("Enter this person"))
        self._close.setVisible(person is not None)
        if person is not None:
            self._close.setText(_("Close the account") if person.active else _("Open the account again"))

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("People"))
        self._new.setText(_("Enter somebody"))
        texts = {
            "name": _("Name"),
            "login": _("Login"),
            "employee_no": _("Number"),
            "phone": _("Telephone"),
            "role": _("Role"),
        }
        for name, text in texts.items():
            self._labels[name].setText(text)
        for name in ("name", "login", "employee_no", "phone"):
            self._fields[name].setAccessibleName(texts[name])
        self._role.setAccessibleName(texts["role"])
        chosen = max(0, self._role.currentIndex())
        self._role.clear()
        self._role.addItems([words.term(role) for role in Role])
        self._role.setCurrentIndex(chosen)
        self._table.setAccessibleName(_("People"))
        self._table.rows.retranslate()
        self._table.set_widths()
        self._show()
        self._show_form()


