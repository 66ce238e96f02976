"""What every kind of step must offer, and what an answer may bring about."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from console.models.alarms import Alarm
from console.models.errors import Refused
from console.models.ids import PostId
from console.models.incidents import EntryKind, Incident
from console.models.plans import Answer, Step
from console.models.site import Site, Spot
from console.models.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an answer brings about: where the plan goes on, and what else must happen in the same commit.

    `next` is a step id, "" for the next in order; with `stay` the step goes on (nobody answered the telephone).
    `posts` are sent, `entry` becomes a line of the duty log, `verification` is the new level of the incident's alarms,
    `verdict` is proposed when the incident is closed. `contact` is who was telephoned, and `reached` whether they were.
    """

    next: str = ""
    stay: bool = False
    posts: tuple[PostId, ...] = ()
    entry: str = ""
    entry_kind: EntryKind = EntryKind.NOTE
    verification: int | None = None
    verdict: str = ""
    contact: str = ""
    reached: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSpec:
    """One kind of step.

    `check(step)` lists the mistakes of a step of this kind as a plan's author should read them. `settle(step, answer,
    value)` turns what the operator gave into an Outcome; it raises Refused with a sentence where that is not enough.
    """

    kind: str
    name: Text
    check: Callable[[Step], tuple[Text, ...]]
    settle: Callable[[Step, str, dict[str, Any]], Outcome]


def chosen(step: Step, answer: str) -> Answer:
    """The step's answer of that key; Refused where there is none."""
    for candidate in step.answers:
        if candidate.key == answer:
            return candidate
    raise Refused(zh="请选择一个答案。", en="Choose one of the answers.")


def outcome_of(step: Step, answer: Answer, entry: str = "", kind: EntryKind = EntryKind.NOTE) -> Outcome:
    """The outcome that a chosen answer carries by itself."""
    return Outcome(
        next=answer.next or step.next,
        entry=entry,
        entry_kind=kind,
        verification=answer.verification,
        verdict=answer.verdict,
    )


def needs_answers(step: Step, at_least: int) -> tuple[Text, ...]:
    """The mistake of a step that offers too few answers, if it does; each must be in both languages."""
    mistakes: list[Text] = []
    if len(step.answers) < at_least:
        mistakes.append(Text(zh=f"至少需要 {at_least} 个答案", en=f"needs at least {at_least} answers"))
    if len(step.answers) > 9:
        mistakes.append(Text(zh="最多 9 个答案（数字键 1–9）", en="has more than 9 answers (keys 1 to 9)"))
    keys = [answer.key for answer in step.answers]
    mistakes.extend(Text(zh=f"答案 {key} 重复", en=f"answer {key} twice") for key in sorted({k for k in keys if keys.count(k) > 1}))
    mistakes.extend(
        Text(zh=f"答案 {answer.key} 缺中文或英文", en=f"answer {answer.key} lacks a language")
        for answer in step.answers
        if not (answer.label.zh and answer.label.en)
    )
    return tuple(mistakes)


def unknown_options(step: Step, known: frozenset[str]) -> tuple[Text, ...]:
    """The options of a step that its kind does not know."""
    return tuple(
        Text(zh=f"不认识的选项 {name}", en=f"unknown option {name}") for name in sorted(set(step.options) - known)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a step's page knows about the case it stands in: the site, the case, its first alarm, who sits here.

    `positions` are the places where patrols are known to be now.
    """

    site: Site
    incident: Incident
    alarm: Alarm | None
    operator: str
    language: str
    now: datetime
    positions: dict[PostId, Spot] = field(default_factory=dict)
