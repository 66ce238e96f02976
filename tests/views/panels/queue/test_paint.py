"""What a row of the queue shows where it has little room."""

from typing import Any

from PySide6.QtGui import QFontMetrics

from console.views import theme
from console.views.panels.queue.paint import fitting
from console.views.panels.queue.says import Mark


def test_that_a_mark_is_said_in_short_where_the_title_needs_the_room(qapp: Any) -> None:
    measure = QFontMetrics(theme.font("small_strong"))
    told, case = Mark("2 Somebody is there", "text.main", "Verified 2"), Mark("Case", "text.dim")
    whole = measure.horizontalAdvance(told.text) + 12
    short = measure.horizontalAdvance(told.short) + 12

    def words_in(room: int) -> list[str]:
        return [text for text, _tone, _wide in fitting([(told, False), (case, False)], measure, room)]

    assert words_in(10 * whole) == ["2 Somebody is there", "Case"]
    assert words_in(whole) == ["2 Somebody is there"]
    assert words_in(short) == ["Verified 2"]
    assert words_in(short - 1) == ["Case"]
    assert words_in(0) == []
    assert [text for text, _tone, _wide in fitting([(case, True)], measure, 0)] == ["Case"]
