"""The handover page on a real desk: filled already, counted by keys, read back, signed twice."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from console import i18n
from console.bridge import Bridge, Surroundings
from console.bus import Bus
from console.models.alarms import AlarmClass
from console.models.clock import FakeClock
from console.models.duty import CarryOver, Handover, HandoverState
from console.models.events import HandoverChanged
from console.models.ids import PlaceId
from console.models.people import SYSTEM, Account, Person, Role, SignOn
from console.models.trust import short_code
from console.services import alarms, handover, incidents, people
from console.services.desk import Desk, Ground
from console.services.passwords import Proof
from console.views.panels.handover.panel import HandoverPanel
from tests.records import open_record
from tests.services.post import CHEAP, MORNING, SEAT, SITE, actor
from tests.views.feeds import GradientFeed

EXPECT = "If it rains, look at the pump."


class Evening:
    """A day crew towards its end, their relief, and the page that one of them looks at."""

    def __init__(self, desk: Desk, clock: FakeClock, folder: Path) -> None:
        self.desk, self.clock = desk, clock
        self.printed: list[tuple[Any, ...]] = []
        self.people = {
            login: self.do(people.enter_person, CHEAP.hash(f"{login}-password"), login, login.title(), role, by=SYSTEM)
            for login, role in (
                ("li", Role.OPERATOR), ("wang", Role.LEADER), ("zhao", Role.OPERATOR), ("qian", Role.LEADER),
                ("boss", Role.SUPERVISOR),
            )
        }
        self.on = {login: self.sign_on(login) for login in ("li", "wang")}
        clock.advance(10 * 3600 + 50 * 60)
        self.bridge = Bridge(
            desk,
            Surroundings(
                feed=GradientFeed(),
                seat=SEAT,
                site_dir=folder,
                data_dir=folder,
                take_snapshot=lambda *_asked: Future(),
                print_report=self._print,
            ),
        )
        self.bridge.take_keyboard(self.on["li"])

    def _print(self, *asked: Any) -> "Future[Any]":
        self.printed.append(asked)
        return Future()

    def do(self, command: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.desk.do(command, *args, **kwargs).result()

    def find(self, kind: type, **equals: Any) -> Any:
        return self.desk.ask(lambda rx: rx.find(kind, **equals)).result()

    def sign_on(self, login: str) -> SignOn:
        person: Person = self.people[login]
        (account,) = self.find(Account, person=person.id)
        made: SignOn = self.do(people.accept_sign_on, Proof(person.id, account.password_hash), SEAT)
        return made

    def relieve(self) -> None:
        for login in ("zhao", "qian"):
            self.sign_on(login)

    @property
    def handover(self) -> Handover:
        (known,) = self.find(Handover)
        return known  # type: ignore[no-any-return]

    def told(self) -> int:
        return len(self.desk.ask(lambda rx: list(rx.journal(kinds=(HandoverChanged.__name__,)))).result())

    def fill(self, **fields: Any) -> None:
        self.do(handover.fill, self.handover.id, by=actor(self.people["li"]), **fields)

    def fill_all(self) -> None:
        self.fill(counts={"radio": 4, "torch": 2}, expect=EXPECT, read_back=("the pump when it rains",))


@pytest.fixture
def evening(qapp: Any, tmp_path: Path) -> Iterator[Evening]:
    """The people and the bridge of the evening."""
    clock = FakeClock(MORNING)
    with open_record(tmp_path / "data") as store, Desk(store, Ground(site=SITE), clock, Bus()) as desk:
        made = Evening(desk, clock, tmp_path)
        yield made
        made.bridge.close()


@pytest.fixture
def panel(qtbot: Any, evening: Evening) -> Iterator[HandoverPanel]:
    """The page as it is shown in a small window; the keys are elsewhere before it is asked for."""
    window = QWidget()
    elsewhere = QLineEdit(window)
    made = HandoverPanel(evening.bridge)
    inside = QVBoxLayout(window)
    inside.setContentsMargins(0, 0, 0, 0)
    inside.addWidget(elsewhere)
    inside.addWidget(made, 1)
    qtbot.addWidget(window)
    window.resize(1298, 720)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    elsewhere.setFocus()
    yield made
    window.close()


def child(panel: QWidget, name: str, kind: type = QWidget) -> Any:
    found = [one for one in panel.findChildren(kind, name) if one.isVisibleTo(panel)]
    return found[-1] if found else None


def text(panel: QWidget, name: str) -> str:
    found = child(panel, name)
    return found.text() if isinstance(found, QLabel | QAbstractButton | QLineEdit) else ""


def texts(panel: QWidget, start: str) -> list[str]:
    return [one.text() for one in panel.findChildren(QLabel) if one.objectName().startswith(start)]


def focus() -> str:
    widget = QApplication.focusWidget()
    return widget.objectName() if widget is not None else ""


def key(qtbot: Any, *keys: Qt.Key | str, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    for each in keys:
        if isinstance(each, str):
            qtbot.keyClicks(QApplication.focusWidget(), each)
        else:
            qtbot.keyClick(QApplication.focusWidget(), each, held)


def opened(qtbot: Any, panel: HandoverPanel) -> None:
    panel.begin()
    qtbot.waitUntil(lambda: child(panel, "handover.freeze") is not None)
    qtbot.waitUntil(lambda: focus() == "handover.freeze")


def frozen(qtbot: Any, panel: HandoverPanel) -> None:
    opened(qtbot, panel)
    key(qtbot, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: focus() == "handover.item.radio")


def ready(qtbot: Any, evening: Evening, panel: HandoverPanel) -> None:
    frozen(qtbot, panel)
    evening.relieve()
    evening.fill_all()
    qtbot.waitUntil(lambda: text(panel, "handover.hindrances_title") == "Nothing stands in the way.")


def hindrances(panel: HandoverPanel) -> list[str]:
    found = panel.findChildren(QAbstractButton)
    return [
        one.objectName().removeprefix("handover.hindrance.")
        for one in found
        if one.objectName().startswith("handover.hindrance.") and one.isVisibleTo(panel)
    ]


# ------------------------------------------------------------------------------------------------ by keys alone
def test_that_a_whole_handover_is_done_by_keys_alone(qtbot: Any, evening: Evening, panel: HandoverPanel) -> None:
    frozen(qtbot, panel)
    evening.relieve()
    key(qtbot, Qt.Key.Key_Minus)  # three radios of four
    qtbot.waitUntil(lambda: text(panel, "handover.count.radio") == "3")
    key(qtbot, Qt.Key.Key_Return)  # the rest is complete; the difference wants words
    qtbot.waitUntil(lambda: focus() == "handover.note.radio" and text(panel, "handover.count.torch") == "2")
    key(qtbot, "at the repair shop")
    key(qtbot, Qt.Key.Key_Return)
    held = Qt.KeyboardModifier.ControlModifier
    key(qtbot, Qt.Key.Key_Return, held=held)
    qtbot.waitUntil(lambda: focus() == "handover.expect")
    key(qtbot, EXPECT)
    key(qtbot, Qt.Key.Key_Return, held=held)
    qtbot.waitUntil(lambda: focus() == "handover.said.0")
    key(qtbot, "mind the pump when it rains")
    key(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: focus() == "handover.out_password")
    key(qtbot, "li-password")
    key(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: focus() == "handover.in_password")
    assert "Li signed at 18:50:00" in text(panel, "handover.out_who")
    key(qtbot, "zhao-password")
    key(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: text(panel, "handover.effective_at") == "18:50:00")
    done = evening.handover
    assert done.state is HandoverState.EFFECTIVE
    assert (done.equipment[0].actual, done.equipment[0].note) == (3, "at the repair shop")
    assert done.expect == EXPECT
    code = evening.desk.ask(handover.record_digest, done.id).result()
    assert text(panel, "handover.code") == short_code(code)


def test_that_counting_takes_digits_arrows_and_second_thoughts(
    qtbot: Any, evening: Evening, panel: HandoverPanel
) -> None:
    frozen(qtbot, panel)

    def radio(shown: str) -> None:
        qtbot.waitUntil(lambda: text(panel, "handover.count.radio") == shown)

    key(qtbot, "1")
    radio("1")
    key(qtbot, "2")
    radio("12")
    assert text(panel, "handover.count_says.radio") == "8 too many"
    key(qtbot, Qt.Key.Key_Backspace)
    radio("–")
    key(qtbot, Qt.Key.Key_Space)  # as it should be, and on
    qtbot.waitUntil(lambda: focus() == "handover.item.torch")
    radio("4")
    key(qtbot, Qt.Key.Key_Plus)
    qtbot.waitUntil(lambda: text(panel, "handover.count_says.torch") == "1 too many")
    key(qtbot, Qt.Key.Key_Up)
    assert focus() == "handover.item.radio"


# ------------------------------------------------------------------------------------------------ nothing is lost
def test_that_every_keystroke_is_on_disk_before_the_field_is_left(
    qtbot: Any, evening: Evening, panel: HandoverPanel
) -> None:
    frozen(qtbot, panel)
    told = evening.told()
    panel.form.begin_words()
    key(qtbot, "If it ra")
    qtbot.waitUntil(lambda: evening.handover.expect == "If it ra")
    assert evening.told() == told, "typing is no line of the record"
    key(qtbot, "ins")
    key(qtbot, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: evening.told() == told + 1)
    assert evening.handover.expect == "If it rains"


def test_that_leaving_the_page_in_mid_word_saves_it(qtbot: Any, evening: Evening, panel: HandoverPanel) -> None:
    frozen(qtbot, panel)
    panel.form.begin_words()
    key(qtbot, "half a wor")
    panel.hide()
    qtbot.waitUntil(lambda: evening.handover.expect == "half a wor")


def test_that_words_being_typed_are_not_overwritten_by_another_seat(
    qtbot: Any, evening: Evening, panel: HandoverPanel
) -> None:
    frozen(qtbot, panel)
    panel.form.begin_words()
    key(qtbot, "mine")
    qtbot.waitUntil(lambda: evening.handover.expect == "mine")
    evening.fill(remarks="theirs", expect="theirs too")
    remarks = child(panel, "handover.remarks", QPlainTextEdit)
    qtbot.waitUntil(lambda: remarks.toPlainText() == "theirs")
    assert child(panel, "handover.expect", QPlainTextEdit).toPlainText() == "mine"


# ------------------------------------------------------------------------------------------------ filled already
def test_that_the_form_is_filled_before_anybody_touches_a_key(
    qtbot: Any, evening: Evening, panel: HandoverPanel
) -> None:
    alarm = evening.do(
        alarms.report, alarm_class=AlarmClass.MANUAL, place=PlaceId("yard"), text="smoke", by=actor(evening.people["li"])
    )
    opened(qtbot, panel)
    qtbot.waitUntil(lambda: bool(texts(panel, f"handover.line_text.{alarm.id}")))
    assert "smoke" in texts(panel, f"handover.line_text.{alarm.id}")[0]
    assert text(panel, "handover.figure.alarms_number") == "1"
    evening.do(alarms.acknowledge, alarm.id, by=actor(evening.people["li"]))
    qtbot.waitUntil(lambda: "latched, acknowledged" in texts(panel, f"handover.line_text.{alarm.id}")[0])


def test_that_what_comes_after_t0_appears_in_its_own_strip(qtbot: Any, evening: Evening, panel: HandoverPanel) -> None:
    from console.services import log

    frozen(qtbot, panel)
    evening.do(log.write, "a parcel was found", by=actor(evening.people["li"]))
    qtbot.waitUntil(lambda: any("a parcel was found" in line for line in texts(panel, "handover.after_text")))


# ------------------------------------------------------------------------------------------------ what stands in the way
def test_that_a_hindrance_leads_to_where_it_is_done(qtbot: Any, evening: Evening, panel: HandoverPanel) -> None:
    frozen(qtbot, panel)
    qtbot.waitUntil(lambda: hindrances(panel)[:2] == ["equipment/radio", "equipment/torch"])
    assert not child(panel, "handover.out_sign").isEnabled()
    qtbot.mouseClick(child(panel, "handover.hindrance.equipment/torch"), Qt.MouseButton.LeftButton)
    assert focus() == "handover.item.torch"
    qtbot.mouseClick(child(panel, "handover.hindrance.expect"), Qt.MouseButton.LeftButton)
    assert focus() == "handover.expect"


def test_that_what_was_written_is_no_longer_missing_though_its_field_was_not_left(
    qtbot: Any, evening: Evening, panel: HandoverPanel
) -> None:
    frozen(qtbot, panel)
    evening.fill(counts={"radio": 4, "torch": 2})
    qtbot.waitUntil(lambda: hindrances(panel)[:1] == ["expect"])
    panel.form.begin_words()
    key(qtbot, "look at the pump")
    qtbot.waitUntil(lambda: "expect" not in hindrances(panel))
    assert focus() == "handover.expect"


def test_that_what_is_done_elsewhere_asks_for_its_page(qtbot: Any, evening: Evening, panel: HandoverPanel) -> None:
    frozen(qtbot, panel)
    evening.fill_all()
    qtbot.waitUntil(lambda: hindrances(panel) == ["incoming"])
    with qtbot.waitSignal(panel.page_asked, check_params_cb=lambda page: page == "sign_on"):
        panel.go_on()
    evening.relieve()
    alarm = evening.do(
        alarms.report, alarm_class=AlarmClass.MANUAL, place=None, text="help", by=actor(evening.people["li"])
    )
    qtbot.waitUntil(lambda: hindrances(panel) == ["alarms"])
    with qtbot.waitSignal(panel.page_asked, check_params_cb=lambda page: page == "watch"):
        panel.go_on()
    assert alarm is not None


def test_that_staying_on_is_asked_only_while_an_incident_is_open(
    qtbot: Any, evening: Evening, panel: HandoverPanel
) -> None:
    ready(qtbot, evening, panel)
    assert child(panel, "handover.stays_on") is None
    li = actor(evening.people["li"])
    alarm = evening.do(alarms.report, alarm_class=AlarmClass.MANUAL, place=None, text="help", by=li)
    evening.do(alarms.acknowledge, alarm.id, by=li)
    evening.do(incidents.open_for, alarm.id, by=li)
    qtbot.waitUntil(lambda: hindrances(panel) == ["stays_on"])
    panel.go_on()
    qtbot.waitUntil(lambda: focus() == "handover.stays_on")
    key(qtbot, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: evening.handover.stays_on)
    qtbot.waitUntil(lambda: hindrances(panel) == [])


# ------------------------------------------------------------------------------------------------ signatures
def test_that_a_wrong_password_is_told_beside_the_signature_and_leaves_the_field(
    qtbot: Any, evening: Evening, panel: HandoverPanel
) -> None:
    ready(qtbot, evening, panel)
    panel.go_on()
    qtbot.waitUntil(lambda: focus() == "handover.out_password")
    key(qtbot, "wrong", Qt.Key.Key_Return)
    assert child(panel, "handover.out_password", QLineEdit).text() == ""
    qtbot.waitUntil(lambda: "password is wrong" in text(panel, "handover.out_says"))
    assert evening.handover.state is HandoverState.FROZEN
    evening.clock.advance(3)
    key(qtbot, "li-password", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: evening.handover.state is HandoverState.SIGNED_OUT)


def test_that_the_outgoing_crew_cannot_sign_for_the_relief(qtbot: Any, evening: Evening, panel: HandoverPanel) -> None:
    ready(qtbot, evening, panel)
    panel.go_on()
    qtbot.waitUntil(lambda: focus() == "handover.out_password")
    key(qtbot, "li-password", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: focus() == "handover.in_password")
    child(panel, "handover.in_login", QLineEdit).setText("wang")
    key(qtbot, "wang-password", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Two different people" in text(panel, "handover.in_says"))
    assert evening.handover.state is HandoverState.SIGNED_OUT


def test_that_an_objection_is_written_settled_and_shown(qtbot: Any, evening: Evening, panel: HandoverPanel) -> None:
    ready(qtbot, evening, panel)
    qtbot.mouseClick(child(panel, "handover.dispute"), Qt.MouseButton.LeftButton)
    key(qtbot, "radio 3 is flat", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: focus() == "handover.in_password")
    key(qtbot, "zhao-password")
    child(panel, "handover.way_words").setFocus()
    key(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: evening.handover.state is HandoverState.DISPUTED)
    qtbot.waitUntil(lambda: "radio 3 is flat" in text(panel, "handover.written"))
    panel.go_on()
    qtbot.waitUntil(lambda: focus() == "handover.settlement")
    key(qtbot, "it is charged now", Qt.Key.Key_Return)
    child(panel, "handover.settle_login", QLineEdit).setText("qian")
    child(panel, "handover.settle_password").setFocus()
    key(qtbot, "qian-password", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: evening.handover.state is HandoverState.FROZEN)
    qtbot.waitUntil(lambda: "it is charged now" in text(panel, "handover.written"))


def test_that_a_refused_handover_is_opened_and_frozen_again(qtbot: Any, evening: Evening, panel: HandoverPanel) -> None:
    ready(qtbot, evening, panel)
    key_person = evening.people["zhao"]
    (account,) = evening.find(Account, person=key_person.id)
    proof = Proof(key_person.id, account.password_hash)
    evening.do(handover.accept_refusal, proof, evening.handover.id, SEAT, "unclear")
    qtbot.waitUntil(lambda: text(panel, "handover.freeze") == "Open the form again")
    qtbot.mouseClick(child(panel, "handover.freeze"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: text(panel, "handover.freeze") == "Begin the handover")
    assert evening.handover.expect == EXPECT
    qtbot.mouseClick(child(panel, "handover.freeze"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: evening.handover.state is HandoverState.FROZEN)
    qtbot.waitUntil(lambda: child(panel, "handover.freeze_again") is not None)
    before = evening.handover.frozen_at
    evening.clock.advance(60)
    qtbot.mouseClick(child(panel, "handover.freeze_again"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: evening.handover.frozen_at not in (None, before))


# ------------------------------------------------------------------------------------------------ in effect
def hand_over(qtbot: Any, evening: Evening, panel: HandoverPanel) -> None:
    ready(qtbot, evening, panel)
    for verb, login in ((handover.sign_out, "li"), (handover.sign_in, "zhao")):
        verb(evening.desk, evening.handover.id, login, f"{login}-password", SEAT).result()
    qtbot.waitUntil(lambda: child(panel, "handover.effective_at") is not None)


def test_that_an_effective_handover_is_printed_and_reviewed(qtbot: Any, evening: Evening, panel: HandoverPanel) -> None:
    hand_over(qtbot, evening, panel)
    panel.begin()
    qtbot.mouseClick(child(panel, "handover.print"), Qt.MouseButton.LeftButton)
    assert [asked[:3] for asked in evening.printed] == [("handover", evening.handover.id, "en")]
    child(panel, "handover.review_login", QLineEdit).setText("boss")
    child(panel, "handover.review_password").setFocus()
    key(qtbot, "boss-password", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: evening.handover.state is HandoverState.REVIEWED)
    qtbot.waitUntil(lambda: child(panel, "handover.review_login") is None)
    assert "Boss" in " ".join(texts(panel, "handover.signature_"))


def test_that_right_after_taking_over_the_page_shows_what_was_signed_and_later_the_next_form(
    qtbot: Any, evening: Evening, panel: HandoverPanel
) -> None:
    hand_over(qtbot, evening, panel)
    (on,) = evening.find(SignOn, person=evening.people["zhao"].id, off_at=None)
    evening.bridge.take_keyboard(on)
    panel.begin()
    qtbot.waitUntil(lambda: child(panel, "handover.new_form") is not None)
    assert len(evening.find(Handover)) == 1
    evening.clock.advance(2 * 3600)
    panel.begin()
    qtbot.waitUntil(lambda: child(panel, "handover.freeze") is not None)
    assert len(evening.find(Handover)) == 2


def test_that_who_may_not_sign_opens_no_form(qtbot: Any, evening: Evening, panel: HandoverPanel) -> None:
    evening.bridge.take_keyboard(evening.sign_on("boss"))
    panel.begin()
    qtbot.waitUntil(lambda: child(panel, "handover.nothing") is not None)
    assert evening.find(Handover) == ()


# ------------------------------------------------------------------------------------------------ words and names
def test_that_the_page_is_said_anew_in_chinese_and_loses_no_word(
    qtbot: Any, evening: Evening, panel: HandoverPanel
) -> None:
    frozen(qtbot, panel)
    evening.relieve()
    panel.form.begin_words()
    key(qtbot, "half a wor")
    i18n.set_language("zh_CN")
    panel.retranslate()
    qtbot.waitUntil(lambda: text(panel, "handover.hindrances_title").startswith("签名前还要做"))
    assert text(panel, "handover.read_back_title") == "接班人复述"
    assert text(panel, "handover.out_title") == "交班人"
    qtbot.waitUntil(lambda: evening.handover.expect == "half a wor")
    assert child(panel, "handover.expect", QPlainTextEdit).toPlainText() == "half a wor"


def test_that_everything_one_can_press_or_fill_has_a_name(qtbot: Any, evening: Evening, panel: HandoverPanel) -> None:
    ready(qtbot, evening, panel)
    own = (QAbstractButton, QLineEdit, QPlainTextEdit)
    nameless = [type(one).__name__ for one in panel.findChildren(QWidget) if isinstance(one, own) and not one.objectName()]
    assert not nameless
    fields = [one for one in panel.findChildren(QWidget) if isinstance(one, QLineEdit | QPlainTextEdit)]
    silent = [one.objectName() for one in fields if one.isVisibleTo(panel) and not one.accessibleName()]
    assert not silent


def test_that_no_field_is_cut_off_in_the_smallest_window(qtbot: Any, evening: Evening, panel: HandoverPanel) -> None:
    ready(qtbot, evening, panel)
    window = panel.window()
    window.resize(1112, 640)  # the smallest window, without its rail and status bar
    qtbot.waitUntil(lambda: window.width() == 1112 and panel.width() == 1112)
    for name in ("handover.out_sign", "handover.in_sign", "handover.dispute", "handover.weather", "handover.expect"):
        box = child(panel, name)
        corner = box.mapTo(panel, box.rect().bottomRight())
        assert panel.rect().contains(corner), name
        assert box.height() >= 20, name


# ------------------------------------------------------------------------------------------------ carry-overs
def test_that_something_unfinished_is_carried_over_and_closed_with_words(
    qtbot: Any, evening: Evening, panel: HandoverPanel
) -> None:
    opened(qtbot, panel)
    child(panel, "handover.carry").setFocus()
    key(qtbot, Qt.Key.Key_Return)
    assert evening.find(CarryOver) == ()
    key(qtbot, "lamp 7 is dead", Qt.Key.Key_Tab)
    assert focus() == "handover.carry_who"
    key(qtbot, "works", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(evening.find(CarryOver)) == 1)
    (lamp,) = evening.find(CarryOver)
    assert (lamp.text, lamp.owner) == ("lamp 7 is dead", "works")
    qtbot.waitUntil(lambda: child(panel, f"handover.close.{lamp.id}") is not None)
    qtbot.mouseClick(child(panel, f"handover.close.{lamp.id}"), Qt.MouseButton.LeftButton)
    key(qtbot, "new bulb", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: evening.find(CarryOver)[0].closing == "new bulb")
    qtbot.waitUntil(lambda: child(panel, f"handover.line.{lamp.id}") is None)
