"""The whole console with its real window, in this process: what a test does to the world is seen on the screen."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from console import app
from console.bridge import Bridge
from console.demo.panel import Dialler
from console.models.events import Event, event_from
from console.models.ids import SourceId
from console.models.people import Role, SignOn
from console.services import people
from console.views.main_window import MainWindow
from tests.stories.posts import ACCOUNT

PATIENCE_S = 80.0
LOGIN, PASSWORD = "wang", "Night-watch-7"


@dataclass(slots=True)
class Screen:
    """A running post and the window on it."""

    post: app.Post
    bridge: Bridge
    window: MainWindow

    def wait_for(self, true: Callable[[], object]) -> None:
        """Let the window live until something has come about."""
        until_s = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < until_s, f"it did not come about; the screen says: {self.says()}"
            QTest.qWait(20)

    def says(self) -> list[str]:
        """Every sentence that can be read now."""
        return [one.text() for one in self.window.findChildren(QLabel) if one.isVisible() and one.text()]

    def text_of(self, name: str) -> str:
        """What one label says; empty while it cannot be read."""
        found = self.window.findChild(QLabel, name)
        assert isinstance(found, QLabel), name
        return found.text() if found.isVisible() else ""

    def find(self, name: str) -> QWidget:
        """A part of the window by its name."""
        found = self.window.findChild(QWidget, name)
        assert isinstance(found, QWidget), name
        return found

    def told(self, kind: type[Event]) -> list[Any]:
        """Every event of a kind on record, oldest first."""
        lines = self.post.desk.ask(lambda rx: list(rx.journal(kinds=(kind.__name__,)))).result()
        return [event_from(line) for line in lines]

    def panel(self, name: str = "panel", timeout_s: float = PATIENCE_S) -> Dialler:
        """A panel that dials in to a source."""
        where = self.post.sources[SourceId(name)].address(PATIENCE_S)
        assert where is not None
        return Dialler(*where, ACCOUNT, timeout_s=timeout_s, attempts=1)

    def sign_on(self) -> SignOn:
        """Somebody who may handle alarms takes the keyboard."""
        by = people.SYSTEM
        people.add_person(self.post.desk, LOGIN, "王强", Role.LEADER, PASSWORD, by=by).result(PATIENCE_S)
        taken: list[SignOn] = []
        self.bridge.sign_on(LOGIN, PASSWORD, taken.append)
        self.wait_for(lambda: taken)
        return taken[0]


@contextmanager
def screen(site: Path, data: Path, **more: Any) -> Iterator[Screen]:
    """Open a post and its window, and take both apart again."""
    with ExitStack() as stack:
        post = stack.enter_context(app.open_post(app.Options(site_dir=site, data_dir=data, language="en", **more)))
        bridge = app.make_bridge(post)
        stack.callback(bridge.deleteLater)
        stack.callback(bridge.close)
        window = MainWindow(bridge)
        stack.callback(window.deleteLater)
        stack.callback(window.close)
        window.resize(1366, 768)
        window.show()
        QApplication.processEvents()
        yield Screen(post, bridge, window)
