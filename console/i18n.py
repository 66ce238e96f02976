"""Say every sentence of the screen in the operator's language.

English is the source: the text in the code is the key and the English sentence at once. Chinese
lies in `resources/locale/zh_CN/*.po`, one file an area, all merged when the language is first used.

The language in force is the one process-wide mutable value of the console, and it is held here and
nowhere else. It is allowed because a sentence is needed in every layer, in every thread and inside
`__str__` and Qt's paint code, where no argument can carry it; because it never takes part in a
decision, only in wording; and because changing it is one assignment of one immutable catalogue, so
that a reader sees the old language or the new one and never a mixture. A process starts in English
without touching the disk; `app` sets the language of the settings before the first window, and a
worker process that writes sentences is told the language as part of its job.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import polib

from console import resources

SOURCE_LANGUAGE: Final = "en"
LANGUAGES: Final[Mapping[str, str]] = MappingProxyType({"zh_CN": "简体中文", "en": "English"})

_Key = tuple[str, str]  # context (empty where there is none), msgid


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All sentences of one language."""

    language: str
    sentences: Mapping[_Key, str]


def load(folder: Path, language: str) -> Catalogue:
    """Read every `*.po` of a folder, in order of name; where two disagree the first one stays.

    Obsolete, fuzzy and untranslated entries are left out: the English sentence is shown for them.
    Raises OSError for a file that is not a PO file.
    """
    sentences: dict[_Key, str] = {}
    for file in sorted(folder.glob("*.po")):
        for entry in polib.pofile(str(file), encoding="utf-8"):
            if entry.obsolete or entry.fuzzy:
                continue
            # Chinese does not tell one from many, so that the first form is the only one.
            said = entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr
            if said:
                sentences.setdefault((entry.msgctxt or "", entry.msgid), said)
    return Catalogue(language, MappingProxyType(sentences))


@cache
def catalogue(language: str) -> Catalogue:
    """Give the shipped sentences of a language; those of the source language are none.

    Raises ValueError for a language the console does not speak.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no such language: {language!r}, only {', '.join(LANGUAGES)}")
    if language == SOURCE_LANGUAGE:
        return Catalogue(language, MappingProxyType({}))
    return load(resources.path(f"locale/{language}"), language)


class _InForce:
    """The one place where the language in force is kept."""

    __slots__ = ("catalogue",)

    def __init__(self) -> None:
        self.catalogue = Catalogue(SOURCE_LANGUAGE, MappingProxyType({}))


_in_force = _InForce()


def set_language(language: str) -> None:
    """Say everything from now on in `language`, "zh_CN" or "en"; raises ValueError for others.

    Sentences already on the screen stay until their widgets ask again (Qt's LanguageChange).
    """
    _in_force.catalogue = catalogue(language)


def language() -> str:
    """Give the language in force: "zh_CN" or "en"."""
    return _in_force.catalogue.language


def _(msgid: str) -> str:
    """Give a sentence in the language in force; in English where it is not translated.

    Name the gaps and fill them afterwards: `_("{count} alarms").format(count=3)`.
    """
    return _in_force.catalogue.sentences.get(("", msgid), msgid) if msgid else ""


def N_(msgid: str) -> str:  # noqa: N802 - the name every gettext tool knows
    """Mark a sentence of a table for translation and give it back unchanged; `_` says it later."""
    return msgid


def pgettext(context: str, msgid: str) -> str:
    """Give a sentence whose English has two meanings: `pgettext("verb", "Open")`."""
    return _in_force.catalogue.sentences.get((context, msgid), msgid)


def ngettext(one: str, many: str, count: int) -> str:
    """Give a sentence that counts: `ngettext("{n} alarm", "{n} alarms", n).format(n=n)`."""
    said = _in_force.catalogue.sentences.get(("", one))
    return said if said is not None else (one if count == 1 else many)


def translate(msgid: str, language: str) -> str:
    """Give a sentence in a named language, for papers that are not in the screen's language."""
    return catalogue(language).sentences.get(("", msgid), msgid)
