"""Read the body of a DC-09 frame: who speaks, in which format, what and when.

`"ID"SSSS[Rrcvr]Lpref[#acct][data][xdata]..._HH:MM:SS,MM-DD-YYYY` (ANSI/SIA DC-09 5.5.1). Text is UTF-8 by the standard;
panels sold in China write GB18030 and old ones Windows-1252, so that all three are tried, in this order, until the
message has its shape. Decoding comes before splitting, because the second byte of a GB18030 character may be a bracket.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

from console.sources.sia_dc09 import wire
from console.sources.words import printable

ENCODINGS: Final = ("utf-8", "gb18030", "cp1252")

_HEAD: Final = re.compile(
    rb'"(?P<star>\*?)(?P<format>[A-Z0-9][A-Z0-9-]{1,15})"(?P<sequence>\d{4})'
    rb"(?:R(?P<receiver>[0-9A-Fa-f]{0,6}))?L(?P<line>[0-9A-Fa-f]{0,6})(?:#(?P<account>[0-9A-Za-z]{1,16}))?\["
)
_DATA_ACCOUNT: Final = re.compile(r"#?([0-9A-Za-z]{1,16})\|")
_EXTENDED: Final = re.compile(r"\[([^\]]*)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The readable front of a message; `content` is what follows the `[`, still encrypted where `encrypted` is set.

    `format` is the standard's ID token: "SIA-DCS", "ADM-CID", "NULL", ...
    `receiver` is None where the panel leaves out the R field, which then must be left out of the answer too.
    `account` is empty where the panel names it in the data only.
    """

    format: str
    encrypted: bool
    sequence: str
    receiver: str | None
    line: str
    account: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a message says: the data without brackets, extended data by their letter, the sender's clock.

    `stamp` is the time stamp as written, `sent_at` the same read as a moment, None where there is none.
    """

    data: str
    extended: tuple[tuple[str, str], ...] = ()
    stamp: str = ""
    sent_at: datetime | None = None
    encoding: str = "utf-8"


def read_head(body: bytes) -> Head | None:
    """Read the front of a frame's body; None where it is not shaped like DC-09."""
    match = _HEAD.match(body)
    if match is None:
        return None
    receiver = match["receiver"]
    return Head(
        format=match["format"].decode("ascii"),
        encrypted=bool(match["star"]),
        sequence=match["sequence"].decode("ascii"),
        receiver=None if receiver is None else receiver.decode("ascii").upper(),
        line=match["line"].decode("ascii").upper(),
        account=(match["account"] or b"").decode("ascii").upper(),
        content=body[match.end() :],
    )


def read_content(content: bytes, zone: tzinfo = UTC, encodings: tuple[str, ...] = ENCODINGS) -> Content | None:
    """Read what stands after the `[`, in clear; None where no encoding gives it its shape.

    `zone` is the time zone in which the panel writes its time stamp; the standard asks for UTC.
    """
    for encoding in encodings:
        try:
            text = content.decode(encoding, "replace" if encoding == "cp1252" else "strict")
        except UnicodeDecodeError:
            continue
        if (read := _split(printable(text), zone, encoding)) is not None:
            return read
    return None


def _split(text: str, zone: tzinfo, encoding: str) -> Content | None:
    data, bracket, rest = text.partition("]")
    if not bracket:
        return None
    extended = []
    at = 0
    while found := _EXTENDED.match(rest, at):
        inside = found[1]
        extended.append((inside[:1], inside[1:]))
        at = found.end()
    written = rest[at:].strip()
    if written and not written.startswith("_"):
        return None
    written = written.removeprefix("_")
    return Content(
        data=data,
        extended=tuple(extended),
        stamp=written,
        sent_at=wire.moment(written, zone) if written else None,
        encoding=encoding,
    )


def split_data(data: str) -> tuple[str, list[str]]:
    """Part the data into the account they name (empty where they name none) and their blocks, `|` between them."""
    named = _DATA_ACCOUNT.match(data) if data.startswith("#") else None
    rest = data[named.end() :] if named else data
    return (named[1].upper() if named else ""), [block for block in rest.split("|") if block]
