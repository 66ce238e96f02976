"""Report an alarm by hand."""

from console.i18n import N_
from console.views.panel import PanelSpec
from console.views.panels.manual.panel import ManualPanel

SPEC = PanelSpec(key="manual", title=N_("Report an alarm"), area="work", order=40, build=ManualPanel, icon="urgent")
