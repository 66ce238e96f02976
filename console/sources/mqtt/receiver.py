"""Hear a broker for as long as the source runs: commit what its messages say, then acknowledge them in their order.

A message is acknowledged only when every Signal of it is on disk. What cannot be put there is tried again and stays
unacknowledged, so that the broker keeps it too and sends it once more should this program die meanwhile.
"""

import asyncio
import random
from collections import OrderedDict, deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from console.models.errors import ConsoleError, Refused
from console.models.ids import SignalId, new_id
from console.models.signals import Signal
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources.health import Health
from console.sources.house import recall
from console.sources.mqtt import reading
from console.sources.mqtt.edges import Edges
from console.sources.mqtt.fact import Fact, Nonsense, Says
from console.sources.mqtt.link import Link, Lost
from console.sources.mqtt.reading import Message
from console.sources.mqtt.setup import MqttSetup
from console.sources.runner import FAILED
from console.sources.silence import WHOLE, Silence, whole_source
from console.sources.source import Recalled, Running, SourceContext

FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 30.0
"""A lost broker is tried again after this first, then up to three times as long each time, at random, up to that."""
TICK_S: Final = 1.0
BATCH: Final = 64
"""So many messages share one wait for their commits."""
WAITING_AT_MOST: Final = 2000
"""So many messages wait in memory before the broker has to hold the rest."""
RECALL_S: Final = 30.0
UNDER_WAY_S: Final = 30.0
"""A message that may have been under way when the console died was stored this shortly before its last one."""
NONSENSE_EVERY_S: Final = 3600.0
NONSENSE_LASTS_S: Final = 300.0
_NONSENSE_TOPICS: Final = 64
_DONE: Final = 4096
_ATTEMPTS: Final = 3
"""What fails by a fault of ours this often is kept as information instead, so that it does not hold up the rest."""


@dataclass(slots=True)
class _Work:
    """A message on its way to the disk, with what has to be there before it is acknowledged."""

    link: Link
    message: Message
    signals: list[Signal]


class Receiver:
    """One source's state while it runs; everything happens in its event loop."""

    def __init__(self, setup: SourceSetup, options: MqttSetup, context: SourceContext, health: Health) -> None:
        self._setup = setup
        self._options = options
        self._context = context
        self._health = health
        self._silence = Silence(health, context.clock)
        self._silence.watch(WHOLE, whole_source(setup), options.heartbeat_s)
        self._edges = Edges()
        self._waiting: deque[tuple[Link, Message]] = deque()
        self._news = asyncio.Event()
        self._run = new_id()
        self._taken = 0
        self._done: OrderedDict[str, None] = OrderedDict()
        self._kept_before: frozenset[tuple[str, str, str]] = frozenset()
        self._nonsense: OrderedDict[str, float] = OrderedDict()

    async def serve(self, running: Running, stop: asyncio.Event) -> None:
        """Hear the broker until `stop` is set; a broker that is away is told as health and tried again."""
        self._remember(await self._recall())
        async with asyncio.TaskGroup() as group:
            work = group.create_task(self._work())
            look = group.create_task(self._silence.keep_looking(stop))
            await self._keep_connected(running, stop)
            work.cancel()
            look.cancel()

    # ------------------------------------------------------------------ what is known from before

    async def _recall(self) -> Recalled:
        return await recall(self._context, self._setup.id) or Recalled()

    def _remember(self, known: Recalled) -> None:
        self._edges = Edges(known.live)
        if known.recent:
            earliest = max(one.received_at for one in known.recent) - timedelta(seconds=UNDER_WAY_S)
            self._kept_before = frozenset(
                (str(one.details.get("mark", "")), str(one.point), one.code)
                for one in known.recent
                if one.received_at >= earliest
            )

    # ------------------------------------------------------------------ the connection

    async def _keep_connected(self, running: Running, stop: asyncio.Event) -> None:
        wait_s = FIRST_WAIT_S
        while not stop.is_set():
            link: Link | None = None
            try:
                link = Link(self._options, self._password(), self._received)
                await self._connect(link, running, stop)
                if not stop.is_set():
                    wait_s = FIRST_WAIT_S
                    await self._hear(link, stop)
            except Lost as lost:
                self._health.problem("broker", _away(self._options, lost))
            except ConsoleError as error:
                self._health.problem("broker", error.text)
            finally:
                running.listening(None)
                if link is not None:
                    link.close()
            with suppress(TimeoutError):
                # Jitter keeps a hundred clients from coming back in the same instant.
                await asyncio.wait_for(stop.wait(), random.uniform(wait_s / 2, wait_s))  # noqa: S311
            wait_s = min(LONGEST_WAIT_S, wait_s * 3)

    def _password(self) -> str:
        return self._context.secrets(self._options.password) if self._options.password else ""

    def _filters(self) -> tuple[str, ...]:
        wanted = [topic for stream in self._options.streams for topic in reading.topics_of(stream)]
        return tuple(dict.fromkeys([*wanted, self._options.canary_topic]))

    async def _connect(self, link: Link, running: Running, stop: asyncio.Event) -> None:
        stopped: asyncio.Future[Any] = asyncio.ensure_future(stop.wait())
        connecting: asyncio.Future[list[str]] = asyncio.ensure_future(link.connect(self._filters()))
        try:
            either: set[asyncio.Future[Any]] = {stopped, connecting}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not connecting.done():
                return
            refused = connecting.result()
        finally:
            stopped.cancel()
            connecting.cancel()
            await asyncio.gather(stopped, connecting, return_exceptions=True)
        if refused:
            self._health.problem("subscription", _not_granted(refused))
        else:
            self._health.fine("subscription")
        self._health.fine("broker")
        self._health.fine(FAILED)
        self._health.tell()
        running.listening((self._options.host, self._options.port))

    async def _hear(self, link: Link, stop: asyncio.Event) -> None:
        while not stop.is_set() and link.is_up:
            stopped: asyncio.Future[Any] = asyncio.ensure_future(stop.wait())
            either: set[asyncio.Future[Any]] = {stopped, link.ended}
            await asyncio.wait(either, timeout=TICK_S, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            link.tick()
            link.pause(len(self._waiting) >= WAITING_AT_MOST)
            self._forget_nonsense()
        if not stop.is_set():
            raise Lost(link.ended.result())

    def _received(self, link: Link, message: Message) -> None:
        self._waiting.append((link, message))
        self._news.set()
        if len(self._waiting) >= WAITING_AT_MOST:
            link.pause(True)

    # ------------------------------------------------------------------ to the disk, and back to the broker

    async def _work(self) -> None:
        while True:
            await self._news.wait()
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            if not self._waiting:
                self._news.clear()
            works = [self._read(link, message) for link, message in batch]
            await self._store([(work, signal) for work in works for signal in work.signals])
            for work in works:
                self._finish(work)

    def _finish(self, work: _Work) -> None:
        if work.message.qos:
            self._done[work.message.mark] = None
            while len(self._done) > _DONE:
                self._done.popitem(last=False)
        work.link.acknowledge(work.message)

    def _read(self, link: Link, message: Message) -> _Work:
        if message.again and message.mark in self._done:
            return _Work(link, message, [])  # on disk already; only our word for it was lost
        self._done.pop(message.mark, None)  # the packet id was free again: this one is another
        at = self._context.clock.now()
        if message.topic == self._options.canary_topic:
            found = [] if message.retained else [reading.canary(self._setup.id, message, at)]
        else:
            found = self._signals(message)
        if message.again:
            found = [one for one in found if (message.mark, str(one.point), one.code) not in self._kept_before]
        self._taken += 1
        return _Work(
            link,
            message,
            [replace(one, sequence=f"{self._run}-{self._taken}-{index}") for index, one in enumerate(found)],
        )

    def _signals(self, message: Message) -> list[Signal]:
        at = self._context.clock.now()
        found: list[Signal] = []
        for stream in self._options.streams:
            try:
                found += reading.signals_of(self._setup.id, stream, message, at, self._edges, tell=self._system)
            except Nonsense as error:
                found += self._not_understood(message, error.text)
            else:
                if reading.wants(stream, message.topic):
                    self._silence.heard()
        return found

    def _not_understood(self, message: Message, reason: Text) -> Iterable[Signal]:
        """What cannot be read is kept once an hour a topic, and told the technician as long as it goes on."""
        now = self._context.clock.monotonic()
        before = self._nonsense.get(message.topic)
        if before is not None and now - before < NONSENSE_EVERY_S:
            return
        self._nonsense[message.topic] = now
        self._nonsense.move_to_end(message.topic)
        while len(self._nonsense) > _NONSENSE_TOPICS:
            self._nonsense.popitem(last=False)
        self._health.problem("nonsense", _cannot_read(message, reason), deaf=False)
        yield reading.nonsense(self._setup.id, message, self._context.clock.now(), reason, self._options.max_bytes)

    def _forget_nonsense(self) -> None:
        now = self._context.clock.monotonic()
        if self._nonsense and now - next(reversed(self._nonsense.values())) > NONSENSE_LASTS_S:
            self._health.fine("nonsense")

    def _system(self, fact: Fact) -> None:
        name = f"system {fact.device}"
        if fact.says is Says.ILL:
            self._health.problem(name, fact.text)
        else:
            self._health.fine(name)

    async def _store(self, wanted: list[tuple[_Work, Signal]]) -> None:
        """Come back when all of them are on disk, however long that takes."""
        attempt, wait_s = 0, FIRST_WAIT_S
        while wanted:
            attempt += 1
            outcomes = await asyncio.gather(*(self._commit(signal) for _, signal in wanted), return_exceptions=True)
            failed = [(pair, outcome) for pair, outcome in zip(wanted, outcomes, strict=True) if _wants_another_try(outcome)]
            if not failed:
                break
            error = failed[0][1]
            self._context.log.info("not on disk, so nothing is acknowledged: %s", error)
            self._health.problem("commit", _not_kept(error))
            wanted = [(work, self._once_more(work, signal, why, attempt)) for (work, signal), why in failed]
            await asyncio.sleep(random.uniform(wait_s / 2, wait_s))  # noqa: S311
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)
        self._health.fine("commit")

    async def _commit(self, signal: Signal) -> Any:
        try:
            future = self._context.deliver(signal)
        except RuntimeError as error:  # the desk is closing: without a commit there is no acknowledgement
            return error
        try:
            await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if future.cancelled():
                return RuntimeError("cancelled")
            raise
        except Exception as error:  # noqa: BLE001  (part of the source runner's boundary: told, and tried again)
            return error
        return None

    def _once_more(self, work: _Work, signal: Signal, why: BaseException, attempt: int) -> Signal:
        """The same signal under a new id: the house knows a repetition by its sequence."""
        if isinstance(why, ConsoleError) or attempt < _ATTEMPTS:
            return replace(signal, id=SignalId(new_id()))
        reason = Text("程序处理出错", "the program fails on it")
        kept = reading.nonsense(self._setup.id, work.message, signal.received_at, reason, self._options.max_bytes)
        return replace(kept, sequence=f"{signal.sequence}-n")


def _wants_another_try(outcome: Any) -> bool:
    """Whether a signal that is not on disk may be there later; what a rule of the house refuses never will.

    Such is a test signal that nobody sent, or one that a former life of this console sent and the broker has kept: trying
    it again would hold up every alarm behind it.
    """
    return outcome is not None and not isinstance(outcome, Refused)


def _away(options: MqttSetup, lost: Lost) -> Text:
    if lost.refused:
        return Text(
            f"MQTT 服务器 {options.where} 拒绝连接（{lost.why}）。请检查账号、口令、证书和权限；正在重试。",
            f"The MQTT broker {options.where} refuses us ({lost.why}). Check login, password, certificates and rights;"
            " trying again.",
        )
    if "taken over" in lost.why.lower():
        return Text(
            f"另一个程序用同一客户端编号“{options.client_id}”连接了 {options.where}。请为其中一个改“client_id”。",
            f'Another program uses our client id "{options.client_id}" at {options.where}. Give one another "client_id".',
        )
    return Text(
        f"连不上 MQTT 服务器 {options.where}（{lost.why}），收不到报警，正在重试。",
        f"The MQTT broker {options.where} is not reached ({lost.why}): no alarm arrives; trying again.",
    )


def _not_granted(filters: list[str]) -> Text:
    listed = ", ".join(filters)
    return Text(
        f"MQTT 服务器不允许订阅：{listed}。请在服务器上授权。",
        f"The MQTT broker does not let us subscribe: {listed}. Grant that at the broker.",
    )


def _cannot_read(message: Message, reason: Text) -> Text:
    topic = message.topic[:100]
    return Text(
        f"主题 {topic} 的消息无法解读（{reason.zh}），原文已存。请核对映射。",
        f"Messages on {topic} cannot be read ({reason.en}); they are kept. Check the mapping.",
    )


def _not_kept(error: BaseException) -> Text:
    why = error.text if isinstance(error, ConsoleError) else Text("写入失败", "writing failed")
    return Text(
        f"收到的报警未能保存（{why.zh}），未向服务器确认，正在重试。请立即检查数据库和磁盘。",
        f"An alarm could not be put on disk ({why.en}); it is not acknowledged and is tried again. Check database and disk.",
    )
