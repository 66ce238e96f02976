"""The looks: complete, readable, and never without a token that the style sheet asks for."""

import re
import tomllib

import pytest
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QApplication

from console import resources
from console.models.alarms import Priority
from console.views import theme, words
from console.views.theme import LOOKS, look, style_sheet

# WCAG 2.1: 4.5 for text, 3 for large text and for shapes that carry meaning.
TEXT_ON = (
    ("text.main", "surface.base"), ("text.main", "surface.window"), ("text.main", "surface.raised"),
    ("text.strong", "surface.base"), ("text.dim", "surface.base"), ("text.dim", "surface.window"),
    ("text.dim", "surface.rail"), ("text.dim", "surface.strip"), ("text.main", "surface.strip"),
    ("focus.selection_text", "focus.selection"), ("button.main_text", "button.main"),
    ("state.warning", "state.warning_ground"), ("state.fault", "state.fault_ground"),
    ("state.warning", "surface.window"), ("state.fault", "surface.base"), ("state.fault", "surface.strip"),
    ("state.warning", "surface.strip"), ("state.drill", "state.drill_ground"),
    *((f"{token}_text", "surface.base") for token in words.PRIORITY_TOKEN.values()),
    *((f"{token}_text", f"{token}_ground") for token in words.PRIORITY_TOKEN.values()),
    *((f"{token}_text", "focus.selection") for token in words.PRIORITY_TOKEN.values()),
    *(("text.strong", f"{token}_ground") for token in words.PRIORITY_TOKEN.values()),
)  # fmt: skip
SHAPES_ON = tuple((token, "surface.base") for token in words.PRIORITY_TOKEN.values() if token != "alarm.medium")


def luminance(colour: str) -> float:
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in QColor(colour).getRgbF()]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", LOOKS)
def test_that_every_text_can_be_read_on_its_ground(name: str) -> None:
    tokens = look(name).tokens
    faint = {
        f"{text} on {ground}": round(contrast(tokens[text], tokens[ground]), 2)
        for text, ground in TEXT_ON
        if contrast(tokens[text], tokens[ground]) < 4.5
    }
    assert not faint


@pytest.mark.parametrize("name", LOOKS)
def test_that_the_shapes_of_the_priorities_stand_out_from_the_ground(name: str) -> None:
    tokens = look(name).tokens
    for shape, ground in SHAPES_ON:
        assert contrast(tokens[shape], tokens[ground]) >= 2.0, (shape, ground)


def test_that_night_and_day_have_the_same_tokens() -> None:
    assert look("night").tokens.keys() == look("day").tokens.keys()


@pytest.mark.parametrize("name", LOOKS)
def test_that_the_style_sheet_has_every_token_put_in(name: str) -> None:
    sheet = style_sheet(look(name))
    assert "@{" not in sheet
    for file in re.findall(r"url\(([^)]+)\)", sheet):
        assert resources.path("theme").joinpath(file.rsplit("/", 1)[1]).is_file()


def saturation(colour: str) -> float:
    return QColor(colour).getHsvF()[1]


@pytest.mark.parametrize("name", LOOKS)
def test_that_only_alarms_and_what_is_wrong_have_a_colour(name: str) -> None:
    quiet = ("surface.", "text.", "focus.", "button.")
    colourful = {
        token: value
        for token, value in look(name).tokens.items()
        if token.startswith(quiet) and saturation(value) > 0.5
    }
    assert not colourful


def test_that_each_priority_has_a_colour_of_its_own() -> None:
    for name in LOOKS:
        assert len({look(name).tokens[words.PRIORITY_TOKEN[priority]] for priority in Priority}) == len(Priority)


def test_that_the_step_and_the_telephone_number_are_read_at_arms_length(looks: None) -> None:
    assert theme.font("step").pointSizeF() >= 22
    assert theme.font("phone").pointSizeF() >= 28
    assert theme.font("step").hintingPreference() is QFont.HintingPreference.PreferNoHinting


def test_that_the_look_can_be_changed_while_the_program_runs(looks: None, qapp: QApplication) -> None:
    night = qapp.palette().window().color().lightness()
    theme.put_on(qapp, "day")
    assert qapp.palette().window().color().lightness() > night + 100
    assert theme.current().name == "day"
    assert theme.color("surface.window") == qapp.palette().window().color()


def test_that_the_looks_are_plain_data() -> None:
    for name in LOOKS:
        tomllib.loads(resources.path(f"theme/{name}.toml").read_text(encoding="utf-8"))
