"""The fault and repair register: what broke, when it was told and to whom, what was done, and who accepted it."""

from collections.abc import Iterator

from reportlab.platypus import Flowable, KeepTogether

from console.i18n import N_
from console.models.files import WorkOrdersFile
from console.models.phrases import span
from console.models.text import Text
from console.models.work_orders import WorkOrder, WorkOrderState
from console.reports.paper.blocks import Column, Fact, facts, gap, note, table, title
from console.reports.paper.prose import Ink, Prose, Run
from console.reports.paper.sheet import Sheet, make
from console.reports.paper.signatures import Box, signature_boxes
from console.reports.spec import Made

INK = Ink(8.5)
BOLD = Ink(8.5, bold=True)
SMALL = Ink(7.5)


def build(file: WorkOrdersFile, language: str, title_text: Text) -> Made:
    """The register as a PDF."""
    return make(file, language, title_text, file.month, _told)


def _told(file: WorkOrdersFile, sheet: Sheet) -> Iterator[Flowable]:
    say = sheet.say
    yield from title(sheet.title, file.month)
    by_state = {state: sum(order.state is state for order in file.orders) for state in WorkOrderState}
    yield facts([[Fact(sheet.word(state), str(count)) for state, count in by_state.items()]], label_mm=28, columns=4)
    yield gap(3)
    columns = [
        Column(say(N_("No.")), 1.9),
        Column(say(N_("What is broken, where")), 4.6),
        Column(say(N_("From, to, how long")), 3.3),
        Column(say(N_("Reported")), 2.9),
        Column(say(N_("What was done")), 3.4),
        Column(say(N_("Accepted by")), 2.2),
    ]
    rows = [_row(sheet, file, order) for order in file.orders]
    yield table(columns, rows, empty=say(N_("No fault stood in this month.")), ink=INK)
    yield note(say(N_("A fault is opened by the console itself or by hand, once; it is closed by a person only.")))
    yield gap(4)
    boxes = [Box(say(N_("Checked by")), ()), Box(say(N_("Supervisor")), ())]
    yield KeepTogether([signature_boxes(sheet, boxes)])


def _row(sheet: Sheet, file: WorkOrdersFile, order: WorkOrder) -> list[str | Prose]:
    place = sheet.text(order.place_name)
    what = [Run(sheet.text(order.title), BOLD)]
    what += [Run(f"\n{more}", SMALL) for more in (place, order.fault) if more]
    lasted = [Run(sheet.minute(order.opened_at), INK)]
    if order.over_at is not None:
        lasted.append(Run(f"\n{sheet.minute(order.over_at)}", INK))
        lasted.append(Run(f"\n{span((order.over_at - order.opened_at).total_seconds())}", SMALL))
    else:
        lasted.append(Run(f"\n{sheet.say(N_('still standing'))}", BOLD))
    told = [Run(order.assigned_to or "—", INK)]
    if order.reported_at is not None:
        told.append(Run(f"\n{sheet.minute(order.reported_at)}", SMALL))
    accepted = [Run(file.names.person(order.closed_by) or sheet.word(order.state), INK)]
    if order.closed_at is not None:
        accepted.append(Run(f"\n{sheet.minute(order.closed_at)}", SMALL))
    return [order.number, Prose(what), Prose(lasted), Prose(told), order.remedy or "—", Prose(accepted)]
