"""The order of the handover form: one A4 page where the shift was an ordinary one.

The fields follow the forms in use (保安交接班记录表): shift and people, figures, equipment, what is bypassed, the count,
what is unfinished, instructions, what the next shift must expect, objections, signatures. The read-back and the level
first are I-PASS. A machine-filled line that was signed is always on the paper: as the row of its table where there is
one, in its own words otherwise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportlab.platypus import Flowable, KeepTogether

from console.i18n import N_
from console.models.duty import CarryOver, HandoverState
from console.models.files import HandoverFile
from console.models.text import Text
from console.models.trust import Meaning, Signature, short_code
from console.reports.handover.state import INK, bypasses, equipment_count, equipment_state, figures, mark, patrol
from console.reports.incident.timeline import lines_table
from console.reports.paper.blocks import (
    Column,
    Fact,
    Field,
    around,
    code_square,
    facts,
    fields,
    gap,
    heading,
    note,
    table,
    title,
)
from console.reports.paper.prose import Prose, Run, prose
from console.reports.paper.sheet import Sheet, make
from console.reports.paper.signatures import Box, signature_boxes
from console.reports.spec import Made

LABEL = replace(INK, bold=True)
_HEAD = replace(INK, size_pt=8.5)
_LABEL_MM = 26.0
# Sections that have a place of their own on the form; all others come under "Other lines".
_PLACED = frozenset({"people", "alarms", "incidents", "log", "equipment", "patrol", "bypass", "carry", "due"})
_IN_FORCE = frozenset({HandoverState.EFFECTIVE, HandoverState.REVIEWED})


def build(file: HandoverFile, language: str, title_text: Text) -> Made:
    """The form as a PDF."""
    return make(file, language, title_text, file.shift.name.in_language(language), _told)


def _told(file: HandoverFile, sheet: Sheet) -> Iterator[Flowable]:
    lines = Lines(sheet, file)
    yield _head(sheet, file)
    yield gap(1.2)
    yield _people(sheet, file)
    yield figures(sheet, file)
    yield _fields(*_picture(sheet, file, lines))
    yield gap(1.2)
    yield bypasses(sheet, file)
    yield from _rest(sheet, lines.of("bypass"))
    yield gap(1.2)
    yield equipment_count(sheet, file)
    yield gap(1.2)
    yield _carry_overs(sheet, file)
    yield from _rest(sheet, lines.of("carry"))
    yield gap(1.2)
    yield _fields(*_words(sheet, file, lines))
    yield gap(1.2)
    yield KeepTogether([*_signatures(sheet, file)])
    if file.signing_key:
        yield note(sheet.say(N_("Fingerprint of the key that signs footage: {key}"), key=file.signing_key))
    if file.after:
        yield from heading(sheet.say(N_("After T0, initialled by both")))
        yield lines_table(sheet, file.after)


class Lines:
    """The machine-filled lines of a handover that no table of the form already shows, by section."""

    def __init__(self, sheet: Sheet, file: HandoverFile) -> None:
        self.sheet = sheet
        shown: set[str] = {one.id for one in file.bypasses} | {one.id for one in file.carry_overs}
        shown |= {one.id for one in file.rounds} | {one.id for one in file.due}
        shown |= {one.camera for one in file.cameras} | {one.source for one in file.sources}
        self.lines = tuple(line for line in file.handover.lines if line.ref not in shown)

    def of(self, *sections: str) -> list[Flowable]:
        """The lines of these sections; a triangle marks those that must be read back."""
        wanted = dict.fromkeys(sections)
        return [
            prose(f"{'▲' if line.flagged else '·'} {self.sheet.text(line.text)}", INK)
            for section in wanted
            for line in self.lines
            if line.section == section
        ]


def _field(sheet: Sheet, label: str, inside: Sequence[Flowable], empty: str = "", least_mm: float = 0.0) -> Field:
    shown = inside or [prose(sheet.say(empty) if empty else "—", INK)]
    return Field(sheet.say(label), shown, least_mm)


def _fields(*rows: Field) -> Flowable:
    return fields(rows, label_mm=_LABEL_MM, ink=LABEL, tight=True)


def _rest(sheet: Sheet, lines: Sequence[Flowable]) -> Iterator[Flowable]:
    if lines:
        yield _fields(_field(sheet, N_("Further lines"), lines))


def _picture(sheet: Sheet, file: HandoverFile, lines: "Lines") -> Iterator[Field]:
    """The picture of the post: what is unfinished, what the equipment and the rounds are like."""
    present = lines.of("people")
    if present:
        yield _field(sheet, N_("People present"), present)
    unfinished = lines.of("alarms", "incidents", "log")
    yield _field(sheet, N_("Unfinished"), unfinished, N_("nothing unfinished"))
    yield _field(sheet, N_("State of equipment"), [*equipment_state(sheet, file), *lines.of("equipment")])
    yield _field(sheet, N_("Patrol"), [*patrol(sheet, file), *lines.of("patrol")], N_("no round on record"))


# -------------------------------------------------------------------------------- head and people
def _head(sheet: Sheet, file: HandoverFile) -> Flowable:
    handover, letterhead = file.handover, file.letterhead
    badge = (
        ""
        if handover.state in _IN_FORCE
        else sheet.say(N_("NOT IN EFFECT - {state}"), state=sheet.word(handover.state))
    )
    below = f"{sheet.day(file.shift.started_at)}　{sheet.text(file.shift.name)}"
    said = f"{handover.id} {sheet.record_digest} {letterhead.journal_seq} {letterhead.journal_head}"
    return around([], title(sheet.title, below, badge), [code_square(said, 15)], side_mm=22)


def _people(sheet: Sheet, file: HandoverFile) -> Flowable:
    say, handover, shift, names = sheet.say, file.handover, file.shift, file.names
    threat = handover.threat
    level = sheet.word(threat.level) if threat else "—"
    if threat and threat.reason:
        level = say(N_("{level}: {reason}"), level=level, reason=threat.reason)
    next_name = sheet.text(file.next_shift.name) if file.next_shift else "—"
    lasted = f"{sheet.short(shift.started_at)} – {sheet.short(shift.ended_at or shift.planned_end_at)}"
    rows = [
        [
            Fact(say(N_("Outgoing crew")), sheet.list([names.person(one) for one in handover.outgoing]) or "—"),
            Fact(say(N_("Incoming crew")), sheet.list([names.person(one) for one in handover.incoming]) or "—"),
        ],
        [Fact(say(N_("Shift")), f"{sheet.text(shift.name)}　{lasted}"), Fact(say(N_("Next shift")), next_name)],
        [
            Fact(say(N_("Shift leader")), names.person(shift.leader) or "—"),
            Fact(say(N_("Weather")), handover.weather or "—"),
        ],
        [
            Fact(say(N_("Frozen (T0)")), sheet.minute(handover.frozen_at)),
            Fact(say(N_("Effective at")), prose(sheet.moment(handover.effective_at), replace(_HEAD, bold=True))),
        ],
        [Fact(say(N_("Threat level")), prose(level, replace(_HEAD, bold=True)))],
    ]
    return facts(rows, label_mm=_LABEL_MM, ink=_HEAD, tight=True)


# -------------------------------------------------------------------------------- carry-overs and due items
def _carry_overs(sheet: Sheet, file: HandoverFile) -> Flowable:
    say = sheet.say
    columns = [
        Column("#", 0.8, "centre"),
        Column(say(N_("Carried over")), 10),
        Column(say(N_("Responsible")), 3),
        Column(say(N_("Open since")), 2.2, "centre"),
        Column(say(N_("Handed over")), 2, "centre"),
    ]

    def row(number: int, carry: CarryOver) -> list[str | Prose]:
        times = say(N_("{count}×"), count=carry.handed_count + 1)
        text = f"{mark(file, carry.id)}{carry.text}"
        return [str(number), text, carry.owner or "—", sheet.short(carry.opened_at), times]

    rows = [row(number, carry) for number, carry in enumerate(file.carry_overs, 1)]
    return table(columns, rows, empty=say(N_("nothing is carried over")), ink=INK, tight=True)


def _due(sheet: Sheet, file: HandoverFile) -> list[Flowable]:
    return [
        prose(
            sheet.say(
                N_("{mark} {title}, due {at} ({state})"),
                mark=mark(file, item.id).strip() or "·",
                title=sheet.text(item.title),
                at=sheet.short(item.due_at),
                state=sheet.word(item.state),
            ),
            INK,
        )
        for item in file.due
    ]


# -------------------------------------------------------------------------------- words and signatures
def _words(sheet: Sheet, file: HandoverFile, lines: "Lines") -> Iterator[Field]:
    """What people wrote: after the due items, in the order of the form."""
    handover = file.handover
    yield _field(sheet, N_("Due items"), [*_due(sheet, file), *lines.of("due")], N_("nothing due"))
    yield _field(sheet, N_("Instructions"), [prose(handover.instructions or "—", INK)])
    yield _field(sheet, N_("Next shift: expect, watch, do"), [prose(handover.expect or "—", INK)], least_mm=8)
    yield _field(sheet, N_("Remarks"), [prose(handover.remarks or "—", INK)])
    said = [prose(f"{number}. {words}", INK) for number, words in enumerate(handover.read_back, 1)]
    yield _field(sheet, N_("Read back by the incoming"), said)
    yield _field(sheet, N_("Objections"), [_objection(sheet, file)])
    others = lines.of(*(one.section for one in handover.lines if one.section not in _PLACED))
    if others:
        yield _field(sheet, N_("Other lines"), others)


def _objection(sheet: Sheet, file: HandoverFile) -> Flowable:
    say, handover = sheet.say, file.handover
    raised = [Run(handover.objection or say(N_("none on record")), INK)]
    for label, words in ((N_("Settled: "), handover.settlement), (N_("Refused: "), handover.refusal)):
        if words:
            raised += [Run("\n" + say(label), LABEL), Run(words, INK)]
    if handover.stays_on:
        raised.append(Run("\n" + say(N_("The outgoing stays on: an incident is being handled.")), LABEL))
    return Prose(raised)


def _signatures(sheet: Sheet, file: HandoverFile) -> Iterator[Flowable]:
    """The boxes; a signature under an earlier version fills one only where none of its kind stands under this one."""
    say, names = sheet.say, file.names
    valid = [one for one in file.signatures if one.record_digest == file.record_digest]
    earlier = [one for one in file.signatures if one.record_digest != file.record_digest]
    boxed: list[Signature] = []

    def signed(*meanings: Meaning) -> tuple[Signature, ...]:
        found = [one for one in valid if one.meaning in meanings] or [one for one in earlier if one.meaning in meanings]
        boxed.extend(found)
        return tuple(found)

    outgoing = sheet.list([names.person(one) for one in file.handover.outgoing])
    incoming = sheet.list([names.person(one) for one in file.handover.incoming])
    yield signature_boxes(
        sheet,
        [
            Box(say(N_("Hands over")), signed(Meaning.HAND_OVER), outgoing),
            Box(say(N_("Takes over")), signed(Meaning.TAKE_OVER), incoming),
            Box(say(N_("Reviewed by the leader")), signed(Meaning.REVIEW, Meaning.WITNESS)),
            Box(say(N_("Seen by the supervisor")), signed(Meaning.APPROVE)),
        ],
    )
    for one in earlier:
        if one not in boxed:
            about = f"{one.person_name} ({sheet.word(one.meaning)}) {sheet.moment(one.signed_at)}"
            code = short_code(one.record_digest)
            yield note(say(N_("Signed under an earlier version: {about}, record {code}"), about=about, code=code))
