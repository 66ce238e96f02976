"""The same frames for us and for pysiaalarm, one after the other on one machine: how soon the ACK, and what arrives.

pysiaalarm answers before anything is kept anywhere; ours answers when the alarm is on disk, which costs what a disk costs.
`python -m bench.peers` is pysiaalarm as a child: it says its port, and for every line of its input what it was told.
"""

import json
import logging
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.cost import percentile
from bench.figures import Figure
from bench.ground import ACCOUNT, make_site
from bench.post import ROOT, posted
from console.models.clock import SystemClock
from console.models.signals import Signal
from console.models.site import Site
from console.models.text import Text
from console.sources.sia_dc09 import wire
from console.store.opening import open_beside
from console.store.store import Ground

TIMED = 400
ANSWER_S = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is written, in which portions; which pieces of text tell that all of it arrived, and how many ACKs it wants."""

    name: str
    writes: tuple[bytes, ...]
    tells: tuple[str, ...]
    answers: int = 1


def _dcs(data: str, number: int, *, extended: str = "", encoding: str = "utf-8", receiver: str = "R0") -> bytes:
    body = f'"SIA-DCS"{number:04d}{receiver}L0#{ACCOUNT}[#{ACCOUNT}|{data}]{extended}{wire.stamp(SystemClock().now())}'
    return wire.frame(body.encode(encoding))


def _cid(block: str, number: int) -> bytes:
    return wire.frame(f'"ADM-CID"{number:04d}R0L0#{ACCOUNT}[#{ACCOUNT}|{block}]{wire.stamp(SystemClock().now())}'.encode())


def cases() -> tuple[Case, ...]:
    """The frames of the field at which receivers were seen to fail; every zone number is in one case only."""
    half = _dcs("Nri1/BA31", 8001)
    binary = f'"SIA-DCS"8013R0L0#{ACCOUNT}[#{ACCOUNT}|NBA43]{wire.stamp(SystemClock().now())}'.encode()
    return (
        Case(name="plain", writes=(_dcs("Nri1/BA30", 8000),), tells=("30",)),
        Case(name="half, then the rest", writes=(half[:25], half[25:]), tells=("31",)),
        Case(name="two in one read", writes=(_dcs("Nri1/BA32", 8002) + _dcs("Nri1/FA33", 8003),), tells=("32", "33"), answers=2),
        Case(name="Chinese, UTF-8", writes=(_dcs("NBA34", 8004, extended="[I二楼西侧红外]"),), tells=("34",)),
        Case(name="Chinese, GB18030", writes=(_dcs("NBA35", 8005, extended="[I二楼西侧红外]", encoding="gb18030"),), tells=("35",)),
        Case(name="unknown code", writes=(_dcs("NZQ36", 8006),), tells=("36",)),
        Case(name="two events in one frame", writes=(_dcs("Nri1/BA37/FA38", 8007),), tells=("37", "38")),
        Case(name="restore of Contact ID", writes=(_cid("3130 01 039", 8009),), tells=("39",)),
        Case(name="still present, Contact ID", writes=(_cid("6130 01 040", 8010),), tells=("40",)),
        Case(name="trailing NUL", writes=(_dcs("NBA41", 8011) + b"\0", _dcs("NBA42", 8012)), tells=("41", "42"), answers=2),
        Case(name="binary CRC", writes=(wire.frame(binary, binary_crc=True),), tells=("43",)),
        Case(name="no R field", writes=(_dcs("NBA44", 8014, receiver=""),), tells=("44",)),
    )


def _answers(address: tuple[str, int], writes: tuple[bytes, ...], wanted: int) -> int:
    """How many of the answers that come within a moment are right ones: an ACK whose check sum and length fit."""
    framer, good = wire.Framer(), 0
    with suppress(OSError), socket.create_connection(address, ANSWER_S) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(ANSWER_S)
        for portion in writes:
            line.sendall(portion)
            if len(writes) > 1:
                time.sleep(0.05)
        while good < wanted:
            data = line.recv(4096)
            if not data:
                break
            good += sum(
                frame.crc_ok and frame.length_ok and frame.body.startswith(b'"ACK"') and b"None" not in frame.body
                for frame in framer.feed(data)
            )
    return good


def _timed(address: tuple[str, int]) -> tuple[list[float], int]:
    """Milliseconds to the answer of so many plain alarms on one connection, and how many had none."""
    took: list[float] = []
    with socket.create_connection(address, 5.0) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(5.0)
        for number in range(1, TIMED + 1):
            frame = _dcs(f"Nri1/BA{1 + number % 20}", number)
            at = time.monotonic()
            line.sendall(frame)
            if b'"ACK"' not in line.recv(4096):
                continue
            took.append((time.monotonic() - at) * 1000)
    return took, TIMED - len(took)


def measured() -> list[Figure]:
    """Time to the ACK, and the frames lost, of both receivers."""
    given = cases()
    with _foreign() as (port, told):
        theirs_ms, theirs_none = _timed(("127.0.0.1", port))
        theirs_acks = {case.name: _answers(("127.0.0.1", port), case.writes, case.answers) for case in given}
        time.sleep(0.5)
        theirs = told()
    with tempfile.TemporaryDirectory(prefix="zhishou-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        site = make_site(folder / "site", None, cameras=0, zones=50)
        with posted(site, folder / "data") as (_process, ports):
            address = ("127.0.0.1", ports["panel"])
            ours_ms, ours_none = _timed(address)
            ours_acks = {case.name: _answers(address, case.writes, case.answers) for case in given}
        ours = _kept(folder / "data")
    lost_ours = _lost(given, ours)
    lost_theirs = _lost(given, theirs)
    alarms = sum(len(case.tells) for case in given)
    wanted = sum(case.answers for case in given)
    theirs_p50, ours_p50 = percentile(theirs_ms, 0.5), percentile(ours_ms, 0.5)
    theirs_p95, ours_p95 = percentile(theirs_ms, 0.95), percentile(ours_ms, 0.95)
    return [
        Figure(
            name="dc09_ack_p50_ms", value=ours_p50, unit="ms", peer=f"pysiaalarm: {theirs_p50:.2f}", ratio=ours_p50 / theirs_p50,
            note="ours is on disk when it is acknowledged; pysiaalarm acknowledges first and hands over afterwards",
        ),
        Figure(name="dc09_ack_p95_ms", value=ours_p95, unit="ms", peer=f"pysiaalarm: {theirs_p95:.2f}", ratio=ours_p95 / theirs_p95),
        Figure(
            name="dc09_unanswered", value=ours_none, unit="of 400 plain", peer=f"pysiaalarm: {theirs_none}", limit=0
        ),
        Figure(
            name="dc09_lost", value=len(lost_ours), unit=f"of {alarms} odd alarms", peer=f"pysiaalarm: {len(lost_theirs)}", limit=0,
            note=f"pysiaalarm loses: {', '.join(lost_theirs) or 'none'}; ours: {', '.join(lost_ours) or 'none'}",
        ),
        Figure(
            name="dc09_right_acks_missing", value=wanted - sum(ours_acks.values()), unit=f"of {wanted}",
            peer=f"pysiaalarm: {wanted - sum(theirs_acks.values())}", limit=0,
            note="pysiaalarm without a right ACK: "
            + (", ".join(case.name for case in given if theirs_acks[case.name] < case.answers) or "none"),
        ),
    ]  # fmt: skip


def _lost(given: tuple[Case, ...], told: list[str]) -> list[str]:
    """The cases of which an alarm is missing, once for each."""
    return [case.name for case in given for zone in case.tells if zone not in told]


def _kept(data: Path) -> list[str]:
    """The zones of what is on record."""
    with open_beside(data) as store, store.read(Ground(site=Site(id="bench", name=Text("", ""))), SystemClock().now()) as rx:
        return [signal.point.removeprefix("z") for signal in rx.find(Signal) if signal.source == "panel"]


@contextmanager
def _foreign() -> "Iterator[tuple[int, Callable[[], list[str]]]]":
    with subprocess.Popen(
        [sys.executable, "-m", "bench.peers"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        talk_in, talk_out = process.stdin, process.stdout

        def told() -> list[str]:
            talk_in.write("\n")
            talk_in.flush()
            return list(json.loads(talk_out.readline())["zones"])

        try:
            yield json.loads(talk_out.readline())["port"], told
        finally:
            talk_in.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def main() -> int:
    """pysiaalarm, until standard input ends."""
    from pysiaalarm import CommunicationsProtocol, SIAAccount, SIAClient  # type: ignore[attr-defined]

    logging.disable(logging.CRITICAL)
    zones: list[str] = []

    def hear(event: Any) -> None:
        # Contact ID gives the zone as `ri`; of SIA the zone leads the message, whatever else is left in it.
        of_cid = str(event.message_type.value) == "ADM-CID"
        found = re.match(r"0*(\d+)", str(event.ri if of_cid else event.message))
        zones.append(found[1] if found else "")

    client = SIAClient("127.0.0.1", 0, [SIAAccount(ACCOUNT)], hear, protocol=CommunicationsProtocol.TCP)
    client.start()
    sys.stdout.write(json.dumps({"port": client.sia_server.server_address[1]}) + "\n")
    sys.stdout.flush()
    for _line in sys.stdin:
        sys.stdout.write(json.dumps({"zones": zones}) + "\n")
        sys.stdout.flush()
    client.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
