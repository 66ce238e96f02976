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
