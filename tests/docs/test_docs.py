"""The documents say what the code does."""

from tools import draw_states


def test_that_the_tables_of_states_are_drawn_from_the_code() -> None:
    text = draw_states.FILE.read_text(encoding="utf-8")
    assert draw_states.with_tables(text) == text, "run: python -m tools.draw_states"
