"""What may honestly be claimed about a camera's picture, judged by the time between its frames.

A camera whose reads succeed may still be frozen: after a stall, decoders hand out old frames as if
they were new. Only the clock between frames is believed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from console.models.pictures import Sight
from console.models.text import Text

STALE_AFTER_S: Final = 2.0
OFFLINE_AFTER_S: Final = 5.0
CONNECTING_FOR_S: Final = 10.0

SILENT = Text("摄像机没有送来新画面", "The camera sends no new picture")
_NONE: Final = Text()
UNANSWERED = Text("摄像机没有应答", "The camera does not answer")


@dataclass(slots=True, kw_only=True)
class Evidence:
    """What is known of a camera now; times are of the monotonic clock. It changes with every look at the camera.

    `frame_s` is when it gave its last frame, 0.0 before the first; `asked_s` since when it is being
    connected to; `trouble` what the worker said last, empty once frames come again.
    """

    asked_s: float
    frame_s: float = 0.0
    trouble: Text = Text()
    next_try_at: datetime | None = None


def judge(
    evidence: Evidence, now_s: float, *, stale_s: float = STALE_AFTER_S, offline_s: float = OFFLINE_AFTER_S
) -> tuple[Sight, Text]:
    """Say what the tile may claim, and why not more.

    A picture is stale from `stale_s` without a new frame, and offline from `offline_s`.
    """
    if evidence.frame_s == 0.0:
        if evidence.trouble:
            return Sight.OFFLINE, evidence.trouble
        if now_s - evidence.asked_s < CONNECTING_FOR_S:
            return Sight.CONNECTING, _NONE
        return Sight.OFFLINE, UNANSWERED
    age_s = now_s - evidence.frame_s
    if age_s < stale_s:
        return Sight.LIVE, _NONE
    if age_s < offline_s:
        return Sight.STALE, evidence.trouble or SILENT
    return Sight.OFFLINE, evidence.trouble or SILENT
