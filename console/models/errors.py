"""The world's faults: errors that carry a sentence for the operator."""

from console.models.text import Text


class ConsoleError(Exception):
    """Something outside the program is wrong, and the operator can be told what, where and what to do.

    Every other exception is a fault of ours: it is logged with an id and the post goes on.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh=zh, en=en)


class Refused(ConsoleError):
    """A rule of the post forbids what was asked; the sentence says which and what to do instead."""


class NotPermitted(Refused):
    """The person's role does not carry the right that the command needs."""
