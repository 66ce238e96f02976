"""Turn our dataclasses into plain JSON and back: one canonical form for journal, digests and files."""

import hashlib
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from console.models.errors import ConsoleError

T = TypeVar("T")


def canonical(value: Any) -> bytes:
    """The canonical JSON of `value`: UTF-8, keys sorted, no spaces; equal values give equal bytes."""
    return msgspec.json.encode(value, order="sorted")


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of `value`, as 64 hex digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def to_plain(value: Any) -> Any:
    """`value` as dicts, lists, strings, numbers and booleans."""
    return msgspec.to_builtins(value, order="sorted")


def learn(kinds: Iterable[type]) -> None:
    """Work out once what these kinds are made of, while one thread alone runs: while their modules are imported.

    msgspec does it when it first meets a type; two threads that are first at once crash the interpreter (msgspec 0.22).
    """
    for kind in kinds:
        msgspec.json.Decoder(kind)


def from_json(data: bytes | str, kind: type[T]) -> T:
    """A `kind` out of JSON text; raises ConsoleError where it is no JSON or does not fit."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ConsoleError(zh=f"数据不符合格式：{error}", en=f"The data do not fit: {error}") from error
