"""The source in front of a broker that others wrote, and over TLS."""

import asyncio
import gc
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from amqtt.broker import Broker as Amqtt

from console.models.signals import SignalKind
from console.sources import mqtt
from tests.sources.desk import PATIENCE_S, Desk
from tests.sources.mqtt.broker import Broker
from tests.sources.mqtt.conftest import Hearing, mqtt_setup

BUTTON = {"topic": "plant/{line}/button", "device": "{line}", "class": "panic"}


@contextmanager
def amqtt_broker(port: int = 0) -> Iterator[int]:
    """A broker of the amqtt library in a thread; gives its port."""
    if not port:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="amqtt")
    thread.start()

    def run(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(PATIENCE_S)

    async def start() -> tuple[Amqtt, int]:
        config = {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
        broker = Amqtt(config)
        await broker.start()
        server = next(iter(broker._servers.values()))
        return broker, server.instance.sockets[0].getsockname()[1]

    broker, at = run(start())

    async def leave() -> None:
        """The library leaves connections open that are there when it stops."""
        mine = asyncio.current_task()
        await broker.shutdown()
        others = [task for task in asyncio.all_tasks() if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for made in gc.get_objects():
            if isinstance(made, asyncio.StreamWriter) and made.get_extra_info("sockname", ("", 0))[1] == at:
                made.close()
        await asyncio.sleep(0.05)

    try:
        yield at
    finally:
        run(leave())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def press(port: int, line: str, *, retain: bool = False) -> None:
    """Publish with another client and wait until the broker has it."""
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="button", protocol=paho.MQTTv311)
    client.connect("127.0.0.1", port, bind_address="127.0.0.1")
    client.loop_start()
    client.publish(f"plant/{line}/button", "1", qos=1, retain=retain).wait_for_publish(PATIENCE_S)
    client.disconnect()
    client.loop_stop()


@pytest.fixture(autouse=True)
def _quiet_library(caplog: pytest.LogCaptureFixture) -> None:
    for name in ("amqtt", "transitions"):
        caplog.set_level("CRITICAL", logger=name)


def test_that_what_amqtt_delivers_is_heard_and_acknowledged(hear: Hearing, desk: Desk) -> None:
    with amqtt_broker() as port:
        hear(port, BUTTON, protocol="3.1.1")
        for line in ("a", "b"):
            press(port, line)
        desk.wait(lambda: len(desk.signals) == 2)
        hear.lives.close()
    assert [one.details["device"] for one in desk.signals] == ["a", "b"]
    assert all(one.kind is SignalKind.ALARM for one in desk.signals)


def test_that_an_amqtt_that_is_restarted_is_found_again(hear: Hearing, desk: Desk) -> None:
    with amqtt_broker() as port:
        hear(port, BUTTON, protocol="3.1.1")
    desk.wait(lambda: "is not reached" in desk.ill)
    with amqtt_broker(port):
        desk.wait(lambda: desk.health[-1].healthy)
        press(port, "c")
        desk.wait(lambda: desk.signals)
        hear.lives.close()


# ------------------------------------------------------------------ TLS


def server_trust(files: dict[str, Path], name: str = "broker", *, ask: bool = False) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(files["ca.pem"]))
    context.load_cert_chain(files[f"{name}.pem"], files[f"{name}.key"])
    context.verify_mode = ssl.CERT_REQUIRED if ask else ssl.CERT_NONE
    return context


def test_that_a_broker_of_our_authority_is_trusted_and_asks_who_we_are(
    authority: dict[str, Path], hear: Hearing, desk: Desk, protocol: str
) -> None:
    files = {
        "ca_file": str(authority["ca.pem"]),
        "certificate_file": str(authority["client.pem"]),
        "key_file": str(authority["client.key"]),
    }
    with Broker(trust=server_trust(authority, ask=True)) as broker:
        hear(broker.port, BUTTON, tls=True, protocol=protocol, **files)
        for number in range(50):
            broker.publish(f"plant/{number}/button", b"x" * 9000)
        broker.wait(lambda: len(broker.acks) == 50)
        hear.lives.close()
    assert len(desk.signals) == 50


@pytest.mark.parametrize(
    ("name", "trusted", "why"),
    [("elsewhere", "ca.pem", "IP address mismatch"), ("broker", "", "self-signed|unable to get local issuer")],
)
def test_that_a_broker_that_is_not_whom_it_says_is_not_heard(
    authority: dict[str, Path], desk: Desk, name: str, trusted: str, why: str
) -> None:
    files = {"ca_file": str(authority[trusted])} if trusted else {}
    with (
        Broker(trust=server_trust(authority, name)) as broker,
        mqtt.SPEC.start(mqtt_setup(broker.port, BUTTON, tls=True, **files), desk.context()),
    ):
        desk.wait(lambda: re.search(why, desk.ill))
        assert broker.connected == []


def test_that_a_missing_certificate_is_told_in_words(desk: Desk) -> None:
    setup = mqtt_setup(1, BUTTON, tls=True, ca_file="/nowhere/ca.pem")
    with mqtt.SPEC.start(setup, desk.context()):
        desk.wait(lambda: "A certificate file cannot be used: No such file" in desk.ill)
