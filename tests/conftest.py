"""Fixtures of every test, and a home of its own for every test process."""

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from pytestqt.qtbot import QtBot
from typing_extensions import override

# How fast an example runs is the machine's affair; tests say themselves what has to be quick.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Nothing a test does may touch the person's own settings and data.
_home = tempfile.TemporaryDirectory(prefix="zhishou-tests-", ignore_cleanup_errors=True)
for _name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
    os.environ[_name] = str(Path(_home.name, _name.lower()))

from console import i18n, resources  # noqa: E402 - after the environment
from console.models.clock import FakeClock  # noqa: E402
from tests.guards import (  # noqa: E402, F401 - fixtures of every test
    forbid_modal_dialogs,
    no_network_beyond_loopback,
    no_shared_memory_is_left,
    no_unexpected_log_line,
    nothing_runs_on,
    qt_is_at_rest,
)

USUAL_LIMIT_S = 120
PATIENCE_MS = 80_000
FULL_COLLECTION_EVERY = 40
FONTS = ("fonts/NotoSansSC-Regular.ttf", "fonts/NotoSansSC-Bold.ttf")


def pytest_configure() -> None:
    """Collect garbage between tests and in this thread only: in another, Qt's objects must not be taken apart."""
    gc.disable()


_ended = [0]


def pytest_runtest_logfinish() -> None:
    """The young of every test, and all that is left of some dozens of them."""
    _ended[0] += 1
    gc.collect(2 if _ended[0] % FULL_COLLECTION_EVERY == 0 else 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what takes longest begin first: with short ones left, the processes of a whole run end together."""
    items.sort(key=lambda item: not _is_long(item))


def _is_long(item: pytest.Item) -> bool:
    """Whether a test plays a whole story, or was given more time than the others."""
    limit = item.get_closest_marker("timeout")
    return "stories" in item.path.parts or (limit is not None and limit.args[0] > USUAL_LIMIT_S)


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still until the test moves it."""
    return FakeClock()


@pytest.fixture(autouse=True)
def speak_english() -> Iterator[None]:
    """Every test begins in the source language; one that needs Chinese says so by `set_language`."""
    i18n.set_language(i18n.SOURCE_LANGUAGE)
    yield
    i18n.set_language(i18n.SOURCE_LANGUAGE)


class PatientBot(QtBot):
    """Waits as long as a busy machine may need; what is there sooner costs nothing."""

    @override
    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    @override
    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **more: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **more)

    @override
    def waitSignals(self, signals: list[Any], *, timeout: int = PATIENCE_MS, **more: Any) -> Any:
        return super().waitSignals(signals, timeout=timeout, **more)

    @override
    def waitExposed(self, widget: Any, *, timeout: int = PATIENCE_MS) -> Any:
        return super().waitExposed(widget, timeout=timeout)

    @override
    def waitActive(self, widget: Any, *, timeout: int = PATIENCE_MS) -> Any:
        return super().waitActive(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: Any, request: pytest.FixtureRequest) -> PatientBot:
    """pytest-qt's own, with patience."""
    return PatientBot(request)


@pytest.fixture(scope="session")
def qapp(qapp):
    """The application of the test process, looking the same on every machine."""
    from PySide6.QtGui import QFont, QFontDatabase
    from PySide6.QtWidgets import QApplication

    assert isinstance(qapp, QApplication)
    forbid_modal_dialogs()
    for name in FONTS:
        assert QFontDatabase.addApplicationFont(str(resources.path(name))) >= 0
    font = QFont("Noto Sans SC")
    font.setPixelSize(14)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    qapp.setFont(font)
    qapp.setStyle("Fusion")
    qapp.setCursorFlashTime(0)  # a blinking cursor makes two pictures of one screen
    gc.collect()
    gc.freeze()  # the guards look through all objects: leave out what was there before any test
    return qapp
