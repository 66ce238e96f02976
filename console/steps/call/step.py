"""The call step: who to call, what to say, and how it went.

Options: `contacts` a list of contact ids or roles of the site; `script` {zh, en} with the words to say, in which
{place}, {time}, {site}, {address}, {caller}, {phone} and {alarm} are filled in.
Answers: how the call went; without any, answered / no_answer / busy. Value: {"contact": contact id, "note": text}.
"""

from dataclasses import replace
from typing import Any

from console.models.errors import Refused
from console.models.incidents import EntryKind
from console.models.plans import Answer, Step
from console.models.text import Text, typed
from console.steps.spec import Outcome, StepSpec, needs_answers, outcome_of, unknown_options

# What a call may come to where the plan says nothing else. Only an answered call leads on.
DEFAULT_ANSWERS = (
    Answer(key="answered", label=Text("已接通，已告知", "Answered, told")),
    Answer(key="no_answer", label=Text("无人接听", "No answer")),
    Answer(key="busy", label=Text("占线", "Busy")),
)


def answers_of(step: Step) -> tuple[Answer, ...]:
    """The answers that a call step offers."""
    return step.answers or DEFAULT_ANSWERS


def check(step: Step) -> tuple[Text, ...]:
    """A call needs somebody to call."""
    mistakes = list(needs_answers(step, 1)) if step.answers else []
    contacts = step.options.get("contacts")
    if not isinstance(contacts, list) or not contacts:
        mistakes.append(Text(zh="options.contacts 应列出联系人或角色", en="options.contacts must list contacts or roles"))
    script = step.options.get("script", {"zh": "-", "en": "-"})
    if not isinstance(script, dict) or not (script.get("zh") and script.get("en")):
        mistakes.append(Text(zh="options.script 需要 zh 和 en", en="options.script needs zh and en"))
    return (*mistakes, *unknown_options(step, frozenset({"contacts", "script"})))


def settle(step: Step, answer: str, value: dict[str, Any]) -> Outcome:
    """The call becomes a line of the duty log: whom, how it went."""
    picked = next((candidate for candidate in answers_of(step) if candidate.key == answer), None)
    if picked is None:
        raise Refused(zh="请选择通话结果。", en="Choose how the call went.")
    who = typed(str(value.get("name") or value.get("contact") or ""), 100)
    phone = typed(str(value.get("phone") or ""), 40)
    note = typed(str(value.get("note") or ""), 500)
    words = " ".join(part for part in (f"{step.title.zh}：{who}", phone, picked.label.zh, note) if part)
    outcome = outcome_of(step, picked, entry=words, kind=EntryKind.CALL)
    unanswered = picked.key in {"no_answer", "busy"}
    contact = str(value.get("contact") or "")
    return replace(outcome, stay=unanswered and not picked.next, contact=contact, reached=not unanswered)


SPEC = StepSpec(kind="call", name=Text("通知", "Call"), check=check, settle=settle)
