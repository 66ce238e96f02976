"""A cable between two ends of this machine that can be cut: what then happens is nothing at all, and neither end is told."""

import selectors
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.sources.desk import PATIENCE_S

_READ = 65536


class Cable:
    """Carries every connection to its port on to `far`, a port of this machine.

    After `cut` nothing that lay on it goes on, neither bytes nor the end of a connection, and new ones are taken and led
    nowhere. After `mend` new connections are carried again; those from before stay dead for ever.
    """

    def __init__(self, far: int) -> None:
        self._far = far
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        self._is_cut = False
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._dead: list[socket.socket] = []
        self._lock = threading.Lock()
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._carry, name="cable")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wake.send(b"x")
        self._thread.join(PATIENCE_S)
        for each in (*self._pairs, *self._dead, self._door, self._wake, self._woken):
            each.close()

    def cut(self) -> None:
        """Nothing goes through any more, without a word."""
        with self._lock:
            self._is_cut = True
            self._dead += self._pairs
            self._pairs.clear()

    def mend(self) -> None:
        """New connections go through."""
        with self._lock:
            self._is_cut = False

    def _carry(self) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(self._door, selectors.EVENT_READ)
            ready.register(self._woken, selectors.EVENT_READ)
            while True:
                for key, _ in ready.select():
                    end = key.fileobj
                    assert isinstance(end, socket.socket)
                    if end is self._woken:
                        return
                    with self._lock:
                        if end is self._door:
                            self._take(ready)
                        elif end in self._pairs:
                            self._pass_on(ready, end)
                        else:
                            with suppress(KeyError, ValueError):  # its other end took it along a moment ago
                                ready.unregister(end)  # cut: it is open, and nobody reads what comes

    def _take(self, ready: selectors.BaseSelector) -> None:
        near, _address = self._door.accept()
        if self._is_cut:
            self._dead.append(near)
            return
        far = socket.create_connection(("127.0.0.1", self._far), PATIENCE_S)
        self._pairs |= {near: far, far: near}
        for end in (near, far):
            ready.register(end, selectors.EVENT_READ)

    def _pass_on(self, ready: selectors.BaseSelector, end: socket.socket) -> None:
        other = self._pairs[end]
        try:
            data = end.recv(_READ)
            if data:
                other.sendall(data)
                return
        except OSError:
            pass
        for each in (end, other):
            self._pairs.pop(each, None)
            ready.unregister(each)
            each.close()
