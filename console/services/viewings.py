"""Who looked at recordings: told out of the journal, for the register on the screen and on paper (录像查阅登记).

公共安全视频图像信息系统管理条例 asks who consulted footage, when, and what for.
"""

from datetime import datetime

from console.models.errors import Refused
from console.models.events import FootageViewed, event_from
from console.models.footage import FootageRequest, RequestState
from console.models.ids import PersonId
from console.models.playback import Purpose, Viewing, purpose_of
from console.models.text import typed
from console.services.spans import month_bounds
from console.store.store import Reading

_APPROVED = (RequestState.APPROVED, RequestState.MADE, RequestState.HANDED_OVER)


def viewings(rx: Reading, since: datetime, before: datetime) -> tuple[Viewing, ...]:
    """Everything that was looked at and begun within a span, newest first.

    The line that closes a stretch says all that was seen; a stretch that was never closed stands with its beginning.
    """
    ended: list[FootageViewed] = []
    found: list[Viewing] = []
    for line in rx.journal(kinds=(FootageViewed.__name__,), newest_first=True):
        event = event_from(line)
        if not isinstance(event, FootageViewed):
            continue
        if event.at < since:
            break
        if event.ended:
            ended.append(event)
            continue
        last = next((one for one in reversed(ended) if _closes(one, event)), None)
        if last is not None:
            ended.remove(last)
        if event.at < before:
            found.append(_viewing(event, last))
    return tuple(found)


def of_month(rx: Reading, month: str) -> tuple[Viewing, ...]:
    """What was looked at in a month ("2026-11") on the site's clock, oldest first. Raises ConsoleError for no month."""
    return tuple(reversed(viewings(rx, *month_bounds(rx, month))))


def _closes(last: FootageViewed, first: FootageViewed) -> bool:
    same = (last.by, last.seat, last.camera) == (first.by, first.seat, first.camera)
    return same and last.from_at <= first.from_at <= last.until_at


def _viewing(first: FootageViewed, last: FootageViewed | None) -> Viewing:
    told = last or first
    return Viewing(
        camera=first.camera,
        by=PersonId(first.by),
        seat=first.seat,
        begun_at=first.at,
        ended_at=last.at if last is not None else None,
        from_at=told.from_at,
        until_at=told.until_at,
        purpose=Purpose(reason=told.reason or first.reason, request=told.request or first.request),
    )


def purpose(rx: Reading, text: str) -> Purpose:
    """What was typed as a purpose. A number of a request must be on record and approved; Refused where it is not."""
    given = purpose_of(text)
    if given.request:
        request = rx.first(FootageRequest, number=typed(given.request, 40))
        if request is None:
            raise Refused(zh=f"没有录像申请 {given.request}。", en=f"There is no footage request {given.request}.")
        if request.state not in _APPROVED:
            raise Refused(
                zh=f"录像申请 {given.request} 尚未批准。", en=f"Footage request {given.request} is not approved."
            )
        return Purpose(reason=given.reason or request.purpose, request=request.number)
    return given
