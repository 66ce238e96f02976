"""The first page of an incident report: everything a reader needs who turns no further."""

from collections.abc import Iterator
from datetime import datetime

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from console.i18n import N_
from console.models.files import IncidentFile
from console.models.incidents import IncidentState
from console.models.phrases import offset
from console.reports.paper.blocks import (
    BOLD,
    FAINT,
    SMALL,
    TEXT,
    Column,
    Fact,
    Field,
    around,
    code_square,
    facts,
    fields,
    gap,
    picture,
    table,
    title,
)
from console.reports.paper.prose import Ink, Prose, Run, prose
from console.reports.paper.sheet import WIDTH, Sheet


def summary(sheet: Sheet, file: IncidentFile) -> Iterator[Flowable]:
    """The whole first page."""
    yield _head(sheet, file)
    yield gap(1.5)
    yield _facts(sheet, file)
    yield gap(3)
    yield prose(sheet.say(N_("Times of the incident")), BOLD, after_pt=2)
    yield _times(sheet, file)
    yield gap(3)
    yield prose(sheet.say(N_("Alarms of this incident")), BOLD, after_pt=2)
    yield _alarms(sheet, file)
    yield gap(3)
    yield from _place_and_outcome(sheet, file)


def _head(sheet: Sheet, file: IncidentFile) -> Flowable:
    incident = file.incident
    badge = []
    if incident.drill:
        badge.append(sheet.say(N_("DRILL - not a real incident")))
    if incident.state is IncidentState.OPEN:
        badge.append(sheet.say(N_("INTERIM - the incident is not closed")))
    below = sheet.say(N_("No. {number}"), number=incident.number) + "　" + sheet.day(incident.detected_at)
    letterhead = file.letterhead
    said = f"{incident.number} {sheet.record_digest} {letterhead.journal_seq} {letterhead.journal_head}"
    named = title(sheet.title, below, " · ".join(badge))
    return around([], named, [code_square(said, 18)], side_mm=26)


def _facts(sheet: Sheet, file: IncidentFile) -> Flowable:
    incident, say = file.incident, sheet.say
    plans = sheet.list(
        [say(N_("{title} (version {v})"), title=sheet.text(run.plan.title), v=run.plan.version) for run in file.runs]
    )
    rows = [
        [Fact(say(N_("Incident")), prose(sheet.text(incident.title), Ink(10.5, bold=True)))],
        [
            Fact(say(N_("Kind")), sheet.word(incident.alarm_class)),
            Fact(say(N_("Grade")), sheet.word(incident.priority)),
        ],
        [Fact(say(N_("Place")), sheet.text(file.place) or sheet.text(incident.place_name) or "—")],
        [
            Fact(say(N_("Opened at")), _by(sheet, file, incident.opened_at, incident.opened_by)),
            Fact(say(N_("Closed at")), _by(sheet, file, incident.closed_at, incident.closed_by)),
        ],
        [Fact(say(N_("Plan followed")), plans or say(N_("none on record")))],
        [
            Fact(say(N_("Posts sent")), sheet.list([sheet.text(one.post_name) for one in file.dispatches]) or "—"),
            Fact(say(N_("State")), sheet.word(incident.state)),
        ],
    ]
    return facts(rows, label_mm=24)


def _by(sheet: Sheet, file: IncidentFile, at: datetime | None, person: str | None) -> str:
    return f"{sheet.minute(at)}　{file.names.person(person)}" if at else "—"


def _times(sheet: Sheet, file: IncidentFile) -> Flowable:
    times, say = file.times, sheet.say
    each = [
        (say(N_("Happened at")), times.happened_at),
        (say(N_("Detected at")), times.detected_at),
        (say(N_("Noticed at")), times.reported_at),
        (say(N_("Post sent")), times.sent_at),
        (say(N_("Informed at")), times.informed_at),
        (say(N_("Post arrived")), times.arrived_at),
        (say(N_("Under control")), times.controlled_at),
        (say(N_("Closed at")), times.closed_at),
    ]
    zero = times.detected_at or file.incident.detected_at
    columns = [Column(name, 1, "centre") for name, _ in each]
    row = [
        Prose(
            [
                Run(sheet.clock(at), Ink(9.5, bold=at is not None)),
                Run("\n" + _beside(sheet, at, zero), SMALL),
            ],
            align="centre",
        )
        for _, at in each
    ]
    return table(columns, [row])


def _beside(sheet: Sheet, at: datetime | None, zero: datetime) -> str:
    """How far from the first signal, and the date where it is another day."""
    if at is None:
        return " "
    far = offset((at - zero).total_seconds())
    day = sheet.moment(at).split(" ")[0]
    return far if day == sheet.moment(zero).split(" ")[0] else f"{far}\n{day}"


def _alarms(sheet: Sheet, file: IncidentFile) -> Flowable:
    say = sheet.say
    columns = [
        Column(say(N_("Alarm")), 5),
        Column(say(N_("Place")), 4),
        Column(say(N_("First at")), 2, "centre"),
        Column(say(N_("Last at")), 2, "centre"),
        Column(say(N_("Count")), 1.3, "centre"),
        Column(say(N_("State")), 3),
    ]
    shown = file.alarms[:6]
    rows = [
        [
            sheet.text(alarm.title),
            sheet.text(alarm.place_name),
            sheet.clock(alarm.first_at),
            sheet.clock(alarm.last_at),
            str(alarm.count),
            sheet.word(alarm.state),
        ]
        for alarm in shown
    ]
    if len(file.alarms) > len(shown):
        more = say(N_("and {count} more, see the timeline"), count=len(file.alarms) - len(shown))
        rows.append([more, "", "", "", "", ""])
    return table(columns, rows, empty=say(N_("none on record")), ink=Ink(8))


def _place_and_outcome(sheet: Sheet, file: IncidentFile) -> Iterator[Flowable]:
    incident, say = file.incident, sheet.say
    verdict = sheet.word(incident.verdict) or say(N_("not yet given"))
    told = [Field(say(N_("Verdict")), [prose(verdict, BOLD)])]
    if incident.cause:
        told.append(Field(say(N_("Cause")), [prose(incident.cause, TEXT)]))
    told.append(Field(say(N_("Account of events")), [prose(incident.summary or "—", TEXT)], 14))
    if file.map_png is None:
        told.append(Field(say(N_("Map")), [prose(say(N_("No map of this place is on file.")), FAINT)]))
    yield fields(told)
    if file.map_png is None:
        return
    yield gap(3)
    try:
        drawn: Flowable = picture(file.map_png, WIDTH - 2 * mm, 72 * mm)
    except OSError:
        drawn = prose(say(N_("The map cannot be read.")), FAINT)
    yield drawn
    name = sheet.text(file.map_name)
    caption = say(N_("Map: {name}, {place}"), name=name, place=sheet.text(file.place))
    yield prose(caption, SMALL, align="centre")
