"""The status bar."""

from console.i18n import N_
from console.views.panel import PanelSpec
from console.views.panels.status.panel import StatusPanel

SPEC = PanelSpec(key="status", title=N_("Status"), area="status", order=10, build=StatusPanel, icon="activity")
