"""Record a database of the present revision, to be kept for ever: `python -m tests.store.record`.

Run it once when a migration has been added. What it writes is what posts in the field will have.
"""

import gzip
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from console.config import data_folder
from console.models.clock import FakeClock
from console.models.events import EVENTS, REBUILDS
from console.models.site import Site
from console.models.text import Text
from console.store.mapping import TABLES
from console.store.opening import HEAD, open_store
from console.store.store import Ground
from tests.store.samples import event_with, put_whole, sample

RECORDED = Path(__file__).parents[1] / "data" / "databases"


def fill(folder: Path) -> None:
    """Put a few values of every kind, and every event, into a new record; over the end of a month."""
    dice, clock = Random(1), FakeClock()
    ground = Ground(site=Site(id="recorded", name=Text("留档", "Recorded")))
    with open_store(folder) as store:
        for _ in range(2):
            with store.begin(ground, clock) as tx:
                put = {kind: put_whole(tx, sample(kind, dice), dice) for kind in TABLES}
                tx.number("incident-2026")
                for name, kind in EVENTS.items():
                    value = put.get(type(getattr(sample(kind, dice), REBUILDS[name]))) if name in REBUILDS else None
                    event = event_with(kind, value, dice)
                    tx.record(replace(event, at=clock.now()))
            clock.advance(timedelta(days=31).total_seconds())


def main() -> None:
    """Write the file of the present revision."""
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder))
        content = data_folder(Path(folder)).database.read_bytes()
    RECORDED.mkdir(parents=True, exist_ok=True)
    (RECORDED / f"{HEAD}-first.db.gz").write_bytes(gzip.compress(content, mtime=0))


if __name__ == "__main__":
    main()
