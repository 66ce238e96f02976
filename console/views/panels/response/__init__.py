"""The response panel: the plan offered for an alarm, followed step by step, and the case closed with a verdict."""

from typing import TYPE_CHECKING

from console.i18n import N_
from console.views.panel import PanelSpec

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from console.bridge import Bridge


def _build(bridge: "Bridge") -> "QWidget":
    from console.views.panels.response.panel import ResponsePanel

    return ResponsePanel(bridge)


SPEC = PanelSpec(key="response", title=N_("Response"), area="work", order=10, build=_build, icon="checklist")
