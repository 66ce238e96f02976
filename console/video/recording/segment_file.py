"""A file of a recording while it is written: hashed as it grows, forced to disk, never longer than what was hashed."""

import hashlib
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from console.durable import sync_folder

FRAGMENT_S: Final = 1.0
"""What was not handed to the system when the process is killed: at most so much of the recording is lost."""
FRAGMENT_BYTES: Final = 1 << 20


class SegmentFile:
    """A new file; FileExistsError where there is one of that name. Raises OSError where the disk refuses."""

    def __init__(self, path: Path, head: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        self._gate = threading.Lock()
        self._hash = hashlib.sha256()
        self._waiting = [head] if head else []
        self._waiting_bytes = len(head)
        self._unsynced = True
        self._flushed_s = 0.0
        self.size_bytes = 0
        try:
            sync_folder(path.parent)
        except OSError:
            os.close(self._fd)
            raise

    def add(self, content: bytes, now_s: float) -> None:
        """Write some more; it reaches the file within about a second."""
        self._waiting.append(content)
        self._waiting_bytes += len(content)
        if not self._flushed_s:
            self._flushed_s = now_s
        if now_s - self._flushed_s >= FRAGMENT_S or self._waiting_bytes >= FRAGMENT_BYTES:
            self.flush(now_s)

    def flush(self, now_s: float) -> None:
        """Hand to the system what waits. Where the disk refuses, the file is cut back to what was hashed."""
        content = b"".join(self._waiting)
        self._waiting, self._waiting_bytes, self._flushed_s = [], 0, now_s
        done = 0
        try:
            while done < len(content):
                done += os.write(self._fd, content[done:] if done else content)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._fd, self.size_bytes)
            raise
        self._hash.update(content)
        self.size_bytes += len(content)
        self._unsynced = True

    def sync(self) -> None:
        """Force to disk what the system has; called by another thread, so that a slow disk holds up no camera."""
        with self._gate:
            if self._fd >= 0 and self._unsynced:
                self._unsynced = False
                os.fdatasync(self._fd)

    def close(self, now_s: float, *, flush: bool = True) -> str:
        """Finish the file and give its SHA-256. Raises OSError where it is not on disk as it was hashed."""
        try:
            if flush:
                self.flush(now_s)
            os.fsync(self._fd)
            if os.fstat(self._fd).st_size != self.size_bytes:
                raise OSError(5, "the file is not as long as what was written")
        finally:
            with self._gate:
                os.close(self._fd)
                self._fd = -1
        return self._hash.hexdigest()
