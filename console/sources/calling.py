"""Call our own receivers as their senders do: what the canaries of the kinds have in common."""

import http.client
from collections.abc import Mapping
from contextlib import closing
from typing import Final

from console.models.errors import ConsoleError
from console.sources.source import Running

CALL_S: Final = 4.0
"""How long a canary may take to be answered, in seconds."""
_LISTENS_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1", "localhost": "127.0.0.1"}  # noqa: S104


def address_of(running: Running) -> tuple[str, int]:
    """Where this machine reaches a source that listens; ConsoleError where it does not listen."""
    address = running.address()
    if address is None:
        raise ConsoleError(zh="该报警源目前没有监听端口。", en="The source does not listen at present.")
    return _LISTENS_EVERYWHERE.get(address[0], address[0]), address[1]


def unanswered(error: Exception) -> ConsoleError:
    """What is said of a canary that never got its answer."""
    why = getattr(error, "strerror", None) or str(error) or "timed out"
    return ConsoleError(zh=f"自检信号没有得到应答：{why}。", en=f"The test signal was not answered: {why}.")


def post(running: Running, path: str, body: bytes, headers: Mapping[str, bytes]) -> None:
    """Post a canary to a source that speaks HTTP; ConsoleError where it is not answered 200."""
    host, port = address_of(running)
    with closing(http.client.HTTPConnection(host, port, timeout=CALL_S)) as connection:
        try:
            connection.request("POST", path, body, dict(headers))
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise unanswered(error) from error
    if status != 200:
        raise ConsoleError(zh=f"自检信号被拒绝（{status}）。", en=f"The test signal was refused ({status}).")
