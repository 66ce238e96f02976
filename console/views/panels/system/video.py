"""Video on the system page: what pictures cost this machine, how many fit, and what is given up at present."""

import os
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from console.i18n import N_, _
from console.models.events import BudgetMeasured, FaultNoted
from console.models.ids import CameraId
from console.models.pictures import Load, Sight
from console.models.text import Text
from console.models.wall import Cost, VideoBudget
from console.services import faults, wall
from console.views import words
from console.views.build import bar, button, column, label, set_role
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

MEASURE_S: Final = 10.0
FIRST_AFTER_MS: Final = 60_000
LEAST_FRAMES: Final = 20


def costs_of(
    before: dict[CameraId, Load], after: dict[CameraId, Load], kinds: dict[CameraId, tuple[int, int, float]]
) -> tuple[Cost, ...]:
    """What each kind of picture cost a frame between two looks; kinds of which hardly a frame came are left out."""
    frames: dict[tuple[int, int, int], int] = {}
    spent: dict[tuple[int, int, int], float] = {}
    cameras: dict[tuple[int, int, int], int] = {}
    for camera, (width_px, height_px, fps) in kinds.items():
        if camera not in before or camera not in after:
            continue
        kind = (width_px, height_px, round(fps))
        came = after[camera].frames - before[camera].frames
        if came <= 0 or after[camera].cpu_s < before[camera].cpu_s:
            continue
        frames[kind] = frames.get(kind, 0) + came
        spent[kind] = spent.get(kind, 0.0) + after[camera].cpu_s - before[camera].cpu_s
        cameras[kind] = cameras.get(kind, 0) + 1
    return tuple(
        Cost(kind[0], kind[1], float(kind[2]), cameras[kind], spent[kind] / frames[kind] * 1e3)
        for kind in sorted(frames)
        if frames[kind] >= LEAST_FRAMES and kind[2] > 0
    )


class VideoTab(QWidget):
    """Measured once by itself a minute after the first start, and whenever somebody asks for it."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._seat = bridge.surroundings.seat
        self._fault = f"{wall.LOAD}:{self._seat}" if self._seat else wall.LOAD
        self._budget: VideoBudget | None = None
        self._before: dict[CameraId, Load] = {}
        self._title = label("system.video_title", "heading")
        self._state = label("system.video_state", "chip")
        self._measure = button("system.video_measure", self.measure)
        self._note = label("system.video_note", "dim", wraps=True)
        self._note.setContentsMargins(12, 0, 12, 8)
        self._table = RowsTable(
            "system.video",
            RowsModel((N_("Picture"), N_("Cameras"), N_("A frame costs"), N_("A camera takes"), N_("So many fit")), self),
            {0: 0.3, 1: 0.15, 2: 0.2, 3: 0.2, 4: 0.15},
        )
        whole = column(bar("system.video_bar", self._title, self._state, 1, self._measure), self._table, self._note)
        whole.setSpacing(0)
        whole.setStretchFactor(self._table, 1)
        self.setLayout(whole)
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.setInterval(round(MEASURE_S * 1000))
        self._end.timeout.connect(self._finish)
        self._first = QTimer(self)
        self._first.setSingleShot(True)
        self._first.setInterval(FIRST_AFTER_MS)
        self._first.timeout.connect(self.measure)
        self._reduced = Text()
        bridge.on(BudgetMeasured, lambda event: self._take_in(event.budget))
        bridge.on(FaultNoted, self._hear)
        bridge.ask(wall.budget, self._seat, then=self._begin)
        bridge.ask(faults.last, self._fault, then=self._begin_state)
        self.retranslate()

    def _begin(self, budget: VideoBudget | None) -> None:
        if budget is None:
            self._first.start()
        else:
            self._take_in(budget)

    def _begin_state(self, fault: FaultNoted | None) -> None:
        if fault is not None:
            self._hear(fault)

    def _hear(self, event: FaultNoted) -> None:
        if event.fault == self._fault:
            self._reduced = event.sentence if event.active else Text()
            self._show()

    def _take_in(self, budget: VideoBudget) -> None:
        if budget.seat == self._seat:
            self._first.stop()
            self._budget = budget
            self._show()

    def _loads(self) -> dict[CameraId, Load]:
        feed = self._bridge.feed
        live = [camera.id for camera in self._bridge.site.cameras if feed.state(camera.id).sight is Sight.LIVE]
        return {camera: feed.load(camera) for camera in live}

    def measure(self) -> None:
        """Measure for ten seconds on the cameras that are live now."""
        if self._end.isActive():
            return
        self._before = self._loads()
        self._end.start()
        self._show()

    def _finish(self) -> None:
        feed = self._bridge.feed
        kinds = {
            camera: (state.width_px, state.height_px, state.fps)
            for camera in self._before
            if (state := feed.state(camera)).width_px
        }
        costs = costs_of(self._before, self._loads(), kinds)
        if costs:
            self._bridge.do(wall.keep_budget, self._seat, os.cpu_count() or 1, costs)
        elif self._budget is None:
            self._first.start()  # no camera was live: a console that was started before its cameras measures later
        self._show()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def _show(self) -> None:
        budget = self._budget
        rows = []
        for cost in budget.costs if budget is not None else ():
            size = f"{cost.width_px}x{cost.height_px} {cost.fps:.0f} fps"
            share = _("{n} % of a core").format(n=f"{cost.cores * 100:.1f}")
            fits = _("about {n}").format(n=budget.fits(cost)) if budget is not None else ""
            rows.append(
                Row(size, (size, str(cost.cameras), f"{cost.frame_ms:.2f} ms", share, fits),
                    ((0, "text.main"), (4, "text.strong")))
            )
        self._table.rows.show(rows)
        running = self._end.isActive()
        self._measure.setEnabled(not running)
        self._measure.setText(_("Measuring ...") if running else _("Measure"))
        self._state.setText(words.said(self._reduced) if self._reduced else _("All pictures in full"))
        set_role(self._state, tone="warning" if self._reduced else "")

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("What pictures cost this machine"))
        share = self._budget.share if self._budget is not None else 0.7
        self._note.setText(
            _(
                "Measured on the cameras of this seat: decoding, scaling and checking, in processor time. "
                "{n} % of the processor are counted on for pictures; the rest stays for alarms and recording."
            ).format(n=f"{share * 100:.0f}")
        )
        self._table.say_when_empty(_("Not measured yet: it is done a minute after the start, with live cameras"))
        self._table.setAccessibleName(self._title.text())
        self._table.rows.retranslate()
        self._table.set_widths()
        self._show()
