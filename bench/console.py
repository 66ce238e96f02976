"""Start `bench.seat` and talk to it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


class Seat:
    """A running console: its process, its panel's port, how long its start took."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        first = self._line()
        self.ready_s: float = first["ready"]
        self.port: int = first["port"]
        self.ports: dict[str, int] = first["ports"]

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the measured console ended before it said anything")
        found: dict[str, Any] = json.loads(line)
        return found

    def seen(self) -> dict[str, Any]:
        """What the console saw since the last question."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self._line()


@contextmanager
def seated(site: Path, data: Path, *options: str, size: str = "1920x1080", works: float = 0.0) -> Iterator[Seat]:
    """A console on that site and data, ended in order when the block is left; `options` are more of bench.seat."""
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as `run.py` starts it
    command = [sys.executable, "-m", "bench.seat", "--site", str(site), "--data", str(data), "--size", size, *options]
    command += ["--works", str(works)] if works else []
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Seat(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
