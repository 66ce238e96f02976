"""Settings chosen at the console: numbers of the trade and options of sources, with a reason, above the site folder."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import msgspec

from console.models.errors import Refused
from console.models.events import SettingChanged
from console.models.ids import SourceId
from console.models.people import Actor, Right
from console.models.plain import canonical
from console.models.settings import BY_KEY, ChosenSetting, Setting, SettingValue
from console.models.text import Text, typed
from console.services.desk import Desk
from console.store.store import Reading, Transaction

SOURCE: Final = "source."
"""How the key of an option begins that was chosen for a source; its id and the option's name follow."""
FOLDER: Final = ""
"""The value of a setting that went back to the site folder."""
LONGEST_REASON: Final = 500


def change(tx: Transaction, key: str, value: SettingValue | None, reason: str, *, by: Actor) -> None:
    """Put a number of the trade in force from the next action on; None goes back to the site folder, or the default.

    Refused with a sentence for a value of the wrong kind, outside its bounds, or without a reason.
    """
    by.demand(Right.CHANGE_SETTINGS)
    setting = BY_KEY[key]
    if value is not None:
        value = _fitting(setting, value)
    in_force = tx.settings.get(key, setting.default)
    choose(tx, key, value, in_force, reason, by)


def change_options(
    tx: Transaction, source: SourceId, options: Mapping[str, Any], before: Mapping[str, Any], reason: str, *, by: Actor
) -> None:
    """Put options of a source on record; None goes back to the site folder. Whoever calls has had them checked.

    `before` is what was in force, for the journal.
    """
    by.demand(Right.CHANGE_SETTINGS)
    for name, value in options.items():
        choose(tx, f"{SOURCE}{source}.{name}", value, before.get(name), reason, by)


def choose(tx: Transaction, key: str, value: Any, before: Any, reason: str, by: Actor) -> None:
    """Put anything chosen on record with its reason; None gives it back. Whoever calls has checked value and right."""
    why = typed(reason, LONGEST_REASON)
    if not why:
        raise Refused(zh="更改设置必须写明原因。", en="Changing a setting needs a reason.")
    written = FOLDER if value is None else canonical(value).decode()
    tx.put(ChosenSetting(id=key, value=written, reason=why, changed_by=by.person, changed_at=tx.now))
    old = "" if before is None else canonical(before).decode()
    tx.record(SettingChanged(at=tx.now, by=by.person, seat=by.seat, key=key, old=old, new=written, reason=why))


def _fitting(setting: Setting, value: SettingValue) -> SettingValue:
    default = setting.default
    if isinstance(default, bool) or isinstance(value, bool):
        if isinstance(default, bool) and isinstance(value, bool):
            return value
        raise _wrong(setting)
    if isinstance(default, str):
        if isinstance(value, str):
            return typed(value, 200)
        raise _wrong(setting)
    if isinstance(value, str) or (isinstance(default, int) and value != int(value)):
        raise _wrong(setting)
    low, high = setting.low, setting.high
    if (low is not None and value < low) or (high is not None and value > high):
        raise _wrong(setting)
    return int(value) if isinstance(default, int) else float(value)


def _wrong(setting: Setting) -> Refused:
    bounds = bounds_text(setting)
    return Refused(
        zh=f"“{setting.name.zh}”的值不合适。{bounds.zh}", en=f'That is no value for "{setting.name.en}". {bounds.en}'
    )


def bounds_text(setting: Setting) -> Text:
    """From where to where a setting may go, as a sentence; empty where it has no bounds."""
    low, high, unit = setting.low, setting.high, setting.unit
    if low is None and high is None:
        return Text()
    least, most = ("" if bound is None else f"{bound:g} {unit}".strip() for bound in (low, high))
    if not most:
        return Text(f"不小于 {least}。", f"At least {least}.")
    if not least:
        return Text(f"不大于 {most}。", f"At most {most}.")
    return Text(f"允许 {least} 至 {most}。", f"From {least} to {most}.")


def chosen(rx: Reading) -> dict[str, Any]:
    """Everything chosen at the console and not given back: key to value."""
    return {one.id: msgspec.json.decode(one.value) for one in rx.find(ChosenSetting) if one.value != FOLDER}


def chosen_rows(rx: Reading) -> dict[str, ChosenSetting]:
    """The rows of what is chosen, with who, when and why."""
    return {one.id: one for one in rx.find(ChosenSetting) if one.value != FOLDER}


def options_of(found: Mapping[str, Any], source: SourceId) -> dict[str, Any]:
    """Those of `chosen` that are options of this source, by their own names."""
    start = f"{SOURCE}{source}."
    return {key.removeprefix(start): value for key, value in found.items() if key.startswith(start)}


def numbers_of(found: Mapping[str, Any]) -> dict[str, SettingValue]:
    """Those of `chosen` that are numbers of the trade of this version."""
    return {key: value for key, value in found.items() if key in BY_KEY}


def follow(desk: Desk) -> Callable[[], None]:
    """Put what was chosen in force now, and what will be chosen as soon as it is on disk; ends by calling the result."""
    of_site = dict(desk.ground.settings)
    desk.ground = replace(desk.ground, settings=of_site | numbers_of(desk.ask(chosen).result()))

    def changed(event: SettingChanged) -> None:
        if event.key not in BY_KEY:
            return
        settings = dict(desk.ground.settings)
        settings.pop(event.key, None)
        if event.new != FOLDER:
            settings[event.key] = msgspec.json.decode(event.new)
        elif event.key in of_site:
            settings[event.key] = of_site[event.key]
        desk.ground = replace(desk.ground, settings=settings)

    return desk.bus.on(SettingChanged, changed)
