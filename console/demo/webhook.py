"""A program that posts alarms to the webhook of the pretend site, over the real wire."""

import hashlib
import hmac
import http.client
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

ANSWER_S: Final = 10.0
_SIGNATURE: Final = "X-Signature-256"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said: the status, 0 where it could not be reached, its JSON, and whether it was a repetition."""

    status: int
    said: Mapping[str, Any]
    replayed: bool = False

    @property
    def kept(self) -> bool:
        """Whether the notification is on disk, and the sender may forget it."""
        return self.status == 200


def post_webhook(
    where: tuple[str, int],
    path: str,
    notice: Mapping[str, Any] | bytes,
    *,
    token: str = "",
    signature: str = "",
    key: str = "",
    content_type: str = "application/json",
    timeout_s: float = ANSWER_S,
) -> Answer:
    """Post one notification, a JSON object or bytes as they are; `signature` is the secret of an HMAC-SHA256 header."""
    body = notice if isinstance(notice, bytes) else json.dumps(notice, ensure_ascii=False).encode("utf-8")
    headers = {"Content-Type": content_type}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if signature:
        headers[_SIGNATURE] = f"sha256={hmac.new(signature.encode('utf-8'), body, hashlib.sha256).hexdigest()}"
    if key:
        headers["Idempotency-Key"] = key
    with closing(http.client.HTTPConnection(*where, timeout=timeout_s)) as connection:
        try:
            connection.request("POST", path, body, headers)
            reply = connection.getresponse()
            said = json.loads(reply.read())
        except (OSError, http.client.HTTPException, ValueError):
            return Answer(0, {})
    return Answer(reply.status, said, reply.headers.get("Idempotent-Replayed") == "true")
