"""What is typed into a request for footage: cameras by number, times of the site's clock."""

import re
from datetime import datetime, timedelta, tzinfo
from typing import Final

from console.models.ids import CameraId
from console.models.site import Site

_SPLIT: Final = re.compile(r"[,，、;；\s]+")
_TIME: Final = re.compile(r"(?:(\d{4})-)?(?:(\d{1,2})-(\d{1,2})\s+)?(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?")
_DASHES: Final = str.maketrans({"—": "-", "–": "-", "/": "-", ".": "-", "~": "-"})


def cameras_of(text: str, site: Site) -> tuple[CameraId, ...]:
    """The cameras of "1, 3-5": by their numbers, each once; empty where a number is none of the site's."""
    known = {camera.number: camera.id for camera in site.cameras}
    found: list[CameraId] = []
    for part in filter(None, _SPLIT.split(text.translate(_DASHES).strip())):
        first, _, last = part.partition("-")
        if not first.isdecimal() or not (last or first).isdecimal():
            return ()
        numbers = range(int(first), int(last or first) + 1)
        own = [known[number] for number in known if number in numbers]
        if not own or (not last and int(first) not in known):
            return ()
        found += own
    return tuple(dict.fromkeys(found))


def moment_of(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The moment of "2026-11-22 04:10", "11-22 04:10" or "04:10:30" on the site's clock; None for anything else.

    A time without its day is the last one that is over.
    """
    fits = _TIME.fullmatch(text.translate(_DASHES).strip())
    if fits is None:
        return None
    year, month, day, hour, minute, second = (int(one) if one else None for one in fits.groups())
    here = now.astimezone(zone)
    try:
        local = here.replace(
            year=year or here.year, month=month or here.month, day=day or here.day, hour=hour or 0, minute=minute or 0,
            second=second or 0, microsecond=0, fold=0,
        )  # fmt: skip
        if local > here and year is None:
            local = local - timedelta(days=1) if month is None else local.replace(year=local.year - 1)
    except ValueError:
        return None
    return local
