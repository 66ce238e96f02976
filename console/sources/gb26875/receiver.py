"""Receive fire transmitters over TCP and UDP: persist, then confirm.

A frame is confirmed only after every Signal in it is on disk. What could not be stored is not answered, so that the
transmitter sends it again (GB/T 26875.3-2011 6.5); the same frame is recognised by its sequence and its bytes.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, cast

from typing_extensions import override

from console.models.alarms import Alarm
from console.models.errors import ConsoleError
from console.models.ids import PointId, SignalId, new_id
from console.models.signals import Signal
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources.gb26875 import clocks, objects, reading, wire
from console.sources.gb26875.duty import ANSWER_AGAIN_S, DutyChecks, answered_operation
from console.sources.gb26875.memory import recalled
from console.sources.gb26875.reading import Memory, Received
from console.sources.gb26875.setup import CLOCK_OFF, Gb26875Setup, Peer
from console.sources.gb26875.wire import Command, Damaged, Frame
from console.sources.health import Health
from console.sources.listening import Tasks, keep_listening, stop_accepting
from console.sources.silence import SILENT_AFTER, Silence
from console.sources.source import Running, SourceContext

RECALL_S: Final = 10.0
COMMIT_S: Final = 30.0
"""How long a commit may take before the transmitter is left without an answer, in seconds."""
WRITE_S: Final = 5.0
CLOSE_S: Final = 0.5
LOOK_S: Final = 0.25
CLOCK_AGAIN_S: Final = 60.0
"""How often a transmitter's clock is set at most, in seconds."""
RECENT_S: Final = 240.0
"""How long a frame is remembered to know it again; the house knows it for five minutes."""
RECENT: Final = 16
STALE_S: Final = 90.0
"""After so long a silence the remembered states of a transmitter without heartbeat count no more, in seconds."""
MAX_PLACES: Final = 20000
CANARY_ADDRESS: Final = wire.LARGEST_ADDRESS
LONGEST_TOKEN: Final = 64
_READ: Final = 4096
_DATAGRAMS: Final = 256
_STRANGERS: Final = 256

Write = Callable[[bytes], None]


@dataclass(slots=True, kw_only=True)
class Line:
    """What is known about one transmitter or centre while the receiver runs.

    `write` sends bytes on its newest connection, None where it has none; `own` is the address it calls this console by.
    `remembers` says that `memory` holds every condition that stands.
    """

    peer: Peer
    own: int = 0
    version: tuple[int, int] = (1, 1)
    style: clocks.Style | None = None
    write: Write | None = None
    memory: Memory = field(default_factory=dict)
    remembers: bool = False
    recent: OrderedDict[tuple[int, bytes], tuple[float, tuple[Signal, ...]]] = field(default_factory=OrderedDict)
    awaited: dict[int, "asyncio.Future[bool]"] = field(default_factory=dict)
    sequence: int = 0
    newest: bytes = b""
    heard: float | None = None
    clock_set: float | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def next_sequence(self) -> int:
        """The number of the next frame that this side begins."""
        self.sequence = (self.sequence + 1) & 0xFFFF
        return self.sequence


class Receiver:
    """One receiver's state while it runs; everything happens in its event loop."""

    def __init__(self, setup: SourceSetup, options: Gb26875Setup, context: SourceContext, health: Health) -> None:
        self._setup = setup
        self._options = options
        self._context = context
        self._health = health
        self._silence = Silence(health, context.clock)
        for peer in options.peers.values():
            self._silence.watch(str(peer.address), peer.label, peer.heartbeat_s)
        self._lines = {address: Line(peer=peer) for address, peer in options.peers.items()}
        self._strangers: set[int] = set()
        self._connections: dict[asyncio.StreamWriter, float] = {}
        self._clock_off_s = float(context.setting(CLOCK_OFF))
        self._duty = DutyChecks(
            setup.id,
            tuple(peer for peer in options.peers.values() if peer.centre),
            context.clock,
            keep=self._commit,
            send=self._answer_duty,
        )
        self.tasks = Tasks()

    async def serve(self, running: Running, stop: asyncio.Event) -> None:
        """Listen until `stop` is set; a port in use is told as health and tried again."""
        where = f"{self._options.host}:{self._options.port}"
        loop = asyncio.get_running_loop()

        def hear(alarm: Alarm) -> None:
            with suppress(RuntimeError):  # the loop may have ended in this very moment
                loop.call_soon_threadsafe(self._acknowledged, alarm.point)

        await self._recall()
        end = self._context.acknowledged(hear)
        try:
            async with asyncio.TaskGroup() as group:
                watch = group.create_task(self._watch())
                await keep_listening(self._sockets, where, running, self._health, stop)
                watch.cancel()
        finally:
            end()

    async def _recall(self) -> None:
        """Learn which conditions stand from before the start, to tell news from repetition."""
        try:
            known = await asyncio.wait_for(asyncio.wrap_future(self._context.recall()), RECALL_S)
        except (ConsoleError, TimeoutError):
            # Without memory a state that is said again is an alarm again: too many rather than too few.
            self._context.log.info("source %s begins without a memory of its live alarms", self._setup.id)
            return
        for line in self._lines.values():
            line.memory = recalled(line.peer, known.live)
            line.remembers = True

    @asynccontextmanager
    async def _sockets(self) -> AsyncIterator[tuple[str, int]]:
        host, port, transport = self._options.host, self._options.port, self._options.transport
        server, datagrams = None, None
        try:
            if transport != "udp":
                server = await asyncio.start_server(
                    lambda reader, writer: self.tasks.begin(self._converse(reader, writer), writer), host, port
                )
                port = server.sockets[0].getsockname()[1]
            if transport != "tcp":
                datagrams, _protocol = await asyncio.get_running_loop().create_datagram_endpoint(
                    lambda: _Datagrams(self), local_addr=(host, port)
                )
                port = datagrams.get_extra_info("sockname")[1]
            yield host, port
        finally:
            if datagrams is not None:
                datagrams.close()
            if server is not None:
                await stop_accepting(server)
            await self.tasks.end()

    async def _watch(self) -> None:
        while True:
            self._silence.look()
            await self._duty.look()
            await asyncio.sleep(LOOK_S)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._make_room()
        sender = _written(writer.get_extra_info("peername"))
        framer = wire.Framer()
        write = writer.write
        try:
            while True:
                self._connections[writer] = self._context.clock.monotonic()
                data = await asyncio.wait_for(reader.read(_READ), self._options.idle_s)
                if not data:
                    return
                for found in framer.feed(data):
                    if reply := await self.take(found, sender, write):
                        writer.write(reply)
                        await asyncio.wait_for(writer.drain(), WRITE_S)
        except (TimeoutError, OSError):
            self._context.log.info("connection of %s ended without a word", sender)
        except Exception:  # part of the source runner's boundary: one transmitter must not silence the others
            self._context.log.exception("connection of %s failed, fault %s", sender, new_id())
        finally:
            self._connections.pop(writer, None)
            for line in self._lines.values():
                if line.write is write:
                    line.write = None
            writer.close()
            with suppress(OSError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), CLOSE_S)

    def _make_room(self) -> None:
        """Close the connection that has been quiet longest: transmitters leave dead ones behind and then call anew."""
        while len(self._connections) >= self._options.max_connections:
            quietest = min(self._connections, key=lambda writer: self._connections[writer])
            del self._connections[quietest]
            quietest.close()

    async def take(self, found: Frame | Damaged, sender: str, write: Write) -> bytes:
        """Judge what came, put what it says on disk, and give the answer to send (empty: none)."""
        now = self._context.clock.now()
        line = self._lines.get(found.source)
        if isinstance(found, Damaged):
            self._context.log.info("damaged frame from %s (%s): %s", sender, found.fault, found.head.hex())
            return wire.deny(found, self._stamp(now, line))
        if found.command in (Command.CONFIRM, Command.DENY):
            _outcome(line, found)
            return b""
        if line is None:
            received = self._received(found, sender, now, None)
            verdict = await self._judge_stranger(received)
        else:
            async with line.turn:
                self._heard(line, found, write)
                received = self._received(found, sender, now, line)
                if found.raw != line.newest:  # sent again, a frame is as old as its first time
                    self._look_at_clock(received, line)
                line.newest = found.raw
                verdict = await self._judge(received, line)
        if verdict is None:
            return b""
        return (wire.confirm if verdict is Command.CONFIRM else wire.deny)(
            found, self._stamp(now, line, received.style)
        )

    def _received(self, frame: Frame, sender: str, now: datetime, line: Line | None) -> Received:
        style = clocks.tell_style(frame.clock, self._options.zone, now, line.style if line else None)
        if line and style:
            line.style = style
        return Received(
            source=self._setup.id,
            frame=frame,
            peer=line.peer if line else None,
            style=style or (line.style if line else None),
            zone=self._options.zone,
            sender=sender,
            at=now,
            remembers=bool(line and line.remembers),
        )

    def _heard(self, line: Line, frame: Frame, write: Write) -> None:
        now = self._context.clock.monotonic()
        limit_s = SILENT_AFTER * line.peer.heartbeat_s or STALE_S
        if line.heard is not None and now - line.heard > limit_s:
            line.memory = {}  # what happened meanwhile may never have come through
            line.remembers = False
        line.heard = now
        line.write, line.own, line.version = write, frame.target, frame.version
        self._silence.heard(str(line.peer.address))

    async def _judge(self, received: Received, line: Line) -> Command | None:
        """Give CONFIRM or DENY, None for silence."""
        frame = received.frame
        key = (frame.sequence, frame.raw)
        content = objects.read(frame.data)
        if frame.command in (Command.SEND, Command.REPLY) and content is None:
            return Command.CONFIRM if frame.command == Command.SEND else None
        begun, again = line.recent.get(key, (0.0, ()))
        if again and self._context.clock.monotonic() - begun < RECENT_S:
            signals = tuple(replace(one, id=SignalId(new_id()), received_at=received.at) for one in again)
            return self._verdict(frame, content) if await self._commit(list(signals)) else None
        if frame.command in (Command.SEND, Command.REPLY) and content is not None:
            made = reading.read(received, content, line.memory)
            signals, memory = made.signals, made.memory
        elif minutes := _duty_minutes(frame, content, line.peer):
            signals, memory = (reading.duty_check(received, minutes[0]),), line.memory
        else:
            signals, memory = (reading.refused(received, _not_followed(frame, content)),), line.memory
        if not await self._commit(list(signals)):
            return None
        line.memory = memory if len(memory) <= MAX_PLACES else dict(list(memory.items())[-MAX_PLACES:])
        line.recent[key] = (self._context.clock.monotonic(), signals)
        while len(line.recent) > RECENT:
            line.recent.popitem(last=False)
        if minutes := _duty_minutes(frame, content, line.peer):
            self._duty.asked(line.peer.address, minutes[0])
        return self._verdict(frame, content, line.peer)

    async def _judge_stranger(self, received: Received) -> Command | None:
        frame = received.frame
        content = objects.read(frame.data)
        if content is not None and frame.source == CANARY_ADDRESS and content.type == objects.CANARY:
            token = frame.data[2 : 2 + LONGEST_TOKEN].decode("ascii", "replace")
            return Command.CONFIRM if await self._commit([reading.canary(received, token)]) else None
        if frame.command == Command.SEND and content is None:
            if frame.source not in self._strangers:
                if not await self._commit([reading.stranger(received)]):
                    return None
                if len(self._strangers) < _STRANGERS:
                    self._strangers.add(frame.source)
            return Command.CONFIRM
        if frame.command in (Command.SEND, Command.REPLY) and content is not None:
            signals = reading.read(received, content, {}).signals
        else:
            signals = (reading.refused(received, _not_followed(frame, content)),)
        return self._verdict(frame, content) if await self._commit(list(signals)) else None

    @staticmethod
    def _verdict(frame: Frame, content: objects.Content | None, peer: Peer | None = None) -> Command | None:
        """What a frame is answered whose signals are on disk."""
        if frame.command == Command.REPLY:
            return None
        if frame.command == Command.SEND and not (content and content.missing):
            return Command.CONFIRM
        return Command.CONFIRM if _duty_minutes(frame, content, peer) else Command.DENY

    def _stamp(self, now: datetime, line: Line | None, style: clocks.Style | None = None) -> bytes:
        """Our time as the other side writes it."""
        style = style or (line.style if line else None) or clocks.Style.BINARY
        return clocks.write(now, style, self._options.zone)

    def _look_at_clock(self, received: Received, line: Line) -> None:
        """Compare a transmitter's clock with ours; where it is too far off, say so and set it (GB 50440-2007)."""
        if line.peer.centre:
            return
        name = f"clock {line.peer.address}"
        told_at = received.moment(received.frame.clock)
        if told_at is not None and abs((told_at - received.at).total_seconds()) <= self._clock_off_s:
            self._health.fine(name)
            return
        self._health.problem(name, _clock_is_off(line.peer, impossible=told_at is None), deaf=False)
        now = self._context.clock.monotonic()
        if self._options.time_sync and (line.clock_set is None or now - line.clock_set >= CLOCK_AGAIN_S):
            line.clock_set = now
            self.tasks.begin(self._set_clock(line))

    async def _set_clock(self, line: Line) -> None:
        """Offer our time to a transmitter: the only control command that this console ever sends."""
        stamp = self._stamp(self._context.clock.now(), line)
        sequence = line.next_sequence()
        frame = wire.set_clock(sequence, stamp, line.own, line.peer.address, line.version)
        taken = await self._exchange(line, sequence, frame)
        self._context.log.info("clock of transmitter %d set: %s", line.peer.address, taken)

    async def _answer_duty(self, address: int) -> bool:
        line = self._lines[address]
        stamp = self._stamp(self._context.clock.now(), line)
        sequence = line.next_sequence()
        data = answered_operation(self._options.operator, stamp)
        return await self._exchange(line, sequence, wire.report(sequence, stamp, line.own, address, data, line.version))

    async def _exchange(self, line: Line, sequence: int, frame: bytes) -> bool:
        """Send a frame of ours and wait for its confirmation, for at most the ten seconds of the standard."""
        confirmed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        line.awaited[sequence] = confirmed
        try:
            if line.write is not None:
                line.write(frame)
            return await asyncio.wait_for(confirmed, ANSWER_AGAIN_S)
        except TimeoutError:
            return False
        finally:
            line.awaited.pop(sequence, None)

    def _acknowledged(self, point: PointId) -> None:
        self.tasks.begin(self._answer_acknowledged(point))

    async def _answer_acknowledged(self, point: PointId) -> None:
        try:
            await self._duty.acknowledged(point)
        except Exception:  # part of the source runner's boundary: work beside the conversations
            self._context.log.exception("a duty check could not be answered, fault %s", new_id())

    async def _commit(self, signals: list[Signal]) -> bool:
        """Hand the signals over and wait until all are on disk; False where one is not."""
        outcomes: list[BaseException | None]
        try:
            pending = [asyncio.wrap_future(self._context.deliver(signal)) for signal in signals]
        except (ConsoleError, RuntimeError) as error:  # the desk is closing: without a commit nothing is confirmed
            outcomes = [error]
        else:
            outcomes = await _outcomes(pending)
        failed = [outcome for outcome in outcomes if outcome is not None]
        if failed:
            self._context.log.warning("not on disk, so it is not confirmed: %s", failed[0])
            self._health.problem("commit", _not_kept(failed[0]))
            return False
        self._health.fine("commit")
        return True


class _Datagrams(asyncio.DatagramProtocol):
    """The same over UDP: a datagram holds whole frames, the answer goes back where it came from."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    @override
    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        if len(self._receiver.tasks) < _DATAGRAMS:
            self._receiver.tasks.begin(self._take(data, address))

    async def _take(self, data: bytes, address: tuple[str, int]) -> None:
        def write(reply: bytes) -> None:
            if not self._transport.is_closing():
                self._transport.sendto(reply, address)

        for found in wire.Framer().feed(data):
            if reply := await self._receiver.take(found, _written(address), write):
                write(reply)


def _outcome(line: Line | None, frame: Frame) -> None:
    awaited = line.awaited.get(frame.sequence) if line else None
    if awaited is not None and not awaited.done():
        awaited.set_result(frame.command == Command.CONFIRM)


def _duty_minutes(frame: Frame, content: objects.Content | None, peer: Peer | None) -> list[int]:
    """The minutes of a duty check that a centre of the site asks for; empty where this is none."""
    if frame.command != Command.CONTROL or content is None or peer is None or not peer.centre:
        return []
    return [thing.minutes for thing in content.things if isinstance(thing, objects.DutyCheck)]


def _not_followed(frame: Frame, content: objects.Content | None) -> Text:
    what = f"{frame.command}/{content.type if content else '-'}"
    if frame.command == Command.REQUEST:
        return Text(
            f"查询（{what}）未应答：本机只作镜像显示", f"its question ({what}) is not answered: this is a mirror"
        )
    if frame.command == Command.CONTROL:
        return Text(
            f"控制命令（{what}）未执行：本机只作镜像显示", f"its order ({what}) is not followed: this is a mirror"
        )
    return Text(f"未知命令（{what}）", f"an unknown command ({what})")


async def _outcomes(pending: list["asyncio.Future[Any]"]) -> list[BaseException | None]:
    """Wait for all commits, but not for ever, and give the error of each, None where it is on disk."""
    if not pending:
        return []
    _done, late = await asyncio.wait(pending, timeout=COMMIT_S)
    for future in late:
        future.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    return [_error_of(future) for future in pending]


def _error_of(future: "asyncio.Future[Any]") -> BaseException | None:
    if not future.done():
        return TimeoutError(f"no commit within {COMMIT_S:g} s")
    return asyncio.CancelledError() if future.cancelled() else future.exception()


def _written(address: tuple[Any, ...] | None) -> str:
    return f"{address[0]}:{address[1]}" if address else "?"


def _clock_is_off(peer: Peer, *, impossible: bool) -> Text:
    if impossible:
        return Text(
            f"{peer.label.zh}的时钟无效，以本机时间为准。请检查装置时钟。",
            f"The clock of {peer.label.en} shows no possible time; ours is used. Check the device's clock.",
        )
    return Text(
        f"{peer.label.zh}的时钟与本机相差过大。请检查装置时钟。",
        f"The clock of {peer.label.en} is too far from ours. Check the device's clock.",
    )


def _not_kept(error: BaseException) -> Text:
    why = error.text if isinstance(error, ConsoleError) else Text("写入失败", "writing failed")
    return Text(
        f"收到的消防信息未能保存（{why.zh}），未向装置确认，装置会重发。请立即检查数据库和磁盘。",
        f"A fire message could not be put on disk ({why.en}); it is not confirmed and will come again. Check database and disk.",
    )
