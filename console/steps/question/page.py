"""The page of a question step: the same as for what is seen, answers by number key."""

from console.steps.confirm.page import Page

__all__ = ["Page"]
