"""Switch the language of everything on the screen, Qt's own few words (cut, copy, paste) among them."""

from typing import Final

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from console import i18n

_NAME: Final = "screen.qt_words"


def speak(app: QApplication, language: str) -> None:
    """Say everything from now on in `language`, "zh_CN" or "en"; widgets ask again when their `retranslate` is called."""
    i18n.set_language(language)
    QLocale.setDefault(QLocale(language if language != "en" else "en_GB"))
    old = app.findChild(QTranslator, _NAME)
    if old is not None:
        app.removeTranslator(old)
        old.deleteLater()
    if language == "en":
        return
    words = QTranslator(app)
    words.setObjectName(_NAME)
    if words.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(words)
