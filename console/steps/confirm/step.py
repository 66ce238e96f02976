"""The confirm step: pick the OBSERVED state (after the checklist findings of Degani and Wiener, NASA)."""

from typing import Any

from console.models.plans import Step
from console.models.text import Text
from console.steps.spec import Outcome, StepSpec, chosen, needs_answers, outcome_of, unknown_options


def check(step: Step) -> tuple[Text, ...]:
    """A confirm step needs at least two states to choose from."""
    return (*needs_answers(step, 2), *unknown_options(step, frozenset({"cameras"})))


def settle(step: Step, answer: str, _value: dict[str, Any]) -> Outcome:
    """The state that was seen decides where the plan goes on."""
    return outcome_of(step, chosen(step, answer))


SPEC = StepSpec(kind="confirm", name=Text("核实", "Confirm"), check=check, settle=settle)
