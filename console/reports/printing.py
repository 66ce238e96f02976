"""Printing: from the canonical JSON of a file to a PDF on the disk, in one call that another process can make."""

import errno
import hashlib
from pathlib import Path

from console import reports
from console.durable import write_whole
from console.models.errors import ConsoleError
from console.models.files import PrintedFile
from console.models.plain import canonical, from_json
from console.models.trust import short_code
from console.registry import discover
from console.reports.spec import Content, ReportSpec


def forms() -> dict[str, ReportSpec]:
    """Every form there is, by its key."""
    return {spec.key: spec for spec in discover(reports, kind=ReportSpec).values()}


def content_bytes(content: Content) -> bytes:
    """A file as the canonical JSON that `build_pdf` takes; it crosses processes without pickling."""
    return canonical(content)


def file_name(spec: ReportSpec, content: Content, language: str) -> str:
    """What a form is called on the disk: "incident-2026-0042-zh_CN-20260314T140509123Z.pdf"; safe on every system.

    With its milliseconds, so that a form printed twice in a second does not overwrite the paper on record.
    """
    number = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in spec.number(content))
    made_at = content.letterhead.made_at
    return f"{spec.key}-{number}-{language}-{made_at:%Y%m%dT%H%M%S}{made_at.microsecond // 1000:03d}Z.pdf"


def build_pdf(spec_key: str, content: bytes, language: str, out_path: str) -> PrintedFile:
    """Build one form and put it at `out_path` whole or not at all.

    `content` is what `content_bytes` gave. Raises ConsoleError, with a sentence, where the content does not fit the
    form or the file cannot be written; KeyError for a form that does not exist.
    """
    spec = forms()[spec_key]
    file = from_json(content, spec.content)
    made = spec.build(file, language)
    path = Path(out_path).absolute()
    _write(path, made.data)
    return PrintedFile(
        path=str(path),
        sha256=hashlib.sha256(made.data).hexdigest(),
        short_code=short_code(file.record_digest),
        pages=made.pages,
        size_bytes=len(made.data),
    )


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)
    except OSError as error:
        raise _sentence(path, error) from error


def _sentence(path: Path, error: OSError) -> ConsoleError:
    """What the operator is told when a form cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ConsoleError(
            zh=f"磁盘已满，无法写入 {path.name}。请清理磁盘后重试。",
            en=f"The disk is full, {path.name} was not written. Free some room and try again.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ConsoleError(
            zh=f"没有权限写入文件夹 {path.parent}。请换一个文件夹。",
            en=f"The folder {path.parent} may not be written to. Choose another one.",
        )
    why = error.strerror or type(error).__name__
    return ConsoleError(
        zh=f"无法写入 {path}：{why}。",
        en=f"{path} cannot be written: {why}.",
    )
