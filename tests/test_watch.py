"""A console that dies is back at once; one that ends on purpose, or is asked to, stays away."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from console import watch

PARENT = (
    "import logging, sys; from console import watch; logging.basicConfig(); sys.exit(watch.keep_running(sys.argv[1:]))"
)
# A console that writes down every birth, and then does what the n-th word of its orders says.
CHILD = """
import os, pathlib, signal, sys, time
from console import watch
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
births = pathlib.Path(sys.argv[1])
with births.open("a") as file:
    file.write(f"{os.getpid()} {time.time()} {watch.is_watched()}\\n")
order = sys.argv[2:][len(births.read_text().splitlines()) - 1]
if order == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
if order == "stay":
    time.sleep(60)
sys.exit(int(order))
"""


class Watched:
    """A watching parent with a child that has its orders."""

    def __init__(self, folder: Path, *orders: str) -> None:
        self.births = folder / "births"
        command = [sys.executable, "-c", PARENT, sys.executable, "-c", CHILD, str(self.births), *orders]
        environment = {**os.environ, "PYTHONPATH": str(Path(watch.__file__).parents[1])}
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)

    def born(self) -> list[tuple[int, float, bool]]:
        """The process id and the time of every child so far, and whether it knew that it is watched."""
        lines = self.births.read_text().splitlines() if self.births.exists() else []
        return [(int(pid), float(at), knew == "True") for pid, at, knew in (line.split() for line in lines)]

    def wait_for_birth(self, number: int) -> tuple[int, float, bool]:
        until_s = time.monotonic() + 80
        while len(self.born()) < number:
            assert time.monotonic() < until_s, "no child was born"
            time.sleep(0.005)
        return self.born()[number - 1]

    def end(self) -> tuple[int, str]:
        said = self.process.communicate(timeout=80)[1]
        return self.process.returncode, said


@pytest.fixture
def parents() -> Iterator[list[Watched]]:
    started: list[Watched] = []
    yield started
    for one in started:
        if one.process.poll() is None:
            for child in psutil.Process(one.process.pid).children():
                child.kill()
            one.process.kill()
        one.process.communicate()


def test_that_a_console_that_is_killed_is_started_again_until_it_ends_by_itself(
    tmp_path: Path, parents: list[Watched]
) -> None:
    parents.append(watched := Watched(tmp_path, "kill", "1", "0"))
    code, said = watched.end()
    assert code == 0
    assert [knew for _, _, knew in watched.born()] == [True, True, True]
    assert "SIGKILL" in said
    assert "exit code 1" in said


@pytest.mark.parametrize("code", sorted(watch.ON_PURPOSE))
def test_that_a_console_that_ends_on_purpose_stays_away(tmp_path: Path, parents: list[Watched], code: int) -> None:
    parents.append(watched := Watched(tmp_path, str(code), "0"))
    assert watched.end() == (code, "")
    assert len(watched.born()) == 1


def test_that_a_console_that_stood_is_back(tmp_path: Path, parents: list[Watched]) -> None:
    parents.append(watched := Watched(tmp_path, "stay", "stay"))
    pid, _, _ = watched.wait_for_birth(1)
    os.kill(pid, signal.SIGKILL)
    assert watched.wait_for_birth(2)[0] != pid
    watched.process.terminate()
    assert watched.end()[0] == 0


def test_that_asking_the_watcher_to_stop_asks_the_console_and_does_not_start_it_again(
    tmp_path: Path, parents: list[Watched]
) -> None:
    parents.append(watched := Watched(tmp_path, "stay", "0"))
    pid, _, _ = watched.wait_for_birth(1)
    watched.process.terminate()
    code, _ = watched.end()
    assert code == 0
    assert not psutil.pid_exists(pid)
    assert len(watched.born()) == 1


def test_that_a_console_that_dies_again_and_again_is_tried_ever_more_slowly(
    tmp_path: Path, parents: list[Watched]
) -> None:
    parents.append(watched := Watched(tmp_path, *["1"] * 4, "0"))
    assert watched.end()[0] == 0
    births = [at for _, at, _ in watched.born()]
    pauses = [later - earlier for earlier, later in pairwise(births)]
    # A birth takes a while itself, on a busy machine a long one.
    assert pauses[3] > watch.AGAIN_AFTER_S[3] > watch.AGAIN_AFTER_S[0]
    assert pauses[0] < watch.AGAIN_AFTER_S[-1]


def test_that_a_process_of_nobody_is_not_watched() -> None:
    assert not watch.is_watched({})
    assert not watch.is_watched({watch.WATCHED: "1"}) or os.getppid() == 1
