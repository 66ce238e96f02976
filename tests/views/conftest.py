"""A seat to work at, and the look of the program."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from console.models.clock import FakeClock
from console.views import theme
from tests.views import posts


@pytest.fixture
def looks(qapp: QApplication) -> Iterator[None]:
    """The night look while the test lasts."""
    before, sheet, colours, face = theme._in_force.look, qapp.styleSheet(), qapp.palette(), qapp.font()
    theme.put_on(qapp, "night")
    yield
    # What is already given up goes first: each of the three would dress it again.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    theme._in_force.look = before
    qapp.setStyleSheet(sheet)
    qapp.setPalette(colours)
    qapp.setFont(face)


@pytest.fixture
def seat(looks: None, qtbot: Any, tmp_path: Path, clock: FakeClock) -> Iterator[posts.Seat]:
    """A seat of the demonstration site; nobody has the keyboard yet."""
    with posts.seat(tmp_path, clock) as running:
        yield running


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """The bridge falls silent before the widgets go, as it does when the console is closed."""
    for value in getattr(item, "funcargs", {}).values():
        if isinstance(value, posts.Seat):
            value.bridge.close()
    return (yield)
