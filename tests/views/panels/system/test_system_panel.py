"""The system page: devices, figures, the post, every number, and people for administrators."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton

from console import i18n
from console.models.duty import Threat
from console.models.people import Account, Person, Role
from console.models.pictures import Sight
from console.models.settings import SETTINGS, Setting
from console.models.text import Text
from console.services import requests
from console.views import blink
from console.views.panels.system.devices import size_words, storage
from console.views.panels.system.panel import SystemPanel
from console.views.panels.system.post import PostTab
from console.views.panels.system.settings import SettingsTab, number_words
from console.views.rows import RowsTable
from tests.views.posts import CREW, Seat

AT = datetime(2026, 3, 14, tzinfo=UTC)


@pytest.fixture
def system(qtbot: Any, seat: Seat) -> SystemPanel:
    seat.take_keyboard("zhang")
    made = SystemPanel(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    return made


def table(system: SystemPanel, name: str) -> RowsTable:
    found = system.findChild(RowsTable, f"system.{name}")
    assert isinstance(found, RowsTable)
    return found


def show_tab(system: SystemPanel, title: str) -> None:
    tabs = system._tabs
    tabs.setCurrentIndex(next(n for n in range(tabs.count()) if tabs.tabText(n) == title))


def test_that_every_camera_is_listed_with_its_state_and_why(system: SystemPanel, seat: Seat) -> None:
    camera = seat.bridge.site.cameras[0]
    seat.feed.put(camera.id, Sight.OFFLINE, reason_zh="拒绝", reason_en="connection refused")
    system._parts[0][0].looking.look()
    rows = table(system, "cameras").rows
    assert rows.rowCount() == len(seat.bridge.site.cameras)
    row = next(rows.row(n) for n in range(rows.rowCount()) if rows.row(n).key == camera.id)
    assert row.words[2] == "Offline"
    assert row.words[5] == "connection refused"
    assert (2, "state.fault") in row.tones


def test_that_the_storage_says_what_lies_where(qtbot: Any, system: SystemPanel, tmp_path: Any) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "one.jpg").write_bytes(b"x" * 2500)
    found = {name: (files, size) for name, files, size, _free in storage(None, tmp_path)}
    assert found["evidence"] == (1, 2500)
    assert "recording" not in found
    show_tab(system, "Settings")
    show_tab(system, "Cameras and sources")
    qtbot.waitUntil(lambda: table(system, "storage").rows.rowCount() >= 2)
    row = next(row for n in range(3) if (row := table(system, "storage").rows.row(n)).key == "evidence")
    assert row.words[:3] == ("Evidence files", "1", "2.5 kB")


def test_that_sizes_are_read_at_a_glance() -> None:
    assert [size_words(n) for n in (0, 999, 1000, 2_500_000, 3_200_000_000)] == [
        "0 B", "999 B", "1.0 kB", "2.5 MB", "3.2 GB",
    ]  # fmt: skip


def source_in(language: str, setting: Setting) -> str:
    return setting.source if isinstance(setting.source, str) else setting.source.in_language(language)


def test_that_every_setting_is_shown_with_value_default_and_source(system: SystemPanel, seat: Seat) -> None:
    rows = table(system, "settings").rows
    shown = {rows.row(n).key: rows.row(n).words for n in range(rows.rowCount())}
    assert shown.keys() == {setting.key for setting in SETTINGS}
    for setting in SETTINGS:
        assert shown[setting.key][2] == number_words(setting, setting.default)
        assert shown[setting.key][3] == source_in("en", setting)


def test_that_the_source_of_a_setting_is_said_in_the_language_of_the_page(system: SystemPanel) -> None:
    i18n.set_language("zh_CN")
    system.retranslate()
    rows = table(system, "settings").rows
    shown = {rows.row(n).key: rows.row(n).words[3] for n in range(rows.rowCount())}
    for setting in SETTINGS:
        said = shown[setting.key]
        assert said == source_in("zh_CN", setting)
        prose = re.sub(r"docs/\S+|Mbit/s|Phoebus", "", said)
        assert not re.search(r"[a-z]{3}", prose), said
        if isinstance(setting.source, Text):
            named = set(re.findall(r"[A-Z]{2,}[A-Z/-]* ?[\d.-]*\d", setting.source.en))
            assert all(name in said for name in named), said


def test_that_a_setting_that_differs_from_its_default_stands_out(qtbot: Any, seat: Seat) -> None:
    seat.bridge.settings["watch.people"] = 3
    made = SettingsTab(seat.bridge)
    qtbot.addWidget(made)
    rows = made.findChild(RowsTable, "system.settings").rows
    row = next(rows.row(n) for n in range(rows.rowCount()) if rows.row(n).key == "watch.people")
    assert row.words[1:3] == ("3", "2")
    assert (1, "text.strong") in row.tones


def test_that_a_leader_sets_the_threat_level_with_a_reason(qtbot: Any, system: SystemPanel, seat: Seat) -> None:
    show_tab(system, "Post and screen")
    go = system.findChild(QPushButton, "system.threat_set")
    assert not go.isEnabled()
    system.findChild(QPushButton, "system.threat_orange").click()
    go.click()
    says = system.findChild(QLabel, "system.threat_says")
    qtbot.waitUntil(lambda: "reason" in says.text())
    system.findChild(QLineEdit, "system.threat_reason").setText("event in town")
    go.click()
    in_force = system.findChild(QLabel, "system.threat_in_force")
    qtbot.waitUntil(lambda: in_force.text().endswith("set by 张伟: event in town"))
    assert len(seat.desk.ask(lambda rx: rx.find(Threat)).result()) == 1


def test_that_an_operator_cannot_set_the_threat_level(system: SystemPanel, seat: Seat) -> None:
    seat.take_keyboard("li")
    assert not system.findChild(QPushButton, "system.threat_red").isEnabled()
    assert not system.findChild(QLineEdit, "system.threat_reason").isEnabled()


def test_that_who_wants_it_still_gets_it_still(system: SystemPanel, seat: Seat) -> None:
    made = blink.shared(seat.bridge)
    made.need("test", True)
    system.findChild(QCheckBox, "system.reduce_motion").click()
    assert not made.running
    post = next(part for part, _title in system._parts if isinstance(part, PostTab))
    assert post._kept.now.reduce_motion
    made.need("test", False)


def test_that_only_who_manages_people_sees_them(system: SystemPanel, seat: Seat) -> None:
    people = system._tabs.indexOf(system.people)
    assert not system._tabs.isTabVisible(people)
    seat.take_keyboard("chen")
    assert system._tabs.isTabVisible(people)
    seat.take_keyboard("li")
    assert not system._tabs.isTabVisible(people)


def person(seat: Seat, login: str) -> Person | None:
    return next((one for one in seat.desk.ask(lambda rx: rx.find(Person)).result() if one.login == login), None)


def fill(system: SystemPanel, **texts: str) -> None:
    for name, text in texts.items():
        system.findChild(QLineEdit, f"system.person_{name}").setText(text)


def test_that_an_administrator_enters_corrects_and_closes_an_account(
    qtbot: Any, system: SystemPanel, seat: Seat
) -> None:
    seat.take_keyboard("chen")
    show_tab(system, "People")
    rows = table(system, "people").rows
    tester = QAbstractItemModelTester(rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    qtbot.waitUntil(lambda: rows.rowCount() == len(CREW))
    system.findChild(QPushButton, "system.person_new").click()
    fill(system, name="周强", login="zhou", phone="13900000000", password="short")
    system.findChild(QComboBox, "system.person_role").setCurrentIndex(list(Role).index(Role.SUPERVISOR))
    save = system.findChild(QPushButton, "system.person_save")
    save.click()
    says = system.findChild(QLabel, "system.person_says")
    qtbot.waitUntil(says.isVisible)
    fill(system, password="green Lamp 33")
    save.click()
    qtbot.waitUntil(lambda: rows.rowCount() == len(CREW) + 1)
    zhou = person(seat, "zhou")
    assert (zhou.name, zhou.role, zhou.phone) == ("周强", Role.SUPERVISOR, "13900000000")
    before = seat.desk.ask(lambda rx: rx.first(Account, login="zhou")).result().password_hash

    table(system, "people").selectRow(next(n for n in range(rows.rowCount()) if rows.row(n).key == zhou.id))
    assert system.findChild(QLineEdit, "system.person_login").isReadOnly()
    fill(system, name="周志强", password="yellow Door 58")
    save.click()
    qtbot.waitUntil(lambda: person(seat, "zhou").name == "周志强")
    qtbot.waitUntil(
        lambda: seat.desk.ask(lambda rx: rx.first(Account, login="zhou")).result().password_hash != before,
    )
    system.findChild(QPushButton, "system.person_close").click()
    qtbot.waitUntil(lambda: not person(seat, "zhou").active)
    qtbot.waitUntil(lambda: system.findChild(QPushButton, "system.person_close").text() == "Open the account again")
    del tester


def test_that_the_fingerprint_of_the_signing_key_its_age_and_its_file_are_shown(
    qtbot: Any, system: SystemPanel, seat: Seat, tmp_path: Any
) -> None:
    show_tab(system, "Post and screen")
    key, file = (system.findChild(QLabel, f"system.trust_{name}") for name in ("key", "file"))
    assert key.text().startswith("None yet")
    seat.desk.do(requests.key_made, "ab12 cd34", "00" * 32).result()
    qtbot.waitUntil(lambda: key.text() == "ab12 cd34")
    assert file.text().endswith(str(tmp_path / "footage-signing-key.pub"))
    assert seat.clock.now().strftime("%Y-%m") in system.findChild(QLabel, "system.trust_since").text()
