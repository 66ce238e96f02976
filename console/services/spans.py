"""Spans: the days and months of the site, by its own clock, as moments."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from console.models.errors import ConsoleError
from console.store.store import Reading


def day_bounds(rx: Reading, day: str) -> tuple[datetime, datetime]:
    """The first moment of a day ("2026-03-14") of the site and that of the next; ConsoleError where it is no day."""
    try:
        first = date.fromisoformat(day)
    except ValueError:
        raise ConsoleError(zh=f"“{day}”不是日期。", en=f'"{day}" is no day.') from None
    return _midnight(rx, first), _midnight(rx, first + timedelta(days=1))


def month_bounds(rx: Reading, month: str) -> tuple[datetime, datetime]:
    """The first moment of a month ("2026-11") of the site and that of the next; ConsoleError where it is no month."""
    try:
        first = datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007 - a day of the calendar, no moment
    except ValueError:
        raise ConsoleError(zh=f"“{month}”不是月份。", en=f'"{month}" is not a month.') from None
    return _midnight(rx, first), _midnight(rx, (first + timedelta(days=32)).replace(day=1))


def _midnight(rx: Reading, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(rx.site.timezone)).astimezone(UTC)
