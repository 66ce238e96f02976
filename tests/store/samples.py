"""Values of every model, made from its type hints: whatever a model may hold, the record has to keep."""

import dataclasses
import types
import typing
from datetime import UTC, datetime, timedelta
from enum import Enum
from random import Random
from typing import Any, TypeVar

from console.models.events import REBUILDS, Event
from console.models.ids import new_id
from console.models.incidents import Dispatch, Incident
from console.models.people import Account, Person
from console.models.plans import PlanRun
from console.store.store import Transaction

T = TypeVar("T")

WORDS = ("", "a", "监控室", "cam-07", "\n\t\"quoted\" \\ 'line'", "é☃𐍈", "x" * 300, "null", "0", "-1.5e3", "true", "{}")
FLOATS = (0.0, -0.0, 1.5, 0.1 + 0.2, 1e-300, 1e22, -7.25, 3.0)
INTEGERS = (0, 1, -1, 7, 2**31 - 1)
BYTES = (b"", b"\x00\xff\r\n", "BA0012 火".encode())
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def sample(kind: type[T], dice: Random) -> T:
    """Give a value of a model, an enum or any type that a field of a model may have."""
    made: T = _value(kind, dice)
    return made


def _value(hint: Any, dice: Random) -> Any:
    if isinstance(hint, typing.NewType):
        return _value(hint.__supertype__, dice)
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _value(dice.choice(inner), dice)
    if origin is tuple:
        if inner[1:] == (...,):
            return tuple(_value(inner[0], dice) for _ in range(dice.randrange(3)))
        return tuple(_value(each, dice) for each in inner)
    if origin is dict:
        return {f"key{n}": _value(inner[1], dice) for n in range(dice.randrange(3))}
    if hint is Any:
        return dice.choice([None, True, 3, 2.5, "词", [1, "b"], {"a": {"b": None}}])
    if hint is type(None):
        return None
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        made = {field.name: _value(hints[field.name], dice) for field in dataclasses.fields(hint)}
        if isinstance(made.get("id"), str):
            made["id"] = new_id()
        return hint(**made)  # type: ignore[operator]
    if issubclass(hint, Enum):
        return dice.choice(list(hint))
    if hint is datetime:
        return BEGIN + timedelta(seconds=dice.randrange(10**8), microseconds=dice.choice([0, 1, 999_999, 500_000]))
    simple: dict[Any, Any] = {str: WORDS, float: FLOATS, int: INTEGERS, bool: (True, False), bytes: BYTES}
    return dice.choice(simple[hint])


def put_whole(tx: Transaction, value: Any, dice: Random) -> Any:
    """Put a sample, with whatever it has to refer to before it, and give what was put."""
    if isinstance(value, PlanRun | Dispatch):
        incident = dataclasses.replace(sample(Incident, dice), number=new_id())
        tx.put(incident)
        value = dataclasses.replace(value, incident=incident.id)
    if isinstance(value, Account):
        person = dataclasses.replace(sample(Person, dice), login=new_id())
        tx.put(person)
        value = dataclasses.replace(value, person=person.id)
    for name in {"login", "number", "file", "key", "device"} & {field.name for field in dataclasses.fields(value)}:
        value = dataclasses.replace(value, **{name: new_id()})  # these are unique in their tables
    tx.put(value)
    return value


def event_with(kind: type[Event], value: Any, dice: Random) -> Event:
    """Give an event of that kind which carries `value` where the kind carries one."""
    event = sample(kind, dice)
    name = REBUILDS.get(kind.__name__)
    return dataclasses.replace(event, **{name: value}) if name else event
