"""Texts that exist in both languages of the post."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or name in Simplified Chinese and in English; a missing one falls back to the other."""

    zh: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        """The text in `language` ("zh_CN" or "en"); the other language where that one is empty."""
        if language.startswith("zh"):
            return self.zh or self.en
        return self.en or self.zh

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


def plain(text: str, *, lines: bool = False) -> str:
    """The text without control characters and those that turn the direction of writing, a blank for each.

    A line's end stays where `lines`.
    """
    ends = "\n" if lines else ""
    clean = text.replace("\r\n", "\n").replace("\r", "\n") if lines else text
    return "".join(one if one.isprintable() or one in ends else " " for one in clean)


def typed(text: str, longest: int, *, lines: bool = False) -> str:
    """What a person typed or pasted, fit for screen, disk and paper: plain, trimmed, at most `longest` characters."""
    return plain(text, lines=lines).strip()[:longest]
