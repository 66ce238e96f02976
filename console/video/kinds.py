"""What a kind of camera and a kind of analytics rule are, to the worker and to the site checker."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from typing_extensions import override

from console.models.ids import CameraId
from console.models.pictures import Box, Seen
from console.models.site import Camera, Rule
from console.models.text import Text

if TYPE_CHECKING:
    from console.video.eye import View
    from console.video.frames import Frame


@dataclass(frozen=True, slots=True)
class Workbench:
    """One place in a worker to convert and scale frames, for all of its cameras in turn.

    Frames of one size lie in the same memory whoever's they are, so that it stays in the
    processor's cache: measured, 16 cameras cost 6 % less than with memory of their own. Whoever
    works holds `turn` until done with the frame. `frames` are as decoded, `tiles` as shown: a part of a frame may be
    scaled to the frame's own size. `options` is held by whoever changes what the next opening is told.
    """

    turn: threading.Lock = field(default_factory=threading.Lock)
    options: threading.Lock = field(default_factory=threading.Lock)
    frames: dict[tuple[int, int], Any] = field(default_factory=dict)
    tiles: dict[tuple[int, int], Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a camera needs to be opened: itself, its password, where the site's files lie, and the site's time zone.

    `bench` is the worker's, see Workbench. With `key_frames` only key frames are to be decoded, where the kind can.
    """

    camera: Camera
    secret: str
    site_dir: Path
    scenes_dir: Path | None
    timezone: str = "UTC"
    bench: Workbench = field(default_factory=Workbench)
    key_frames: bool = False

    @override
    def __repr__(self) -> str:
        return f"Setting({self.camera.id!r})"


class Capture(Protocol):
    """An open camera, owned by one thread.

    `grab` waits for the next frame and tells whether there was one; False means that the camera
    has to be opened anew. `retrieve` gives the frame grabbed last, in memory that the next
    `retrieve` of any camera of the worker may overwrite; it is called only when somebody needs the
    picture, and by whoever's turn it is at the bench. Both may raise ConsoleError with the sentence
    that says what is wrong.
    """

    width_px: int
    height_px: int
    fps: float

    def grab(self) -> bool: ...

    def retrieve(self) -> "Frame": ...

    def cue(self, name: str) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSpec:
    """A kind of camera.

    `check` tells what is wrong with a camera of the site folder, one sentence a mistake, without a
    codec and without a connection. `open` connects; it runs in a worker process, raises
    ConsoleError where the world is at fault, and returns or raises within `opens_within_s`: an
    opening that lasts longer counts as hung, and its process is killed. `key_frames` says whether it can decode key
    frames alone.
    """

    name: str
    check: Callable[[Camera, Path], list[Text]]
    open: Callable[[Setting], Capture]
    opens_within_s: float = 12.0
    key_frames: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule has to say after a frame: it became active, or it cleared."""

    active: bool
    box: Box = (0.0, 0.0, 0.0, 0.0)
    area: float = 0.0


@dataclass(frozen=True, slots=True)
class Working:
    """How a rule works on the newest picture, in its own measure; see console.models.pictures.RuleWorking."""

    score: float = 0.0
    threshold: float = 0.0
    seen: tuple[Seen, ...] = ()
    reliable: bool = True


class Judge(Protocol):
    """The rules of one kind at work on one camera. `look` is given views in order, about `every_s` apart.

    `working` tells of one of its rules how it stands after the newest look, for somebody who tunes it.
    """

    every_s: float

    def look(self, view: "View") -> list[tuple[Rule, Verdict]]: ...

    def working(self, rule: Rule) -> Working: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSpec:
    """A kind of analytics rule: all rules of this kind of one camera are judged together.

    `judge` is given the ids of the rules that were active when a judge before this one was lost with
    its process; they clear as they would have, so that no alarm waits for ever for its end.
    """

    name: str
    check: Callable[[Rule], list[Text]]
    judge: Callable[[CameraId, tuple[Rule, ...], frozenset[str]], Judge]
