"""The page shown in the place of the window when the console cannot begin."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.i18n import _, language
from console.models.text import Text
from console.views.build import button, label


class RefusalPage(QWidget):
    """Says what is wrong and what to do, in the language in force; the words can be marked and copied."""

    def __init__(self, why: Text) -> None:
        super().__init__()
        self.setObjectName("refusal")
        self.setWindowTitle(_("The console cannot start"))
        self.setMinimumWidth(680)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 28, 32, 24)
        layout.setSpacing(16)
        title = label("refusal.title", "title")
        title.setText(_("The console cannot start"))
        layout.addWidget(title)
        words = label("refusal.words", "say", wraps=True)
        words.setText(why.in_language(language()))
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(words)
        close = button("refusal.close", self.close, "main")
        close.setText(_("Close"))
        layout.addWidget(close, alignment=Qt.AlignmentFlag.AlignRight)
