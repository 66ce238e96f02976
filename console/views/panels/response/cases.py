"""What the response panel knows: alarms, cases, runs and dispatches, upserted by id. No widgets here."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.models.alarms import Alarm, Means, queue_order
from console.models.ids import AlarmId, DispatchId, IncidentId, RunId
from console.models.incidents import Dispatch, DispatchState, Incident, IncidentState
from console.models.plans import PlanRun, RunState
from console.models.settings import SettingValue
from console.models.site import Site
from console.models.telling import Telling, ToTell, standing
from console.views import words


@dataclass(slots=True)
class Cases:
    """The live part of the record that the panel shows. `shown` is the case or alarm the operator looks at."""

    alarms: dict[AlarmId, Alarm] = field(default_factory=dict)
    incidents: dict[IncidentId, Incident] = field(default_factory=dict)
    runs: dict[RunId, PlanRun] = field(default_factory=dict)
    dispatches: dict[DispatchId, Dispatch] = field(default_factory=dict)
    tellings: dict[AlarmId, tuple[Telling, ...]] = field(default_factory=dict)
    alarm: AlarmId | None = None
    incident: IncidentId | None = None

    def take_alarm(self, alarm: Alarm) -> None:
        """Upsert an alarm; one that left the queue with no case is forgotten."""
        known = self.alarms.get(alarm.id)
        if known is not None and known.rev > alarm.rev:
            return
        self.alarms[alarm.id] = alarm
        if alarm.closed_at is not None and alarm.incident is None:
            del self.alarms[alarm.id]
            if self.alarm == alarm.id:
                self.alarm = None

    def show_alarm(self, alarm: Alarm | None) -> None:
        """Look at an alarm, and at its case where it has an open one.

        None means that nothing is chosen any more: the case stays in view until it is put away or another alarm is
        chosen, for its alarms leave the queue at the moment at which it is closed and its report is still to be made.
        """
        self.alarm = alarm.id if alarm is not None else None
        if alarm is not None:
            self.incident = alarm.incident
            self.take_alarm(alarm)

    def put_away(self) -> None:
        """Look at nothing."""
        self.alarm = self.incident = None

    def case(self) -> Incident | None:
        """The case that is looked at."""
        return self.incidents.get(self.incident) if self.incident else None

    def subject(self) -> Alarm | None:
        """The alarm that is looked at: the chosen one, the first of the case, or the one that is offered."""
        if self.alarm is not None and self.alarm in self.alarms:
            return self.alarms[self.alarm]
        case = self.case()
        if case is None:
            return self.offered()
        members = [self.alarms[one] for one in case.alarms if one in self.alarms]
        return min(members, key=queue_order, default=None)

    def offered(self) -> Alarm | None:
        """While nobody has chosen anything: the alarm at the top of the queue, if it waits to be acknowledged."""
        waiting = (alarm for alarm in self.alarms.values() if alarm.closed_at is None and alarm.state in words.WAITING)
        return min(waiting, key=queue_order, default=None)

    def members(self) -> tuple[Alarm, ...]:
        """The alarms of the case that is looked at, as far as they are still known."""
        case = self.case()
        return tuple(self.alarms[one] for one in case.alarms if one in self.alarms) if case is not None else ()

    def unverified(self) -> tuple[Alarm, ...]:
        """Those of them that are still in the queue and of which nobody has said what is behind them."""
        return tuple(one for one in self.members() if one.closed_at is None and one.verified is None)

    def remaining(self) -> tuple[Alarm, ...]:
        """Those of them that are still in the queue."""
        return tuple(one for one in self.members() if one.closed_at is None)

    def take_tellings(self, found: Mapping[AlarmId, tuple[Telling, ...]]) -> None:
        """Take in what the record says of contacts; what was heard meanwhile is kept."""
        for alarm, told in found.items():
            self.tellings[alarm] = tuple(dict.fromkeys((*told, *self.tellings.get(alarm, ()))))

    def to_tell(self, site: Site, settings: Mapping[str, SettingValue]) -> tuple[ToTell, ...]:
        """Who is to be told of what is looked at, and what came of it."""
        subject = self.subject()
        alarms = self.members() or ((subject,) if subject is not None else ())
        return standing(site, settings, alarms, self.tellings)

    def means(self) -> Means:
        """How one probably knows: on site where somebody has arrived, else by the pictures where there are any."""
        there = (DispatchState.ARRIVED, DispatchState.CONTROLLED, DispatchState.RETURNED)
        if any(one.state in there for one in self.sent()):
            return Means.ON_SITE
        return Means.VIDEO if any(one.cameras for one in self.members()) else Means.TELEPHONE

    def run(self) -> PlanRun | None:
        """The run of the case that is looked at: the active one, or the newest."""
        runs = [run for run in self.runs.values() if run.incident == self.incident]
        runs.sort(key=lambda run: (run.state is RunState.ACTIVE, run.id))
        return runs[-1] if runs else None

    def others(self) -> tuple[PlanRun, ...]:
        """The active runs of other open cases: frozen in their place, their clocks still shown."""
        return tuple(
            run
            for run in sorted(self.runs.values(), key=lambda run: run.id)
            if run.state is RunState.ACTIVE and run.incident != self.incident and self._open(run.incident)
        )

    def sent(self) -> tuple[Dispatch, ...]:
        """The dispatches of the case that is looked at."""
        return tuple(one for one in sorted(self.dispatches.values(), key=lambda d: d.id) if one.incident == self.incident)

    def _open(self, incident: IncidentId) -> bool:
        case = self.incidents.get(incident)
        return case is not None and case.state is IncidentState.OPEN
