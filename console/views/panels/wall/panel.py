"""The walls of a seat: the one in the window with its side panel, video round and alarm strip, and those on further monitors."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QSplitter, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.alarms import Alarm
from console.models.events import AlarmChanged, AlarmRaised, RecordingChanged
from console.models.ids import AlarmId, CameraId
from console.models.people import Actor
from console.models.playback import Moment
from console.models.recording import RecorderState
from console.models.wall import CameraSequence
from console.services import footage, queries
from console.views import blink, words
from console.views.build import column, label, row, set_role
from console.views.panels.wall.arrange import KEYS, Grid
from console.views.panels.wall.board import Board
from console.views.panels.wall.canvas import WallCanvas
from console.views.panels.wall.fronts import comes_forward, pairs_of, rings_of, strip_of
from console.views.panels.wall.notes import TileNotes
from console.views.panels.wall.pace import PaceKeeper
from console.views.panels.wall.rounds import RoundBar
from console.views.panels.wall.side import WallSide
from console.views.panels.wall.stage import Stage
from console.views.panels.wall.strip import AlarmStrip, Pair
from console.views.panels.wall.turn_bar import TurnBar
from console.views.panels.wall.turning import Turning
from console.views.panels.wall.unmasking import Unmasking
from console.views.panels.wall.windows import WallWindow, WallWindows
from console.views.together import RESTS_MS, Together

MOST_COMING: Final = 12  # of so many alarms what was before is kept while they stand

if TYPE_CHECKING:
    from console.bridge import Bridge


class WallPanel(QWidget):
    """Live pictures of the site. Emits `camera_chosen` with a camera's id when the operator points at it."""

    camera_chosen = Signal(str)
    moment_chosen = Signal(object)

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("wall")
        self._bridge = bridge
        self._cameras = {camera.id: camera for camera in bridge.site.cameras}
        self._alarms: dict[AlarmId, Alarm] = {}
        self._sent_back: dict[AlarmId, int] = {}
        self._looked_at: AlarmId | None = None
        self._sequences: dict[str, CameraSequence] = {}
        self._recording: dict[CameraId, str] = {}
        self._put_away: list[QWidget] = []
        self._unmasking: dict[str, Unmasking] = {}
        self.turning = Turning(bridge, self)
        self.notes = TileNotes(bridge, self.turning, self)
        # A burst of alarms arranges the wall a few times, not a thousand times.
        self._soon = Together(RESTS_MS, self)
        self._soon.timeout.connect(self._show_alarms)
        self._blink = blink.shared(bridge)
        self.windows = WallWindows(bridge, self, self._welcome)
        self._build()
        self.pace = PaceKeeper(bridge, self._take_late, self._watched, self._spared, self)
        self.pace.changed.connect(self._say_pace)
        bridge.on(AlarmRaised, lambda event: self._take_in(event.alarm))
        bridge.on(AlarmChanged, lambda event: self._take_in(event.alarm))
        bridge.on(RecordingChanged, self._take_recording)
        bridge.actor_changed.connect(self._lock)
        bridge.ask(queries.live_alarms, then=self._begin)
        bridge.ask(footage.recorder_states, then=self._begin_recording)
        self.turning.said.connect(self._say)
        self.notes.changed.connect(self._repaint)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)
        self._lock(bridge.actor)
        self.retranslate()

    def _build(self) -> None:
        self.board = Board(self._bridge)
        self.side = WallSide(self._bridge, self.board)
        self.round = RoundBar(self._bridge, self.board)
        self.turn_bar = TurnBar(self._bridge, self.turning, self._cameras)
        self.turn_bar.done.connect(lambda: self.here.canvas.setFocus(Qt.FocusReason.OtherFocusReason))
        self.strip = AlarmStrip(self._bridge, self._cameras, self.send_back)
        self.strip.camera_chosen.connect(self.camera_chosen)
        self.strip.glass.marks = self._mark_of
        self.strip.glass.notes = self.notes.of
        self._load = label("wall.load", "warning", wraps=True)
        self._load.setContentsMargins(8, 2, 8, 4)
        self._load.setVisible(False)
        self._welcome(self.board)
        self.board.full_asked.connect(self.toggle_full)
        self.side.sequences.changed.connect(self._take_sequences)
        self.side.round_asked.connect(self.begin_round)
        whole = row(self.board, self.side)
        whole.setSpacing(0)
        whole.setStretchFactor(self.board, 1)
        self.board.middle.insertWidget(0, self.round)
        self.board.middle.insertWidget(1, self.turn_bar)
        self.board.middle.insertWidget(2, self._load)
        self.board.middle.removeWidget(self.board.canvas)
        self.stage = Stage(self.board.canvas, self.strip)
        self.board.middle.addWidget(self.stage, 1)
        self.board.middle.setSpacing(0)
        self.setLayout(column(whole))

    def _welcome(self, board: Board) -> None:
        """Let a wall take part in what happens at the post."""
        board.camera_chosen.connect(self.camera_chosen)
        board.camera_chosen.connect(self._turn_no_other)
        board.canvas.slot_chosen.connect(lambda _slot: self._aim(board))
        board.side_asked.connect(lambda: self._toggle_side(board))
        window = board.window()
        if isinstance(window, WallWindow):
            window.closed.connect(lambda _name: self._aim(self.board))
        board.canvas.marks = self._mark_of
        board.canvas.notes = self.notes.of
        board.canvas.hands = self.turning
        self._unmasking[board.name] = Unmasking(self._bridge, board)
        self._blink.turned.connect(board.canvas.turn)
        board.set_sequences(self._sequences)
        board.set_rings(rings_of(self._alarms.values()))
        board.canvas.locked = self._bridge.actor is None
        board.retranslate()

    @property
    def canvas(self) -> WallCanvas:
        """The pictures of the wall in the window."""
        return self.board.canvas

    @property
    def _boards(self) -> tuple[Board, ...]:
        return (self.board, *self.windows.boards)

    @property
    def here(self) -> Board:
        """The wall that the keyboard is for: that of the window that has it."""
        active = QApplication.activeWindow()
        return next((board for board in self.windows.boards if board.window() is active), self.board)

    def _lock(self, actor: Actor | None) -> None:
        for board in self._boards:
            board.canvas.locked = actor is None

    # ---------------------------------------------------------------- keys

    def choose_grid(self, grid: Grid) -> None:
        """Cut the wall this way from now on, at this seat."""
        self.here.choose(grid.key)

    def choose_layout(self, number: int) -> bool:
        """The way to cut the wall that Alt and a digit stand for."""
        return 1 <= number <= len(KEYS) and self.here.choose(KEYS[number - 1])

    def next_layout(self) -> bool:
        """The next way to cut the wall."""
        return self.here.step_layout(1)

    def previous_layout(self) -> bool:
        """The way to cut the wall before."""
        return self.here.step_layout(-1)

    def next_page(self) -> bool:
        """Show the next cameras; False where there are none."""
        return self.here.turn_page(1)

    def previous_page(self) -> bool:
        """Show the cameras before; False where there are none."""
        return self.here.turn_page(-1)

    def ask_number(self) -> bool:
        """Let the operator type the number of a camera; Enter shows it, Esc goes back."""
        return self.here.ask_number()

    def take_snapshot(self) -> bool:
        """Keep the picture of the chosen camera as evidence."""
        return self.here.take_snapshot()

    def replay(self) -> bool:
        """The last half minute of the chosen camera; again for the live picture."""
        return self.here.replay()

    def play_back(self) -> bool:
        """Open playback at the picture that the chosen tile replays; False where it shows live pictures."""
        camera = self.here.chosen()
        loop = self.here.canvas.loop_of(camera) if camera is not None else None
        at = loop.taken_at(loop.index(self._bridge.clock.monotonic())) if loop is not None else None
        if camera is None or at is None:
            return False
        self.moment_chosen.emit(Moment(at=at, cameras=(camera,), before_s=0.0))
        return True

    def swap(self) -> bool:
        """Mark a tile; with another chosen, the two change places."""
        return self.here.swap()

    def clear_tile(self) -> bool:
        """Empty the chosen tile."""
        return self.here.clear_tile()

    def turn_camera(self) -> bool:
        """Let the keyboard turn the chosen camera; again to end it."""
        if self.turning.end():
            return True
        board = self.here
        camera = board.chosen()
        if camera is None or not self.turning.begin(camera):
            return camera is not None
        board.canvas.select(camera)
        board.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def _say(self, sentence: str) -> None:
        if self.here is not self.board or self.turning.camera is None:  # else the bar over the wall says it
            self.here.say(sentence)

    def _turn_no_other(self, camera: str) -> None:
        """Whoever points at another camera is done with turning."""
        if self.turning.camera is not None and camera != self.turning.camera:
            self.turning.end()

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Turning ends with the keyboard elsewhere: digits must mean what they mean there."""
        if self.turning.camera is None or new is None:
            return
        place: QObject | None = new
        while place is not None and place is not self.turn_bar and not isinstance(place, WallCanvas):
            place = place.parent()
        if place is None:
            self.turning.end()

    def lift_masks(self) -> bool:
        """Ask why the privacy masks of the chosen camera are to be lifted; put back at once what is lifted."""
        return self._unmasking[self.here.name].ask()

    def toggle_side(self) -> bool:
        """The list of cameras, layouts, sequences and rounds for the wall that has the keyboard; again to close it."""
        return self._toggle_side(self.here)

    def _toggle_side(self, board: Board) -> bool:
        if self.side.isVisible() and self.side.board is board:
            self.side.setVisible(False)
            board.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        self._aim(board)
        self.window().activateWindow()  # the list is typed into, also where another monitor's wall asked for it
        self.side.begin()
        return True

    def _aim(self, board: Board) -> None:
        """Let the list beside the wall be for the wall that was touched last."""
        self.side.aim(board, several=bool(self.windows.boards))

    def begin_round(self, sequence: str = "") -> bool:
        """Begin a video round, or go on with the one that is under way."""
        return self.round.begin(sequence)

    def open_window(self) -> bool:
        """A wall on the next monitor."""
        if self.windows.open_next() is None:
            self.board.say(_("Every monitor has a wall already"))
        return True

    def toggle_full(self) -> bool:
        """The wall alone, with only what the window always shows; again for everything."""
        board = self.here
        if board is not self.board:
            self.windows.windows[board.name].toggle_full()
            return True
        if self._put_away:
            self._leave_full()
            return True
        child: QWidget = self
        while (parent := child.parentWidget()) is not None:
            if isinstance(parent, QSplitter):
                others = (parent.widget(at) for at in range(parent.count()))
                self._put_away += [other for other in others if other is not None and other is not child and not other.isHidden()]
            child = parent
        for other in self._put_away:
            other.setVisible(False)
        return True

    def _leave_full(self) -> bool:
        away, self._put_away = self._put_away, []
        for other in away:
            other.setVisible(True)
        return bool(away)

    def step_back(self) -> bool:
        """Undo one thing of the wall that has the keyboard; nothing is lost by it."""
        board = self.here
        if self._unmasking[board.name].bar.step_back():
            return True
        if board is not self.board:
            return self.turning.end() or board.step_back()
        return (
            self.round.step_back()
            or self.turning.end()
            or board.step_back()
            or self._close_side()
            or self.send_back()
            or self._leave_full()
        )

    def _close_side(self) -> bool:
        return self.side.isVisible() and self._toggle_side(self.side.board)

    # ---------------------------------------------------------------- alarms

    def send_back(self) -> bool:
        """Send the alarm strip away until an alarm signals again or a new one comes; False where there is none."""
        pairs = self._pairs()
        standing = [alarm for alarm in self._alarms.values() if comes_forward(alarm, self._sent_back)]
        for alarm in (*standing, *(alarm for _camera, alarm in pairs)):
            self._sent_back[alarm.id] = alarm.count
        self._looked_at = None
        self._show_alarms()
        return bool(pairs)

    def show_alarm(self, alarm: Alarm | None) -> None:
        """Show the cameras of the alarm the operator looks at first."""
        self._looked_at = alarm.id if alarm is not None else None
        if alarm is not None:
            self._leave_full()
            self._sent_back.pop(alarm.id, None)
        self._show_alarms()

    def show_camera(self, camera: str) -> None:
        """Bring a camera to the front and put the mark on it."""
        self.here.show_camera(camera)

    def _begin(self, alarms: tuple[Alarm, ...]) -> None:
        for alarm in alarms:
            known = self._alarms.get(alarm.id)
            if known is None or known.rev < alarm.rev:
                self._alarms[alarm.id] = alarm
        self._show_alarms()

    def _take_in(self, alarm: Alarm) -> None:
        if alarm.closed_at is not None:
            self._alarms.pop(alarm.id, None)
            self._sent_back.pop(alarm.id, None)
            if self._looked_at == alarm.id:
                self._looked_at = None
        else:
            self._alarms[alarm.id] = alarm
        self._soon.ask()

    def _pairs(self) -> tuple[Pair, ...]:
        looked_at = self._alarms.get(self._looked_at) if self._looked_at else None
        found = strip_of(self._alarms.values(), looked_at, self._sent_back)
        return self._known(found)

    def _known(self, pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
        return tuple((camera, alarm) for camera, alarm in pairs if camera in self._cameras)

    def _show_alarms(self) -> None:
        rings = rings_of(self._alarms.values())
        coming = pairs_of(self._alarms.values(), self._sent_back)[:MOST_COMING]
        self.strip.show_pairs(self._pairs(), rings, self._known(coming))
        self.stage.settle()
        for board in self._boards:
            board.set_rings(rings)
        self._blink.need("wall", any(ring.waiting for ring in rings.values()))

    # ---------------------------------------------------------------- sequences, recording, load

    def _take_sequences(self, sequences: dict[str, CameraSequence]) -> None:
        self._sequences = sequences
        for board in self._boards:
            board.set_sequences(sequences)

    def _begin_recording(self, states: tuple[RecorderState, ...]) -> None:
        """What recording did before the wall was there to hear of it; what it has heard since is newer."""
        self._recording = {state.camera: _mark(state) for state in states} | self._recording
        self._repaint()

    def _take_recording(self, event: RecordingChanged) -> None:
        self._recording[event.state.camera] = _mark(event.state)
        self._repaint()

    def _repaint(self) -> None:
        for board in self._boards:
            board.canvas.update()
        self.strip.glass.update()

    def _mark_of(self, camera: CameraId) -> str:
        return self._recording.get(camera, "")

    def _take_late(self) -> list[float]:
        late: list[float] = []
        for board in self._boards:
            late += board.canvas.late_ms
            board.canvas.late_ms.clear()
        return late

    def _watched(self) -> set[CameraId]:
        return {shown.camera for board in self._boards if board.isVisible() for shown in board.canvas.shown if shown.camera}

    def _spared(self) -> set[CameraId]:
        focus = set().union(*(board.in_focus for board in self._boards))
        return focus | set(self.strip.cameras)

    def _say_pace(self) -> None:
        sentence = self.pace.sentence
        self._load.setText(words.said(sentence))
        self._load.setVisible(bool(sentence))
        set_role(self._load, "warning")
        for board in self._boards:
            board.canvas.set_paces(self.pace.paces)

    # ---------------------------------------------------------------- Qt

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # The window is put together by now: its keys are there to be obeyed in the further windows too.
        QTimer.singleShot(0, self, self.windows.restore)

    def retranslate(self) -> None:
        """Say every sentence anew."""
        for part in (self.board, self.side, self.round, self.turn_bar, self.strip, self.windows):
            part.retranslate()
        for unmasking in self._unmasking.values():
            unmasking.retranslate()
        self._say_pace()


def _mark(state: RecorderState) -> str:
    """What a tile says of recording: "on", "off" where it should be and is not, else nothing."""
    return "on" if state.on else "off" if state.wanted and not state.armed else ""
