"""Look after the record: verify it, back it up, restore it."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from console import __version__, i18n
from console.cli.speech import FINDINGS, FINE, put_json, say
from console.i18n import _
from console.models.errors import ConsoleError

if TYPE_CHECKING:
    from console.store.store import Store


@contextmanager
def beside(asked: argparse.Namespace) -> Iterator[tuple["Store", Path]]:
    """The record, opened beside the console that may have it, and the data folder."""
    from console.config import data_folder
    from console.store.opening import open_beside

    root = data_folder(asked.data).root
    with open_beside(asked.database or root) as store:
        yield store, root


def verify(asked: argparse.Namespace) -> int:
    """Verify the record and tell what does not fit."""
    from console.models.plain import to_plain
    from console.store.findings import Anchor
    from console.store.verify import verify

    with beside(asked) as (store, root):
        anchors = [Anchor(*head) for head in asked.head]
        found = verify(store, root, anchors=anchors, progress=_progress(asked))
    if asked.json:
        for finding in found.found:
            put_json({"finding": finding})
        put_json({"verified": {**to_plain(found), "found": len(found.found) + found.more, "fits": found.fits}})
        return FINE if found.fits else FINDINGS
    for finding in found.found:
        print(finding.text.in_language(i18n.language()))
    if found.more:
        print(_("... and {count} more.").format(count=found.more))
    print(
        _("{lines} journal lines, {rows} records, {files} files. The journal ends at line {seq}, {head}.").format(
            lines=found.lines, rows=found.rows, files=found.files, seq=found.seq, head=found.head
        )
    )
    print(_("Everything fits.") if found.fits else _("Not everything fits."))
    return FINE if found.fits else FINDINGS


def _progress(asked: argparse.Namespace) -> Callable[[str, int, int], None] | None:
    if getattr(asked, "json", False) or not sys.stderr.isatty():
        return None
    names = {"database": _("Database"), "journal": _("Journal"), "rows": _("Records"), "files": _("Evidence and forms")}

    def show(name: str, done: int, total: int) -> None:
        share = 100 * done // max(total, 1)
        print(
            f"\r\033[K{names[name]} {share} %",
            end="" if (name, done) != ("files", total) else "\r\033[K",
            file=sys.stderr,
            flush=True,
        )

    return show


def backup(asked: argparse.Namespace) -> int:
    """Make a backup; the exit code tells whether files were missing."""
    from console.config import data_folder
    from console.store.backup import back_up

    if asked.database:
        raise ConsoleError(
            zh="服务器数据库请用其自带工具（pg_dump）备份，证据文件请另行复制数据文件夹。",
            en="Back a server's database up with its own tool (pg_dump), and copy the data folder for the evidence.",
        )
    manifest = back_up(
        data_folder(asked.data).root,
        asked.target,
        version=__version__,
        site_dir=asked.site,
        with_secrets=asked.with_secrets,
    )
    for file in manifest.missing:
        say(_("Missing, not in the backup: {file}").format(file=file))
    if not asked.with_secrets:
        say(_("The passwords of cameras and panels are not in it."))
    size_mb = sum(file.size_bytes for file in manifest.files) / 1e6
    print(
        _("Backed up {count} files, {size:.1f} MB, to {target}. The journal ends at line {seq}, {head}.").format(
            count=len(manifest.files),
            size=size_mb,
            target=asked.target,
            seq=manifest.journal_seq,
            head=manifest.journal_head,
        )
    )
    return FINDINGS if manifest.missing else FINE


def restore(asked: argparse.Namespace) -> int:
    """Bring a backup back, and tell what of it does not fit."""
    from console.store.restore import restore

    manifest, found = restore(
        asked.backup, asked.data, site_dir=asked.site, accept_findings=asked.anyway, progress=_progress(asked)
    )
    for finding in found.found:
        say(finding.text)
    print(
        _("Restored the backup of {made} into {folder}, up to journal line {seq}.").format(
            made=f"{manifest.made_at.astimezone():%Y-%m-%d %H:%M}", folder=asked.data, seq=manifest.journal_seq
        )
    )
    return FINE if found.fits else FINDINGS
