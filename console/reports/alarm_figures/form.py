"""One page: the load against what an operator can take, the times against their targets, where the alarms came from."""

from collections.abc import Iterator
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether
from typing_extensions import override

from console.i18n import N_
from console.models.alarms import Priority
from console.models.figures import AlarmFigures, Span
from console.models.files import AlarmFiguresFile
from console.models.phrases import span
from console.models.text import Text
from console.reports.paper.blocks import Column, Fact, facts, gap, heading, note, table, title
from console.reports.paper.fonts import REGULAR
from console.reports.paper.prose import Ink
from console.reports.paper.sheet import Sheet, make
from console.reports.paper.signatures import Box, signature_boxes
from console.reports.spec import Made

INK = Ink(8.5)
HEIGHT = 38 * mm
_BARS = 96
_SPANS = {
    "show": N_("the screen"),
    "acknowledge": N_("the acknowledgement"),
    "act": N_("the first action"),
    "close": N_("the end"),
}


def build(file: AlarmFiguresFile, language: str, title_text: Text) -> Made:
    """The figures as a PDF."""
    return make(file, language, title_text, "", _told)


def _share(value: float) -> str:
    return f"{value * 100:.1f} %"


def _told(file: AlarmFiguresFile, sheet: Sheet) -> Iterator[Flowable]:
    say, of = sheet.say, file.figures
    yield from title(sheet.title, f"{sheet.minute(of.since_at)} – {sheet.minute(of.until_at)}")
    yield facts(
        [
            [
                Fact(say(N_("Alarms")), str(of.alarms)),
                Fact(say(N_("People on watch, on average")), f"{of.operators:.1f}"),
            ],
            [
                Fact(say(N_("A person, in 10 minutes")), f"{of.per_slot:.2f}  (≤ {file.targets['figures.per_slot']:g})"),
                Fact(say(N_("A person, in an hour")), f"{of.per_hour:.1f}  (≤ {file.targets['figures.most_per_hour']:g})"),
            ],
            [
                Fact(say(N_("Busiest 10 minutes, busiest hour")), f"{of.busiest_slot}, {of.busiest_hour}"),
                Fact(say(N_("Floods, share of the time in them")), f"{of.floods}, {_share(of.flood_share)}"),
            ],
            [
                Fact(say(N_("Chattering alarms")), str(of.chattering)),
                Fact(say(N_("Standing longer than 24 hours")), str(of.stale)),
            ],
            [
                Fact(
                    say(N_("Priorities")),
                    sheet.list([f"{sheet.word(each)} {_share(of.share_of(each))}" for each in Priority]),
                )
            ],
        ],
        label_mm=42,
    )
    yield gap(3)
    yield _Picture(sheet, of)
    yield from heading(say(N_("From the first signal")))
    columns = [Column(say(N_("to")), 4), Column(say(N_("Target")), 2, "right"), Column(say(N_("Kept")), 2, "right")]
    columns += [Column(text, 2, "right") for text in (say(N_("Half within")), "80 %", "95 %", say(N_("Longest")))]
    columns.append(Column(say(N_("Not yet")), 1.4, "right"))
    yield table(columns, [_times(sheet, one) for one in of.spans], ink=INK)
    yield from heading(say(N_("Noisiest points")))
    points = [[sheet.text(one.name), str(one.alarms), _share(one.share)] for one in of.noisiest]
    names = [Column(say(N_("Point")), 10), Column(say(N_("Alarms")), 2, "right"), Column(say(N_("Share")), 2, "right")]
    yield table(names, points, empty=say(N_("No alarms in this period")), ink=INK)
    yield note(
        say(
            N_(
                "Measures of ISA-18.2 / IEC 62682 and EEMUA 191; drills, tests and what a rule hid are not counted. "
                "In the picture a dark bar is ten minutes or more of flood."
            )
        )
    )
    yield gap(3)
    yield KeepTogether([signature_boxes(sheet, [Box(say(N_("Checked by"))), Box(say(N_("Supervisor")))])])


def _times(sheet: Sheet, one: Span) -> list[str]:
    said = [_time(sheet, each) if one.counted else "—" for each in (one.p50_s, one.p80_s, one.p95_s, one.longest_s)]
    kept = _share(one.within) if one.counted or one.within < 1.0 else "—"
    return [sheet.say(_SPANS[one.name]), _time(sheet, one.target_s), kept, *said, str(one.missing)]


def _time(sheet: Sheet, seconds: float) -> str:
    return sheet.say(N_("{n} s"), n=f"{seconds:.2f}".rstrip("0").rstrip(".")) if seconds < 60 else span(seconds)


class _Picture(Flowable):
    """Bars over the period, black on white, with the time below."""

    def __init__(self, sheet: Sheet, of: AlarmFigures) -> None:
        super().__init__()
        together = max(1, -(-len(of.slots) // _BARS))
        groups = [of.slots[n : n + together] for n in range(0, len(of.slots), together)]
        self.bars = [(sum(slot.alarms for slot in group), any(slot.flood for slot in group)) for group in groups]
        self.times = [sheet.short(group[0].at) for group in groups]

    @override
    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        self.width, self.height = availWidth, HEIGHT
        return self.width, self.height

    def draw(self) -> None:
        canvas: Any = self.canv
        base, left, room = 5 * mm, 8 * mm, HEIGHT - 9 * mm
        highest = max([1, *(count for count, _flood in self.bars)])
        step = (self.width - left) / max(1, len(self.bars))
        canvas.setFont(REGULAR, 6.5)
        for n, (count, flood) in enumerate(self.bars):
            canvas.setFillGray(0.2 if flood else 0.72)
            canvas.rect(left + n * step, base, step * 0.8, room * count / highest, stroke=0, fill=1)
        canvas.setFillGray(0)
        for n in range(0, len(self.times), max(1, len(self.times) // 8)):
            canvas.drawString(left + n * step, 1 * mm, self.times[n])
        canvas.drawRightString(left - 1 * mm, base + room - 2 * mm, str(highest))
        canvas.drawRightString(left - 1 * mm, base, "0")
        canvas.setLineWidth(0.6)
        canvas.line(left, base, self.width, base)
