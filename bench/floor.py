"""The floor that no receiver gets below: a message over the loopback, one row committed for good, and the answer."""

import socket
import sqlite3
import threading
import time
from pathlib import Path


def committed_echoes(folder: Path, number: int) -> list[float]:
    """Milliseconds from the first byte to the answer, of a server that does nothing but commit each line and echo it."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = threading.Thread(target=_serve, args=(door, folder / "floor.db"))
        server.start()
        took: list[float] = []
        with socket.create_connection(door.getsockname()[:2]) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for _ in range(number):
                at = time.monotonic()
                line.sendall(b"x" * 200)
                line.recv(4096)
                took.append((time.monotonic() - at) * 1000)
                time.sleep(0.05)
        server.join()
    return took


def _serve(door: socket.socket, file: Path) -> None:
    record = sqlite3.connect(file)
    record.execute("PRAGMA journal_mode=WAL")
    record.execute("PRAGMA synchronous=FULL")
    record.execute("CREATE TABLE line (body BLOB)")
    record.commit()
    line, _address = door.accept()
    with line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while body := line.recv(4096):
            record.execute("INSERT INTO line VALUES (?)", (body,))
            record.commit()
            line.sendall(body)
    record.close()
