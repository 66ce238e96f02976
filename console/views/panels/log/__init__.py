"""The duty log beside the watch."""

from console.i18n import N_
from console.views.panel import PanelSpec
from console.views.panels.log.panel import LogPanel

SPEC = PanelSpec(key="log", title=N_("Log"), area="work", order=30, build=LogPanel, icon="notebook")
