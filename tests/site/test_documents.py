"""What the documents show can be typed in as it stands, and every field is named in both languages."""

import dataclasses
import re
from pathlib import Path

import pytest

from console.models.plans import Answer, Plan, Step
from console.models.site import Rule, Site
from console.plan_files import PLACEHOLDERS
from console.site_checks import SECTIONS
from console.site_folder import read_site
from tests.site import sites

DOCS = Path(__file__).resolve().parents[2] / "docs"
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300"></svg>'


def shown(name: str) -> dict[str, str]:
    """The files that a document shows, by the name in their first line."""
    text = (DOCS / name).read_text(encoding="utf-8")
    return dict(re.findall(r"```yaml\n# (\S+\.yaml)\n(.*?)```", text, re.DOTALL))


def test_that_the_shown_site_and_plan_hold_no_mistake(tmp_path: Path) -> None:
    files = {**shown("site-folder.md"), **shown("plans.md")}
    assert set(files) >= {
        "site.yaml",
        "cameras.yaml",
        "points.yaml",
        "posts.yaml",
        "sources.yaml",
        "plans/visitor.yaml",
    }
    sites.write(tmp_path, {**files, "maps/plan.svg": DRAWING, "clips/lobby.mp4": "not empty"})
    read = read_site(tmp_path, **sites.kinds())
    assert [mistake.in_language("en") for mistake in read.mistakes] == []
    assert [plan.id for plan in read.plans] == ["fire", "perimeter_intrusion", "visitor"]


@pytest.mark.parametrize("kind", [Site, *SECTIONS.values(), Rule], ids=lambda kind: kind.__name__)
def test_that_every_field_of_a_site_is_in_the_document(kind: type) -> None:
    text = (DOCS / "site-folder.md").read_text(encoding="utf-8")
    missing = [field.name for field in dataclasses.fields(kind) if not re.search(rf"\b{field.name}\b", text)]
    assert missing == []


def test_that_every_list_is_in_the_chinese_document() -> None:
    text = (DOCS / "site-folder.zh-CN.md").read_text(encoding="utf-8")
    assert [name for name in SECTIONS if f"`{name}`" not in text] == []


@pytest.mark.parametrize("kind", [Plan, Step, Answer], ids=lambda kind: kind.__name__)
def test_that_every_field_of_a_plan_is_in_the_document(kind: type) -> None:
    text = (DOCS / "plans.md").read_text(encoding="utf-8")
    fields = {field.name for field in dataclasses.fields(kind)} - {"digest"}
    assert [name for name in sorted(fields) if f"`{name}`" not in text] == []


def test_that_every_placeholder_and_every_kind_of_step_is_in_the_document() -> None:
    text = (DOCS / "plans.md").read_text(encoding="utf-8")
    assert [name for name in sorted(PLACEHOLDERS) if f"`{{{name}}}`" not in text] == []
    assert [name for name in sites.kinds()["step_kinds"] if f"| `{name}` |" not in text] == []


def test_that_a_placeholder_is_one_that_the_call_step_fills() -> None:
    import console.steps.call.step as call

    named = set(re.findall(r"\{(\w+)\}", call.__doc__ or ""))
    assert named - {"zh", "en"} == set(PLACEHOLDERS)
