"""The way back from a worker process to whoever started it: one pipe for all threads, and the log that goes through it."""

import logging
import os
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Generic, NoReturn, TypeVar

from typing_extensions import override

Message = TypeVar("Message")


class Post(Generic[Message]):
    """The way back, shared by all threads of a worker.

    `unheard` is what happens when nobody listens any more, which a worker learns here when its pipe breaks.
    """

    def __init__(self, connection: Connection, unheard: Callable[[], None]) -> None:
        self._connection, self._unheard = connection, unheard
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        """Send it whole, whichever thread says it."""
        try:
            with self._lock:
                self._connection.send(message)
        except OSError:
            self._unheard()


def end_at_once() -> None:
    """Nobody listens: there is nothing left to do, and a codec may be stuck on the way out."""
    os._exit(0)


def work_and_end(name: str, work: Callable[[], None]) -> NoReturn:
    """Do the whole work of a worker process and end it; threads that hang in a codec would hold up an orderly end.

    The boundary of every worker: a mistake of ours is logged under `name` and ends the process with 1.
    """
    try:
        work()
    except (EOFError, KeyboardInterrupt):  # whoever gave the orders is gone, or asks for the end
        pass
    except Exception:
        logging.getLogger("console.video").exception(name)
        os._exit(1)
    os._exit(0)


def say_nothing() -> None:
    """Nobody listens: what is said is dropped; the worker goes on until it sees the end of its orders."""


class LogByPost(logging.Handler, Generic[Message]):
    """Lines of the program's log, from INFO on, as messages that `said` makes of a level and a sentence."""

    def __init__(self, post: Post[Message], said: Callable[[int, str], Message]) -> None:
        super().__init__(logging.INFO)
        self._post, self._said = post, said

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self._post.send(self._said(record.levelno, self.format(record)))


def log_by_post(post: Post[Message], said: Callable[[int, str], Message]) -> None:
    """Send the log of this process through the post, and nowhere else."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[LogByPost(post, said)], force=True)
