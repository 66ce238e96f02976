"""What a tree of processes costs: CPU seconds of it and of every child it ever had."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def tree_cpu_s(pid: int) -> float:
    """CPU seconds of a process, its living children at any depth, and the children they have reaped."""
    try:
        top = psutil.Process(pid)
        family = [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    total = 0.0
    for one in family:
        try:
            fields = Path(f"/proc/{one.pid}/stat").read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(int(fields[index]) for index in (11, 12, 13, 14)) * TICK_S
    return total


def rate_over(pid: int, seconds: float) -> float:
    """CPU seconds that the tree of `pid` uses per second of wall time, over `seconds`."""
    before, start = tree_cpu_s(pid), time.monotonic()
    time.sleep(seconds)
    return (tree_cpu_s(pid) - before) / (time.monotonic() - start)


def rate_of(command: list[str], settle_s: float, seconds: float) -> float:
    """The same of a command that runs on: it is started, let settle, measured and ended."""
    # A session of its own: what a wrapper started must not outlive it and cost the next measure.
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            time.sleep(settle_s)
            return rate_over(process.pid, seconds)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0..1) of them lie; 0 for none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
