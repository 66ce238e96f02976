"""The canary of DC-09: a real message of a reserved account, sent by this machine to its own receiver.

Why that is safe. The reserved account is taken for a canary only from this machine itself: a peer on the loopback, or one
whose address is the very one on which the receiver listens. From anywhere else it is an unknown account like any other.
A canary becomes no signal of the site, whatever event code it carries, it can neither raise nor end an alarm; and the
house knows which tokens it has sent and refuses all others. The worst that a forger on this machine can do is nothing.
"""

import ipaddress
import socket
from collections.abc import Callable
from contextlib import closing
from typing import Final

from console.models.alarms import AlarmClass
from console.models.errors import ConsoleError
from console.models.ids import PointId, SignalId, new_id
from console.models.signals import Signal, SignalKind
from console.models.site import SourceSetup
from console.sources.calling import address_of
from console.sources.sia_dc09 import wire
from console.sources.sia_dc09.message import read_head
from console.sources.sia_dc09.reading import CODEC, Received
from console.sources.sia_dc09.setup import read_setup
from console.sources.source import Running

ACCOUNT: Final = "CANARY0000000000"
"""The reserved account, as long as one may be: nobody has it by chance."""
CODE: Final = "RP"
"""The event it carries, "automatic test" (DC-03): harmless even to a receiver that does not know canaries."""
ANSWER_S: Final = 2.0
_READ: Final = 4096


def is_from_here(peer: str, own: str) -> bool:
    """Whether a peer's address (without port) is this machine's: the loopback, or the address it was reached at."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback) or (peer == own and not address.is_unspecified)


def signal_of(received: Received, token: str) -> Signal:
    """What the source delivers of a canary."""
    return Signal(
        id=SignalId(new_id()),
        source=received.source,
        kind=SignalKind.CANARY,
        point=PointId(f"dc09:{ACCOUNT}"),
        code=token,
        alarm_class=AlarmClass.TEST.value,
        received_at=received.at,
        sender=received.sender,
        raw=received.frame.raw,
        codec=CODEC,
    )


def message(token: str) -> bytes:
    """The frame that carries a token; what is not encrypted needs no time stamp (DC-09 5.5.1.9)."""
    return wire.frame(f'"SIA-DCS"0001L0#{ACCOUNT}[#{ACCOUNT}|N{CODE}^{token}^]'.encode("ascii"))


def probe(setup: SourceSetup, running: Running, secrets: Callable[[str], str], token: str) -> None:
    """Send a canary over every transport the receiver has, and wait for its ACK; ConsoleError where there is none."""
    del secrets  # the reserved account has no key: what is proved is the way, not a panel's secret
    transport = read_setup(setup, []).transport
    address = address_of(running)
    ways = {"tcp": (_over_tcp,), "udp": (_over_udp,), "both": (_over_tcp, _over_udp)}[transport]
    for way in ways:
        _send(way, address, message(token))


def _send(way: Callable[[tuple[str, int], bytes], bytes], address: tuple[str, int], frame: bytes) -> None:
    try:
        reply = way(address, frame)
    except OSError as error:
        why = error.strerror or str(error) or "timed out"
        raise ConsoleError(
            zh=f"向 {address[0]}:{address[1]} 发送自检信号失败：{why}。",
            en=f"The test signal to {address[0]}:{address[1]} failed: {why}.",
        ) from error
    head = next((read_head(found.body) for found in wire.Framer().feed(reply)), None)
    if head is None or head.format != "ACK":
        raise ConsoleError(zh="自检信号未得到应答。", en="The test signal was not acknowledged.")


def _over_tcp(address: tuple[str, int], frame: bytes) -> bytes:
    with closing(socket.create_connection(address, ANSWER_S)) as connection:
        connection.sendall(frame)
        return connection.recv(_READ)


def _over_udp(address: tuple[str, int], frame: bytes) -> bytes:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_DGRAM)) as line:
        line.settimeout(ANSWER_S)
        line.connect(address)
        line.send(frame)
        return line.recv(_READ)
