"""Duty checks (查岗): a centre asks whether somebody is on duty, a person acknowledges, the answer goes back.

The answer is what a transmitter's button sends: an operation of type 24 with bit 5 (GB/T 26875.3-2011 8.2.1.9). It is
sent only because a person acknowledged the alarm; that it went too late, or never, is on record.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from console.models.alarms import AlarmClass
from console.models.clock import Clock
from console.models.ids import PointId, SignalId, SourceId, new_id
from console.models.signals import Signal, SignalKind
from console.models.text import Text
from console.sources.gb26875 import objects
from console.sources.gb26875.reading import CODEC, DUTY, FORMAT, duty_point
from console.sources.gb26875.setup import Peer
from console.sources.priorities import USUAL_PRIORITY

ANSWER_AGAIN_S: Final = 10.0
"""How long the answer may go unconfirmed before it is sent again, in seconds (GB/T 26875.3-2011 6.5)."""
ANSWER_TIMES: Final = 4
"""How often it is sent at most: once and three times again (6.5)."""

Send = Callable[[int], Awaitable[bool]]
"""Send the answer to the centre of an address and wait for its confirmation; False where none came."""


@dataclass(slots=True)
class Check:
    """A duty check that waits for its answer. `due` is by the monotonic clock, None where the centre names no time."""

    minutes: int
    begun: float
    due: float | None
    late: bool = False
    answering: bool = False


class DutyChecks:
    """The duty checks of one receiver, one a centre; made and used in its event loop."""

    def __init__(
        self,
        source: SourceId,
        centres: tuple[Peer, ...],
        clock: Clock,
        *,
        keep: Callable[[list[Signal]], Awaitable[bool]],
        send: Send,
    ) -> None:
        self._source = source
        self._centres = {duty_point(centre.address): centre for centre in centres}
        self._clock = clock
        self._keep = keep
        self._send = send
        self._open: dict[int, Check] = {}

    def asked(self, address: int, minutes: int) -> None:
        """A centre asks; its alarm is on disk. A newer check takes the place of one that still waits."""
        begun = self._clock.monotonic()
        self._open[address] = Check(minutes=minutes, begun=begun, due=begun + 60.0 * minutes if minutes else None)

    async def acknowledged(self, point: PointId) -> None:
        """A person acknowledged the alarm of this point: answer its centre, and put on record how that went.

        A check of before the console's start is answered too; how long that took is not known.
        """
        centre = self._centres.get(point)
        if centre is None:
            return
        known = self._open.get(centre.address)
        check = known or Check(minutes=0, begun=self._clock.monotonic(), due=None)
        if check.answering:
            return
        check.answering = True
        after_s = self._clock.monotonic() - check.begun
        late = check.due is not None and self._clock.monotonic() > check.due
        for _time in range(ANSWER_TIMES):
            if await self._send(centre.address):
                break
        else:
            check.answering = False
            await self._keep([self._note(centre, check, "unanswered", _NOT_CONFIRMED, SignalKind.INFORMATION)])
            return
        if known is not None and self._open.get(centre.address) is known:
            del self._open[centre.address]
        text = _answered(check, after_s, late=late) if known else _ANSWERED
        await self._keep([self._note(centre, check, "answered", text, SignalKind.RESTORE, late=late)])

    async def look(self) -> None:
        """Put on record what was not answered in time; once a check."""
        for address, check in list(self._open.items()):
            if check.due is None or check.late or self._clock.monotonic() <= check.due:
                continue
            centre = self._centres[duty_point(address)]
            note = self._note(centre, check, "late", _late(check), SignalKind.INFORMATION, late=True)
            check.late = await self._keep([note])

    def _note(
        self, centre: Peer, check: Check, what: str, text: Text, kind: SignalKind, *, late: bool = False
    ) -> Signal:
        """A line about a check; it is no message of the wire, so that it has no sequence and no raw bytes."""
        return Signal(
            id=SignalId(new_id()),
            source=self._source,
            kind=kind,
            point=duty_point(centre.address),
            code=what,
            alarm_class=AlarmClass.DUTY_CHECK.value,
            priority=int(USUAL_PRIORITY[AlarmClass.DUTY_CHECK]),
            text_zh=f"{centre.label.zh}：{text.zh}",
            text_en=f"{centre.label.en}: {text.en}",
            received_at=self._clock.now(),
            codec=CODEC,
            details={
                "family": DUTY,
                "account": str(centre.address),
                "format": FORMAT,
                "minutes": check.minutes,
                **({"late": True} if late else {}),
            },
        )


def answered_operation(operator: int, stamp: bytes) -> bytes:
    """Give the application data of an answer to a duty check."""
    return bytes((objects.DEVICE_OPERATION, 1, objects.DUTY_ANSWERED, operator)) + stamp


_ANSWERED: Final = Text("查岗已应答", "Duty check answered")
_NOT_CONFIRMED: Final = Text(
    "查岗应答已发送，但监控中心没有确认。请电话联系监控中心，或再次确认该报警。",
    "The answer to the duty check was sent but the centre has not confirmed it. Call the centre.",
)


def _answered(check: Check, after_s: float, *, late: bool) -> Text:
    if late:
        return Text(
            f"查岗已应答，用时 {after_s:.0f} 秒，超过 {check.minutes} 分钟时限",
            f"Duty check answered after {after_s:.0f} s, later than the {check.minutes} min allowed",
        )
    return Text(f"查岗已应答，用时 {after_s:.0f} 秒", f"Duty check answered after {after_s:.0f} s")


def _late(check: Check) -> Text:
    return Text(f"查岗 {check.minutes} 分钟内无人应答", f"Nobody answered the duty check within {check.minutes} min")
