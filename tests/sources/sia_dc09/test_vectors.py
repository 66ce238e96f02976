"""Messages of real panels and of the standard, collected with what they say; all of them are read as labelled."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.sources.sia_dc09 import message, wire
from console.sources.sia_dc09.codes import meaning_of
from console.sources.sia_dc09.events import read_dc03, read_dc05

VECTORS = Path(__file__).parents[4] / "shared/testdata/alarm/sia/vectors.json"
NUMBER = 23

# The labels name Contact ID events by their DC-03 equals.
EQUALS = {"1110": "FA", "3401": "CL"}

# What is not DC-09 at all, so that nothing could prove it whole: an Osborne-Hoffman poll, words, and a line in which
# somebody spelled the line feed out.
FOREIGN = ("SR0001L0001", "this is not", "<x0A>")

# A label may say less than the line: a mere NULL is listed there as an automatic test.
KEY_OF_OTHERS = bytes(range(16))


def vectors() -> list[dict[str, Any]]:
    if not VECTORS.is_file():
        return []
    read: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return read


def test_that_all_collected_messages_are_here() -> None:
    if not VECTORS.is_file():
        pytest.skip("the collected messages are not on this machine")
    assert len(vectors()) == NUMBER


def read_line(vector: dict[str, Any]) -> tuple[wire.Frame, message.Head, message.Content | None] | None:
    frames = wire.Framer().feed(b"\n" + vector["line"].strip().encode() + b"\r")
    if not frames:
        return None
    (frame,) = frames
    head = message.read_head(frame.body)
    assert head is not None
    clear: bytes | None = head.content
    if head.encrypted:
        clear = wire.decrypt(vector.get("key_ascii", "").encode() or KEY_OF_OTHERS, head.content)
    return frame, head, message.read_content(clear) if clear is not None else None


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["line"].strip()[:40])
def test_that_a_collected_message_is_read_as_labelled(vector: dict[str, Any]) -> None:
    expected = vector["expect"]
    read = read_line(vector)
    if vector["line"].startswith(FOREIGN):
        assert read is None
        return
    assert read is not None
    frame, head, content = read
    assert frame.crc_ok == vector["crc_ok"]
    assert frame.crc_ok or f"{wire.crc16(frame.body):04X}" == vector["crc_calc"]
    if "length_ok" in vector:
        assert frame.length_ok == vector["length_ok"]
        assert f"{len(frame.body):04X}" == vector.get("length_real_hex", f"{len(frame.body):04X}")
    if "token" in expected:
        assert head.format == expected["token"]
    for field in ("receiver", "line"):
        if field in expected:
            assert getattr(head, field) == expected[field]
    assert head.sequence == expected.get("seq", head.sequence)
    assert head.encrypted == expected.get("encrypted", False)
    if head.encrypted and "key_ascii" not in vector:
        assert content is None
        assert head.account == expected["account"]
        return
    assert content is not None
    named, blocks = message.split_data(content.data)
    if "account" in expected:
        assert (head.account or named) == expected["account"]
    assert bool(content.extended) == expected.get("xdata", False)
    if "decrypted" in vector:
        assert vector["decrypted"].endswith(f"]_{content.stamp}")
    events = read_dc05(blocks) if head.format == "ADM-CID" else read_dc03(blocks)
    if head.format == "NULL" or "code" not in expected or expected["code"] is None:
        return
    event = events[0]
    assert EQUALS.get(event.sent_code, event.code) == expected["code"]
    assert meaning_of(event).known == (expected["code"] != "JC")  # JC is older than DC-03-2017
    assert event.qualifier == expected.get("qualifier", event.qualifier)
    assert event.address == expected.get("zone", event.address)
