"""A console without a window, run as a child: `python -m bench.post --site S --data D`.

It says {"ports": {source: port}} and runs until it is killed or its input ends.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console import app as wiring

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def posted(site: Path, data: Path) -> "Iterator[tuple[subprocess.Popen[str], dict[str, int]]]":
    """A console on that site and data, and the ports of its inputs; ended in order where nobody has killed it."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.post", "--site", str(site), "--data", str(data)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise SystemExit("the measured console ended before it said anything")
            yield process, json.loads(line)["ports"]
        finally:
            process.stdin.close()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def main() -> int:
    """Run until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--site", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    wanted = parser.parse_args()
    with wiring.open_post(wiring.Options(site_dir=wanted.site, data_dir=wanted.data)) as post:
        addresses = {source: running.address(10.0) for source, running in post.sources.items()}
        ports = {source: address[1] if address else 0 for source, address in addresses.items()}
        sys.stdout.write(json.dumps({"ports": ports}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
