"""The register of work orders."""

from console.i18n import N_
from console.views.panel import PanelSpec
from console.views.panels.orders.panel import OrdersPanel

SPEC = PanelSpec(key="orders", title=N_("Work orders"), area="registers", order=10, build=OrdersPanel, icon="tool")
