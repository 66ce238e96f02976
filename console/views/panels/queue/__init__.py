"""The alarm queue."""

from console.i18n import N_
from console.views.panel import PanelSpec
from console.views.panels.queue.panel import QueuePanel

SPEC = PanelSpec(key="queue", title=N_("Alarms"), area="queue", order=10, build=QueuePanel, icon="bell")
