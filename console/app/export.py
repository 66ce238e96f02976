"""Packages of footage, one after the other: each in a process of its own, begun against an approved request only.

A package that was being made when the console ended is gone on with at the next start.
"""

import hashlib
import logging
import queue
import shutil
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from console import __version__
from console.app.signing import SigningKey, publish
from console.config import DataFolder, Secrets
from console.models.errors import ConsoleError
from console.models.events import FootageRequestChanged, SigningKeyMade
from console.models.export import ExportOrder
from console.models.footage import PUBLIC_KEY_FILE, ExportProgress, FootageRequest, JobState, Package, RequestId
from console.models.ids import CameraId
from console.models.onvif import CameraClock
from console.models.people import Actor
from console.models.text import Text
from console.services import export, requests
from console.services.desk import Desk
from console.video.export import process

FOLDER: Final = "exports"
DESK_LIMIT_S: Final = 60.0

_log = logging.getLogger(__name__)
_BUG = Text("制作程序内部错误，已记入日志", "Internal error while the package was made; it is in the log")


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One beginning of a package: the request, and its revision by then."""

    request: RequestId
    rev: int


class ExportRoom:
    """See console.models.footage.Exports. Enter it to start; leaving ends what is being made, to be gone on with later."""

    def __init__(
        self,
        desk: Desk,
        folder: DataFolder,
        secrets: Secrets,
        clocks: Callable[[], Mapping[CameraId, CameraClock]] = dict,
    ) -> None:
        self._desk, self._folder, self._clocks = desk, folder, clocks
        self._key = SigningKey(secrets, lambda *made: desk.do(requests.key_made, *made).result(DESK_LIMIT_S))
        self._line: queue.SimpleQueue[_Attempt | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="exports")
        self._stop = threading.Event()
        self._latest: dict[RequestId, _Attempt] = {}
        self._cancelled: set[_Attempt] = set()
        self._progress: dict[RequestId, ExportProgress] = {}
        self._undo: list[Callable[[], None]] = []
        self.pid = 0

    def __enter__(self) -> Self:
        bus = self._desk.bus
        self._undo = [bus.on(FootageRequestChanged, self._changed), bus.on(SigningKeyMade, self._publish)]
        made = self._desk.ask(requests.signing_key).result(DESK_LIMIT_S)
        if made is not None:
            self._publish(made)
        for request in self._desk.ask(export.running).result(DESK_LIMIT_S):
            self._begun(request)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for undo in self._undo:
            undo()
        self._stop.set()
        self._line.put(None)
        self._thread.join()

    def _publish(self, made: SigningKeyMade) -> None:
        """Lay the public half of the key where anybody may have it; packages carry it as well, so that a full disk may wait."""
        try:
            publish(self._folder.root / PUBLIC_KEY_FILE, made)
        except OSError as error:
            _log.warning("the public half of the signing key could not be written: %s", error)

    # ---- from other threads --------------------------------------------------------------------

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the post's key."""
        return self._key.fingerprint

    def begin(
        self, request: RequestId, *, target: str, viewing: bool, masks: bool, zipped: bool, by: Actor
    ) -> "Future[FootageRequest]":
        """Begin to make a package, or go on with it."""
        root = Path(target).expanduser() if target else self._folder.root / FOLDER
        return self._desk.do(
            requests.begin_export,
            request,
            folder=lambda asked: str(folder_for(asked, root)),
            viewing=viewing,
            masks=masks,
            zipped=zipped,
            by=by,
        )

    def cancel(self, request: RequestId, *, by: Actor) -> "Future[FootageRequest]":
        """Stop making a package."""
        return self._desk.do(requests.export_ended, request, JobState.CANCELLED, by=by)

    def progress(self, request: RequestId) -> ExportProgress | None:
        """How far it is."""
        return self._progress.get(request)

    def _changed(self, event: FootageRequestChanged) -> None:
        job = event.request.job
        if job is not None and job.state is JobState.RUNNING:
            self._begun(event.request)
        elif job is not None and job.state is JobState.CANCELLED and event.request.id in self._latest:
            self._cancelled.add(self._latest[event.request.id])

    def _begun(self, request: FootageRequest) -> None:
        attempt = _Attempt(request.id, request.rev)
        self._latest[request.id] = attempt
        self._line.put(attempt)

    # ---- the thread ----------------------------------------------------------------------------

    def _run(self) -> None:
        while (attempt := self._line.get()) is not None and not self._stop.is_set():
            request = attempt.request
            if attempt in self._cancelled:
                continue
            try:
                self._make(attempt)
            except process.Cancelled:
                _log.info("the package of request %s was left", request)
            except ConsoleError as error:
                self._failed(attempt, error.text)
            except OSError as error:
                reason = error.strerror or str(error)
                self._failed(attempt, Text(f"资料包无法写入：{reason}", f"The package cannot be written: {reason}"))
            except Exception:  # noqa: BLE001 - the boundary: the next package must not suffer from this one
                _log.exception("making the package of request %s", request)
                self._failed(attempt, _BUG)
            finally:
                self._progress.pop(request, None)
                self.pid = 0

    def _failed(self, attempt: _Attempt, reason: Text) -> None:
        """Record it, unless this attempt was cancelled or begun again meanwhile: the next must not end by it."""
        if attempt in self._cancelled or self._latest.get(attempt.request) != attempt:
            return
        try:
            self._do(requests.export_ended, attempt.request, JobState.FAILED, reason)
        except (ConsoleError, TimeoutError) as error:
            _log.warning("the end of a package could not be recorded: %s", error)

    def _do(self, command: Callable[..., Any], *args: Any) -> Any:
        return self._desk.do(command, *args).result(DESK_LIMIT_S)

    def _make(self, attempt: _Attempt) -> None:
        request = attempt.request
        self._tell(ExportProgress(request=request, done=0, total=1))
        order = self._desk.ask(
            export.order_of,
            request,
            data_dir=self._folder.root,
            clocks=self._clocks(),
            public_key=self._key.public_key,
            program_version=__version__,
        ).result()
        Path(order.folder).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        done = process.run(
            order,
            seal=lambda sha256: self._seal(order, sha256),
            on_step=lambda step: self._tell(
                ExportProgress(request=request, done=step.done, total=step.total, doing=step.doing)
            ),
            cancelled=lambda: self._stop.is_set() or attempt in self._cancelled,
            on_start=lambda pid: setattr(self, "pid", pid),
        )
        self._do(requests.made, request, self._package(done))
        shutil.rmtree(order.work, ignore_errors=True)

    def _seal(self, order: ExportOrder, sha256: str) -> bytes:
        """Sign what lies in the folder, if it is what the process says it has made."""
        content = (Path(order.folder) / "manifest.json").read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ConsoleError(zh="清单在签名前被改动。", en="The manifest was altered before it was signed.")
        return self._key.seal(content)

    def _package(self, done: process.Finished) -> Package:
        return Package(
            files=done.made.files,
            size_bytes=done.made.size_bytes,
            gaps=done.made.gaps,
            manifest_sha256=done.made.manifest_sha256,
            fingerprint=self._key.fingerprint,
            archive=done.archive,
            archive_sha256=done.archive_sha256,
            made_at=self._desk.clock.now(),
        )

    def _tell(self, progress: ExportProgress) -> None:
        self._progress[progress.request] = progress
        self._desk.bus.publish(progress)


def folder_for(request: FootageRequest, root: Path) -> Path:
    """The package's own folder: that of the attempt before, where it was under the same root; else one nobody has used.

    Raises ConsoleError where the root is no folder that could be used.
    """
    if request.job is not None and Path(request.job.folder).parent == root:
        return Path(request.job.folder)
    if not root.is_absolute():
        raise ConsoleError(zh="请填写完整的文件夹路径。", en="Give the whole path of a folder.")
    for number in range(1, 1000):
        folder = root / (request.number if number == 1 else f"{request.number}-{number}")
        beside = (folder, folder.with_name(folder.name + ".zip"), folder.with_name(export.WORK.format(name=folder.name)))
        if not any(path.exists() for path in beside):
            return folder
    raise ConsoleError(zh=f"{root} 中同名文件夹过多。", en=f"There are too many folders of that name in {root}.")
