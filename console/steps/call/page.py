"""The page of a call step: whom to call in large figures, what to say, and how it went."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.i18n import _
from console.models.plans import Step, StepRun
from console.models.site import Contact, place_path
from console.steps.call.step import answers_of
from console.steps.confirm.page import Answers
from console.steps.spec import Scene
from console.views import words


def contacts_of(step: Step, scene: Scene) -> tuple[Contact, ...]:
    """The contacts that the step names, by id or by role, in its order and without doubles."""
    found: list[Contact] = []
    for wanted in step.options.get("contacts", ()):
        for contact in scene.site.contacts:
            if wanted in (contact.id, contact.role) and contact not in found:
                found.append(contact)
    return tuple(found)


def script_of(step: Step, scene: Scene) -> str:
    """The words to say, with place, time and names filled in."""
    script = step.options.get("script") or {}
    said = str(script.get("zh" if scene.language.startswith("zh") else "en", ""))
    alarm = scene.alarm
    place = place_path(scene.site, scene.incident.place, scene.language) or scene.site.name.in_language(scene.language)
    facts = {
        "site": scene.site.name.in_language(scene.language),
        "address": scene.site.address.in_language(scene.language),
        "place": place,
        "time": words.minute(scene.incident.detected_at, words.zone_or_utc(scene.site)),
        "caller": scene.operator,
        "phone": scene.site.phone,
        "alarm": (alarm.title if alarm else scene.incident.title).in_language(scene.language),
    }
    for name, fact in facts.items():
        said = said.replace("{" + name + "}", fact)
    return said


class Page(QWidget):
    """Call, say, tell how it went. `settled(answer, {"contact", "name", "phone"})`."""

    settled = Signal(str, dict)

    def __init__(self, step: Step, visit: StepRun, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self._contacts = contacts_of(step, scene)
        self._chosen = 0
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._choice())
        self._phone = QLabel(self)
        self._phone.setObjectName("response.phone")
        self._phone.setProperty("role", "phone")
        self._who = QLabel(self)
        self._who.setObjectName("response.who")
        self._who.setProperty("role", "heading")
        self._who.setWordWrap(True)
        number = QHBoxLayout()
        number.setSpacing(14)
        number.addWidget(self._phone)
        number.addWidget(self._who, 1)
        layout.addLayout(number)
        said = script_of(step, scene)
        if said:
            layout.addWidget(self._card(said))
        tries = int(visit.value.get("tries", 0))
        if tries:
            tried = QLabel(_("Tried {count} times already").format(count=tries), self)
            tried.setProperty("role", "warning")
            layout.addWidget(tried)
        self.answers = Answers(answers_of(step), scene.language, self)
        self.answers.picked.connect(self._settle)
        layout.addWidget(self.answers)
        self._show(0)

    def _choice(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self._group = QButtonGroup(self)
        for index, contact in enumerate(self._contacts):
            button = QPushButton(contact.name.in_language(self._scene.language), self)
            button.setObjectName(f"response.contact.{contact.id}")
            button.setCheckable(True)
            button.setVisible(len(self._contacts) > 1)
            button.clicked.connect(lambda _checked=False, at=index: self._show(at))
            self._group.addButton(button, index)
            row.addWidget(button)
        row.addStretch()
        return row

    def _card(self, said: str) -> QFrame:
        card = QFrame(self)
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        script = QLabel(said, card)
        script.setObjectName("response.script")
        script.setProperty("role", "script")
        script.setWordWrap(True)
        inside.addWidget(script)
        return card

    def _show(self, index: int) -> None:
        if not self._contacts:
            self._who.setText(_("No contact of that kind in the site folder"))
            return
        self._chosen = index
        contact = self._contacts[index]
        self._group.button(index).setChecked(True)
        # The number first and never shortened: it is what must be read while it is dialled.
        self._phone.setText(contact.phone)
        self._who.setText(contact.name.in_language(self._scene.language))

    def choose(self, number: int) -> bool:
        """A number key was pressed."""
        return self.answers.choose(number)

    def proceed(self) -> bool:
        """Enter: the call was answered, the usual case."""
        return self.answers.choose(1)

    def _settle(self, answer: str) -> None:
        contact = self._contacts[self._chosen] if self._contacts else None
        value = (
            {"contact": contact.id, "name": contact.name.in_language(self._scene.language), "phone": contact.phone}
            if contact
            else {}
        )
        self.settled.emit(answer, value)
