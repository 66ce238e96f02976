"""The picture of a period: bars of alarms, floods marked, and what an operator can take as a line."""

from datetime import timedelta, tzinfo
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from console.i18n import _
from console.models.figures import SLOT, AlarmFigures
from console.views import theme, words
from console.views.panels.figures.periods import bars


class Chart(QWidget):
    """Bars over time. The plotting library is loaded when somebody first looks."""

    def __init__(self, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("figures.chart")
        self._zone = zone
        self._figures: AlarmFigures | None = None
        self._steady, self._most = 1.0, 12.0
        self._plot: Any = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self.setMinimumHeight(150)

    def show_figures(self, figures: AlarmFigures, steady: float, most_per_hour: float) -> None:
        """Draw a period; `steady` alarms in ten minutes and `most_per_hour` are what one operator can take."""
        self._figures, self._steady, self._most = figures, steady, most_per_hour
        if self._plot is not None:
            self._draw()

    def _draw(self) -> None:
        import pyqtgraph

        figures, plot = self._figures, self._plot
        if figures is None:
            return
        plot.clear()
        plot.setBackground(theme.color("surface.base"))
        face = theme.font("small")
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setPen(theme.color("chart.grid"))
            axis.setTextPen(theme.color("text.dim"))
            axis.setTickFont(face)
        together = bars(figures.until_at - figures.since_at)
        groups = [figures.slots[n : n + together] for n in range(0, len(figures.slots), together)]
        heights = [sum(slot.alarms for slot in group) for group in groups]
        flooded = [any(slot.flood for slot in group) for group in groups]
        for floods, token in ((False, "chart.fill"), (True, "state.fault")):
            here = [n for n, flood in enumerate(flooded) if flood is floods]
            plot.addItem(
                pyqtgraph.BarGraphItem(
                    x=here,
                    height=[heights[n] for n in here],
                    width=0.8,
                    brush=theme.color(token),
                    pen=theme.color("chart.line"),
                )
            )
        limits = (
            (self._steady * together * figures.operators, _("steady"), (0.02, (0, 1))),
            (self._most / 6 * together * figures.operators, _("the most that can be managed"), (0.98, (1, 1))),
        )
        dashed = pyqtgraph.mkPen(theme.color("chart.limit"), width=1, dash=[6, 4])
        for limit, text, (position, anchor) in limits:
            line = pyqtgraph.InfiniteLine(
                pos=limit,
                angle=0,
                pen=dashed,
                label=f"{limit:g}  {text}",
                labelOpts={"position": position, "anchors": [anchor, anchor], "color": theme.color("chart.limit")},
            )
            line.label.setFont(face)
            plot.addItem(line)
        long = figures.until_at - figures.since_at > timedelta(days=2)
        step = max(1, len(groups) // 8)
        ticks = [
            (n, words.day_and_time(group[0].at, self._zone) if long else words.minute(group[0].at, self._zone))
            for n, group in enumerate(groups)
            if n % step == 0
        ]
        plot.getAxis("bottom").setTicks([ticks])
        plot.setXRange(-0.6, max(1, len(groups)) - 0.4, padding=0)
        plot.setYRange(0, max(limits[1][0] * 1.15, *heights, 1) * 1.05, padding=0)
        minutes = int(together * SLOT / timedelta(minutes=1))
        plot.setAccessibleName(_("Alarms in each {n} minutes").format(n=minutes))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._plot is None:
            import pyqtgraph

            self._plot = pyqtgraph.PlotWidget()
            self._plot.setObjectName("figures.plot")
            self._plot.setMenuEnabled(False)
            self._plot.setMouseEnabled(x=False, y=False)
            self._plot.hideButtons()
            self._layout.addWidget(self._plot)
        self._draw()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._plot is not None:
            self._draw()
