"""The bus: events by type, published after commit, each listener on its own."""

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")
_log = logging.getLogger(__name__)


class Bus:
    """Hands each published event to whoever asked for its type (or for a type above it).

    Listeners run on the publishing thread, in the order in which they asked. A listener that raises is our bug: it is
    logged, and the others still hear the event.
    """

    def __init__(self) -> None:
        self._listeners: list[tuple[type, Callable[[Any], None]]] = []
        self._gate = threading.Lock()  # views, sources and the app's rooms ask from threads of their own

    def on(self, kind: type[E], listener: Callable[[E], None]) -> Callable[[], None]:
        """Call `listener` with every event of `kind` from now on; calling what is returned ends that."""
        entry = (kind, listener)
        # A new list each time: publishing walks a list that nobody changes under it.
        with self._gate:
            self._listeners = [*self._listeners, entry]

        def undo() -> None:
            with self._gate:
                self._listeners = [other for other in self._listeners if other is not entry]

        return undo

    def publish(self, event: object) -> None:
        """Tell everybody who asked for this kind of event."""
        for kind, listener in self._listeners:
            if isinstance(event, kind):
                try:
                    listener(event)
                except Exception:  # noqa: BLE001  (a named boundary: one bad listener must not silence the rest)
                    _log.exception("a listener of %s failed", type(event).__name__)
