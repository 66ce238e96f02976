"""The handover page: the form that fills itself, what stands in its way, the read-back and both signatures."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from console.i18n import N_
from console.views.panel import PanelSpec

if TYPE_CHECKING:
    from console.bridge import Bridge


def _build(bridge: "Bridge") -> QWidget:
    from console.views.panels.handover.panel import HandoverPanel

    return HandoverPanel(bridge)


SPEC = PanelSpec(
    key="handover", title=N_("Handover"), area="handover", order=10, build=_build, icon="arrows-exchange"
)
