"""Printing: a form that was made is on record, with the journal head that stands on it."""

from console.models.events import ReportPrinted
from console.models.people import SYSTEM, Actor, Right
from console.models.trust import PrintedReport
from console.store.store import Transaction


def printed(tx: Transaction, report: PrintedReport, *, by: Actor = SYSTEM) -> PrintedReport:
    """Note that a form was made: which record, which file, its hash, and the head of the journal printed on it."""
    by.demand(Right.EXPORT_REPORTS)
    tx.put(report)
    tx.record(ReportPrinted(at=tx.now, by=by.person, seat=by.seat, report=report))
    return report
