"""What a technician, a leader and an administrator look after."""

from console.i18n import N_
from console.views.panel import PanelSpec
from console.views.panels.system.panel import SystemPanel

SPEC = PanelSpec(key="system", title=N_("System"), area="system", order=10, build=SystemPanel, icon="adjustments")
