"""Receive alarms that programs, cameras and recorders post over HTTP: own JSON, Hikvision, Dahua."""

import asyncio
import hashlib
import hmac
import http.client
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Final

from console.models.errors import ConsoleError
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources import options
from console.sources.health import Health
from console.sources.runner import run_in_thread
from console.sources.source import Running, SourceContext, SourceSpec
from console.sources.webhook.receiver import CANARY_HEADER, WebhookReceiver
from console.sources.webhook.setup import OPTIONS, read_setup

PROBE_S: Final = 5.0
_ANYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where a canary finds a server that listens everywhere


def _check(setup: SourceSetup) -> list[Text]:
    mistakes: list[Text] = []
    read_setup(setup, mistakes)
    return mistakes


@contextmanager
def _start(setup: SourceSetup, context: SourceContext) -> Iterator[Running]:
    mistakes: list[Text] = []
    read = read_setup(setup, mistakes)
    options.refuse(mistakes)

    async def serve(running: Running, health: Health, stop: asyncio.Event) -> None:
        await WebhookReceiver(setup, read, context, health).serve(running, stop)

    with run_in_thread(setup, context, serve) as running:
        yield running


def _probe(setup: SourceSetup, running: Running, secrets: Callable[[str], str], token: str) -> None:
    """Post a canary to the first endpoint as its senders do, with its secret."""
    address = running.address()
    if address is None:
        raise ConsoleError(zh="该报警源没有在监听。", en="The source is not listening.")
    endpoint = next(iter(read_setup(setup, []).endpoints.values()))
    headers: dict[str, bytes] = {CANARY_HEADER: token.encode("ascii")}
    if endpoint.token:
        headers["Authorization"] = b"Bearer " + secrets(endpoint.token).strip().encode("utf-8")
    if endpoint.signature:
        key = secrets(endpoint.signature).strip().encode("utf-8")
        headers[endpoint.signature_header] = hmac.new(key, b"{}", hashlib.sha256).hexdigest().encode("ascii")
    host = _ANYWHERE.get(address[0], address[0])
    with closing(http.client.HTTPConnection(host, address[1], timeout=PROBE_S)) as connection:
        try:
            connection.request("POST", endpoint.path, b"{}", headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise ConsoleError(
                zh=f"自检信号没有得到回答：{error}。", en=f"The canary was not answered: {error}."
            ) from error
    if status != 200:
        raise ConsoleError(zh=f"自检信号被拒绝（{status}）。", en=f"The canary was refused ({status}).")


SPEC: Final = SourceSpec(
    kind="webhook",
    name=Text("HTTP 通知（通用、海康、大华）", "HTTP webhooks (own JSON, Hikvision, Dahua)"),
    check=_check,
    start=_start,
    options=OPTIONS,
    probe=_probe,
)
