"""The page of a dispatch step: posts by distance, the nearest first, one key each."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from console.i18n import _
from console.models.ids import PostId
from console.models.plans import Step, StepRun
from console.models.site import Post, PostKind
from console.services.dispatch import nearest
from console.steps.spec import Scene

OFFERED = 5
_MOBILE = (PostKind.PATROL.value, PostKind.RESERVE.value, PostKind.GATE.value, PostKind.LEADER.value)


def offered(step: Step, scene: Scene) -> tuple[tuple[Post, float | None], ...]:
    """The posts to choose from, the preferred one first: by distance from the alarm, or as the plan names it."""
    kinds = tuple(step.options.get("kinds", _MOBILE))
    spot = scene.alarm.spot if scene.alarm else None
    ranked = [pair for pair in nearest(scene.site, spot, scene.positions) if pair[0].kind.value in kinds]
    ranked.sort(key=lambda pair: kinds.index(pair[0].kind.value) if pair[1] is None else -1)
    prefer = step.options.get("prefer", "nearest")
    ranked.sort(key=lambda pair: pair[0].id != prefer)
    return tuple(ranked[:OFFERED])


class Page(QWidget):
    """Choose the post to send; Enter sends the first one. `settled("", {"post": id})`."""

    settled = Signal(str, dict)

    def __init__(self, step: Step, _visit: StepRun, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._posts = offered(step, scene)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for number, (post, metres) in enumerate(self._posts, 1):
            button = QPushButton(self._words(number, post, metres, scene.language), self)
            button.setObjectName(f"response.post.{post.id}")
            button.setProperty("role", "answer")
            button.clicked.connect(lambda _checked=False, chosen=post.id: self._settle(chosen))
            layout.addWidget(button)
        if not self._posts:
            empty = QLabel(_("The site names no post that can be sent."), self)
            empty.setProperty("role", "warning")
            empty.setWordWrap(True)
            layout.addWidget(empty)

    @staticmethod
    def _words(number: int, post: Post, metres: float | None, language: str) -> str:
        parts = [post.name.in_language(language)]
        if metres is not None:
            parts.append(_("{metres} m").format(metres=round(metres)))
        if post.call_sign:
            parts.append(post.call_sign)
        staff = "、".join(post.staff) if language.startswith("zh") else ", ".join(post.staff)
        if staff:
            parts.append(staff)
        return f"{number}    " + "  ·  ".join(parts)

    def choose(self, number: int) -> bool:
        """A number key was pressed."""
        if not 1 <= number <= len(self._posts):
            return False
        self._settle(self._posts[number - 1][0].id)
        return True

    def proceed(self) -> bool:
        """Enter sends the first post offered."""
        return self.choose(1)

    def _settle(self, post: PostId) -> None:
        self.settled.emit("", {"post": post})
