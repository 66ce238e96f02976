"""The small things a panel is put together from."""

from typing import Any

from console.views.build import TitleLabel, label, set_role


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
