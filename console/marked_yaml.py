"""Read YAML written by people, and remember the line of everything in it.

Only what a site folder needs is understood: mappings, lists and plain values. Anchors, tags and several documents in
one file are refused with a sentence. A file is bounded in size and depth, so that no file can hold up the start.
Values keep the text they were written with: `110` is a telephone number where a text is wanted, and `08:00` is never
read as the number of minutes that YAML 1.1 makes of it.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import yaml
from typing_extensions import override

from console.models.text import Text

MAX_FILE_BYTES: Final = 1 << 20
MAX_DEPTH: Final = 30

Plain: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A line of a file; `file` is relative to the folder that was read, lines count from 1. A table has columns, too."""

    file: str
    line: int
    column: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a file of the site: where it is, and in both languages what is wrong and what is expected."""

    file: str
    line: int
    zh: str
    en: str
    column: str = ""

    def in_language(self, language: str) -> str:
        """The mistake as one line for a person: "cameras.yaml:12: ..."."""
        where = f"{self.file}:{self.line}" + (f" {self.column}" if self.column else "")
        return f"{where}: {Text(self.zh, self.en).in_language(language)}"


@dataclass(slots=True)
class Mistakes:
    """Everything found wrong so far, in the order it was found."""

    found: list[Mistake] = field(default_factory=list)

    def add(self, mark: Mark, zh: str, en: str) -> None:
        """Note one mistake; the same words about the same line are noted once."""
        mistake = Mistake(mark.file, mark.line, zh, en, mark.column)
        if mistake not in self.found:
            self.found.append(mistake)

    def sorted(self) -> tuple[Mistake, ...]:
        """All mistakes, by file and line."""
        return tuple(sorted(self.found, key=lambda m: (m.file, m.line)))


@dataclass(frozen=True, slots=True)
class Scalar:
    """A plain value: the text as written, and what YAML 1.2 takes it for. `quoted` tells "110" from 110."""

    mark: Mark
    text: str
    value: Plain
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    mark: Mark
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value; the mark is the key's."""

    mark: Mark
    node: "Node"


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping."""

    mark: Mark
    entries: dict[str, Entry]

    def at(self, *path: str) -> Mark:
        """The line of a key, or of the mapping itself where the key was not written."""
        entry = self.entries.get(path[0])
        if entry is None:
            return self.mark
        if len(path) > 1 and isinstance(entry.node, Entries):
            return entry.node.at(*path[1:])
        return entry.mark

    def node(self, key: str) -> "Node | None":
        """The value of a key, or None."""
        entry = self.entries.get(key)
        return entry.node if entry else None


Node: TypeAlias = Scalar | Items | Entries

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: Final[dict[str, Plain]] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


def plain_value(text: str) -> Plain:
    """What the unquoted words of YAML's 1.2 core schema mean: null, booleans, numbers, else the text itself.

    Numbers with a leading zero ("007") and clock times ("20:00") stay text.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and not re.match(r"[-+]?0[0-9]", text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


def to_plain(node: Node) -> object:
    """A node as dicts, lists and plain values, without its marks."""
    match node:
        case Scalar():
            return node.value
        case Items():
            return [to_plain(item) for item in node.items]
        case Entries():
            return {key: to_plain(entry.node) for key, entry in node.entries.items()}


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    below: Iterator[Node]
    match node:
        case Items():
            below = iter(node.items)
        case Entries():
            below = (entry.node for entry in node.entries.values())
        case _:
            below = iter(())
    for child in below:
        yield from walk(child)


class _Refused(Exception):
    """The file uses something that site files do not have; carries the sentence."""

    def __init__(self, line: int, zh: str, en: str) -> None:
        super().__init__(en)
        self.line, self.zh, self.en = line, zh, en


class _Composer(yaml.SafeLoader):
    """PyYAML's scanner and parser, with what we do not want refused while it is read."""

    depth = 0

    @override
    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(
                line,
                "不支持 YAML 的锚点和引用（& 和 *），请直接写出内容。",
                "Anchors and aliases (& and *) are not supported; write the content out.",
            )
        if getattr(event, "tag", None):
            raise _Refused(
                line,
                "不支持 YAML 标签（! 开头）；文字中有感叹号时请加引号。",
                "Tags (starting with !) are not supported; quote a text that begins with one.",
            )
        if self.depth >= MAX_DEPTH:
            raise _Refused(line, f"嵌套超过 {MAX_DEPTH} 层。", f"Nested deeper than {MAX_DEPTH} levels.")
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def _node_of(raw: yaml.Node, file: str, mistakes: Mistakes) -> Node:
    mark = Mark(file, raw.start_mark.line + 1)
    if isinstance(raw, yaml.SequenceNode):
        return Items(mark, tuple(_node_of(item, file, mistakes) for item in raw.value))
    if isinstance(raw, yaml.MappingNode):
        entries: dict[str, Entry] = {}
        for raw_key, raw_value in raw.value:
            at = Mark(file, raw_key.start_mark.line + 1)
            if not isinstance(raw_key, yaml.ScalarNode):
                mistakes.add(at, "键必须是一个词。", "A key has to be one word.")
                continue
            key = str(raw_key.value)
            if key in entries:
                first = entries[key].mark.line
                zh, en = (
                    f"“{key}”写了两次，第 {first} 行已有。",
                    f'"{key}" is written twice; the first is on line {first}.',
                )
                mistakes.add(at, zh, en)
                continue
            entries[key] = Entry(at, _node_of(raw_value, file, mistakes))
        return Entries(mark, entries)
    text = str(raw.value)
    quoted = getattr(raw, "style", None) is not None
    return Scalar(mark, text, text if quoted else plain_value(text), quoted)


def read_text(path: Path, name: str, mistakes: Mistakes) -> str | None:
    """The file's text, or None after noting why it cannot be had: missing, too large, not UTF-8."""
    top = Mark(name, 1)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        mistakes.add(top, f"文件无法读取：{reason}。", f"The file cannot be read: {reason}.")
        return None
    if len(data) > MAX_FILE_BYTES:
        mistakes.add(top, "文件超过 1 MB，请拆成几个文件。", "The file is larger than 1 MB; split it into several.")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        mistakes.add(
            Mark(name, line),
            "文件不是 UTF-8 编码（可能是 GBK），请另存为 UTF-8。",
            "The file is not UTF-8 (it may be GBK); save it as UTF-8.",
        )
        return None


def _syntax_mistake(error: yaml.YAMLError, name: str, mistakes: Mistakes) -> None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    hint_zh = hint_en = ""
    if "\\t" in problem or "'\t'" in problem:
        hint_zh, hint_en = "缩进请用空格，不要用制表符。", " Indent with spaces, not with tabs."
    elif "another document" in problem or "document start" in problem:
        hint_zh, hint_en = "一个文件只写一份内容。", " One file holds one document."
    elif "expected ',' or" in problem:
        hint_zh, hint_en = "文字中有逗号或冒号时请加引号。", " Quote a text that holds a comma or a colon."
    elif "mapping values are not allowed" in problem:
        hint_zh, hint_en = "检查缩进；文字中有冒号请加引号。", " Check the indentation; quote a text with a colon."
    line = mark.line + 1 if mark is not None else 1
    zh, en = f"YAML 写法错误：{problem}。{hint_zh}", f"This is not valid YAML: {problem}.{hint_en}"
    mistakes.add(Mark(name, line), zh, en)


def parse(text: str, name: str, mistakes: Mistakes) -> Node | None:
    """The content as a node with marks, or None after noting why it cannot be read; None for an empty text too."""
    try:
        loader = _Composer(text)  # refuses characters that cannot be printed while it is made
    except yaml.YAMLError as error:
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position) + 1
        mistakes.add(Mark(name, line), "文件里有不可打印的字符。", "The file holds a character that cannot be printed.")
        return None
    try:
        raw = loader.get_single_node()
    except _Refused as refusal:
        mistakes.add(Mark(name, refusal.line), refusal.zh, refusal.en)
        return None
    except yaml.YAMLError as error:
        _syntax_mistake(error, name, mistakes)
        return None
    finally:
        loader.dispose()
    return None if raw is None else _node_of(raw, name, mistakes)


def read(path: Path, name: str, mistakes: Mistakes) -> Node | None:
    """`read_text` and `parse` in one; None where the file holds nothing or cannot be read."""
    text = read_text(path, name, mistakes)
    return None if text is None else parse(text, name, mistakes)
