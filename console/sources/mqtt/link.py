"""One connection to a broker, on the event loop of its source: nothing here ever waits in the way of the loop."""

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import paho.mqtt.client as paho
from paho.mqtt import MQTTException
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from typing_extensions import override

from console.models.errors import ConsoleError
from console.sources.mqtt.reading import Message
from console.sources.mqtt.setup import MqttSetup

CONNECT_S: Final = 10.0
"""How long address, connection, trust and the broker's answer may take together, in seconds."""
IN_FLIGHT: Final = 100
"""So many messages may wait for our acknowledgement (receive maximum of MQTT 5, 3.1.2.11.3)."""
_SPARE_BYTES: Final = 1 << 20
_REFUSED: Final = 128
"""From this reason code on it is a refusal (MQTT 5, 2.4)."""
# What a broker that speaks something else than MQTT makes of the library.
_GIBBERISH: Final = (ValueError, IndexError, KeyError, TypeError, struct.error, MQTTException)


class Lost(Exception):
    """The connection is gone, or was never made; `why` is the system's or the broker's word for it."""

    def __init__(self, why: str, *, refused: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.refused = refused


class _Client(paho.Client):
    """A client that is handed its socket ready made, because making one can take long."""

    ready: socket.socket | None = None

    @override
    def _create_socket(self) -> Any:
        return self.ready


class Link:
    """A connection from `connect` to `close`. `received` gets every message, in the order in which they come."""

    def __init__(self, setup: MqttSetup, password: str, received: Callable[["Link", Message], None]) -> None:
        self._setup = setup
        self._received = received
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[ReasonCode] = self._loop.create_future()
        self._granted: asyncio.Future[list[ReasonCode]] = self._loop.create_future()
        self._watched: socket.socket | None = None
        self._paused = False
        self.ended: asyncio.Future[str] = self._loop.create_future()
        self.session_present = False
        self._client = self._made(password)

    def _made(self, password: str) -> _Client:
        setup, is_five = self._setup, self._setup.protocol == "5"
        client = _Client(
            CallbackAPIVersion.VERSION2,
            client_id=setup.client_id,
            clean_session=None if is_five else False,
            protocol=MQTTProtocolVersion.MQTTv5 if is_five else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        if setup.login:
            client.username_pw_set(setup.login, password or None)
        if setup.announce:
            client.will_set(setup.state_topic, "offline", qos=1, retain=True)
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_message = self._took
        client.on_disconnect = self._disconnected
        client.on_socket_register_write = self._want_to_write
        client.on_socket_unregister_write = self._written
        client.on_socket_close = self._unwatch
        return client

    # ------------------------------------------------------------------ coming and going

    async def connect(self, filters: tuple[str, ...]) -> list[str]:
        """Connect, take up our session and subscribe; gives the filters that the broker refuses. Raises Lost."""
        try:
            async with asyncio.timeout(CONNECT_S):
                return await self._connect(filters)
        except TimeoutError:
            raise Lost(f"no answer within {CONNECT_S:g} s") from None
        except (OSError, ssl.SSLError) as error:
            raise Lost(_why(error), refused=isinstance(error, ssl.SSLError)) from error

    async def _connect(self, filters: tuple[str, ...]) -> list[str]:
        setup = self._setup
        self._client.ready = ready = await self._open()
        properties = None
        extra: dict[str, Any] = {}
        if setup.protocol == "5":
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = setup.session_s
            properties.ReceiveMaximum = IN_FLIGHT
            properties.MaximumPacketSize = 4 * setup.max_bytes + _SPARE_BYTES
            extra = {"clean_start": False, "properties": properties}
        try:
            self._client.connect(setup.host, ready.getsockname()[1] or 1, setup.keepalive_s, **extra)
        except BaseException:
            ready.close()
            raise
        self._watched = ready
        self._loop.add_reader(ready, self._readable)
        code = await self._until(self._answer)
        if code.is_failure:
            raise Lost(str(code), refused=True)
        if setup.announce:
            self._client.publish(setup.state_topic, "online", qos=1, retain=True)
        if not filters:
            return []
        self._client.subscribe([(one, 1) for one in filters])
        granted = await self._until(self._granted)
        return [one for one, code in zip(filters, granted, strict=False) if code.value >= _REFUSED]

    async def _until(self, wanted: "asyncio.Future[Any]") -> Any:
        await asyncio.wait({wanted, self.ended}, return_when=asyncio.FIRST_COMPLETED)
        if wanted.done():
            return wanted.result()
        raise Lost(self.ended.result())

    async def _open(self) -> socket.socket:
        setup, loop = self._setup, self._loop
        trust = trust_of(setup) if setup.tls else None
        found = await loop.getaddrinfo(setup.host, setup.port, type=socket.SOCK_STREAM)
        problem: OSError = OSError(f"no address of {setup.host}")
        for family, kind, protocol, _, address in found:
            made = socket.socket(family, kind, protocol)
            made.setblocking(False)
            try:
                await loop.sock_connect(made, address)
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return made if trust is None else await self._trusted(trust, made)
            except OSError as error:
                made.close()
                problem = error
            except BaseException:
                made.close()
                raise
        raise problem

    async def _trusted(self, trust: ssl.SSLContext, made: socket.socket) -> ssl.SSLSocket:
        wrapped = trust.wrap_socket(made, server_hostname=self._setup.host, do_handshake_on_connect=False)
        try:
            while True:
                try:
                    wrapped.do_handshake()
                    return wrapped
                except ssl.SSLWantReadError:
                    await self._ready(wrapped, self._loop.add_reader, self._loop.remove_reader)
                except ssl.SSLWantWriteError:
                    await self._ready(wrapped, self._loop.add_writer, self._loop.remove_writer)
        except BaseException:
            wrapped.close()
            raise

    async def _ready(self, sock: socket.socket, add: Callable[..., Any], remove: Callable[..., Any]) -> None:
        ready: asyncio.Future[None] = self._loop.create_future()

        def go() -> None:
            if not ready.done():
                ready.set_result(None)

        add(sock, go)
        try:
            await ready
        finally:
            remove(sock)

    async def publish(self, topic: str, text: str) -> None:
        """Publish, and come back when the broker has it. Raises Lost."""
        taken: asyncio.Future[int] = self._loop.create_future()

        def published(_client: Any, _data: Any, mid: int, code: ReasonCode, _properties: Any) -> None:
            if mid == sent.mid and not taken.done():
                taken.set_result(code.value)

        self._client.on_publish = published
        sent = self._client.publish(topic, text, qos=1)
        code = await self._until(taken)
        if code >= _REFUSED:
            raise Lost(f"reason code {code}", refused=True)

    def close(self) -> None:
        """Leave in order; the broker keeps our session and what comes for it."""
        with suppress(*_GIBBERISH, OSError):
            if self._client.is_connected():
                if self._setup.announce:
                    self._client.publish(self._setup.state_topic, "offline", qos=1, retain=True)
                self._client.disconnect()
                self._client.loop_write()
        self.drop("closed")

    def drop(self, why: str) -> None:
        """Let the connection go without a word: the broker then speaks our last will."""
        if not self.ended.done():
            self.ended.set_result(why)
        for waiting in (self._answer, self._granted):
            waiting.cancel()
        self._unwatch(None, None, self._watched)
        if self._client.ready is not None:
            self._client.ready.close()

    # ------------------------------------------------------------------ while it is there

    @property
    def is_up(self) -> bool:
        """Whether the connection is there."""
        return not self.ended.done()

    def acknowledge(self, message: Message) -> None:
        """Tell the broker that a message is on disk."""
        if message.qos and self.is_up:
            self._try(lambda: self._client.ack(message.mid, message.qos))

    def tick(self) -> None:
        """Keep the connection alive; called about once a second."""
        if self.is_up and not self._paused:
            self._try(self._client.loop_misc)

    def pause(self, paused: bool) -> None:
        """Stop reading, or go on: what has been read waits in memory, and what has not waits at the broker."""
        if self._watched is None or paused is self._paused:
            return
        self._paused = paused
        if paused:
            self._loop.remove_reader(self._watched)
        else:
            self._loop.add_reader(self._watched, self._readable)

    def _readable(self) -> None:
        while self._try(self._client.loop_read) and not self._paused:
            pending = getattr(self._watched, "pending", None)
            if pending is None or not pending():
                return

    def _try(self, work: Callable[[], Any]) -> bool:
        try:
            work()
        except _GIBBERISH as error:
            self.drop(f"{type(error).__name__}: {error}")
        except OSError as error:
            self.drop(_why(error))
        return self.is_up

    # ------------------------------------------------------------------ what the library calls

    def _connected(self, _client: Any, _data: Any, flags: Any, code: ReasonCode, _properties: Any) -> None:
        self.session_present = bool(flags.session_present)
        if not self._answer.done():
            self._answer.set_result(code)

    def _subscribed(self, _client: Any, _data: Any, _mid: int, codes: list[ReasonCode], _properties: Any) -> None:
        if not self._granted.done():
            self._granted.set_result(codes)

    def _took(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        self._received(
            self,
            Message(
                topic=message.topic,
                payload=bytes(message.payload),
                mid=message.mid,
                qos=message.qos,
                retained=bool(message.retain),
                again=bool(message.dup),
            ),
        )

    def _disconnected(self, _client: Any, _data: Any, _flags: Any, code: ReasonCode, _properties: Any) -> None:
        if not self.ended.done():
            self.ended.set_result(str(code))

    def _want_to_write(self, _client: Any, _data: Any, sock: Any) -> None:
        self._loop.add_writer(sock, lambda: self._try(self._client.loop_write))

    def _written(self, _client: Any, _data: Any, sock: Any) -> None:
        if sock.fileno() >= 0:
            self._loop.remove_writer(sock)

    def _unwatch(self, _client: Any, _data: Any, sock: Any) -> None:
        if sock is not None and sock.fileno() >= 0:
            self._loop.remove_reader(sock)
            self._loop.remove_writer(sock)
        self._watched = None


def trust_of(setup: MqttSetup) -> ssl.SSLContext:
    """Whom the source trusts: host name and certificate are always checked. Raises ConsoleError for unusable files."""
    try:
        context = ssl.create_default_context(cafile=setup.ca_file or None)
        if setup.certificate_file:
            context.load_cert_chain(Path(setup.certificate_file), Path(setup.key_file))
    except (OSError, ssl.SSLError) as error:
        why = _why(error)
        raise ConsoleError(zh=f"证书文件无法使用：{why}。", en=f"A certificate file cannot be used: {why}.") from error
    return context


def _why(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message or str(error)
    return error.strerror or str(error) or type(error).__name__
