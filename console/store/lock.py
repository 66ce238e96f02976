"""One console a data folder: a lock that the operating system gives back when its holder dies, however it dies."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from console.models.errors import ConsoleError

LOCK_FILE: Final = "zhishou.lock"


def take(folder: Path) -> Callable[[], None]:
    """Take the folder for this process; calling what is returned gives it back.

    The file holds the process number of whoever has it. It is never deleted: two starting consoles could otherwise
    each hold a lock on a file of their own. Raises ConsoleError where another process has the folder.
    """
    handle = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    except BlockingIOError:
        holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "?"
        os.close(handle)
        raise ConsoleError(
            zh=f"数据文件夹 {folder} 正由另一个值守台使用（进程 {holder}）。请先关闭它，或用 --data 指定另一个文件夹。",
            en=f"Another console (process {holder}) uses the data folder {folder}. "
            "Close it first, or name another folder with --data.",
        ) from None
    except BaseException:
        os.close(handle)
        raise
    return lambda: os.close(handle)
