"""The pretend network camera: cut, packed and sent as the standards say."""

import socket
import struct
import threading
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from typing_extensions import override

from console.demo.rtp_clip import MTU, Clip, packets, read_clip
from console.demo.rtsp_server import Manner, RtspServer

SPS, PPS, KEY, OTHER = b"\x67\x42\x00\x1e\xab", b"\x68\xce\x38\x80", b"\x65\x88\x84\x21", b"\x41\x9a\x02"
LONG_KEY = b"\x65\x88" + bytes(range(1, 256)) * 20


def annex_b(*units: bytes) -> bytes:
    return b"".join(b"\x00\x00\x00\x01" + unit for unit in units)


def test_that_a_stream_is_cut_into_pictures_with_what_announces_them() -> None:
    clip = read_clip(annex_b(SPS, PPS, KEY, OTHER, OTHER, SPS, PPS, KEY), 25.0)
    assert clip.pictures == ((SPS, PPS, KEY), (OTHER,), (OTHER,), (SPS, PPS, KEY))
    assert clip.parameter_sets == (SPS, PPS)


def test_that_slices_of_one_picture_stay_together() -> None:
    second_slice = b"\x65\x48\x84"  # its first block is not number 0
    assert read_clip(annex_b(SPS, PPS, KEY, second_slice, OTHER), 25.0).pictures[0] == (SPS, PPS, KEY, second_slice)


def test_that_bytes_without_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match="no H264 pictures"):
        read_clip(b"\x00\x00\x01\x67\x42\x00", 25.0)


def test_that_a_long_unit_is_sent_in_fragments_that_give_it_back() -> None:
    parts = list(packets(LONG_KEY))
    assert len(parts) > 2
    assert all(len(part) <= MTU for part in parts)
    assert all(part[0] == 0x60 | 28 for part in parts)
    assert [part[1] & 0xC0 for part in parts] == [0x80, *[0] * (len(parts) - 2), 0x40]
    assert bytes([parts[0][0] & 0xE0 | parts[0][1] & 31]) + b"".join(part[2:] for part in parts) == LONG_KEY
    assert list(packets(KEY)) == [KEY]


class Visitor:
    """A player that speaks RTSP by hand."""

    def __init__(self, server: RtspServer) -> None:
        self.url = server.url
        parts = urlsplit(self.url)
        self.line = socket.create_connection((parts.hostname or "", parts.port or 0), 60)
        self.left = b""
        self.number = 0

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *trace: object) -> None:
        self.line.close()

    def say(self, method: str, url: str = "", *headers: str) -> str:
        self.number += 1
        lines = [f"{method} {url or self.url} RTSP/1.0", f"CSeq: {self.number}", *headers]
        self.line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.left:
            self.more()
        head, self.left = self.left.split(b"\r\n\r\n", 1)
        text = head.decode()
        if "Content-Length:" in text:
            size = int(text.split("Content-Length:")[1].split()[0])
            while len(self.left) < size:
                self.more()
            text += "\r\n\r\n" + self.left[:size].decode()
            self.left = self.left[size:]
        return text

    def more(self) -> None:
        received = self.line.recv(65536)
        if not received:
            raise EOFError
        self.left += received

    def packet(self) -> bytes:
        while len(self.left) < 4 or len(self.left) < 4 + struct.unpack(">H", self.left[2:4])[0]:
            self.more()
        size = struct.unpack(">H", self.left[2:4])[0]
        packet, self.left = self.left[4 : 4 + size], self.left[4 + size :]
        return packet


def test_that_a_player_gets_the_clip_over_the_same_connection_again_and_again() -> None:
    clip = Clip(((SPS, PPS, LONG_KEY), (OTHER,)), fps=50.0)
    with RtspServer(clip) as server, Visitor(server) as visitor:
        assert "200 OK" in visitor.say("OPTIONS")
        described = visitor.say("DESCRIBE")
        assert "H264/90000" in described
        assert "profile-level-id=42001E" in described
        track = f"{visitor.url}/track0"
        assert "461" in visitor.say("SETUP", track, "Transport: RAW/RAW/UDP;unicast")
        assert "interleaved=0-1" in visitor.say("SETUP", track, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
        assert "200 OK" in visitor.say("PLAY")
        stamps, sequences, marks = [], [], 0
        while marks < 4:
            kind, sequence, stamp = struct.unpack(">xBHI", visitor.packet()[:8])
            assert kind & 127 == 96
            marks += kind >> 7
            stamps.append(stamp)
            sequences.append(sequence)
    assert sorted(set(stamps)) == [0, 1800, 3600, 5400]
    assert sequences == [(sequences[0] + step) & 0xFFFF for step in range(len(sequences))]


def test_that_a_stranger_is_asked_for_login() -> None:
    clip = Clip(((SPS, PPS, KEY),), fps=25.0)
    with RtspServer(clip, login="me", password="pw") as server, Visitor(server) as visitor:
        assert "200 OK" in visitor.say("OPTIONS")
        assert "401" in visitor.say("DESCRIBE")
        assert 'Digest realm="' in visitor.say("DESCRIBE", "", 'Authorization: Digest username="me", response="0"')


class Tardy(RtspServer):
    """Takes its first visitor in only when it has hung up on everybody it knew of."""

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip, manner=Manner.SILENT)
        self.came, self.dropped = threading.Event(), threading.Event()

    @override
    def take_in(self, line: socket.socket) -> None:
        self.came.set()
        assert self.dropped.wait(60)
        super().take_in(line)

    @override
    def drop_all(self) -> None:
        super().drop_all()
        self.dropped.set()


def test_that_leaving_hangs_up_on_a_visitor_who_has_just_come() -> None:
    with Tardy(Clip(((SPS, PPS, KEY),), fps=25.0)) as server, Visitor(server) as visitor:
        assert server.came.wait(60)
        server.__exit__(None, None, None)
        with suppress(ConnectionResetError):
            assert visitor.line.recv(1) == b""
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("rtsp")]


def test_that_leaving_hangs_up_on_everybody_and_ends_all_threads() -> None:
    clip = Clip(((SPS, PPS, KEY),), fps=25.0)
    with RtspServer(clip, manner=Manner.SILENT) as server, Visitor(server) as first, Visitor(server):
        server.__exit__(None, None, None)
        with suppress(ConnectionResetError):  # as abrupt as pulling the plug
            assert first.line.recv(1) == b""
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("rtsp")]
