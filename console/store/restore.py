"""Restore a backup into an empty folder: everything is checked before any of it bears its name."""

import tarfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import msgspec

from console.config import data_folder
from console.durable import sync_folder
from console.models.clock import Clock
from console.models.errors import ConsoleError
from console.store.backup import DATA, DATABASE, FORMAT, MANIFEST, SITE, Hashing, Manifest, clear, told, write_file
from console.store.findings import Anchor
from console.store.opening import open_store
from console.store.verify import Findings, Progress, verify

# Opens a file of the backup by its path.
Fetch = Callable[[str], AbstractContextManager[BinaryIO]]


def restore(
    backup: Path,
    data_dir: Path,
    *,
    site_dir: Path | None = None,
    accept_findings: bool = False,
    clock: Clock | None = None,
    progress: Progress | None = None,
) -> tuple[Manifest, Findings]:
    """Bring a backup back into `data_dir` (and its site folder into `site_dir`), which must be empty or absent.

    Every file is compared with the manifest, then the record is verified, its journal's end against the manifest
    included; only then do the folders get their names. An older record is upgraded on the way. Findings refuse the
    restore unless `accept_findings`: a record with a flaw may still be the best there is. Files that were already
    missing when the backup was made do not count. Raises ConsoleError with a sentence in every other case.
    """
    targets = [data_dir.absolute()] + ([site_dir.absolute()] if site_dir is not None else [])
    for target in targets:
        _need_empty(target)
    data_part, *rest = (target.with_name(target.name + ".restoring") for target in targets)
    site_part = rest[0] if rest else None
    try:
        with told(backup), opened(backup) as fetch:
            manifest = _manifest(fetch, backup)
            if site_dir is not None and not any(file.path.startswith(f"{SITE}/") for file in manifest.files):
                raise ConsoleError(
                    zh=f"备份 {backup} 中没有站点文件夹，请去掉 --site。",
                    en=f"{backup} holds no site folder; leave --site out.",
                )
            with told(targets[0]):
                for part in (data_part, *rest):
                    clear(part)
                    part.mkdir(parents=True, mode=0o700)
                _unpack(fetch, manifest, backup, data_part, site_part)
        found = _verified(data_part, manifest, clock, progress)
        if not found.fits and not accept_findings:
            raise ConsoleError(
                zh=f"备份 {backup} 中的记录有不符之处，未恢复：{found.found[0].text.zh}",
                en=f"The record in {backup} does not fit and was not restored: {found.found[0].text.en}",
            )
        with told(targets[0]):
            for part, target in zip((data_part, *rest), targets, strict=True):
                if target.exists():
                    target.rmdir()
                part.replace(target)
                sync_folder(target.parent)
    finally:
        for part in (data_part, *rest):
            clear(part)
    return manifest, found


def _need_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConsoleError(
            zh=f"{folder} 不是空文件夹。恢复不覆盖任何记录，请指定一个空文件夹。",
            en=f"{folder} is not an empty folder. A restore overwrites nothing; name an empty one.",
        )


# ------------------------------------------------------------------ reading a backup


@contextmanager
def opened(backup: Path) -> Iterator[Fetch]:
    """Open a backup, folder or .tar, for its files to be fetched."""
    if backup.is_dir():

        def from_folder(path: str) -> AbstractContextManager[BinaryIO]:
            return (backup / path).open("rb")

        yield from_folder
        return
    with tarfile.open(backup, "r:") as tar:

        @contextmanager
        def from_tar(path: str) -> Iterator[BinaryIO]:
            try:
                stream = tar.extractfile(path)
            except KeyError:
                stream = None
            if stream is None:
                raise FileNotFoundError(2, "No such file", path)
            with stream:
                yield stream  # type: ignore[misc]

        yield from_tar


def _manifest(fetch: Fetch, backup: Path) -> Manifest:
    try:
        with fetch(MANIFEST) as stream:
            manifest = msgspec.json.decode(stream.read(), type=Manifest)
    except (FileNotFoundError, msgspec.DecodeError) as error:
        raise ConsoleError(
            zh=f"{backup} 不是完整的备份（缺少有效的 {MANIFEST}），可能在制作时中断。",
            en=f"{backup} is not a whole backup (no valid {MANIFEST}); making it may have been broken off.",
        ) from error
    if manifest.format > FORMAT:
        raise ConsoleError(
            zh=f"{backup} 由更新的版本（{manifest.version}）制作，请用新版本恢复。",
            en=f"{backup} was made by a newer version ({manifest.version}); restore it with that.",
        )
    for file in manifest.files:
        if not _is_allowed(file.path):
            raise ConsoleError(
                zh=f"{backup} 的清单含有不允许的路径 {file.path}。",
                en=f"{backup} names a path that it must not: {file.path}.",
            )
    return manifest


def _is_allowed(path: str) -> bool:
    """Whether a path of a manifest stays inside the folders that a backup may fill."""
    pure = PurePosixPath(path)
    own = path == DATABASE or (pure.parts[0] in (DATA, SITE) and len(pure.parts) > 1)
    return own and ".." not in pure.parts and "\\" not in path and path == pure.as_posix()


def _unpack(fetch: Fetch, manifest: Manifest, backup: Path, data_part: Path, site_part: Path | None) -> None:
    for file in manifest.files:
        target = _target(file.path, data_part, site_part)
        if target is None:
            continue
        try:
            with fetch(file.path) as stream:
                hashing = Hashing(stream)
                write_file(target, hashing)  # type: ignore[arg-type]
        except FileNotFoundError as error:
            raise ConsoleError(
                zh=f"备份 {backup} 缺少文件 {file.path}，未恢复。",
                en=f"{backup} lacks the file {file.path}; not restored.",
            ) from error
        target.chmod(0o600)
        if (hashing.size_bytes, hashing.sha256.hexdigest()) != (file.size_bytes, file.sha256):
            raise ConsoleError(
                zh=f"备份 {backup} 中的文件 {file.path} 已被改动或损坏，未恢复。",
                en=f"The file {file.path} in {backup} was changed or is damaged; not restored.",
            )


def _target(path: str, data_part: Path, site_part: Path | None) -> Path | None:
    if path == DATABASE:
        return data_folder(data_part).database
    first, _, rest = path.partition("/")
    if first == DATA:
        return data_part / rest
    return site_part / rest if site_part is not None else None


def _verified(data_part: Path, manifest: Manifest, clock: Clock | None, progress: Progress | None) -> Findings:
    with open_store(data_part, clock=clock) as store:
        anchor = Anchor(manifest.journal_seq, manifest.journal_head)
        found = verify(store, data_part, anchors=[anchor], progress=progress)
    known = set(manifest.missing)
    fresh = tuple(finding for finding in found.found if finding.kind != "file" or finding.file not in known)
    return replace(found, found=fresh)
