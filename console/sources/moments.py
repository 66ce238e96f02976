"""Read the moments that devices write into JSON."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from console.models.errors import ConsoleError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def moment(written: Any, zone: tzinfo | None) -> datetime:
    """Read ISO 8601 with its offset, or seconds since 1970 (UTC), as an aware UTC moment.

    Without an offset it is read in `zone`. Raises ConsoleError with a sentence for what is no such time, and for one
    without an offset where `zone` is None.
    """
    try:
        if isinstance(written, int | float) and not isinstance(written, bool):
            return _EPOCH + timedelta(seconds=written)
        at = datetime.fromisoformat(written)
    except (TypeError, ValueError, OverflowError) as error:
        raise ConsoleError(
            zh="“at”应为 ISO 8601 时间，例如 2026-03-14T12:05:00+08:00。",
            en='"at" must be a time in ISO 8601, such as 2026-03-14T12:05:00+08:00.',
        ) from error
    if at.tzinfo is None:
        if zone is None:
            raise ConsoleError(
                zh="“at”缺少时区，例如 +08:00。",
                en='"at" lacks its offset, such as +08:00.',
            )
        at = at.replace(tzinfo=zone)
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ConsoleError(zh="“at”超出范围。", en='"at" is out of range.') from error
