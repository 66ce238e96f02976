"""SOAP as the pretend camera reads and writes it."""

import base64
import hashlib
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

NAMESPACES: Final = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://www.w3.org/2005/08/addressing",
    "tt": "http://www.onvif.org/ver10/schema",
    "tds": "http://www.onvif.org/ver10/device/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "tptz": "http://www.onvif.org/ver20/ptz/wsdl",
    "tev": "http://www.onvif.org/ver10/events/wsdl",
    "wsnt": "http://docs.oasis-open.org/wsn/b-2",
    "ter": "http://www.onvif.org/ver10/error",
    "tns1": "http://www.onvif.org/ver10/topics",
    "x": "urn:pretend-camera",
}
_WSSE: Final = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
_WSU: Final = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}"


class Request:
    """One request: its operation, the plain values in it, and the token of its sender."""

    def __init__(self, body: bytes) -> None:
        root = ET.fromstring(body)  # noqa: S314 - the pretend camera listens on this machine only
        found = root.find(f"{{{NAMESPACES['s']}}}Body")
        if found is None or not len(found):
            raise ET.ParseError("no body")
        self.root, self.asked = root, found[0]
        self.namespace, _, self.operation = self.asked.tag[1:].partition("}")

    def text(self, name: str, default: str = "") -> str:
        """The text of the first element of this local name."""
        found = next((one for one in self.asked.iter() if one.tag.rpartition("}")[2] == name), None)
        return (found.text or "").strip() if found is not None else default

    def numbers(self, name: str) -> dict[str, float]:
        """The attributes of the first element of this local name, as numbers."""
        found = next((one for one in self.asked.iter() if one.tag.rpartition("}")[2] == name), None)
        return {key: float(text) for key, text in (found.attrib if found is not None else {}).items() if key in "xy"}

    def header(self, namespace: str, name: str) -> str:
        """The text of a header element."""
        found = self.root.find(f"{{{NAMESPACES['s']}}}Header/{{{namespace}}}{name}")
        return (found.text or "").strip() if found is not None else ""

    def token(self) -> tuple[str, str, str, str] | None:
        """Login, digest, nonce and time of the sender's password digest."""
        token = next(self.root.iter(f"{_WSSE}UsernameToken"), None)
        if token is None:
            return None
        parts = [
            token.find(name) for name in (f"{_WSSE}Username", f"{_WSSE}Password", f"{_WSSE}Nonce", f"{_WSU}Created")
        ]
        login, digest, nonce, created = [(part.text or "") if part is not None else "" for part in parts]
        return login, digest, nonce, created


def digest_of(nonce: str, created: str, password: str) -> str:
    """The digest of WS-UsernameToken Profile 1.1: Base64(SHA-1(nonce + created + password))."""
    whole = base64.b64decode(nonce) + created.encode() + password.encode()
    return base64.b64encode(hashlib.sha1(whole, usedforsecurity=False).digest()).decode()


def envelope(body: str) -> bytes:
    """A SOAP answer."""
    names = " ".join(f"xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in NAMESPACES.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope {names}><s:Body>{body}</s:Body></s:Envelope>'.encode()


def fault(subcode: str, reason: str) -> bytes:
    """A SOAP fault of the sender's making."""
    return envelope(
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value>"
        f"<s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en">{escape(reason)}</s:Text></s:Reason></s:Fault>'
    )


def zulu(at: datetime) -> str:
    """A time as cameras write it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
