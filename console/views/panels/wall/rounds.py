"""The video round (视频巡查): a bar over the wall that asks camera by camera, and the list of rounds that were made."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget
from typing_extensions import override

from console import i18n
from console.i18n import N_, _
from console.models.events import VideoRoundChanged
from console.models.ids import CameraId, SequenceId
from console.models.wall import Finding, VideoRound, VideoRoundState
from console.services import wall
from console.views import words
from console.views.build import EnterField, button, column, label, named, row
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge
    from console.views.panels.wall.board import Board


class RoundBar(QFrame):
    """The round that is under way. Enter: normal. A: abnormal, then the words. Arrows: back and forth. Esc: later.

    It has the keyboard while the operator looks; Space goes on to the alarms as always.
    """

    left = Signal()

    def __init__(self, bridge: "Bridge", board: "Board", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "wall.round", "bar")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._bridge = bridge
        self._board = board
        self.round: VideoRound | None = None
        self._at = 0
        self._stopping = False
        self._says = label("wall.round_says", "strong", shrinks=True)
        self._found = label("wall.round_found", "chip")
        self._note = named(EnterField(), "wall.round_note")
        self._note.setMaxLength(500)
        self._note.returnPressed.connect(self._take_note)
        self._normal = button("wall.round_normal", self.confirm, "main")
        self._abnormal = button("wall.round_abnormal", self.ask_note)
        self._back = button("wall.round_back", partial(self._step, -1), icon="chevron-left")
        self._forth = button("wall.round_forth", partial(self._step, 1), icon="chevron-right")
        self._stop = button("wall.round_stop", self._ask_reason)
        parts = row(self._says, self._found, self._back, self._forth, self._normal, self._abnormal, self._stop)
        self.setLayout(column(parts, self._note, margins=(8, 4, 4, 4)))
        self._note.setVisible(False)
        self.setVisible(False)
        bridge.on(VideoRoundChanged, lambda event: self._take_in(event.round))
        self.retranslate()

    def begin(self, sequence: str = "") -> bool:
        """Begin a round, or go on with the one that is under way."""
        chosen = SequenceId(sequence) if sequence else None
        self._bridge.do(wall.begin_round, chosen, by=self._bridge.actor, then=self._go_on)
        return True

    def _go_on(self, walked: VideoRound) -> None:
        self.round = walked
        coming = walked.next_camera
        self._at = walked.cameras.index(coming) if coming is not None else 0
        self.setVisible(True)
        self._look()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _take_in(self, walked: VideoRound) -> None:
        if self.round is None or walked.id != self.round.id or walked.rev < self.round.rev:
            return
        self.round = walked
        if walked.state is not VideoRoundState.WALKING:
            done = walked.state is VideoRoundState.COMPLETED
            said = _("Round completed, {n} abnormal: {number}") if done else _("Round broken off: {number}")
            self._leave()
            self._board.say(said.format(number=walked.number, n=walked.abnormal))
            return
        if self.isVisible():
            self._look()

    @property
    def camera(self) -> CameraId | None:
        """The camera that is asked about."""
        return self.round.cameras[self._at] if self.round is not None else None

    def confirm(self) -> None:
        """The camera that is shown is normal."""
        self._check(Finding.NORMAL, "")

    def ask_note(self) -> None:
        """Something is wrong on the camera that is shown: let the operator write what."""
        self._stopping = False
        self._open_note(_("What is wrong? Enter keeps it, Esc goes back"))

    def _ask_reason(self) -> None:
        self._stopping = True
        self._open_note(_("Why is the round broken off? Enter ends it, Esc goes back"))

    def _open_note(self, hint: str) -> None:
        self._note.clear()
        self._note.setPlaceholderText(hint)
        self._note.setAccessibleName(hint)
        self._note.setVisible(True)
        self._note.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_note(self) -> None:
        if self._stopping and self.round is not None:
            self._bridge.do(wall.break_off, self.round.id, self._note.text(), by=self._bridge.actor)
        else:
            self._check(Finding.ABNORMAL, self._note.text())

    def _check(self, finding: Finding, note: str) -> None:
        camera = self.camera
        if self.round is None or camera is None:
            return
        self._bridge.do(wall.check, self.round.id, camera, finding, note, by=self._bridge.actor, then=self._checked)

    def _checked(self, walked: VideoRound) -> None:
        self._note.setVisible(False)
        if walked.state is not VideoRoundState.WALKING or self.round is None:
            return
        self.round = walked
        ahead = [at for at in range(len(walked.cameras)) if walked.check_of(walked.cameras[at]) is None]
        self._at = next((at for at in ahead if at > self._at), ahead[0])
        self._look()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _step(self, by: int) -> None:
        if self.round is not None:
            self._at = (self._at + by) % len(self.round.cameras)
            self._look()

    def step_back(self) -> bool:
        """Leave the words that are being written, else the round; it stays under way and F4 goes on with it."""
        if self._note.isVisible():
            self._note.setVisible(False)
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        if self.isVisible():
            self._leave()
            return True
        return False

    def _leave(self) -> None:
        self._note.setVisible(False)
        if not self.isVisible():
            return
        self.setVisible(False)
        self._board.look_only_at(None)
        self.left.emit()

    def _look(self) -> None:
        camera = self.camera
        if camera is None:
            return
        if self._board.canvas.selected != camera or len(self._board.canvas.shown) != 1:
            self._board.look_only_at(camera)
        self._say()

    def _say(self) -> None:
        if self.round is None or self.camera is None:
            return
        known = self.round.check_of(self.camera)
        self._says.setText(
            _("{n}/{all}  {camera}  Video round {number}").format(
                number=self.round.number,
                n=self._at + 1,
                all=len(self.round.cameras),
                camera=self._board.called(self.camera),
            )
        )
        left = len(self.round.cameras) - len(self.round.checks)
        self._found.setText(words.term(known.finding) if known is not None else _("{n} to go").format(n=left))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        acts: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Return: self.confirm,
            Qt.Key.Key_Enter: self.confirm,
            Qt.Key.Key_A: self.ask_note,
            Qt.Key.Key_Left: partial(self._step, -1),
            Qt.Key.Key_Right: partial(self._step, 1),
        }
        act = acts.get(Qt.Key(event.key()))
        if act is None or event.isAutoRepeat() or self._note.hasFocus():
            event.ignore()
            return
        act()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._normal.setText(_("Normal  Enter"))
        self._abnormal.setText(_("Abnormal  A"))
        self._stop.setText(_("Break off"))
        self._back.setToolTip(_("Camera before (left)"))
        self._forth.setToolTip(_("Next camera (right)"))
        for widget in (self._back, self._forth):
            widget.setAccessibleName(widget.toolTip())
        self._say()


class RoundsTab(QWidget):
    """The rounds that were made, newest first; begin one, print one. `begin_asked` carries a sequence's id, or ""."""

    begin_asked = Signal(str)

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._rounds: dict[str, VideoRound] = {}
        self.table = RowsTable(
            "wall.rounds",
            RowsModel((N_("Round"), N_("Begun"), N_("Finding")), self),
            {0: "2026-00000", 1: "00-00 00:00", 2: 1.0},
        )
        self._begin_button = button("wall.round_begin", lambda: self.begin_asked.emit(""), "main")
        self._print_button = button("wall.round_print", self._print, icon="printer")
        self._print_button.setEnabled(False)
        self._said = label("wall.rounds_said", "small", wraps=True)
        whole = column(self.table, row(self._begin_button, self._print_button), self._said, margins=(6, 6, 6, 6))
        whole.setStretchFactor(self.table, 1)
        self.setLayout(whole)
        bridge.on(VideoRoundChanged, lambda event: self._take_in(event.round))
        bridge.ask(wall.video_rounds, then=self._start)

    def begin(self) -> None:
        """Let the keys go through the rounds."""
        self.table.begin()

    def _start(self, rounds: tuple[VideoRound, ...]) -> None:
        self._rounds = {one.id: one for one in rounds} | self._rounds
        self._show()

    def _take_in(self, walked: VideoRound) -> None:
        self._rounds[walked.id] = walked
        self._show()

    def _show(self) -> None:
        now = self._bridge.clock.now()
        rows = []
        for one in sorted(self._rounds.values(), key=lambda each: each.started_at, reverse=True):
            counted = f"{len(one.checks)}/{len(one.cameras)}"
            found = _("{n} abnormal").format(n=one.abnormal) if one.abnormal else words.term(one.state)
            tones = ((0, "text.main"), (2, "state.warning")) if one.abnormal else ((0, "text.main"),)
            rows.append(
                Row(one.id, (one.number, words.when(one.started_at, now, self._zone), f"{counted} {found}"), tones)
            )
        self.table.rows.show(rows)
        self._print_button.setEnabled(bool(rows))

    def _print(self) -> None:
        chosen = self.table.chosen_key() or next((self.table.rows.row(0).key for _one in self._rounds), "")
        if chosen:
            self._said.setText(_("Printing ..."))
            self._bridge.print_report("video_round", chosen, i18n.language(), self._printed)

    def _printed(self, report: object) -> None:
        self._said.setText(_("Printed: {file}").format(file=getattr(report, "file", "")))

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._begin_button.setText(_("Begin or go on  F4"))
        self._print_button.setText(_("Print"))
        self.table.setAccessibleName(_("Video rounds"))
        self.table.say_when_empty(_("No video round yet"))
        self.table.rows.retranslate()
        self.table.set_widths()
        self._show()
