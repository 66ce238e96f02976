"""Reading plans: a plan with a dead end, a missing language or a limit out of nowhere never reaches an operator."""

from pathlib import Path

import pytest

from console.marked_yaml import Mistakes
from console.models.plain import digest, to_plain
from console.models.plans import Plan
from console.plan_files import plan_digest, read_plan
from tests.site import sites

KINDS = dict.fromkeys(("confirm", "question", "dispatch", "call", "note"))


def read(folder: Path, text: str) -> tuple[Plan | None, list[tuple[int, str]]]:
    """The plan of `text` and what is told about it: line and English sentence."""
    file = folder / "look.yaml"
    file.write_text(text, encoding="utf-8")
    mistakes = Mistakes()
    found = read_plan(file, "look.yaml", step_kinds=KINDS, mistakes=mistakes)
    return found.plan if found else None, [(one.line, one.en) for one in mistakes.sorted()]


def test_that_a_plan_is_read_whole_with_its_digest(tmp_path: Path) -> None:
    plan, told = read(tmp_path, sites.PLAN)
    assert told == []
    assert plan is not None
    assert [step.id for step in plan.steps] == ["seen", "tell", "send"]
    assert plan.steps[0].answers[1].next == "end"
    assert plan.steps[1].options["script"] == {"zh": "{place}有人", "en": "Somebody at {place}"}
    without = to_plain(plan)
    assert without.pop("digest") == plan.digest == digest(without)


def test_that_the_digest_changes_with_every_word(tmp_path: Path) -> None:
    first, _ = read(tmp_path, sites.PLAN)
    second, _ = read(tmp_path, sites.PLAN.replace("What is seen", "What was seen"))
    assert first is not None
    assert second is not None
    assert first.digest != second.digest
    assert first.digest == plan_digest(first)


LINTED = [
    ("title: {zh: 看, en: Look}", "title: 看", "given in both languages"),
    ("label: {zh: 有人, en: A person}", "label: {zh: 有人}", "given in both languages"),
    ("kind: dispatch", "kind: dispach", 'No such kind of step: "dispach". Did you mean "dispatch"?'),
    ("next: end", "next: tel", 'There is no step "tel". Did you mean "tell"?'),
    ("verdict: unknown", "verdict: unknow", 'Did you mean "unknown"?'),
    ("verification: 2", "verification: 5", "from 0 to 4"),
    ("key: nothing", "key: person", 'The answer "person" is there twice.'),
    ("- id: send", "- id: seen", 'The step id "seen" is already taken on line 6.'),
    ("- id: send", "- id: end", 'not be "end"'),
    ("- id: send", "- id: send it", "letters, digits and underscores only"),
    ("version: 1", "version: 0", "Versions count from 1."),
    ("classes: [intrusion]", "classes: []", "At least one alarm class"),
    ("classes: [intrusion]", "classes: [intrusion, fires]", 'Did you mean "fire"?'),
    ("Somebody at {place}", "Somebody at {palce}", 'No such placeholder: "palce". Did you mean "place"?'),
    ("Somebody at {place}", "Somebody at {place", "A brace has no partner."),
    ("classes: [intrusion]", "clases: [intrusion]", 'Did you mean "classes"?'),
]


@pytest.mark.parametrize(("old", "new", "told"), LINTED, ids=[new for _, new, _ in LINTED])
def test_that_a_mistake_of_a_plan_is_told_at_its_line(old: str, new: str, told: str, tmp_path: Path) -> None:
    line = sites.PLAN[: sites.PLAN.index(old)].count("\n") + 1
    _plan, found = read(tmp_path, sites.PLAN.replace(old, new, 1))
    assert [where for where, sentence in found if told in sentence] == [line], found


@pytest.mark.parametrize("line", ["    due_s: 0\n    source: x\n", "    due_s: -5\n    source: x\n"])
def test_that_a_limit_has_to_be_some_time(line: str, tmp_path: Path) -> None:
    _plan, found = read(tmp_path, sites.PLAN.replace("    due_s: 30\n    source: site practice\n", line))
    assert found == [(6, "A limit has to be more than 0 seconds.")]


def test_that_a_limit_has_to_say_where_it_comes_from(tmp_path: Path) -> None:
    _plan, found = read(tmp_path, sites.PLAN.replace("    source: site practice\n", ""))
    assert found == [(6, "A step with a limit has to say where it comes from (source).")]


def test_that_a_step_nobody_can_reach_is_told(tmp_path: Path) -> None:
    skipping = sites.PLAN.replace("verification: 2}", "verification: 2, next: send}")
    _plan, found = read(tmp_path, skipping)
    assert found == [(14, 'No way leads to the step "tell".')]


def test_that_a_circle_without_a_way_out_is_told(tmp_path: Path) -> None:
    circle = sites.PLAN.replace("next: end", "next: tell").replace(
        "    options: {prefer: gate}\n", "    options: {prefer: gate}\n    next: tell\n"
    )
    _plan, found = read(tmp_path, circle)
    assert [sentence for _, sentence in found] == [
        'No way leads from the step "seen" to the end of the plan.',
        'No way leads from the step "tell" to the end of the plan.',
        'No way leads from the step "send" to the end of the plan.',
    ]


def test_that_a_circle_with_a_way_out_is_allowed(tmp_path: Path) -> None:
    again = sites.PLAN.replace("next: end", "next: seen")
    _plan, found = read(tmp_path, again)
    assert found == []


def test_that_an_empty_plan_and_a_plan_without_steps_are_told(tmp_path: Path) -> None:
    assert read(tmp_path, "") == (None, [(1, "The file is empty.")])
    steps = sites.PLAN[: sites.PLAN.index("steps:")] + "steps: []\n"
    assert read(tmp_path, steps)[1] == [(5, "A plan needs at least one step.")]


def test_that_a_digest_may_not_be_written_by_hand(tmp_path: Path) -> None:
    _plan, found = read(tmp_path, sites.PLAN + f"digest: {'0' * 64}\n")
    assert found[0][1].startswith('Unknown key "digest".')


def test_that_the_checks_of_the_step_kinds_are_asked(tmp_path: Path) -> None:
    broken = sites.PLAN.replace("options: {prefer: gate}", "options: {prefre: gate}")
    folder = sites.read(sites.write(tmp_path, {**sites.FILES, "plans/look.yaml": broken}))
    assert [one.in_language("en") for one in folder.mistakes] == ["plans/look.yaml:20: unknown option prefre"]


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("prefer: gate", "prefer: gaet", 23, 'The site has no post "gaet". Did you mean "gate"?'),
        ("[leader, boss]", "[leadre]", 18, 'The site has no contact or role "leadre". Did you mean "leader"?'),
    ],
)
def test_that_a_plan_may_only_name_whom_the_site_has(old: str, new: str, line: int, told: str, tmp_path: Path) -> None:
    broken = sites.PLAN.replace(old, new)
    folder = sites.read(sites.write(tmp_path, {**sites.FILES, "plans/look.yaml": broken}))
    assert [one.in_language("en") for one in folder.mistakes] == [f"plans/look.yaml:{line}: {told}"]


def test_that_the_sites_own_plan_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    shipped = sites.write(
        tmp_path / "shipped", {"look.yaml": sites.PLAN, "b.yaml": sites.PLAN.replace("id: look", "id: b")}
    )
    own = sites.PLAN.replace("version: 1", "version: 7")
    folder = sites.read(sites.write(tmp_path / "site", {**sites.FILES, "plans/look.yaml": own}), shipped)
    assert folder.mistakes == ()
    assert [(plan.id, plan.version) for plan in folder.plans] == [("b", 1), ("look", 7)]


def test_that_two_own_plans_of_one_id_are_told(tmp_path: Path) -> None:
    folder = sites.read(sites.write(tmp_path, {**sites.FILES, "plans/other.yaml": sites.PLAN}))
    assert [one.in_language("en") for one in folder.mistakes] == [
        'plans/other.yaml:1: The plan "look" is already in plans/look.yaml.'
    ]


def test_that_a_point_of_an_unreadable_plan_is_not_blamed(tmp_path: Path) -> None:
    folder = sites.read(sites.write(tmp_path, {**sites.FILES, "plans/look.yaml": "id: [\n"}))
    assert [one.file for one in folder.mistakes] == ["plans/look.yaml"]
