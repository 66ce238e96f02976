"""Files that outlast a power cut: written whole or not at all, and their names with them."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the place, flush to the disk, then rename: a file that bears the name is whole. Raises OSError.

    What a killed attempt left beside the place is overwritten by the next one.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring to disk that a file is in this folder, or is not any more: a name is only there when its folder is.

    A system that cannot open a folder (Windows) does that by itself.
    """
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
