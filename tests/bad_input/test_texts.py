"""Whatever is typed, pasted or sent: the row does not break, nothing unprintable is painted or printed."""

import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QLabel, QTableView

from console.models.alarms import AlarmClass
from console.models.ids import PlaceId
from console.models.incidents import Verdict
from console.models.people import Actor, Role
from console.models.text import plain, typed
from console.services import alarms, incidents, log, people
from tests.bad_input.screens import Screen, screen

pytestmark = [pytest.mark.usefixtures("looks"), pytest.mark.timeout(120)]

NASTY = "\x00\x1b[31m\u202eKO si llA\u202c\u200b\u2066 بوابة 🔥👮🏽 <b>&amp;</b> %s {0} ';--\t\u2028\ud800"
LONG = "很长的文字 " * 2000


def unprintable(text: str) -> list[str]:
    return [unicodedata.name(one, hex(ord(one))) for one in text if not one.isprintable() and one != "\n"]


def shown_texts(shown: Screen) -> list[str]:
    """All words that the window paints: its labels and the cells of its tables."""
    said = [one.text() for one in shown.window.findChildren(QLabel)]
    for view in shown.window.findChildren(QAbstractItemView):
        model = view.model()
        for row in range(model.rowCount(QModelIndex()) if model else 0):
            columns = range(view.horizontalHeader().count() if isinstance(view, QTableView) else 1)
            said += [str(model.index(row, column).data(Qt.ItemDataRole.DisplayRole) or "") for column in columns]
    return said


def test_that_text_is_made_plain_and_bounded() -> None:
    assert unprintable(typed(NASTY * 10, 300)) == []
    assert len(typed(LONG, 500)) == 500
    assert "بوابة 🔥" in typed(NASTY, 500)
    assert typed(" a\r\nb\x07 ", 9, lines=True) == "a\nb"
    assert plain("a\nb") == "a b"
    assert typed("巡逻 ok, 正常。", 99) == "巡逻 ok, 正常。"


def test_that_nasty_and_huge_texts_break_neither_the_screen_nor_the_paper(site: Path, tmp_path: Path) -> None:
    name = "阿不都热合曼·" * 40
    text = (site / "site.yaml").read_text(encoding="utf-8")
    long = f"name: {{zh: {name[:200]}, en: {'F' * 200}}}"
    (site / "site.yaml").write_text(text.replace("name: {zh: 围墙, en: Fence}", long), encoding="utf-8")
    with screen(site, tmp_path / "data") as shown:
        taken = shown.sign_on()
        by = Actor(person=taken.person, name=taken.name, role=taken.role, seat="1")
        desk = shown.post.desk
        people.add_person(desk, "long", name, Role.OPERATOR, "Night-shift-77", by=people.SYSTEM).result()
        people.sign_on(desk, "long", "Night-shift-77", "1").result()
        with shown.panel() as panel:
            assert panel.send("BA", "1").acknowledged
        alarm = desk.do(alarms.report, alarm_class=AlarmClass.MANUAL, place=PlaceId("yard"), text=NASTY + LONG, by=by).result()
        assert alarm is not None
        case = desk.do(incidents.open_for, alarm.id, by=by).result()
        desk.do(log.write, (NASTY + LONG)[:4000], incident=case.id, by=by).result()
        table = shown.find("queue.table")
        assert isinstance(table, QAbstractItemView)
        shown.wait_for(lambda: table.model().rowCount() == 2)
        heights = {table.visualRect(table.model().index(row, 0)).height() for row in range(2)}
        assert len(heights) == 1
        for one in case.alarms:
            desk.do(alarms.acknowledge, one, by=by).result()
        desk.do(incidents.close, case.id, verdict=Verdict.FALSE_ENVIRONMENT, cause=NASTY, summary=NASTY + LONG, by=by).result()
        shown.wait_for(lambda: "2 of 2 on watch" in shown.text_of("status.watch"))
        QTest.qWait(50)
        watch = shown.find("status.watch")
        assert watch.width() >= watch.sizeHint().width()
        for page in ("watch", "log", "handover", "system"):
            shown.window.show_page(page)
            QTest.qWait(100)
            assert [(text[:80], unprintable(text)) for text in shown_texts(shown) if unprintable(text)] == []
            assert (shown.window.width(), shown.window.height()) == (1366, 768), page
        paper = shown.post.print_report("incident", case.id, "zh_CN", by).result()
        file = shown.post.folder.root / paper.file
        assert file.read_bytes().startswith(b"%PDF")
        if shutil.which("pdftotext"):
            words = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True).stdout.decode()
            assert unprintable(words.replace("\x0c", "")) == []
            assert "<b>&amp;</b>" in words
