"""The timeline: every signal, key and answer with its time, and who says so."""

from collections.abc import Iterator

from reportlab.platypus import Flowable

from console.i18n import N_
from console.models.files import IncidentFile, Teller, TimelineLine
from console.models.phrases import offset
from console.reports.paper.blocks import Column, heading, note, table
from console.reports.paper.prose import Ink, Prose, Run
from console.reports.paper.sheet import Sheet

# Shape and word, so that a photocopy still tells a machine from a person.
MARKS: dict[Teller, str] = {Teller.SIGNAL: "◆", Teller.MACHINE: "○", Teller.PERSON: "●"}
WORDS: dict[Teller, str] = {
    Teller.SIGNAL: N_("Detector"),
    Teller.MACHINE: N_("Console"),
    Teller.PERSON: N_("Person"),
}
INK = Ink(8.5)


def timeline(sheet: Sheet, file: IncidentFile) -> Iterator[Flowable]:
    """The whole timeline as one table."""
    say = sheet.say
    yield from heading(say(N_("Timeline")))
    legend = "　".join(f"{MARKS[teller]} {say(WORDS[teller])}" for teller in Teller)
    zero = file.times.detected_at or file.incident.detected_at
    yield note(say(N_("{legend}. T+00:00 is {zero}, the first signal."), legend=legend, zero=sheet.moment(zero)))
    yield lines_table(sheet, file.lines)


def lines_table(sheet: Sheet, lines: tuple[TimelineLine, ...]) -> Flowable:
    """Lines of a timeline; the date stands where the day changes."""
    say = sheet.say
    columns = [
        Column(say(N_("Time")), 2.2),
        Column(say(N_("Offset")), 1.9, "right"),
        Column(say(N_("Told by")), 2.3),
        Column(say(N_("Content")), 11),
        Column(say(N_("Recorded by")), 2.6),
    ]
    rows: list[list[str | Prose]] = []
    day = ""
    for line in lines:
        date, clock = sheet.moment(line.at).split(" ")
        runs = [Run(date + "\n", Ink(7, bold=True))] if date != day else []
        day = date
        rows.append(
            [
                Prose([*runs, Run(clock, INK)]),
                offset(line.offset_s),
                f"{MARKS[line.teller]} {say(WORDS[line.teller])}",
                _said(sheet, line),
                sheet.text(line.who),
            ]
        )
    return table(columns, rows, empty=say(N_("Nothing is on record.")), ink=INK)


def _said(sheet: Sheet, line: TimelineLine) -> Prose:
    runs = []
    if line.late:
        mark = sheet.say(N_("[Late entry, written {at}] "), at=sheet.minute(line.written_at))
        runs.append(Run(mark, Ink(8.5, bold=True)))
    return Prose([*runs, Run(sheet.text(line.text), INK)])
