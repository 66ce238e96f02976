"""Do the verbs: at once where nothing has to be said, after a line of questions where something has."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from console.i18n import N_, _
from console.models.alarms import LIFE_CLASSES, Alarm, AlarmClass, Condition, Means, Priority
from console.models.errors import NotPermitted
from console.models.people import RIGHTS, Actor, Right, SignOn
from console.models.settings import seconds_of, value_of
from console.models.suppression import SuppressionKind
from console.models.text import Text
from console.services import alarms, grouping, hiding, queries, queue
from console.views import words
from console.views.asking import Asked, AskLine, Choice, Pick, Words, numbered
from console.views.levels import level_words
from console.views.names import People
from console.views.panels.queue.verbs import BY_NAME, parking_spans

if TYPE_CHECKING:
    from console.bridge import Bridge

NOTHING_CHOSEN: Final = Text("请先选中一条报警（F1）。", "Choose an alarm first (F1).")
NOBODY_ELSE: Final = Text(
    "没有其他有权处理报警的人员在岗，不能移交。", "Nobody else who may handle alarms is signed on; it cannot be handed over."
)
# Offered spans; the services know the longest one for each priority and refuse more with a sentence.
SHELVE_SPANS: Final = (
    (timedelta(minutes=15), N_("15 minutes")),
    (timedelta(minutes=30), N_("30 minutes")),
    (timedelta(hours=1), N_("1 hour")),
    (timedelta(hours=4), N_("4 hours")),
    (timedelta(hours=8), N_("8 hours")),
    (None, N_("Until normal")),
)
RULE_SPANS: Final = (
    (timedelta(hours=1), N_("1 hour")),
    (timedelta(hours=4), N_("4 hours")),
    (timedelta(hours=8), N_("8 hours")),
    (timedelta(days=1), N_("1 day")),
    (timedelta(days=7), N_("7 days")),
    (timedelta(days=30), N_("30 days")),
)
FALSE_ALARM: Final = -1
TOGETHER: Final = 25  # alarms of a group in one commit: a large group must not hold up a signal that comes meanwhile


class Deeds:
    """The verbs of the post, done by whoever has the keyboard. `chosen()` is the alarm that is meant."""

    def __init__(self, bridge: "Bridge", people: People, line: AskLine, chosen: Callable[[], Alarm | None]) -> None:
        self._bridge = bridge
        self._people = people
        self._line = line
        self._chosen = chosen

    def do(self, verb: str, alarm: Alarm | None = None) -> bool:
        """Do a verb to an alarm, the chosen one unless it is given; a sentence where it cannot be done."""
        actor = self._bridge.actor
        alarm = alarm or self._chosen()
        if actor is None:
            return False
        known = BY_NAME[verb]
        if alarm is None:
            self._bridge.refused.emit(NOTHING_CHOSEN)
            return True
        try:
            actor.demand(known.right)
        except NotPermitted as error:
            self._bridge.refused.emit(error.text)
            return True
        if not known.fits(alarm, actor):
            self._bridge.refused.emit(known.why_not)
            return True
        getattr(self, f"_{verb}")(alarm, actor)
        return True

    # ---------------------------------------------------------------- at once

    def _acknowledge(self, alarm: Alarm, actor: Actor) -> None:
        self._bridge.do(alarms.acknowledge, alarm.id, by=actor)

    def _claim(self, alarm: Alarm, actor: Actor) -> None:
        self._bridge.do(queue.claim, alarm.id, by=actor)

    def _let_go(self, alarm: Alarm, actor: Actor) -> None:
        self._bridge.do(queue.let_go, alarm.id, by=actor)

    def _unpark(self, alarm: Alarm, actor: Actor) -> None:
        self._bridge.do(queue.unpark, alarm.id, by=actor)

    def _cut_loose(self, alarm: Alarm, actor: Actor) -> None:
        self._bridge.do(grouping.cut_loose, alarm.id, by=actor)

    def _not_a_test(self, alarm: Alarm, actor: Actor) -> None:
        self._bridge.do(hiding.not_a_test, alarm.id, by=actor)

    def _bring_back(self, alarm: Alarm, actor: Actor) -> None:
        self._bridge.do(alarms.bring_back, alarm.id, by=actor)

    # ---------------------------------------------------------------- after questions

    def acknowledge_group(self, members: tuple[Alarm, ...]) -> bool:
        """Ask, and then acknowledge what is folded into a row; says which of it that covers and which it does not."""
        actor = self._bridge.actor
        if actor is None:
            return False
        joining = [one for one in members if queue.may_join(one, actor.person)]
        try:
            actor.demand(BY_NAME["acknowledge_group"].right)
        except NotPermitted as error:
            self._bridge.refused.emit(error.text)
            return True
        if not joining:
            self._bridge.refused.emit(BY_NAME["acknowledge_group"].why_not)
            return True
        apart = sum(one.state in words.WAITING for one in members) - len(joining)
        counted = Counter(one.priority for one in joining)
        options = [(min(counted), _covers(counted))]
        if len(counted) > 1:
            calmer = {priority: n for priority, n in counted.items() if priority is not min(counted)}
            options.append((min(calmer), _covers(calmer)))
        title = _("Acknowledge {n} alarms at once, one line of the journal each").format(n=len(joining))
        if apart:
            title = _("{title}; {n} not: critical, life class or a colleague's").format(title=title, n=apart)

        def go(given: Mapping[str, Any]) -> None:
            chosen = tuple(one.id for one in joining if one.priority >= given["covers"])
            done: list[int] = []
            for first in range(0, len(chosen), TOGETHER):
                part = chosen[first : first + TOGETHER]
                last = first + TOGETHER >= len(chosen)

                def count(found: tuple[Alarm, ...], last: bool = last) -> None:
                    done.append(len(found))
                    if last and sum(done) < len(chosen):
                        self._bridge.refused.emit(_left(sum(done), len(chosen)))

                self._bridge.do(queue.acknowledge_together, part, given["covers"], by=actor, then=count)

        self._line.ask(
            Asked(
                name="acknowledge_group",
                title=title,
                fields=(Choice(name="covers", title=_("Covers"), options=tuple(options), chosen=options[0][0]),),
                confirm=_("Acknowledge group"),
                go=go,
            )
        )
        return True

    def _hand_over(self, alarm: Alarm, actor: Actor) -> None:
        self._bridge.ask(queries.present, then=partial(self._ask_colleague, alarm, actor))

    def _ask_colleague(self, alarm: Alarm, actor: Actor, present: tuple[SignOn, ...]) -> None:
        there = {
            one.person: _("{name}, seat {seat}").format(name=one.name, seat=one.seat)
            for one in present
            if one.person != actor.person and Right.HANDLE_ALARMS in RIGHTS[one.role]
        }
        if not there:
            self._bridge.refused.emit(NOBODY_ELSE)
            return

        def go(given: Mapping[str, Any]) -> None:
            self._bridge.do(queue.hand_to, alarm.id, given["to"], given["note"], by=actor)

        self._line.ask(
            Asked(
                name="hand_over",
                title=_("Hand over {alarm}").format(alarm=words.title_of(alarm)),
                fields=(
                    Choice(name="to", title=_("To whom"), options=numbered(list(there.items()))),
                    Words(name="note", title=_("What they should know (may be empty)"), needed=False),
                ),
                confirm=_("Hand over"),
                go=go,
            )
        )

    def _park(self, alarm: Alarm, actor: Actor) -> None:
        longest_s = seconds_of(self._bridge.settings, queue.PARK_KEY[alarm.priority])
        spans = parking_spans(alarm.priority, longest_s)
        options = tuple((minutes, _("{n} min").format(n=minutes)) for minutes in spans or (int(longest_s // 60),))

        def go(given: Mapping[str, Any]) -> None:
            until_at = self._bridge.clock.now() + timedelta(minutes=given["span"])
            self._bridge.do(queue.park, alarm.id, until_at, given["reason"], by=actor)

        self._line.ask(
            Asked(
                name="park",
                title=_("Park {alarm}; it comes back by then, or with its next signal").format(alarm=words.title_of(alarm)),
                fields=(
                    Choice(name="span", title=_("For"), options=options),
                    Words(name="reason", title=_("Reason, it goes into the journal")),
                ),
                confirm=_("Park"),
                go=go,
            )
        )

    def _shelve(self, alarm: Alarm, actor: Actor) -> None:
        longest_s = seconds_of(self._bridge.settings, hiding.SHELVE_KEY[alarm.priority])
        options = tuple(
            (span or "normal", _(text)) for span, text in SHELVE_SPANS if span is None or span.total_seconds() <= longest_s
        )

        def go(given: Mapping[str, Any]) -> None:
            until_normal = given["span"] == "normal"
            until_at = None if until_normal else self._bridge.clock.now() + given["span"]
            self._bridge.do(alarms.shelve, alarm.id, given["reason"], until_at, until_normal=until_normal, by=actor)

        self._line.ask(
            Asked(
                name="shelve",
                title=_("Shelve {alarm}").format(alarm=words.title_of(alarm)),
                fields=(
                    Choice(name="span", title=_("For"), options=options),
                    Words(name="reason", title=_("Reason, it goes into the journal")),
                ),
                confirm=_("Shelve"),
                go=go,
            )
        )

    def _verify(self, alarm: Alarm, actor: Actor) -> None:
        def go(given: Mapping[str, Any]) -> None:
            self._say_what_it_is(alarm, actor, given)

        self._line.ask(
            Asked(
                name="verify",
                title=_("What is behind {alarm}?").format(alarm=words.title_of(alarm)),
                fields=(
                    *_known(alarm),
                    Words(name="note", title=_("Note (may be empty)"), needed=False),
                ),
                confirm=_("Verify"),
                go=go,
            )
        )

    def _say_what_it_is(
        self, alarm: Alarm, actor: Actor, given: Mapping[str, Any], then: Callable[[Alarm], None] | None = None
    ) -> None:
        false = given["level"] == FALSE_ALARM
        level = 0 if false else given["level"]
        self._bridge.do(
            queue.verify, alarm.id, level, given["how"], false_alarm=false, note=given["note"], by=actor, then=then
        )

    def _reset(self, alarm: Alarm, actor: Actor) -> None:
        """Let go at once what was settled and is over; of anything else ask first what it was and who looked."""
        over, unsettled = alarm.condition is Condition.NORMAL, queue.unsettled(alarm)
        if over and not unsettled:
            self._bridge.do(alarms.reset, alarm.id, by=actor)
            return
        two = not over and alarm.alarm_class in queue.TWO_PEOPLE and bool(value_of(self._bridge.settings, "alarm.reset_two_people"))
        fields: tuple[Choice | Words, ...] = _known(alarm) if unsettled else ()
        found = _("What was found, of a false alarm the cause") if over else _("What was found on site")
        fields += (Words(name="note", title=found), *(_second_person() if two else ()))

        def go(given: Mapping[str, Any]) -> None:
            if unsettled:
                self._say_what_it_is(alarm, actor, given, then=lambda _alarm: end(given))
            else:
                end(given)

        def end(given: Mapping[str, Any]) -> None:
            if over:
                self._bridge.do(alarms.reset, alarm.id, by=actor)
            elif two:
                self._bridge.beside(
                    queue.reset_with_second, alarm.id, given["note"], login=given["login"], password=given["password"], by=actor
                )
            else:
                self._bridge.do(alarms.reset, alarm.id, checked_on_site=True, note=given["note"], by=actor)

        title = _("{alarm}: the point still signals. Reset only after a check on site.")
        if over:
            title = _("{alarm} has no case: say what it was, then it is reset.")
        self._line.ask(
            Asked(
                name="reset",
                title=title.format(alarm=words.title_of(alarm)),
                fields=fields,
                confirm=_("Reset") if over else _("Checked on site, reset"),
                go=go,
            )
        )

    def _take_out(self, alarm: Alarm, actor: Actor) -> None:
        kinds = [SuppressionKind.OUT_OF_SERVICE, SuppressionKind.ON_TEST]
        if alarm.alarm_class not in LIFE_CLASSES:
            kinds.append(SuppressionKind.SUPPRESSED)
        scopes = [("point", _("This point"))] + ([("place", _("Its whole place, this class"))] if alarm.place else [])
        fire = alarm.alarm_class is AlarmClass.FIRE
        fields: tuple[Choice | Words | Pick, ...] = (
            Choice(name="kind", title=_("Kind"), options=tuple((one, words.term(one)) for one in kinds)),
            Choice(name="scope", title=_("What"), options=tuple(scopes), chosen=None if len(scopes) > 1 else "point"),
            Choice(name="span", title=_("For"), options=tuple((span, _(text)) for span, text in RULE_SPANS)),
            Words(name="reason", title=_("Reason, it goes into the journal")),
            Words(name="order", title=_("Work order number (may be empty)"), needed=False),
        )
        fields += _second_person() if fire else ()

        def go(given: Mapping[str, Any]) -> None:
            about: dict[str, Any] = {"classes": (alarm.alarm_class,), "order": given["order"]}
            about |= {"points": (alarm.point,)} if given["scope"] == "point" else {"places": (alarm.place,)}
            begin_rule(self._bridge, actor, given, about)

        title = _("Take {alarm} out; the rule ends by itself and everything comes back")
        if alarm.latching and alarm.acknowledged is None:
            title = _("Take {alarm} out; it sounds on until somebody acknowledges it, and the rule ends by itself")
        self._line.ask(
            Asked(
                name="take_out",
                title=title.format(alarm=words.title_of(alarm)),
                fields=fields,
                confirm=_("Begin the rule"),
                go=go,
            )
        )


def _covers(counted: Mapping[Priority, int]) -> str:
    """How many of each priority, the most urgent first."""
    said = (_("{priority} {n}").format(priority=_(words.PRIORITY[one]), n=counted[one]) for one in sorted(counted))
    return " · ".join(said)


def _left(done: int, asked: int) -> Text:
    return Text(
        f"已确认 {done} 条；另有 {asked - done} 条情况已变，未确认，请逐条查看。",
        f"{done} acknowledged; {asked - done} have changed meanwhile and were left. Look at them one by one.",
    )


def _known(alarm: Alarm) -> tuple[Choice, Choice]:
    """What somebody knows of an alarm, and how; as it was said before."""
    levels = [(level, level_words(alarm.alarm_class, level)) for level in range(5)]
    levels.append((FALSE_ALARM, _("False alarm: nothing there")))
    before = alarm.verified
    level = None if before is None else FALSE_ALARM if before.false_alarm else before.level
    ways = tuple((means, words.term(means)) for means in Means)
    return (
        Choice(name="level", title=_("Known"), options=tuple(levels), first=0, chosen=level),
        Choice(name="how", title=_("How"), options=ways, chosen=before.how if before else None),
    )


def _second_person() -> tuple[Words, ...]:
    return (
        Words(name="login", title=_("Second person: login")),
        Words(name="password", title=_("Second person: password"), secret=True),
    )


def begin_rule(
    bridge: "Bridge", actor: Actor, given: Mapping[str, Any], about: dict[str, Any], then: Callable[[Any], None] | None = None
) -> None:
    """Begin a rule as it was asked for: `kind`, `span`, `reason`, and `login` with `password` where two people answer."""
    until_at = bridge.clock.now() + given["span"]
    if given.get("login"):
        bridge.beside(
            hiding.suppress_with_second,
            given["kind"],
            given["reason"],
            until_at,
            login=given["login"],
            password=given["password"],
            by=actor,
            then=then,
            **about,
        )
    else:
        bridge.do(hiding.suppress, given["kind"], given["reason"], until_at, by=actor, then=then, **about)
