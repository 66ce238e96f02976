"""One small repository for everything: dataclass to row and back."""

import dataclasses
from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Table

from console.models.alarms import Alarm
from console.models.duty import CarryOver, DueItem, Handover, Shift, Threat
from console.models.footage import FootageRequest
from console.models.incidents import Dispatch, Incident, LogEntry
from console.models.inputs import Canary, Quarantined
from console.models.patrol import Punch, Round
from console.models.people import Account, Person, SignOn
from console.models.plain import learn, to_plain
from console.models.plans import PlanRun
from console.models.recording import Bookmark, Lock, MotionMinute, Segment, Volume
from console.models.settings import ChosenSetting
from console.models.signals import Signal
from console.models.suppression import Suppression
from console.models.timing import AlarmSubject, AlarmTiming
from console.models.trust import Evidence, PrintedReport, Signature
from console.models.wall import CameraSequence, SavedLayout, VideoBudget, VideoRound
from console.models.work_orders import WorkOrder
from console.store import tables
from console.store.types import PlainJson

T = TypeVar("T")

TABLES: dict[type, Table] = {
    Signal: tables.signal,
    Alarm: tables.alarm,
    Incident: tables.incident,
    PlanRun: tables.plan_run,
    Dispatch: tables.dispatch,
    LogEntry: tables.log_entry,
    Person: tables.person,
    Account: tables.account,
    SignOn: tables.sign_on,
    Shift: tables.shift,
    Threat: tables.threat,
    DueItem: tables.due_item,
    CarryOver: tables.carry_over,
    Handover: tables.handover,
    Signature: tables.signature,
    Evidence: tables.evidence,
    PrintedReport: tables.printed_report,
    Round: tables.patrol_round,
    Punch: tables.punch,
    ChosenSetting: tables.setting,
    WorkOrder: tables.work_order,
    SavedLayout: tables.wall_layout,
    CameraSequence: tables.camera_sequence,
    VideoRound: tables.video_round,
    VideoBudget: tables.video_budget,
    Volume: tables.volume,
    Segment: tables.segment,
    MotionMinute: tables.motion_minute,
    Lock: tables.footage_lock,
    Bookmark: tables.bookmark,
    FootageRequest: tables.footage_request,
    Quarantined: tables.quarantined,
    Canary: tables.canary,
    Suppression: tables.suppression,
    AlarmTiming: tables.alarm_timing,
    AlarmSubject: tables.alarm_subject,
}
learn(TABLES)

# Rows of these are written once; the database itself refuses to change or delete them (console.store.guards).
APPEND_ONLY: frozenset[type] = frozenset({Signal, LogEntry, Signature, Evidence, PrintedReport, Punch, Threat})


# Rows of these come by the hundred thousand and go again with the footage they are about: no line of the journal each.
BULK: frozenset[type] = frozenset({Segment, MotionMinute})


def to_row(value: Any) -> dict[str, Any]:
    """The row of a model value: column name to what SQLAlchemy binds."""
    columns = TABLES[type(value)].c
    row: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        content = getattr(value, field.name)
        if content is not None:
            if isinstance(columns[field.name].type, PlainJson):
                content = to_plain(content)
            elif isinstance(content, Enum):
                content = content.value
        row[field.name] = content
    return row


def from_row(kind: type[T], row: Mapping[Any, Any]) -> T:
    """The model value that a row holds."""
    # The names of columns are a subclass of str, which msgspec does not take as keys.
    return msgspec.convert({str(name): content for name, content in row.items()}, kind, strict=False)


def key_column(table: Table) -> str:
    """The name of the one primary-key column."""
    return next(iter(table.primary_key.columns)).name
