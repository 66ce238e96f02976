"""The alarm figures of a period."""

from console.i18n import N_
from console.views.panel import PanelSpec
from console.views.panels.figures.panel import FiguresPanel

SPEC = PanelSpec(key="figures", title=N_("Alarm figures"), area="figures", order=10, build=FiguresPanel, icon="activity")
