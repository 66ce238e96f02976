"""What is hidden, and the rules that hide it."""

from console.i18n import N_
from console.views.panel import PanelSpec
from console.views.panels.hidden.panel import HiddenPanel

SPEC = PanelSpec(
    key="hidden", title=N_("Hidden and out of service"), area="registers", order=5, build=HiddenPanel, icon="eye-off"
)
