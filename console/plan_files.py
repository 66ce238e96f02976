"""Read plans from YAML, and lint them: an emergency plan with a dead end must never reach an operator."""

import string
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from console.marked_yaml import Entries, Entry, Items, Mark, Mistakes, Node, Scalar, read
from console.models.incidents import Verdict
from console.models.plain import digest, to_plain
from console.models.plans import Plan, Step
from console.models.text import Text
from console.yaml_model import BROKEN, did_you_mean, fit, unknown_word

StepCheck = Callable[[Step], Iterable[Text]]

# What `{name}` in the words of a call stands for; the call step fills them in.
PLACEHOLDERS: Final = frozenset({"place", "time", "site", "address", "caller", "phone", "alarm"})
END: Final = "end"  # as `next`: the plan ends here, whatever steps follow in the file
NEAREST: Final = "nearest"
_TEXTS: Final = frozenset({"title", "say", "warning", "label", "script"})


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """A plan, and the node it was built from."""

    plan: Plan
    node: Entries


def plan_digest(plan: Plan) -> str:
    """SHA-256 of the plan's canonical JSON without its own `digest`, as 64 hex digits."""
    plain = to_plain(plan)
    del plain["digest"]
    return digest(plain)


def read_plan(
    file: Path, name: str, *, step_kinds: Mapping[str, StepCheck | None], mistakes: Mistakes
) -> ReadPlan | None:
    """One plan, or None after noting why it could not be built. `name` is what the file is called in sentences.

    A plan with mistakes that could be built is given all the same, so that references to it do not look broken too.
    """
    node = read(file, name, mistakes)
    if node is None:
        if not any(one.file == name for one in mistakes.found):
            mistakes.add(Mark(name, 1), "文件是空的。", "The file is empty.")
        return None
    plan = fit(node, Plan, "plan", mistakes, without=frozenset({"digest"}))
    if plan is BROKEN or not isinstance(node, Entries):
        return None
    _check_texts(node, mistakes)
    _check_head(plan, node, mistakes)
    _check_steps(plan, node, step_kinds, mistakes)
    _check_flow(node, mistakes)
    return ReadPlan(replace(plan, digest=plan_digest(plan)), node)


def read_plans(
    shipped: Path, folder: Path, *, step_kinds: Mapping[str, StepCheck | None], mistakes: Mistakes
) -> tuple[tuple[ReadPlan, ...], dict[str, Mark]]:
    """The shipped plans, with those of `folder`/plans in the place of shipped ones with the same id.

    Beside them the names that points may refer to: the ids, and the file names of plans that could not be read.
    """
    found: dict[str, ReadPlan] = {}
    names: dict[str, Mark] = {}
    own: dict[str, Mark] = {}
    files = [(file, "shipped") for file in sorted(shipped.glob("*.yaml"))]
    files += [(file, "plans") for file in sorted((folder / "plans").glob("*.yaml"))]
    for file, shelf in files:
        name = f"{shelf}/{file.name}"
        plan = read_plan(file, name, step_kinds=step_kinds, mistakes=mistakes)
        if plan is None:
            names[file.stem] = Mark(name, 1)
            continue
        mark = plan.node.at("id")
        if shelf == "plans":
            if first := own.get(plan.plan.id):
                zh = f"预案“{plan.plan.id}”已在 {first.file} 中。"
                mistakes.add(mark, zh, f'The plan "{plan.plan.id}" is already in {first.file}.')
            own[plan.plan.id] = mark
        found[plan.plan.id] = plan
        names[plan.plan.id] = mark
    return tuple(found.values()), names


def check_against(
    plans: Iterable[ReadPlan], top: Entries, declared: Mapping[str, Mapping[str, Mark]], mistakes: Mistakes
) -> None:
    """Note where a plan names a post or a contact that the site does not have; contacts go by id or by role."""
    contacts = set(declared["contacts"])
    if isinstance(listed := top.node("contacts"), Items):
        roles = (item.node("role") for item in listed.items if isinstance(item, Entries))
        contacts |= {role.text for role in roles if isinstance(role, Scalar) and role.text}
    posts = {*declared["posts"], NEAREST}
    for plan in plans:
        for step in _steps(plan.node):
            options = step.node("options")
            if isinstance(options, Entries):
                _named(options, "prefer", posts, Text("岗位", "post"), mistakes)
                _named(options, "contacts", contacts, Text("联系人或角色", "contact or role"), mistakes)


def _named(options: Entries, key: str, known: Collection[str], what: Text, mistakes: Mistakes) -> None:
    node = options.node(key)
    for scalar in node.items if isinstance(node, Items) else (node,):
        if isinstance(scalar, Scalar) and scalar.text not in known:
            zh, en = did_you_mean(scalar.text, known)
            zh = f"站点中没有{what.zh}“{scalar.text}”。{zh}"
            mistakes.add(scalar.mark, zh, f'The site has no {what.en} "{scalar.text}".{en}')


def _steps(node: Entries) -> Iterator[Entries]:
    steps = node.node("steps")
    if isinstance(steps, Items):
        yield from (step for step in steps.items if isinstance(step, Entries))


def _answers(step: Entries) -> Iterator[Entries]:
    answers = step.node("answers")
    if isinstance(answers, Items):
        yield from (answer for answer in answers.items if isinstance(answer, Entries))


def _word(node: Entries, key: str) -> str:
    value = node.node(key)
    return value.text if isinstance(value, Scalar) and value.value is not None else ""


def _texts(node: Node, name: str = "") -> Iterator[tuple[str, Entry | None, Node]]:
    """Every text of a plan with the key it stands under."""
    match node:
        case Items():
            for item in node.items:
                yield from _texts(item, name)
        case Entries():
            for key, entry in node.entries.items():
                if key in _TEXTS:
                    yield key, entry, entry.node
                else:
                    yield from _texts(entry.node, key)


def _check_texts(node: Entries, mistakes: Mistakes) -> None:
    for key, entry, text in _texts(node):
        mark = entry.mark if entry else text.mark
        both = isinstance(text, Entries) and _word(text, "zh").strip() and _word(text, "en").strip()
        if not both:
            zh = f"“{key}”必须有中文和英文：{{zh: ..., en: ...}}。"
            mistakes.add(mark, zh, f'"{key}" has to be given in both languages: {{zh: ..., en: ...}}.')
        for language in ("zh", "en"):
            said = text.node(language) if isinstance(text, Entries) else text
            if isinstance(said, Scalar) and key == "script":
                _check_placeholders(said, mistakes)


def _check_placeholders(said: Scalar, mistakes: Mistakes) -> None:
    try:
        names = [name for _text, name, _form, _conversion in string.Formatter().parse(said.text) if name is not None]
    except ValueError:
        mistakes.add(said.mark, "花括号没有成对。", "A brace has no partner.")
        return
    for name in names:
        if name not in PLACEHOLDERS:
            unknown_word(mistakes, said.mark, name, PLACEHOLDERS, Text("占位名", "placeholder"))


def _check_head(plan: Plan, node: Entries, mistakes: Mistakes) -> None:
    if plan.version < 1:
        mistakes.add(node.at("version"), "版本号从 1 开始。", "Versions count from 1.")
    if not plan.classes:
        mistakes.add(node.at("classes"), "至少要有一个报警类别。", "At least one alarm class is needed.")
    if not plan.steps:
        mistakes.add(node.at("steps"), "预案至少要有一个步骤。", "A plan needs at least one step.")


def _check_steps(plan: Plan, node: Entries, step_kinds: Mapping[str, StepCheck | None], mistakes: Mistakes) -> None:
    ids: dict[str, Mark] = {}
    for step in _steps(node):
        name, mark = _word(step, "id"), step.at("id")
        if name in ids:
            zh = f"步骤编号“{name}”重复，第 {ids[name].line} 行已用。"
            mistakes.add(mark, zh, f'The step id "{name}" is already taken on line {ids[name].line}.')
        elif name and (not name.isidentifier() or name == END):
            zh = f"步骤编号“{name}”只能用字母、数字和下划线，且不能是 {END}。"
            en = f'The step id "{name}" may hold letters, digits and underscores only, and not be "{END}".'
            mistakes.add(mark, zh, en)
        ids.setdefault(name, mark)
        kind = _word(step, "kind")
        if kind and kind not in step_kinds:
            unknown_word(mistakes, step.at("kind"), kind, tuple(step_kinds), Text("步骤种类", "kind of step"))
        _check_answers(step, mistakes)
    marks = {_word(step, "id"): step.mark for step in _steps(node)}
    for built in plan.steps:
        mark = marks[built.id]
        if built.due_s is not None and built.due_s <= 0:
            mistakes.add(mark, "时限应大于 0 秒。", "A limit has to be more than 0 seconds.")
        if built.due_s is not None and not built.source:
            zh, en = (
                "有时限的步骤要写明出处（source）。",
                "A step with a limit has to say where it comes from (source).",
            )
            mistakes.add(mark, zh, en)
        check = step_kinds.get(built.kind)
        for sentence in check(built) if check else ():
            mistakes.add(mark, sentence.zh, sentence.en)


def _check_answers(step: Entries, mistakes: Mistakes) -> None:
    keys: set[str] = set()
    for answer in _answers(step):
        key = _word(answer, "key")
        if key in keys:
            mistakes.add(answer.at("key"), f"答案“{key}”重复。", f'The answer "{key}" is there twice.')
        keys.add(key)
        verdict = _word(answer, "verdict")
        if verdict and verdict not in set(Verdict):
            known = tuple(str(one) for one in Verdict)
            unknown_word(mistakes, answer.at("verdict"), verdict, known, Text("结论", "verdict"))
        level = answer.node("verification")
        if isinstance(level, Scalar) and isinstance(level.value, int) and not 0 <= level.value <= 4:
            zh, en = "核实等级应为 0 到 4。", "The verification level has to be from 0 to 4."
            mistakes.add(answer.at("verification"), zh, en)


def ways_on(steps: tuple[Entries, ...]) -> dict[str, set[str]]:
    """From each step's id the ids that may follow; "" stands for the end of the plan."""
    ids = [_word(step, "id") for step in steps]
    ways: dict[str, set[str]] = {}
    for index, step in enumerate(steps):
        in_order = ids[index + 1] if index + 1 < len(ids) else ""
        default = _word(step, "next") or in_order
        answers = [_word(answer, "next") or default for answer in _answers(step)]
        ways[ids[index]] = {"" if way == END else way for way in answers or [default]}
    return ways


def _check_flow(node: Entries, mistakes: Mistakes) -> None:
    steps = tuple(_steps(node))
    marks = {_word(step, "id"): step.mark for step in steps}
    broken = False
    for step in steps:
        for holder in (step, *_answers(step)):
            target = _word(holder, "next")
            if target and target != END and target not in marks:
                zh, en = did_you_mean(target, marks)
                zh = f"没有步骤“{target}”。{zh}"
                mistakes.add(holder.at("next"), zh, f'There is no step "{target}".{en}')
                broken = True
    if broken or not steps:
        return
    ways = ways_on(steps)
    first = _word(steps[0], "id")
    reached = _reach({first}, ways)
    ending = {name for name in ways if "" in _reach({name}, ways)}
    for name, mark in marks.items():
        if name not in reached:
            zh, en = f"没有任何路径到达步骤“{name}”。", f'No way leads to the step "{name}".'
            mistakes.add(mark, zh, en)
        elif name not in ending:
            zh, en = f"从步骤“{name}”走不到预案结束。", f'No way leads from the step "{name}" to the end of the plan.'
            mistakes.add(mark, zh, en)


def _reach(start: set[str], ways: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        for following in ways.get(waiting.pop(), ()):
            if following not in reached:
                reached.add(following)
                waiting.append(following)
    return reached
