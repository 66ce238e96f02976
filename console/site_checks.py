"""What has to hold in a site folder beyond its types: names that exist, spots on their maps, numbers in their range."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from console import map_size
from console.marked_yaml import Entries, Items, Mark, Mistakes, Node, Scalar, walk
from console.models.alarms import AlarmClass
from console.models.errors import ConsoleError
from console.models.onvif import service_address
from console.models.record_schedule import window_mistake
from console.models.recording import RecordMode
from console.models.settings import BY_KEY, Setting
from console.models.site import SOUNDS, Site, Spot
from console.models.text import Text
from console.yaml_model import did_you_mean, hints_of, unknown_word

SECTIONS: Final[dict[str, type]] = {
    name: get_args(kind)[0] for name, kind in hints_of(Site).items() if Ellipsis in get_args(kind)
}
"""The lists of a site and what is in them, as the model has it."""

ONE_OF: Final[dict[str, str]] = {
    "places": "place",
    "maps": "map",
    "cameras": "camera",
    "points": "point",
    "posts": "post",
    "checkpoints": "checkpoint",
    "routes": "route",
    "sources": "source",
    "contacts": "contact",
    "equipment": "equipment item",
    "shifts": "shift",
}
NAMES_ZH: Final[dict[str, str]] = {
    "places": "位置",
    "maps": "地图",
    "cameras": "摄像机",
    "points": "报警点",
    "posts": "岗位",
    "checkpoints": "巡更点",
    "routes": "巡逻路线",
    "sources": "报警来源",
    "contacts": "联系人",
    "equipment": "装备",
    "shifts": "班次",
    "plans": "预案",
}
# section, path of the field that names something, section in which that has to exist
REFERENCES: Final[tuple[tuple[str, str, str], ...]] = (
    ("places", "parent", "places"),
    ("places", "spot.map", "maps"),
    ("places", "cameras", "cameras"),
    ("places", "post", "posts"),
    ("places", "plan", "plans"),
    ("places", "notify", "contacts"),
    ("maps", "place", "places"),
    ("cameras", "place", "places"),
    ("cameras", "spot.map", "maps"),
    ("cameras", "rules.point", "points"),
    ("points", "place", "places"),
    ("points", "spot.map", "maps"),
    ("points", "cameras", "cameras"),
    ("points", "post", "posts"),
    ("points", "plan", "plans"),
    ("points", "notify", "contacts"),
    ("posts", "spot.map", "maps"),
    ("checkpoints", "spot.map", "maps"),
    ("checkpoints", "place", "places"),
    ("checkpoints", "camera", "cameras"),
    ("routes", "post", "posts"),
    ("routes", "stops.checkpoint", "checkpoints"),
)
# section, field: written once only
UNIQUE: Final[tuple[tuple[str, str], ...]] = (("cameras", "number"), ("checkpoints", "chip"))
# section, path of a number, lowest, highest (None: no limit)
RANGES: Final[tuple[tuple[str, str, float, float | None], ...]] = (
    ("maps", "metres_per_px", 1e-6, 1000),
    ("cameras", "number", 1, 9999),
    ("cameras", "fov_deg", 1, 360),
    ("cameras", "range_m", 0.1, 1000),
    ("cameras", "rules.min_s", 0, 3600),
    ("cameras", "rules.clear_s", 0, 3600),
    ("cameras", "rules.min_area", 0, 1),
    ("cameras", "rules.max_area", 0, 1),
    ("cameras", "rules.sensitivity", 0, 1),
    ("cameras", "rules.capacity", 0, 10000),
    ("cameras", "rules.one_area", 0, 1),
    ("cameras", "record.days", 0, 3650),
    ("cameras", "record.pre_s", 0, 60),
    ("cameras", "record.post_s", 0, 3600),
    ("points", "priority", 1, 4),
    ("posts", "min_staff", 0, 99),
    ("routes", "every_s", 60, None),
    ("routes", "stops.leg_s", 1, 86400),
    ("routes", "stops.tolerance_s", 0, 86400),
    ("equipment", "number", 0, None),
    ("shifts", "length_h", 0.25, 24),
)
# options of a source below which every plain value names a point of the site
POINT_OPTIONS: Final = frozenset({"zones", "points"})
# the option of a source that lists cameras of the site which are ONVIF devices
CAMERA_OPTION: Final = "onvif_cameras"
SECRET_KEYS: Final = frozenset({"password", "key", "token", "secret"})
MAP_SUFFIXES: Final = frozenset({".svg", ".png", ".jpg", ".jpeg"})
MAX_MAP_BYTES: Final = 64 << 20

_ID = re.compile(r"[^\s]{1,64}")
_CLOCK_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_SECRET_NAME = re.compile(r"secret:[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a list of the site, and the node it was built from."""

    value: Any
    node: Entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """All that was read so far, for the checks.

    `whole` is False where a file could not be read: then nobody can say what the site does not have.
    """

    folder: Path
    top: Entries
    sections: dict[str, tuple[Item, ...]]
    declared: dict[str, dict[str, Mark]]
    mistakes: Mistakes
    whole: bool


def check(read: Read) -> None:
    """Run every check; each notes its own mistakes."""
    for one in CHECKS:
        one(read)


def entries_of(node: Node | None) -> Iterator[Entries]:
    """The mappings of a list, passing over what is none."""
    if isinstance(node, Items):
        yield from (item for item in node.items if isinstance(item, Entries))


def scalars_at(node: Node | None, path: str) -> Iterator[Scalar]:
    """Every plain value at a dotted path below a node; lists on the way are gone through."""
    match node:
        case Items():
            for item in node.items:
                yield from scalars_at(item, path)
        case Entries() if path:
            first, _, rest = path.partition(".")
            yield from scalars_at(node.node(first), rest)
        case Scalar() if not path and node.value is not None:
            yield node


def declared_ids(top: Entries, mistakes: Mistakes) -> dict[str, dict[str, Mark]]:
    """The ids of every list with the line of each, also of things that are otherwise broken; doubles are noted."""
    declared: dict[str, dict[str, Mark]] = {}
    for section in SECTIONS:
        ids = declared.setdefault(section, {})
        for scalar in scalars_at(top.node(section), "id"):
            _declare(ids, scalar, mistakes)
    for camera in entries_of(top.node("cameras")):
        rules: dict[str, Mark] = {}
        for scalar in scalars_at(camera.node("rules"), "id"):
            _declare(rules, scalar, mistakes)
    return declared


def _declare(ids: dict[str, Mark], scalar: Scalar, mistakes: Mistakes) -> None:
    if not _ID.fullmatch(scalar.text):
        zh = f"编号“{scalar.text[:40]}”不能有空格，最长 64 个字。"
        mistakes.add(scalar.mark, zh, f'The id "{scalar.text[:40]}" may not hold spaces, 64 characters at most.')
    elif scalar.text in ids:
        first = ids[scalar.text]
        where = f"{first.file}:{first.line}"
        zh = f"编号“{scalar.text}”重复，{where} 已用。"
        mistakes.add(scalar.mark, zh, f'The id "{scalar.text}" is already taken in {where}.')
    else:
        ids[scalar.text] = scalar.mark


def _references(read: Read) -> None:
    if not read.whole:
        return
    for section, path, target in REFERENCES:
        known = read.declared[target]
        for scalar in scalars_at(read.top.node(section), path):
            if scalar.text not in known:
                zh, en = did_you_mean(scalar.text, known)
                zh = f"没有编号为“{scalar.text}”的{NAMES_ZH[target]}。{zh}"
                one = ONE_OF.get(target, "plan")
                read.mistakes.add(scalar.mark, zh, f'There is no {one} with the id "{scalar.text}".{en}')


def _source_points(read: Read) -> None:
    known = read.declared["points"]
    for scalar in _named_points(read.top.node("sources")):
        if read.whole and scalar.text not in known:
            zh, en = did_you_mean(scalar.text, known)
            zh = f"没有编号为“{scalar.text}”的报警点。{zh}"
            read.mistakes.add(scalar.mark, zh, f'There is no point with the id "{scalar.text}".{en}')


def _named_points(sources: Node | None) -> Iterator[Scalar]:
    for holder in walk(sources) if sources else ():
        if isinstance(holder, Entries):
            for key in sorted(POINT_OPTIONS & holder.entries.keys()):
                below = walk(holder.entries[key].node)
                yield from (node for node in below if isinstance(node, Scalar) and node.value is not None)


def _unique(read: Read) -> None:
    for section, path in UNIQUE:
        seen: dict[str, Mark] = {}
        for scalar in scalars_at(read.top.node(section), path):
            first = seen.setdefault(scalar.text, scalar.mark)
            if first is not scalar.mark:
                where = f"{first.file}:{first.line}"
                zh = f"“{path}”的值“{scalar.text}”重复，{where} 已用。"
                read.mistakes.add(scalar.mark, zh, f'The {path} "{scalar.text}" is already taken in {where}.')


def _ranges(read: Read) -> None:
    for section, path, low, high in RANGES:
        for scalar in scalars_at(read.top.node(section), path):
            _range(read.mistakes, scalar, path.rpartition(".")[2], low, high)


def _range(mistakes: Mistakes, scalar: Scalar, name: str, low: float | None, high: float | None) -> None:
    number = scalar.value
    if isinstance(number, bool) or not isinstance(number, int | float):
        return  # the type is already wrong, and noted
    if (low is not None and number < low) or (high is not None and number > high):
        shown_low = "-" if low is None else f"{low:g}"
        shown_high = "-" if high is None else f"{high:g}"
        zh = f"“{name}”应在 {shown_low} 到 {shown_high} 之间，现在是 {scalar.text}。"
        mistakes.add(scalar.mark, zh, f'"{name}" has to be from {shown_low} to {shown_high}, not {scalar.text}.')


def _places(read: Read) -> None:
    parents = {item.value.id: item for item in read.sections["places"]}
    for item in read.sections["places"]:
        seen, at = {item.value.id}, item
        while at.value.parent in parents:
            at = parents[at.value.parent]
            if at.value.id in seen:
                if at.value.id == item.value.id:
                    zh = f"位置“{item.value.id}”的上级绕回了自己。"
                    en = f'The parents of the place "{item.value.id}" lead back to itself.'
                    read.mistakes.add(item.node.at("parent"), zh, en)
                break
            seen.add(at.value.id)


def _maps(read: Read) -> None:
    sizes: dict[str, tuple[float, float]] = {}
    for item in read.sections["maps"]:
        mark = item.node.at("file")
        size = _map_size(read, item.value.file, mark)
        if size is not None:
            sizes[item.value.id] = size
    for section in ("places", "cameras", "points", "posts", "checkpoints"):
        for item in read.sections[section]:
            if isinstance(item.value.spot, Spot) and item.value.spot.map in sizes:
                _on_map(read.mistakes, item, sizes[item.value.spot.map])


def _map_size(read: Read, name: str, mark: Mark) -> tuple[float, float] | None:
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts or "\\" in name or ":" in name:
        zh = f"“{name}”应是站点文件夹内的相对路径，例如 maps/main.svg。"
        en = f'"{name}" has to be a path inside the site folder, such as maps/main.svg.'
        read.mistakes.add(mark, zh, en)
        return None
    if relative.suffix.lower() not in MAP_SUFFIXES:
        zh = f"地图“{name}”应为 SVG、PNG 或 JPEG 文件。"
        read.mistakes.add(mark, zh, f'The map "{name}" has to be an SVG, PNG or JPEG file.')
        return None
    file = read.folder.joinpath(*relative.parts)
    try:
        too_large = file.stat().st_size > MAX_MAP_BYTES
        size = None if too_large else map_size.read_size(file)
    except OSError:
        zh = f"找不到地图文件“{name}”。"
        read.mistakes.add(mark, zh, f'The map file "{name}" is not there.')
        return None
    if too_large:
        read.mistakes.add(mark, f"地图“{name}”超过 64 MB。", f'The map "{name}" is larger than 64 MB.')
    elif size is None:
        zh = f"“{name}”不是可用的地图；SVG 的 viewBox 应从 0 0 开始。"
        en = f'"{name}" is not a usable drawing; the viewBox of an SVG has to begin at 0 0.'
        read.mistakes.add(mark, zh, en)
    return size


def _on_map(mistakes: Mistakes, item: Item, size: tuple[float, float]) -> None:
    spot, (width, height) = item.value.spot, size
    if 0 <= spot.x <= width and 0 <= spot.y <= height:
        return
    zh = f"位置 ({spot.x:g}, {spot.y:g}) 在地图“{spot.map}”之外，图幅为 {width:g} x {height:g}。"
    en = f'The spot ({spot.x:g}, {spot.y:g}) lies outside the map "{spot.map}", which is {width:g} x {height:g}.'
    mistakes.add(item.node.at("spot", "x"), zh, en)


def _zones(read: Read) -> None:
    for camera in entries_of(read.top.node("cameras")):
        for rule in (*entries_of(camera.node("rules")), *entries_of(camera.node("masks"))):
            zone = rule.node("zone")
            corners = zone.items if isinstance(zone, Items) else ()
            # A line has two ends; what a kind of its own needs, its check tells.
            line = any(one.text == "line" for one in scalars_at(rule, "kind"))
            if isinstance(zone, Items) and len(corners) < 3 and not line:
                zh, en = "区域至少要有 3 个角点。", "A zone needs at least 3 corners."
                read.mistakes.add(rule.at("zone"), zh, en)
            for corner in corners:
                numbers = [one.value for one in scalars_at(corner, "")]
                if any(isinstance(one, int | float) and not 0 <= one <= 1 for one in numbers):
                    zh = "区域的角点应在画面之内，即 0 到 1 之间。"
                    en = "A corner of the zone has to lie in the picture, from 0 to 1."
                    read.mistakes.add(corner.mark, zh, en)


def _routes(read: Read) -> None:
    for item in read.sections["routes"]:
        if not item.value.stops:
            zh, en = "路线至少要有一个巡更点。", "A route needs at least one checkpoint."
            read.mistakes.add(item.node.at("stops"), zh, en)


def _words(read: Read) -> None:
    for item in read.sections["points"]:
        if item.value.alarm_class and item.value.alarm_class not in set(AlarmClass):
            known = tuple(str(one) for one in AlarmClass)
            unknown_word(
                read.mistakes,
                item.node.at("alarm_class"),
                item.value.alarm_class,
                known,
                Text("报警类别", "alarm class"),
            )


def _linkage(read: Read) -> None:
    """The sounds there are, and what a place says of the priority of a class."""
    for section in ("places", "points"):
        for item in read.sections[section]:
            if item.value.sound and item.value.sound not in SOUNDS:
                unknown_word(read.mistakes, item.node.at("sound"), item.value.sound, SOUNDS, Text("声音", "sound"))
    known = ("*", *(str(one) for one in AlarmClass))
    for item in read.sections["places"]:
        for word, priority in item.value.priorities.items():
            mark = item.node.at("priorities", word)
            if word not in known:
                unknown_word(read.mistakes, mark, word, known, Text("报警类别", "alarm class"))
            if not 1 <= priority <= 4:
                zh = f"“{word}”的优先级应在 1 到 4 之间，现在是 {priority}。"
                read.mistakes.add(mark, zh, f'The priority of "{word}" has to be from 1 to 4, not {priority}.')


def _times(read: Read) -> None:
    for item in read.sections["shifts"]:
        if not _CLOCK_TIME.fullmatch(item.value.start):
            zh = f"时间“{item.value.start}”应写成 00:00 到 23:59。"
            en = f'The time "{item.value.start}" has to be written as 00:00 to 23:59.'
            read.mistakes.add(item.node.at("start"), zh, en)
    for scalar in scalars_at(read.top, "timezone"):
        try:
            ZoneInfo(scalar.text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            zh = f"没有时区“{scalar.text}”，应为 Asia/Shanghai 这样的名称。"
            en = f'There is no time zone "{scalar.text}"; it is written like Asia/Shanghai.'
            read.mistakes.add(scalar.mark, zh, en)


def _names(read: Read) -> None:
    for section, items in read.sections.items():
        for item in items:
            if hasattr(item.value, "name") and "name" in item.node.entries and not item.value.name:
                zh, en = "名称不能为空。", "The name may not be empty."
                read.mistakes.add(item.node.at("name"), zh, en)
            if section == "contacts" and not item.value.phone.strip():
                zh, en = "电话不能为空。", "The telephone number may not be empty."
                read.mistakes.add(item.node.at("phone"), zh, en)


def _recording(read: Read) -> None:
    for item in read.sections["cameras"]:
        plan = item.value.record
        if plan.keep_audio:
            zh, en = "录像不含声音，keep_audio 不能为 true。", "Sound is not recorded; keep_audio cannot be true."
            read.mistakes.add(item.node.at("record", "keep_audio"), zh, en)
        for window in plan.schedule:
            if (mistake := window_mistake(window)) is not None:
                read.mistakes.add(item.node.at("record", "schedule"), mistake.zh + "。", mistake.en + ".")
        if plan.mode is RecordMode.SCHEDULE and not plan.schedule:
            zh, en = "计划录像缺少时段（schedule）。", "Recording by schedule needs its hours (schedule)."
            read.mistakes.add(item.node.at("record", "mode"), zh, en)


def _settings(read: Read) -> None:
    settings = read.top.node("settings")
    if not isinstance(settings, Entries):
        return
    for key, entry in settings.entries.items():
        setting = BY_KEY.get(key)
        if setting is None:
            unknown_word(read.mistakes, entry.mark, key, BY_KEY, Text("设置", "setting"))
        elif isinstance(entry.node, Scalar):
            _setting(read.mistakes, setting, entry.node)


def _setting(mistakes: Mistakes, setting: Setting, scalar: Scalar) -> None:
    wants_number = isinstance(setting.default, int | float) and not isinstance(setting.default, bool)
    is_number = isinstance(scalar.value, int | float) and not isinstance(scalar.value, bool)
    if wants_number != is_number or (not wants_number and type(scalar.value) is not type(setting.default)):
        zh = f"设置“{setting.key}”应为{'数字' if wants_number else '其他类型'}，现在是“{scalar.text}”。"
        en = f'The setting "{setting.key}" has to be {"a number" if wants_number else "of another type"}, '
        mistakes.add(scalar.mark, zh, f'{en}not "{scalar.text}".')
    elif wants_number:
        _range(mistakes, scalar, setting.key, setting.low, setting.high)


def _onvif(read: Read) -> None:
    """The address of a camera's device service is one, and a source listens to cameras that have one."""
    devices = set()
    for item in read.sections["cameras"]:
        if item.value.onvif is None:
            continue
        devices.add(item.value.id)
        try:
            service_address(item.value.onvif.address)
        except ConsoleError as error:
            read.mistakes.add(item.node.at("onvif", "address"), error.text.zh, error.text.en)
    for scalar in scalars_at(read.top.node("sources"), f"options.{CAMERA_OPTION}"):
        if read.whole and scalar.text not in devices:
            zh, en = did_you_mean(scalar.text, devices)
            zh = f"没有编号为“{scalar.text}”且写有 onvif 的摄像机。{zh}"
            read.mistakes.add(scalar.mark, zh, f'There is no camera "{scalar.text}" that has onvif.{en}')


def _secrets(read: Read) -> None:
    """No password in clear: what is secret is named, and kept encrypted in the data folder."""
    for section in ("cameras", "sources"):
        for node in entries_of(read.top.node(section)):
            for mark, text in _secret_words(node):
                if text and not _SECRET_NAME.fullmatch(text):
                    zh = "这里不能直接写口令。用命令 zhishou secret set 名称 保存，再写成 secret:名称。"
                    en = "No password in clear here. Keep it with: zhishou secret set NAME, then write secret:NAME."
                    read.mistakes.add(mark, zh, en)


def _secret_words(node: Node) -> Iterator[tuple[Mark, str]]:
    match node:
        case Items():
            for item in node.items:
                yield from _secret_words(item)
        case Entries():
            for key, entry in node.entries.items():
                if key in SECRET_KEYS and isinstance(entry.node, Scalar):
                    yield entry.mark, "" if entry.node.value is None else entry.node.text
                else:
                    yield from _secret_words(entry.node)


CHECKS: Final[tuple[Callable[[Read], None], ...]] = (
    _references,
    _source_points,
    _unique,
    _ranges,
    _places,
    _maps,
    _zones,
    _routes,
    _words,
    _linkage,
    _times,
    _names,
    _recording,
    _settings,
    _onvif,
    _secrets,
)
