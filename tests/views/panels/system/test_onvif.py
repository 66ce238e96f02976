"""Cameras as devices on the system page."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QTableView

from console.demo.onvif_camera import EmulatedCamera, ProbeAnswerer
from console.i18n import set_language
from console.models.clock import FakeClock
from console.models.ids import CameraId
from console.models.onvif import CameraClock, CameraDescription, FoundCamera
from console.models.site import Camera, OnvifSetup
from console.models.text import Text
from console.onvif.camera import Camera as Device
from console.onvif.camera import asked_once
from console.onvif.discovery import discover
from console.views.panels.system.onvif import CamerasTab
from tests.views.posts import Seat

SECRET = "open sesame"


class Devices:
    """The devices of the post without its loop: a thread that asks the pretend camera."""

    def __init__(self, device: EmulatedCamera, door: tuple[str, int], clocks: tuple[CameraClock, ...]) -> None:
        self._device, self._door, self._clocks = device, door, clocks
        self.worker = ThreadPoolExecutor(1)

    def discover(self, timeout_s: float = 3.0) -> Any:
        assert timeout_s > 0
        return self.worker.submit(self._look)

    def _look(self) -> tuple[FoundCamera, ...]:
        return discover(2.0, known=[(CameraId("cam-01"), "10.9.9.9")], cards=("127.0.0.1",), group=self._door)

    def describe(self, _camera: CameraId) -> Any:
        return self.describe_address(self._device.address, "admin", SECRET)

    def describe_address(self, address: str, login: str, secret: str) -> Any:
        return self.worker.submit(self._ask, address, login, secret)

    def _ask(self, address: str, login: str, secret: str) -> CameraDescription:
        return asked_once(address, login, secret, Device.describe)

    def clocks(self) -> tuple[CameraClock, ...]:
        return self._clocks


@pytest.fixture
def device() -> Iterator[EmulatedCamera]:
    with EmulatedCamera(password=SECRET) as camera:
        yield camera


def with_device(camera: Camera, number: int) -> Camera:
    return replace(camera, onvif=OnvifSetup(address=f"192.168.10.{number}"))


@pytest.fixture
def tab(seat: Seat, device: EmulatedCamera, clock: FakeClock, qtbot: Any) -> Iterator[CamerasTab]:
    site = seat.desk.ground.site
    cameras = tuple(with_device(one, n) if n <= 4 else one for n, one in enumerate(site.cameras, 1))
    at = clock.now() - timedelta(minutes=3)
    clocks = (
        CameraClock(camera=cameras[0].id, measured_at=at, offset_s=0.4),
        CameraClock(camera=cameras[1].id, measured_at=at, offset_s=-42.0),
        CameraClock(camera=cameras[2].id, measured_at=at, reason=Text("连不上摄像机", "The camera cannot be reached")),
    )
    seat.desk.ground = replace(seat.desk.ground, site=replace(site, cameras=cameras))
    with ProbeAnswerer(device.address, name="East_Gate") as answerer:
        devices = Devices(device, answerer.door, clocks)
        seat.bridge.surroundings = replace(seat.bridge.surroundings, devices=devices)
        seat.take_keyboard("chen")
        tab = CamerasTab(seat.bridge)
        qtbot.addWidget(tab)
        tab.resize(1366, 640)
        tab.show()
        yield tab
        devices.worker.shutdown()


def rows(tab: CamerasTab, name: str) -> list[list[str]]:
    table = tab.findChild(QTableView, f"system.onvif_{name}")
    assert table is not None
    model = table.model()
    return [[model.index(n, m).data() for m in range(model.columnCount())] for n in range(model.rowCount())]


def about(tab: CamerasTab) -> str:
    return tab.findChild(QLabel, "system.onvif_about").text()


def until(qtbot: Any, true: Callable[[], bool]) -> None:
    qtbot.waitUntil(true)


def test_that_a_clock_that_is_off_stands_out_and_one_that_was_not_measured_says_so(tab: CamerasTab) -> None:
    assert [row[3] for row in rows(tab, "site")] == ["+0.4 s", "-42.0 s", "not measured", ""]
    table = tab.findChild(QTableView, "system.onvif_site")
    tips = [table.model().index(n, 3).data(Qt.ItemDataRole.ToolTipRole) for n in range(3)]
    assert tips[2] == "The camera cannot be reached"


def test_that_cameras_are_found_and_one_of_them_is_asked(tab: CamerasTab, device: EmulatedCamera, qtbot: Any) -> None:
    button = tab.findChild(QPushButton, "system.onvif_discover")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isEnabled()
    until(qtbot, lambda: rows(tab, "network") != [])
    assert rows(tab, "network") == [[device.address, "East Gate", "ZS-1", "not in the site"]]
    tab.findChild(QTableView, "system.onvif_network").selectRow(0)
    tab.findChild(QLineEdit, "system.onvif_login").setText("admin")
    password = tab.findChild(QLineEdit, "system.onvif_password")
    password.setText(SECRET)
    qtbot.keyClick(password, Qt.Key.Key_Return)
    assert password.text() == ""
    until(qtbot, lambda: "Pretend ZS-1" in about(tab))
    assert "rtsp://127.0.0.1/sub" in tab.findChild(QLabel, "system.onvif_profiles").text()


def test_that_a_wrong_password_is_said_on_the_card(tab: CamerasTab, device: EmulatedCamera, qtbot: Any) -> None:
    tab.findChild(QLineEdit, "system.onvif_address").setText(device.address)
    tab.findChild(QLineEdit, "system.onvif_login").setText("admin")
    tab.ask()
    says = tab.findChild(QLabel, "system.onvif_says")
    until(qtbot, says.isVisible)
    assert "password" in says.text()


def test_that_a_chosen_camera_of_the_site_describes_itself(tab: CamerasTab, qtbot: Any) -> None:
    tab.findChild(QTableView, "system.onvif_site").selectRow(0)
    until(qtbot, lambda: "firmware 1.2.3" in about(tab))
    set_language("zh_CN")
    tab.retranslate()
    assert "固件 1.2.3" in about(tab)


def test_that_only_who_may_change_settings_asks_the_network(seat: Seat, tab: CamerasTab) -> None:
    seat.take_keyboard("li")
    assert not tab.findChild(QPushButton, "system.onvif_discover").isEnabled()
    assert not tab.findChild(QPushButton, "system.onvif_ask").isEnabled()


def test_that_without_devices_the_page_is_empty_and_quiet(seat: Seat, qtbot: Any) -> None:
    seat.take_keyboard("chen")
    tab = CamerasTab(seat.bridge)
    qtbot.addWidget(tab)
    tab.show()
    tab.discover()
    assert rows(tab, "site") == []
    assert not tab.findChild(QPushButton, "system.onvif_discover").isEnabled()
