"""The table of points on the system page: what belongs to each, and a table that is taken in."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console import point_import
from console.app import points as app_points
from console.bridge import Bridge
from console.bus import Bus
from console.models.clock import FakeClock
from console.models.errors import ConsoleError
from console.models.events import PointsImported, event_from
from console.models.ids import PersonId
from console.models.people import Actor, Role
from console.services.desk import Desk, Ground
from console.site_folder import load_site
from console.views.panels.system.points import PointsTab
from tests.records import open_record
from tests.site.tables import HEADING, big_site, big_table
from tests.site.test_points_table import KINDS
from tests.views import posts

TECHNICIAN = Actor(person=PersonId("chen"), name="陈晨", seat="1", role=Role.ADMINISTRATOR)
OPERATOR = replace(TECHNICIAN, person=PersonId("li"), role=Role.OPERATOR)


@pytest.fixture
def tab(
    looks: None, qtbot: Any, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PointsTab]:
    """The tab of a site of a hundred zones, before an administrator."""
    monkeypatch.setattr(app_points, "site_kinds", lambda: KINDS)
    folder = big_site(tmp_path / "site")
    (tmp_path / "points.csv").write_text(big_table(), "utf-8")
    point_import.put(folder, point_import.preview(folder, tmp_path / "points.csv", KINDS))
    site, plans = load_site(folder, **KINDS)
    store = open_record(tmp_path / "data", clock=clock)
    with Desk(store, Ground(site=site, plans=plans, settings={}), clock, Bus()) as desk, ThreadPoolExecutor(1) as errands:
        with posts.seat(tmp_path / "other", clock) as other:
            surroundings = replace(other.bridge.surroundings, points=app_points.points_desk(desk, folder, errands))
            other.bridge.close()
        bridge = Bridge(desk, surroundings)
        bridge.actor = TECHNICIAN
        made = PointsTab(bridge)
        qtbot.addWidget(made)
        made.resize(1366, 648)
        made.show()
        yield made
        bridge.close()
    store.close()


def table(tmp_path: Path, *rows: str) -> Path:
    file = tmp_path / "new.csv"
    file.write_text("\n".join((HEADING, *rows)), "gb18030")
    return file


def test_that_two_thousand_points_are_shown_and_found(tab: PointsTab) -> None:
    assert tab.table.rows.rowCount() == 2000
    tab._search.setText("DETECTOR 1717")
    assert [tab.table.rows.row(n).key for n in range(tab.table.rows.rowCount())] == ["p1717"]
    assert "18  ← Zone 17" in tab.table.rows.row(0).words
    tab._search.setText("nobody")
    assert tab.table.rows.rowCount() == 0


def test_that_a_table_with_a_mistake_is_shown_and_not_offered(tab: PointsTab, tmp_path: Path, qtbot: Any) -> None:
    tab.preview(table(tmp_path, "p1,甲,A,fier,z1"))
    qtbot.waitUntil(lambda: tab._pages.currentIndex() == 1)
    assert tab._preview.mistakes.rows.row(0).words[:2] == ("2", "class")
    assert not tab._preview._take.isVisible()
    tab._preview._leave.click()
    assert tab._pages.currentIndex() == 0


def test_that_a_table_is_taken_in_at_once_and_put_on_record(tab: PointsTab, tmp_path: Path, qtbot: Any) -> None:
    tab.preview(table(tmp_path, "p1,甲,A,gas,z1", "x1,乙,B,fire,z2"))
    qtbot.waitUntil(lambda: tab._pages.currentIndex() == 1)
    assert tab._preview.changes.rows.rowCount() == 2001  # p1 changed, x1 new, the rest gone
    tab._preview._take.click()
    qtbot.waitUntil(lambda: tab.table.rows.rowCount() == 2)
    desk = tab._bridge._desk
    (line,) = [one for one in desk.ask(lambda rx: list(rx.journal())).result() if one.kind == "PointsImported"]
    event = event_from(line)
    assert isinstance(event, PointsImported)
    assert (event.by, event.counts) == ("chen", {"rows": 2, "new": 1, "changed": 1, "removed": 1999})
    assert [point.id for point in desk.ground.site.points] == ["p1", "x1"]


def test_that_an_operator_is_offered_neither_and_refused_both(tab: PointsTab, tmp_path: Path) -> None:
    tab._bridge.actor = OPERATOR
    tab._bridge.actor_changed.emit(OPERATOR)
    assert not tab._import.isVisible()
    assert not tab._export.isVisible()
    desk = tab._bridge.surroundings.points
    assert desk is not None
    tried = desk.preview(table(tmp_path, "p1,甲,A,gas,z1")).result()
    for asked in (desk.take(tried, OPERATOR), desk.write(tmp_path / "out.csv", "en", OPERATOR)):
        with pytest.raises(ConsoleError):
            asked.result()
    assert not (tmp_path / "out.csv").exists()


def test_that_the_points_are_written_for_a_spreadsheet(tab: PointsTab, tmp_path: Path, qtbot: Any) -> None:
    tab.export(tmp_path / "out.xlsx")
    qtbot.waitUntil(lambda: "2000 points written" in tab._says.text())
    assert (tmp_path / "out.xlsx").stat().st_size > 10_000
