"""Call somebody, with the words to say on the screen."""

from console.steps.call.step import SPEC as SPEC
