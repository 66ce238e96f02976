"""A broker, and what starts a source that hears it."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from console.models.ids import SourceId
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources import mqtt
from console.sources.source import Running
from tests.sources.desk import PATIENCE_S, Desk
from tests.sources.mqtt.broker import Broker


def mqtt_setup(port: int, *streams: dict[str, Any], **options: Any) -> SourceSetup:
    """A source of the site folder that hears a broker of this machine."""
    given = {"host": "127.0.0.1", "port": port, "map": list(streams), **options}
    return SourceSetup(id=SourceId("smart"), kind="mqtt", name=Text("物联网", "Things"), options=given)


@pytest.fixture
def broker() -> Iterator[Broker]:
    with Broker() as broker:
        yield broker


@pytest.fixture(params=["5", "3.1.1"])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Hearing:
    """Starts sources that hear a port; all are stopped at the end."""

    def __init__(self, desk: Desk, lives: ExitStack) -> None:
        self.desk, self.lives = desk, lives

    def __call__(self, port: int, *streams: dict[str, Any], context: Any = None, **options: Any) -> Running:
        setup = mqtt_setup(port, *streams, **options)
        running = self.lives.enter_context(mqtt.SPEC.start(setup, context or self.desk.context()))
        assert running.address(PATIENCE_S) is not None, self.desk.health
        return running


@pytest.fixture
def hear(desk: Desk) -> Iterator[Hearing]:
    with ExitStack() as lives:
        yield Hearing(desk, lives)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A certificate authority of our own, with a broker's and a client's certificate."""
    folder = tmp_path_factory.mktemp("ca")
    now = datetime.now(UTC)

    def make(name: str, signer: Any, *, host: str = "") -> tuple[Any, Any]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(signer[0].subject if signer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=signer is None, path_length=None), critical=True)
        )
        if host:
            names: list[x509.GeneralName] = [x509.DNSName(host)]
            if host == "127.0.0.1":
                names = [x509.IPAddress(IPv4Address(host))]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        signed = builder.sign(signer[1] if signer else key, hashes.SHA256())
        (folder / f"{name}.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        (folder / f"{name}.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return signed, key

    ca = make("ca", None)
    make("broker", ca, host="127.0.0.1")
    make("elsewhere", ca, host="broker.example")
    make("client", ca)
    return {file.name: file for file in folder.iterdir()}  # type: ignore[misc]
