"""Receive notifications over HTTP: 200 is said only when everything in them is on disk."""

import asyncio
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qs

from console.models.alarms import AlarmClass, Priority
from console.models.errors import ConsoleError, Refused
from console.models.ids import PointId, SignalId, new_id
from console.models.signals import Signal, SignalKind
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources.health import Health
from console.sources.house import keep, why_not_kept
from console.sources.http import Call, Head, HttpServer, answer, bearer
from console.sources.listening import keep_listening
from console.sources.silence import Silence
from console.sources.source import Running, SourceContext
from console.sources.webhook.notices import Notice
from console.sources.webhook.profiles import PROFILES
from console.sources.webhook.setup import Endpoint, WebhookSetup

REQUEST_S: Final = 20.0
"""How long a notification with its pictures may take to arrive, in seconds."""
REMEMBERED: Final = 10000
"""How many notifications are remembered so that a repetition gets the first answer without a second commit."""
MAX_STATES: Final = 20000
KEY_HEADER: Final = "idempotency-key"
CANARY_HEADER: Final = "x-zhishou-canary"
LONGEST_KEY: Final = 200
CODEC: Final = "webhook/1"
_SENDERS: Final = 64

Key = tuple[str, str, bytes]
State = tuple[bool, float]


class WebhookReceiver:
    """One receiver's state while it runs; everything happens in its event loop."""

    def __init__(self, setup: SourceSetup, options: WebhookSetup, context: SourceContext, health: Health) -> None:
        self._setup = setup
        self._options = options
        self._context = context
        self._health = health
        self._server = HttpServer(self._judge, context.log, most=options.max_connections, request_s=REQUEST_S)
        self._silence = Silence(health, context.clock)
        for endpoint in options.endpoints.values():
            self._silence.watch(endpoint.path, endpoint.label, endpoint.heartbeat_s)
        self._secrets = {
            name: self._read_secret(name)
            for endpoint in options.endpoints.values()
            for name in (endpoint.token, endpoint.signature)
            if name
        }
        self._known: OrderedDict[Key, asyncio.Future[bytes]] = OrderedDict()
        self._states: OrderedDict[tuple[str, PointId, str], State] = OrderedDict()
        self._refused: OrderedDict[str, None] = OrderedDict()

    async def serve(self, running: Running, stop: asyncio.Event) -> None:
        """Listen until `stop` is set."""
        host, port = self._options.host, self._options.port
        async with asyncio.TaskGroup() as group:
            group.create_task(self._silence.keep_looking(stop))
            sockets = partial(self._server.sockets, host, port)
            await keep_listening(sockets, f"{host}:{port}", running, self._health, stop)

    async def _judge(self, call: Call) -> Callable[[], Awaitable[bytes]]:
        endpoint = self._options.endpoints.get(call.head.path)
        if endpoint is None:
            return _said(404, {"error": "not_found"})
        if call.head.method != "POST":
            return _said(405, {"error": "method"}, {"Allow": "POST"})
        if endpoint.token and not self._has_token(endpoint, call.head):
            return self._refuse(call.sender)
        body = await call.body(endpoint.most)
        if endpoint.signature and not self._is_signed(endpoint, call.head.headers, body):
            return self._refuse(call.sender)
        self._accept(call.sender)
        return partial(self._take, endpoint, call.head, body, call.sender)

    async def _take(self, endpoint: Endpoint, head: Head, body: bytes, sender: str) -> bytes:
        canary = head.headers.get(CANARY_HEADER, "")
        if canary:
            return await self._keep([self._canary(endpoint, canary, sender, body)], {})
        try:
            key = _key(head.headers)
            notices = PROFILES[endpoint.profile](body, head.headers.get("content-type", ""), self._options.zone)
        except ConsoleError as error:
            return answer(400, {"error": "notice", "zh": error.text.zh, "en": error.text.en})
        self._silence.heard(endpoint.path)
        key = key or (notices[0].id if len(notices) == 1 else "")
        if not key:
            return await self._deliver(endpoint, notices, "", sender)
        known: Key = (endpoint.path, key, hashlib.sha256(body).digest())
        first = self._known.get(known)
        if first is not None:
            said = await asyncio.shield(first)
            return said.replace(b"\r\n", b"\r\nIdempotent-Replayed: true\r\n", 1)
        result: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._known[known] = result
        said = answer(503, {"error": "not_kept"}, {"Retry-After": "2"})
        try:
            said = await self._deliver(endpoint, notices, key, sender)
        finally:
            if not said.startswith(b"HTTP/1.1 200 "):
                self._known.pop(known, None)
            result.set_result(said)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return said

    async def _deliver(self, endpoint: Endpoint, notices: list[Notice], key: str, sender: str) -> bytes:
        signals: list[Signal] = []
        states: dict[tuple[str, PointId, str], State] = {}
        for index, notice in enumerate(notices):
            point = _point(endpoint, notice)
            name = (endpoint.path, point, notice.code)
            kind = self._kind(endpoint, notice, states.get(name) or self._states.get(name))
            if kind is None:
                continue
            if notice.stream and notice.kind is not SignalKind.INFORMATION:
                states[name] = (notice.kind is SignalKind.ALARM, self._context.clock.monotonic())
            sequence = f"{endpoint.path}-{key}-{index}" if key else ""
            signals.append(self._signal(notice, kind, point, sequence, sender, endpoint))
        return await self._keep(signals, states)

    def _kind(self, endpoint: Endpoint, notice: Notice, before: State | None) -> SignalKind | None:
        """What a notice is, measured by the last one of its kind; None where it says nothing at all."""
        if not notice.stream or notice.kind not in (SignalKind.ALARM, SignalKind.RESTORE):
            return None if notice.heartbeat else notice.kind
        begins = notice.kind is SignalKind.ALARM
        if begins:
            fresh = before is None or not before[0]
            long_ago = before is not None and self._context.clock.monotonic() - before[1] >= endpoint.quiet_s
            return SignalKind.ALARM if fresh or long_ago else SignalKind.INFORMATION
        if before is None or before[0]:
            return SignalKind.RESTORE
        return None if notice.heartbeat else SignalKind.INFORMATION

    async def _keep(self, signals: list[Signal], states: Mapping[tuple[str, PointId, str], State]) -> bytes:
        """Commit all signals, remember what they change, and give the answer."""
        if not signals:
            return answer(200, {"status": "heartbeat", "signals": []})
        error = await keep(self._context, signals)
        if isinstance(error, Refused):  # a rule of the house: sending it again would not help
            return answer(409, {"error": "refused", "zh": error.text.zh, "en": error.text.en})
        if error is not None:
            if not isinstance(error, (ConsoleError, RuntimeError, TimeoutError)):
                raise error
            self._context.log.warning("notification not on disk: %s", error)
            why = why_not_kept(error)
            self._health.problem("commit", _not_kept(why))
            return answer(503, {"error": "not_kept", "zh": why.zh, "en": why.en}, {"Retry-After": "2"})
        self._health.fine("commit")
        for name, state in states.items():
            self._states[name] = state
            self._states.move_to_end(name)
        while len(self._states) > MAX_STATES:
            self._states.popitem(last=False)
        return answer(200, {"status": "kept", "signals": [signal.id for signal in signals]})

    def _signal(
        self, notice: Notice, kind: SignalKind, point: PointId, sequence: str, sender: str, endpoint: Endpoint
    ) -> Signal:
        details = {"path": endpoint.path, "profile": endpoint.profile, "family": notice.code, **notice.details}
        marks = {
            "of_device": notice.of_device,
            "repeated": kind is not notice.kind,
            "key": sequence,
        }
        return Signal(
            id=SignalId(new_id()),
            source=self._setup.id,
            kind=kind,
            point=point,
            code=notice.code,
            alarm_class=notice.alarm_class.value,
            priority=notice.priority if kind is SignalKind.ALARM else int(Priority.LOW),
            text_zh=notice.text.zh,
            text_en=notice.text.en,
            received_at=self._context.clock.now(),
            source_at=notice.at,
            sequence=sequence,
            sender=sender,
            raw=notice.raw,
            codec=CODEC,
            momentary=notice.momentary and kind is SignalKind.ALARM,
            details={**details, **{name: value for name, value in marks.items() if value}},
        )

    def _canary(self, endpoint: Endpoint, token: str, sender: str, body: bytes) -> Signal:
        return Signal(
            id=SignalId(new_id()),
            source=self._setup.id,
            kind=SignalKind.CANARY,
            point=PointId(f"webhook:{endpoint.path}"),
            code=token[:64],
            alarm_class=AlarmClass.TEST.value,
            priority=int(Priority.LOW),
            text_zh="通道自检信号",
            text_en="Canary of this console",
            received_at=self._context.clock.now(),
            sender=sender,
            raw=body,
            codec=CODEC,
            details={"path": endpoint.path},
        )

    def _has_token(self, endpoint: Endpoint, head: Head) -> bool:
        given = bearer(head.headers)
        if not given and endpoint.token_in_url:
            given = (parse_qs(head.query, max_num_fields=20).get("token", [""])[0]).encode("utf-8", "replace")
        secret = self._secrets[endpoint.token]
        return bool(secret) and hmac.compare_digest(given, secret)

    def _is_signed(self, endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the header holds the HMAC-SHA256 of the body in hex, with or without `sha256=` before it."""
        secret = self._secrets[endpoint.signature]
        given = headers.get(endpoint.signature_header, "").strip().lower().removeprefix("sha256=")
        wanted = hmac.new(secret, body, hashlib.sha256).hexdigest()
        return bool(secret) and hmac.compare_digest(given.encode("latin-1"), wanted.encode("ascii"))

    def _refuse(self, sender: str) -> Callable[[], Awaitable[bytes]]:
        self._refused[sender] = None
        self._health.problem(
            f"token {sender}",
            Text(
                f"{sender} 用错误的口令发送通知，已拒收。请核对该设备的口令。",
                f"{sender} sends notifications with a wrong token and is refused. Check the token of that device.",
            ),
            deaf=False,
        )
        while len(self._refused) > _SENDERS:
            self._accept(next(iter(self._refused)))
        return _said(401, {"error": "token"}, {"WWW-Authenticate": "Bearer"})

    def _accept(self, sender: str) -> None:
        self._refused.pop(sender, None)
        self._health.fine(f"token {sender}")

    def _read_secret(self, name: str) -> bytes:
        try:
            secret = self._context.secrets(name).strip().encode("utf-8")
        except ConsoleError as error:
            self._health.problem(f"secret {name}", error.text)
            return b""
        if not secret:
            self._health.problem(
                f"secret {name}",
                Text("通知口令为空，所有通知都会被拒收。", "The token is empty: every notification is refused."),
            )
        return secret


def _said(
    status: int, said: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Callable[[], Awaitable[bytes]]:
    async def reply() -> bytes:
        return answer(status, said, headers)

    return reply


def _key(headers: Mapping[str, str]) -> str:
    key = headers.get(KEY_HEADER, "")
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise ConsoleError(
            zh=f"Idempotency-Key 最多 {LONGEST_KEY} 个可见字符。",
            en=f"Idempotency-Key must be at most {LONGEST_KEY} characters that can be printed.",
        )
    return key


def _point(endpoint: Endpoint, notice: Notice) -> PointId:
    """The site's point, or a name of its own below the endpoint's path."""
    mapped = next((endpoint.points[place] for place in notice.places if place in endpoint.points), None)
    if mapped is not None:
        return mapped
    if endpoint.site_points:
        return PointId(notice.places[0])
    return PointId(f"webhook:{endpoint.path}/{notice.places[0]}")


def _not_kept(why: Text) -> Text:
    return Text(
        f"收到的通知未能保存（{why.zh}），已要求发送方重发。请立即检查数据库和磁盘。",
        f"A notification could not be put on disk ({why.en}); its sender was told to send it again. Check database and disk.",
    )
