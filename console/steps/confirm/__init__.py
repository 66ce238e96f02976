"""Say what is seen: the operator picks the observed state, never a mere "done"."""

from console.steps.confirm.step import SPEC as SPEC
