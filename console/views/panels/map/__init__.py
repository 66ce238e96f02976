"""The site map: where cameras, posts, checkpoints and alarms are."""

from typing import TYPE_CHECKING

from console.i18n import N_
from console.views.panel import PanelSpec

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from console.bridge import Bridge


def _build(bridge: "Bridge") -> "QWidget":
    from console.views.panels.map.panel import MapPanel

    return MapPanel(bridge)


SPEC = PanelSpec(key="map", title=N_("Map"), area="map", order=10, build=_build, icon="map-2")
