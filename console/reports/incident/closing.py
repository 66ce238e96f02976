"""The end of an incident report: the verdict as a judgement, who gets a copy, and the signatures."""

from collections.abc import Iterator

from reportlab.platypus import Flowable, KeepTogether

from console.i18n import N_
from console.models.files import IncidentFile
from console.models.incidents import FALSE_VERDICTS
from console.models.trust import Meaning
from console.reports.paper.blocks import TEXT, Column, Fact, Field, facts, fields, heading, note, table
from console.reports.paper.prose import Ink, Prose, prose
from console.reports.paper.sheet import Sheet
from console.reports.paper.signatures import Box, signature_boxes

_COPIES = 4  # lines of the distribution list; those without a name are filled in by hand


def closing(sheet: Sheet, file: IncidentFile) -> Iterator[Flowable]:
    """Verdict, distribution, signatures: together on one page, so that nobody signs an empty one."""
    yield KeepTogether([*_verdict(sheet, file), *_copies(sheet, file), *_signatures(sheet, file)])


def _verdict(sheet: Sheet, file: IncidentFile) -> Iterator[Flowable]:
    incident, say = file.incident, sheet.say
    yield from heading(say(N_("Verdict and cause")), room_mm=0)
    verdict = sheet.word(incident.verdict) or say(N_("not yet given"))
    by = file.names.person(incident.closed_by) or "—"
    grid = [
        [Fact(say(N_("Verdict")), prose(verdict, Ink(10, bold=True))), Fact(say(N_("Given by")), by)],
    ]
    yield facts(grid)
    yield fields(
        [
            Field(say(N_("Cause")), [prose(incident.cause or "—", TEXT)]),
            Field(say(N_("Account")), [prose(incident.summary or "—", TEXT)]),
        ]
    )
    if incident.verdict in FALSE_VERDICTS:
        yield note(say(N_("A false alarm names its cause (GB 25201-2010).")))
    yield note(say(N_("Verdict and cause are the judgement of the person named; the timeline is what was recorded.")))


def _copies(sheet: Sheet, file: IncidentFile) -> Iterator[Flowable]:
    say = sheet.say
    columns = [
        Column(say(N_("Copy for")), 5),
        Column(say(N_("Copies")), 1.5, "centre"),
        Column(say(N_("Date received")), 3),
        Column(say(N_("Received by")), 4),
    ]
    named = [sheet.text(one) for one in file.distribution]
    named += [""] * (_COPIES - len(named))
    rows: list[list[str | Prose]] = [[prose(name or " ", Ink(10)), "", "", ""] for name in named]
    yield from heading(say(N_("Distribution")), room_mm=0)
    yield table(columns, rows)


def _signatures(sheet: Sheet, file: IncidentFile) -> Iterator[Flowable]:
    say = sheet.say

    def box(role: str, meaning: Meaning) -> Box:
        return Box(role, tuple(one for one in file.signatures if one.meaning is meaning))

    writer = file.names.person(file.incident.closed_by or file.incident.opened_by)
    boxes = [
        Box(say(N_("Reported by")), (), writer),
        box(say(N_("Shift leader")), Meaning.REVIEW),
        box(say(N_("Supervisor")), Meaning.APPROVE),
    ]
    yield from heading(say(N_("Signatures")), room_mm=0)
    yield signature_boxes(sheet, boxes)
