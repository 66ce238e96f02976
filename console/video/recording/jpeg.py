"""JPEG pictures as RTP carries them (RFC 2435): without the headers, which are put back here."""

import struct
from collections.abc import Sequence
from typing import Final

# The tables that RFC 2435 appendix A and B refer to: ITU-T T.81 annex K, quantizers in zigzag order.
_LUMA: Final = bytes.fromhex(
    "100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c3933383740485c4e404457453738506d51575f626768673e4d7179"
    "7064785c656763"
)
_CHROMA: Final = bytes.fromhex("1112121815182f1a1a2f634238426363") + b"\x63" * 48
_HUFFMAN: Final = (
    bytes.fromhex("0000010501010101010100000000000000000102030405060708090a0b"),
    bytes.fromhex(
        "100002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a"
        "161718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788"
        "898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9"
        "eaf1f2f3f4f5f6f7f8f9fa"
    ),
    bytes.fromhex("0100030101010101010101010000000000000102030405060708090a0b"),
    bytes.fromhex(
        "1100020102040403040705040400010277000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a1624"
        "34e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a8283848586"
        "8788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8"
        "e9eaf2f3f4f5f6f7f8f9fa"
    ),
)


def size_px(picture: bytes) -> tuple[int, int]:
    """Width and height of a JPEG file; (0, 0) where it is none."""
    at = 2
    while at + 9 < len(picture) and picture[at] == 0xFF:
        mark, length = picture[at + 1], int.from_bytes(picture[at + 2 : at + 4], "big")
        if mark in (0xC0, 0xC1, 0xC2):
            height, width = struct.unpack(">HH", picture[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return 0, 0


def whole(payloads: Sequence[bytes]) -> bytes:
    """A JPEG file of the payloads of one picture; empty where some of it is missing or of a kind nobody sends."""
    head, expected, scan = b"", 0, []
    for payload in payloads:
        if len(payload) < 8:
            return b""
        if int.from_bytes(payload[1:4], "big") != expected:
            return b""
        kind, quality, width, height = payload[4:8]
        at, restart = 8, 0
        if kind & 64:
            restart = int.from_bytes(payload[8:10], "big")
            at = 12
        if not expected:
            tables = _tables(quality)
            if quality >= 128:
                size = int.from_bytes(payload[at + 2 : at + 4], "big")
                given, at = payload[at + 4 : at + 4 + size], at + 4 + size
                tables = (given[:64], given[64:128] or given[:64])
            if kind & 63 > 1 or len(tables[0]) != 64:
                return b""
            head = _head(kind & 63, width * 8, height * 8, tables, restart)
        scan.append(payload[at:])
        expected += len(payload) - at
    if not head:
        return b""
    body = b"".join(scan)
    return head + body + (b"" if body.endswith(b"\xff\xd9") else b"\xff\xd9")


def _tables(quality: int) -> tuple[bytes, bytes]:
    """RFC 2435 4.2 and appendix A."""
    factor = min(max(quality, 1), 99)
    scale = 5000 // factor if factor < 50 else 200 - factor * 2
    luma, chroma = (bytes(min(max((value * scale + 50) // 100, 1), 255) for value in each) for each in (_LUMA, _CHROMA))
    return luma, chroma


def _head(kind: int, width: int, height: int, tables: tuple[bytes, bytes], restart: int) -> bytes:
    parts = [b"\xff\xd8"]
    parts += [struct.pack(">BBHB", 0xFF, 0xDB, 67, number) + table for number, table in enumerate(tables)]
    if restart:
        parts.append(struct.pack(">BBHH", 0xFF, 0xDD, 4, restart))
    sampling = 0x21 if kind == 0 else 0x22
    frame = struct.pack(">BBHBHHB", 0xFF, 0xC0, 17, 8, height, width, 3)
    parts.append(frame + bytes((1, sampling, 0, 2, 0x11, 1, 3, 0x11, 1)))
    parts += [struct.pack(">BBH", 0xFF, 0xC4, 2 + len(table)) + table for table in _HUFFMAN]
    parts.append(struct.pack(">BBH", 0xFF, 0xDA, 12) + bytes((3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0)))
    return b"".join(parts)
