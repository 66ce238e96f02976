"""Fresh records without the price of making them: the program makes one a process, the others are copies of its file."""

import tempfile
from functools import cache
from pathlib import Path

from console.config import data_folder
from console.models.clock import Clock
from console.store.opening import open_store
from console.store.store import Store


@cache
def _made() -> bytes:
    """The file of a record in which nothing has been written yet, as all migrations leave it."""
    with tempfile.TemporaryDirectory(prefix="zhishou-record-") as place:
        folder = data_folder(Path(place))
        open_store(folder.root).close()
        return folder.database.read_bytes()


def lay_record(folder: Path) -> Path:
    """Lay a fresh record into a data folder that has none, and give the folder."""
    places = data_folder(folder)
    places.make()
    if not places.database.exists():
        places.database.touch(mode=0o600)
        places.database.write_bytes(_made())
    return folder


def open_record(folder: Path, *, clock: Clock | None = None) -> Store:
    """Open the record of a data folder as `open_store` does; where there is none yet, a copy is laid and none made."""
    return open_store(lay_record(folder), clock=clock)
