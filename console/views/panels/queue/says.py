"""The words of a row: where the alarm stands, whose it is, and the marks beside its title."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

from console.i18n import _
from console.models.alarms import Alarm, Condition, State, is_chattering
from console.models.clock import Clock
from console.models.settings import SettingValue, seconds_of
from console.views import words
from console.views.levels import level_words


class Names(Protocol):
    """Who knows what people are called."""

    def called(self, person: str | None) -> str: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """A short word beside the title and the token of its colour; `short` stands for it where the title needs the room."""

    text: str
    tone: str
    short: str = ""


class Says:
    """The words of alarms at one post. `settings` are those in force without those at their default."""

    def __init__(self, clock: Clock, zone: tzinfo, people: Names, settings: dict[str, SettingValue]) -> None:
        self._clock = clock
        self._zone = zone
        self._people = people
        self._settings = settings

    def began(self, alarm: Alarm) -> str:
        """When it began."""
        return words.when(alarm.first_at, self._clock.now(), self._zone)

    def title(self, alarm: Alarm) -> str:
        """What it is called; a drill and a test are called so first."""
        title = words.title_of(alarm)
        return _("[Test] {title}").format(title=title) if alarm.test else title

    def state(self, alarm: Alarm) -> str:
        """Where an alarm stands, whose it is, and how long that counts or how long nobody has."""
        now = self._clock.now()
        state = alarm.state
        if state in words.HIDDEN and alarm.hiding is not None:
            until = words.when(alarm.hiding.until_at, now, self._zone)
            return _("{state} until {time}").format(state=words.term(state), time=until)
        if state in words.WAITING:
            waits = words.span(words.left_until(now, alarm.first_at))
            text = _("{state} {time}").format(state=words.term(state), time=waits)
            if alarm.lapses:
                text = _("{state}, acknowledgement lapsed").format(state=text)
            text = self._with_owner(text, alarm)
        else:
            text = self._taken(alarm, state)
        if alarm.condition is Condition.UNKNOWN:
            text = _("{state}, source not heard").format(state=text)
        return text

    def _taken(self, alarm: Alarm, state: State) -> str:
        now = self._clock.now()
        text = words.term(state)
        if alarm.parked is not None:
            until = words.when(alarm.parked.until_at, now, self._zone)
            return self._with_owner(_("Parked until {time}").format(time=until), alarm)
        text = self._with_owner(text, alarm)
        if alarm.acknowledged is not None and state in (State.ACKED, State.LATCHED_ACKED):
            left_s = words.left_until(alarm.acknowledged.lease_until_at, now)
            text = f"{text} · " + _("{time} left").format(time=words.span(left_s))
        return text

    def _with_owner(self, text: str, alarm: Alarm) -> str:
        person = alarm.owner.person if alarm.owner else alarm.acknowledged.by if alarm.acknowledged else None
        who = self._people.called(person)
        return f"{text} · {who}" if who else text

    def marks(self, alarm: Alarm) -> tuple[Mark, ...]:
        """The short words beside the title, what matters most first."""
        found: list[Mark] = []
        if alarm.escalated_at is not None and alarm.state in words.WAITING:
            found.append(Mark(_("Tell the leader"), "state.fault", _("Leader!")))
        if alarm.owner is not None and alarm.owner.given_by is not None:
            giver = self._people.called(alarm.owner.given_by)
            found.append(Mark(_("From {name}").format(name=giver), "text.strong"))
        if self.chatters(alarm):
            found.append(Mark(_("Chattering"), "state.warning"))
        if alarm.verified is not None and alarm.verified.false_alarm:
            found.append(Mark(_("False alarm"), "text.dim"))
        elif alarm.verification:
            tone = "state.fault" if alarm.verification >= 3 else "text.main"
            level = level_words(alarm.alarm_class, alarm.verification)
            short = _("Verified {level}").format(level=alarm.verification)
            found.append(Mark(f"{alarm.verification} {level}", tone, short))
        if alarm.case_open:
            found.append(Mark(_("Case"), "text.dim"))
        return tuple(found)

    def chatters(self, alarm: Alarm) -> bool:
        """Whether its signals still come too fast to be read one by one."""
        return is_chattering(alarm, self._clock.now(), seconds_of(self._settings, "alarm.chatter_window_s"))

    def whole(self, alarm: Alarm) -> str:
        """Everything about an alarm, for the tip of its row."""
        lines = [
            f"{_(words.PRIORITY[alarm.priority])} · {words.term(alarm.alarm_class)}",
            self.title(alarm),
            words.place_of(alarm),
            self.state(alarm),
            " · ".join(mark.text for mark in self.marks(alarm)),
        ]
        if alarm.count > 1:
            last = words.when(alarm.last_at, self._clock.now(), self._zone)
            lines.append(_("{n} signals, the last at {time}").format(n=alarm.count, time=last))
        if alarm.owner is not None and alarm.owner.given_by is not None:
            giver = self._people.called(alarm.owner.given_by)
            lines.append(_("Handed over by {name}: {note}").format(name=giver, note=alarm.owner.note or "—"))
        if alarm.parked is not None:
            lines.append(_("Reason: {reason}").format(reason=alarm.parked.reason))
        if alarm.verified is not None:
            who, how = self._people.called(alarm.verified.by), words.term(alarm.verified.how)
            lines.append(_("Verified by {name}, {how}").format(name=who, how=how))
        return "\n".join(filter(None, lines))
