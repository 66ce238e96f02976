"""What a source asks of the house: to keep signals, and to say what stood before the source began."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

from console.models.errors import ConsoleError
from console.models.signals import Signal
from console.models.text import Text
from console.sources.source import Recalled, SourceContext

COMMIT_S: Final = 30.0
"""How long a commit may take before the sender is left without an answer, in seconds."""
RECALL_S: Final = 10.0


async def keep(context: SourceContext, signals: Iterable[Signal]) -> BaseException | None:
    """Hand signals over and wait until all are on disk; the first error where one is not.

    Nothing is taken back: a sender that hangs up, or a wait that ends, leaves the commits on their way.
    """
    try:
        pending = [asyncio.wrap_future(context.deliver(signal)) for signal in signals]
    except (ConsoleError, RuntimeError) as error:  # the desk is closing: without a commit there is no answer
        return error
    if not pending:
        return None
    _done, late = await asyncio.wait(pending, timeout=COMMIT_S)
    for future in late:
        future.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    errors = [_error_of(future) for future in pending]
    return next((error for error in errors if error is not None), None)


def why_not_kept(error: BaseException) -> Text:
    """An error of the disk or of a rule in words that fit into a sentence."""
    return error.text if isinstance(error, ConsoleError) else Text("写入失败", "writing failed")


async def recall(context: SourceContext, source: str) -> Recalled | None:
    """What stands from before the start, to tell news from repetition; None where the record does not say.

    Without memory a state that is said again is an alarm again: too many rather than too few.
    """
    try:
        return await asyncio.wait_for(asyncio.wrap_future(context.recall()), RECALL_S)
    except (ConsoleError, TimeoutError):
        context.log.info("source %s begins without a memory of its live alarms", source)
        return None


def _error_of(future: "asyncio.Future[Any]") -> BaseException | None:
    if not future.done():
        return TimeoutError(f"no commit within {COMMIT_S:g} s")
    return asyncio.CancelledError() if future.cancelled() else future.exception()
