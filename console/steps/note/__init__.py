"""Write something down, in prepared phrases or in free words."""

from console.steps.note.step import SPEC as SPEC
