"""Canaries: test messages that prove the whole way of an input, from its wire over the disk to a screen.

A canary is no signal: it is kept in a list of its own, counts in no figure and is no sign of life of its source. Missing
one is an alarm, until the next one comes through (EN 50136-1: a failed path is reported; here the path in our own house).
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from console.models.alarms import Alarm, Condition, Priority
from console.models.events import CanaryChanged
from console.models.ids import PointId, SourceId
from console.models.inputs import Canary, CanaryResult
from console.models.linkage import SOURCE_POINT
from console.models.signals import SignalKind
from console.models.text import Text
from console.services import alarms, inputs
from console.store.store import Reading, Transaction

PROBLEM: Final = "canary"
"""The end of the point of the alarm that a missing canary is."""

_MISSING = Text(
    "通路自检信号未到达，该报警源可能收不到报警",
    "the test signal did not come in; alarms of this source may not be received",
)
_UNSEEN = Text(
    "通路自检信号已接收但未在屏幕上显示，请检查值守台画面",
    "the test signal came in, but no screen showed it; look after the console's screen",
)
_OVER = Text("通路自检恢复正常", "the test signal comes through again")


def arrived(tx: Transaction, token: str, source: SourceId, sent_at: datetime, *, watched: bool) -> Canary:
    """A canary came in over its source's wire. Where no screen watches (`watched`), that is as far as it gets."""
    canary = Canary(id=token, source=source, sent_at=sent_at, received_at=tx.now, result=CanaryResult.RECEIVED)
    _save(tx, canary)
    if not watched:
        _over(tx, source)
    return canary


def shown(tx: Transaction, token: str, at: datetime, seat: str) -> Canary | None:
    """A screen has painted the canary: the way is proved. None for one that was never received, or shown before."""
    canary = tx.get(Canary, token)
    if canary is None or canary.received_at is None or canary.shown_at is not None:
        return None
    seen = replace(canary, shown_at=max(at, canary.received_at), seat=seat, result=CanaryResult.SHOWN)
    _save(tx, seen)
    _over(tx, canary.source)
    return seen


def missed(tx: Transaction, token: str, source: SourceId, sent_at: datetime, reason: Text | None = None) -> Canary:
    """A canary did not come in, or stood on no screen, within the setting inputs.canary_within_s: that is an alarm."""
    known = tx.get(Canary, token)
    if known is not None and known.shown_at is not None:
        return known
    canary = known or Canary(id=token, source=source, sent_at=sent_at, result=CanaryResult.MISSING)
    came = canary.received_at is not None
    result = CanaryResult.UNSEEN if came else CanaryResult.MISSING
    canary = replace(canary, result=result, reason=reason or Text())
    _save(tx, canary)
    if not _standing(tx, source):
        sentence = _UNSEEN if came else _MISSING
        alarms.receive(tx, inputs.of_source(tx, source, PROBLEM, SignalKind.ALARM, sentence, Priority.MEDIUM))
    return canary


def latest(rx: Reading) -> dict[SourceId, Canary]:
    """The newest canary of every source of the site that ever had one."""
    newest = (
        rx.find(Canary, source=source.id, order_by="sent_at", newest_first=True, limit=1) for source in rx.site.sources
    )
    return {canary.source: canary for found in newest for canary in found}


def _standing(tx: Transaction, source: SourceId) -> bool:
    point = PointId(f"{SOURCE_POINT}{source}/{PROBLEM}")
    return any(one.condition is Condition.ACTIVE for one in tx.find(Alarm, source=source, point=point, closed_at=None))


def _over(tx: Transaction, source: SourceId) -> None:
    if _standing(tx, source):
        alarms.receive(tx, inputs.of_source(tx, source, PROBLEM, SignalKind.RESTORE, _OVER, Priority.MEDIUM))


def _save(tx: Transaction, canary: Canary) -> None:
    tx.put(canary)
    tx.record(CanaryChanged(at=tx.now, canary=canary))
