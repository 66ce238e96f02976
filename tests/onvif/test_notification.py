"""What cameras send as XML: read within bounds, in every encoding, and forgotten again."""

from pathlib import Path

import pytest

from console.models.errors import ConsoleError
from console.onvif.notification import MOST_DEEP, read_pulled

SPACES = (
    'xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" '
    'xmlns:tt="http://www.onvif.org/ver10/schema"'
)


def message(value: str = "true", more: str = "") -> str:
    return (
        "<wsnt:NotificationMessage><wsnt:Topic>tns1:RuleEngine/Cell/Motion</wsnt:Topic><wsnt:Message>"
        f'<tt:Message UtcTime="2026-03-14T12:00:00Z" PropertyOperation="Changed"><tt:Data><tt:SimpleItem Name="State" Value="{value}"/>'
        f"</tt:Data></tt:Message></wsnt:Message>{more}</wsnt:NotificationMessage>"
    )


def answer(*messages: str, before: str = "") -> str:
    return f"{before}<s:Envelope {SPACES}><s:Body>{''.join(messages)}</s:Body></s:Envelope>"


def test_that_every_message_comes_with_its_own_bytes_as_they_were_sent() -> None:
    first, second = message("true", "<a  b='>'/>"), message("false")
    told = read_pulled(answer(first, "\n", second).encode())
    assert [one.raw for one in told] == [first.encode(), second.encode()]
    assert [one.data for one in told] == [(("State", "true"),), (("State", "false"),)]


@pytest.mark.parametrize("encoding", ["utf-8", "GB2312", "gb18030", "iso-8859-1", "utf-16"])
def test_that_a_camera_may_write_in_its_own_encoding(encoding: str) -> None:
    said = "Tür" if encoding == "iso-8859-1" else "东门"
    written = answer(message(said), before=f'<?xml version="1.0" encoding="{encoding}"?>').encode(encoding)
    (told,) = read_pulled(written)
    assert told.data == (("State", said),)
    assert said.encode() in told.raw or encoding == "utf-16"


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"no XML",
        answer(message())[:-3].encode(),
        answer(message(), before='<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>').encode(),
        answer("<a>" * MOST_DEEP + "</a>" * MOST_DEEP).encode(),
        answer(message(), before='<?xml version="1.0" encoding="no-such-thing"?>').encode(),
        answer(message("\udc80")).encode("utf-8", "surrogatepass"),
        b'<?xml version="1.0" encoding="gb18030"?><a>\xff\xff</a>',
        b'<?xml version="1.0" encoding="hex"?><a/>',
        b"<s:Envelope/>",
    ],
    ids=["empty", "text", "cut", "entities", "deep", "encoding", "surrogate", "half-characters", "no-text", "no-space"],
)
def test_that_what_is_no_xml_of_soap_is_refused_in_words(bad: bytes) -> None:
    with pytest.raises(ConsoleError, match="is no XML"):
        read_pulled(bad)


def test_that_names_a_camera_makes_up_are_forgotten() -> None:
    def resident_mb() -> float:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

    def told(number: int) -> bytes:
        return answer(message(more="".join(f"<n{number}x{n} {'a' * 60}{number}='1'/>" for n in range(8)))).encode()

    for number in range(2_000):
        read_pulled(told(number))
    before = resident_mb()
    for number in range(2_000, 22_000):
        assert len(read_pulled(told(number))) == 1
    assert resident_mb() - before < 8, "libxml2 kept about 20 MB of them"
