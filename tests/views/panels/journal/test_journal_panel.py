"""The log page: one stream of people and machines, filtered, searched, corrected; the cases beside it."""

from concurrent.futures import Future
from typing import Any

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from console import i18n
from console.models.trust import PrintedReport
from console.services import incidents, log
from console.views import words
from console.views.panels.journal.panel import JournalPanel
from tests.views.posts import Seat


@pytest.fixture
def journal(qtbot: Any, seat: Seat) -> JournalPanel:
    seat.take_keyboard()
    made = JournalPanel(seat.bridge)
    made.tester = QAbstractItemModelTester(made.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    return made


def lines(journal: JournalPanel) -> list[str]:
    return [words.said(journal.model.line(row).text) for row in range(journal.model.rowCount())]


def test_that_what_people_write_and_machines_do_is_one_stream_newest_first(
    qtbot: Any, journal: JournalPanel, seat: Seat
) -> None:
    seat.desk.do(log.write, "gate checked", by=seat.bridge.actor).result()
    seat.clock.advance(10)
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    qtbot.waitUntil(lambda: len(lines(journal)) >= 2)
    stream = lines(journal)
    alarm = next(n for n, text in enumerate(stream) if text.startswith("Alarm:"))
    note = next(n for n, text in enumerate(stream) if "gate checked" in text)
    assert alarm < note


def test_that_filters_and_words_narrow_the_stream_and_say_so(qtbot: Any, journal: JournalPanel, seat: Seat) -> None:
    seat.desk.do(log.write, "Gate 3 checked", by=seat.bridge.actor).result()
    seat.desk.do(log.write, "water delivered", by=seat.bridge.actor).result()
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    qtbot.waitUntil(lambda: len(lines(journal)) >= 3)
    journal.findChild(QPushButton, "journal.filter_people").click()
    assert len(lines(journal)) == 2
    journal.findChild(QLineEdit, "journal.search").setText("gate 3")
    assert len(lines(journal)) == 1
    assert journal.findChild(QLabel, "journal.count").text().startswith("1 of the newest")
    journal.findChild(QPushButton, "journal.filter_alarms").click()
    assert lines(journal) == []


def test_that_new_lines_come_on_top_and_leave_the_chosen_one_chosen(
    qtbot: Any, journal: JournalPanel, seat: Seat
) -> None:
    seat.desk.do(log.write, "first", by=seat.bridge.actor).result()
    qtbot.waitUntil(lambda: any("first" in text for text in lines(journal)))
    row = next(n for n, text in enumerate(lines(journal)) if "first" in text)
    journal._list.setCurrentIndex(journal.model.index(row, 0))
    seat.clock.advance(60)
    seat.desk.do(log.write, "second", by=seat.bridge.actor).result()
    qtbot.waitUntil(lambda: "second" in lines(journal)[0])
    assert "first" in words.said(journal._list.chosen().text)


def test_that_only_a_line_of_a_person_can_be_corrected(qtbot: Any, journal: JournalPanel, seat: Seat) -> None:
    seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    seat.clock.advance(5)
    seat.desk.do(log.write, "gate 2 checked", by=seat.bridge.actor).result()
    qtbot.waitUntil(lambda: any("gate 2" in text for text in lines(journal)))
    correct = journal.findChild(QPushButton, "journal.correct")
    stream = lines(journal)
    journal._list.setCurrentIndex(journal.model.index(next(n for n, t in enumerate(stream) if t.startswith("Alarm:")), 0))
    assert not correct.isEnabled()
    journal._list.setCurrentIndex(journal.model.index(next(n for n, t in enumerate(stream) if "gate 2" in t), 0))
    assert correct.isEnabled()
    correct.click()
    field = journal.findChild(QLineEdit, "journal.entry.field")
    qtbot.waitUntil(lambda: field.text() == "gate 2 checked")


def test_that_a_case_stands_beside_the_log_and_its_report_is_made_on_demand(
    qtbot: Any, journal: JournalPanel, seat: Seat
) -> None:
    asked: list[Any] = []
    given: Future[PrintedReport] = Future()
    object.__setattr__(
        seat.bridge.surroundings, "print_report", lambda *what: (asked.append(what), given)[1]
    )
    alarm = seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    case = seat.desk.do(incidents.open_for, alarm.id, by=seat.bridge.actor).result()
    qtbot.waitUntil(lambda: journal._case_model.rowCount() == 1)
    assert journal._case_model.row(0).words[0] == case.number
    journal.show_incident(case.id)
    journal.findChild(QPushButton, "journal.print").click()
    assert asked[0][:3] == ("incident", case.id, i18n.language())
    given.set_result(
        PrintedReport(
            id="r",
            form="incident",
            record_id=case.id,
            language="en",
            file="reports/x.pdf",
            sha256="0" * 64,
            short_code="ABCDEFGH",
            journal_seq=1,
            journal_head="0" * 64,
            made_at=seat.clock.now(),
            made_by="p-zhang",
        )
    )
    paper = journal.findChild(QLabel, "journal.paper")
    qtbot.waitUntil(lambda: "ABCDEFGH" in paper.text())
    assert journal.findChild(QPushButton, "journal.open_paper").isVisible()
