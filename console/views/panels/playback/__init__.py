"""Playback of recordings."""

from console.i18n import N_
from console.views.panel import PanelSpec
from console.views.panels.playback.keys import KEYS
from console.views.panels.playback.panel import PlaybackPanel

SPEC = PanelSpec(
    key="playback", title=N_("Playback"), area="playback", order=10, build=PlaybackPanel, icon="history", keys=KEYS
)
