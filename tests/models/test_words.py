"""Every state, class and verdict has a name in both languages."""

import importlib
import pkgutil
from enum import Enum

import pytest

from console import models
from console.models.duty import HandoverAction
from console.models.files import Teller
from console.models.grouping import Reach
from console.models.people import Right
from console.models.playback import How, TapeState
from console.models.site import CameraKind, PlaceKind, PostKind
from console.models.words import WORDS, word

# Never said to anybody: they are keys of files and of tables.
SILENT = {CameraKind, HandoverAction, How, PlaceKind, PostKind, Reach, Right, TapeState, Teller}


def enums() -> set[type[Enum]]:
    found: set[type[Enum]] = set()
    for entry in pkgutil.iter_modules(models.__path__):
        module = importlib.import_module(f"console.models.{entry.name}")
        found |= {
            value
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Enum) and value.__module__ == module.__name__
        }
    return found


def test_that_every_enum_of_the_models_is_said_or_known_to_be_silent() -> None:
    assert {one.__name__ for one in enums()} == {one.__name__ for one in (*WORDS, *SILENT)}


@pytest.mark.parametrize("kind", WORDS)
def test_that_every_member_has_a_name_in_both_languages(kind: type[Enum]) -> None:
    assert set(WORDS[kind]) == set(kind)
    for member in kind:
        assert word(member).zh
        assert word(member).en


@pytest.mark.parametrize("kind", WORDS)
def test_that_no_two_members_of_one_kind_share_a_name(kind: type[Enum]) -> None:
    for language in ("zh_CN", "en"):
        names = [word(member).in_language(language) for member in kind]
        assert len(set(names)) == len(names)
