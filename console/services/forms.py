"""Forms: gather a record, have it printed beside the desk, and put the paper on record."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from typing import Any

from console.config import DataFolder
from console.models.errors import ConsoleError
from console.models.files import (
    AlarmFiguresFile,
    FootageRegisterFile,
    FootageRequestFile,
    HandoverFile,
    IncidentFile,
    VideoRoundFile,
    WorkOrdersFile,
)
from console.models.footage import FootageRequest
from console.models.ids import HandoverId, IncidentId, VideoRoundId, new_id
from console.models.inputs import LedgerFile
from console.models.people import SYSTEM, Actor, Right
from console.models.settings import SETTINGS, seconds_of
from console.models.trust import PrintedReport
from console.models.wall import VideoRound
from console.reports.printing import build_pdf, content_bytes, file_name, forms
from console.services import figures, handover_paper, inputs, printing, queries, requests, viewings, work_orders
from console.services.desk import Desk
from console.store.store import Reading

# What draws the map around a spot: (spot, marks) -> PNG bytes, or None where there is no map.
MapPicture = Callable[[Any, Any], bytes | None]
Submit = Callable[..., "Future[Any]"]


def _incident(rx: Reading, record_id: str, printed_by: str, folder: DataFolder) -> IncidentFile:
    return queries.incident_file(rx, IncidentId(record_id), printed_by=printed_by, data_dir=folder.root)


def _handover(rx: Reading, record_id: str, printed_by: str, folder: DataFolder) -> HandoverFile:
    del folder
    return handover_paper.handover_file(rx, HandoverId(record_id), printed_by=printed_by)


def _work_orders(rx: Reading, record_id: str, printed_by: str, folder: DataFolder) -> WorkOrdersFile:
    del folder
    return WorkOrdersFile(
        letterhead=queries.letterhead(rx, printed_by),
        month=record_id,
        orders=work_orders.of_month(rx, record_id),
        names=queries.names(rx),
    )


def _source_ledger(rx: Reading, record_id: str, printed_by: str, folder: DataFolder) -> LedgerFile:
    del folder
    return inputs.ledger_file(rx, record_id, printed_by=printed_by)


def _alarm_figures(rx: Reading, record_id: str, printed_by: str, folder: DataFolder) -> AlarmFiguresFile:
    del folder
    try:
        since_at, until_at = (datetime.fromisoformat(part) for part in record_id.split("/"))
    except ValueError:
        raise ConsoleError(zh=f"“{record_id}”不是时段。", en=f'"{record_id}" is not a period.') from None
    keys = [setting.key for setting in SETTINGS if setting.key.startswith("figures.")]
    return AlarmFiguresFile(
        letterhead=queries.letterhead(rx, printed_by),
        figures=figures.alarm_figures(rx, since_at, until_at),
        targets={key: seconds_of(rx.settings, key) for key in keys},
    )


def _video_round(rx: Reading, record_id: str, printed_by: str, folder: DataFolder) -> VideoRoundFile:
    del folder
    return VideoRoundFile(
        letterhead=queries.letterhead(rx, printed_by),
        round=rx.need(VideoRound, VideoRoundId(record_id)),
        numbers={camera.id: camera.number for camera in rx.site.cameras},
        names=queries.names(rx),
    )


def _footage_request(rx: Reading, record_id: str, printed_by: str, folder: DataFolder) -> FootageRequestFile:
    del folder
    request = rx.need(FootageRequest, record_id)
    return FootageRequestFile(
        letterhead=queries.letterhead(rx, printed_by),
        request=request,
        incident=next(iter(requests.case_numbers(rx, (request,)).values()), ""),
        fingerprint=requests.fingerprint(rx),
        numbers={camera.id: camera.number for camera in rx.site.cameras},
        names=queries.names(rx),
    )


def _footage_register(rx: Reading, record_id: str, printed_by: str, folder: DataFolder) -> FootageRegisterFile:
    del folder
    asked = requests.of_month(rx, record_id)
    return FootageRegisterFile(
        letterhead=queries.letterhead(rx, printed_by),
        month=record_id,
        requests=asked,
        viewings=viewings.of_month(rx, record_id),
        cases=dict(requests.case_numbers(rx, asked)),
        names=queries.names(rx),
    )


GATHER: dict[str, Callable[[Reading, str, str, DataFolder], Any]] = {
    "incident": _incident,
    "handover": _handover,
    "work_orders": _work_orders,
    "alarm_figures": _alarm_figures,
    "source_ledger": _source_ledger,
    "video_round": _video_round,
    "footage_request": _footage_request,
    "footage_register": _footage_register,
}


def print_form(
    desk: Desk,
    submit: Submit,
    form: str,
    record_id: str,
    *,
    language: str,
    actor: Actor | None,
    folder: DataFolder,
    map_picture: MapPicture,
) -> PrintedReport:
    """Print a record; runs on a helper thread, the PDF itself is made in the errands process.

    Raises ConsoleError for an unknown form, a missing right, or paper that cannot be written.
    """
    by = actor or SYSTEM
    by.demand(Right.EXPORT_REPORTS)
    spec = forms().get(form)
    if spec is None or form not in GATHER:
        raise ConsoleError(zh=f"没有表单 {form}。", en=f"There is no form {form}.")
    content = desk.ask(GATHER[form], record_id, by.name, folder).result()
    if isinstance(content, IncidentFile):
        content = _with_map(content, map_picture)
    head = content.letterhead
    target = folder.reports / file_name(spec, content, language)
    printed = submit(build_pdf, form, content_bytes(content), language, str(target)).result()
    report = PrintedReport(
        id=new_id(),
        form=form,
        record_id=record_id,
        language=language,
        file=str(target.relative_to(folder.root)),
        sha256=printed.sha256,
        short_code=printed.short_code,
        journal_seq=head.journal_seq,
        journal_head=head.journal_head,
        made_at=head.made_at,
        made_by=by.person,
    )
    desk.do(printing.printed, report, by=by).result()
    return report


def _with_map(content: IncidentFile, map_picture: MapPicture) -> IncidentFile:
    alarm = next((one for one in content.alarms if one.spot is not None), None)
    if alarm is None:
        return content
    picture = map_picture(alarm.spot, content.alarms)
    return replace(content, map_png=picture)
