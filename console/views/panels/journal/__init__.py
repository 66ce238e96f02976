"""The duty log as a page, with the cases beside it."""

from console.i18n import N_
from console.views.panel import PanelSpec
from console.views.panels.journal.panel import JournalPanel

SPEC = PanelSpec(key="journal", title=N_("Duty log"), area="log", order=10, build=JournalPanel, icon="notebook")
