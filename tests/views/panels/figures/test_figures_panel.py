"""The figures page: reckoned when somebody looks, live, over any past days, and printed."""

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QDate
from PySide6.QtWidgets import QPushButton

from console.services import alarms
from console.views.panels.figures.panel import FiguresPanel
from console.views.panels.figures.periods import PERIODS, bars
from console.views.words import zone_or_utc
from tests.views.posts import Seat


@pytest.fixture
def panel(qtbot: Any, seat: Seat) -> FiguresPanel:
    seat.take_keyboard()
    made = FiguresPanel(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    return made


def cell(panel: FiguresPanel, key: str, column: int = 1) -> str:
    model = panel._load.rows
    return next((row.words[column] for n in range(model.rowCount()) if (row := model.row(n)).key == key), "")


def test_that_nothing_is_reckoned_before_somebody_looks(qtbot: Any, panel: FiguresPanel, seat: Seat) -> None:
    seat.ring("beam-east-2")
    assert panel._figures is None
    panel.show()
    qtbot.waitUntil(lambda: cell(panel, "alarms") == "1")
    assert panel.chart._plot is not None


def test_that_the_page_is_live(qtbot: Any, panel: FiguresPanel, seat: Seat) -> None:
    panel.show()
    qtbot.waitUntil(lambda: cell(panel, "alarms") == "0")
    alarm = seat.ring("beam-east-2")
    qtbot.waitUntil(lambda: cell(panel, "alarms") == "1")
    seat.clock.advance(12)
    seat.desk.do(alarms.acknowledge, alarm.id, by=seat.bridge.actor).result()
    qtbot.waitUntil(lambda: panel._times.rows.row(1).words[3] == "12 s")


def test_that_any_past_days_can_be_looked_at(qtbot: Any, panel: FiguresPanel, seat: Seat) -> None:
    seat.ring("beam-east-2")
    day = seat.clock.now().astimezone(zone_or_utc(seat.bridge.site)).date()
    seat.clock.advance(timedelta(days=40).total_seconds())
    panel.show()
    qtbot.waitUntil(lambda: cell(panel, "alarms") == "0")
    panel.period.setCurrentIndex(panel.period.findData("own"))
    for field in (panel.first, panel.last):
        field.setDate(QDate(day.year, day.month, day.day))
    qtbot.waitUntil(lambda: cell(panel, "alarms") == "1")


def test_that_the_chosen_period_is_printed(qtbot: Any, panel: FiguresPanel, seat: Seat) -> None:
    asked: list[tuple[str, str]] = []
    seat.bridge.print_report = lambda form, record, _language, then=None: asked.append((form, record))  # type: ignore[method-assign]
    panel.show()
    panel.findChild(QPushButton, "figures.print").click()
    [(form, record)] = asked
    since, until = panel.bounds()
    assert (form, record) == ("alarm_figures", f"{since.isoformat()}/{until.isoformat()}")


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.key)
def test_that_the_bars_of_a_period_are_few_enough_to_be_read(period: Any) -> None:
    assert 4 <= period.length / timedelta(minutes=10) / bars(period.length) <= 96
