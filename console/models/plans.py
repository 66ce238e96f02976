"""Plans as data, and their runs: what was asked, what was answered, by whom and how late."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from console.models.alarms import AlarmClass
from console.models.ids import IncidentId, PersonId, PlanId, RunId
from console.models.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer an operator may pick; `key` is stored, `next` names the step that follows ("" = the next in order)."""

    key: str
    label: Text
    next: str = ""
    verification: int | None = None
    verdict: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a plan.

    `kind` names a folder of console.steps. `due_s` is the limit from the step's start, `source` says where the limit
    comes from. `options` belong to the kind and are checked by its SPEC. `mandatory` steps may be skipped only with a
    reason, which is told to the supervisor. `warning` is shown before the step (guard conduct rules).
    """

    id: str
    kind: str
    title: Text
    say: Text = Text()
    warning: Text = Text()
    due_s: float | None = None
    source: str = ""
    mandatory: bool = True
    answers: tuple[Answer, ...] = ()
    next: str = ""
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A versioned emergency plan. `digest` is the SHA-256 of its canonical JSON without this field; a run pins it."""

    id: PlanId
    version: int
    title: Text
    classes: tuple[AlarmClass, ...]
    steps: tuple[Step, ...]
    source: str = ""
    effective: str = ""
    approved_by: str = ""
    review_due: str = ""
    digest: str = ""


class RunState(StrEnum):
    """A run is active until its last step is done or its incident is closed."""

    ACTIVE = "active"
    COMPLETE = "complete"
    ABANDONED = "abandoned"


class StepState(StrEnum):
    """What became of a step."""

    ACTIVE = "active"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRun:
    """One visit to one step. `value` is what the operator answered, in the words of the step's kind."""

    step: str
    state: StepState
    started_at: datetime
    due_at: datetime | None = None
    ended_at: datetime | None = None
    by: PersonId | None = None
    seat: str = ""
    answer: str = ""
    value: dict[str, Any] = field(default_factory=dict)
    reason: str = ""

    @property
    def late(self) -> bool:
        """Whether the step ended after its limit."""
        return self.due_at is not None and self.ended_at is not None and self.ended_at > self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRun:
    """A plan being followed for one incident; `visits` in the order they began, the last one is where we stand."""

    id: RunId
    incident: IncidentId
    plan: Plan
    state: RunState = RunState.ACTIVE
    started_at: datetime
    started_by: PersonId
    ended_at: datetime | None = None
    visits: tuple[StepRun, ...] = ()
    rev: int = 0

    @property
    def place(self) -> StepRun | None:
        """The step where the run stands, or None when it has ended."""
        return self.visits[-1] if self.visits and self.visits[-1].state is StepState.ACTIVE else None

    def step(self, step_id: str) -> Step:
        """The plan's step of that id."""
        return next(step for step in self.plan.steps if step.id == step_id)
