"""Receive DC-09 over TCP and UDP: persist, then answer.

A frame is answered with ACK only after every Signal in it is on disk. Until then the panel keeps it and sends it again;
the house recognises the repetition by `Signal.sequence`.
"""

import asyncio
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import Final

from console.models.errors import ConsoleError
from console.models.signals import Signal
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources.callers import Caller, Callers
from console.sources.health import Health
from console.sources.house import keep, why_not_kept
from console.sources.listening import keep_listening
from console.sources.sia_dc09 import canary, message, reading, wire
from console.sources.sia_dc09.answers import Verdict, answer
from console.sources.sia_dc09.events import read_dc03, read_dc05
from console.sources.sia_dc09.message import Head
from console.sources.sia_dc09.reading import Received
from console.sources.sia_dc09.setup import Account, Dc09Setup, read_key
from console.sources.sia_dc09.supervision import Supervision
from console.sources.source import Running, SourceContext

# Encrypted messages may be 20 s ahead of our clock and 40 s behind it (DC-09 5.5.1.9).
AHEAD_S: Final = 20.0
BEHIND_S: Final = 40.0

LOOK_S: Final = 0.25
STRANGER_AGAIN_S: Final = 3600.0
"""How often an unknown account that only polls is told of anew, in seconds."""
_STRANGERS: Final = 256

FORMATS: Final = {"SIA-DCS": read_dc03, "ADM-CID": read_dc05}
POLLS: Final = frozenset({"NULL", "XNM"})
ANSWERS: Final = frozenset({"ACK", "NAK", "DUH", "RSP"})

_NO_KEY: Final = Text("没有该账号的密钥", "there is no key for this account")
_WRONG_KEY: Final = Text("解密失败，密钥可能不一致", "it does not decrypt, the keys may differ")
_NO_SHAPE: Final = Text("内容格式不符", "it is not in the shape of the standard")
_NO_EVENT: Final = Text("其中没有事件", "no event is in it")


class Receiver:
    """One receiver's state while it runs; everything happens in its event loop."""

    def __init__(self, setup: SourceSetup, options: Dc09Setup, context: SourceContext, health: Health) -> None:
        self._setup = setup
        self._options = options
        self._context = context
        self._health = health
        self._supervision = Supervision(options.accounts, context.clock, health)
        self._keys = dict(self._read_keys())
        self._strangers: dict[str, float] = {}
        self._callers = Callers(
            context, wire.Framer, self._take, most=options.max_connections, idle_s=options.idle_s
        )

    async def serve(self, running: Running, stop: asyncio.Event) -> None:
        """Listen until `stop` is set; a port in use is told as health and tried again."""
        where = f"{self._options.host}:{self._options.port}"
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(self._watch())
            await keep_listening(self._sockets, where, running, self._health, stop)
            watch.cancel()

    def _sockets(self) -> AbstractAsyncContextManager[tuple[str, int]]:
        return self._callers.listen(self._options.host, self._options.port, self._options.transport)

    async def _watch(self) -> None:
        while True:
            self._supervision.look()
            for account_id, numbers in self._supervision.lost().items():
                account = self._options.accounts[account_id]
                gap = reading.skipped(self._setup.id, account, numbers, self._context.clock.now())
                self._callers.tasks.begin(self._tell(gap))
            await asyncio.sleep(LOOK_S)

    async def _tell(self, signal: Signal) -> None:
        await self._commit([signal])

    async def _take(self, frame: wire.Frame, caller: Caller) -> bytes:
        """Judge one frame, put what it says on disk, and give the answer to send (empty: none)."""
        sender = caller.sender
        if not frame.crc_ok or (self._options.check_length and not frame.length_ok):
            self._context.log.info("damaged frame from %s: %r", sender, frame.raw[:200])
            self._supervision.damaged(caller.host)
            return b""
        head = message.read_head(frame.body)
        if head is None:
            nobody = Head(
                format="?", encrypted=False, sequence="0000", receiver=None, line="0", account="", content=frame.body
            )
            await self._commit([reading.unreadable(self._received(frame, nobody, None, sender), _NO_SHAPE)])
            return b""
        if head.format in ANSWERS:
            return b""
        received, failure = self._read(frame, head, sender)
        if received.account_id == canary.ACCOUNT and canary.is_from_here(caller.host, caller.own):
            verdict = await self._canary(received)
        else:
            verdict = await self._judge(received, failure)
        return answer(
            verdict,
            head,
            received.account_id if received.account_id != "?" else "",
            self._context.clock.now(),
            key=self._keys.get(received.account_id),
            binary_crc=frame.binary_crc,
        )

    def _read(self, frame: wire.Frame, head: Head, sender: str) -> tuple[Received, Text | None]:
        account = self._options.accounts.get(head.account)
        zone_and_encodings = (account.zone, account.encodings) if account else ()
        clear: bytes | None = head.content
        failure: Text | None = None
        if head.encrypted:
            key = self._keys.get(head.account)
            clear = wire.decrypt(key, head.content) if key else None
            failure = _WRONG_KEY if key else _NO_KEY
        content = message.read_content(clear, *zone_and_encodings) if clear is not None else None
        if content is not None:
            failure = None
        elif failure is None:
            failure = _NO_SHAPE
        return self._received(frame, head, content, sender), failure

    def _received(self, frame: wire.Frame, head: Head, content: message.Content | None, sender: str) -> Received:
        account_id = head.account or (message.split_data(content.data)[0] if content else "") or "?"
        return Received(
            source=self._setup.id,
            frame=frame,
            head=head,
            account_id=account_id,
            account=self._options.accounts.get(account_id),
            content=content,
            sender=sender,
            at=self._context.clock.now(),
        )

    async def _canary(self, received: Received) -> Verdict:
        data = received.content.data if received.content is not None else ""
        events = read_dc03(message.split_data(data)[1])
        token = events[0].text if events else ""
        if not token:
            return Verdict.DUH
        refused = await keep(self._context, [canary.signal_of(received, token)])
        # A token that nobody sent is no fault of this source.
        return Verdict.ACK if refused is None else Verdict.DUH

    async def _judge(self, received: Received, failure: Text | None) -> Verdict:
        account, content, head = received.account, received.content, received.head
        if failure is not None or content is None:
            return await self._unusable(received, failure or _NO_SHAPE)
        if account is not None:
            if head.encrypted and not self._in_time(received):
                self._health.problem(f"clock {account.id}", _clock_is_off(account))
                return Verdict.NAK
            self._health.fine(f"clock {account.id}")
            self._supervision.heard(account)
            self._supervision.numbered(account, head.sequence)
            self._notice_plain(account, encrypted=head.encrypted)
        if head.format in POLLS:
            return await self._polled(received)
        if head.format not in FORMATS:
            return await self._unusable(
                received, Text(f"不支持的格式 {head.format}", f"the format {head.format} is not spoken here")
            )
        events = FORMATS[head.format](message.split_data(content.data)[1])
        if not events:
            return await self._unusable(received, _NO_EVENT)
        return Verdict.ACK if await self._commit(reading.signals_of(received, events)) else Verdict.SILENCE

    async def _unusable(self, received: Received, reason: Text) -> Verdict:
        kept = await self._commit([reading.unreadable(received, reason)])
        return Verdict.DUH if kept else Verdict.SILENCE

    async def _polled(self, received: Received) -> Verdict:
        if received.account is None:
            now = self._context.clock.monotonic()
            told = self._strangers.get(received.account_id)
            if told is None or now - told > STRANGER_AGAIN_S:
                if not await self._commit([reading.stranger(received)]):
                    return Verdict.SILENCE
                self._strangers.pop(received.account_id, None)
                self._strangers[received.account_id] = now
                if len(self._strangers) > _STRANGERS:
                    del self._strangers[next(iter(self._strangers))]
        return Verdict.ACK

    def _in_time(self, received: Received) -> bool:
        if received.account is None or not received.account.check_time:
            return True
        if received.content is None or received.content.sent_at is None:
            return False
        ahead_s = (received.content.sent_at - self._context.clock.now()).total_seconds()
        return -BEHIND_S <= ahead_s <= AHEAD_S

    def _notice_plain(self, account: Account, *, encrypted: bool) -> None:
        if account.key and not encrypted:
            self._health.problem(
                f"plain {account.id}",
                Text(
                    f"{account.label.zh}应加密发送，却发来明文。报警照常接收，请核对主机设置。",
                    f"{account.label.en} should encrypt but sends in clear. Its alarms are taken; check the panel's settings.",
                ),
                deaf=False,
            )
        else:
            self._health.fine(f"plain {account.id}")

    async def _commit(self, signals: list[Signal]) -> bool:
        """Hand the signals over and wait until all are on disk; False where one is not."""
        error = await keep(self._context, signals)
        if error is not None:
            self._context.log.warning("not on disk, so no answer is given: %s", error)
            self._health.problem("commit", _not_kept(why_not_kept(error)))
            return False
        self._health.fine("commit")
        return True

    def _read_keys(self) -> Iterable[tuple[str, bytes]]:
        for account in self._options.accounts.values():
            try:
                key = read_key(account, self._context.secrets)
            except ConsoleError as error:
                self._health.problem(f"key {account.id}", error.text)
                continue
            if key is not None:
                yield account.id, key


def _clock_is_off(account: Account) -> Text:
    return Text(
        f"{account.label.zh}的时钟与本机相差过大，加密信息被退回并已发送校时。若持续出现，请检查主机时钟。",
        f"The clock of {account.label.en} is too far from ours; its encrypted messages are refused and our time is sent.",
    )


def _not_kept(why: Text) -> Text:
    return Text(
        f"收到的报警未能保存（{why.zh}），未向主机确认，主机会重发。请立即检查数据库和磁盘。",
        f"An alarm could not be put on disk ({why.en}); it is not acknowledged and will come again. Check database and disk.",
    )
