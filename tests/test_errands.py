"""The errands process: it may be killed at any moment, and nobody waits for ever and nothing is left running."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from console.errands import ErrandFailed, Errands
from console.models.errors import ConsoleError
from tests import errand_calls

LONG_S = 60.0


@pytest.fixture
def errands() -> Iterator[Errands]:
    with Errands() as running:
        yield running


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def begun(file: Path) -> int:
    """Wait until an errand says that it has begun; its process id."""
    until(lambda: file.exists() and bool(file.read_text()))
    return int(file.read_text())


def test_that_an_errand_is_done_in_another_process_which_serves_the_next_one_too(errands: Errands) -> None:
    assert errands.submit(errand_calls.add, 2, 3).result(LONG_S) == 5
    first, second = errands.submit(errand_calls.whoami), errands.submit(errand_calls.whoami)
    assert first.result(LONG_S) == second.result(LONG_S) == errands.pid != os.getpid()


def test_that_no_process_is_started_before_the_first_errand(errands: Errands) -> None:
    assert errands.pid is None


def test_that_the_worker_gives_way_to_the_pictures(errands: Errands) -> None:
    assert errands.submit(errand_calls.niceness).result(LONG_S) == os.nice(0) + 5


def test_that_a_sentence_of_an_errand_comes_back_as_a_sentence(errands: Errands) -> None:
    failure = errands.submit(errand_calls.refuse).exception(LONG_S)
    assert isinstance(failure, ConsoleError)
    assert (failure.text.zh, failure.text.en) == ("不行。", "No.")


@pytest.mark.parametrize("call", [errand_calls.stumble, errand_calls.unpicklable])
def test_that_a_fault_of_ours_comes_back_with_its_traceback_and_the_worker_lives(
    errands: Errands, call: Callable[[], object]
) -> None:
    errands.submit(errand_calls.whoami).result(LONG_S)
    pid = errands.pid
    failure = errands.submit(call).exception(LONG_S)
    assert isinstance(failure, ErrandFailed)
    assert "Traceback" in str(failure)
    assert errands.submit(errand_calls.whoami).result(LONG_S) == pid


def test_that_a_call_that_cannot_travel_is_refused_at_once(errands: Errands) -> None:
    with pytest.raises((pickle.PicklingError, AttributeError)):
        errands.submit(lambda: 1)


@pytest.mark.expects_log("its worker died")
def test_that_an_errand_whose_worker_was_killed_is_done_by_the_next_worker(errands: Errands, tmp_path: Path) -> None:
    file = tmp_path / "begun"
    done = errands.submit(errand_calls.wait_the_first_time, str(file))
    killed = begun(file)
    os.kill(killed, signal.SIGKILL)
    assert done.result(LONG_S) == "the second time"
    assert errands.pid != killed
    assert not psutil.pid_exists(killed)


@pytest.mark.expects_log("attempt 2 of 2")
@pytest.mark.expects_log("attempt 1 of 2")
def test_that_an_errand_that_kills_two_workers_fails_with_a_sentence_and_the_next_is_done(errands: Errands) -> None:
    dies, lives = errands.submit(errand_calls.die), errands.submit(errand_calls.add, 1, 1)
    failure = dies.exception(LONG_S)
    assert isinstance(failure, ConsoleError)
    assert "两次中断" in failure.text.zh
    assert lives.result(LONG_S) == 2


@pytest.mark.expects_log("its worker died")
def test_that_a_worker_killed_while_idle_costs_the_next_errand_nothing(errands: Errands) -> None:
    pid = errands.submit(errand_calls.whoami).result(LONG_S)
    os.kill(pid, signal.SIGKILL)
    assert errands.submit(errand_calls.add, 20, 22).result(LONG_S) == 42


@pytest.mark.parametrize("call", [errand_calls.wait_for_ever, errand_calls.wait_deaf])
def test_that_leaving_ends_a_busy_worker_soon_and_tells_everybody(
    tmp_path: Path, call: Callable[[str], None]
) -> None:
    file = tmp_path / "begun"
    with Errands() as errands:
        busy = errands.submit(call, str(file))
        waiting = [errands.submit(errand_calls.add, 1, n) for n in range(5)]
        pid = begun(file)
        left_at = time.monotonic()
    assert time.monotonic() - left_at < LONG_S / 2  # left alone it would never end
    assert not psutil.pid_exists(pid)
    for future in (busy, *waiting):
        failure = future.exception(0)
        assert isinstance(failure, ConsoleError)
        assert "正在退出" in failure.text.zh


def test_that_an_errand_after_the_end_fails_with_a_sentence() -> None:
    with Errands() as errands:
        pass
    assert isinstance(errands.submit(errand_calls.add, 1, 2).exception(0), ConsoleError)


def test_that_a_cancelled_errand_is_not_done(errands: Errands, tmp_path: Path) -> None:
    first = errands.submit(errand_calls.add, 1, 2)
    cancelled = errands.submit(errand_calls.wait_for_ever, str(tmp_path / "begun"))
    assert cancelled.cancel()
    after = errands.submit(errand_calls.add, 3, 4)
    assert (first.result(LONG_S), after.result(LONG_S)) == (3, 7)
    assert not (tmp_path / "begun").exists()


PROGRAM = """
import sys
from console.errands import Errands
from tests import errand_calls
if __name__ == "__main__":
    with Errands() as errands:
        print(errands.submit(errand_calls.whoami).result(), flush=True)
        sys.stdin.read()
"""


def test_that_the_worker_of_a_killed_console_ends_by_itself(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    root = Path(__file__).resolve().parents[1]
    console = subprocess.Popen(
        [sys.executable, str(program)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with console:
        assert console.stdout is not None
        worker = int(console.stdout.readline())
        assert psutil.pid_exists(worker)
        console.kill()
    until(lambda: not psutil.pid_exists(worker) or psutil.Process(worker).status() == psutil.STATUS_ZOMBIE)
