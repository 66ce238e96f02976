"""Two independent implementations of the standard agree with ours, in both directions."""

import threading
from datetime import UTC, datetime

import pytest
import siadc09.account
import siadc09.admcid
import siadc09.message
import siadc09.siadcs
import siadc09.xdata
from hypothesis import given
from hypothesis import strategies as st
from pysiaalarm import CommunicationsProtocol, SIAAccount, SIAClient, SIAEvent

from console.demo.panel import Dialler
from console.sources.sia_dc09 import wire
from console.sources.sia_dc09.answers import Verdict
from tests.sources.conftest import Start
from tests.sources.desk import PATIENCE_S, Desk
from tests.sources.sia_dc09.test_receiver import answers, line_to

KEY = b"AAAAAAAAAAAAAAAA"


def foreign_frame(format_: str, data: bytes, key: bytes | None, extended: tuple[bytes, ...] = ()) -> bytes:
    """A message made by siadc09."""
    account = siadc09.account.Account(acct=0x1234, key=key)
    made = siadc09.message.Message(
        account,
        {
            "idtoken": format_,
            "seqno": 7,
            "data": siadc09.xdata.Data(data) if data else None,
            "xdata": [siadc09.xdata.parse_xdata(item) for item in extended],
            "timestamp": datetime.now(UTC),
        },
    )
    frame: bytes = made.encode()
    return frame


# ------------------------------------------------------------------ theirs to ours


@pytest.mark.parametrize("key", [None, KEY, bytes(24), bytes(range(32))])
@pytest.mark.parametrize(
    ("format_", "data", "code"),
    [("SIA-DCS", b"#1234|Nri1/FA3", "FA"), ("ADM-CID", b"#1234|1130 01 012", "1130")],
)
def test_that_messages_of_siadc09_are_taken_and_it_understands_the_answer(
    dc09: Start, desk: Desk, format_: str, data: bytes, code: str, key: bytes | None
) -> None:
    desk.secrets["east"] = "hex:" + (key or b"").hex()
    running = dc09(accounts=[{"account": "1234", **({"key": "east"} if key else {})}])
    text = "二楼西侧红外"
    with line_to(running.address()) as connection:
        connection.sendall(foreign_frame(format_, data, key, (f"I{text}".encode(),)))
        (answer,) = answers(connection, 1)
    (signal,) = desk.signals
    assert (signal.code, signal.details["extended"]) == (code, {"I": text})
    understood = siadc09.message.parse_frame(answer.raw, key)
    assert isinstance(understood, siadc09.message.AckMessage)
    assert (understood.seq, understood.encrypted, understood.account.acct) == (7, key is not None, 0x1234)


def test_that_an_encrypted_poll_of_siadc09_is_acknowledged(dc09: Start, desk: Desk) -> None:
    desk.secrets["east"] = KEY.decode()
    running = dc09(accounts=[{"account": "1234", "key": "east"}])
    with line_to(running.address()) as connection:
        connection.sendall(foreign_frame("NULL", b"", KEY))
        (answer,) = answers(connection, 1)
    assert isinstance(siadc09.message.parse_frame(answer.raw, KEY), siadc09.message.AckMessage)
    assert desk.signals == []


def test_that_siadc09_understands_duh(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[{"account": "1234"}])
    with line_to(running.address()) as connection:
        connection.sendall(foreign_frame("ACR-SF", b"1234", None))
        (answer,) = answers(connection, 1)
    assert isinstance(siadc09.message.parse_frame(answer.raw), siadc09.message.DuhMessage)


@given(st.binary(max_size=400))
def test_that_siadc09_computes_the_same_crc(data: bytes) -> None:
    assert siadc09.util.crc(data) == wire.crc16(data)


# ------------------------------------------------------------------ ours to theirs


class ForeignReceiver:
    """A receiver of pysiaalarm on a free port."""

    def __init__(self, key: str | None) -> None:
        self.heard = threading.Condition()
        self.events: list[SIAEvent] = []
        self.client = SIAClient(
            "127.0.0.1", 0, [SIAAccount("1234", key)], self._hear, protocol=CommunicationsProtocol.TCP
        )

    def __enter__(self) -> "ForeignReceiver":
        self.client.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.client.stop()

    def _hear(self, event: SIAEvent) -> None:
        with self.heard:
            self.events.append(event)
            self.heard.notify_all()

    @property
    def port(self) -> int:
        port: int = self.client.sia_server.server_address[1]
        return port

    def event(self) -> SIAEvent:
        with self.heard:
            assert self.heard.wait_for(lambda: self.events, PATIENCE_S)
            return self.events[0]


@pytest.mark.parametrize("key", [None, KEY.decode(), "0123456789ABCDEF" * 2])
@pytest.mark.parametrize(("sent", "understood"), [("BA", "BA"), ("1130", "BA"), ("3130", "BH"), ("FA", "FA")])
def test_that_pysiaalarm_takes_what_our_panel_sends_and_we_understand_its_ack(
    key: str | None, sent: str, understood: str
) -> None:
    with (
        ForeignReceiver(key) as receiver,
        Dialler(
            "127.0.0.1", receiver.port, "1234", key.encode() if key else None, receiver="1", timeout_s=PATIENCE_S
        ) as panel,
    ):
        reply = panel.send(sent, "12", area="1")
        event = receiver.event()
    assert reply.verdict is Verdict.ACK
    assert (event.code, event.account, event.valid_message) == (understood, "1234", True)


@pytest.mark.expects_log("Event timestamp is no longer valid")
def test_that_pysiaalarm_refuses_our_panels_wrong_clock_and_the_panel_sets_it() -> None:
    with (
        ForeignReceiver(KEY.decode()) as receiver,
        Dialler("127.0.0.1", receiver.port, "1234", KEY, receiver="1", clock_error_s=-3600) as panel,
    ):
        reply = panel.send("FA", "3", area="1")
    assert (reply.verdict, reply.attempts) == (Verdict.ACK, 2)
