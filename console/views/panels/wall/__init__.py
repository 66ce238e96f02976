"""The video wall."""

from console.i18n import N_
from console.views.panel import PanelSpec
from console.views.panels.wall.panel import WallPanel

SPEC = PanelSpec(key="wall", title=N_("Live pictures"), area="wall", order=10, build=WallPanel, icon="video")
