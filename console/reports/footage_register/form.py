"""The month's register: who asked for footage, what for, who decided, and where it went."""

from collections import Counter
from collections.abc import Iterator

from reportlab.platypus import Flowable, KeepTogether

from console.i18n import N_
from console.models.files import FootageRegisterFile
from console.models.footage import FootageRequest, RequestState
from console.models.playback import Viewing
from console.models.text import Text
from console.models.words import stands, word
from console.reports.paper.blocks import Column, Fact, facts, gap, heading, note, table, title
from console.reports.paper.prose import Ink, Prose, Run
from console.reports.paper.sheet import Sheet, make
from console.reports.paper.signatures import Box, signature_boxes
from console.reports.spec import Made

_INK = Ink(8.5)
_BOLD = Ink(8.5, bold=True)
_SMALL = Ink(7.5)


def build(file: FootageRegisterFile, language: str, title_text: Text) -> Made:
    """The register as a PDF."""
    return make(file, language, title_text, file.month, _told)


def _told(file: FootageRegisterFile, sheet: Sheet) -> Iterator[Flowable]:
    say = sheet.say
    yield from title(sheet.title, file.month)
    counts = dict.fromkeys(map(word, RequestState), 0) | Counter(map(stands, file.requests))
    yield facts(
        [[Fact(sheet.text(state), str(count)) for state, count in counts.items()]], label_mm=20, columns=len(counts)
    )
    yield gap(3)
    columns = [
        Column(say(N_("No.")), 1.9),
        Column(say(N_("Asked by, paper shown")), 4),
        Column(say(N_("Purpose, kind")), 4),
        Column(say(N_("Cameras, time")), 4),
        Column(say(N_("Decision")), 2.6),
        Column(say(N_("Handed over to")), 2.6),
    ]
    rows = [_row(sheet, file, one) for one in file.requests]
    yield table(columns, rows, empty=say(N_("Nobody asked for footage in this month.")), ink=_INK)
    yield note(
        say(N_("A request is decided by another person than who registered it; without approval nothing leaves."))
    )
    yield from _looked_at(file, sheet)
    yield gap(4)
    yield KeepTogether([signature_boxes(sheet, [Box(say(N_("Checked by")), ()), Box(say(N_("Supervisor")), ())])])


def _looked_at(file: FootageRegisterFile, sheet: Sheet) -> Iterator[Flowable]:
    """Who of the post looked at recordings, each camera on a line of its own."""
    say = sheet.say
    yield from heading(say(N_("Looked at here")))
    columns = [
        Column(say(N_("Seen at")), 2.3),
        Column(say(N_("Seen by, seat")), 2.8),
        Column(say(N_("Camera")), 4),
        Column(say(N_("What was seen")), 4.4),
        Column(say(N_("What for, request")), 5.6),
    ]
    rows = [_viewed(sheet, file, one) for one in file.viewings]
    yield table(columns, rows, empty=say(N_("Nobody looked at recordings in this month.")), ink=_INK)
    yield note(
        say(N_("Written by the console by itself. The instant replay of the wall is not written; without a second time it was never left."))
    )


def _viewed(sheet: Sheet, file: FootageRegisterFile, one: Viewing) -> list[str | Prose]:
    seat = sheet.say(N_("Seat {seat}"), seat=one.seat) if one.seat else ""
    by = " ".join(part for part in (file.names.person(one.by) or one.by, seat) if part)
    until = sheet.clock(one.until_at) if one.ended_at is not None else "…"
    why = [Run(one.purpose.reason or "—", _INK)] + [Run(f"\n{one.purpose.request}", _SMALL)] * bool(one.purpose.request)
    return [
        Prose([Run(sheet.short(one.begun_at), _INK)]),
        Prose([Run(by, _INK)]),
        Prose([Run(sheet.text(file.names.place(one.camera)), _INK)]),
        Prose([Run(f"{sheet.moment(one.from_at)} – {until}", _INK)]),
        Prose(why),
    ]


def _row(sheet: Sheet, file: FootageRegisterFile, one: FootageRequest) -> list[str | Prose]:
    names = sheet.list([sheet.text(file.names.place(camera)) for camera in one.cameras])
    decided = [Run(sheet.text(stands(one)), _BOLD)]
    if one.decided_at is not None:
        decided += [
            Run(f"\n{file.names.person(one.decided_by)}", _INK),
            Run(f"\n{sheet.minute(one.decided_at)}", _SMALL),
        ]
    if one.refusal:
        decided.append(Run(f"\n{one.refusal}", _SMALL))
    case = file.cases.get(one.incident, "") if one.incident is not None else ""
    purpose = [Run(one.purpose, _INK), Run(f"\n{sheet.word(one.kind)}", _SMALL)]
    if case:
        purpose.append(Run("\n" + sheet.say(N_("Incident {number}")).format(number=case), _SMALL))
    handed = [Run(one.handed_to or "—", _INK)]
    if one.handed_at is not None:
        handed += [Run(f"\n{one.medium}", _SMALL)] * bool(one.medium) + [
            Run(f"\n{sheet.minute(one.handed_at)}", _SMALL)
        ]
    return [
        Prose([Run(one.number, _INK), Run(f"\n{sheet.short(one.asked_at)}", _SMALL)]),
        Prose(
            [
                Run(" ".join(part for part in (one.organisation, one.requester) if part), _INK),
                Run(f"\n{one.document}", _SMALL),
            ]
        ),
        Prose(purpose),
        Prose([Run(names, _INK), Run(f"\n{sheet.minute(one.from_at)} – {sheet.clock(one.until_at)[:5]}", _SMALL)]),
        Prose(decided),
        Prose(handed),
    ]
