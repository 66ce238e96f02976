"""Kill the console again and again while panels ring, and count what an acknowledged signal is worth."""

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from bench.console import ROOT
from bench.ground import ACCOUNT, make_site
from console.demo.panel import Dialler
from console.models.plans import PlanRun, RunState
from console.models.signals import Signal
from console.models.site import Site
from console.models.text import Text
from console.store.opening import open_beside
from console.store.store import Ground, Reading

ZONES = 50


@dataclass(frozen=True, slots=True)
class Campaign:
    """What came of it: kills, signals acknowledged, of those missing or doubled, plan runs found at their step."""

    kills: int
    acknowledged: int
    missing: int
    doubled: int
    resumed: int


def campaign(folder: Path, *, kills: int, seed: int = 20260314) -> Campaign:
    """`kills` lives of one console on one record, each ended by SIGKILL at a random instant under load."""
    dice = random.Random(seed)
    site, data = make_site(folder / "site", None, cameras=0, zones=ZONES), folder / "data"
    acknowledged: list[str] = []
    numbers = itertools.count(1)
    resumed = 0
    step = ""
    for _life in range(kills):
        with subprocess.Popen(
            [sys.executable, "-m", "bench.bare", "--site", str(site), "--data", str(data)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            resumed += told["step"] == step or not step
            step = told["next"]
            stop = threading.Event()
            ringers = [
                threading.Thread(target=_ring, args=(told["port"], numbers, acknowledged, stop)) for _panel in range(3)
            ]
            for ringer in ringers:
                ringer.start()
            time.sleep(dice.uniform(0.05, 0.6))
            os.kill(process.pid, signal.SIGKILL)
            stop.set()
            for ringer in ringers:
                ringer.join()
            process.wait()
    return _count(data, acknowledged, kills, resumed)


def _ring(port: int, numbers: "itertools.count[int]", acknowledged: list[str], stop: threading.Event) -> None:
    with Dialler("127.0.0.1", port, ACCOUNT, timeout_s=1.0, attempts=1) as panel:
        while not stop.is_set():
            number = next(numbers)
            text = f"n{number}"
            try:
                if panel.send("YP", str(1 + number % ZONES), text).acknowledged:
                    acknowledged.append(text)
            except OSError:
                return


def _count(data: Path, acknowledged: list[str], kills: int, resumed: int) -> Campaign:
    ground = Ground(site=Site(id="bench", name=Text("", "")))
    with open_beside(data) as store:
        from console.models.clock import SystemClock

        with store.read(ground, SystemClock().now()) as rx:
            kept = [_number(one) for one in rx.find(Signal, duplicate_of=None)]
            _one_run(rx)
    counts: dict[str, int] = {}
    for text in kept:
        counts[text] = counts.get(text, 0) + 1
    return Campaign(
        kills=kills,
        acknowledged=len(acknowledged),
        missing=sum(1 for text in acknowledged if text not in counts),
        doubled=sum(1 for text in acknowledged if counts.get(text, 0) > 1),
        resumed=resumed,
    )


def _number(one: Signal) -> str:
    raw = one.raw.decode("utf-8", "replace")
    start = raw.find("n", raw.find("|"))
    while start != -1:
        end = start + 1
        while end < len(raw) and raw[end].isdigit():
            end += 1
        if end > start + 1:
            return raw[start:end]
        start = raw.find("n", end)
    return ""


def _one_run(rx: Reading) -> None:
    active = rx.find(PlanRun, state=RunState.ACTIVE.value)
    if len(active) > 1:
        raise SystemExit(f"{len(active)} plan runs are active where one was begun")
