"""Receive fire transmitters over TCP and UDP: persist, then confirm.

A frame is confirmed only after every Signal in it is on disk. What could not be stored is not answered, so that the
transmitter sends it again (GB/T 26875.3-2011 6.5); the same frame is recognised by its sequence and its bytes.
"""

import asyncio
from collections import OrderedDict
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from console.models.alarms import Alarm
from console.models.ids import PointId, SignalId, new_id
from console.models.signals import Signal
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources.callers import Caller, Callers, Write
from console.sources.gb26875 import clocks, objects, reading, wire
from console.sources.gb26875.duty import ANSWER_AGAIN_S, DutyChecks, answered_operation
from console.sources.gb26875.memory import frames_kept, recalled
from console.sources.gb26875.reading import Memory, Received
from console.sources.gb26875.setup import CLOCK_OFF, Gb26875Setup, Peer
from console.sources.gb26875.wire import Command, Damaged, Frame
from console.sources.health import Health
from console.sources.house import keep, recall, why_not_kept
from console.sources.listening import keep_listening
from console.sources.silence import SILENT_AFTER, Silence
from console.sources.source import Running, SourceContext

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
_STRANGERS: Final = 256


@dataclass(slots=True, kw_only=True)
class Line:
    """What is known about one transmitter or centre while the receiver runs.

    `write` sends bytes on its newest connection, None where it has none; `own` is the address it calls this console by.
    `remembers` says that `memory` holds every condition that stands; `before` are the frames of a former life.
    """

    peer: Peer
    own: int = 0
    version: tuple[int, int] = (1, 1)
    style: clocks.Style | None = None
    write: Write | None = None
    memory: Memory = field(default_factory=dict)
    remembers: bool = False
    recent: OrderedDict[tuple[int, bytes], tuple[float, tuple[Signal, ...]]] = field(default_factory=OrderedDict)
    before: dict[bytes, tuple[float, tuple[Signal, ...]]] = field(default_factory=dict)
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
        self._callers = Callers(
            context,
            wire.Framer,
            self._take,
            most=options.max_connections,
            idle_s=options.idle_s,
            lost=self._hung_up,
        )
        self._clock_off_s = float(context.setting(CLOCK_OFF))
        self._duty = DutyChecks(
            setup.id,
            tuple(peer for peer in options.peers.values() if peer.centre),
            context.clock,
            keep=self._commit,
            send=self._answer_duty,
        )

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
        known = await recall(self._context, self._setup.id)
        if known is None:
            return
        now, monotonic = self._context.clock.now(), self._context.clock.monotonic()
        for line in self._lines.values():
            line.memory = recalled(line.peer, known.live)
            line.remembers = True
            for raw, signals in frames_kept(line.peer, known.recent).items():
                age_s = max(0.0, (now - signals[-1].received_at).total_seconds())
                line.before[raw] = (monotonic - age_s, signals)

    def _sockets(self) -> AbstractAsyncContextManager[tuple[str, int]]:
        return self._callers.listen(self._options.host, self._options.port, self._options.transport)

    async def _watch(self) -> None:
        while True:
            self._silence.look()
            await self._duty.look()
            await asyncio.sleep(LOOK_S)

    def _hung_up(self, write: Write) -> None:
        for line in self._lines.values():
            if line.write is write:
                line.write = None

    async def _take(self, found: Frame | Damaged, caller: Caller) -> bytes:
        """Judge what came, put what it says on disk, and give the answer to send (empty: none)."""
        now, sender = self._context.clock.now(), caller.sender
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
                self._heard(line, found, caller.write)
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
            signals, memory = self._as_before(line, frame, made.signals), made.memory
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

    def _as_before(self, line: Line, frame: Frame, signals: tuple[Signal, ...]) -> tuple[Signal, ...]:
        """What a frame says that may be on disk from a former life: what it said then, and what of it was not yet there.

        Read again by the memory that it has left behind, its fire would be no news and pass for something else.
        """
        begun, kept = line.before.get(frame.raw, (0.0, ()))
        if not kept or self._context.clock.monotonic() - begun >= RECENT_S:
            return signals
        known = {one.sequence for one in kept}
        now = self._context.clock.now()
        again = tuple(replace(one, id=SignalId(new_id()), received_at=now) for one in kept)
        return (*again, *(one for one in signals if one.sequence not in known and not one.details.get("repeated")))

    async def _judge_stranger(self, received: Received) -> Command | None:
        frame = received.frame
        content = objects.read(frame.data)
        if content is not None and frame.source == CANARY_ADDRESS and content.type == objects.CANARY:
            token = frame.data[2 : 2 + LONGEST_TOKEN].decode("ascii", "replace")
            # A token that nobody sent is no fault of this source.
            return Command.CONFIRM if await keep(self._context, [reading.canary(received, token)]) is None else None
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
            self._callers.tasks.begin(self._set_clock(line))

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
        self._callers.tasks.begin(self._answer_acknowledged(point))

    async def _answer_acknowledged(self, point: PointId) -> None:
        try:
            await self._duty.acknowledged(point)
        except Exception:  # part of the source runner's boundary: work beside the conversations
            self._context.log.exception("a duty check could not be answered, fault %s", new_id())

    async def _commit(self, signals: list[Signal]) -> bool:
        """Hand the signals over and wait until all are on disk; False where one is not."""
        error = await keep(self._context, signals)
        if error is not None:
            self._context.log.warning("not on disk, so it is not confirmed: %s", error)
            self._health.problem("commit", _not_kept(why_not_kept(error)))
            return False
        self._health.fine("commit")
        return True


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


def _not_kept(why: Text) -> Text:
    return Text(
        f"收到的消防信息未能保存（{why.zh}），未向装置确认，装置会重发。请立即检查数据库和磁盘。",
        f"A fire message could not be put on disk ({why.en}); it is not confirmed and will come again. Check database and disk.",
    )
