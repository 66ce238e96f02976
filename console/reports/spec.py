"""What a form must say of itself to be printed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from console.models.files import Letterhead
from console.models.text import Text


class Content(Protocol):
    """What every form is made of: a frozen dataclass of models with a letterhead and a digest of its record."""

    @property
    def letterhead(self) -> Letterhead:
        """What stands on every page."""
        ...

    @property
    def record_digest(self) -> str:
        """SHA-256 of the record, 64 hex digits; its short code stands on every page."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A form that was built: the bytes of its PDF and how many pages it has."""

    data: bytes
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSpec:
    """A form: `content` is the dataclass it is made of, `build` turns one into a PDF in a language.

    `build(content, language)` is a pure function of its arguments: the same content gives the same bytes. It raises
    ConsoleError where the content cannot be printed. `number` gives the record's own number, for the file's name.
    """

    key: str
    title: Text
    content: type[Any]
    build: Callable[[Any, str], Made]
    number: Callable[[Any], str]
