"""What is said when a picture that somebody took by hand is on record: of which camera, and for which case."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from console.i18n import _
from console.models.trust import Evidence
from console.services import evidence

if TYPE_CHECKING:
    from console.bridge import Bridge


def tell(bridge: "Bridge", camera: str, say: Callable[[str], None], kept: Evidence) -> None:
    """Have it said by `say`; `camera` is what the camera is called."""
    if kept.incident is None:
        say(_("Kept as evidence: {camera}").format(camera=camera))
        return

    def named(number: str) -> None:
        say(_("Kept as evidence of incident {number}: {camera}").format(number=number, camera=camera))

    bridge.ask(evidence.case_number, kept.incident, then=named)
