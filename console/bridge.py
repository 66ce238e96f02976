"""The bridge: the only thing a view talks to. It carries commands to the desk, and events and results back to the GUI thread.

Everything that comes back is handed over in the order in which it was committed, a few milliseconds' worth at a time,
so that a burst of a thousand alarms never holds the window.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from console.models.clock import Clock
from console.models.errors import ConsoleError, Refused
from console.models.events import SignedOff
from console.models.footage import Exports, Unmasking
from console.models.inputs import Inputs
from console.models.keeping import RecordState
from console.models.onvif import CameraDevices, Steering
from console.models.people import Actor, SignOn
from console.models.pictures import PictureFeed
from console.models.plans import Plan
from console.models.playback import FootagePlayer, RecordedPicture
from console.models.points import PointsDesk
from console.models.recording import Recordings
from console.models.settings import SettingValue
from console.models.site import Site
from console.models.trust import Evidence
from console.models.tuning import Tuning
from console.services.desk import Desk

E = TypeVar("E")
R = TypeVar("R")
_log = logging.getLogger(__name__)

# How long the GUI thread may be kept handing things over before it paints and reads keys again.
SLICE_S = 0.004


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """An account of the pretend site, shown on its sign-on page and nowhere else."""

    login: str
    password: str
    name: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the console gives its views beside the desk; made by console.app, or by a test.

    `take_snapshot(camera)` keeps a full-size picture as evidence and gives its id; `print_report(form, record id,
    language, actor)` makes a form and gives the PrintedReport; `sign_on(login, password, seat)` checks a password
    beside the desk and gives the SignOn. All answer by futures. `inputs` is what may be asked of the running sources, `points`
    of the table of points; `exports` makes packages of footage, `masks` lifts privacy masks for a while; `keep_picture` keeps a
    picture of a recording as evidence.
    """

    feed: PictureFeed
    seat: str
    site_dir: Path
    data_dir: Path
    take_snapshot: Callable[..., "Future[Any]"]
    print_report: Callable[..., "Future[Any]"]
    demo_accounts: tuple[DemoAccount, ...] = ()
    ptz: Steering | None = None
    recording: Recordings | None = None
    tuning: Tuning | None = None
    devices: CameraDevices | None = None
    inputs: Inputs | None = None
    points: PointsDesk | None = None
    player: FootagePlayer | None = None
    exports: Exports | None = None
    masks: Unmasking | None = None
    keep_picture: "Callable[[RecordedPicture, Actor], Future[Evidence]] | None" = None


class Subscription:
    """A listener on the bus; `undo` ends it, as does the end of the object that asked."""

    def __init__(self, undo: Callable[[], None]) -> None:
        self._undo = undo

    def undo(self) -> None:
        """Stop listening."""
        self._undo()


class Bridge(QObject):
    """Lives in the GUI thread.

    Signals: `refused(Text)` a sentence for the notice bar; `broken(str)` the id of a bug in the program's log;
    `actor_changed(Actor | None)` somebody else has the keyboard.
    """

    refused = Signal(object)
    broken = Signal(str)
    actor_changed = Signal(object)
    _wake = Signal()

    def __init__(self, desk: Desk, surroundings: Surroundings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.surroundings = surroundings
        self.actor: Actor | None = None
        self._waiting: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._woken = False
        self._closed = False
        self._subscriptions: list[Subscription] = []
        self._wake.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self.on(SignedOff, self._signed_off)

    @property
    def site(self) -> Site:
        """The site as loaded."""
        return self._desk.ground.site

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The plans in force."""
        return self._desk.ground.plans

    @property
    def settings(self) -> dict[str, SettingValue]:
        """The settings in force, without those at their default."""
        return self._desk.ground.settings

    @property
    def clock(self) -> Clock:
        """The post's clock."""
        return self._desk.clock

    @property
    def record_state(self) -> RecordState:
        """Whether what happens can be recorded now."""
        return self._desk.record_state

    @property
    def feed(self) -> PictureFeed:
        """Where the wall pulls its pictures."""
        return self.surroundings.feed

    @property
    def demo_accounts(self) -> tuple[DemoAccount, ...]:
        """The accounts of the pretend site; empty on every real one."""
        return self.surroundings.demo_accounts

    def do(
        self,
        command: Callable[..., R],
        *args: Any,
        then: Callable[[R], None] | None = None,
        failed: Callable[[ConsoleError], None] | None = None,
        **kwargs: Any,
    ) -> None:
        """Have the desk run a command; `then` gets its result in the GUI thread when it is on disk.

        A ConsoleError goes to `failed`, or to the notice bar; any other error is a bug, logged and said by its id. What
        is done `by` somebody is refused while the keyboard is locked, whoever clicked.
        """
        self.attend(self._desk.do(command, *args, **kwargs) if _named(kwargs) else _nobody(), then, failed)

    def ask(
        self,
        query: Callable[..., R],
        *args: Any,
        then: Callable[[R], None],
        failed: Callable[[ConsoleError], None] | None = None,
        **kwargs: Any,
    ) -> None:
        """Have a query run beside the desk; `then` gets its answer in the GUI thread."""
        self.attend(self._desk.ask(query, *args, **kwargs), then, failed)

    def beside(
        self,
        verb: Callable[..., "Future[R]"],
        *args: Any,
        then: Callable[[R], None] | None = None,
        failed: Callable[[ConsoleError], None] | None = None,
        **kwargs: Any,
    ) -> None:
        """Run a verb that works beside the desk, `verb(desk, ...)`: those that check or hash a password."""
        self.attend(verb(self._desk, *args, **kwargs) if _named(kwargs) else _nobody(), then, failed)

    def attend(
        self,
        future: "Future[R]",
        then: Callable[[R], None] | None = None,
        failed: Callable[[ConsoleError], None] | None = None,
    ) -> None:
        """Wait for a future without waiting: its result or its error arrives in the GUI thread."""
        future.add_done_callback(lambda done: self._enqueue(partial(self._deliver, done, then, failed)))

    def on(self, kind: type[E], slot: Callable[[E], None]) -> Subscription:
        """Call `slot` in the GUI thread with every committed event of `kind`, or what else the bus says of it, in order."""

        def carry(event: E) -> None:
            self._enqueue(partial(slot, event))

        subscription = Subscription(self._desk.bus.on(kind, carry))
        self._subscriptions.append(subscription)
        return subscription

    def snapshot(self, camera: str, then: Callable[[Any], None] | None = None) -> None:
        """Keep the camera's newest full-size picture as evidence."""
        self.attend(self.surroundings.take_snapshot(camera, self.actor) if self.actor else _nobody(), then)

    def keep_picture(
        self, picture: "Future[RecordedPicture]", by: Actor | None, then: Callable[[Evidence], None] | None = None
    ) -> None:
        """Keep a picture of a recording as evidence, when it has come, for whoever had the keyboard when it was asked for."""
        keep = self.surroundings.keep_picture

        def put_away(taken: RecordedPicture) -> None:
            self.attend(keep(taken, by) if keep is not None and by is not None else _nobody(), then)

        self.attend(picture, put_away)

    def print_report(
        self, form: str, record_id: str, language: str, then: Callable[[Any], None] | None = None
    ) -> None:
        """Make a form as a PDF; `then` gets the PrintedReport, whose file lies under the data folder."""
        printing = self.surroundings.print_report
        self.attend(printing(form, record_id, language, self.actor) if self.actor else _nobody(), then)

    def take_keyboard(self, sign_on: SignOn | None) -> None:
        """From now on the keys belong to this signed-on person; None when the keyboard is locked."""
        self.actor = (
            None
            if sign_on is None
            else Actor(person=sign_on.person, name=sign_on.name, role=sign_on.role, seat=sign_on.seat)
        )
        self.actor_changed.emit(self.actor)

    def _signed_off(self, event: SignedOff) -> None:
        """Whoever left has no keyboard any more, whoever let them go."""
        left = event.sign_on
        if self.actor is not None and (self.actor.person, self.actor.seat) == (left.person, left.seat):
            self.take_keyboard(None)

    def sign_on(
        self,
        login: str,
        password: str,
        then: Callable[[SignOn], None] | None = None,
        failed: Callable[[ConsoleError], None] | None = None,
    ) -> None:
        """Sign somebody on at this seat; on success the keyboard is theirs."""

        def accepted(sign_on: SignOn) -> None:
            self.take_keyboard(sign_on)
            if then is not None:
                then(sign_on)

        self.attend(self._sign_on(login, password), accepted, failed)

    def _sign_on(self, login: str, password: str) -> "Future[SignOn]":
        from console.services import people

        return people.sign_on(self._desk, login, password, self.surroundings.seat)

    def close(self) -> None:
        """Say no more to anybody: the window is going."""
        self._closed = True
        for subscription in self._subscriptions:
            subscription.undo()
        self._subscriptions.clear()
        with self._lock:
            self._waiting.clear()

    def _enqueue(self, call: Callable[[], None]) -> None:
        with self._lock:
            if self._closed:
                return
            self._waiting.append(call)
            if self._woken:
                return
            self._woken = True
        try:
            self._wake.emit()
        except RuntimeError:
            # The window's C++ side is gone already; there is nobody left to tell.
            _log.debug("the bridge is gone")

    @Slot()
    def _drain(self) -> None:
        until = time.monotonic() + SLICE_S
        while True:
            with self._lock:
                if not self._waiting:
                    self._woken = False
                    return
                call = self._waiting.popleft()
            came_back = False
            try:
                call()
                came_back = True
            finally:
                if not came_back:
                    # A fault in one view goes to the log and the notice bar; all the others still hear the rest.
                    QTimer.singleShot(0, self._drain)
            if time.monotonic() >= until:
                QTimer.singleShot(0, self._drain)
                return

    def _deliver(
        self,
        future: "Future[Any]",
        then: Callable[[Any], None] | None,
        failed: Callable[[ConsoleError], None] | None,
    ) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is None:
            if then is not None:
                then(future.result())
        elif isinstance(error, ConsoleError):
            if failed is not None:
                failed(error)
            else:
                self.refused.emit(error.text)
        else:
            from console.log import bug

            self.broken.emit(bug(error))


def _named(kwargs: dict[str, Any]) -> bool:
    """Whether somebody stands behind a command that asks for somebody: without a person it would be the console's own."""
    return kwargs.get("by", True) is not None


def _nobody() -> "Future[Any]":
    refused: Future[Any] = Future()
    refused.set_exception(
        Refused(zh="键盘已锁定，请先登录。", en="The keyboard is locked; sign on first.")
    )
    return refused
