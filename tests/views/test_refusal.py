"""A console that cannot begin says why on the screen."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from console import i18n, resources
from console.models.text import Text
from console.views import theme
from console.views.refusal import RefusalPage

WHY = Text(zh="数据库已损坏。请用 zhishou restore 恢复备份。", en="The database is damaged. Restore a backup.")


def test_that_the_reason_stands_on_the_page_in_the_language_in_force(qtbot: Any) -> None:
    i18n.set_language("zh_CN")
    page = RefusalPage(WHY)
    qtbot.addWidget(page)
    words = page.findChild(QLabel, "refusal.words")
    assert isinstance(words, QLabel)
    assert words.text() == WHY.zh
    assert page.windowTitle() == "值守台无法启动"


def test_that_the_page_closes_by_its_button(qtbot: Any) -> None:
    page = RefusalPage(WHY)
    qtbot.addWidget(page)
    page.show()
    button = page.findChild(QPushButton, "refusal.close")
    assert isinstance(button, QPushButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not page.isVisible()


def test_that_missing_type_is_named_and_nothing_breaks(qapp: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(theme, "FAMILY", "No such family")
    monkeypatch.setattr(theme, "_FONT_FILES", ("fonts/NotoSansSC-Regular.ttf", "fonts/gone.ttf"))
    assert resources.path("fonts/NotoSansSC-Regular.ttf").exists()
    assert theme.load_fonts() == ("fonts/gone.ttf",)
