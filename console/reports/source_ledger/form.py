"""The daily ledger: one row a source, what lost means in words, and a box for who checked it."""

from collections.abc import Iterator

from reportlab.platypus import Flowable, KeepTogether

from console.i18n import N_
from console.models.inputs import LedgerFile, LedgerRow
from console.models.text import Text
from console.reports.paper.blocks import Column, Fact, facts, gap, note, table, title
from console.reports.paper.prose import Ink, Prose, Run
from console.reports.paper.sheet import Sheet, make
from console.reports.paper.signatures import Box, signature_boxes
from console.reports.spec import Made

INK = Ink(9)
BOLD = Ink(9, bold=True)
SMALL = Ink(7.5)


def build(file: LedgerFile, language: str, title_text: Text) -> Made:
    """The ledger as a PDF."""
    return make(file, language, title_text, file.day, _told)


def _told(file: LedgerFile, sheet: Sheet) -> Iterator[Flowable]:
    say = sheet.say
    until = say(N_("{day}, counted until {time}")).format(day=file.day, time=sheet.minute(file.until_at))
    yield from title(sheet.title, until)
    totals = {
        N_("Received"): sum(row.received for row in file.rows),
        N_("Shown"): sum(row.shown for row in file.rows),
        N_("Handled"): sum(row.handled for row in file.rows),
        N_("Lost"): sum(row.lost for row in file.rows),
    }
    yield facts([[Fact(say(name), str(total)) for name, total in totals.items()]], label_mm=24, columns=4)
    yield gap(3)
    columns = [
        Column(say(N_("Source")), 3.6),
        Column(say(N_("Received")), 1.5, "right"),
        Column(say(N_("Repeated")), 1.75, "right"),
        Column(say(N_("Alarms")), 1.4, "right"),
        Column(say(N_("Shown")), 1.4, "right"),
        Column(say(N_("Handled")), 1.5, "right"),
        Column(say(N_("Lost")), 2.35, "right"),
        Column(say(N_("Test signals")), 2.6, "right"),
    ]
    rows = [_row(sheet, row) for row in file.rows]
    yield table(columns, rows, empty=say(N_("The site has no sources.")), ink=INK)
    for sentence in _meaning(file, sheet):
        yield note(sentence)
    yield gap(4)
    yield KeepTogether([signature_boxes(sheet, [Box(say(N_("Checked by")), ()), Box(say(N_("Supervisor")), ())])])


def _row(sheet: Sheet, row: LedgerRow) -> list[str | Prose]:
    say = sheet.say
    who = [Run(sheet.text(row.name), BOLD)]
    if row.quarantined:
        unknown = say(N_("{n} unknown senders")).format(n=row.quarantined)
        who.append(Run(f"\n{unknown}", SMALL))
    lost = [Run(str(row.lost), BOLD if row.lost else INK)]
    if row.unshown:
        lost.append(Run("\n" + say(N_("{n} not shown in time")).format(n=row.unshown), SMALL))
    if row.gaps:
        lost.append(Run("\n" + say(N_("{n} numbers skipped")).format(n=row.gaps), SMALL))
    tests = [Run(f"{row.canaries_shown} / {row.canaries}" if row.canaries else "—", INK)]
    if row.canaries_missing:
        tests.append(Run("\n" + say(N_("{n} missing")).format(n=row.canaries_missing), SMALL))
    plain = (row.received, row.repeated, row.raised, row.shown, row.handled)
    return [Prose(who), *(str(count) for count in plain), Prose(lost, align="right"), Prose(tests, align="right")]


def _meaning(file: LedgerFile, sheet: Sheet) -> Iterator[str]:
    say = sheet.say
    yield say(
        N_(
            "Received: messages on disk, without test signals. Repeated: those of them that were on disk already. "
            "Alarms: those that were to be seen; what a rule hid, or came from a point on test, is left out. "
            "Handled: acknowledged by a person, or closed."
        )
    )
    yield say(
        N_(
            "Lost: alarms on disk that no screen showed within {n} s, and numbered messages that a sender skipped and "
            "that never came. What was never sent, and what came while the console did not run, cannot be counted."
        )
    ).format(n=f"{file.shown_within_s:g}")
