"""The little HTTP server of the receivers: held connections never keep a real request out."""

import asyncio
import http.client
import logging
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from console.sources.http import Call, HttpServer, answer
from tests.sources.desk import PATIENCE_S


@contextmanager
def serving(judge: Callable[[Call], Awaitable[Callable[[], Awaitable[bytes]]]], **limits: float) -> Iterator[int]:
    """Serve in a thread of its own while the block lasts; gives the port."""
    ready, port = threading.Event(), 0
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        nonlocal port
        server = HttpServer(judge, logging.getLogger("test.http"), **limits)  # type: ignore[arg-type]
        async with server.sockets("127.0.0.1", 0) as (_host, port):
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(PATIENCE_S)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def fine(call: Call) -> Callable[[], Awaitable[bytes]]:
    body = await call.body(100)

    async def said() -> bytes:
        return answer(200, {"length": len(body), "path": call.head.path, "query": call.head.query})

    return said


def ask(port: int, body: bytes = b"x", path: str = "/") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    connection.request("POST", path, body)
    status = connection.getresponse().status
    connection.close()
    return status


def hold(port: int, lives: ExitStack, sent: bytes = b"") -> socket.socket:
    held = lives.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE_S))
    held.sendall(sent)
    return held


@pytest.mark.parametrize("sent", [b"", b"POST / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nContent-Length: 50\r\n\r\nhalf"])
def test_that_any_number_of_held_connections_keep_no_request_out(sent: bytes) -> None:
    with serving(fine) as port, ExitStack() as lives:
        for _ in range(70):
            hold(port, lives, sent)
        assert [ask(port) for _ in range(5)] == [200] * 5


def test_that_the_connection_held_longest_goes_first() -> None:
    with serving(fine, most=3) as port, ExitStack() as lives:
        first, second, _third = (hold(port, lives) for _ in range(3))
        assert ask(port) == 200
        with suppress(ConnectionResetError):
            assert first.recv(1) == b""
        second.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert second.recv(15) == b"HTTP/1.1 200 OK"


def test_that_a_held_connection_is_closed_by_itself() -> None:
    with serving(fine, head_s=0.2) as port, ExitStack() as lives, suppress(ConnectionError):
        assert hold(port, lives, b"POST / HT").recv(100) == b""


def test_that_a_body_that_comes_too_slowly_is_given_up() -> None:
    with serving(fine, request_s=0.3) as port, ExitStack() as lives, suppress(ConnectionError):
        assert hold(port, lives, b"POST / HTTP/1.1\r\nContent-Length: 50\r\n\r\nhalf").recv(100) == b""


def test_that_a_caller_is_told_to_come_again_only_when_all_are_being_answered() -> None:
    gates: list[asyncio.Event] = []
    begun = threading.Semaphore(0)

    async def slowly(call: Call) -> Callable[[], Awaitable[bytes]]:
        await call.body(100)

        async def said() -> bytes:
            gate = asyncio.Event()
            gates.append(gate)
            begun.release()
            await gate.wait()
            return answer(200, {})

        return said

    with serving(slowly, most=2) as port, ExitStack() as lives:
        busy = [hold(port, lives, b"GET / HTTP/1.1\r\n\r\n") for _ in range(2)]
        for _ in busy:
            assert begun.acquire(timeout=PATIENCE_S)
        assert ask(port) == 503
        # Nor is the answer taken from who is still speaking.
        assert [ask(port, b"x" * 300_000) for _ in range(5)] == [503] * 5


def test_that_a_body_too_long_is_refused_before_it_is_read_and_the_answer_arrives() -> None:
    with serving(fine) as port:
        assert ask(port, b"x" * 300_000) == 413
