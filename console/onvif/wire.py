"""The way to one camera: every answer within a deadline and a size, and never to another host than the one asked for."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from aiohttp import ClientSession, ClientTimeout, DigestAuthMiddleware, TCPConnector
from lxml import etree
from onvif.client import ONVIFService
from onvif.definition import SERVICES
from onvif.zeep_aiohttp import AIOHTTPTransport
from requests import Response
from requests.structures import CaseInsensitiveDict
from typing_extensions import override

from console.models.onvif import service_address
from console.onvif import faults

MOST_BYTES: Final = 4 << 20
"""The longest answer that is read: a device with 100 profiles sends about 600 kB."""

_SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"


class _Transport(AIOHTTPTransport):  # type: ignore[misc] # the library ships no types
    """Sends one envelope and reads an answer of bounded length; adds what a subscription wants to hear back."""

    def __init__(self, session: ClientSession, answer_s: float, reference: Sequence[Any] = ()) -> None:
        super().__init__(session=session, verify_ssl=False)
        self.answer_s = answer_s
        self._reference = tuple(reference)

    @override
    async def post_xml(self, address: str, envelope: Any, headers: dict[str, str]) -> Response:
        if self._reference:
            header = envelope.find(f"{{{_SOAP}}}Header")
            for one in self._reference:
                header.append(etree.fromstring(etree.tostring(one)))
        body = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        try:
            status, kind, content = await self._send(address, body, headers)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientConnectionResetError):
            # The device closed a connection it had kept open: the request never reached it.
            status, kind, content = await self._send(address, body, headers)
        if status in (401, 403) and b"Envelope" not in content:
            raise faults.WrongPassword(zh=faults.WRONG.zh, en=faults.WRONG.en)
        if content and b"Envelope" not in content:
            raise faults.NotOnvif(zh=faults.NOT_ONVIF.zh, en=faults.NOT_ONVIF.en)
        response = Response()
        response._content = content  # noqa: SLF001 - the only way to make one
        response.status_code = status
        response.headers = CaseInsensitiveDict({"Content-Type": kind})
        return response

    async def _send(self, address: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        headers = {"User-Agent": "zhishou", "Content-Type": 'application/soap+xml; charset="utf-8"', **headers}
        async with (
            asyncio.timeout(self.answer_s),
            self.session.post(address, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            content = bytearray()
            async for piece in answer.content.iter_any():
                content += piece
                if len(content) > MOST_BYTES:
                    raise faults.NotOnvif(zh=faults.TOO_MUCH.zh, en=faults.TOO_MUCH.en)
            return answer.status, answer.headers.get("Content-Type", "text/xml"), bytes(content)


class Wire:
    """The services of one camera; enter it to have a connection pool, leave it to close all."""

    def __init__(self, address: str, login: str, secret: str, *, answer_s: float) -> None:
        self.address = service_address(address)
        self.answer_s = answer_s
        self.correction = timedelta()
        self._login, self._secret = login, secret
        self._own = urlsplit(self.address)
        self._told = self._own.netloc
        self._session: ClientSession | None = None
        self._services: dict[tuple[str, str], Any] = {}

    async def __aenter__(self) -> Self:
        digest = (DigestAuthMiddleware(self._login, self._secret),) if self._login else ()
        self._session = ClientSession(
            connector=TCPConnector(ssl=False, limit=4, keepalive_timeout=10),
            timeout=ClientTimeout(total=None, connect=self.answer_s),
            middlewares=digest,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for service in self._services.values():
            await service.close()
        self._services.clear()
        if self._session is not None:
            await self._session.close()

    def corrected(self, correction: timedelta) -> None:
        """From now on the time in our tokens is the camera's."""
        self.correction = correction

    @property
    def told_host(self) -> str:
        """The host name under which the camera knows itself."""
        return urlsplit(f"http://{self._told}").hostname or ""

    @property
    def host(self) -> str:
        """The host that was asked for, in brackets where it is an IPv6 address."""
        name = self._own.hostname or ""
        return f"[{name}]" if ":" in name else name

    def reported(self, device: str) -> None:
        """Note at which address the camera believes its device service to be."""
        self._told = urlsplit(device).netloc or self._told

    def ours(self, url: str) -> str:
        """A service's address as we can reach it: always on the host that was asked for.

        Cameras behind address translation tell the address they know. A token is never sent to a host that a camera
        names.
        """
        parts = urlsplit(url)
        if parts.netloc == self._told:
            return urlunsplit((self._own.scheme, self._own.netloc, parts.path, parts.query, ""))
        netloc = f"{self.host}:{parts.port}" if parts.port else self.host
        return urlunsplit((parts.scheme or "http", netloc, parts.path, parts.query, ""))

    async def service(self, name: str, url: str = "", *, answer_s: float = 0.0, reference: Sequence[Any] = ()) -> Any:
        """The library's service of this name at `url`, made once."""
        key = (name, f"{url}|{self.correction}")
        if key not in self._services:
            assert self._session is not None
            definition = SERVICES[name]
            import onvif

            service = ONVIFService(
                url or self.address,
                self._login,
                self._secret,
                str(Path(onvif.__file__).parent / "wsdl" / definition["wsdl"]),
                dt_diff=self.correction,
                no_cache=True,
                binding_name=f"{{{definition['ns']}}}{definition['binding']}",
            )
            service.transport = _Transport(self._session, answer_s or self.answer_s, reference)
            self._services[key] = service
            await service.setup()
        return self._services[key]

    async def call(self, service: Any, operation: str, given: dict[str, Any] | None = None) -> Any:
        """Call an operation of a service: with a password digest where there is a login, else without."""
        called = getattr(service, operation if self._login else f"authless_{operation}")
        with faults.told_as_sentences():
            return await called(given or {})

    async def call_unsigned(self, service: Any, operation: str) -> Any:
        """Call an operation that a camera answers to everybody."""
        with faults.told_as_sentences():
            return await getattr(service, f"authless_{operation}")({})
