"""Alarms an hour, against what one operator can take: EEMUA 191 and ISA-18.2 name six an hour, twelve at the most."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from console.i18n import _
from console.models.events import AlarmRaised
from console.services import queries
from console.views import theme, words
from console.views.build import bar, column, label, set_role

if TYPE_CHECKING:
    from console.bridge import Bridge

HOURS: Final = 24
# ISA-18.2 table 7 / EEMUA 191: about 6 an hour is very likely acceptable, about 12 the most that can be managed.
ACCEPTABLE: Final = 6
MANAGEABLE: Final = 12
Counts = tuple[tuple[datetime, int], ...]


def verdict_of(counts: Counts) -> tuple[str, int, float]:
    """Tone, the busiest hour's count and the mean of the full hours: "" acceptable, "warning" manageable, "fault" more."""
    full = [count for _at, count in counts[:-1]] or [0]
    mean, peak = sum(full) / len(full), max(count for _at, count in counts) if counts else 0
    tone = "fault" if mean > MANAGEABLE else "warning" if mean > ACCEPTABLE else ""
    return tone, peak, mean


class FiguresTab(QWidget):
    """Bars of the last 24 hours. The plotting library is loaded when somebody first looks."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._zone = words.zone_or_utc(bridge.site)
        self._counts: Counts = ()
        self._plot: Any = None
        self._stale = True
        self._title = label("system.figures_title", "heading")
        self._says = label("system.figures_says", "chip")
        self._note = label("system.figures_note", "dim", wraps=True)
        self._layout = column(bar("system.figures_bar", self._title, self._says, 1), self._note, margins=(0, 0, 0, 8))
        self._note.setContentsMargins(12, 0, 12, 0)
        self.setLayout(self._layout)
        bridge.on(AlarmRaised, lambda _event: self._again())
        self.retranslate()

    def _again(self) -> None:
        self._stale = True
        if self.isVisible():
            self._ask()

    def _ask(self) -> None:
        self._stale = False
        self._bridge.ask(queries.alarms_per_hour, HOURS, then=self.show_counts)

    def show_counts(self, counts: Counts) -> None:
        """Show the counts of these hours, oldest first, the running one last."""
        self._counts = counts
        tone, peak, mean = verdict_of(counts)
        self._says.setText(_("{mean} an hour on average, {peak} in the busiest").format(mean=f"{mean:.1f}", peak=peak))
        set_role(self._says, tone=tone)
        if self._plot is not None:
            self._draw()

    def _make_plot(self) -> None:
        import pyqtgraph

        self._plot = pyqtgraph.PlotWidget()
        self._plot.setObjectName("system.figures_plot")
        self._plot.setMenuEnabled(False)
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.hideButtons()
        self._layout.insertWidget(1, self._plot, 1)

    def _draw(self) -> None:
        import pyqtgraph

        plot = self._plot
        plot.clear()
        plot.setBackground(theme.color("surface.base"))
        face = theme.font("small")
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setPen(theme.color("chart.grid"))
            axis.setTextPen(theme.color("text.dim"))
            axis.setTickFont(face)
        heights = [count for _at, count in self._counts]
        plot.addItem(
            pyqtgraph.BarGraphItem(
                x=list(range(len(heights))),
                height=heights,
                width=0.72,
                brush=theme.color("chart.fill"),
                pen=theme.color("chart.line"),
            )
        )
        dashed = pyqtgraph.mkPen(theme.color("chart.limit"), width=1, dash=[6, 4])
        for limit, text in ((ACCEPTABLE, _("acceptable")), (MANAGEABLE, _("the most that can be managed"))):
            line = pyqtgraph.InfiniteLine(
                pos=limit,
                angle=0,
                pen=dashed,
                label=f"{limit}  {text}",
                labelOpts={"position": 0.02, "anchors": [(0, 1), (0, 1)], "color": theme.color("chart.limit")},
            )
            line.label.setFont(face)
            plot.addItem(line)
        ticks = [
            (n, words.minute(at, self._zone)) for n, (at, _count) in enumerate(self._counts) if n % 3 == 0
        ]
        plot.getAxis("bottom").setTicks([ticks])
        plot.setXRange(-0.6, max(1, len(heights)) - 0.4, padding=0)
        plot.setYRange(0, max(MANAGEABLE + 2, *heights, 1) * 1.05, padding=0)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._plot is None:
            self._make_plot()
            self._draw()
        if self._stale:
            self._ask()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._plot is not None:
            self._draw()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._title.setText(_("Alarms an hour, the last 24 hours"))
        self._note.setText(
            _(
                "EEMUA 191 and ISA-18.2: about six alarms an hour are very likely acceptable for one operator, "
                "twelve are the most that can be managed. The running hour is not counted into the average."
            )
        )
        self.show_counts(self._counts)
