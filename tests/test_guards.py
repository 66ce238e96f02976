"""The guards themselves: each is seen to fail a test that deserves it, and to leave an honest one alone."""

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = """
import tests.guards
from tests.guards import (
    no_network_beyond_loopback, no_shared_memory_is_left, no_unexpected_log_line, nothing_runs_on, qt_is_at_rest,
)
import pytest

tests.guards.GRACE_S = 1.0

@pytest.fixture(scope="session")
def qapp(qapp):
    tests.guards.forbid_modal_dialogs()
    return qapp
"""

SUBJECTS = """
import logging, socket, subprocess, sys, threading, time
from multiprocessing import shared_memory
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

kept = []
end = threading.Event()

def test_warns():
    logging.getLogger("x").warning("the disk is warm")

@pytest.mark.expects_log("the disk is cold")
def test_announces_in_vain():
    pass

def test_leaves_a_thread():
    threading.Thread(target=end.wait, args=(60,), daemon=True, name="lodger").start()

def test_leaves_a_process():
    kept.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]))

def test_leaves_shared_memory():
    kept.append(shared_memory.SharedMemory(create=True, size=16))

def test_reaches_out():
    try:
        socket.create_connection(("192.0.2.1", 9), 0.1)
    except RuntimeError:
        pass

def test_opens_a_port_to_the_world():
    with pytest.raises(RuntimeError), socket.socket() as door:
        door.bind(("", 0))

def test_leaves_a_timer(qapp):
    kept.append(QTimer(interval=60_000))
    kept[-1].start()

def test_leaves_a_window(qapp):
    kept.append(QWidget())
    kept[-1].show()

def test_opens_a_dialog(qapp):
    with pytest.raises(AssertionError, match="modal"):
        QDialog().exec()
    QMessageBox.information(None, "a", "b")

@pytest.mark.expects_log("the disk is warm")
def test_is_honest(qapp, qtbot):
    logging.getLogger("x").warning("the disk is warm")
    worker = threading.Thread(target=time.sleep, args=(0.01,))
    worker.start()
    subprocess.run([sys.executable, "-c", ""], check=True)
    memory = shared_memory.SharedMemory(create=True, size=16)
    memory.close()
    memory.unlink()
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
    timer = QTimer(interval=60_000)
    timer.start()
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
"""

CLEAR_UP = """
def test_that_clears_up():
    for thing in kept:
        for name in ("kill", "close", "unlink", "stop"):
            getattr(thing, name, lambda: None)()
        getattr(thing, "wait", lambda: None)()
    end.set()
"""

FAULTS = {
    "test_warns": "unexpected log lines",
    "test_announces_in_vain": "announced but never logged",
    "test_leaves_a_thread": "still running after the test",
    "test_leaves_a_process": "still running after the test",
    "test_leaves_shared_memory": "shared memory left behind",
    "test_reaches_out": "network beyond loopback",
    "test_opens_a_port_to_the_world": "network beyond loopback",
    "test_leaves_a_timer": "Qt is not at rest",
    "test_leaves_a_window": "Qt is not at rest",
}


def test_that_every_guard_fails_what_it_guards_against_and_nothing_else(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_subjects=SUBJECTS + CLEAR_UP)
    pytester.makeini("[pytest]\nqt_api=pyside6\nmarkers=expects_log(text): announced\n")

    done = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:xdist")

    said = done.stdout.str()
    blamed = dict(
        re.findall(r"_ ERROR at teardown of (\w+) _.*?^E +AssertionError: ([^:\n]+):", said, re.MULTILINE | re.DOTALL)
    )
    assert blamed == FAULTS
    assert re.findall(r"^FAILED test_subjects.py::(\w+)", said, re.MULTILINE) == ["test_opens_a_dialog"]
    done.assert_outcomes(passed=11, errors=len(FAULTS), failed=1)
