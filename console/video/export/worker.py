"""The process that makes one package. Started as `-m console.video.export.worker FD`; it may be killed at any time."""

import faulthandler
import hashlib
import logging
import os
import sys
import time
import zipfile
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from console.durable import sync_folder, write_whole
from console.models.errors import ConsoleError
from console.models.export import ExportOrder
from console.models.text import Text
from console.video.export.keeping import BLOCK
from console.video.export.package import MANIFEST, SIGNATURE, disk_refused, make
from console.video.export.process import Failed, Finished, ManifestMade, Sealed, Step

TELL_EVERY_S: Final = 0.5
NICENESS: Final = 10
"""The pictures on the wall and the recording come first."""

_BUG = Text("制作程序内部错误，已记入日志", "Internal error while the package was made; it is in the log")
_ZIPPING = Text("打包 ZIP", "Making the ZIP file")


class _Teller:
    """Says how far it is twice a second, and notices when nobody listens any more."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._told_s = 0.0

    def tell(self, done: int, total: int, doing: Text) -> None:
        now_s = time.monotonic()
        if now_s - self._told_s >= TELL_EVERY_S or done >= total:
            self._told_s = now_s
            self._connection.send(Step(done=done, total=total, doing=doing))


def package(order: ExportOrder, connection: Connection) -> Finished:
    """Make the package, have its manifest signed, make one file of it where that is wanted."""
    teller = _Teller(connection)
    made = make(order, teller.tell)
    connection.send(ManifestMade(made=made))
    sealed = connection.recv()
    if not isinstance(sealed, Sealed):
        raise EOFError  # noqa: TRY004 - the other end has gone, or talks of something else
    folder = Path(order.folder)
    write_whole(folder / SIGNATURE, sealed.content)
    if not order.zipped:
        return Finished(made=made)
    archive = folder.with_name(folder.name + ".zip")
    return Finished(made=made, archive=str(archive), archive_sha256=_zipped(folder, archive, teller))


def _zipped(folder: Path, archive: Path, teller: _Teller) -> str:
    """One file of all of it, not compressed: footage cannot be."""
    beside = archive.with_name(archive.name + ".part")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    # The manifest comes last: an archive that was cut off has none.
    files.sort(key=lambda path: path.name in (MANIFEST, SIGNATURE) and path.parent == folder)
    total, done = sum(path.stat().st_size for path in files), 0
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED, allowZip64=True) as out:
        for path in files:
            out.write(path, path.relative_to(folder).as_posix())
            done += path.stat().st_size
            teller.tell(min(done, total - 1), total, _ZIPPING)
    sha256 = hashlib.sha256()
    with beside.open("rb") as file:
        os.fsync(file.fileno())
        while block := file.read(BLOCK):
            sha256.update(block)
    beside.replace(archive)
    sync_folder(archive.parent)
    return sha256.hexdigest()


def answer(order: ExportOrder, connection: Connection) -> Any:
    """The last message: what came of it."""
    try:
        return package(order, connection)
    except ConsoleError as error:
        return Failed(reason=error.text)
    except (EOFError, BrokenPipeError):
        raise
    except OSError as error:
        return Failed(reason=disk_refused(error, order.folder).text)
    except Exception:
        logging.getLogger(__name__).exception("package %s", order.number)
        return Failed(reason=_BUG, bug=True)


def main() -> None:
    """Read the order, make the package, and end; also when nobody listens any more."""
    faulthandler.enable()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    connection = Connection(int(sys.argv[1]))
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        connection.send(answer(connection.recv(), connection))
    except (EOFError, OSError, KeyboardInterrupt):
        os._exit(0)
    connection.close()


if __name__ == "__main__":
    main()
