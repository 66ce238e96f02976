"""Receive punches over HTTP: 200 is said only when the punch is on disk."""

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from typing import Any, Final

from console.models.alarms import AlarmClass
from console.models.errors import ConsoleError, Refused
from console.models.ids import PointId, SignalId, new_id
from console.models.patrol import Punch
from console.models.signals import Signal, SignalKind
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources.health import Health
from console.sources.house import COMMIT_S, keep, why_not_kept
from console.sources.http import Call, Head, HttpServer, answer, bearer
from console.sources.listening import keep_listening
from console.sources.punch.reading import read_punch
from console.sources.source import Running, SourceContext

PATH: Final = "/punch"
CANARY_PATH: Final = "/canary"
"""Where the console posts its own test signal; who has no token is refused there as everywhere."""
LONGEST_CANARY: Final = 64
MAX_BODY: Final = 16384
REMEMBERED: Final = 10000
"""How many punches are remembered so that a repetition is answered without a second commit."""
_SENDERS: Final = 64

Key = tuple[str, str, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class PunchSetup:
    """The options of a punch receiver.

    `token` names the secret that readers send, empty where none is asked for. `zone` is for times without one.
    """

    host: str
    port: int
    token: str
    zone: tzinfo | None


class PunchReceiver:
    """One receiver's state while it runs; everything happens in its event loop."""

    def __init__(self, setup: SourceSetup, options: PunchSetup, context: SourceContext, health: Health) -> None:
        self._setup = setup
        self._options = options
        self._context = context
        self._health = health
        self._server = HttpServer(self._judge, context.log)
        self._known: OrderedDict[Key, Future[Any]] = OrderedDict()
        self._refused: OrderedDict[str, None] = OrderedDict()
        self._token = self._read_token()

    async def serve(self, running: Running, stop: asyncio.Event) -> None:
        """Listen until `stop` is set."""
        host, port = self._options.host, self._options.port
        sockets = partial(self._server.sockets, host, port)
        await keep_listening(sockets, f"{host}:{port}", running, self._health, stop)

    async def _judge(self, call: Call) -> Callable[[], Awaitable[bytes]]:
        body = await call.body(MAX_BODY)
        return partial(self._take, call.head, body, call.sender)

    async def _take(self, request: Head, body: bytes, sender: str) -> bytes:
        if request.path not in (PATH, CANARY_PATH):
            return answer(404, {"error": "not_found"})
        if request.method != "POST":
            return answer(405, {"error": "method"}, {"Allow": "POST"})
        if not self._is_known(request.headers):
            self._refuse(sender)
            return answer(401, {"error": "token"}, {"WWW-Authenticate": "Bearer"})
        self._accept(sender)
        if request.path == CANARY_PATH:
            return await self._canary(body, sender)
        try:
            punch = read_punch(body, self._context.clock.now(), self._options.zone)
        except ConsoleError as error:
            return answer(400, {"error": "punch", "zh": error.text.zh, "en": error.text.en})
        self._health.heard()
        return await self._keep(punch)

    async def _canary(self, body: bytes, sender: str) -> bytes:
        signal = Signal(
            id=SignalId(new_id()),
            source=self._setup.id,
            kind=SignalKind.CANARY,
            point=PointId(f"punch:{self._setup.id}"),
            code=body[:LONGEST_CANARY].decode("ascii", "replace"),
            alarm_class=AlarmClass.TEST.value,
            received_at=self._context.clock.now(),
            sender=sender,
            raw=body[:LONGEST_CANARY],
            codec="punch/1",
        )
        if await keep(self._context, [signal]) is not None:  # a token that nobody sent is no fault of this source
            return answer(409, {"error": "refused"})
        return answer(200, {"status": "kept"})

    async def _keep(self, punch: Punch) -> bytes:
        key = (punch.device, punch.chip, punch.reader_at.replace(second=0, microsecond=0))
        repeated = key in self._known
        try:
            future = self._known[key] if repeated else self._context.punch(punch)
            self._known[key] = future
            await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), COMMIT_S)
        except Refused as refusal:  # a rule of the house: sending it again would not help
            self._known.pop(key, None)
            return answer(409, {"error": "refused", "zh": refusal.text.zh, "en": refusal.text.en})
        except (ConsoleError, RuntimeError, TimeoutError) as error:
            self._known.pop(key, None)
            self._context.log.warning("punch not on disk: %s", error)
            why = why_not_kept(error)
            self._health.problem("commit", _not_kept(why))
            return answer(503, {"error": "not_kept", "zh": why.zh, "en": why.en}, {"Retry-After": "2"})
        self._health.fine("commit")
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return answer(200, {"status": "already" if repeated else "kept"})

    def _is_known(self, headers: Mapping[str, str]) -> bool:
        if not self._options.token:
            return True
        return bool(self._token) and hmac.compare_digest(bearer(headers), self._token)

    def _refuse(self, sender: str) -> None:
        self._refused[sender] = None
        self._health.problem(
            f"token {sender}",
            Text(
                f"{sender} 用错误的口令打卡，已拒收。请核对该设备的口令。",
                f"{sender} punches with a wrong token and is refused. Check the token of that device.",
            ),
            deaf=False,
        )
        while len(self._refused) > _SENDERS:
            self._accept(next(iter(self._refused)))

    def _accept(self, sender: str) -> None:
        self._refused.pop(sender, None)
        self._health.fine(f"token {sender}")

    def _read_token(self) -> bytes:
        if not self._options.token:
            return b""
        try:
            token = self._context.secrets(self._options.token).strip().encode("utf-8")
        except ConsoleError as error:
            self._health.problem("secret", error.text)
            return b""
        if not token:
            self._health.problem(
                "secret",
                Text("打卡口令为空，所有打卡都会被拒收。", "The punch token is empty: every punch is refused."),
            )
        return token


def _not_kept(why: Text) -> Text:
    return Text(
        f"打卡未能保存（{why.zh}），设备会重发。请检查数据库和磁盘。",
        f"A punch could not be put on disk ({why.en}); the device will send it again. Check database and disk.",
    )
