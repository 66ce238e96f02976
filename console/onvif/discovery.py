"""Look for cameras on the local network by WS-Discovery: one question to all, and whoever is a camera answers.

The question goes out of every network card by multicast (239.255.255.250, port 3702, three times; OASIS WS-Discovery
1.1, 3.1.1; ONVIF Core, 7.3) and stays on the local network.
"""

import contextlib
import ipaddress
import logging
import selectors
import socket
import time
from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from console.models.ids import CameraId
from console.models.onvif import FoundCamera
from console.onvif import library

GROUP: Final = ("239.255.255.250", 3702)
REPEAT_AFTER_S: Final = (0.0, 0.15, 0.5)
MOST_BYTES: Final = 65535
MOST_CAMERAS: Final = 512

_NETWORK: Final = "http://www.onvif.org/ver10/network/wsdl"
_NAME: Final = "onvif://www.onvif.org/name/"
_HARDWARE: Final = "onvif://www.onvif.org/hardware/"

_log = logging.getLogger(__name__)


def discover(
    timeout_s: float = 3.0,
    *,
    known: Iterable[tuple[CameraId, str]] = (),
    cards: Sequence[str] | None = None,
    group: tuple[str, int] = GROUP,
) -> tuple[FoundCamera, ...]:
    """Ask, collect answers for `timeout_s`, and give the cameras by address.

    `known` are the site's cameras and their addresses; `cards` the own addresses to ask from, all of this machine where
    None is given.
    """
    library.load()
    from wsdiscovery.actions.probe import constructProbe, createProbeMessage
    from wsdiscovery.qname import QName

    probe = constructProbe([QName(_NETWORK, "NetworkVideoTransmitter", "dn")], [])
    question, asked = createProbeMessage(probe), str(probe.getMessageId())
    data = question if isinstance(question, bytes) else question.encode("utf-8")
    by_host = {host: camera for camera, address in known if (host := _host(address))}
    found: dict[str, FoundCamera] = {}
    with contextlib.ExitStack() as stack, selectors.DefaultSelector() as selector:
        for card in _cards() if cards is None else cards:
            with contextlib.suppress(OSError):
                selector.register(stack.enter_context(_socket(card)), selectors.EVENT_READ)
        began_s = time.monotonic()
        sendings = [began_s + after_s for after_s in REPEAT_AFTER_S]
        while (now_s := time.monotonic()) < began_s + timeout_s and selector.get_map():
            if sendings and now_s >= sendings[0]:
                sendings.pop(0)
                _send_all(selector, data, group)
            until_s = min([began_s + timeout_s, *sendings[:1]])
            for key, _events in selector.select(max(0.0, until_s - now_s)):
                for camera in _answers(key.fileobj, asked, by_host):
                    if len(found) < MOST_CAMERAS:
                        found.setdefault(camera.address, camera)
    return tuple(sorted(found.values(), key=lambda one: _order(one.address)))


def _socket(card: str) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(card))
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        made.bind((card, 0))
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made


def _cards() -> tuple[str, ...]:
    """The IPv4 addresses of this machine, without the loopback."""
    import ifaddr

    addresses = {
        one.ip for adapter in ifaddr.get_adapters() for one in adapter.ips if one.is_IPv4 and isinstance(one.ip, str)
    }
    return tuple(sorted(one for one in addresses if not ipaddress.ip_address(one).is_loopback))


def _send_all(selector: selectors.BaseSelector, data: bytes, group: tuple[str, int]) -> None:
    for key in list(selector.get_map().values()):
        try:
            key.fileobj.sendto(data, group)  # type: ignore[union-attr]
        except OSError as error:
            _log.debug("no probe out of one network card: %s", error)


def _answers(from_socket: Any, asked: str, by_host: dict[str, CameraId]) -> list[FoundCamera]:
    from wsdiscovery.message import parseSOAPMessage

    try:
        data, sender = from_socket.recvfrom(MOST_BYTES)
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            return []
        envelope = parseSOAPMessage(data, sender[0])
        if envelope is None or envelope.getRelatesTo() != asked:
            return []
        matches = envelope.getProbeResolveMatches()
    except (OSError, LookupError, AttributeError, ValueError, TypeError) as error:
        _log.debug("an answer to the probe that cannot be read: %s", error)
        return []
    found = []
    for match in matches:
        address = _reachable(match.getXAddrs(), sender[0])
        if address:
            scopes = [str(scope.getValue()) for scope in match.getScopes()]
            found.append(
                FoundCamera(
                    address=address,
                    name=_of(scopes, _NAME),
                    hardware=_of(scopes, _HARDWARE),
                    known=by_host.get(_host(address)),
                )
            )
    return found


def _reachable(addresses: Iterable[str], sender: str) -> str:
    """The device service on the host that has answered, or else the first address that can be one."""
    good = [one for one in map(str, addresses) if urlsplit(one).scheme in ("http", "https") and _host(one)]
    return next((one for one in good if _host(one) == sender), next(iter(good), ""))


def _of(scopes: list[str], prefix: str) -> str:
    found = [unquote(one[len(prefix) :]).replace("_", " ") for one in scopes if one.startswith(prefix)]
    return found[0][:100] if found else ""


def _host(address: str) -> str:
    try:
        return urlsplit(address if "://" in address else f"http://{address}").hostname or ""
    except ValueError:
        return ""


def _order(address: str) -> tuple[int, int | str, str]:
    try:
        return (0, int(ipaddress.IPv4Address(_host(address))), address)
    except ValueError:
        return (1, _host(address), address)
