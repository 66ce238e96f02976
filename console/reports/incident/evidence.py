"""The evidence: a list with digests that can be read aloud, and the pictures with their captions.

Every picture is hashed again before it is printed. A file that is gone, or is no longer what was kept, is said in its
place: a report must never show a picture that is not the evidence.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Table

from console.i18n import N_
from console.models.files import EvidenceFile, IncidentFile, LockedFootage
from console.models.recording import HeldState
from console.models.trust import EvidenceKind
from console.reports.paper.blocks import RULE, Column, gap, heading, note, picture, styled, table
from console.reports.paper.prose import Ink, Prose, Run, prose
from console.reports.paper.sheet import WIDTH, Sheet

# Larger pictures are printed smaller than they are kept: 1600 px over 84 mm are 480 dpi.
_LARGEST_PX = 1600
_PICTURE_MM = (84.0, 56.0)
# Digests of clips take minutes: they are taken by the export, the paper only looks at the size.
_HASHED_BYTES = 64 * 1024 * 1024
# Of a lock of hours the paper names so many segments, and a digest over the hashes of all.
_SEGMENTS_SHOWN = 30
_GAPS_SHOWN = 6
# The name of a camera does not stand alone at the foot of a page.
_ROOM_MM = 30


class Found(Enum):
    """What became of a file since it was kept."""

    SAME = N_("unchanged")
    SAME_SIZE = N_("same size")
    CHANGED = N_("CHANGED")
    MISSING = N_("MISSING")


@dataclass(frozen=True, slots=True)
class Looked:
    """A piece of evidence as it lies on the disk now; `data` holds it where it is a picture that was found unchanged."""

    file: EvidenceFile
    number: int
    found: Found
    data: bytes | None = None


def look(file: EvidenceFile, number: int) -> Looked:
    """Compare a file with what was kept of it."""
    kept = file.evidence
    try:
        path = Path(file.path)
        size = path.stat().st_size if file.path else -1
        if size < 0:
            return Looked(file, number, Found.MISSING)
        if size != kept.size_bytes:
            return Looked(file, number, Found.CHANGED)
        if size > _HASHED_BYTES:
            return Looked(file, number, Found.SAME_SIZE)
        data = path.read_bytes()
    except OSError:
        return Looked(file, number, Found.MISSING)
    if hashlib.sha256(data).hexdigest() != kept.sha256:
        return Looked(file, number, Found.CHANGED)
    return Looked(file, number, Found.SAME, data if kept.kind is EvidenceKind.SNAPSHOT else None)


def evidence(sheet: Sheet, file: IncidentFile) -> Iterator[Flowable]:
    """The list, then the pictures."""
    say = sheet.say
    looked = [look(one, number) for number, one in enumerate(file.evidence, 1)]
    yield from heading(say(N_("Evidence")))
    columns = [
        Column(say(N_("Item")), 1.2, "centre"),
        Column(say(N_("Kind")), 1.9),
        Column(say(N_("Source, taken at")), 4),
        Column(say(N_("File, size, SHA-256")), 8.4),
        Column(say(N_("Taken by")), 2.2),
        Column(say(N_("File now")), 2.3),
    ]
    yield table(columns, [_row(sheet, file, one) for one in looked], empty=say(N_("No evidence was kept.")), ink=Ink(8))
    yield from _locked(sheet, file)
    pictures = [one for one in looked if one.file.evidence.kind is EvidenceKind.SNAPSHOT]
    if pictures:
        yield from heading(say(N_("Pictures")), room_mm=80)
        yield note(say(N_("Printed pictures may be smaller than the files; the digests are those of the files.")))
        yield from _pictures(sheet, file, pictures)


def _locked(sheet: Sheet, file: IncidentFile) -> Iterator[Flowable]:
    """The footage that the case keeps from being deleted: how much of it there is, and each segment with its hash."""
    say = sheet.say
    if not file.locked:
        return
    yield from heading(say(N_("Locked footage")))
    columns = [
        Column(say(N_("Camera")), 4.2),
        Column(say(N_("Locked from, until")), 4.6),
        Column(say(N_("Recorded")), 2.4),
        Column(say(N_("What is missing")), 5.0),
        Column(say(N_("Lock")), 3.8),
    ]
    yield table(columns, [_lock_row(sheet, file, kept) for kept in file.locked], empty="", ink=Ink(8))
    yield note(say(N_("Locked footage is not deleted. A lock is lifted only by who may export footage, with a reason.")))
    for kept in file.locked:
        if kept.segments:
            yield from _segments(sheet, file, kept)


def _lock_row(sheet: Sheet, file: IncidentFile, kept: LockedFootage) -> list[str | Prose]:
    say, lock = sheet.say, kept.lock
    until = sheet.moment(lock.until_at) if file.incident.closed_at else say(N_("the case is closed"))
    whole = kept.state is HeldState.RECORDED
    missing = "—"
    if kept.state is HeldState.NOTHING:
        missing = say(N_("everything"))
    elif not whole:
        shown = [f"{sheet.clock(gap.from_at)} – {sheet.clock(gap.until_at)}" for gap in kept.missing[:_GAPS_SHOWN]]
        if len(kept.missing) > len(shown):
            shown.append(say(N_("and {n} more"), n=len(kept.missing) - len(shown)))
        shown.append(say(N_("{n} s in all"), n=f"{kept.missing_s:.0f}"))
        missing = "\n".join(shown)
    state = say(N_("in force"))
    if not lock.holds:
        by = file.names.person(lock.released_by)
        state = say(N_("lifted {at} by {name}: {why}"), at=sheet.minute(lock.released_at), name=by, why=lock.release_reason)
    return [
        sheet.text(file.names.place(lock.camera)),
        f"{sheet.moment(lock.from_at)}\n{until}",
        prose(sheet.word(kept.state), Ink(8, bold=not whole)),
        missing,
        state,
    ]


def _segments(sheet: Sheet, file: IncidentFile, kept: LockedFootage) -> Iterator[Flowable]:
    """The segments of a lock, each with its hash; of many the first ones, and a digest over all."""
    say = sheet.say
    camera = sheet.text(file.names.place(kept.lock.camera))
    shown = kept.segments[:_SEGMENTS_SHOWN]
    head = prose(say(N_("{camera}: {n} segments"), camera=camera, n=len(kept.segments)), Ink(8.5, bold=True), before_pt=4)
    columns = [Column(say(N_("Footage from")), 3.8), Column(say(N_("Seconds")), 1.6, "centre"), Column("SHA-256", 12)]
    rows: list[list[str | Prose]] = [
        [sheet.moment(one.started_at), f"{one.media_s:.1f}", prose(one.sha256, Ink(7))] for one in shown
    ]
    yield CondPageBreak(_ROOM_MM * mm)
    yield head
    yield table(columns, rows, empty="", ink=Ink(8))
    if len(kept.segments) > len(shown):
        whole = hashlib.sha256("".join(one.sha256 for one in kept.segments).encode()).hexdigest()
        yield note(
            say(
                N_("and {n} more; SHA-256 over all {all} hashes in this order: {digest}"),
                n=len(kept.segments) - len(shown),
                all=len(kept.segments),
                digest=whole,
            )
        )


def groups(digest: str) -> str:
    """A digest in groups of eight, four a line, as it is read aloud."""
    parts = [digest[start : start + 8] for start in range(0, len(digest), 8)]
    return "\n".join(" ".join(parts[start : start + 4]) for start in range(0, len(parts), 4))


def _row(sheet: Sheet, file: IncidentFile, one: Looked) -> list[str | Prose]:
    kept = one.file.evidence
    source = sheet.text(file.names.place(kept.camera)) or "—"
    name = Path(kept.file).name
    by = file.names.person(kept.by) or sheet.say(N_("the console"))
    wrong = one.found in (Found.CHANGED, Found.MISSING)
    return [
        f"E{one.number}",
        sheet.word(kept.kind),
        Prose([Run(source + "\n", Ink(8)), Run(sheet.moment(kept.taken_at), Ink(8))]),
        Prose([Run(f"{name}　{_size(kept.size_bytes)}\n", Ink(8)), Run(groups(kept.sha256), Ink(7))]),
        by,
        prose(sheet.say(one.found.value), Ink(8, bold=wrong)),
    ]


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.1f} kB"


# -------------------------------------------------------------------------------- pictures
def _pictures(sheet: Sheet, file: IncidentFile, looked: list[Looked]) -> Iterator[Flowable]:
    """Two a row, three rows a page."""
    width = WIDTH / 2
    for start in range(0, len(looked), 2):
        row: list[Any] = [_box(sheet, file, one) for one in looked[start : start + 2]]
        row += [[]] * (2 - len(row))
        style = styled(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0.5 * mm),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0.5 * mm),
                ("TOPPADDING", (0, 0), (-1, -1), 1 * mm),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2 * mm),
            ]
        )
        yield Table([row], colWidths=[width, width], style=style, splitByRow=0)


def _box(sheet: Sheet, file: IncidentFile, one: Looked) -> list[Flowable]:
    kept = one.file.evidence
    camera = sheet.text(file.names.place(kept.camera))
    about = "　".join(part for part in (f"E{one.number}", camera, sheet.moment(kept.taken_at)) if part)
    caption = [prose(about, Ink(8, bold=True), before_pt=2)]
    if kept.caption:
        caption.append(prose(kept.caption, Ink(8)))
    return [_drawn(sheet, one), gap(0.8), *caption]


def _drawn(sheet: Sheet, one: Looked) -> Flowable:
    say = sheet.say
    name = Path(one.file.evidence.file).name
    if one.found is Found.MISSING:
        return _instead(say(N_("The file {name} is not on this machine; its digest is in the list above."), name=name))
    if one.data is None:
        return _instead(say(N_("The file {name} is not what was kept as evidence and is not shown."), name=name))
    try:
        return picture(_printable(one.data), _PICTURE_MM[0] * mm, _PICTURE_MM[1] * mm)
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError):
        return _instead(say(N_("The file {name} is unchanged but cannot be read as a picture."), name=name))


def _printable(data: bytes) -> bytes:
    """The picture as the paper needs it: no larger than 1600 px, JPEG."""
    with Image.open(BytesIO(data)) as image:
        if image.format == "JPEG" and max(image.size) <= _LARGEST_PX and image.mode in ("L", "RGB"):
            image.load()
            return data
        smaller = image.convert("RGB")
        smaller.thumbnail((_LARGEST_PX, _LARGEST_PX))
        out = BytesIO()
        smaller.save(out, "JPEG", quality=88)
        return out.getvalue()


def _instead(sentence: str) -> Flowable:
    """A framed sentence where the picture would be."""
    width, height = _PICTURE_MM
    style = styled(
        [
            ("BOX", (0, 0), (-1, -1), 0.4, RULE),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), 6 * mm),
            ("RIGHTPADDING", (0, 0), (-1, -1), 6 * mm),
        ]
    )
    inside = [prose(sentence, Ink(8.5, bold=True), align="centre")]
    return Table([[inside]], colWidths=[width * mm], rowHeights=[height * 0.84 * mm], style=style)
