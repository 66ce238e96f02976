"""Signing on with real passwords: the first start, two people, a wrong word and its pause, leaving."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from console.models.clock import FakeClock
from console.models.people import Actor, Person, Role
from console.services import people
from console.views.sign_on import SignOnPage
from tests.views import posts

PASSWORDS = {"zhang": "orange Kite 71", "li": "blue Stone 42", "chen": "red Table 94"}


@pytest.fixture
def fresh(looks: None, qtbot: Any, tmp_path: Path, clock: FakeClock) -> Iterator[posts.Seat]:
    """A post that nobody has been entered at."""
    with posts.seat(tmp_path, clock, crew=False) as running:
        yield running


@pytest.fixture
def manned(fresh: posts.Seat) -> posts.Seat:
    """A post with three people and their passwords."""
    admin = people.create_administrator(fresh.desk, "chen", "陈晨", PASSWORDS["chen"]).result()
    by = Actor(person=admin.id, name=admin.name, role=Role.ADMINISTRATOR, seat="1")
    people.add_person(fresh.desk, "zhang", "张伟", Role.LEADER, PASSWORDS["zhang"], by=by).result()
    people.add_person(fresh.desk, "li", "李娜", Role.OPERATOR, PASSWORDS["li"], by=by).result()
    return fresh


def page(qtbot: Any, seat: posts.Seat) -> SignOnPage:
    made = SignOnPage(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    made.begin()
    return made


def field(made: SignOnPage, name: str) -> QLineEdit:
    found = made.findChild(QLineEdit, name)
    assert isinstance(found, QLineEdit)
    return found


def sign_on(qtbot: Any, made: SignOnPage, login: str, password: str) -> None:
    qtbot.waitUntil(lambda: field(made, "sign_on.login").isVisible())
    field(made, "sign_on.login").setText(login)
    qtbot.keyClick(field(made, "sign_on.login"), Qt.Key.Key_Return)
    field(made, "sign_on.password").setText(password)
    qtbot.keyClick(field(made, "sign_on.password"), Qt.Key.Key_Return)


def test_that_the_first_start_makes_the_administrator_and_signs_them_on(qtbot: Any, fresh: posts.Seat) -> None:
    made = page(qtbot, fresh)
    qtbot.waitUntil(lambda: field(made, "first.name").isVisible())
    assert not field(made, "sign_on.login").isVisible()
    for name, text in (("name", "陈晨"), ("login", "chen"), ("password", "red Table 94"), ("again", "red table 94")):
        field(made, f"first.{name}").setText(text)
    made.findChild(QPushButton, "first.go").click()
    assert made.findChild(QLabel, "first.says").text() == "The two passwords differ."
    field(made, "first.again").setText("red Table 94")
    made.findChild(QPushButton, "first.go").click()
    qtbot.waitUntil(lambda: fresh.bridge.actor is not None)
    assert fresh.bridge.actor.role is Role.ADMINISTRATOR
    (person,) = fresh.desk.ask(lambda rx: rx.find(Person)).result()
    assert person.login == "chen"
    qtbot.waitUntil(lambda: not field(made, "first.name").isVisible())


def test_that_a_weak_first_password_is_refused_with_a_sentence(qtbot: Any, fresh: posts.Seat) -> None:
    made = page(qtbot, fresh)
    qtbot.waitUntil(lambda: field(made, "first.name").isVisible())
    for name, text in (("name", "陈晨"), ("login", "chen"), ("password", "chen1"), ("again", "chen1")):
        field(made, f"first.{name}").setText(text)
    made.findChild(QPushButton, "first.go").click()
    qtbot.waitUntil(lambda: "password" in made.findChild(QLabel, "first.says").text().casefold())
    assert fresh.bridge.actor is None


def test_that_a_person_takes_the_keyboard_and_the_page_is_left(qtbot: Any, manned: posts.Seat) -> None:
    made = page(qtbot, manned)
    with qtbot.waitSignal(made.left):
        sign_on(qtbot, made, "zhang", PASSWORDS["zhang"])
    assert manned.bridge.actor.name == "张伟"
    assert field(made, "sign_on.password").text() == ""
    assert field(made, "sign_on.login").text() == ""


def test_that_two_people_are_on_watch_and_the_second_has_the_keyboard(qtbot: Any, manned: posts.Seat) -> None:
    made = page(qtbot, manned)
    sign_on(qtbot, made, "zhang", PASSWORDS["zhang"])
    qtbot.waitUntil(lambda: manned.bridge.actor is not None)
    count = made.findChild(QLabel, "presence.count")
    qtbot.waitUntil(lambda: count.text() == "1 of 2 on watch")
    assert count.property("tone") == "warning"
    sign_on(qtbot, made, "li", PASSWORDS["li"])
    qtbot.waitUntil(lambda: manned.bridge.actor.name == "李娜")
    qtbot.waitUntil(lambda: count.text() == "2 of 2 on watch")
    assert not count.property("tone")


def test_that_a_wrong_password_costs_a_pause_that_is_shown_running_down(
    qtbot: Any, manned: posts.Seat
) -> None:
    made = page(qtbot, manned)
    says = made.findChild(QLabel, "sign_on.says")
    go = made.findChild(QPushButton, "sign_on.go")
    sign_on(qtbot, made, "zhang", "wrong")
    qtbot.waitUntil(lambda: says.text() == "Login or password is wrong. Next try in 0:02.")
    assert not go.isEnabled()
    assert field(made, "sign_on.password").text() == "", "the password does not stay in the field"
    field(made, "sign_on.password").setText(PASSWORDS["zhang"])
    made._form.submit()
    assert manned.bridge.actor is None, "nothing is checked while the pause lasts"
    manned.clock.advance(3)
    qtbot.waitUntil(go.isEnabled)
    made._form.submit()
    qtbot.waitUntil(lambda: manned.bridge.actor is not None)


def test_that_a_login_nobody_has_costs_the_same_pause_and_is_told_the_same(qtbot: Any, manned: posts.Seat) -> None:
    made = page(qtbot, manned)
    says = made.findChild(QLabel, "sign_on.says")
    sign_on(qtbot, made, "nobody-at-all", "wrong")
    qtbot.waitUntil(lambda: says.text() == "Login or password is wrong. Next try in 0:02.")
    assert not made.findChild(QPushButton, "sign_on.go").isEnabled()


def test_that_who_is_needed_may_not_leave_and_is_told_why(qtbot: Any, manned: posts.Seat) -> None:
    made = page(qtbot, manned)
    sign_on(qtbot, made, "li", PASSWORDS["li"])
    qtbot.waitUntil(lambda: made.findChild(QPushButton, "presence.leave_0") is not None)
    made.findChild(QPushButton, "presence.leave_0").click()
    says = made.findChild(QLabel, "presence.says")
    qtbot.waitUntil(lambda: "relief" in says.text())
    assert not made.findChild(QLineEdit, "presence.reason").isVisible(), "an operator lets nobody go"
    assert manned.bridge.actor is not None


def test_that_a_leader_lets_somebody_go_with_a_reason(qtbot: Any, manned: posts.Seat) -> None:
    made = page(qtbot, manned)
    sign_on(qtbot, made, "li", PASSWORDS["li"])
    qtbot.waitUntil(lambda: manned.bridge.actor is not None)
    sign_on(qtbot, made, "zhang", PASSWORDS["zhang"])
    qtbot.waitUntil(lambda: made.findChild(QPushButton, "presence.leave_1") is not None)
    made.findChild(QPushButton, "presence.leave_0").click()
    reason = made.findChild(QLineEdit, "presence.reason")
    qtbot.waitUntil(reason.isVisible)
    qtbot.keyClicks(reason, "taken ill")
    qtbot.keyClick(reason, Qt.Key.Key_Return)
    count = made.findChild(QLabel, "presence.count")
    qtbot.waitUntil(lambda: count.text() == "1 of 2 on watch")
    assert manned.bridge.actor.name == "张伟"
