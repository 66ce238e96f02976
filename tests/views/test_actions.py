"""The table of keys: complete, unambiguous, done by somebody, shown in the help and written down."""

from typing import Any

import polib
import pytest
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel

from console import i18n, registry, resources
from console.views.action import WINDOW
from console.views.actions import ACTIONS, plain_actions
from console.views.help import HelpPage, keys_of
from console.views.main_window import MainWindow
from console.views.panel import PanelSpec
from tests.test_architecture import ROOT
from tests.views.posts import Seat


def test_that_no_two_actions_share_a_key() -> None:
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))


def test_that_every_key_is_one_that_qt_knows() -> None:
    for action in ACTIONS:
        for key in action.keys:
            assert QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText) == key


def test_that_every_action_is_done_by_the_window_or_by_a_panel(qtbot: Any, seat: Seat) -> None:
    window = MainWindow(seat.bridge)
    qtbot.addWidget(window)
    for action in ACTIONS:
        for key, method in action.goes_to:
            target = window if key == WINDOW else window.panels[key]
            assert callable(getattr(target, method, None)), f"{action.name}: {key}.{method}"
        made = window.findChild(QAction, action.object_name)
        assert made is not None
        assert made.text() == action.title


def test_that_plain_keys_are_not_shortcuts_of_qt(qtbot: Any, seat: Seat) -> None:
    window = MainWindow(seat.bridge)
    qtbot.addWidget(window)
    for action in ACTIONS:
        if action.plain:
            made = window.findChild(QAction, action.object_name)
            assert not made.shortcuts(), f"{action.name} would be taken from whoever types"
    assert {"Space", "Return", "1", "9", "Esc", "?"} <= plain_actions().keys()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_that_the_help_page_shows_every_action(qtbot: Any, looks: None, language: str) -> None:
    i18n.set_language(language)
    page = HelpPage()
    qtbot.addWidget(page)
    for action in ACTIONS:
        assert page.findChild(QLabel, f"help.key_{action.name}").text() == keys_of(action)
        assert page.findChild(QLabel, f"help.name_{action.name}").text() == i18n._(action.title)
        assert page.findChild(QLabel, f"help.what_{action.name}").text() == i18n._(action.what)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_that_the_help_page_and_the_document_show_the_keys_that_panels_have_for_themselves(
    qtbot: Any, looks: None, language: str
) -> None:
    i18n.set_language(language)
    specs = registry.discover("console.views.panels", kind=PanelSpec).values()
    page = HelpPage(specs)
    qtbot.addWidget(page)
    written = (ROOT / "docs" / "keys.md").read_text(encoding="utf-8")
    own = [(spec, key) for spec in specs for key in spec.keys]
    assert len(own) > 30
    for spec, key in own:
        assert page.findChild(QLabel, f"help.key_{spec.key}_{key.name}").text() == "  ".join(key.keys)
        assert page.findChild(QLabel, f"help.what_{spec.key}_{key.name}").text() == i18n._(key.what)
        assert i18n.translate(key.what, "zh_CN") != key.what
        assert i18n.translate(key.what, language) in written


def test_that_every_action_is_said_in_chinese() -> None:
    catalogue = {
        entry.msgid: entry.msgstr
        for file in resources.path("locale/zh_CN").glob("*.po")
        for entry in polib.pofile(str(file))
    }
    for action in ACTIONS:
        assert catalogue.get(action.title), action.title
        assert catalogue.get(action.what), action.what


def test_that_every_key_is_written_down_in_both_languages() -> None:
    text = (ROOT / "docs" / "keys.md").read_text(encoding="utf-8")
    for action in ACTIONS:
        for said in (action.what, i18n.translate(action.what, "zh_CN")):
            assert any(f"`{keys_of(action)}`" in line and said in line for line in text.splitlines()), action.name
