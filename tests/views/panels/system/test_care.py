"""Cameras and disks on the system page: the worst first, faults and recording in words, days held beside days required."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from console.i18n import set_language
from console.models.camera_health import CameraFault, CameraTrouble
from console.models.ids import CameraId, SegmentId, VolumeId
from console.models.pictures import Sight
from console.models.recording import (
    DiskFigures,
    RecorderState,
    RecordMode,
    RecordPlan,
    Segment,
    SegmentState,
    Volume,
)
from console.models.text import Text
from console.services import camera_health, recording, retention
from console.views.panels.system.care import CareTab
from console.views.panels.system.storage import StorageTab
from console.views.rows import RowsModel
from tests.views.posts import Seat


class Disks:
    """What recording says of itself, as a test has it."""

    def __init__(self, states: dict[CameraId, RecorderState], disks: tuple[DiskFigures, ...]) -> None:
        self.states, self.disks = states, disks


@pytest.fixture
def kept(seat: Seat) -> Disks:
    """Three cameras that are to be recorded: one is, one is not, one is short of days."""
    set_language("en")
    site, now = seat.desk.ground.site, seat.clock.now()
    plan = RecordPlan(mode=RecordMode.CONTINUOUS, days=30)
    cameras = tuple(replace(one, record=plan if n < 3 else RecordPlan()) for n, one in enumerate(site.cameras))
    seat.desk.ground = replace(seat.desk.ground, site=replace(site, cameras=cameras))
    states = {
        one.id: RecorderState(
            camera=one.id, mode=RecordMode.CONTINUOUS, wanted=True, on=n != 1, since_at=now - timedelta(days=60)
        )
        for n, one in enumerate(cameras[:3])
    }
    volume = Volume(id=VolumeId("01JABCDEF0123456789XYZ"), path="/mnt/one", made_at=now)
    gone = DiskFigures(volume=replace(volume, path="/mnt/two"), reason=Text("磁盘不在", "The disk is not there"))
    fine = DiskFigures(volume=volume, free_bytes=250_000_000_000, headroom_h=5.0, rate_bytes_s=2e6)

    def put(tx: Any) -> None:
        for n, one in enumerate(cameras[:3]):
            recording.state_changed(tx, states[one.id])
            began = now - timedelta(days=1.5 if n == 2 else 31)
            tx.put(
                Segment(
                    id=SegmentId(f"s{n}"), camera=one.id, volume=volume.id, file=f"{n}", state=SegmentState.CLOSED,
                    started_at=began, ended_at=began + timedelta(minutes=1), size_bytes=1000,
                )
            )  # fmt: skip

    seat.desk.do(put).result()
    disks = Disks(states, (fine, gone))
    seat.bridge.surroundings = replace(seat.bridge.surroundings, recording=disks)
    return disks


def rows_of(model: RowsModel) -> list[tuple[str, ...]]:
    return [model.row(n).words for n in range(model.rowCount())]


def test_that_cameras_stand_in_the_order_in_which_they_need_somebody(kept: Disks, seat: Seat, qtbot: Any) -> None:
    cameras = seat.bridge.site.cameras
    seat.feed.put(cameras[6].id, Sight.OFFLINE, reason_zh="断线", reason_en="line is down")
    seat.feed.put(cameras[5].id, Sight.LIVE, faults=(CameraTrouble.COVERED,), unchecked=(CameraTrouble.MOVED,))
    fault = CameraFault(camera=cameras[5].id, fault=CameraTrouble.COVERED, active=True, since_at=seat.clock.now())
    seat.desk.do(camera_health.fault_changed, fault).result()
    tab = CareTab(seat.bridge)
    qtbot.addWidget(tab)
    tab.resize(1200, 600)
    tab.show()
    qtbot.waitUntil(lambda: any(one[5] for one in rows_of(tab._table.rows)))
    rows = tab._table.rows
    assert [rows.row(n).key for n in range(4)] == [cameras[at].id for at in (6, 5, 1, 2)]
    assert rows.row(1).words[3] == "Lens covered"
    assert "not over" in rows.row(1).words[8]
    assert rows.row(2).words[4].endswith("NOT recording")
    assert (4, "state.fault") in rows.row(2).tones
    assert rows.row(3).words[5] == "1.5 / 30"
    assert (5, "state.fault") in rows.row(3).tones
    assert tab.findChild(QLabel, "system.care_wrong").text() == "4 with something wrong"
    tab._table.selectRow(1)
    detail = tab.findChild(QLabel, "system.care_detail").text()
    assert "cannot be told now (dark or plain picture): Camera moved" in detail


def test_that_the_clock_a_camera_tells_while_it_is_recorded_is_shown_as_told_and_alarms_nobody(
    kept: Disks, seat: Seat, qtbot: Any
) -> None:
    cameras, now = seat.bridge.site.cameras, seat.clock.now()
    told = {cameras[0].id: 42.5, cameras[1].id: -1.8e9}  # the second counts from its start

    def put(tx: Any) -> None:
        for camera, offset_s in told.items():
            for minutes, off_s in ((3, 7.0), (2, offset_s)):
                began = now - timedelta(minutes=minutes)
                tx.put(
                    Segment(
                        id=SegmentId(f"{camera}-{minutes}"), camera=camera, volume=VolumeId("01JABCDEF0123456789XYZ"),
                        file=f"{camera}-{minutes}", state=SegmentState.CLOSED, started_at=began,
                        ended_at=began + timedelta(minutes=1), size_bytes=1000, clock_offset_s=off_s,
                    )
                )  # fmt: skip

    seat.desk.do(put).result()
    tab = CareTab(seat.bridge)
    qtbot.addWidget(tab)
    tab.resize(1200, 600)
    tab.show()
    rows = tab._table.rows

    def of(camera: CameraId) -> int:
        return next(n for n in range(rows.rowCount()) if rows.row(n).key == camera)

    qtbot.waitUntil(lambda: rows.row(of(cameras[0].id)).words[7] == "+42.5 s (told)")
    assert rows.row(of(cameras[1].id)).words[7] == "no time of day"
    assert rows.row(of(cameras[2].id)).words[7] == ""
    # 42.5 s would be a fault if it were measured.
    assert 7 not in [column for n in range(rows.rowCount()) for column, _tone in rows.row(n).tones]
    detail = tab.findChild(QLabel, "system.care_detail")
    tab._table.selectRow(of(cameras[0].id))
    assert "off by +42.5 s, as it told itself" in detail.text()
    tab._table.selectRow(of(cameras[1].id))
    assert "tells no time of day" in detail.text()


def test_that_the_reference_is_learnt_anew_with_a_reason_by_who_may(kept: Disks, seat: Seat, qtbot: Any) -> None:
    asked: list[tuple[str, str, str]] = []

    class Tuning:
        def relearn(self, camera: CameraId, reason: str, *, by: Any) -> Any:
            asked.append((camera, reason, by.person))
            return seat.desk.ask(lambda _rx: None)

    seat.bridge.surroundings = replace(seat.bridge.surroundings, tuning=Tuning())
    seat.take_keyboard("li")
    tab = CareTab(seat.bridge)
    qtbot.addWidget(tab)
    tab.show()
    tab._show()
    tab._table.selectRow(0)
    button, reason = tab.findChild(QPushButton, "system.care_relearn"), tab.findChild(QLineEdit, "system.care_reason")
    assert not reason.isEnabled()
    seat.take_keyboard("zhang")
    assert not button.isEnabled()
    reason.setText("turned to the new gate")
    button.click()
    qtbot.waitUntil(lambda: "learnt anew" in tab.findChild(QLabel, "system.care_says").text())
    assert asked == [(tab._table.chosen_key(), "turned to the new gate", "p-zhang")]


def test_that_disks_say_what_is_wrong_first_and_what_was_deleted_last(kept: Disks, seat: Seat, qtbot: Any) -> None:
    seat.clock.advance(3 * 3600)
    seat.desk.do(retention.due).result()
    tab = StorageTab(seat.bridge)
    qtbot.addWidget(tab)
    tab.resize(1200, 600)
    tab.show()
    qtbot.waitUntil(lambda: tab._gone.rows.rowCount() > 0 and tab._shortfalls.rows.rowCount() == 3)
    disks = rows_of(tab._volumes.rows)
    assert [one[0] for one in disks] == ["/mnt/two", "/mnt/one"]
    assert disks[0][5] == "The disk is not there"
    assert disks[1][2:5] == ("250.0 GB", "16.0 Mbit/s", "5 h")
    held = rows_of(tab._shortfalls.rows)
    assert [one[2] for one in held] == ["0.0 d", "1.6 d", "31.1 d"]
    short = tab._shortfalls.rows.row(1)
    assert short.key == seat.bridge.site.cameras[2].id
    assert (4, "state.fault") in short.tones


def test_that_another_disk_is_taken_by_who_may_with_a_reason_and_what_is_lost_is_said(
    kept: Disks, seat: Seat, qtbot: Any
) -> None:
    refused = replace(kept.disks[0], reason=Text("另一块磁盘", "Another disk"))
    kept.disks = (refused,)
    seen: list[tuple[VolumeId, str, str]] = []

    def replace_disk(volume: VolumeId, reason: str, *, by: Any) -> Any:
        seen.append((volume, reason, by.person))
        return seat.desk.ask(lambda _rx: refused.volume)

    kept.replace_disk = replace_disk  # type: ignore[attr-defined]
    seat.take_keyboard("li")
    tab = StorageTab(seat.bridge)
    qtbot.addWidget(tab)
    tab.resize(1200, 600)
    tab.show()
    tab._show()
    reason, button = tab.findChild(QLineEdit, "system.disk_reason"), tab.findChild(QPushButton, "system.disk_replace")
    assert not reason.isVisible()
    tab._volumes.selectRow(0)
    assert reason.isVisible()
    assert not reason.isEnabled()
    qtbot.waitUntil(lambda: "3 recordings" in tab.findChild(QLabel, "system.disk_about").text())
    seat.take_keyboard("wang")
    assert not button.isEnabled()
    reason.setText("bad blocks")
    button.click()
    assert seen == [(refused.volume.id, "bad blocks", "p-wang")]
    qtbot.waitUntil(lambda: not reason.text())
    kept.disks = (replace(refused, reason=Text()),)
    tab._show()
    assert not reason.isVisible()
