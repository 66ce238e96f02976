"""The question step: each answer may lead to another step."""

from typing import Any

from console.models.plans import Step
from console.models.text import Text
from console.steps.spec import Outcome, StepSpec, chosen, needs_answers, outcome_of, unknown_options


def check(step: Step) -> tuple[Text, ...]:
    """A question needs at least two answers."""
    return (*needs_answers(step, 2), *unknown_options(step, frozenset()))


def settle(step: Step, answer: str, _value: dict[str, Any]) -> Outcome:
    """The answer decides the branch."""
    return outcome_of(step, chosen(step, answer))


SPEC = StepSpec(kind="question", name=Text("判断", "Question"), check=check, settle=settle)
