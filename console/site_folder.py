"""Read a site folder: readable text that sets up a whole post.

`site.yaml` and any other `*.yaml` beside it hold the fields of `console.models.site.Site`; lists may be spread over
several files. `points.csv`, where there is one, is a table of points. `maps/` holds the drawings, `plans/` the site's
own plans, which replace shipped ones of the same id, `scenes/` the scenes of synthetic cameras. Nothing is guessed:
every mistake is told with file, line and what is expected, and a folder with one mistake is not used.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from console import plan_files, points_table, resources, site_checks
from console.marked_yaml import Entries, Entry, Items, Mark, Mistake, Mistakes, read, walk
from console.models.errors import ConsoleError
from console.models.plans import Plan, Step
from console.models.site import Camera, Rule, Site, SourceSetup
from console.models.text import Text
from console.site_checks import Item, Read
from console.yaml_model import BROKEN, did_you_mean, fit, hints_of, unknown_word

CameraCheck = Callable[[Camera, Path], Iterable[Text]]
SourceCheck = Callable[[SourceSetup], Iterable[Text]]
RuleCheck = Callable[[Rule], Iterable[Text]]
StepCheck = Callable[[Step], Iterable[Text]]

MAIN_FILE: Final = "site.yaml"
SECRETS_FILES: Final = frozenset({"secrets.yaml", "secrets.yml"})
SHOWN_MISTAKES: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFolder:
    """What a site folder holds. `site` is None where not even its id and name could be read.

    `plans` are the shipped plans with the site's own in their place, and are sorted by id. `mistakes` are sorted by
    file and line; with any of them the rest is good for looking at, not for working with.
    """

    folder: Path
    site: Site | None
    plans: tuple[Plan, ...]
    mistakes: tuple[Mistake, ...]


def read_site(
    folder: Path,
    *,
    camera_kinds: Mapping[str, CameraCheck | None],
    source_kinds: Mapping[str, SourceCheck | None],
    step_kinds: Mapping[str, StepCheck | None],
    rule_kinds: Mapping[str, RuleCheck | None],
    shipped_plans: Path | None = None,
    table: Sequence[Sequence[str]] | None = None,
) -> SiteFolder:
    """Read the folder and find every mistake in it. Never raises for what is in the folder.

    The kinds are those this console has, by name, each with the check of its SPEC or None: a check gives one sentence
    a mistake. `shipped_plans` is where the console's own plans lie, its resources unless said otherwise. `table` is read
    as if it were the folder's points.csv: so a table is tried before it is taken.
    """
    mistakes = Mistakes()
    top, whole = _read_pieces(folder, mistakes)
    if top is None:
        return SiteFolder(folder=folder, site=None, plans=(), mistakes=mistakes.sorted())
    top = _with_table(top, folder, table, mistakes)
    declared = site_checks.declared_ids(top, mistakes)
    sections = {name: _items(top, name, mistakes) for name in site_checks.SECTIONS}
    shipped = shipped_plans if shipped_plans is not None else resources.path("plans")
    plans, declared["plans"] = plan_files.read_plans(shipped, folder, step_kinds=step_kinds, mistakes=mistakes)
    known = Read(folder=folder, top=top, sections=sections, declared=declared, mistakes=mistakes, whole=whole)
    site_checks.check(known)
    if whole:
        plan_files.check_against(plans, top, declared, mistakes)
    for name, kinds in (("cameras", camera_kinds), ("sources", source_kinds)):
        for item in sections[name]:
            extra = (folder,) if name == "cameras" else ()
            _ask_kind(item.value.kind, kinds, item, extra, mistakes)
    for rule in _rules(sections["cameras"], mistakes):
        _ask_kind(rule.value.kind, rule_kinds, rule, (), mistakes)
    return SiteFolder(
        folder=folder,
        site=_site(top, sections, mistakes),
        plans=tuple(sorted((read_plan.plan for read_plan in plans), key=lambda plan: plan.id)),
        mistakes=mistakes.sorted(),
    )


def load_site(folder: Path, **kinds: Any) -> tuple[Site, tuple[Plan, ...]]:
    """`read_site` for those who want to work with it: raises ConsoleError that lists the mistakes, if there are any."""
    read_folder = read_site(folder, **kinds)
    if read_folder.mistakes or read_folder.site is None:
        raise ConsoleError(*_listing(read_folder))
    return read_folder.site, read_folder.plans


def _listing(read_folder: SiteFolder) -> tuple[str, str]:
    found = read_folder.mistakes
    shown, left = found[:SHOWN_MISTAKES], len(found) - SHOWN_MISTAKES
    zh = [f"站点文件夹 {read_folder.folder} 有 {len(found)} 处错误：", *(one.in_language("zh_CN") for one in shown)]
    en = [f"Mistakes in the site folder {read_folder.folder}: {len(found)}", *(one.in_language("en") for one in shown)]
    if left > 0:
        zh.append(f"……还有 {left} 处，用 zhishou site check 查看全部。")
        en.append(f"... and {left} more; zhishou site check lists all of them.")
    return "\n".join(zh), "\n".join(en)


def _read_pieces(folder: Path, mistakes: Mistakes) -> tuple[Entries | None, bool]:
    """All YAML files of the folder as one mapping, and whether none of them is missing from it.

    None where there is no folder to read.
    """
    try:
        found = (entry.name for entry in os.scandir(folder) if entry.is_file())
        names = sorted(found, key=lambda name: (name != MAIN_FILE, name))
    except OSError as error:
        reason = error.strerror or str(error)
        mistakes.add(Mark(".", 1), f"站点文件夹无法读取：{reason}。", f"The site folder cannot be read: {reason}.")
        return None, False
    fields = hints_of(Site)
    together: dict[str, Entry] = {}
    whole = MAIN_FILE in names
    for name in names:
        if name in SECRETS_FILES:
            mistakes.add(
                Mark(name, 1),
                "口令不能放在站点文件夹里。删除此文件，并用 zhishou secret set 名称 逐个保存。",
                "Passwords do not belong in the site folder. Delete this file, keep each with: zhishou secret set NAME",
            )
        elif name.endswith(".yml"):
            mistakes.add(Mark(name, 1), "文件名应以 .yaml 结尾。", "The file's name has to end in .yaml.")
        elif name.endswith(".yaml"):
            whole &= _add_piece(folder / name, name, fields, together, mistakes)
    top = Mark(MAIN_FILE, 1)
    if MAIN_FILE not in names:
        mistakes.add(top, f"缺少 {MAIN_FILE}。", f"There is no {MAIN_FILE}.")
    return Entries(top, together), whole


def _with_table(
    top: Entries, folder: Path, table: Sequence[Sequence[str]] | None, mistakes: Mistakes
) -> Entries:
    """The site with the points of its table, each in the place of one of the same id that YAML holds."""
    file = folder / points_table.POINTS_FILE
    if table is None and not file.is_file():
        return top
    try:
        rows = points_table.read_rows(file) if table is None else table
    except ConsoleError as error:
        mistakes.add(Mark(points_table.POINTS_FILE, 1), error.text.zh, error.text.en)
        return top
    added = points_table.nodes_of(rows, mistakes)
    ids = {scalar.text for scalar in site_checks.scalars_at(added, "id")}
    before = top.node("points")
    kept = [
        item
        for item in (before.items if isinstance(before, Items) else ())
        if not any(scalar.text in ids for scalar in site_checks.scalars_at(item, "id"))
    ]
    entry = Entry(added.mark, Items(added.mark, (*kept, *added.items)))
    return Entries(top.mark, {**top.entries, "points": entry})


def _add_piece(path: Path, name: str, fields: Iterable[str], together: dict[str, Entry], mistakes: Mistakes) -> bool:
    """Put what a file holds together with the rest; False where the file could not be read."""
    node = read(path, name, mistakes)
    if node is None:
        return not any(mistake.file == name for mistake in mistakes.found)
    if not isinstance(node, Entries):
        mistakes.add(node.mark, "文件最外层应为键值。", "The outermost level has to be a mapping.")
        return False
    for key, entry in node.entries.items():
        before = together.get(key)
        if key not in fields:
            zh, en = did_you_mean(key, fields)
            listed = ", ".join(fields)
            zh = f"不认识的键“{key}”。{zh}可用：{listed}。"
            mistakes.add(entry.mark, zh, f'Unknown key "{key}".{en} Known: {listed}.')
        elif before is None:
            together[key] = entry
        elif isinstance(before.node, Items) and isinstance(entry.node, Items):
            together[key] = Entry(before.mark, Items(before.node.mark, before.node.items + entry.node.items))
        else:
            where = f"{before.mark.file}:{before.mark.line}"
            mistakes.add(entry.mark, f"“{key}”已在 {where} 写过。", f'"{key}" is already written in {where}.')
    return True


def _rules(cameras: Iterable[Item], mistakes: Mistakes) -> Iterator[Item]:
    """The rules in which nothing is wrong yet, with the nodes they were built from."""
    wrong = {Mark(mistake.file, mistake.line) for mistake in mistakes.found}
    for camera in cameras:
        node = camera.node.node("rules")
        for rule in node.items if isinstance(node, Items) else ():
            if isinstance(rule, Entries) and not any(part.mark in wrong for part in walk(rule)):
                built = fit(rule, Rule, "rule", mistakes)
                if built is not BROKEN:
                    yield Item(built, rule)


def _items(top: Entries, section: str, mistakes: Mistakes) -> tuple[Item, ...]:
    """What could be built of one list of the site, each with the node it was built from."""
    node = top.node(section)
    if node is None:
        return ()
    if not isinstance(node, Items):
        fit(node, hints_of(Site)[section], section, mistakes)
        return ()
    kind = site_checks.SECTIONS[section]
    one = site_checks.ONE_OF[section]
    built = ((fit(item, kind, one, mistakes), item) for item in node.items)
    return tuple(Item(value, item) for value, item in built if value is not BROKEN and isinstance(item, Entries))


def _site(top: Entries, sections: Mapping[str, tuple[Item, ...]], mistakes: Mistakes) -> Site | None:
    rest = Entries(top.mark, {key: entry for key, entry in top.entries.items() if key not in sections})
    head = fit(rest, Site, "site", mistakes, without=frozenset(sections))
    if head is BROKEN:
        return None
    lists: dict[str, Any] = {name: tuple(item.value for item in items) for name, items in sections.items()}
    own = {name: getattr(head, name) for name in hints_of(Site) if name not in lists}
    return Site(**own, **lists)


def _ask_kind(
    kind: str,
    kinds: Mapping[str, Callable[..., Iterable[Text]] | None],
    item: Item,
    extra: tuple[Path, ...],
    mistakes: Mistakes,
) -> None:
    mark = item.node.at("kind")
    if kind not in kinds:
        unknown_word(mistakes, mark, str(kind), tuple(kinds), Text("种类", "kind"))
        return
    check = kinds[kind]
    for sentence in check(item.value, *extra) if check else ():
        mistakes.add(item.node.mark, sentence.zh, sentence.en)
