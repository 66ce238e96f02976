"""Work orders: what is broken, since when, who repairs it; reported, opened and closed here, and printed by the month."""

from datetime import tzinfo
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QWidget

from console.i18n import N_, _, language
from console.models.clock import Clock
from console.models.events import WorkOrderChanged
from console.models.ids import WorkOrderId, new_id
from console.models.people import Right
from console.models.text import Text
from console.models.trust import PrintedReport
from console.models.work_orders import WorkOrder, WorkOrderKind, WorkOrderState
from console.services import work_orders
from console.views import words
from console.views.build import bar, button, column, label, named, row
from console.views.rights import may
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

LOOK_MS: Final = 30_000
_HEADINGS: Final = (
    N_("No."),
    N_("State"),
    N_("What is broken"),
    N_("Since"),
    N_("For"),
    N_("Reported to"),
    N_("Remark"),
)
_TONES: Final = {
    WorkOrderState.OPEN: "state.fault",
    WorkOrderState.REPORTED: "text.strong",
    WorkOrderState.OVER: "text.main",
    WorkOrderState.CLOSED: "text.faint",
}


def line_of(order: WorkOrder, clock: Clock, zone: tzinfo) -> Row:
    """One order as a row: what must be done about it stands out."""
    ended_at = order.over_at or clock.now()
    place = words.said(order.place_name)
    what = words.said(order.title)
    remark = order.remedy or order.fault
    written = (
        order.number,
        words.term(order.state),
        f"{what} · {place}" if place else what,
        words.day_and_time(order.opened_at, zone),
        words.about(max(0.0, (ended_at - order.opened_at).total_seconds())),
        order.assigned_to or "—",
        remark,
    )
    return Row(order.id, written, ((1, _TONES[order.state]), (2, "text.main")), tip=remark or what)


class OrdersPanel(QWidget):
    """The register. `tally` is how many orders nobody has reported yet; `finished` gives the keyboard back."""

    tally = Signal(int)
    finished = Signal()

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("orders")
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._orders: dict[WorkOrderId, WorkOrder] = {}
        self._says = label("orders.says", "dim", shrinks=True)
        self._all = named(QCheckBox(), "orders.all")
        self._all.toggled.connect(lambda _on: self._ask())
        self._print = button("orders.print", self.print_month, icon="printer")
        self._new = button("orders.new", self.begin_new, icon="plus")
        self.table = RowsTable(
            "orders.table",
            RowsModel(_HEADINGS, self),
            {0: "2026-0000", 1: "Reported for repair", 2: 0.42, 3: "00-00 00:00", 4: "00 min", 5: 0.2, 6: 0.38},
        )
        self.table.selectionModel().selectionChanged.connect(lambda *_args: self._show_form())
        self._text = named(QLineEdit(), "orders.text")
        self._text.setMaxLength(2000)
        self._text.returnPressed.connect(self._confirm)
        self._report = button("orders.report", self.report, "main")
        self._close = button("orders.close", self.close_order)
        self._form = named(QFrame(), "orders.form", "bar")
        self._form.setLayout(row(self._text, self._report, self._close, margins=(8, 4, 4, 4)))
        head = bar("orders.bar", self._says, self._all, self._new, self._print)
        whole = column(head, self.table, self._form)
        whole.setSpacing(0)
        self.setLayout(whole)
        self._making = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._show)
        self._timer.start()
        bridge.on(WorkOrderChanged, lambda event: self._take_in(event.order))
        bridge.actor_changed.connect(lambda _actor: self._show_form())
        self._ask()
        self.retranslate()

    # ---------------------------------------------------------------- what the keys and buttons do

    def begin_new(self) -> bool:
        """Write a new order: what is broken."""
        self._making = True
        self.table.clearSelection()
        self._text.clear()
        self._show_form()
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def report(self) -> None:
        """Report the chosen order for repair, or open the new one."""
        said, actor = self._text.text().strip(), self._bridge.actor
        if not said or actor is None:
            self._text.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if self._making:
            self._bridge.do(
                work_orders.open_order,
                WorkOrderKind.BY_HAND,
                f"by_hand:{new_id()}",
                Text(said, said),
                by=actor,
                then=lambda _order: self._done(),
            )
            return
        chosen = self._chosen()
        if chosen is not None:
            self._bridge.do(work_orders.report, chosen.id, said, by=actor, then=lambda _order: self._done())

    def close_order(self) -> None:
        """Close the chosen order with what was done."""
        said, actor, chosen = self._text.text().strip(), self._bridge.actor, self._chosen()
        if not said or actor is None or chosen is None:
            self._text.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._bridge.do(work_orders.close, chosen.id, said, by=actor, then=lambda _order: self._done())

    def print_month(self) -> None:
        """Print the register of this month."""
        month = self._bridge.clock.now().astimezone(self._zone).strftime("%Y-%m")
        self._bridge.print_report("work_orders", month, language(), then=self._printed)

    # ---------------------------------------------------------------- what is shown

    def _done(self) -> None:
        self._making = False
        self._text.clear()
        self._show_form()
        self.finished.emit()

    def _printed(self, report: PrintedReport) -> None:
        self._show_form()
        self._says.setText(_("Printed: {file}").format(file=report.file))

    def _confirm(self) -> None:
        chosen = self._chosen()
        if self._making or (chosen is not None and chosen.state is WorkOrderState.OPEN):
            self.report()
        else:
            self.close_order()

    def _ask(self) -> None:
        self._bridge.ask(work_orders.register, self._all.isChecked(), then=self._begin)

    def _begin(self, orders: tuple[WorkOrder, ...]) -> None:
        self._orders = {order.id: order for order in orders}
        self._show()

    def _take_in(self, order: WorkOrder) -> None:
        if order.state is WorkOrderState.CLOSED and not self._all.isChecked():
            self._orders.pop(order.id, None)
        else:
            self._orders[order.id] = order
        self._show()

    def _chosen(self) -> WorkOrder | None:
        return self._orders.get(WorkOrderId(self.table.chosen_key()))

    def _show(self) -> None:
        orders = sorted(self._orders.values(), key=lambda order: order.number, reverse=True)
        self.table.rows.show([line_of(order, self._bridge.clock, self._zone) for order in orders])
        waiting = sum(order.state is WorkOrderState.OPEN for order in orders)
        late = sum(
            order.state is WorkOrderState.OPEN and order.due_at is not None and order.due_at < self._bridge.clock.now()
            for order in orders
        )
        self.tally.emit(waiting)
        said = _("{n} to be reported for repair").format(n=waiting)
        self._says.setText(_("{said}, {late} of them late").format(said=said, late=late) if late else said)
        self._show_form()

    def _show_form(self) -> None:
        chosen, actor = self._chosen(), self._bridge.actor
        if chosen is not None:
            self._making = False
        standing = chosen is not None and chosen.state is not WorkOrderState.CLOSED
        allowed = may(actor, Right.WRITE_LOG)
        self._form.setVisible(allowed and (self._making or standing))
        self._close.setVisible(standing)
        self._report.setVisible(self._making or (chosen is not None and chosen.state is WorkOrderState.OPEN))
        self._report.setText(_("Open the order") if self._making else _("Reported for repair"))
        self._text.setPlaceholderText(
            _("What is broken, and where") if self._making else _("Reported to whom, or what was done")
        )
        self._text.setAccessibleName(self._text.placeholderText())
        self._new.setEnabled(allowed)
        self._print.setEnabled(may(actor, Right.EXPORT_REPORTS))

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._all.setText(_("Closed ones too"))
        self._print.setText(_("Print the month"))
        self._new.setText(_("New order"))
        self._close.setText(_("Repaired, close"))
        self.table.setAccessibleName(_("Work orders"))
        self.table.say_when_empty(_("No work orders"))
        self.table.rows.retranslate()
        self.table.set_widths()
        self._show()
