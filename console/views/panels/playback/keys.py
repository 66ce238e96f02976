"""The keys of the playback page, as a table."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from console.models.timeline import day_bounds
from console.models.zoom import STEP

if TYPE_CHECKING:
    from console.views.panels.playback.panel import PlaybackPanel


def keys_of(page: "PlaybackPanel") -> dict[int, Callable[[], object]]:
    """What each key does, by Qt's number of the key."""
    key = Qt.Key
    return {
        key.Key_Space: page.toggle,
        key.Key_Right: partial(page.step, forward=True),
        key.Key_Left: partial(page.step, forward=False),
        key.Key_Up: partial(page.change_speed, 1),
        key.Key_Down: partial(page.change_speed, -1),
        key.Key_N: partial(page.go_to_event, forward=True),
        key.Key_P: partial(page.go_to_event, forward=False),
        key.Key_End: page.go_to_newest,
        key.Key_Home: lambda: page.go(day_bounds(page.day, page.zone)[0]),
        key.Key_PageUp: lambda: page.show_day(page.day - timedelta(days=1)),
        key.Key_PageDown: lambda: page.show_day(page.day + timedelta(days=1)),
        key.Key_T: page.acts.ask_time,
        key.Key_M: page.acts.ask_bookmark,
        key.Key_K: page.acts.ask_lock,
        key.Key_S: page.acts.begin_search,
        key.Key_I: partial(page.acts.range_end, False),
        key.Key_O: partial(page.acts.range_end, True),
        key.Key_C: page.side.find_camera,
        key.Key_Plus: partial(page.timeline.zoom, 2.0),
        key.Key_Equal: partial(page.timeline.zoom, 2.0),
        key.Key_Minus: partial(page.timeline.zoom, 0.5),
        key.Key_Z: partial(page.glass.zoom_by, STEP),
        key.Key_X: partial(page.glass.zoom_by, 1 / STEP),
        key.Key_Comma: partial(page.next_tile, -1),
        key.Key_Period: partial(page.next_tile, 1),
        key.Key_1: partial(page.cut, 1),
        key.Key_4: partial(page.cut, 4),
        key.Key_9: partial(page.cut, 9),
    }


def verbs_of(page: "PlaybackPanel") -> dict[str, Callable[[], object]]:
    """What each button of the bar does, by its name."""
    return {
        "previous_event": partial(page.go_to_event, forward=False),
        "step_back": partial(page.step, forward=False),
        "play": page.toggle,
        "step_on": partial(page.step, forward=True),
        "next_event": partial(page.go_to_event, forward=True),
        "slower": partial(page.change_speed, -1),
        "faster": partial(page.change_speed, 1),
        "live": page.go_to_newest,
        "jump": page.acts.ask_time,
        "bookmark": page.acts.ask_bookmark,
        "lock": page.acts.ask_lock,
        "search": page.acts.begin_search,
    }
