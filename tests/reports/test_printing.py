"""A form lies on the disk whole or not at all, and its sentence tells the operator why not."""

import errno
import hashlib
import resource
from pathlib import Path

import pytest

from console.errands import Errands
from console.models.errors import ConsoleError
from console.models.files import PrintedFile
from console.reports import printing
from tests.reports import samples

CONTENT = samples.empty_handover_file()


def test_that_a_form_is_put_where_it_was_asked_for_with_its_digest(tmp_path: Path) -> None:
    place = tmp_path / "new" / "folder" / "form.pdf"
    printed = printing.build_pdf("handover", printing.content_bytes(CONTENT), "zh_CN", str(place))
    data = place.read_bytes()
    assert data.startswith(b"%PDF-")
    assert printed.path == str(place)
    assert printed.sha256 == hashlib.sha256(data).hexdigest()
    assert printed.size_bytes == len(data)
    assert printed.pages == 1
    assert len(printed.short_code) == 8
    assert [file.name for file in place.parent.iterdir()] == ["form.pdf"]


def test_that_the_errands_process_makes_the_same_form(tmp_path: Path) -> None:
    content = printing.content_bytes(CONTENT)
    with Errands() as errands:
        there = errands.submit(printing.build_pdf, "handover", content, "en", str(tmp_path / "a.pdf")).result()
    here = printing.build_pdf("handover", content, "en", str(tmp_path / "b.pdf"))
    assert isinstance(there, PrintedFile)
    assert there.sha256 == here.sha256


def test_that_what_a_killed_attempt_left_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".form.pdf.part").write_bytes(b"half of a form" * 100_000)
    printing.build_pdf("handover", printing.content_bytes(CONTENT), "en", str(tmp_path / "form.pdf"))
    assert [file.name for file in tmp_path.iterdir()] == ["form.pdf"]


def build_with_little_room(place: str) -> PrintedFile:
    """Build where no file may grow beyond 4 kB; runs in the errands process."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    return printing.build_pdf("handover", printing.content_bytes(CONTENT), "en", place)


def test_that_a_form_that_cannot_be_written_whole_leaves_nothing_and_keeps_the_old_one(tmp_path: Path) -> None:
    place = tmp_path / "form.pdf"
    place.write_bytes(b"the old one")
    with Errands() as errands:
        failure = errands.submit(build_with_little_room, str(place)).exception()
    assert isinstance(failure, ConsoleError)
    assert str(place) in failure.text.zh
    assert str(place) in failure.text.en
    assert [file.name for file in tmp_path.iterdir()] == ["form.pdf"]
    assert place.read_bytes() == b"the old one"


def test_that_a_folder_that_cannot_be_one_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConsoleError) as caught:
        printing.build_pdf("handover", printing.content_bytes(CONTENT), "en", str(tmp_path / "file" / "form.pdf"))
    assert caught.value.text.zh
    assert "form.pdf" in caught.value.text.en


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (errno.ENOSPC, "磁盘已满"),
        (errno.EDQUOT, "磁盘已满"),
        (errno.EACCES, "没有权限"),
        (errno.EROFS, "没有权限"),
        (errno.EIO, "无法写入"),
    ],
)
def test_that_each_way_a_disk_refuses_has_its_sentence(number: int, word: str) -> None:
    told = printing._sentence(Path("/reports/form.pdf"), OSError(number, "as the system says"))
    assert word in told.text.zh
    assert told.text.en


def test_that_content_that_does_not_fit_the_form_is_refused() -> None:
    with pytest.raises(ConsoleError):
        printing.build_pdf("handover", b'{"letterhead": 1}', "en", "/nowhere/form.pdf")
    with pytest.raises(KeyError):
        printing.build_pdf("no such form", b"{}", "en", "/nowhere/form.pdf")


@pytest.mark.parametrize("key", printing.forms())
def test_that_a_file_name_is_safe_and_tells_form_record_and_time(key: str) -> None:
    spec, content = printing.forms()[key], samples.of_form(key)["full"]
    name = printing.file_name(spec, content, "zh_CN")
    assert name.startswith(f"{key}-")
    made_at = content.letterhead.made_at
    assert name.endswith(f"{made_at:%Y%m%dT%H%M%S}{made_at.microsecond // 1000:03d}Z.pdf")
    assert not set(name) & set('/\\:*?"<>| ')
