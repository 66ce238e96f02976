"""Kill the console again and again while panels ring, and count what an acknowledged signal is worth."""

import itertools
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.broker import brokering
from bench.console import ROOT
from bench.ground import ACCOUNT, INPUTS, make_inputs_site, make_site
from bench.post import posted
from bench.senders import SENDERS
from console.demo.panel import Dialler
from console.models.clock import SystemClock
from console.models.plans import PlanRun, RunState
from console.models.signals import Signal
from console.models.site import Site
from console.models.text import Text
from console.store.opening import open_beside
from console.store.store import Ground, Reading

ZONES = 50
QUIET_S = 20.0
"""So long nothing more comes on record before what is still missing counts as lost, in seconds."""
_GROUND = Ground(site=Site(id="bench", name=Text("", "")))
_TEXT = re.compile("(?:" + "|".join(INPUTS) + r")n\d+e")


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


@dataclass(frozen=True, slots=True)
class InputsCampaign:
    """What came of killing a console with four inputs: of what was acknowledged by input, how many are missing or doubled."""

    kills: int
    acknowledged: Counter[str]
    unanswered: int
    missing: int
    doubled: int
    which: tuple[str, ...] = ()


def campaign_of_inputs(folder: Path, *, kills: int, seed: int = 20261122) -> InputsCampaign:
    """`kills` lives of one console, each ended by SIGKILL while four senders ring it; nobody forgets what has no answer.

    Every sender sends one message byte for byte until it is acknowledged, over all lives; what the broker has taken is the
    broker's to bring. At the end the console lives on until all is there or all is quiet, and the record is counted.
    """
    dice = random.Random(seed)
    said: dict[str, list[str]] = {source: [] for source in INPUTS}
    waits = Counter[str]()
    stop = threading.Event()
    with ExitStack() as lives:
        broker = lives.enter_context(brokering())
        three = (free_port(), free_port(), free_port())
        site = make_inputs_site(folder / "site", broker, points=ZONES, ports=three)
        ports = dict(zip(INPUTS, (*three, broker), strict=True))
        ringers = [
            threading.Thread(target=_ring_on, args=(source, ports[source], said[source], waits, stop)) for source in INPUTS
        ]
        for life in range(kills + 1):
            with posted(site, folder / "data") as (process, _ports):
                if life == 0:
                    for ringer in ringers:
                        ringer.start()
                if life < kills:
                    time.sleep(dice.uniform(0.05, 0.8))
                    os.kill(process.pid, signal.SIGKILL)
                    process.wait()
                    continue
                stop.set()
                for ringer in ringers:
                    ringer.join()
                every = [text for texts in said.values() for text in texts]
                _until_quiet(folder / "data", every)
    found = _on_record(folder / "data")
    return InputsCampaign(
        kills=kills,
        acknowledged=Counter({source: len(texts) for source, texts in said.items()}),
        unanswered=waits.total(),
        missing=sum(found[text] == 0 for text in every),
        doubled=sum(found[text] > 1 for text in every),
        which=tuple(f"{text}: {found[text]}" for text in every if found[text] != 1)[:20],
    )


def _on_record(data: Path) -> Counter[str]:
    """How often each of the senders' messages is on record, repetitions aside."""
    found = Counter[str]()
    with open_beside(data) as store, store.read(_GROUND, SystemClock().now()) as rx:
        for one in rx.find(Signal, duplicate_of=None):
            found.update(_TEXT.findall(one.text_zh + " " + one.raw.decode("utf-8", "replace"))[:1])
    return found


def _until_quiet(data: Path, every: list[str]) -> None:
    """Wait for what the broker still has: until every message is on record, or nothing has come for long."""
    known, since_s = -1, time.monotonic()
    while True:
        found = _on_record(data)
        if all(found[text] for text in every):
            time.sleep(1.0)  # whatever comes twice comes now
            return
        if len(found) != known:
            known, since_s = len(found), time.monotonic()
        elif time.monotonic() - since_s > QUIET_S:
            return
        time.sleep(0.5)


def _ring_on(source: str, port: int, said: list[str], waits: Counter[str], stop: threading.Event) -> None:
    """Send numbered messages, each until it is acknowledged; the last one is seen through even when it is time to stop."""
    with SENDERS[source](port, timeout_s=2.0, attempts=1) as sender:
        for number in itertools.count(1):
            if stop.is_set():
                return
            text = f"{source}n{number}e"
            send = sender.repeated(1 + (number - 1) // 2 % ZONES, number % 2 == 1, text)
            while not send():
                waits[source] += 1
                time.sleep(0.05)
            said.append(text)
            time.sleep(0.01)


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


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
    with open_beside(data) as store, store.read(_GROUND, SystemClock().now()) as rx:
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
