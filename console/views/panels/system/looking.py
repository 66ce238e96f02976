"""What keeps a page of the system panel current: looked after while it is seen, and only then."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget


class Looking(QTimer):
    """Has `show` called every `every_ms` while the page is seen, and `ask` before every so many of these (`asks_each`).

    What is at hand is shown by `show`; what the record has to be asked for costs more, and is asked by `ask`.
    """

    def __init__(
        self, page: QWidget, every_ms: int, asks_each: int, ask: Callable[[], None], show: Callable[[], None]
    ) -> None:
        super().__init__(page)
        self._page, self._asks_each, self._ask, self._show = page, asks_each, ask, show
        self._turns = 0
        self.setInterval(every_ms)
        self.timeout.connect(self.look)
        self.start()

    def begin(self) -> None:
        """The page comes into sight, or something was done on it: ask and show at once."""
        self._turns = 0
        self.look()

    def look(self) -> None:
        """Look after the page, if anybody sees it."""
        if not self._page.isVisible():
            return
        if self._turns % self._asks_each == 0:
            self._ask()
        self._turns += 1
        self._show()
