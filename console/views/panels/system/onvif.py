"""Cameras as devices: how far their clocks are off, who else is on the network, and what a camera says about itself."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QLineEdit, QWidget
from typing_extensions import override

from console.i18n import N_, _
from console.models.errors import ConsoleError
from console.models.ids import CameraId
from console.models.onvif import CameraClock, CameraDescription, FoundCamera
from console.models.people import Right
from console.models.settings import seconds_of
from console.views import words
from console.views.build import bar, button, column, label, named, row
from console.views.rights import may
from console.views.rows import Row, RowsModel, RowsTable

if TYPE_CHECKING:
    from console.bridge import Bridge

LOOK_MS: Final = 2000
DISCOVER_S: Final = 3.0
_FIELDS: Final = ("address", "login", "password")


class CamerasTab(QWidget):
    """Two tables and a card. Looking is for everybody, asking the network for who may change settings."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._devices = bridge.surroundings.devices
        self._zone = words.zone_or_utc(bridge.site)
        self._found: tuple[FoundCamera, ...] = ()
        self._looking = False
        self._looked = False
        self._described: CameraDescription | None = None
        self._asked = 0
        self._titles = {name: label(f"system.onvif_{name}_title", "heading") for name in ("site", "network", "about")}
        self._discover = button("system.onvif_discover", self.discover, "main")
        self._site = RowsTable(
            "system.onvif_site",
            RowsModel((N_("No."), N_("Camera"), N_("Device"), N_("Clock off by"), N_("Measured at")), self),
            {0: "0000", 1: 0.4, 2: 0.6, 3: "Clock off by 00", 4: "00-00 00:00"},
        )
        self._network = RowsTable(
            "system.onvif_network",
            RowsModel((N_("Address"), N_("Device name"), N_("Hardware"), N_("In the site")), self),
            {0: 0.45, 1: 0.3, 2: 0.25, 3: "not in the site 00"},
        )
        self._site.selectionModel().selectionChanged.connect(lambda *_args: self._choose_camera())
        self._network.selectionModel().selectionChanged.connect(lambda *_args: self._choose_found())
        site = column(bar("system.onvif_site_bar", self._titles["site"], 1), self._site)
        network = column(bar("system.onvif_network_bar", self._titles["network"], 1, self._discover), self._network)
        for part in (site, network):
            part.setSpacing(0)
        left = column(site, network)
        left.setSpacing(4)
        whole = row(left, self._card())
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        bridge.actor_changed.connect(lambda _actor: self._allow())
        self.retranslate()

    def _card(self) -> QFrame:
        self._fields = {name: named(QLineEdit(), f"system.onvif_{name}") for name in _FIELDS}
        self._fields["password"].setEchoMode(QLineEdit.EchoMode.Password)
        self._labels: dict[str, QLabel] = {name: label(f"system.onvif_{name}_name") for name in _FIELDS}
        form = QFormLayout()
        form.setSpacing(10)
        for name in _FIELDS:
            form.addRow(self._labels[name], self._fields[name])
            self._fields[name].returnPressed.connect(self.ask)
        self._ask = button("system.onvif_ask", self.ask, "main")
        self._says = label("system.onvif_says", "warning", wraps=True)
        self._says.hide()
        self._about = label("system.onvif_about", wraps=True)
        self._profiles = label("system.onvif_profiles", "dim", wraps=True)
        card = named(QFrame(), "system.onvif_card", "card")
        card.setFixedWidth(400)
        parts = (self._titles["about"], form, row(1, self._ask), self._says, self._about, self._profiles, 1)
        card.setLayout(column(*parts, margins=(20, 16, 20, 16)))
        return card

    # ---- asking ----------------------------------------------------------------------------

    def discover(self) -> None:
        """Ask the local network who is a camera."""
        if self._devices is None or self._looking:
            return
        self._looking = True
        self._show()
        self._bridge.attend(self._devices.discover(DISCOVER_S), self._set_found, self._not_found)

    def _set_found(self, found: tuple[FoundCamera, ...]) -> None:
        self._looking, self._looked, self._found = False, True, found
        self._show()

    def _not_found(self, error: ConsoleError) -> None:
        self._looking = False
        self._refused(error)
        self._show()

    def ask(self) -> None:
        """Ask the camera at the written address; the password is forgotten at once."""
        address, login = self._fields["address"].text().strip(), self._fields["login"].text().strip()
        if self._devices is None or not address or not self._ask.isEnabled():
            return
        password = self._fields["password"].text()
        self._fields["password"].clear()
        self._site.clearSelection()
        self._begin_asking()
        asked = self._asked
        self._bridge.attend(
            self._devices.describe_address(address, login, password),
            lambda described: self._set_described(asked, described),
            lambda error: self._refused(error, asked),
        )

    def _choose_camera(self) -> None:
        chosen = self._site.chosen_key()
        camera = next((one for one in self._bridge.site.cameras if one.id == chosen), None)
        if self._devices is None or camera is None or camera.onvif is None:
            return
        self._network.clearSelection()
        self._fields["address"].setText(camera.onvif.address)
        self._fields["login"].setText(camera.login)
        self._fields["password"].clear()
        self._begin_asking()
        asked = self._asked
        self._bridge.attend(
            self._devices.describe(CameraId(chosen)),
            lambda described: self._set_described(asked, described),
            lambda error: self._refused(error, asked),
        )

    def _choose_found(self) -> None:
        chosen = self._network.chosen_key()
        if chosen:
            self._site.clearSelection()
            self._fields["address"].setText(chosen)
            self._begin_asking(waits=False)
            self._fields["login"].setFocus()

    def _begin_asking(self, *, waits: bool = True) -> None:
        """What is shown belongs to the camera that was asked last."""
        self._asked += 1
        self._described = None
        self._says.hide()
        self._about.setText(_("Asking the camera ...") if waits else "")
        self._profiles.setText("")

    def _set_described(self, asked: int, described: CameraDescription) -> None:
        if asked == self._asked:
            self._described = described
            self._show_described()

    def _refused(self, error: ConsoleError, asked: int | None = None) -> None:
        if asked is None or asked == self._asked:
            self._about.setText("")
            self._says.setText(words.said(error.text))
            self._says.show()

    # ---- showing ---------------------------------------------------------------------------

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def _look(self) -> None:
        if self.isVisible():
            self._show()

    def _allow(self) -> None:
        allowed = self._devices is not None and may(self._bridge.actor, Right.CHANGE_SETTINGS)
        self._discover.setEnabled(allowed and not self._looking)
        self._ask.setEnabled(allowed)
        for field in self._fields.values():
            field.setEnabled(allowed)

    def _show(self) -> None:
        now = self._bridge.clock.now()
        clocks = {one.camera: one for one in self._devices.clocks()} if self._devices is not None else {}
        limit_s = seconds_of(self._bridge.settings, "video.clock_off_s")
        cameras = sorted((one for one in self._bridge.site.cameras if one.onvif), key=lambda one: one.number)
        rows = []
        for camera in cameras:
            clock = clocks.get(camera.id)
            bad = clock is not None and clock.offset_s is not None and abs(clock.offset_s) > limit_s
            rows.append(
                Row(
                    camera.id,
                    (
                        f"{camera.number:02d}",
                        words.said(camera.name),
                        camera.onvif.address if camera.onvif else "",
                        _offset(clock),
                        words.when(clock.measured_at, now, self._zone) if clock is not None else "",
                    ),
                    ((1, "text.main"), (3, "state.fault" if bad else "text.main")),
                    words.said(clock.reason) if clock is not None and clock.reason else "",
                )
            )
        self._site.rows.show(rows)
        self._network.rows.show(
            [
                Row(
                    one.address,
                    (one.address, one.name, one.hardware, self._number_of(one) or _("not in the site")),
                    ((0, "text.main"),),
                )
                for one in self._found
            ]
        )
        self._discover.setText(_("Looking ...") if self._looking else _("Find cameras"))
        empty = _("No camera answered.") if self._looked else _("Nobody has looked yet")
        self._network.say_when_empty(_("Looking ...") if self._looking else empty)
        self._allow()

    def _number_of(self, found: FoundCamera) -> str:
        number = next((one.number for one in self._bridge.site.cameras if one.id == found.known), None)
        return f"{number:02d}" if number is not None else ""

    def _show_described(self) -> None:
        told = self._described
        if told is None:
            return
        abilities = [_("can be turned") if told.turns else _("cannot be turned")]
        events = _("tells events") if told.events.pull_point else _("tells no events")
        abilities.append(_("{events}, and keeps them").format(events=events) if told.events.keeps_events else events)
        if told.clock_offset_s is not None:
            abilities.append(_("its clock is off by {seconds} s").format(seconds=f"{told.clock_offset_s:+.1f}"))
        first = _("{maker} {model}, firmware {firmware}").format(
            maker=told.maker, model=told.model, firmware=told.firmware
        )
        self._about.setText("\n".join((first, *abilities)))
        self._profiles.setText(
            "\n\n".join(
                _("profile {token}: {codec} {width}x{height}, {fps} fps").format(
                    token=one.token, codec=one.codec, width=one.width_px, height=one.height_px, fps=f"{one.fps:g}"
                )
                + f"\n{one.stream}"
                for one in told.profiles
            )
        )

    def retranslate(self) -> None:
        """Say every sentence anew."""
        self._titles["site"].setText(_("Clocks of the site's cameras"))
        self._titles["network"].setText(_("Cameras on the local network"))
        self._titles["about"].setText(_("Ask a camera"))
        texts = {"address": _("Address"), "login": _("Login"), "password": _("Password")}
        for name, text in texts.items():
            self._labels[name].setText(text)
            self._fields[name].setAccessibleName(text)
        self._ask.setText(_("Ask"))
        for table, title in ((self._site, "site"), (self._network, "network")):
            table.rows.retranslate()
            table.set_widths()
            table.setAccessibleName(self._titles[title].text())
        self._site.say_when_empty(_("No camera of the site has an ONVIF address"))
        self._show()
        self._show_described()


def _offset(clock: CameraClock | None) -> str:
    if clock is None:
        return ""
    return f"{clock.offset_s:+.1f} s" if clock.offset_s is not None else _("not measured")
