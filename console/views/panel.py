"""What a panel is, and how panels hear of one another without knowing one another.

A panel is one folder under `console.views.panels` with one `SPEC`. Its widget may offer, all of it optional:

`retranslate()`
    say every sentence anew; called after the language was switched
`wanted = Signal(bool)`
    for a panel of the work area that is there only at times: True shows its tab and brings it to the front, False
    hides it; a work panel without this signal is always there
`finished = Signal()`
    what was typed has been taken; the keyboard goes back to the queue
`tally = Signal(int)`
    a small number beside the panel's tab; 0 shows none
the signals and slots of `WIRES`
    connected with those of every other panel when the window is put together
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from console.bridge import Bridge


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelKey:
    """A key that a panel obeys by itself while it has the keyboard, as the page of keys shows it.

    `keys` are key sequences of Qt that mean the same; `title` and `what` are English sentences marked with N_.
    """

    name: str
    keys: tuple[str, ...]
    title: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSpec:
    """One panel: `key` is its folder's name, `title` an English sentence marked with N_, `area` a key of layout.AREAS.

    Panels of one area stand in the order of `order`. `icon` names a file of resources/icons, without its ending. `keys`
    are those of the panel alone; those of the whole post are in console.views.actions.
    """

    key: str
    title: str
    area: str
    order: int
    build: "Callable[[Bridge], QWidget]"
    icon: str = ""
    keys: tuple[PanelKey, ...] = ()


# A signal of one panel is connected with the slot of every other panel that has it.
WIRES: Final[tuple[tuple[str, str], ...]] = (
    ("alarm_chosen", "show_alarm"),  # Alarm or None: the alarm the operator looks at
    ("camera_chosen", "show_camera"),  # CameraId: the camera the operator asked for
    ("moment_chosen", "show_moment"),  # Moment: the time whose recordings the operator wants to see
    ("footage_asked", "begin_for_case"),  # CaseFootage: what the operator asks for of a case's recordings
    ("incident_chosen", "show_incident"),  # IncidentId: the case the operator looks at
)
