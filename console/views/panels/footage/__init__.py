"""The register of requests for footage."""

from console.i18n import N_
from console.views.panel import PanelSpec
from console.views.panels.footage.panel import FootagePanel

SPEC = PanelSpec(
    key="footage", title=N_("Footage requests"), area="registers", order=15, build=FootagePanel, icon="file-export"
)
