"""Threads that read the record for the first time at the same moment do not crash the interpreter."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys, threading
from console.models.errors import ConsoleError
from console.models.events import EVENTS
from console.models.plain import from_json

sys.setswitchinterval(1e-5)  # threads take turns far more often than they would
begin = threading.Barrier(4)

def read():
    begin.wait()
    for kind in EVENTS.values():
        try:
            from_json('{"at": "2026-03-14T00:00:00Z"}', kind)
        except ConsoleError:
            pass

threads = [threading.Thread(target=read) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_that_threads_that_meet_an_event_for_the_first_time_at_once_do_not_crash() -> None:
    for _again in range(2):
        done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
