"""Every camera with what matters of it: picture, faults, recording, days kept, clock, its last fault; the worst first."""

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget
from typing_extensions import override

from console.i18n import N_, _
from console.models.camera_health import CameraTrouble
from console.models.errors import ConsoleError
from console.models.ids import CameraId
from console.models.people import Right
from console.models.pictures import CameraState, Sight
from console.models.recording import RecorderState, RecordMode, tells_time
from console.models.settings import seconds_of
from console.models.site import Camera
from console.models.work_orders import WorkOrderState
from console.services import camera_care
from console.services.camera_care import CameraRecord
from console.views import words
from console.views.build import bar, button, column, label, named, row
from console.views.panels.system.looking import Looking
from console.views.rights import may
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

LOOK_MS: Final = 2000
RECORD_EVERY_TURNS: Final = 10


class CareTab(QWidget):
    """A table, and below it what else is known of the chosen camera. Looks after itself only while it is seen."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._records: dict[CameraId, CameraRecord] = {}
        self._title = label("system.care_title", "heading")
        self._wrong = label("system.care_wrong", "chip")
        headings = (
            N_("No."), N_("Camera"), N_("Picture now"), N_("Faults"), N_("Recording"), N_("Days kept"), N_("Full in"),
            N_("Clock off by"), N_("Last fault"),
        )  # fmt: skip
        self._table = RowsTable(
            "system.care",
            RowsModel(headings, self),
            {0: "000", 1: 0.24, 2: "Connecting 0", 3: 0.26, 4: 0.2, 5: "Kept of days 0000", 6: "000 h 000", 7: "+000.0 s (told)", 8: 0.3},
        )
        self._table.selectionModel().selectionChanged.connect(lambda *_args: self._show_detail())
        self._detail = label("system.care_detail", wraps=True)
        self._reason = named(QLineEdit(), "system.care_reason")
        self._reason.setMaxLength(500)
        self._reason.textChanged.connect(lambda _text: self._allow())
        self._relearn = button("system.care_relearn", self.relearn)
        self._says = label("system.care_says", "warning", wraps=True)
        self._says.hide()
        form = named(QFrame(), "system.care_form", "bar")
        form.setLayout(column(self._detail, self._says, row(self._reason, self._relearn), margins=(12, 8, 8, 8)))
        whole = column(bar("system.care_bar", self._title, self._wrong, 1), self._table, form)
        whole.setSpacing(0)
        whole.setStretchFactor(self._table, 1)
        self.setLayout(whole)
        self.looking = Looking(self, LOOK_MS, RECORD_EVERY_TURNS, self._ask, self._show)
        bridge.actor_changed.connect(lambda _actor: self._allow())
        self.retranslate()

    # ---------------------------------------------------------------- what the button does

    def relearn(self) -> None:
        """What the chosen camera shows now is right from now on."""
        tuning, actor, camera = self._bridge.surroundings.tuning, self._bridge.actor, self._table.chosen_key()
        if tuning is None or actor is None or not camera:
            return
        self._says.hide()
        asked = tuning.relearn(CameraId(camera), self._reason.text(), by=actor)
        self._bridge.attend(asked, lambda _done: self._relearnt(), self._refused)

    def _relearnt(self) -> None:
        self._reason.clear()
        self._say(_("The camera is learnt anew; that takes about half a minute"))

    def _refused(self, error: ConsoleError) -> None:
        self._say(words.said(error.text))

    def _say(self, sentence: str) -> None:
        self._says.setText(sentence)
        self._says.show()

    # ---------------------------------------------------------------- what it shows

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.looking.begin()

    def _ask(self) -> None:
        self._bridge.ask(camera_care.overview, then=self._take_in)

    def _take_in(self, records: tuple[CameraRecord, ...]) -> None:
        self._records = {one.camera: one for one in records}
        self._show()

    def _show(self) -> None:
        listed = sorted(
            ((self._worth(camera), camera) for camera in self._bridge.site.cameras), key=lambda one: (one[0], one[1].number)
        )
        chosen = self._table.chosen_key()
        self._table.rows.show([self._row(camera) for _worth, camera in listed])
        if chosen and not self._table.chosen_key():  # another order: the camera that was looked at stays chosen
            self._table.selectRow(next(n for n, (_worth, camera) in enumerate(listed) if camera.id == chosen))
        wrong = sum(worth < _WELL for worth, _camera in listed)
        self._wrong.setText(_("{n} with something wrong").format(n=wrong) if wrong else _("All well"))
        self._show_detail()

    def _recorder(self, camera: Camera) -> RecorderState | None:
        recording = self._bridge.surroundings.recording
        return recording.states.get(camera.id) if recording is not None else None

    def _clock(self, camera: Camera) -> float | None:
        devices = self._bridge.surroundings.devices
        clocks = devices.clocks() if devices is not None else ()
        return next((one.offset_s for one in clocks if one.camera == camera.id), None)

    def _clock_is_off(self, offset_s: float | None) -> bool:
        return offset_s is not None and abs(offset_s) > seconds_of(self._bridge.settings, "video.clock_off_s")

    def _worth(self, camera: Camera) -> int:
        """How much a camera needs somebody: the smaller, the sooner."""
        state, recorder, record = self._bridge.feed.state(camera.id), self._recorder(camera), self._records.get(camera.id)
        if state.sight is Sight.OFFLINE:
            return 0
        if _shown(state):
            return 1
        if recorder is not None and recorder.wanted and not recorder.on and not recorder.armed:
            return 2
        if record is not None and record.holding is not None and record.holding.short:
            return 3
        if self._clock_is_off(self._clock(camera)) or state.sight is Sight.STALE:
            return 4
        return _WELL

    def _row(self, camera: Camera) -> Row:
        state, recorder, record = self._bridge.feed.state(camera.id), self._recorder(camera), self._records.get(camera.id)
        tones: list[tuple[int, str]] = [(1, "text.main")]
        sight_tone = {Sight.OFFLINE: "state.fault", Sight.STALE: "state.warning"}.get(state.sight, "")
        faults = ", ".join(words.term(one) for one in _shown(state))
        if sight_tone:
            tones.append((2, sight_tone))
        if faults:
            tones.append((3, "state.fault"))
        recording, recording_tone = _recording(camera, recorder)
        if recording_tone:
            tones.append((4, recording_tone))
        kept = ""
        if record is not None and record.holding is not None:
            kept = f"{record.holding.held_days:.1f} / {record.holding.required_days:g}"
            if record.holding.short:
                tones.append((5, "state.fault"))
        offset_s = self._clock(camera)
        if self._clock_is_off(offset_s):
            tones.append((7, "state.fault"))
        return Row(
            camera.id,
            (
                f"{camera.number:02d}",
                words.said(camera.name),
                words.term(state.sight),
                faults,
                recording,
                kept,
                self._full_in() if camera.record.mode is not RecordMode.NONE else "",
                f"{offset_s:+.1f} s" if offset_s is not None else _told_briefly(record),
                self._last_fault(record),
            ),
            tuple(tones),
        )

    def _full_in(self) -> str:
        recording = self._bridge.surroundings.recording
        hours = [one.headroom_h for one in (recording.disks if recording is not None else ()) if one.headroom_h is not None]
        return words.about(sum(hours) * 3600) if hours else ""

    def _last_fault(self, record: CameraRecord | None) -> str:
        order = record.last_fault if record is not None else None
        if order is None:
            return ""
        began = words.when(order.opened_at, self._bridge.clock.now(), self._zone)
        over = order.state in (WorkOrderState.OVER, WorkOrderState.CLOSED) and order.over_at is not None
        lasted = words.about((order.over_at - order.opened_at).total_seconds()) if over and order.over_at else _("not over")
        return f"{began} {self._without_name(record, words.said(order.title))} ({lasted})"

    def _without_name(self, record: CameraRecord | None, title: str) -> str:
        """What a work order says beyond the name of its camera, which stands in the row already."""
        camera = next((one for one in self._bridge.site.cameras if record is not None and one.id == record.camera), None)
        return title.removeprefix(words.said(camera.name)).lstrip(" :：,，") if camera is not None else title

    def _told_clock(self, record: CameraRecord | None) -> str:
        """What the camera's clock said of itself while it was recorded; nobody measured it, and no alarm follows from it."""
        if record is None or record.told_off_s is None or record.told_at is None:
            return ""
        if not tells_time(record.told_off_s):
            return _("while it is recorded the camera tells no time of day: its clock counts from its start or was never set")
        told = _("its clock was off by {seconds} s, as it told itself while it was recorded at {time}")
        at = words.when(record.told_at, self._bridge.clock.now(), self._zone)
        return told.format(seconds=f"{record.told_off_s:+.1f}", time=at)

    def _show_detail(self) -> None:
        key = self._table.chosen_key()
        camera = next((one for one in self._bridge.site.cameras if one.id == key), None)
        self._reason.setVisible(camera is not None)
        self._relearn.setVisible(camera is not None)
        if camera is None:
            self._detail.setText(_("Choose a camera to see more of it"))
            self._allow()
            return
        state, record = self._bridge.feed.state(camera.id), self._records.get(camera.id)
        parts = [
            _("{rules} rules, {masks} privacy masks").format(rules=len(camera.rules), masks=len(camera.masks)),
            words.pair(state.reason_zh, state.reason_en),
        ]
        if state.unchecked:
            told = ", ".join(words.term(one) for one in state.unchecked)
            parts.append(_("cannot be told now (dark or plain picture): {faults}").format(faults=told))
        if record is not None and record.holding is not None:
            source = words.cited(record.rule) or _("the camera's own days in the site folder")
            parts.append(_("{days} days are required by {source}").format(
                days=f"{record.holding.required_days:g}", source=source))  # fmt: skip
        parts.append(self._told_clock(record))
        recorder = self._recorder(camera)
        if recorder is not None and recorder.reason:
            parts.append(words.said(recorder.reason))
        name = f"{camera.number:02d} {words.said(camera.name)}"
        self._detail.setText(f"{name}  ·  " + "  ·  ".join(part for part in parts if part))
        self._allow()

    def _allow(self) -> None:
        allowed = self._bridge.surroundings.tuning is not None and may(self._bridge.actor, Right.TUNE_RULES)
        self._reason.setEnabled(allowed)
        self._relearn.setEnabled(allowed and bool(self._reason.text().strip()) and bool(self._table.chosen_key()))

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Condition of the cameras"))
        self._reason.setPlaceholderText(_("Why does it look elsewhere now? It goes into the journal"))
        self._reason.setAccessibleName(_("Reason for the change"))
        self._relearn.setText(_("Learn the reference anew"))
        self._relearn.setToolTip(_("What the camera shows now is right: covered, blurred and moved are judged against it"))
        self._table.setAccessibleName(self._title.text())
        self._table.say_when_empty(_("The site has no cameras"))
        self._table.rows.retranslate()
        self._table.set_widths()
        self._show()


_WELL: Final = 9


def _told_briefly(record: CameraRecord | None) -> str:
    """The same in a cell, where no measured offset is known."""
    if record is None or record.told_off_s is None:
        return ""
    if not tells_time(record.told_off_s):
        return _("no time of day")
    return _("{seconds} s (told)").format(seconds=f"{record.told_off_s:+.1f}")


def _shown(state: CameraState) -> tuple[CameraTrouble, ...]:
    """The faults beside what the state of the picture says already."""
    return tuple(one for one in state.faults if one is not CameraTrouble.LOSS)


def _recording(camera: Camera, state: RecorderState | None) -> tuple[str, str]:
    mode = words.term(camera.record.mode)
    if camera.record.mode is RecordMode.NONE or state is None:
        return mode, ""
    if state.on:
        return _("{mode}: recording").format(mode=mode), ""
    if state.armed:
        return _("{mode}: ready").format(mode=mode), ""
    if state.wanted:
        return _("{mode}: NOT recording").format(mode=mode), "state.fault"
    return _("{mode}: not now").format(mode=mode), ""
