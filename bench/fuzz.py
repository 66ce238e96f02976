"""Fuzzing of every parser with mutations of real messages: no crash, no hang, no memory that grows.

A parser takes bytes as they come off its wire and goes as far as to what the house would be told. It may refuse with a
ConsoleError, the world's fault; anything else is a fault of ours and counts as a crash. `python -m bench.fuzz NAME SEED`
prints the first inputs that broke one.
"""

import os
import random
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psutil  # type: ignore[import-untyped]

from bench.figures import Figure
from bench.vectors import PARSERS, Parser
from console.models.errors import ConsoleError

COUNT_ENV = "BENCH_FUZZ_COUNT"
COUNT = 1_000_000
HANG_S = 2.0
"""A call that takes longer is ended and counts as a hang, in seconds of the processor."""
SLOW_MS = 250.0
GROWTH_MB = 32.0
LONGEST = 16_384
SEED = 20261122
_SHOWN = 5

# What stands at the joints of these protocols, and where their numbers end.
_TOKENS = (
    b"", b"\0", b"\n", b"\r", b"\r\n\r\n", b'"', b"[", b"]", b"|", b"^", b"#", b"/", b"_", b"*", b"{", b"}", b"<", b">", b"&amp;",
    b"@@", b"##", b"\xff\xff", b"0000", b"FFFF", b"99999999999999999999", b"-1", b"1e999", b"NaN", b"null", b"true", b"[]", b"{}",
    b"\xef\xbb\xbf", b"\xe4\xba\x8c", b"\xb6\xfe\xc2\xa5", b"\xd8\x00", b"--", b"<![CDATA[", b"]]>", b"Code=", b";data={",
    b"24:61:61,13-32-9999", b"0001-01-01T00:00:00Z", b"9999-12-31T23:59:59+14:00", b"2026-02-30T25:00:00",
)  # fmt: skip


@dataclass(slots=True)
class Found:
    """What came of fuzzing one parser."""

    parser: str
    calls: int = 0
    said: int = 0
    refused: int = 0
    seconds: float = 0.0
    slowest_ms: float = 0.0
    hangs: int = 0
    crashes: int = 0
    grown_mb: float = 0.0
    broken: list[str] = field(default_factory=list)


class _Hang(BaseException):
    """A call took too long."""


def mutated(dice: random.Random, vectors: tuple[bytes, ...]) -> bytes:
    """One real message with one to six things wrong with it, or none."""
    data = bytearray(dice.choice(vectors))
    for _ in range(dice.randrange(7)):
        at = dice.randrange(len(data) + 1)
        match dice.randrange(9):
            case 0 if data:
                data[at % len(data)] ^= 1 << dice.randrange(8)
            case 1 if data:
                data[at % len(data)] = dice.randrange(256)
            case 2:
                del data[at : at + dice.randrange(1, 9)]
            case 3:
                data[at:at] = dice.choice(_TOKENS)
            case 4:
                data[at:at] = dice.randbytes(dice.randrange(1, 9))
            case 5:
                data[at:at] = data[at : at + dice.randrange(1, 33)] * dice.choice((1, 1, 2, 50))
            case 6:
                other = dice.choice(vectors)
                cut = dice.randrange(len(other) + 1)
                data[at:] = other[cut:]
            case 7:
                del data[at:]
            case _:
                data[at : at + 4] = dice.choice(_TOKENS)
    return bytes(data[:LONGEST])


def fuzz(name: str, count: int, seed: int) -> Found:
    """Give a parser so many mutated messages."""
    parser = PARSERS[name]()
    dice = random.Random(seed)
    found = Found(name)
    for vector in parser.vectors:  # tables are read from disk once, which is not the parser's time
        with suppress(ConsoleError):
            parser.read(vector)
    with _bounded():
        begun = time.monotonic()
        settled = 0.0
        for turn in range(count):
            if turn == count // 10:
                settled = _memory_mb()
            try:
                _give(parser, parser.repaired(dice, mutated(dice, parser.vectors)), found)
            except _Hang:  # the time was up in the moment in which the call came back
                found.hangs += 1
        found.seconds = time.monotonic() - begun
        found.grown_mb = _memory_mb() - settled
    return found


def _give(parser: Parser, data: bytes, found: Found) -> None:
    found.calls += 1
    signal.setitimer(signal.ITIMER_VIRTUAL, HANG_S)
    # The processor's time: how long a neighbour kept it from us is not the parser's doing.
    begun = time.thread_time()
    try:
        found.said += parser.read(data)
    except ConsoleError:
        found.refused += 1
    except _Hang:
        found.hangs += 1
        _note(found, data, "hang")
    except Exception as error:  # noqa: BLE001  (what it may be is what is looked for)
        found.crashes += 1
        _note(found, data, "".join(traceback.format_exception_only(error)).strip() + " at " + _where(error))
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    found.slowest_ms = max(found.slowest_ms, (time.thread_time() - begun) * 1000)


def _where(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{last.filename}:{last.lineno}"


def _note(found: Found, data: bytes, what: str) -> None:
    if len(found.broken) < _SHOWN:
        found.broken.append(f"{what}: {data[:400]!r}")


@contextmanager
def _bounded() -> Iterator[None]:
    """Have a call interrupted that hangs, and one that wants the whole memory of the machine fail."""

    def ring(_number: int, _frame: Any) -> None:
        raise _Hang

    before = signal.signal(signal.SIGVTALRM, ring)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = psutil.Process().memory_info().vms + (1 << 30)
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.signal(signal.SIGVTALRM, before)


def _memory_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 2**20


def measured() -> list[Figure]:
    """Every parser, two at a time, each in a process of its own."""
    count = int(os.environ.get(COUNT_ENV, COUNT))
    with ProcessPoolExecutor(2, max_tasks_per_child=1) as pool:
        every = list(pool.map(fuzz, PARSERS, [count] * len(PARSERS), [SEED] * len(PARSERS)))
    figures = []
    for one in every:
        for told in one.broken:
            print(f"{one.parser}: {told}", file=sys.stderr)
        bad = one.crashes + one.hangs + (one.slowest_ms > SLOW_MS) + (one.grown_mb > GROWTH_MB)
        figures.append(
            Figure(
                name=f"fuzz_{one.parser}_faults",
                value=float(bad),
                unit="inputs",
                limit=0,
                note=f"{one.calls} inputs in {one.seconds:.0f} s ({one.calls / max(one.seconds, 0.001):.0f} a second), "
                f"{one.said} signals told, {one.refused} refused; {one.crashes} crashes, {one.hangs} hangs, "
                f"slowest {one.slowest_ms:.1f} ms (at most {SLOW_MS:g}), memory {one.grown_mb:+.1f} MB (at most {GROWTH_MB:g})",
            )
        )
    return figures


if __name__ == "__main__":
    result = fuzz(sys.argv[1], int(sys.argv[3]) if len(sys.argv) > 3 else 20_000, int(sys.argv[2]))
    print(result)
