"""The note step: prepared phrases by key, free text when there is time.

Options: `phrases` a list of {zh, en}; `required` whether words are needed (default false: nobody is made to type in
the first minutes). Value: {"text": text}.
"""

from typing import Any

from console.models.errors import Refused
from console.models.plans import Step
from console.models.text import Text, typed
from console.steps.spec import Outcome, StepSpec, chosen, outcome_of, unknown_options

LONGEST = 2000


def check(step: Step) -> tuple[Text, ...]:
    """Phrases must be in both languages."""
    wrong = tuple(
        Text(zh=f"第 {n} 条短语缺中文或英文", en=f"phrase {n} lacks a language")
        for n, phrase in enumerate(step.options.get("phrases", ()), 1)
        if not (isinstance(phrase, dict) and phrase.get("zh") and phrase.get("en"))
    )
    return (*wrong, *unknown_options(step, frozenset({"phrases", "required"})))


def settle(step: Step, answer: str, value: dict[str, Any]) -> Outcome:
    """The words become a line of the duty log."""
    words = typed(str(value.get("text") or ""), LONGEST, lines=True)
    if step.options.get("required") and not words:
        raise Refused(zh="此步骤需要填写内容。", en="This step needs words.")
    base = outcome_of(step, chosen(step, answer)) if step.answers and answer else Outcome(next=step.next)
    return Outcome(next=base.next, entry=words, verification=base.verification, verdict=base.verdict)


SPEC = StepSpec(kind="note", name=Text("记录", "Note"), check=check, settle=settle)
