"""The small things a panel is put together from."""

from typing import Any

import pytest
from PySide6.QtGui import QFontMetrics

from console.views import theme
from console.views.build import TitleLabel, choices, elided_alarm, label, set_role


def test_that_a_label_that_becomes_a_chip_has_room_for_its_padding(qtbot: Any) -> None:
    plain, chip = label("plain", "dim"), label("chip", "chip")
    for one in (plain, chip):
        qtbot.addWidget(one)
        one.setText("Cameras 15/16")
        one.show()
    set_role(chip, tone="warning")
    set_role(plain, "chip", tone="warning")
    assert plain.sizeHint() == chip.sizeHint()


def test_that_a_title_is_said_shorter_where_there_is_no_room_and_never_cut(qtbot: Any, looks: None) -> None:
    title = TitleLabel("title")
    qtbot.addWidget(title)
    title.say("Live pictures", "Live")
    title.ensurePolished()
    wide = title.fontMetrics().horizontalAdvance
    for room, said in ((wide("Live pictures"), "Live pictures"), (wide("Live pictures") - 1, "Live"), (wide("Live") - 1, "")):
        title.resize(room, 20)
        assert title.fitting() == said
    assert title.minimumSizeHint().width() == wide("Live")
    assert title.text() == "Live pictures"


@pytest.mark.parametrize("width_px", [140, 200, 260, 340])
def test_that_of_an_alarm_the_place_is_cut_and_not_what_happened(looks: None, width_px: int) -> None:
    measure = QFontMetrics(theme.font("strong"))
    for title in (
        "东侧围墙对射 2区（东北角地下车库与一号辅楼之间连廊北侧出入口靠近消防水泵房三号配电间外墙防区） · 盗窃报警",
        "Beam at the north-eastern corner between the underground garage and the first annex building · burglary",
    ):
        shown = elided_alarm(measure, title, width_px)
        assert measure.horizontalAdvance(shown) <= width_px
        assert shown.endswith(title.partition(" · ")[2])
        assert shown.startswith(title[:2])
    assert elided_alarm(measure, "Gate · burglary", 600) == "Gate · burglary"
    both = elided_alarm(measure, f"{'Beam at the corner ' * 9} · {'somebody was seen there ' * 9}", 300)
    assert measure.horizontalAdvance(both) <= 300
    assert both.startswith("Beam at")
    assert "· some" in both


def test_that_a_field_of_choices_is_no_wider_for_a_long_name(looks: None, qtbot: Any) -> None:
    made = choices("some.choice")
    qtbot.addWidget(made)
    before = made.minimumSizeHint().width()
    made.addItem("东北角地下车库与一号辅楼之间连廊北侧出入口靠近消防水泵房三号配电间外墙防区" * 3)
    assert made.minimumSizeHint().width() == before < 220
