"""The post's own key, which packages of footage are signed with: made at first use, its private half kept encrypted."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from console.config import Secrets
from console.models.events import SigningKeyMade
from console.video.export.verify import fingerprint_of

NAME: Final = "footage-signing-key"
"""What the private half is called among the secrets of the data folder: 32 bytes as hex digits."""


class SigningKey:
    """An Ed25519 key (RFC 8032). `on_made(fingerprint, public key)` is told of a new one. Any thread may use it."""

    def __init__(self, secrets: Secrets, on_made: Callable[[str, str], None]) -> None:
        self._secrets, self._on_made = secrets, on_made
        self._lock = threading.Lock()
        self._key: Ed25519PrivateKey | None = None

    def _own(self) -> Ed25519PrivateKey:
        """The key; raises ConsoleError where the secrets cannot be read or written."""
        with self._lock:
            if self._key is None:
                if NAME in self._secrets.list():
                    self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self._secrets.get(NAME)))
                else:
                    made = Ed25519PrivateKey.generate()
                    self._secrets.set(NAME, made.private_bytes_raw().hex())
                    self._key = made
                    public = made.public_key().public_bytes_raw()
                    self._on_made(fingerprint_of(public), public.hex())
            return self._key

    @property
    def public_key(self) -> str:
        """The public half as hex digits."""
        return self._own().public_key().public_bytes_raw().hex()

    @property
    def fingerprint(self) -> str:
        """The public half as it stands on paper."""
        return fingerprint_of(bytes.fromhex(self.public_key))

    def seal(self, content: bytes) -> bytes:
        """The signature file of a manifest: JSON with the key and the signature as hex digits."""
        key = self._own()
        signed = {"algorithm": "Ed25519", "public_key": self.public_key, "signature": key.sign(content).hex()}
        return json.dumps(signed, indent=1).encode() + b"\n"


def publish(file: Path, made: SigningKeyMade) -> None:
    """Write the public half to a file that may be given to anybody: fingerprint, since when, hex digits and PEM."""
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(made.public_key))
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    content = (
        "# 录像资料包签名公钥（Ed25519）。可交给任何人，用于核对资料包：python3 verify.py --key 指纹\n"
        "# The public key of this post's packages of footage. Anybody may have it: python3 verify.py --key FINGERPRINT\n"
        f"fingerprint {made.fingerprint}\nmade {made.at.isoformat()}\nhex {made.public_key}\n{pem}"
    )
    new = file.with_name(file.name + ".new")
    new.write_text(content, encoding="utf-8")
    new.replace(file)
