"""What the machine writes into a handover: the state of the post at T0, exceptions first, and the figures of the shift.

These lines cannot be removed, only commented: what was disabled, bypassed or left open and not handed on is what has
gone wrong at other people's handovers.
"""

from collections.abc import Iterator
from datetime import datetime
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from console.models.alarms import Action, Alarm, Priority, State
from console.models.duty import DueState, Handover, HandoverLine, Shift
from console.models.events import AlarmChanged, DispatchChanged, event_from
from console.models.files import SECTIONS, Names, TimelineLine
from console.models.incidents import FALSE_VERDICTS, DispatchState, EntryKind, Incident, LogEntry, Verdict
from console.models.narrative import timeline
from console.models.patrol import Round, RoundState, StopState
from console.models.phrases import joined
from console.models.pictures import Sight
from console.models.settings import seconds_of
from console.models.site import place_path
from console.models.text import Text
from console.models.words import word
from console.services import carry, contacts, due, duty, faults, hiding, queries
from console.store.store import Reading

HIDDEN = frozenset({State.SHELVED, State.SUPPRESSED, State.OUT_OF_SERVICE})
WAITING = frozenset({State.UNACKED, State.RETURNED_UNACKED, State.LATCHED_UNACKED})
REAL_VERDICTS = frozenset({Verdict.REAL_FIRE, Verdict.REAL_INTRUSION, Verdict.REAL_OTHER})

# What happened after T0 and matters to the relief; the rest is in the journal.
AFTER = frozenset(
    {
        "AlarmRaised",
        "AlarmChanged",
        "ContactTold",
        "SuppressionChanged",
        "IncidentOpened",
        "IncidentChanged",
        "PlanRunStarted",
        "DispatchChanged",
        "EntryWritten",
        "ThreatChanged",
        "CarryOverChanged",
        "RoundChanged",
        "CameraChanged",
        "SourceChanged",
        "FaultNoted",
    }
)


class _Words:
    """Names and times as the lines need them."""

    def __init__(self, rx: Reading) -> None:
        self.names: Names = queries.names(rx)
        self._zone = ZoneInfo(rx.site.timezone)
        self._today = rx.now.astimezone(self._zone).date()

    def at(self, moment: datetime) -> str:
        """A moment as "22:05", with its day where that is not today."""
        local = moment.astimezone(self._zone)
        return local.strftime("%H:%M" if local.date() == self._today else "%m-%d %H:%M")


def machine_lines(rx: Reading, shift: Shift) -> tuple[HandoverLine, ...]:
    """The state of the post now, as the lines of a handover, in the order of the form."""
    words = _Words(rx)
    lines = [
        *_people(rx, words),
        *_alarms(rx, words),
        *_untold(rx),
        *_incidents(rx, words),
        *_bypasses(rx, words),
        *_rules(rx, words),
        *_equipment(rx, words),
        *_rounds(rx, shift, words),
        *_due(rx, words),
        *_carry(rx),
        *_log(rx, shift, words),
    ]
    order = list(SECTIONS)
    return tuple(sorted(lines, key=lambda line: order.index(line.section) if line.section in order else len(order)))


def _people(rx: Reading, words: _Words) -> Iterator[HandoverLine]:
    for one in duty.on_watch(rx):
        role, since = word(one.role), words.at(one.on_at)
        yield HandoverLine(
            section="people",
            ref=one.id,
            text=Text(
                f"{one.name}（{role.zh}），席位 {one.seat}，{since} 上岗",
                f"{one.name} ({role.en}), seat {one.seat}, since {since}",
            ),
        )


def _alarms(rx: Reading, words: _Words) -> Iterator[HandoverLine]:
    for alarm in queries.live_alarms(rx):
        if alarm.state in HIDDEN:
            continue
        state, since = word(alarm.state), words.at(alarm.first_at)
        times = Text(f"，{alarm.count} 次", f", {alarm.count} times") if alarm.count > 1 else Text()
        held = _held(alarm, words)
        yield HandoverLine(
            section="alarms",
            ref=alarm.id,
            text=Text(
                f"{alarm.title.zh}，{since} 起{times.zh}，{state.zh}{held.zh}",
                f"{alarm.title.en}, since {since}{times.en}, {state.en.lower()}{held.en}",
            ),
            flagged=alarm.priority <= Priority.HIGH or alarm.state in WAITING or alarm.parked is not None,
        )


def _held(alarm: Alarm, words: _Words) -> Text:
    """Whose the alarm is, and until when it was put off by whom: neither goes home with the shift."""
    held = Text()
    if alarm.owner is not None:
        owner = words.names.person(alarm.owner.person)
        held = Text(f"，负责人 {owner}", f", owned by {owner}")
    if alarm.parked is not None:
        until, by = words.at(alarm.parked.until_at), words.names.person(alarm.parked.by)
        held = Text(
            f"{held.zh}，暂缓至 {until}（{by}：{alarm.parked.reason}）",
            f"{held.en}, parked until {until} ({by}: {alarm.parked.reason})",
        )
    return held


def _untold(rx: Reading) -> Iterator[HandoverLine]:
    """Whom nobody has told yet, of each case or alarm."""
    for alarm, left in contacts.still_to_tell(rx):
        who = [Text(f"{one.name.zh} {one.phone}".strip(), f"{one.name.en} {one.phone}".strip()) for one in left]
        zh, en = "、".join(one.zh for one in who), ", ".join(one.en for one in who)
        yield HandoverLine(
            section="alarms",
            ref=f"{alarm.id}/told",
            text=Text(f"应通知未通知：{zh}（{alarm.title.zh}）", f"Still to be told: {en} ({alarm.title.en})"),
            flagged=True,
        )


def _incidents(rx: Reading, words: _Words) -> Iterator[HandoverLine]:
    places = {run.incident: run for run in queries.active_runs(rx)}
    for incident in queries.open_incidents(rx):
        where = Text()
        run = places.get(incident.id)
        if run is not None and run.place is not None:
            step = run.step(run.place.step).title
            where = Text(f"，预案停在“{step.zh}”", f', the plan stands at "{step.en}"')
        since = words.at(incident.opened_at)
        yield HandoverLine(
            section="incidents",
            ref=incident.id,
            text=Text(
                f"{incident.number} {incident.title.zh}，{since} 立案{where.zh}",
                f"{incident.number} {incident.title.en}, opened {since}{where.en}",
            ),
            flagged=True,
        )


def _bypasses(rx: Reading, words: _Words) -> Iterator[HandoverLine]:
    for alarm in queries.live_alarms(rx):
        if alarm.hiding is None:
            continue
        kind, who = word(alarm.hiding.kind), words.names.person(alarm.hiding.by)
        until = words.at(alarm.hiding.until_at)
        yield HandoverLine(
            section="bypass",
            ref=alarm.id,
            text=Text(
                f"{alarm.title.zh}：{kind.zh}至 {until}，{who}，{alarm.hiding.reason}",
                f"{alarm.title.en}: {kind.en.lower()} until {until}, {who}, {alarm.hiding.reason}",
            ),
            flagged=True,
        )


def _rules(rx: Reading, words: _Words) -> Iterator[HandoverLine]:
    """The standing rules, whether or not they hide anything now: what does not watch is handed over by name."""
    for rule in hiding.standing(rx):
        kind, owner, until = word(rule.kind), words.names.person(rule.owner), words.at(rule.until_at)
        paths = [Text(place_path(rx.site, one, "zh_CN") or one, place_path(rx.site, one, "en") or one) for one in rule.places]
        named = [words.names.place(each) for each in (*rule.points, *rule.sources)]
        what = joined([*named, *paths, *(word(each) for each in rule.classes)])
        order = Text(f"，工单 {rule.order}", f", work order {rule.order}") if rule.order else Text()
        yield HandoverLine(
            section="bypass",
            ref=rule.id,
            text=Text(
                f"{kind.zh}规则：{what.zh}，至 {until}，责任人 {owner}，{rule.reason}{order.zh}",
                f"Rule ({kind.en.lower()}): {what.en}, until {until}, owner {owner}, {rule.reason}{order.en}",
            ),
            flagged=True,
        )


def _equipment(rx: Reading, words: _Words) -> Iterator[HandoverLine]:
    for camera in queries.camera_states(rx):
        if camera.sight is Sight.LIVE:
            continue
        name, sight, since = words.names.place(camera.camera), word(camera.sight), words.at(camera.since_at)
        yield HandoverLine(
            section="equipment",
            ref=camera.camera,
            text=Text(
                f"摄像机 {name.zh}：{sight.zh}，{since} 起{_tail(camera.reason_zh)}",
                f"Camera {name.en}: {sight.en.lower()} since {since}{_tail(camera.reason_en)}",
            ),
            flagged=camera.sight is Sight.OFFLINE,
        )
    for source in queries.source_states(rx):
        if source.healthy:
            continue
        name, since = words.names.place(source.source), words.at(source.since_at)
        yield HandoverLine(
            section="equipment",
            ref=source.source,
            text=Text(
                f"报警源 {name.zh}：失联，{since} 起{_tail(source.sentence_zh)}",
                f"Alarm source {name.en}: not heard since {since}{_tail(source.sentence_en)}",
            ),
            flagged=True,
        )
    for fault in faults.all_standing(rx):
        since = words.at(fault.at)
        yield HandoverLine(
            section="equipment",
            ref=fault.fault,
            text=Text(f"{fault.sentence.zh}（{since} 起）", f"{fault.sentence.en} (since {since})"),
            flagged=fault.fault != duty.SECOND_PERSON,
        )


def _tail(reason: str) -> str:
    return f" — {reason}" if reason else ""


def _rounds(rx: Reading, shift: Shift, words: _Words) -> Iterator[HandoverLine]:
    for walk in rx.find(Round, since=("started_at", shift.started_at), order_by="started_at"):
        missed = [words.names.place(stop.checkpoint) for stop in walk.stops if stop.state is StopState.MISSED]
        gaps = Text(
            f"，漏检 {'、'.join(name.zh for name in missed)}", f", missed {', '.join(name.en for name in missed)}"
        )
        if not walk.reached:
            gaps = Text("，全部未到", ", none reached")
        at, state, figure = words.at(walk.started_at), word(walk.state), f"{walk.reached}/{len(walk.stops)}"
        yield HandoverLine(
            section="patrol",
            ref=walk.id,
            text=Text(
                f"{at} {walk.route_name.zh} {figure} {state.zh}{gaps.zh if missed else ''}",
                f"{at} {walk.route_name.en} {figure} {state.en.lower()}{gaps.en if missed else ''}",
            ),
            flagged=walk.state is RoundState.INCOMPLETE,
        )


def _due(rx: Reading, words: _Words) -> Iterator[HandoverLine]:
    for item in queries.due_items(rx):
        if item.state is DueState.OVERDUE:
            at = words.at(item.due_at)
            turns = due.missed(item, rx.now)
            more = Text(f"，另错过 {turns} 次", f", {turns} more missed") if turns else Text()
            yield HandoverLine(
                section="due",
                ref=item.id,
                text=Text(f"{item.title.zh}，应于 {at}{more.zh}", f"{item.title.en}, was due {at}{more.en}"),
                flagged=True,
            )


def _carry(rx: Reading) -> Iterator[HandoverLine]:
    orange_after = int(seconds_of(rx.settings, "carry.orange_after"))
    supervisor_after = int(seconds_of(rx.settings, "carry.supervisor_after"))
    for one in carry.still_open(rx):
        times = one.handed_count + 1
        owner = Text(f"，责任人 {one.owner}", f", owner {one.owner}") if one.owner else Text()
        tell = Text("，须报告主管", ", the supervisor must be told") if times > supervisor_after else Text()
        yield HandoverLine(
            section="carry",
            ref=one.id,
            text=Text(
                f"{one.text}{owner.zh}（第 {times} 次移交{tell.zh}）", f"{one.text}{owner.en} (handed on, time {times}{tell.en})"
            ),
            flagged=times > orange_after,
        )


def _log(rx: Reading, shift: Shift, words: _Words) -> Iterator[HandoverLine]:
    for entry in rx.find(LogEntry, shift=shift.id, kind=EntryKind.INSTRUCTION.value, order_by="written_at"):
        at = words.at(entry.happened_at)
        yield HandoverLine(
            section="log",
            ref=entry.id,
            text=Text(f"{at} 上级指示：{entry.text}", f"{at} instruction: {entry.text}"),
            flagged=True,
        )


# ------------------------------------------------------------------------------------------------ the figures
def figures(rx: Reading, shift: Shift) -> dict[str, Any]:
    """What the shift counted, by the keys of console.models.files.FIGURES; drills are left out, denominators kept.

    A checkpoint counts as due once its time is over or it was reached, so that a round still being walked is not
    charged with what lies ahead of it.
    """
    alarms = [one for one in rx.find(Alarm, since=("first_at", shift.started_at)) if not one.drill]
    incidents = [one for one in rx.find(Incident, since=("opened_at", shift.started_at)) if not one.drill]
    cases = [one.incident for one in alarms if one.incident is not None]
    verdicts = {one.id: one.verdict for one in rx.find(Incident, id=tuple(set(cases)))} if cases else {}
    ended = [verdicts.get(one.incident) for one in alarms if one.incident is not None]
    rounds = rx.find(Round, since=("started_at", shift.started_at))
    stops = [stop for walk in rounds for stop in walk.stops if stop.state is not StopState.PENDING]
    counted = {
        "alarms": len(alarms),
        "alarms_real": sum(verdict in REAL_VERDICTS for verdict in ended),
        "alarms_false": sum(verdict in FALSE_VERDICTS for verdict in ended),
        "alarms_open": sum(one.closed_at is None for one in alarms),
        "incidents": len(incidents),
        "incidents_open": len(queries.open_incidents(rx)),
        "rounds": len(rounds),
        "rounds_complete": sum(walk.state is RoundState.COMPLETE for walk in rounds),
        "stops": len(stops),
        "stops_reached": sum(stop.reached_at is not None for stop in stops),
        "dispatches": _sent(rx, shift),
        "entries": rx.count(LogEntry, shift=shift.id),
        "due_overdue": sum(item.state is DueState.OVERDUE for item in queries.due_items(rx)),
    }
    waits = _waits(rx, shift, {one.id: one.first_at for one in alarms})
    return {**counted, **({"acknowledge_median_s": round(median(waits), 1)} if waits else {})}


def _began(rx: Reading, shift: Shift) -> int:
    return next((line.seq for line in rx.journal(subjects=(shift.id,), kinds=("ShiftChanged",), limit=1)), 0)


def _sent(rx: Reading, shift: Shift) -> int:
    events = (event_from(line) for line in rx.journal(after_seq=_began(rx, shift), kinds=("DispatchChanged",)))
    return sum(isinstance(event, DispatchChanged) and event.dispatch.state is DispatchState.SENT for event in events)


def _waits(rx: Reading, shift: Shift, first_at: dict[Any, datetime]) -> list[float]:
    """Seconds from each alarm to its first acknowledgement, out of the journal: a lapse does not forget the first."""
    waits: dict[Any, float] = {}
    for line in rx.journal(after_seq=_began(rx, shift), kinds=("AlarmChanged",)):
        event = event_from(line)
        if isinstance(event, AlarmChanged) and event.action is Action.ACKNOWLEDGE and event.alarm.id in first_at:
            waits.setdefault(event.alarm.id, (event.at - first_at[event.alarm.id]).total_seconds())
    return list(waits.values())


# ------------------------------------------------------------------------------------------------ after T0
def after_freeze(rx: Reading, handover: Handover) -> tuple[TimelineLine, ...]:
    """What happened since the handover was frozen, in the order it happened; it is nobody's to forget or to count twice."""
    seq = frozen_seq(rx, handover)
    if seq is None:
        return ()
    happened = (
        event_from(line)
        for line in rx.journal(after_seq=seq, kinds=tuple(sorted(AFTER)))
        if handover.effective_at is None or line.written_at <= handover.effective_at
    )
    return timeline(
        tuple(happened),
        names=queries.names(rx),
        zero_at=handover.frozen_at or rx.now,
        timezone=rx.site.timezone,
    )


def frozen_seq(rx: Reading, handover: Handover) -> int | None:
    """The number of the journal line that froze the handover; None while it is not frozen."""
    if handover.frozen_at is None:
        return None
    found = None
    for line in rx.journal(subjects=(handover.id,), kinds=("HandoverChanged",), newest_first=True):
        known = getattr(event_from(line), "handover", None)
        if known is None or known.frozen_at != handover.frozen_at:
            break
        found = line.seq
    return found
