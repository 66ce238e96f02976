"""A broker in a process of its own: `python -m bench.broker [--port P]` says its port and runs until its input ends."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.sources.mqtt.broker import Broker

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def brokering() -> Iterator[int]:
    """A broker as a child; gives its port."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.broker"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield int(json.loads(process.stdout.readline())["port"])
        finally:
            process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def main() -> int:
    """Run until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    wanted = parser.parse_args()
    broker = Broker()
    broker.port = wanted.port
    # What it was told is for tests; an hour of it is not kept.
    broker.note = lambda _what, _fact: None  # type: ignore[method-assign,assignment]
    with broker:
        sys.stdout.write(json.dumps({"port": broker.port}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
