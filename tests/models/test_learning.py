"""Threads that read the record for the first time at the same moment do not crash the interpreter."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys, threading
from console.models.errors import ConsoleError
from console.models.events import EVENTS
from console.models.plain import from_json
from console.store.mapping import TABLES, from_row

sys.setswitchinterval(1e-6)  # threads take turns as often as they can
begin = threading.Barrier(4)

def read_events():
    begin.wait()
    for kind in EVENTS.values():
        try:
            from_json('{"at": "2026-03-14T00:00:00Z"}', kind)
        except ConsoleError:
            pass

def read_rows():
    begin.wait()
    for kind in TABLES:
        try:
            from_row(kind, {"id": "1"})
        except ValueError:
            pass

threads = [threading.Thread(target=read) for read in [%s] * 4]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize("read", ["read_events", "read_rows"])
def test_that_threads_that_meet_a_kind_for_the_first_time_at_once_do_not_crash(read: str) -> None:
    for _again in range(2):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM % read], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
