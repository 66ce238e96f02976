"""The small things a panel is put together from."""

from typing import Any

from console.views.build import label, set_role


def test_that_a_label_that_becomes_a_chip_has_room_for_its_padding(qtbot: Any) -> None:
    plain, chip = label("plain", "dim"), label("chip", "chip")
    for one in (plain, chip):
        qtbot.addWidget(one)
        one.setText("Cameras 15/16")
        one.show()
    set_role(chip, tone="warning")
    set_role(plain, "chip", tone="warning")
    assert plain.sizeHint() == chip.sizeHint()
