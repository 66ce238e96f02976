"""The system page: tabs for devices, the post, settings and people."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTabWidget, QWidget

from console.i18n import N_, _
from console.models.people import Actor, Right
from console.views.build import column, named
from console.views.panels.system.care import CareTab
from console.views.panels.system.devices import DevicesTab
from console.views.panels.system.inputs import InputsTab
from console.views.panels.system.onvif import CamerasTab
from console.views.panels.system.people import PeopleTab
from console.views.panels.system.points import PointsTab
from console.views.panels.system.post import PostTab
from console.views.panels.system.settings import SettingsTab
from console.views.panels.system.storage import StorageTab
from console.views.panels.system.tune import TuneTab
from console.views.panels.system.video import VideoTab
from console.views.rights import may

if TYPE_CHECKING:
    from console.bridge import Bridge


class SystemPanel(QWidget):
    """Looks after itself only while somebody looks at it. The people tab is there for who may manage people."""

    def __init__(self, bridge: "Bridge", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("system")
        self._bridge = bridge
        self._tabs = named(QTabWidget(), "system.tabs")
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self.setLayout(column(self._tabs))
        self.people = PeopleTab(bridge)
        self._parts: list[tuple[QWidget, str]] = [
            (DevicesTab(bridge), N_("Cameras and sources")),
            (CareTab(bridge), N_("Cameras")),
            (StorageTab(bridge), N_("Recording storage")),
            (TuneTab(bridge), N_("Rules")),
            (VideoTab(bridge), N_("Video")),
            (InputsTab(bridge), N_("Inputs")),
            (PostTab(bridge), N_("Post and screen")),
            (CamerasTab(bridge), N_("Network cameras")),
            (PointsTab(bridge), N_("Points")),
            (SettingsTab(bridge), N_("Settings")),
            (self.people, N_("People")),
        ]
        for part, title in self._parts:
            self._tabs.addTab(part, _(title))
        bridge.actor_changed.connect(self._show_for)
        self._show_for(bridge.actor)
        self.retranslate()

    def _show_for(self, actor: Actor | None) -> None:
        manages = may(actor, Right.MANAGE_PEOPLE)
        self._tabs.setTabVisible(self._tabs.indexOf(self.people), manages)
        if manages:
            self.people.begin()

    def retranslate(self) -> None:
        """Say every sentence anew."""
        for index, (part, title) in enumerate(self._parts):
            self._tabs.setTabText(index, _(title))
            again = getattr(part, "retranslate", None)
            if again is not None:
                again()
