"""How the events of video read: recording, footage, the wall."""

from collections.abc import Callable
from typing import Any

from console.models import events
from console.models.phrases import Context
from console.models.text import Text

TELLS: dict[type[events.Event], Callable[[Any, Context], Text | None]] = {}
