"""Send a post to the place."""

from console.steps.dispatch.step import SPEC as SPEC
