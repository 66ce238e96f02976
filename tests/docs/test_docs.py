"""The parts of the documents that follow from the code are as the code has them."""

import re
from pathlib import Path
from types import ModuleType

import pytest

from console.views.actions import ACTIONS
from tools import draw_states, drawn, write_commands, write_events, write_keys, write_settings

ROOT = Path(__file__).parents[2]
DRAWN = pytest.mark.parametrize(
    "tool",
    [draw_states, write_settings, write_keys, write_events, write_commands],
    ids=lambda tool: tool.FILE.name,
)


@DRAWN
def test_that_what_follows_from_the_code_is_drawn_from_the_code(tool: ModuleType) -> None:
    text = tool.FILE.read_text(encoding="utf-8")
    assert drawn.with_drawn(text, tool.drawn()) == text, f"run: python -m {tool.__name__}"


@DRAWN
def test_that_drawing_anew_leaves_what_was_written_by_hand(tool: ModuleType) -> None:
    text = tool.FILE.read_text(encoding="utf-8")
    changed = drawn.with_drawn(text, "nothing")
    head, tail = text.split(drawn.BEGIN)[0], text.split(drawn.END)[1]
    assert changed == f"{head}{drawn.BEGIN}\n\nnothing\n\n{drawn.END}{tail}"


def test_that_a_document_without_a_place_for_it_is_not_written_over() -> None:
    with pytest.raises(ValueError, match="lacks"):
        drawn.with_drawn("words by hand", "a table")


def test_that_a_bar_in_a_cell_does_not_end_the_cell() -> None:
    assert drawn.table(("a|b", "c"), [("x\ny", "")]) == "| a\\|b | c |\n|---|---|\n| x y |  |"


def test_that_the_page_of_keys_names_those_that_work_while_nobody_is_signed_on() -> None:
    text = write_keys.FILE.read_text(encoding="utf-8")
    locked = [key for action in ACTIONS if action.locked for key in action.keys]
    named = [line for line in text.splitlines() if "nobody is signed on" in line or "无人登录时" in line]
    assert len(named) == 2
    for line in named:
        assert sorted(part for part in line.split("`")[1::2]) == sorted(locked)


def test_that_the_site_folder_is_told_as_completely_in_chinese_as_in_english() -> None:
    english, chinese = ((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("site-folder.md", "site-folder.zh-CN.md"))

    def blocks(text: str) -> list[str]:
        return [re.sub(r"\s*#.*", "", one) for one in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]

    def shape(text: str) -> list[str]:
        plain = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        return [line.split(" ")[0] for line in plain.splitlines() if re.match(r"#+ ", line)]

    assert shape(english) == shape(chinese)
    assert blocks(english) == blocks(chinese)
    spoken = set(re.findall(r"`([a-z_]+)`", re.sub(r"```.*?```", "", english, flags=re.DOTALL)))
    assert spoken <= set(re.findall(r"`([a-z_]+)`", chinese)), spoken
