"""The canary of ONVIF cameras: each is asked over its own subscription for the state of everything, and has to answer.

No operation of ONVIF makes a camera tell an event of the asker's choosing, so that the token itself stays here. What
is proved of a camera is that its subscription lives and answers; from there on the way to disk and screen is that of an event.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Final, Protocol

from console.models.alarms import AlarmClass
from console.models.errors import ConsoleError
from console.models.ids import PointId, SignalId, new_id
from console.models.signals import Signal, SignalKind
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources.onvif_events.reading import CODEC
from console.sources.source import Running, SourceContext

ANSWER_S: Final = 3.0
"""So long a camera may take to answer, in seconds."""
PROBE_S: Final = 4.5


class Asked(Protocol):
    """A device that can be asked whether it still answers."""

    name: Text

    async def answers(self) -> bool:
        """Whether its subscription answers within ANSWER_S."""
        ...


def probe(_setup: SourceSetup, running: Running, _secrets: Callable[[str], str], token: str) -> None:
    """Have every camera of the source asked, and `token` delivered; raises ConsoleError where one does not answer."""
    running.prove(token)


@contextmanager
def provable(setup: SourceSetup, running: Running, context: SourceContext, devices: Sequence[Asked]) -> Iterator[None]:
    """Let the devices of a source that runs in this event loop be proved from any thread."""
    loop = asyncio.get_running_loop()

    async def ask_all(token: str) -> None:
        answers = await asyncio.gather(*(one.answers() for one in devices))
        silent = [one.name for one, answered in zip(devices, answers, strict=True) if not answered]
        if silent:
            raise ConsoleError(
                zh=f"自检时没有应答：{'、'.join(one.in_language('zh_CN') for one in silent)}。",
                en=f"No answer to the test: {', '.join(one.in_language('en') for one in silent)}.",
            )
        await asyncio.wrap_future(context.deliver(_signal(setup, context, token)))

    def prove(token: str) -> None:
        if not devices:
            raise ConsoleError(zh="没有可自检的 ONVIF 摄像机。", en="There is no ONVIF camera to test.")
        asked = asyncio.run_coroutine_threadsafe(ask_all(token), loop)
        try:
            asked.result(PROBE_S)
        except (TimeoutError, CancelledError) as error:
            asked.cancel()
            raise ConsoleError(zh="自检没有及时完成。", en="The test was not done in time.") from error

    running.provable(prove)
    try:
        yield
    finally:
        running.provable(None)


def _signal(setup: SourceSetup, context: SourceContext, token: str) -> Signal:
    return Signal(
        id=SignalId(new_id()),
        source=setup.id,
        kind=SignalKind.CANARY,
        point=PointId(f"onvif:{setup.id}"),
        code=token,
        alarm_class=AlarmClass.TEST.value,
        received_at=context.clock.now(),
        sender=setup.id,
        codec=CODEC,
    )
