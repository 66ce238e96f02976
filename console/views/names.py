"""What people are called, kept for the painters: a row cannot wait for a question to be answered."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from console.models.events import PersonChanged, SignedOn
from console.models.people import Person
from console.services import queries

if TYPE_CHECKING:
    from console.bridge import Bridge

_NAME: Final = "screen.names"


class People(QObject):
    """Every person's name by id; `changed` when one was learnt."""

    changed = Signal()

    def __init__(self, bridge: "Bridge") -> None:
        super().__init__(bridge)
        self.setObjectName(_NAME)
        self._names: dict[str, str] = {}
        bridge.on(PersonChanged, lambda event: self._learn(event.person.id, event.person.name))
        bridge.on(SignedOn, lambda event: self._learn(event.sign_on.person, event.sign_on.name))
        bridge.ask(queries.people, then=self._begin)

    def called(self, person: str | None) -> str:
        """A person's name; the id where nobody of that id is known, nothing for nobody."""
        return self._names.get(person, person) if person else ""

    def _begin(self, people: tuple[Person, ...]) -> None:
        self._names = {**{person.id: person.name for person in people}, **self._names}
        self.changed.emit()

    def _learn(self, person: str, name: str) -> None:
        if self._names.get(person) != name:
            self._names[person] = name
            self.changed.emit()


def shared(bridge: "Bridge") -> People:
    """Give the one keeper of names below the bridge, made when it is first asked for."""
    found = bridge.findChild(People, _NAME)
    return found if found is not None else People(bridge)
