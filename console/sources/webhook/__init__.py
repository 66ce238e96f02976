"""Receive alarms that programs, cameras and recorders post over HTTP: own JSON, Hikvision, Dahua."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Final

from console.models.site import SourceSetup
from console.models.text import Text
from console.sources.calling import post
from console.sources.source import Running, SourceSpec
from console.sources.starting import check_by, start_by
from console.sources.webhook.receiver import CANARY_HEADER, WebhookReceiver
from console.sources.webhook.setup import OPTIONS, read_setup


def _probe(setup: SourceSetup, running: Running, secrets: Callable[[str], str], token: str) -> None:
    """Post a canary to the first endpoint as its senders do, with its secret."""
    endpoint = next(iter(read_setup(setup, []).endpoints.values()))
    headers: dict[str, bytes] = {CANARY_HEADER: token.encode("ascii")}
    if endpoint.token:
        headers["Authorization"] = b"Bearer " + secrets(endpoint.token).strip().encode("utf-8")
    if endpoint.signature:
        key = secrets(endpoint.signature).strip().encode("utf-8")
        headers[endpoint.signature_header] = hmac.new(key, b"{}", hashlib.sha256).hexdigest().encode("ascii")
    post(running, endpoint.path, b"{}", headers)


SPEC: Final = SourceSpec(
    kind="webhook",
    name=Text("HTTP 通知（通用、海康、大华）", "HTTP webhooks (own JSON, Hikvision, Dahua)"),
    check=check_by(read_setup),
    start=start_by(read_setup, WebhookReceiver),
    options=OPTIONS,
    probe=_probe,
)
