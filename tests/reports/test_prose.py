"""Lines are broken by the rules of both scripts, nothing is lost, and nothing is wider than its column."""

from hypothesis import given
from hypothesis import strategies as st

from console.reports.paper import fonts
from console.reports.paper.prose import Ink, Prose, Run, broken, prose

INK = Ink(10)
LETTERS = st.text(
    alphabet=st.sampled_from("报警走廊，。、（）“”《》：ab cdefg12 34-/\n　𬱖WMi…%"),
    max_size=120,
)


def lines_of(text: str, limit_pt: float) -> list[str]:
    return ["".join(run.text for run in line) for line in broken([Run(text, INK)], limit_pt)]


def wide(text: str) -> float:
    return fonts.width_pt(text, INK.font, INK.size_pt)


def test_that_chinese_breaks_between_letters_and_latin_between_words() -> None:
    limit = wide("二层东侧走廊有明火")
    assert lines_of("二层东侧走廊有明火，正在扑救", limit) == ["二层东侧走廊有明", "火，正在扑救"]
    assert lines_of("smoke seen in the corridor", wide("smoke seen in")) == ["smoke seen in", "the corridor"]


def test_that_no_line_begins_with_closing_or_ends_with_opening_punctuation() -> None:
    text = "步骤“拨打119报警”：已接通（119消防），已告知；《火警处置预案》第3版。" * 4
    for limit in range(60, 200, 3):
        for line in lines_of(text, float(limit))[:-1]:
            assert line[-1] not in "（《“", (limit, line)
        for line in lines_of(text, float(limit))[1:]:
            assert line[0] not in "，。；：）》”", (limit, line)


def test_that_a_digest_wider_than_its_column_is_cut_and_stays_whole() -> None:
    digest = "0123456789abcdef" * 4
    lines = lines_of(digest, wide("0" * 20))
    assert len(lines) >= 4
    assert "".join(lines) == digest


def test_that_a_newline_ends_a_line_and_an_empty_text_is_one_line() -> None:
    assert lines_of("一\n\n二", 100) == ["一", "", "二"]
    assert lines_of("", 100) == [""]


@given(LETTERS, st.floats(12, 300))
def test_that_breaking_loses_nothing_and_keeps_to_the_column(text: str, limit: float) -> None:
    lines = lines_of(text, limit)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        widest = max((wide(letter) for letter in line), default=0.0)
        assert wide(line) <= max(limit, widest) + 0.02


@given(LETTERS, st.floats(40, 200), st.integers(1, 6))
def test_that_splitting_over_two_pages_keeps_every_line_once(text: str, limit: float, lines: int) -> None:
    whole = prose(text, INK)
    _, height = whole.wrap(limit, 10_000)
    parts = whole.split(limit, lines * whole.line_pt)
    if len(whole.lines) <= lines:
        assert parts == []
        return
    assert all(isinstance(part, Prose) for part in parts)
    first, rest = (part for part in parts if isinstance(part, Prose))
    assert len(first.lines) == lines
    assert (*first.lines, *rest.lines) == whole.lines
    assert first.wrap(limit, 10_000)[1] + rest.wrap(limit, 10_000)[1] == height


def test_that_a_part_too_small_for_a_line_is_not_cut() -> None:
    assert prose("一二三四五六七八九十" * 9, INK).split(50, 3) == []


def test_that_what_the_font_lacks_is_named_and_controls_are_dropped() -> None:
    assert fonts.printable("火🔥警") == "火[U+1F525]警"
    assert fonts.printable("a\x00b\x07c\x1b") == "a b c "
    assert fonts.printable("A\u200dB\ufe0f") == "AB"
    assert fonts.printable("行\r\n行\r行\t格") == "行\n行\n行\t格"
    assert fonts.printable("𬱖𫖯𬀩𬭚 ◆○● T+00:00 ℃") == "𬱖𫖯𬀩𬭚 ◆○● T+00:00 ℃"


def test_that_both_weights_know_the_same_letters() -> None:
    assert fonts.font(fonts.REGULAR).face.charToGlyph.keys() == fonts.font(fonts.BOLD).face.charToGlyph.keys()
