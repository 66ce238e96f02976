"""The pretend program that posts alarms: where nobody answers it says so and keeps its alarm."""

import socket

from console.demo.webhook import post_webhook


def test_that_a_post_to_nobody_is_not_kept() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        nowhere = server.getsockname()
    answer = post_webhook(nowhere, "/own", {"point": "p", "state": "alarm"})
    assert (answer.status, answer.kept) == (0, False)
