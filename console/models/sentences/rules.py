"""How a change of an analytics rule reads in the log: which rule of which camera, and what of it, before and after."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from console.models.events import SettingChanged
from console.models.phrases import Context, because, joined, says
from console.models.rules import Direction, RuleKind, RuleWhen
from console.models.text import Text
from console.models.tuning import RULE, is_drawn
from console.models.words import word

_DAYS: Final = (Text("一", "Mon"), Text("二", "Tue"), Text("三", "Wed"), Text("四", "Thu"), Text("五", "Fri"),
                Text("六", "Sat"), Text("日", "Sun"))  # fmt: skip
_ALL_WEEK: Final = Text("全周", "all week")
_YES, _NO = Text("启用", "in use"), Text("停用", "out of use")


def hours_of(hours: list[dict[str, Any]]) -> Text:
    """Weekly hours in a few words: "Mon Tue 08:00-18:00"."""
    said = []
    for one in hours:
        days = [_DAYS[day - 1] for day in one.get("days", range(1, 8)) if 1 <= day <= len(_DAYS)]
        said.append(
            Text(
                "".join(day.zh for day in days) + f" {one.get('start')}-{one.get('to')}",
                " ".join(day.en for day in days) + f" {one.get('start')}-{one.get('to')}",
            )
        )
    return joined(said) if said else _ALL_WEEK


def _share(value: float) -> Text:
    return Text(f"{value:.2%}", f"{value:.2%}")


def _seconds(value: float) -> Text:
    return Text(f"{value:g} 秒", f"{value:g} s")


def _number(value: float) -> Text:
    return Text(f"{value:g}", f"{value:g}")


# Field, what it is called, how its value reads.
_FIELDS: Final[tuple[tuple[str, Text, Callable[[Any], Text]], ...]] = (
    ("kind", Text("类型", "looks for"), lambda value: word(RuleKind(value))),
    ("enabled", Text("状态", "state"), lambda value: _YES if value else _NO),
    ("when", Text("生效", "counts"), lambda value: word(RuleWhen(value))),
    ("hours", Text("每周时段", "weekly hours"), hours_of),
    ("direction", Text("方向", "direction"), lambda value: word(Direction(value))),
    ("zone", Text("区域角点数", "corners of the zone"), lambda value: _number(len(value))),
    ("min_s", Text("至少持续", "must be seen for"), _seconds),
    ("clear_s", Text("离开后恢复", "over after"), _seconds),
    ("min_area", Text("最小尺寸", "smallest size"), _share),
    ("max_area", Text("最大尺寸", "largest size"), _share),
    ("sensitivity", Text("灵敏度", "sensitivity"), _share),
    ("capacity", Text("容纳人数", "people allowed"), _number),
    ("one_area", Text("单人面积", "area of one person"), _share),
)
_DEFAULTS: Final[dict[str, Any]] = {"enabled": True, "hours": []}


def rule_changed(event: SettingChanged, context: Context) -> Text:
    """The sentence for a setting whose key is that of a rule."""
    camera, _dot, rule = event.key.removeprefix(RULE).rpartition(".")
    named: dict[str, Text | str] = {"camera": context.names.place(camera), "rule": rule}
    old, new = (msgspec.json.decode(value) if value else None for value in (event.old, event.new))
    if old is None and is_drawn(new):
        said = says("{camera} 新建分析规则 {rule}", "Drew the rule {rule} of {camera}", **named)
        return joined([said, *_changes({}, new or {}), because(event.reason)])
    if new is None and is_drawn(old):
        return joined([says("{camera} 删除分析规则 {rule}", "Deleted the rule {rule} of {camera}", **named), because(event.reason)])
    if new is None:
        said = says("{camera} 分析规则 {rule} 恢复为站点文件夹的值", "The rule {rule} of {camera} is as in the site folder again", **named)
        return joined([said, because(event.reason)])
    said = says("{camera} 分析规则 {rule}", "The rule {rule} of {camera}", **named)
    return joined([said, *_changes(old or {}, new or {}), because(event.reason)])


def _changes(old: dict[str, Any], new: dict[str, Any]) -> list[Text]:
    found = []
    for name, called, reads in _FIELDS:
        before, after = (one.get(name, _DEFAULTS.get(name)) if one else None for one in (old, new))
        if before == after or after is None or (not old and name not in ("kind", "when", "hours")):
            continue
        try:
            if before is None:
                found.append(says("{what} {new}", "{what} {new}", what=called, new=reads(after)))
            elif name == "zone" and len(before) == len(after):
                found.append(Text("区域改画", "zone redrawn"))
            else:
                found.append(says("{what} {old} → {new}", "{what} {old} → {new}", what=called, old=reads(before), new=reads(after)))
        except (ValueError, KeyError, TypeError):  # written by another version
            found.append(called)
    return found
