"""Ask a question whose answer decides the branch."""

from console.steps.question.step import SPEC as SPEC
