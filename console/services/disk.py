"""The disk under the record: warn before it is full."""

import shutil
from collections.abc import Callable
from pathlib import Path

from console.models.settings import seconds_of
from console.models.text import Text
from console.services import faults
from console.store.store import Transaction

FAULT = "disk"
# Looking is cheap, but a line a second in the journal would not be; the answer changes slowly.
LOOK_EVERY_TURNS = 30


def watch_disk(root: Path) -> Callable[[Transaction], None]:
    """A command that looks at the free space under `root` every thirtieth time and notes when it falls too low."""
    turns = 0

    def look(tx: Transaction) -> None:
        nonlocal turns
        turns += 1
        if turns % LOOK_EVERY_TURNS != 1:
            return
        free_gb = shutil.disk_usage(root).free / 1e9
        low_gb = seconds_of(tx.settings, "disk.low_gb")
        if free_gb < low_gb:
            words = Text(
                zh=f"磁盘只剩 {free_gb:.1f} GB（下限 {low_gb:g} GB），请尽快清理。",
                en=f"Only {free_gb:.1f} GB are left on the disk (the limit is {low_gb:g} GB); free some space.",
            )
            faults.note(tx, FAULT, words)
        else:
            faults.clear(tx, FAULT, Text(zh=f"磁盘空间已恢复：{free_gb:.1f} GB。", en=f"{free_gb:.1f} GB are free again."))

    return look
