"""What an action of the post is: the keys that do it, what it is called, and who is asked to do it."""

from dataclasses import dataclass
from typing import Final

WINDOW: Final = "window"
Target = tuple[str, str]  # a panel's key, or WINDOW, and the method that is called; the first that gives True did it


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that keys do.

    `keys` are key sequences of Qt; several mean the same, but for `digits`, whose number is handed on. `plain` keys
    are those without F or Ctrl: they come to the window only when no field or button wants them. `locked` actions
    are there while nobody is signed on.
    """

    name: str
    keys: tuple[str, ...]
    title: str
    what: str
    goes_to: tuple[Target, ...]
    plain: bool = False
    digits: bool = False
    locked: bool = False

    @property
    def object_name(self) -> str:
        """The name of its QAction: "action.next_alarm"."""
        return f"action.{self.name}"
