"""Fit what was read from YAML onto our frozen dataclasses: the model is the schema.

Every field that is unknown, missing or of the wrong type is noted with its line; a value that could not be built is
`BROKEN` and is left out, so that one mistake does not hide the next.
"""

import dataclasses
import difflib
import types
from collections.abc import Collection, Iterable
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from console.marked_yaml import Entries, Items, Mark, Mistakes, Node, Scalar, to_plain
from console.models.text import Text

T = TypeVar("T")


class _Broken(Enum):
    BROKEN = "broken"


BROKEN: Final = _Broken.BROKEN

_WANTED: Final[dict[Any, tuple[str, str]]] = {
    str: ("文字", "text"),
    int: ("整数", "a whole number"),
    float: ("数字", "a number"),
    bool: ("true 或 false", "true or false"),
}


@cache
def hints_of(kind: type) -> dict[str, Any]:
    """The types of a dataclass's fields, by name."""
    return get_type_hints(kind)


def did_you_mean(word: str, known: Iterable[str]) -> tuple[str, str]:
    """The end of a sentence that proposes the nearest known word, in Chinese and English; empty without one."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return (f"是否想写“{near[0]}”？", f' Did you mean "{near[0]}"?') if near else ("", "")


def unknown_word(mistakes: Mistakes, mark: Mark, word: str, known: Collection[str], what: Text) -> None:
    """Note a word that is none of the known ones of its sort."""
    zh, en = did_you_mean(word, known)
    listed = ", ".join(sorted(known)[:24]) or "-"
    zh = f"没有这种{what.zh}：“{word}”。{zh}可用：{listed}。"
    mistakes.add(mark, zh, f'No such {what.en}: "{word}".{en} Known: {listed}.')


def _describe(node: Node) -> tuple[str, str]:
    match node:
        case Items():
            return "列表", "a list"
        case Entries():
            return "一组键值", "a mapping"
        case Scalar(value=None):
            return "空", "nothing"
        case Scalar(text=text):
            return f"“{text[:40]}”", f'"{text[:40]}"'


def _wrong(mistakes: Mistakes, mark: Mark, name: str, node: Node, zh: str, en: str) -> _Broken:
    is_zh, is_en = _describe(node)
    mistakes.add(mark, f"“{name}”应为{zh}，现在是{is_zh}。", f'"{name}" has to be {en}, not {is_en}.')
    return BROKEN


def _leaf(node: Node, kind: type, name: str, mistakes: Mistakes) -> Any:
    zh, en = _WANTED[kind]
    if not isinstance(node, Scalar) or (node.value is None and not node.quoted):
        return _wrong(mistakes, node.mark, name, node, zh, en)
    if kind is str:
        return node.text
    value = node.value
    fits = {
        int: isinstance(value, int) and not isinstance(value, bool),
        float: isinstance(value, int | float) and not isinstance(value, bool),
        bool: isinstance(value, bool),
    }
    return kind(value) if fits[kind] else _wrong(mistakes, node.mark, name, node, zh, en)


def _word(node: Node, kind: type[Enum], name: str, mistakes: Mistakes) -> Any:
    known = [str(member.value) for member in kind]
    if not isinstance(node, Scalar) or node.value is None:
        return _wrong(mistakes, node.mark, name, node, "一个词", "one word")
    if node.text not in known:
        unknown_word(mistakes, node.mark, node.text, known, Text(f"“{name}”", name))
        return BROKEN
    return next(member for member in kind if str(member.value) == node.text)


def _text(node: Node, name: str, mistakes: Mistakes) -> Any:
    """A Text: `{zh: ..., en: ...}`, or one plain text where both languages share it."""
    if isinstance(node, Scalar) and node.value is not None:
        return Text(zh=node.text)
    if not isinstance(node, Entries):
        return _wrong(mistakes, node.mark, name, node, "{zh: ..., en: ...}", "{zh: ..., en: ...}")
    return _dataclass(node, Text, name, mistakes, frozenset())


def _tuple(node: Node, kinds: tuple[Any, ...], name: str, mistakes: Mistakes) -> Any:
    if not isinstance(node, Items):
        return _wrong(mistakes, node.mark, name, node, "列表", "a list")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        built = [fit(item, kinds[0], name, mistakes) for item in node.items]
        return tuple(value for value in built if value is not BROKEN)
    if len(node.items) != len(kinds):
        return _wrong(mistakes, node.mark, name, node, f" {len(kinds)} 个值的列表", f"a list of {len(kinds)} values")
    built = [fit(item, kind, name, mistakes) for item, kind in zip(node.items, kinds, strict=True)]
    return BROKEN if BROKEN in built else tuple(built)


def _dataclass(node: Node, kind: type, name: str, mistakes: Mistakes, without: frozenset[str]) -> Any:
    if not isinstance(node, Entries):
        return _wrong(mistakes, node.mark, name, node, "一组键值", "a mapping")
    hints = hints_of(kind)
    fields = {field.name: field for field in dataclasses.fields(kind) if field.name not in without}
    for key, entry in node.entries.items():
        if key not in fields:
            zh, en = did_you_mean(key, fields)
            listed = ", ".join(fields)
            zh = f"不认识的键“{key}”。{zh}可用：{listed}。"
            mistakes.add(entry.mark, zh, f'Unknown key "{key}".{en} Known: {listed}.')
    values: dict[str, Any] = {}
    whole = True
    for field_name, field in fields.items():
        given = node.node(field_name)
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if given is None:
            if required:
                zh, en = f"“{name}”缺少必填的“{field_name}”。", f'"{name}" lacks "{field_name}", which is required.'
                mistakes.add(node.mark, zh, en)
                whole = False
            continue
        value = fit(given, hints[field_name], field_name, mistakes)
        if value is BROKEN:
            whole = whole and not required
            continue
        values[field_name] = value
    return kind(**values) if whole else BROKEN


def _union(node: Node, kinds: tuple[Any, ...], name: str, mistakes: Mistakes) -> Any:
    others = [kind for kind in kinds if kind is not type(None)]
    if len(others) < len(kinds) and isinstance(node, Scalar) and node.value is None:
        return None
    if len(others) == 1:
        return fit(node, others[0], name, mistakes)
    if isinstance(node, Scalar) and isinstance(node.value, tuple(others)):
        return node.value
    return _wrong(mistakes, node.mark, name, node, "一个值", "one value")


def fit(node: Node, kind: Any, name: str, mistakes: Mistakes, *, without: frozenset[str] = frozenset()) -> Any:
    """Build a `kind` (a field's type, a dataclass) out of a node, or note every mistake and give BROKEN.

    `name` is what the value is called in sentences. `without` names fields of a dataclass that a file may not set.
    """
    while hasattr(kind, "__supertype__"):  # NewType
        kind = kind.__supertype__
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        return _union(node, get_args(kind), name, mistakes)
    if origin is tuple:
        return _tuple(node, get_args(kind), name, mistakes)
    if origin is dict:
        if not isinstance(node, Entries):
            return _wrong(mistakes, node.mark, name, node, "一组键值", "a mapping")
        inner = get_args(kind)[1]
        if inner is Any:
            return to_plain(node)
        built = {key: fit(entry.node, inner, key, mistakes) for key, entry in node.entries.items()}
        return {key: value for key, value in built.items() if value is not BROKEN}
    if kind is Text:
        return _text(node, name, mistakes)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(node, kind, name, mistakes, without)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _word(node, kind, name, mistakes)
    return _leaf(node, kind, name, mistakes)
