"""The keys of the playback page, as a table: the page obeys it, the page of keys and docs/keys.md show it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from console.i18n import N_
from console.models.timeline import day_bounds
from console.models.zoom import STEP
from console.views.panel import PanelKey

if TYPE_CHECKING:
    from console.views.panels.playback.panel import PlaybackPanel

SKIP_S: Final = 10.0


def _key(name: str, keys: str, title: str, what: str) -> PanelKey:
    return PanelKey(name=name, keys=tuple(keys.split()), title=title, what=what)


KEYS: Final = (
    _key("play", "Space", N_("Play or pause"), N_("Play from the moment shown, or stand still.")),
    _key(
        "backwards",
        "B",
        N_("Play backwards"),
        N_("Play backwards, key pictures alone (of most cameras one every second or two); again forwards."),
    ),
    _key("step_on", "Right", N_("One picture on"), N_("The next picture of the chosen camera; the others follow.")),
    _key("step_back", "Left", N_("One picture back"), N_("The picture before of the chosen camera; the others follow.")),
    _key("skip_on", "Shift+Right", N_("10 s on"), N_("Ten seconds on.")),
    _key("skip_back", "Shift+Left", N_("10 s back"), N_("Ten seconds back.")),
    _key("faster", "Up", N_("Faster"), N_("Faster, up to 16 times; above 4 times key pictures alone.")),
    _key("slower", "Down", N_("Slower"), N_("Slower, down to a quarter.")),
    _key("next_event", "N", N_("Next event"), N_("The next alarm, bookmark or motion of the cameras shown.")),
    _key("previous_event", "P", N_("Event before"), N_("The alarm, bookmark or motion before.")),
    _key("jump", "T", N_("Jump to a time"), N_("Type a time: 8:05, 080512 or 03-14 8:05:12.")),
    _key("newest", "End", N_("To the newest picture"), N_("What was recorded last.")),
    _key("first", "Home", N_("Beginning of the day"), N_("Midnight of the day that is shown.")),
    _key("day_before", "PgUp", N_("Day before"), N_("The same time of the day before.")),
    _key("day_after", "PgDown", N_("Day after"), N_("The same time of the day after.")),
    _key("watch", "L", N_("Back to live"), N_("Show the watch page, with the chosen camera live at the front of the wall.")),
    _key("camera", "C", N_("Add or remove a camera"), N_("Type a number or a part of a name; Enter plays it or takes it away.")),
    _key("next_tile", ".", N_("Next picture"), N_("Choose the next camera.")),
    _key("tile_before", ",", N_("Picture before"), N_("Choose the camera before.")),
    _key("one", "1", N_("One picture"), N_("The chosen camera alone.")),
    _key("four", "4", N_("Four pictures"), N_("Four cameras side by side.")),
    _key("nine", "9", N_("Nine pictures"), N_("Nine cameras side by side.")),
    _key("closer", "Z", N_("Look closer"), N_("Enlarge a part of the chosen picture; drag moves it.")),
    _key("wider", "X", N_("Less close"), N_("Show more of the picture again.")),
    _key("shorter", "+ =", N_("Timeline closer"), N_("Zoom the timeline around the playhead, down to a second.")),
    _key("longer", "-", N_("Timeline wider"), N_("Show more time, up to the whole day.")),
    _key("range_begin", "I", N_("Range begins here"), N_("The chosen range begins at the moment shown.")),
    _key("range_end", "O", N_("Range ends here"), N_("The chosen range ends at the moment shown.")),
    _key("lock", "K", N_("Lock the chosen range"), N_("Keep the chosen range of the cameras shown from being deleted, with a reason.")),
    _key(
        "release",
        "R",
        N_("Lift a lock"),
        N_("Lift the locks of the chosen camera at the moment shown, with a reason; only who may export footage."),
    ),
    _key("bookmark", "M", N_("Bookmark"), N_("Mark the moment of the chosen camera, with a word or two.")),
    _key(
        "snapshot",
        "F5",
        N_("Snapshot"),
        N_("Keep the picture of the chosen tile as evidence, with its recorded time; for the open case of that camera."),
    ),
    _key(
        "search",
        "S",
        N_("Search for motion in a region"),
        N_("Draw a region on the chosen picture; what moved there in the range, or the day, is listed."),
    ),
    _key(
        "masks",
        "W",
        N_("Lift the privacy masks, or put them back"),
        N_("Have the privacy masks of the chosen camera lifted for a while, with a reason; again to put them back at once."),
    ),
    _key(
        "purpose",
        "U",
        N_("Purpose"),
        N_("Say what the recordings are looked at for; # and a number name an approved request for footage. It goes into the register."),
    ),
)  # fmt: skip
_TITLES: Final = {key.name: key for key in KEYS}
_WITH_SHIFT: Final = (Qt.Key.Key_Left, Qt.Key.Key_Right)


def key_of(name: str) -> PanelKey:
    """The key of a verb."""
    return _TITLES[name]


def verbs_of(page: "PlaybackPanel") -> dict[str, Callable[[], object]]:
    """What each key and each button does, by its name."""
    acts = page.acts
    return {
        "play": page.toggle,
        "backwards": page.turn_round,
        "step_on": partial(acts.step, forward=True),
        "step_back": partial(acts.step, forward=False),
        "skip_on": partial(page.skip, SKIP_S),
        "skip_back": partial(page.skip, -SKIP_S),
        "faster": partial(page.change_speed, 1),
        "slower": partial(page.change_speed, -1),
        "next_event": partial(acts.go_to_event, forward=True),
        "previous_event": partial(acts.go_to_event, forward=False),
        "jump": acts.ask_time,
        "newest": page.go_to_newest,
        "first": lambda: page.go(day_bounds(page.day, page.zone)[0]),
        "day_before": lambda: page.show_day(page.day - timedelta(days=1)),
        "day_after": lambda: page.show_day(page.day + timedelta(days=1)),
        "watch": page.go_live,
        "snapshot": acts.take_snapshot,
        "camera": page.side.find_camera,
        "next_tile": partial(page.next_tile, 1),
        "tile_before": partial(page.next_tile, -1),
        "one": partial(page.cut, 1),
        "four": partial(page.cut, 4),
        "nine": partial(page.cut, 9),
        "closer": partial(page.glass.zoom_by, STEP),
        "wider": partial(page.glass.zoom_by, 1 / STEP),
        "shorter": partial(page.timeline.zoom, 2.0),
        "longer": partial(page.timeline.zoom, 0.5),
        "range_begin": partial(acts.range_end, False),
        "range_end": partial(acts.range_end, True),
        "lock": acts.ask_lock,
        "release": acts.ask_release,
        "bookmark": acts.ask_bookmark,
        "search": acts.begin_search,
        "masks": page.masks.ask,
        "purpose": acts.ask_purpose,
    }


def by_key(verbs: dict[str, Callable[[], object]]) -> dict[str, Callable[[], object]]:
    """The same by the names of the keys."""
    return {key: verbs[one.name] for one in KEYS for key in one.keys}


def name_of(event: QKeyEvent) -> str:
    """The name of a key as the table has it; Shift counts with arrows alone, elsewhere it is how the key is typed."""
    name = QKeySequence(event.key()).toString(QKeySequence.SequenceFormat.PortableText)
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    return f"Shift+{name}" if shift and event.key() in _WITH_SHIFT else name
