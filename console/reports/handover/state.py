"""What the machine knows of a shift: its figures, the state of the equipment, the rounds, what is bypassed."""

from dataclasses import replace
from typing import Any

from reportlab.lib.colors import black
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Table

from console.i18n import N_
from console.models.files import FIGURES, HandoverFile
from console.models.patrol import Round, StopState
from console.models.text import Text
from console.reports.paper.blocks import FIELD, RULE, Column, styled, table
from console.reports.paper.prose import Ink, Prose, Run, prose
from console.reports.paper.sheet import WIDTH, Sheet

_A_ROW = 7
INK = Ink(8, leading=1.32)


def mark(file: HandoverFile, ref: str) -> str:
    """A triangle before what must be read back, empty before the rest."""
    return "▲ " if any(line.flagged and line.ref == ref for line in file.handover.lines) else ""


def figures(sheet: Sheet, file: HandoverFile) -> Flowable:
    """What the shift counted, seven figures a row, each under its name."""
    counted = file.handover.figures
    known = {key: counted[key] for key in FIGURES if key in counted}
    rest = {key: value for key, value in counted.items() if key not in FIGURES}
    each = [(sheet.text(FIGURES.get(key, Text(key, key))), _figure(value)) for key, value in {**known, **rest}.items()]
    if not each:
        return _framed([[prose(sheet.say(N_("No figures: the handover is not frozen yet.")), INK)]], 1, 0)
    rows: list[list[Any]] = []
    for start in range(0, len(each), _A_ROW):
        part = each[start : start + _A_ROW]
        blank: list[Any] = [[]] * (_A_ROW - len(part))
        rows.append([[prose(name, Ink(7, leading=1.25), align="centre")] for name, _ in part] + blank)
        rows.append([[prose(value, Ink(10, bold=True, leading=1.25), align="centre")] for _, value in part] + blank)
    return _framed(rows, _A_ROW, 2)


def _figure(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return "—" if value is None else str(value)


def _framed(rows: list[list[Any]], columns: int, step: int) -> Table:
    style: list[Any] = [
        ("BOX", (0, 0), (-1, -1), 0.8, black),
        ("LINEAFTER", (0, 0), (-2, -1), 0.4, RULE),
        ("LEFTPADDING", (0, 0), (-1, -1), 1 * mm),
        ("RIGHTPADDING", (0, 0), (-1, -1), 1 * mm),
        ("TOPPADDING", (0, 0), (-1, -1), 0.4 * mm),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0.6 * mm),
        ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
    ]
    if step:
        style += [("BACKGROUND", (0, row), (-1, row), FIELD) for row in range(0, len(rows), step)]
        style += [("LINEABOVE", (0, row), (-1, row), 0.4, RULE) for row in range(step, len(rows), step)]
    return Table(rows, colWidths=[WIDTH / columns] * columns, style=styled(style))


def equipment_state(sheet: Sheet, file: HandoverFile) -> list[Flowable]:
    """Cameras and alarm sources: how many answer, and which do not."""
    say = sheet.say
    said: list[str] = []
    if file.cameras_total:
        live = file.cameras_total - len(file.cameras)
        said.append(say(N_("Cameras live: {live} of {total}"), live=live, total=file.cameras_total))
    said += [
        say(
            N_("· {name}: {sight} since {at} {reason}"),
            name=sheet.text(file.names.place(camera.camera)),
            sight=sheet.word(camera.sight),
            at=sheet.short(camera.since_at),
            reason=sheet.text(Text(camera.reason_zh, camera.reason_en)),
        ).rstrip()
        for camera in file.cameras
    ]
    if file.sources_total:
        heard = file.sources_total - len(file.sources)
        said.append(say(N_("Alarm sources heard: {heard} of {total}"), heard=heard, total=file.sources_total))
    said += [
        say(
            N_("· {name}: not heard since {at} {reason}"),
            name=sheet.text(file.names.place(source.source)),
            at=sheet.short(source.since_at),
            reason=sheet.text(Text(source.sentence_zh, source.sentence_en)),
        ).rstrip()
        for source in file.sources
    ]
    return [prose(line, INK) for line in said]


def patrol(sheet: Sheet, file: HandoverFile) -> list[Flowable]:
    """One line for all rounds that were walked in full, one for each of the others."""
    say = sheet.say
    broken = [walk for walk in file.rounds if walk.reached < len(walk.stops)]
    said = []
    if file.rounds:
        whole = len(file.rounds) - len(broken)
        said.append(say(N_("Rounds complete: {whole} of {total}"), whole=whole, total=len(file.rounds)))
    said += [_broken(sheet, file, walk) for walk in broken]
    return [prose(line, INK) for line in said]


def _broken(sheet: Sheet, file: HandoverFile, walk: Round) -> str:
    missed = [
        sheet.text(file.names.place(stop.checkpoint))
        for stop in walk.stops
        if stop.state is StopState.MISSED or stop.reached_at is None
    ]
    return sheet.say(
        N_("· {route} {at}: reached {reached} of {all}, not reached: {missed}"),
        route=sheet.text(walk.route_name),
        at=sheet.short(walk.started_at),
        reached=walk.reached,
        all=len(walk.stops),
        missed=sheet.list(missed),
    )


def bypasses(sheet: Sheet, file: HandoverFile) -> Flowable:
    """Everything shelved, suppressed or out of service: the section whose absence burnt plants (Windscale, 1991)."""
    say = sheet.say
    columns = [
        Column(say(N_("Bypassed, shelved, out of service")), 6),
        Column(say(N_("Kind of bypass")), 2.4),
        Column(say(N_("Person")), 2),
        Column(say(N_("Reason")), 5.2),
        Column(say(N_("Until")), 2.2, "centre"),
    ]
    rows = [
        [
            f"{mark(file, alarm.id)}{sheet.text(alarm.title)}　{sheet.text(alarm.place_name)}",
            sheet.word(alarm.hiding.kind),
            file.names.person(alarm.hiding.by),
            alarm.hiding.reason,
            sheet.short(alarm.hiding.until_at),
        ]
        for alarm in file.bypasses
        if alarm.hiding is not None
    ]
    return table(columns, rows, empty=say(N_("nothing is bypassed")), ink=INK, tight=True)


# -------------------------------------------------------------------------------- the count
_SETS = 3


def equipment_count(sheet: Sheet, file: HandoverFile) -> Flowable:
    """The equipment count, three items a row; differences with their words below it."""
    say = sheet.say
    columns = [
        Column(say(N_("Equipment counted")), 3.6),
        Column(say(N_("Quota")), 1.1, "centre"),
        Column(say(N_("Found")), 1.1, "centre"),
    ]
    small = replace(INK, size_pt=7.5)
    cells: list[list[str | Prose]] = []
    different: list[str] = []
    for item in file.handover.equipment:
        wrong = item.actual is not None and item.actual != item.expected
        actual = "—" if item.actual is None else str(item.actual)
        name = prose(sheet.text(item.name), replace(small, bold=wrong))
        cells.append([name, str(item.expected), prose(actual, replace(small, bold=wrong), align="centre")])
        if wrong and item.actual is not None:
            missing = f"{sheet.text(item.name)} {item.actual - item.expected:+d}"
            different.append(say(N_("{item}: {words}"), item=missing, words=item.note) if item.note else missing)
        elif item.note:
            different.append(say(N_("{item}: {words}"), item=sheet.text(item.name), words=item.note))
    deep = -(-len(cells) // _SETS)
    blank: list[str | Prose] = ["", "", ""]
    rows: list[list[Any]] = [
        [part for start in range(row, deep * _SETS, deep) for part in (cells[start] if start < len(cells) else blank)]
        for row in range(deep)
    ]
    if different:
        rows.append([_differences(sheet, different), *[""] * (len(columns) * _SETS - 1)])
    empty = say(N_("no equipment is counted here"))
    return table(columns * _SETS, rows, empty=empty, ink=small, tight=True, whole=(deep,) if different else ())


def _differences(sheet: Sheet, different: list[str]) -> Prose:
    small = replace(INK, size_pt=7.5)
    joined = ("；" if sheet.language.startswith("zh") else "; ").join(different)
    return Prose([Run(sheet.say(N_("Differences: ")), replace(small, bold=True)), Run(joined, small)])
