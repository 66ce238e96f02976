"""Heads, contents and text encodings of DC-09 messages."""

from datetime import UTC, datetime

import pytest

from console.sources.sia_dc09 import message

TEXT = "二楼西侧红外"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_that_chinese_text_is_read_in_both_encodings(encoding: str) -> None:
    content = message.read_content(f"#1234|Nri1/BA5^{TEXT}^][I{TEXT}]_14:12:04,09-25-2025".encode(encoding))
    assert content is not None
    assert content.encoding == encoding
    assert content.data == f"#1234|Nri1/BA5^{TEXT}^"
    assert content.extended == (("I", TEXT),)
    assert content.sent_at == datetime(2025, 9, 25, 14, 12, 4, tzinfo=UTC)


def test_that_a_gb18030_character_whose_second_byte_is_a_bracket_splits_nothing() -> None:
    for character in "乕乚乥俔俖":  # second bytes from 0x5B on
        raw = f"#1234|NBA5^{character}^]".encode("gb18030")
        content = message.read_content(raw)
        assert content is not None
        assert content.data == f"#1234|NBA5^{character}^"
    assert any({0x5B, 0x5D, 0x5E, 0x7C} & set(character.encode("gb18030")[1:]) for character in "乕乚乥俔俖")


def test_that_what_cannot_be_printed_becomes_a_blank() -> None:
    content = message.read_content("#1234|NBA5^a\0b\u202ec\u3000d^]".encode())
    assert content is not None
    assert content.data == "#1234|NBA5^a b c d^"


def test_that_old_panels_with_windows_1252_are_read() -> None:
    content = message.read_content("#1234|NBA5^Hauptgebäude €^]".encode("cp1252"))
    assert content is not None
    assert content.data == "#1234|NBA5^Hauptgebäude €^"


def test_that_an_account_may_settle_the_encoding() -> None:
    raw = "#1234|NBA5^Müller^]".encode("cp1252")
    content = message.read_content(raw, encodings=("cp1252",))
    assert content is not None
    assert content.data == "#1234|NBA5^Müller^"


@pytest.mark.parametrize("raw", [b"", b"no bracket", b"data]rubbish", b"data][open", b"]_", b"][I][X"])
def test_that_content_without_its_shape_is_none_or_empty(raw: bytes) -> None:
    content = message.read_content(raw)
    assert content is None or (content.data == "" and content.sent_at is None)


def test_that_extended_data_keep_letter_and_value() -> None:
    content = message.read_content(b"|Nri1/PA501][X006E07.77][Y49N06.66][Vhttp://host/clip]_20:45:46,04-22-2021")
    assert content is not None
    assert content.extended == (("X", "006E07.77"), ("Y", "49N06.66"), ("V", "http://host/clip"))


def test_that_the_head_tells_a_missing_receiver_from_an_empty_one() -> None:
    missing = message.read_head(b'"SIA-DCS"0001L0#1234[')
    empty = message.read_head(b'"SIA-DCS"0001RL0#1234[')
    assert missing is not None
    assert empty is not None
    assert (missing.receiver, empty.receiver) == (None, "")


@pytest.mark.parametrize("body", [b"", b'"', b'"SIA-DCS"', b'"SIA-DCS"12L0#1[', b'"sia"0001L0#1[', b'"SIA-DCS"0001#1['])
def test_that_a_body_without_its_head_is_none(body: bytes) -> None:
    assert message.read_head(body) is None


@pytest.mark.parametrize(
    ("data", "account", "blocks"),
    [
        ("#1234|NBA5", "1234", ["NBA5"]),
        ("|NBA5", "", ["NBA5"]),
        ("NBA5", "", ["NBA5"]),
        ("#12aF|NBA5|Atext", "12AF", ["NBA5", "Atext"]),
        ("", "", []),
    ],
)
def test_that_data_are_parted_into_account_and_blocks(data: str, account: str, blocks: list[str]) -> None:
    assert message.split_data(data) == (account, blocks)
