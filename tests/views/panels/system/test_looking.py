"""A page of the system panel is looked after while it is seen; the record is asked now and then, and when it comes up."""

from typing import Any

from PySide6.QtWidgets import QWidget

from console.views.panels.system.looking import Looking


def test_that_a_page_is_looked_after_only_while_it_is_seen_and_the_record_asked_now_and_then(qtbot: Any) -> None:
    done: list[str] = []
    page = QWidget()
    qtbot.addWidget(page)
    looking = Looking(page, 60_000, 3, lambda: done.append("ask"), lambda: done.append("show"))
    looking.look()
    assert done == [], "nobody sees it"
    page.show()
    for _turn in range(4):
        looking.look()
    assert done == ["ask", "show", "show", "show", "ask", "show"]
    looking.begin()
    looking.look()
    assert done[6:] == ["ask", "show", "show"]
    page.hide()
    looking.begin()
    assert len(done) == 9


def test_that_it_comes_by_itself(qtbot: Any) -> None:
    done: list[str] = []
    page = QWidget()
    qtbot.addWidget(page)
    page.show()
    Looking(page, 1, 2, lambda: done.append("ask"), lambda: done.append("show"))
    qtbot.waitUntil(lambda: done[:5] == ["ask", "show", "show", "ask", "show"])
    page.hide()
