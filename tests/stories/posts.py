"""A small post for the stories: a site folder with one panel and one plan, and a console on it that can be killed."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import console
from console.models.signals import Signal
from console.models.site import Site
from console.store.opening import open_store
from console.store.store import Ground, Reading

ROOT = Path(console.__file__).parents[1]
ACCOUNT = "1001"
PATIENCE_S = 80.0

SITE = """
id: small
name: {{zh: 小站, en: Small post}}
places:
  - {{id: yard, name: {{zh: 院子, en: Yard}}, kind: site}}
posts:
  - {{id: patrol, name: {{zh: 巡逻岗, en: Patrol}}, kind: patrol, call_sign: 小站 21}}
contacts:
{contacts}
points:
  - id: fence
    name: {{zh: 围墙, en: Fence}}
    alarm_class: intrusion
    priority: 1
    place: yard
    plan: perimeter_intrusion
sources:
  - id: panel
    kind: sia_dc09
    name: {{zh: 主机, en: Panel}}
    options: {{port: {port}, transport: {transport}, accounts: [{{account: "{account}", zones: {{"1": fence}}}}]}}
"""

ROLES = ("police", "police_station", "fire", "fire_responsible", "medical", "leader", "supervisor", "property")
CONTACT = '  - {{id: {role}, role: {role}, phone: "110", name: {{zh: {role}, en: {role}}}}}'

# A console without a window that says when it is up, and stops when it is asked to.
SERVE = """
import signal, sys, threading
from pathlib import Path
from console import app
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
site, data = map(Path, sys.argv[1:])
def wait():
    print("up", flush=True)
    stop.wait()
sys.exit(app.serve(app.Options(site_dir=site, data_dir=data), wait))
"""


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def make_site(folder: Path, port: int, transport: str = "tcp") -> Path:
    """Write the small post's site folder."""
    folder.mkdir(parents=True, exist_ok=True)
    contacts = "\n".join(CONTACT.format(role=role) for role in ROLES)
    said = SITE.format(port=port, transport=transport, account=ACCOUNT, contacts=contacts)
    (folder / "site.yaml").write_text(said, encoding="utf-8")
    return folder


def environment(**more: str) -> dict[str, str]:
    """What a console that is started by a test inherits."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", "PYTHONFAULTHANDLER": "1", **more}


def serve(site: Path, data: Path) -> "subprocess.Popen[str]":
    """Start a console without a window and wait until it is up."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(site), str(data)], env=environment(), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def wait_until(true: Any, limit_s: float = PATIENCE_S) -> None:
    """Wait for something that another process brings about."""
    until_s = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < until_s, "it did not come about"
        time.sleep(0.01)


class Record:
    """What a data folder holds, read while no console runs on it."""

    def __init__(self, data: Path) -> None:
        self._store = open_store(data)

    def __enter__(self) -> "Record":
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def ask(self, query: Any, *args: Any) -> Any:
        """The answer of a query of the services."""
        from console.models.clock import SystemClock

        ground = Ground(site=Site(id="", name=console.models.text.Text()), plans=(), settings={})
        with self._store.read(ground, SystemClock().now()) as rx:
            return query(rx, *args)

    def signals(self) -> tuple[Signal, ...]:
        """Every signal, duplicates too, in the order of their coming."""

        def read(rx: Reading) -> tuple[Signal, ...]:
            return rx.find(Signal, order_by="received_at")

        return self.ask(read)


__all__ = ["ACCOUNT", "Record", "environment", "free_port", "json", "make_site", "serve", "wait_until"]
