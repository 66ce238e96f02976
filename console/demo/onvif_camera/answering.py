"""Answers the question "who is a camera?" for a pretend camera, on one address and port of this machine."""

import re
import socket
import threading
import uuid
from types import TracebackType
from typing import Final, Self

_ASKED: Final = re.compile(rb"<[\w:]*MessageID[^>]*>\s*([^<\s]+)\s*<")
_ANSWER: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><s:Header>'
    "<a:MessageID>{own}</a:MessageID><a:RelatesTo>{asked}</a:RelatesTo>"
    "<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>"
    "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</a:Action>"
    '<d:AppSequence InstanceId="1" MessageNumber="1"/></s:Header><s:Body><d:ProbeMatches><d:ProbeMatch>'
    "<a:EndpointReference><a:Address>urn:uuid:{unit}</a:Address></a:EndpointReference>"
    "<d:Types>dn:NetworkVideoTransmitter</d:Types>"
    "<d:Scopes>onvif://www.onvif.org/name/{name} onvif://www.onvif.org/hardware/{hardware}</d:Scopes>"
    "<d:XAddrs>{address}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>"
    "</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
)


class ProbeAnswerer:
    """Enter it to answer probes sent to `door`. It joins no multicast group; garbage goes before the answer if asked."""

    def __init__(self, address: str, *, name: str = "Pretend", hardware: str = "ZS-1", garbage: bytes = b"") -> None:
        self._address, self._name, self._hardware, self._garbage = address, name, hardware, garbage
        self._unit = uuid.uuid4()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._thread = threading.Thread(target=self._answer, name="probe answerer")
        self._stop = threading.Event()
        self.door = ("127.0.0.1", 0)

    def __enter__(self) -> Self:
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self.door = self._socket.getsockname()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._socket.close()

    def _answer(self) -> None:
        while not self._stop.is_set():
            try:
                data, sender = self._socket.recvfrom(65535)
            except TimeoutError:
                continue
            asked = _ASKED.search(data)
            if asked is None or b"Probe" not in data:
                continue
            if self._garbage:
                self._socket.sendto(self._garbage, sender)
            answer = _ANSWER.format(
                own=uuid.uuid4().urn, asked=asked[1].decode(), unit=self._unit, address=self._address,
                name=self._name, hardware=self._hardware,
            )  # fmt: skip
            self._socket.sendto(answer.encode(), sender)
