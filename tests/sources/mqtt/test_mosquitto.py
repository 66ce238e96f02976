"""The source in front of Mosquitto: over TLS, on MQTT 5 and 3.1.1, with a broker that is killed while a publisher goes on."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from console.models.signals import SignalKind
from tests.sources.desk import PATIENCE_S, Desk
from tests.sources.mqtt.conftest import Hearing
from tests.stories.posts import wait_until as until

BUTTON = {"topic": "plant/{line}/button", "device": "{line}", "class": "panic"}
# Debian puts it where only root looks.
PROGRAM = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(PROGRAM is None, reason="Mosquitto is not installed; the same is tested with the brokers of these tests"),
]


class Mosquitto:
    """A broker in a process of its own that keeps its sessions on disk; it may be killed and started again."""

    def __init__(self, folder: Path, trust: dict[str, Path]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as door:
            self.port = door.getsockname()[1]
        self.database = folder / "mosquitto.db"
        self._written = folder / "mosquitto.conf"
        self._written.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\n"
            f"cafile {trust['ca.pem']}\ncertfile {trust['broker.pem']}\nkeyfile {trust['broker.key']}\n"
            f"persistence true\npersistence_location {folder}/\nautosave_interval 0\n"
            + ("user root\n" if os.geteuid() == 0 else "")
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert PROGRAM is not None
        self._process = subprocess.Popen([PROGRAM, "-c", str(self._written)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._answers)

    def stop(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE_S)
            self._process = None

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1.0).close()
        except OSError:
            return False
        return True

    def keeps(self, *payloads: str) -> bool:
        """Whether all these messages are on the broker's disk, when it has written there what it holds."""
        assert self._process is not None
        self.database.unlink(missing_ok=True)
        self._process.send_signal(signal.SIGUSR1)
        until(self.database.exists)
        kept = self.database.read_bytes()
        return all(payload.encode() in kept for payload in payloads)


class Publisher:
    """A button with a session of its own: what it could not publish it publishes when the broker is back."""

    def __init__(self, port: int, trust: dict[str, Path], protocol: str) -> None:
        five = protocol == "5"
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id="button",
            clean_session=None if five else False,
            protocol=MQTTProtocolVersion.MQTTv5 if five else MQTTProtocolVersion.MQTTv311,
        )
        self._published: set[int] = set()
        self._client.on_publish = lambda _client, _data, mid, _code, _properties: self._published.add(mid)
        self._client.tls_set(str(trust["ca.pem"]))
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port, bind_address="127.0.0.1", **({"clean_start": False} if five else {}))
        self._client.loop_start()

    def press(self, *lines: str) -> set[int]:
        """Publish a message for each line, now or when the broker is back; gives their numbers."""
        return {self._client.publish(f"plant/{line}/button", f"pressed-{line}", qos=1).mid for line in lines}

    def wait(self, sent: set[int]) -> None:
        """Wait until the broker has these messages."""
        until(lambda: sent <= self._published)

    def leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def mosquitto(tmp_path: Path, authority: dict[str, Path]) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path, authority)
    broker.start()
    yield broker
    broker.stop(signal.SIGTERM)


@pytest.fixture
def publisher(mosquitto: Mosquitto, authority: dict[str, Path], protocol: str) -> Iterator[Publisher]:
    publisher = Publisher(mosquitto.port, authority, protocol)
    yield publisher
    publisher.leave()


def lines(desk: Desk) -> list[str]:
    return sorted(one.details["device"] for one in desk.signals)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
def test_that_a_broker_that_ends_while_messages_are_on_their_way_loses_and_doubles_nothing(
    mosquitto: Mosquitto,
    publisher: Publisher,
    hear: Hearing,
    desk: Desk,
    authority: dict[str, Path],
    protocol: str,
    end: signal.Signals,
) -> None:
    hear(mosquitto.port, BUTTON, protocol=protocol, tls=True, ca_file=str(authority["ca.pem"]))
    publisher.wait(publisher.press("a1", "a2"))
    desk.wait(lambda: lines(desk) == ["a1", "a2"])
    desk.gate.clear()  # the disk has not yet taken what comes now, so that none of it is acknowledged
    publisher.wait(publisher.press("b1", "b2", "b3"))
    desk.wait(lambda: desk.asked > 2)
    until(lambda: mosquitto.keeps("pressed-b1", "pressed-b2", "pressed-b3"))
    mosquitto.stop(end)
    pending = publisher.press("c1", "c2", "c3")
    assert lines(desk) == ["a1", "a2"]
    desk.gate.set()  # they reach the disk while there is nobody to be told
    desk.wait(lambda: "is not reached" in desk.ill)
    mosquitto.start()
    publisher.wait(pending)
    desk.wait(lambda: len(desk.signals) >= 8)
    publisher.wait(publisher.press("d1"))
    desk.wait(lambda: "d1" in lines(desk))
    assert lines(desk) == ["a1", "a2", "b1", "b2", "b3", "c1", "c2", "c3", "d1"]
    assert all(one.kind is SignalKind.ALARM for one in desk.signals)
    # What was told again is known again, and the broker has nothing left to bring.
    until(lambda: not mosquitto.keeps("pressed-b1"))


def test_that_what_comes_while_the_console_is_off_is_kept_for_it_and_told_once(
    mosquitto: Mosquitto,
    publisher: Publisher,
    hear: Hearing,
    desk: Desk,
    authority: dict[str, Path],
    protocol: str,
) -> None:
    trusted = {"tls": True, "ca_file": str(authority["ca.pem"]), "protocol": protocol}
    hear(mosquitto.port, BUTTON, **trusted)
    publisher.wait(publisher.press("a"))
    desk.wait(lambda: lines(desk) == ["a"])
    until(lambda: not mosquitto.keeps("pressed-a"))  # it is acknowledged
    hear.lives.close()
    names = [f"n{number:03d}" for number in range(100)]
    publisher.wait(publisher.press(*names))
    mosquitto.stop(signal.SIGTERM)
    mosquitto.start()
    hear(mosquitto.port, BUTTON, **trusted)
    desk.wait(lambda: len(desk.signals) == 101)
    assert lines(desk) == ["a", *names]
    assert desk.duplicates == []
