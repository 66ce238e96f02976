"""The register of work orders: what nobody has reported stands out, and everything is done by a line of words."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton

from console.models.text import Text
from console.models.work_orders import WorkOrder, WorkOrderKind, WorkOrderState
from console.services import work_orders
from console.views.panels.orders.panel import OrdersPanel
from tests.views.posts import Seat


@pytest.fixture
def panel(qtbot: Any, seat: Seat) -> OrdersPanel:
    seat.take_keyboard()
    made = OrdersPanel(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1200, 500)
    made.show()
    return made


def opened(seat: Seat, n: int) -> WorkOrder:
    title = Text(f"{n}号摄像机画面冻结", f"Picture of camera {n} frozen")
    return seat.desk.do(work_orders.open_order, WorkOrderKind.CAMERA, f"camera:{n}/frozen", title).result()


def on_record(seat: Seat, order: WorkOrder) -> WorkOrder:
    return seat.desk.ask(lambda rx: rx.need(WorkOrder, order.id)).result()


def words(panel: OrdersPanel) -> list[str]:
    return [panel.table.rows.row(n).words[2] for n in range(panel.table.rows.rowCount())]


def write(panel: OrdersPanel, said: str, by_button: str) -> None:
    field = panel.findChild(QLineEdit, "orders.text")
    field.setText(said)
    panel.findChild(QPushButton, by_button).click()


def test_that_an_order_appears_as_it_is_opened_and_is_counted(qtbot: Any, panel: OrdersPanel, seat: Seat) -> None:
    told: list[int] = []
    panel.tally.connect(told.append)
    opened(seat, 1)
    opened(seat, 2)
    qtbot.waitUntil(lambda: words(panel) == ["Picture of camera 2 frozen", "Picture of camera 1 frozen"])
    assert told[-1] == 2


def test_that_an_order_is_reported_and_closed_by_a_line_of_words(qtbot: Any, panel: OrdersPanel, seat: Seat) -> None:
    order = opened(seat, 1)
    qtbot.waitUntil(lambda: bool(words(panel)))
    panel.table.selectRow(0)
    write(panel, "the electrician", "orders.report")
    qtbot.waitUntil(lambda: on_record(seat, order).state is WorkOrderState.REPORTED)
    panel.table.selectRow(0)
    write(panel, "new cable", "orders.close")
    qtbot.waitUntil(lambda: words(panel) == [])
    assert on_record(seat, order).remedy == "new cable"
    panel.findChild(QCheckBox, "orders.all").setChecked(True)
    qtbot.waitUntil(lambda: len(words(panel)) == 1)


def test_that_enter_does_what_comes_next(qtbot: Any, panel: OrdersPanel, seat: Seat) -> None:
    order = opened(seat, 1)
    qtbot.waitUntil(lambda: bool(words(panel)))
    panel.table.selectRow(0)
    field = panel.findChild(QLineEdit, "orders.text")
    for said, state in (("the electrician", WorkOrderState.REPORTED), ("new cable", WorkOrderState.CLOSED)):
        field.setText(said)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda state=state: on_record(seat, order).state is state)
        # The screen hears of it a moment later, and only then means the next thing by Enter.
        qtbot.waitUntil(lambda state=state: order.id not in panel._orders or panel._orders[order.id].state is state)


def test_that_a_person_opens_an_order_by_hand(qtbot: Any, panel: OrdersPanel, seat: Seat) -> None:
    panel.findChild(QPushButton, "orders.new").click()
    write(panel, "道闸不落杆", "orders.report")
    qtbot.waitUntil(lambda: words(panel) == ["道闸不落杆"])


def test_that_who_may_not_write_the_log_may_only_read(qtbot: Any, panel: OrdersPanel, seat: Seat) -> None:
    opened(seat, 1)
    qtbot.waitUntil(lambda: bool(words(panel)))
    seat.take_keyboard("chen")
    panel.table.selectRow(0)
    assert not panel.findChild(QLineEdit, "orders.text").isVisible()
    assert not panel.findChild(QPushButton, "orders.new").isEnabled()
