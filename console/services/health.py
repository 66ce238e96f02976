"""Health: cameras and sources that are seen and heard, or not, on record when it changes."""

from console.models.events import CameraChanged, ConsoleStarted, ConsoleStopped, SiteLoaded, SourceChanged
from console.models.pictures import CameraState
from console.models.plain import digest
from console.models.signals import SourceHealth
from console.store.store import Transaction


def camera_changed(tx: Transaction, state: CameraState) -> None:
    """A camera went live, stale or offline."""
    tx.record(CameraChanged(at=state.since_at, state=state))


def source_changed(tx: Transaction, health: SourceHealth) -> None:
    """A source is heard again, or not."""
    tx.record(SourceChanged(at=health.since_at, health=health))


def started(tx: Transaction, version: str) -> None:
    """The console began, on this site folder; what the folder holds is on record by its digest."""
    site = tx.site
    tx.record(ConsoleStarted(at=tx.now, version=version))
    groups = ("places", "maps", "cameras", "points", "posts", "checkpoints", "routes", "sources", "contacts")
    tx.record(
        SiteLoaded(
            at=tx.now, site=site.id, digest=digest(site), counts={name: len(getattr(site, name)) for name in groups}
        )
    )


def stopped(tx: Transaction) -> None:
    """The console ended in order; a start without this line before it followed a kill or a power cut."""
    tx.record(ConsoleStopped(at=tx.now))
