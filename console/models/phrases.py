"""Phrases: how words, times and the gaps of a sentence are put together in both languages at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from console.models.files import Names
from console.models.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a sentence may need besides its event: names, the site's zone, and the value before this change."""

    names: Names = field(default_factory=Names)
    timezone: str = "Asia/Shanghai"
    before: Any = None

    def moment(self, at: datetime) -> str:
        """A moment as "2026-03-14 08:05" of the site's zone."""
        return at.astimezone(ZoneInfo(self.timezone)).strftime("%Y-%m-%d %H:%M")


def span(seconds: float) -> str:
    """A length of time as "03:15" or "1:03:15"."""
    whole = round(abs(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, seconds_left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{seconds_left:02d}" if hours else f"{minutes:02d}:{seconds_left:02d}"


def offset(seconds: float) -> str:
    """A distance from the zero of a timeline as "T+03:15" or "T-00:20"."""
    return f"T{'-' if round(seconds) < 0 else '+'}{span(seconds)}"


def as_written(text: str) -> Text:
    """What a person wrote, the same in both languages."""
    return Text(text, text)


def joined(parts: Iterable[Text]) -> Text:
    """Several parts of a sentence with commas between them; empty ones are left out."""
    kept = [part for part in parts if part]
    return Text(
        "，".join(part.in_language("zh_CN") for part in kept), ", ".join(part.in_language("en") for part in kept)
    )


def says(zh: str, en: str, **values: Text | str) -> Text:
    """Fill the gaps of one sentence in both languages; what people wrote goes in as they wrote it."""
    each = {name: as_written(value) if isinstance(value, str) else value for name, value in values.items()}
    return Text(
        zh.format_map({name: value.in_language("zh_CN") for name, value in each.items()}),
        en.format_map({name: value.in_language("en") for name, value in each.items()}),
    )


def because(reason: str) -> Text:
    """The end of a sentence that gives a reason; empty where there is none."""
    return says("原因：{reason}", "reason: {reason}", reason=reason) if reason else Text()
