"""The due list: every clock of the post."""

from console.i18n import N_
from console.views.panel import PanelSpec
from console.views.panels.due.panel import DuePanel

SPEC = PanelSpec(key="due", title=N_("Due"), area="work", order=20, build=DuePanel, icon="calendar-clock")
