"""Signature boxes: who signed, what it means, when, and under which record; or an empty line for ink."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import black
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Table

from console.i18n import N_
from console.models.trust import Signature, short_code
from console.reports.paper.blocks import FIELD, RULE, SMALL, styled
from console.reports.paper.prose import Ink, Prose, Run, prose
from console.reports.paper.sheet import WIDTH, Sheet


@dataclass(frozen=True, slots=True)
class Box:
    """One box: whose it is, the signatures in it, and a name to be printed where nobody has signed yet."""

    role: str
    signatures: tuple[Signature, ...] = ()
    name: str = ""


def _signed(sheet: Sheet, signature: Signature) -> list[Flowable]:
    """Printed name, meaning and time belong together (21 CFR 11.50 as a model); the code binds them to the record."""
    lines: list[Flowable] = [
        prose(signature.person_name, Ink(12, bold=True, leading=1.3)),
        prose(sheet.say(N_("Meaning: {meaning}"), meaning=sheet.word(signature.meaning)), SMALL),
        prose(sheet.moment(signature.signed_at), SMALL),
        prose(sheet.say(N_("Seat {seat}, record {code}"), seat=signature.seat, code=_code(signature)), SMALL),
    ]
    if signature.record_digest != sheet.record_digest:
        lines.append(prose(sheet.say(N_("Signed another version of this record!")), Ink(7.5, bold=True)))
    return lines


def _code(signature: Signature) -> str:
    return short_code(signature.record_digest)


def _for_ink(sheet: Sheet, name: str) -> list[Flowable]:
    return [
        Prose([Run(sheet.say(N_("Name: ")), SMALL), Run(name or "", Ink(9))]),
        prose(sheet.say(N_("Signature:")), SMALL, before_pt=6),
        prose(sheet.say(N_("Time:")), SMALL, before_pt=12),
    ]


def signature_boxes(sheet: Sheet, boxes: Sequence[Box]) -> Table:
    """The boxes side by side; never split over two pages."""
    heads: list[Any] = [[prose(box.role, Ink(8.5, bold=True))] for box in boxes]
    bodies: list[Any] = []
    for box in boxes:
        body: list[Flowable] = []
        for signature in box.signatures:
            body += _signed(sheet, signature)
        bodies.append(body or _for_ink(sheet, box.name))
    style = styled(
        [
            ("BOX", (0, 0), (-1, -1), 0.8, black),
            ("LINEAFTER", (0, 0), (-2, -1), 0.4, RULE),
            ("LINEBELOW", (0, 0), (-1, 0), 0.4, RULE),
            ("BACKGROUND", (0, 0), (-1, 0), FIELD),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 1.6 * mm),
            ("RIGHTPADDING", (0, 0), (-1, -1), 1.6 * mm),
            ("TOPPADDING", (0, 0), (-1, -1), 0.8 * mm),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.2 * mm),
        ]
    )
    return Table([heads, bodies], colWidths=[WIDTH / len(boxes)] * len(boxes), style=style, splitByRow=0)
