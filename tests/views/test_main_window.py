"""The window: two keys to the first step, keys that are never taken from who types, one screen in two languages."""

from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QCloseEvent, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from console import i18n
from console.models.alarms import State
from console.models.incidents import LogEntry
from console.models.plans import PlanRun
from console.models.text import Text
from console.services import incidents
from console.views import theme
from console.views.build import ShrinkingLabel
from console.views.layout import PAGES
from console.views.main_window import MainWindow
from tests.views.posts import Seat


@pytest.fixture
def window(qtbot: Any, seat: Seat) -> MainWindow:
    seat.take_keyboard()
    made = MainWindow(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    qtbot.waitUntil(lambda: made.panels["queue"].table.hasFocus() or not made.isActiveWindow())
    return made


def press(qtbot: Any, window: MainWindow, key: Qt.Key, **more: Any) -> None:
    """Press a key where the keyboard is."""
    qtbot.keyClick(QApplication.focusWidget() or window, key, **more)


def runs(seat: Seat) -> tuple[PlanRun, ...]:
    return seat.desk.ask(lambda rx: rx.find(PlanRun)).result()


def wait_for_alarms(qtbot: Any, window: MainWindow, n: int) -> None:
    qtbot.waitUntil(lambda: window.panels["queue"].model.rowCount() == n)


def test_that_two_keys_lead_from_idle_to_the_first_step_of_the_top_alarm(
    qtbot: Any, window: MainWindow, seat: Seat
) -> None:
    seat.ring("beam-west-1")
    fire = seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    wait_for_alarms(qtbot, window, 2)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.work.front() == "response")
    assert window.panels["queue"].table.chosen().id == fire.id
    press(qtbot, window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(runs(seat)) == 1)
    qtbot.waitUntil(lambda: seat.alarm(fire.id).state is State.ACKED)
    (run,) = runs(seat)
    assert run.place is not None
    assert run.place.step == run.plan.steps[0].id
    step = run.plan.steps[0].title.en
    qtbot.waitUntil(lambda: any(label.text() == step for label in window.panels["response"].findChildren(QLabel)))


def test_that_the_step_and_nothing_smaller_is_read_at_arms_length(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    wait_for_alarms(qtbot, window, 1)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.work.front() == "response")
    press(qtbot, window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(runs(seat)) == 1)
    title = runs(seat)[0].plan.steps[0].title.en
    panel = window.panels["response"]
    qtbot.waitUntil(lambda: any(label.text() == title for label in panel.findChildren(QLabel)))
    shown = next(label for label in panel.findChildren(QLabel) if label.text() == title)
    assert shown.font().pointSizeF() >= 22


def test_that_a_key_held_down_acknowledges_one_alarm(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    seat.ring("beam-west-1")
    wait_for_alarms(qtbot, window, 1)
    event = QKeyEvent(
        QKeyEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", autorep=True
    )
    QApplication.sendEvent(window.panels["queue"].table, event)
    qtbot.wait(50)
    assert seat.alarm(window.panels["queue"].model.alarm(0).id).acknowledged is None


def test_that_a_field_keeps_its_keys_and_escape_gives_the_keyboard_back(
    qtbot: Any, window: MainWindow, seat: Seat
) -> None:
    alarm = seat.ring("beam-west-1")
    wait_for_alarms(qtbot, window, 1)
    press(qtbot, window, Qt.Key.Key_F7)
    field = window.findChild(QLineEdit, "log.entry.field")
    qtbot.waitUntil(lambda: QApplication.focusWidget() is field)
    qtbot.keyClicks(field, "gate 3 checked, 2 people")
    assert field.text() == "gate 3 checked, 2 people"
    assert seat.alarm(alarm.id).acknowledged is None
    press(qtbot, window, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is window.panels["queue"].table
    assert field.text() == "gate 3 checked, 2 people", "Esc never loses what was typed"
    press(qtbot, window, Qt.Key.Key_F1)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: seat.alarm(alarm.id).acknowledged is not None)


def test_that_enter_in_the_log_writes_a_line_and_starts_no_plan(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    wait_for_alarms(qtbot, window, 1)
    press(qtbot, window, Qt.Key.Key_F7)
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    qtbot.keyClicks(QApplication.focusWidget(), "-20 water delivered")
    press(qtbot, window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(seat.desk.ask(lambda rx: rx.find(LogEntry)).result()))
    (entry,) = seat.desk.ask(lambda rx: rx.find(LogEntry)).result()
    assert entry.text == "water delivered"
    assert (entry.written_at - entry.happened_at).total_seconds() == 1200
    assert runs(seat) == ()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window.panels["queue"].table)


def test_that_a_plain_key_does_nothing_on_a_page_where_its_panel_is_not_seen(
    qtbot: Any, window: MainWindow, seat: Seat
) -> None:
    alarm = seat.ring("beam-west-1")
    wait_for_alarms(qtbot, window, 1)
    window.show_system()
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.wait(50)
    assert seat.alarm(alarm.id).acknowledged is None
    assert window.page == "system"


def test_that_a_plain_key_first_shows_a_panel_that_stands_behind_a_tab(
    qtbot: Any, window: MainWindow, seat: Seat
) -> None:
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    wait_for_alarms(qtbot, window, 1)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.work.front() == "response")
    window.work.bring("due", over_typing=True)
    window.panels["queue"].begin()
    qtbot.keyClick(window.panels["queue"].table, Qt.Key.Key_1)
    assert window.work.front() == "response"
    assert runs(seat) == (), "the first press only shows it"


def test_that_an_alarm_is_reported_by_a_digit_and_enter(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    press(qtbot, window, Qt.Key.Key_F9)
    assert window.work.front() == "manual"
    press(qtbot, window, Qt.Key.Key_4)
    press(qtbot, window, Qt.Key.Key_Return)
    wait_for_alarms(qtbot, window, 1)
    raised = window.panels["queue"].model.alarm(0)
    assert raised.alarm_class.value == "medical"
    assert not window.work.has("manual")
    qtbot.waitUntil(lambda: window.panels["queue"].table.chosen() is not None)


def test_that_pages_are_shown_by_their_keys(qtbot: Any, window: MainWindow) -> None:
    for number, page in enumerate(PAGES, start=1):
        press(qtbot, window, Qt.Key(Qt.Key.Key_0 + number), modifier=Qt.KeyboardModifier.ControlModifier)
        assert window.page == page.key
        assert window.rail._pages[page.key].isChecked()


def test_that_the_help_comes_and_goes_by_its_keys(qtbot: Any, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_F1, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert window.page == "help"
    press(qtbot, window, Qt.Key.Key_Escape)
    assert window.page == "watch"
    qtbot.keyClicks(window.panels["queue"].table, "?")
    assert window.page == "help"
    window.findChild(QPushButton, "help.back").click()
    assert window.page == "watch"


def test_that_a_locked_keyboard_shows_only_the_sign_on_page_and_obeys_nothing(
    qtbot: Any, window: MainWindow, seat: Seat
) -> None:
    alarm = seat.ring("beam-west-1")
    wait_for_alarms(qtbot, window, 1)
    press(qtbot, window, Qt.Key.Key_L, modifier=Qt.KeyboardModifier.ControlModifier)
    assert window.page == "sign_on"
    window.show_watch()
    assert window.page == "sign_on"
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.keyClick(window, Qt.Key.Key_F9)
    qtbot.wait(50)
    assert window.page == "sign_on"
    assert seat.alarm(alarm.id).acknowledged is None
    assert window.banner.isVisible(), "an alarm is told even then"


def test_that_an_alarm_is_told_across_every_other_page(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    window.show_log()
    field = QApplication.focusWidget()
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    qtbot.waitUntil(window.banner.isVisible)
    assert QApplication.focusWidget() is field, "a banner never takes the keyboard"
    qtbot.keyClick(field, Qt.Key.Key_F1)
    assert window.page == "watch"
    assert window.panels["queue"].table.chosen() is not None
    assert not window.banner.isVisible()


def test_that_a_bigger_alarm_raises_a_banner_while_a_plan_runs(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    water = seat.ring("water-garage", alarm_class="flood", priority=3)
    wait_for_alarms(qtbot, window, 1)
    window.panels["queue"].table.choose_row(0)
    case = seat.desk.do(incidents.open_for, water.id, by=seat.bridge.actor).result()
    qtbot.waitUntil(lambda: window.panels["queue"].table.chosen().incident == case.id)
    assert not window.banner.isVisible()
    fire = seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.told.id == fire.id
    assert window.panels["queue"].table.chosen().id == water.id, "the plan in hand keeps its place"
    press(qtbot, window, Qt.Key.Key_F1)
    assert window.panels["queue"].table.chosen().id == fire.id, "F1 goes where the banner says"
    window.panels["queue"].table.choose_row(window.panels["queue"].model.row_of(water.id))
    window.findChild(QPushButton, "banner.go").click()
    assert window.panels["queue"].table.chosen().id == fire.id


def test_that_a_refusal_is_said_in_the_notice_bar_and_leaves_by_escape(
    qtbot: Any, window: MainWindow, seat: Seat
) -> None:
    seat.bridge.refused.emit(Text("不允许", "Not allowed"))
    assert window.notice.isVisible()
    assert window.findChild(QLabel, "notice.sentence").text() == "Not allowed"
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not window.notice.isVisible()
    seat.bridge.broken.emit("B-12AB34")
    assert "B-12AB34" in window.findChild(QLabel, "notice.sentence").text()


def test_that_a_click_on_a_button_leaves_the_keyboard_with_the_queue(
    qtbot: Any, window: MainWindow, seat: Seat
) -> None:
    table = window.panels["queue"].table
    table.setFocus()
    button = QPushButton(window)
    button.show()
    button.setFocus()
    window.keys.focus_moved(table, button, by_mouse=True)
    assert QApplication.focusWidget() is table
    window.keys.focus_moved(table, button, by_mouse=False)
    button.setFocus()
    assert QApplication.focusWidget() is button, "who walks there by Tab stays there"
    pressed: list[bool] = []
    button.clicked.connect(lambda checked=False: pressed.append(checked))
    qtbot.keyClick(button, Qt.Key.Key_Return)
    assert pressed == [False]
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    assert runs(seat) == ()


def test_that_the_window_is_not_closed_by_one_careless_click(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    class Clicked(QCloseEvent):
        def spontaneous(self) -> bool:
            return True

    first = Clicked()
    window.closeEvent(first)
    assert not first.isAccepted()
    assert "again within 8 seconds" in window.findChild(QLabel, "notice.sentence").text()
    seat.clock.advance(9)
    late = Clicked()
    window.closeEvent(late)
    assert not late.isAccepted()
    seat.clock.advance(2)
    meant = Clicked()
    window.closeEvent(meant)
    assert meant.isAccepted()


# ---------------------------------------------------------------- one screen, two languages, two looks


def texts(window: QWidget) -> dict[str, str]:
    """Every text of the screen by the name of its widget."""
    found: dict[str, str] = {}
    for widget in window.findChildren(QWidget):
        name = widget.objectName()
        if not name or name.startswith("qt_"):
            continue
        if isinstance(widget, QLabel | QAbstractButton):
            found[name] = widget.text()
        elif isinstance(widget, QLineEdit | QPlainTextEdit):
            found[name] = widget.placeholderText()
        elif isinstance(widget, QComboBox):
            found[name] = "|".join(widget.itemText(n) for n in range(widget.count()))
    return found


def test_that_the_whole_screen_changes_its_language_at_once(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    wait_for_alarms(qtbot, window, 1)
    window.speak("zh_CN")
    chinese = {entry: said for (context, entry), said in i18n.catalogue("zh_CN").sentences.items() if not context}
    left = {
        name: text
        for name, text in texts(window).items()
        if text in chinese and chinese[text] != text
    }
    assert not left, "still in English"
    assert window.windowTitle() == "星河学生公寓 - 值守台"
    before = texts(window)
    window.speak("en")
    window.speak("zh_CN")
    assert texts(window) == before


def test_that_the_look_changes_at_once_and_is_kept_for_the_seat(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    night = window.grab().toImage().pixelColor(5, 300).lightness()
    press(qtbot, window, Qt.Key.Key_F11)
    assert theme.current().name == "day"
    assert window.grab().toImage().pixelColor(5, 300).lightness() > night + 80
    assert window._kept.now.look == "day"


class Wardrobe(QObject):
    """Counts how often widgets are dressed while it is there."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self._app = app
        self.times = 0

    @override
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.times += event.type() is QEvent.Type.StyleChange
        return False

    def __enter__(self) -> "Wardrobe":
        self._app.installEventFilter(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._app.removeEventFilter(self)


def test_that_no_widget_is_dressed_over_and_over_when_the_window_is_built_and_when_its_look_changes(
    qtbot: Any, qapp: QApplication, seat: Seat
) -> None:
    # Each time costs the whole style sheet: with seven and ten a widget, a start and a change took a second longer.
    with Wardrobe(qapp) as built:
        window = MainWindow(seat.bridge)
    qtbot.addWidget(window)
    widgets = len(window.findChildren(QWidget))
    assert widgets < built.times < 5 * widgets
    window.show()
    with Wardrobe(qapp) as changed:
        window.wear("day")
    assert widgets <= changed.times < 4 * widgets


def cut_off(window: QWidget) -> list[str]:
    """Labels and buttons that are to be seen but have less room than their text needs."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window) or isinstance(widget, ShrinkingLabel):
            continue
        if isinstance(widget, QLabel) and widget.text() and not widget.wordWrap():
            needed = QFontMetrics(widget.font()).horizontalAdvance(widget.text())
            if widget.contentsRect().width() + 1 < needed:
                found.append(f"{widget.objectName()}: {widget.text()!r} {widget.contentsRect().width()} < {needed}")
        elif (
            isinstance(widget, QPushButton | QToolButton)
            and widget.text()
            and (widget.width() + 1 < widget.minimumSizeHint().width() or widget.height() < 20)
        ):
            found.append(f"{widget.objectName()}: {widget.text()!r}")
        box = widget.rect()
        corner = widget.mapTo(window, box.bottomRight())
        inside = isinstance(widget, QPushButton | QToolButton) and not _scrolls(widget)
        if inside and (corner.x() > window.width() or corner.y() > window.height()):
            found.append(f"{widget.objectName()} lies outside of the window")
    return found


def _scrolls(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea):
            return True
        parent = parent.parentWidget()
    return False


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_that_nothing_is_cut_off(
    qtbot: Any, window: MainWindow, seat: Seat, size: tuple[int, int], language: str
) -> None:
    window.resize(*size)
    window.speak(language)
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    wait_for_alarms(qtbot, window, 1)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.work.has("response"))
    found: dict[str, list[str]] = {}

    def look(at: str) -> None:
        qtbot.wait(30)
        try:
            # What comes from the desk is laid out when it has come.
            qtbot.waitUntil(lambda: not cut_off(window), timeout=15_000)
        except qtbot.TimeoutError:
            found[at] = cut_off(window)

    for page in (*(page.key for page in PAGES), "sign_on", "help"):
        window.show_page(page)
        look(page)
    window.show_watch()
    for tab in ("due", "log", "response"):
        window.work.bring(tab, over_typing=True)
        look(tab)
    assert window.width() <= size[0], "the window was pushed wider than the screen"
    assert window.height() <= size[1]
    assert not found, found


def test_that_the_window_can_be_as_small_as_the_smallest_screen(window: MainWindow) -> None:
    hint = window.minimumSizeHint()
    assert hint.width() <= 1366
    assert hint.height() <= 740


def test_that_splitters_stay_where_they_were_put(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    split = window._splits["watch.left"]
    split.setSizes([300, 400])
    split.splitterMoved.emit(300, 1)
    kept = tuple(split.sizes())
    window.close()
    again = MainWindow(seat.bridge)
    qtbot.addWidget(again)
    assert again._kept.now.splits["watch.left"] == kept
    assert "watch.right" not in again._kept.now.splits, "what nobody moved follows the screen"


def test_that_every_interactive_widget_has_a_name(window: MainWindow) -> None:
    nameless = [
        f"{type(widget).__name__} in {widget.parentWidget().objectName()}"
        for widget in window.findChildren(QWidget)
        if isinstance(widget, QPushButton | QToolButton | QLineEdit | QComboBox | QPlainTextEdit)
        and not widget.objectName()
        and not isinstance(widget.parentWidget(), QComboBox | QLineEdit)
        and "QTabBar" not in type(widget.parentWidget()).__name__
    ]
    assert not nameless


def test_that_a_panel_may_ask_for_another_page_as_the_handover_does_for_the_relief_s_sign_on(
    qtbot: Any, window: MainWindow
) -> None:
    assert window.show_handover()
    window.panels["handover"].page_asked.emit("sign_on")
    assert window.page == "sign_on"
    press(qtbot, window, Qt.Key.Key_Escape)
    assert window.page == "handover"


def test_that_the_enter_that_calls_a_camera_by_number_opens_no_plan(qtbot: Any, window: MainWindow, seat: Seat) -> None:
    alarm = seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    wait_for_alarms(qtbot, window, 1)
    before = seat.alarm(alarm.id)
    qtbot.keyClick(window, Qt.Key.Key_F2)
    field = window.findChild(QLineEdit, "wall.number")
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, "12")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.panels["wall"].canvas.shown[0].camera == "cam-12"
    seat.desk.do(lambda tx: None).result()
    assert runs(seat) == ()
    assert seat.alarm(alarm.id).state is before.state
