"""Silence is a condition of every test: what is not asked for and not cleared away fails it.

Each guard is a fixture of every test. None can be switched off; only a log line can be announced,
with the marker `expects_log("some of its text")`, and an announced line that does not come fails too.
"""

import gc
import ipaddress
import logging
import multiprocessing
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing import shared_memory
from pathlib import Path
from typing import Any

import psutil
import pytest

GRACE_S = 20.0  # for what is already on its way out when the test ends; what has gone costs nothing
SHARED_MEMORY = Path("/dev/shm")


def settled(left: Callable[[], list[str]]) -> list[str]:
    """Give what is still left once everything had its time to go."""
    deadline = time.monotonic() + GRACE_S
    while (found := left()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


# ------------------------------------------------------------------ log lines


class Listener(logging.Handler):
    """Keeps every line of WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def no_unexpected_log_line(request: pytest.FixtureRequest) -> Iterator[None]:
    """A line of WARNING or above that was not announced fails the test."""
    listener = Listener()
    logging.getLogger().addHandler(listener)
    yield
    logging.getLogger().removeHandler(listener)
    expected = [str(marker.args[0]) for marker in request.node.iter_markers("expects_log")]
    unexpected = [line for line in listener.lines if not any(text in line for text in expected)]
    assert not unexpected, "unexpected log lines:\n" + "\n".join(unexpected)
    silent = [text for text in expected if not any(text in line for line in listener.lines)]
    assert not silent, f"announced but never logged: {silent}; logged: {listener.lines}"


# ------------------------------------------------------------------ threads and processes


def _threads() -> set[threading.Thread]:
    """Give the running threads that Python started; those of Qt are seen as QThread objects."""
    return {thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)}


def _child_processes() -> list[psutil.Process]:
    """Give the children of this process; Linux knows them by thread, which is far quicker than to look at everybody."""
    tasks = Path(f"/proc/{os.getpid()}/task")
    if not (tasks / str(os.getpid()) / "children").exists():
        return psutil.Process().children()
    found = []
    for task in tasks.iterdir():
        with suppress(OSError, psutil.Error):  # the thread has ended meanwhile, or the child
            found += [psutil.Process(int(pid)) for pid in (task / "children").read_text().split()]
    return found


def _children() -> dict[int, str]:
    """Give the child processes of this one, dead ones that nobody waited for included."""
    multiprocessing.active_children()  # waits for those of multiprocessing that have ended
    found = {}
    for child in _child_processes():
        try:
            command = " ".join(child.cmdline()) or child.name()
        except psutil.Error:
            continue
        # Python's own, one a process, until the interpreter ends.
        if "multiprocessing.resource_tracker" not in command:
            found[child.pid] = command
    return found


@pytest.fixture(autouse=True)
def nothing_runs_on() -> Iterator[None]:
    """A thread or a child process that outlives its test fails it."""
    threads, children = _threads(), _children()
    yield

    def left() -> list[str]:
        running = [f"thread {thread.name!r}" for thread in _threads() - threads]
        return running + [f"process {pid}: {text[:200]}" for pid, text in _children().items() if pid not in children]

    found = settled(left)
    assert not found, "still running after the test:\n" + "\n".join(found)


# ------------------------------------------------------------------ shared memory

_created: set[str] = set()
_posix: Any = getattr(shared_memory, "_posixshmem", None)  # POSIX only


class _Watched:
    """Stands before the system's shared memory and remembers what this process made."""

    shm_unlink = staticmethod(_posix.shm_unlink) if _posix else None

    @staticmethod
    def shm_open(name: str, flags: int, mode: int = 0o777) -> int:
        descriptor: int = _posix.shm_open(name, flags, mode)
        if flags & os.O_CREAT:
            _created.add(name.lstrip("/"))
        return descriptor


if _posix:
    shared_memory._posixshmem = _Watched  # type: ignore[attr-defined]


def _segments() -> list[str]:
    """Give the segments made by this process, or named after it, that still exist."""
    named = (entry.name for entry in SHARED_MEMORY.iterdir() if str(os.getpid()) in entry.name)
    return sorted({name for name in _created if (SHARED_MEMORY / name).exists()} | set(named))


@pytest.fixture(autouse=True)
def no_shared_memory_is_left() -> Iterator[None]:
    """A shared memory segment that outlives its test fails it: it would fill the machine over the months."""
    if not SHARED_MEMORY.is_dir():
        yield
        return
    before = set(_segments())
    yield
    found = settled(lambda: [name for name in _segments() if name not in before])
    _created.difference_update(found)
    assert not found, f"shared memory left behind: {found}"


# ------------------------------------------------------------------ network

_beyond: list[str] = []
_ASKS = {"socket.connect": 1, "socket.bind": 1, "socket.sendto": 1, "socket.getaddrinfo": 0}


class BeyondLoopbackError(RuntimeError):
    """A test tried to reach another machine, or to be reached from one."""


def _is_home(host: str) -> bool:
    """Tell whether a name or address is this machine's loopback and nothing else."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _stay_home(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _ASKS:
        return
    if event != "socket.getaddrinfo":
        if arguments[0].family not in (socket.AF_INET, socket.AF_INET6):
            return
        host = arguments[1][0]
    else:
        host = arguments[0]
    text = host.decode() if isinstance(host, bytes) else str(host or "")
    if not _is_home(text) and (text or event != "socket.getaddrinfo"):
        _beyond.append(f"{event} {text!r}")
        raise BeyondLoopbackError(f"{event} {text!r}: tests stay on this machine")


sys.addaudithook(_stay_home)


@pytest.fixture(autouse=True)
def no_network_beyond_loopback() -> Iterator[None]:
    """Reaching for another machine fails the test, also where the code survives the refusal."""
    _beyond.clear()
    yield
    assert not _beyond, f"network beyond loopback: {_beyond}"


# ------------------------------------------------------------------ Qt


def _with_subclasses(*kinds: type) -> set[type]:
    """Give these classes and all that are made of them."""
    found = set(kinds)
    for kind in kinds:
        found |= _with_subclasses(*type.__subclasses__(kind))
    return found


def _running_objects() -> dict[int, str]:
    """Give the timers and threads of Qt that run, and the windows that are open."""
    from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
    from PySide6.QtWidgets import QApplication

    application = QCoreApplication.instance()
    if application is None:
        return {}
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    main = application.thread()
    found = {}
    kinds = _with_subclasses(QTimer, QThread)
    for thing in [one for one in gc.get_objects() if type(one) in kinds]:
        try:
            if isinstance(thing, QTimer) and thing.isActive():
                found[id(thing)] = f"timer {thing.objectName()!r} every {thing.interval()} ms, of {thing.parent()!r}"
            elif isinstance(thing, QThread) and thing is not main and thing.isRunning():
                found[id(thing)] = f"thread {thing.objectName()!r} {type(thing).__name__}"
        except RuntimeError:  # its C++ half is already gone
            continue
    if isinstance(application, QApplication):
        found |= {id(window): f"window {window!r}" for window in application.topLevelWidgets() if window.isVisible()}
    return found


@pytest.fixture(autouse=True)
def qt_is_at_rest(request: pytest.FixtureRequest) -> Iterator[None]:
    """A timer or thread of Qt that runs on, or a window that stays open, fails the test."""
    if "qapp" not in request.fixturenames:
        yield
        return
    before = _running_objects().keys()
    yield

    def left() -> list[str]:
        return [text for identity, text in _running_objects().items() if identity not in before]

    found = left()
    if found:
        gc.collect()  # what only a cycle holds is already given up
        found = settled(left)
    assert not found, "Qt is not at rest:\n" + "\n".join(found)


def forbid_modal_dialogs() -> None:
    """Make every way to open a modal dialog raise: a modal dialog hides the next alarm."""
    from PySide6.QtWidgets import QColorDialog, QDialog, QFileDialog, QFontDialog, QInputDialog, QMenu, QMessageBox

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a modal dialog was opened; the console has none")

    statics = {
        QMessageBox: ("about", "aboutQt", "critical", "information", "question", "warning"),
        QFileDialog: ("getExistingDirectory", "getOpenFileName", "getOpenFileNames", "getSaveFileName"),
        QInputDialog: ("getDouble", "getInt", "getItem", "getMultiLineText", "getText"),
        QColorDialog: ("getColor",),
        QFontDialog: ("getFont",),
    }
    for owner, names in statics.items():
        for name in names:
            setattr(owner, name, staticmethod(refuse))
    for owner in (QDialog, QMenu, *statics):
        owner.exec = refuse
