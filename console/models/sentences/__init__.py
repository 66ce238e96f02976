"""Sentences: how each kind of event reads, in both languages, as one table.

The words of people (notes, reasons, causes) go into a sentence exactly as they were written.
"""

from collections.abc import Callable
from typing import Any

from console.models import events
from console.models.phrases import Context
from console.models.sentences import alarms, footage, post, queue, video, wall
from console.models.sentences.post import answer_words, step_of, visit_of
from console.models.text import Text

__all__ = ["TELLS", "answer_words", "step_of", "visit_of"]

# The table: event -> sentence; None where another line of the same moment already says it.
TELLS: dict[type[events.Event], Callable[[Any, Context], Text | None]] = {
    **post.TELLS,
    **queue.TELLS,
    **alarms.TELLS,
    **video.TELLS,
    **footage.TELLS,
    **wall.TELLS,
}
