"""What may be done to an alarm, as a table: the bar shows it, the keys obey it, the reasons why not are sentences."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from console.i18n import N_
from console.models.alarms import Action, Alarm, Condition, Priority, State, allowed, may_shelve
from console.models.people import RIGHTS, Actor, Right
from console.models.text import Text
from console.views.rights import may


def _can(*actions: Action) -> Callable[[Alarm, Actor], bool]:
    return lambda alarm, _actor: any(allowed(alarm, action) for action in actions)


def _leads(actor: Actor) -> bool:
    return actor.role is None or Right.FORCE_HANDOVER in RIGHTS[actor.role]


def _theirs(alarm: Alarm, actor: Actor) -> bool:
    """Whether an alarm is this person's to give away: their own, nobody's, or they lead."""
    return alarm.owner is None or alarm.owner.person == actor.person or _leads(actor)


def _may_reset(alarm: Alarm, _actor: Actor) -> bool:
    """A point that is normal is let go; one that never said so only when somebody looked on site."""
    over = alarm.condition is Condition.NORMAL
    return bool(allowed(alarm, Action.RESET if over else Action.RESET_ON_SITE)) and (alarm.latching or not over)


def _ruled(alarm: Alarm, _actor: Actor) -> bool:
    return alarm.hiding is not None and alarm.hiding.rule is not None and alarm.closed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One thing that may be done: the method of the panel, its key, the right it takes, and when it makes sense."""

    name: str
    key: str
    title: str
    right: Right
    fits: Callable[[Alarm, Actor], bool]
    why_not: Text
    always: bool = False


VERBS: Final[tuple[Verb, ...]] = (
    Verb(
        name="acknowledge",
        key="Space",
        title=N_("Acknowledge"),
        right=Right.HANDLE_ALARMS,
        fits=_can(Action.ACKNOWLEDGE),
        why_not=Text("该报警不需要确认。", "This alarm needs no acknowledgement."),
        always=True,
    ),
    Verb(
        name="acknowledge_group",
        key="A",
        title=N_("Acknowledge group"),
        right=Right.HANDLE_ALARMS,
        fits=lambda _alarm, _actor: False,  # of a group, not of an alarm: see VerbBar.show_alarm
        why_not=Text(
            "该行没有可以整组确认的报警：生命安全类、紧急和同事负责的报警须逐条确认。",
            "Nothing in this row can be acknowledged as a group: life classes, critical alarms and a colleague's are"
            " acknowledged one by one.",
        ),
    ),
    Verb(
        name="open_plan",
        key="Enter",
        title=N_("Plan"),
        right=Right.FOLLOW_PLANS,
        fits=lambda _alarm, _actor: True,
        why_not=Text("没有适用的预案。", "No plan fits this alarm."),
        always=True,
    ),
    Verb(
        name="verify",
        key="V",
        title=N_("Verify"),
        right=Right.HANDLE_ALARMS,
        fits=_can(Action.VERIFY),
        why_not=Text("该报警已不在队列中，不能核实。", "This alarm is no longer in the queue and cannot be verified."),
    ),
    Verb(
        name="claim",
        key="C",
        title=N_("Claim"),
        right=Right.HANDLE_ALARMS,
        fits=_can(Action.CLAIM),
        why_not=Text("该报警已有人负责。", "Somebody has this alarm already."),
    ),
    Verb(
        name="hand_over",
        key="H",
        title=N_("Hand over"),
        right=Right.HANDLE_ALARMS,
        fits=lambda alarm, actor: bool(allowed(alarm, Action.HAND_TO)) and _theirs(alarm, actor),
        why_not=Text(
            "该报警由同事负责，只有本人或班长可以移交。", "A colleague has this alarm; they or a shift leader hand it over."
        ),
    ),
    Verb(
        name="let_go",
        key="G",
        title=N_("Give up"),
        right=Right.HANDLE_ALARMS,
        fits=lambda alarm, actor: bool(allowed(alarm, Action.LET_GO)) and _theirs(alarm, actor),
        why_not=Text("该报警不由您负责。", "This alarm is not yours to let go."),
    ),
    Verb(
        name="park",
        key="P",
        title=N_("Park"),
        right=Right.HANDLE_ALARMS,
        fits=lambda alarm, actor: bool(allowed(alarm, Action.PARK)) and _theirs(alarm, actor),
        why_not=Text(
            "只有已确认的报警可以暂缓，一级（紧急）报警不能暂缓。",
            "Only an acknowledged alarm can be parked, and never a critical one.",
        ),
    ),
    Verb(
        name="unpark",
        key="P",
        title=N_("No longer parked"),
        right=Right.HANDLE_ALARMS,
        fits=_can(Action.UNPARK),
        why_not=Text("该报警没有暂缓。", "This alarm is not parked."),
    ),
    Verb(
        name="reset",
        key="Z",
        title=N_("Reset"),
        right=Right.HANDLE_ALARMS,
        fits=_may_reset,
        why_not=Text(
            "只有已确认、且事件已结束的锁存报警可以复位。",
            "Only a latched alarm that is acknowledged and whose incident is closed can be reset.",
        ),
    ),
    Verb(
        name="shelve",
        key="S",
        title=N_("Shelve"),
        right=Right.SHELVE,
        fits=lambda alarm, _actor: may_shelve(alarm),
        why_not=Text(
            "生命安全类报警和一级（紧急）报警不能搁置。", "Alarms of life classes and critical alarms can never be shelved."
        ),
    ),
    Verb(
        name="take_out",
        key="O",
        title=N_("Out of service"),
        right=Right.SHELVE,
        fits=lambda alarm, _actor: bool(allowed(alarm, Action.TAKE_OUT)) and not alarm.case_open,
        why_not=Text("事件未结，不能停用。", "Its incident is open; it cannot be taken out of service."),
    ),
    Verb(
        name="cut_loose",
        key="U",
        title=N_("Cut loose"),
        right=Right.HANDLE_ALARMS,
        fits=_can(Action.CUT_LOOSE),
        why_not=Text("该报警没有归并到其他报警。", "This alarm is not folded under another."),
    ),
    Verb(
        name="not_a_test",
        key="N",
        title=N_("Not a test: it is real"),
        right=Right.HANDLE_ALARMS,
        fits=_ruled,
        why_not=Text("没有规则隐藏该报警。", "No rule hides this alarm."),
    ),
    Verb(
        name="bring_back",
        key="B",
        title=N_("Bring back"),
        right=Right.SHELVE,
        fits=lambda alarm, _actor: alarm.hiding is not None and alarm.state is State.SHELVED,
        why_not=Text("该报警没有搁置。", "This alarm is not shelved."),
    ),
)
BY_NAME: Final = {verb.name: verb for verb in VERBS}


def offered(alarm: Alarm, actor: Actor) -> tuple[Verb, ...]:
    """The verbs that the table of transitions and the rights of this person allow for an alarm now."""
    return tuple(verb for verb in VERBS if may(actor, verb.right) and verb.fits(alarm, actor))


def parking_spans(priority: Priority, longest_s: float) -> tuple[int, ...]:
    """The minutes that are offered for parking an alarm of this priority."""
    return () if priority is Priority.CRITICAL else tuple(minutes for minutes in (15, 30, 60, 120) if minutes * 60 <= longest_s)
