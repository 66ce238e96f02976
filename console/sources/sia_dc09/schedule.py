"""When an account is expected to be set: an opening within that time is an alarm, outside it information."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo
from typing import Any, Final

from console.models.text import Text
from console.sources.options import Options
from console.sources.sia_dc09.codes import RESTORED
from console.sources.sia_dc09.events import CONTACT_ID, SIA, Event

# Every code by which somebody or something disarms, whole or in part (DC-03 "O...", DC-05 40x and 45x).
OPENINGS: Final = {
    SIA: frozenset({"OA", "OG", "OH", "OJ", "OK", "OL", "OP", "OQ", "OR", "OS", "OZ"}),
    CONTACT_ID: frozenset({"400", "401", "402", "403", "404", "407", "408", "409", "450", "451", "452", "458"}),
}
_SPAN: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The daily spans in which an account is expected to be set, in its own time zone; a span may go over midnight."""

    zone: tzinfo = UTC
    spans: tuple[tuple[time, time], ...] = ()

    def is_set(self, at: datetime) -> bool:
        """Whether the account should be set at a moment; the end of a span does not belong to it."""
        now = at.astimezone(self.zone).time().replace(tzinfo=None)
        return any(begin <= now < end if begin < end else now >= begin or now < end for begin, end in self.spans)


def is_opening(event: Event) -> bool:
    """Whether an event says that somebody disarmed."""
    return event.code in OPENINGS[event.table] and event.qualifier != RESTORED


def read_schedule(given: Options, where: Text) -> Schedule | None:
    """Take the option `schedule`, `{set: ["19:00-07:00"], timezone: Asia/Shanghai}`; None where there is none."""
    raw = given.mapping("schedule")
    if not raw:
        return None
    inside = Options(where, raw, given.mistakes)
    zone = inside.time_zone("timezone")
    if zone is None and "timezone" not in raw:
        given.mistake(
            "“schedule”缺少“timezone”（如 Asia/Shanghai）。", '"schedule" needs a "timezone", such as Asia/Shanghai.'
        )
    spans = [_span(inside, written) for written in inside.texts("set")]
    inside.no_more()
    return Schedule(zone=zone or UTC, spans=tuple(span for span in spans if span is not None))


def _span(inside: Options, written: str) -> "tuple[time, time] | None":
    found = _SPAN.fullmatch(written.strip())
    if found is None:
        inside.mistake(
            f"布防时段“{written}”应写作 19:00-07:00。", f'The span "{written}" must be written like 19:00-07:00.'
        )
        return None
    numbers: list[Any] = [int(part or 0) for part in found.groups()]
    return time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
