"""A file is on disk and known by its hash before any row speaks of it."""

import hashlib
from pathlib import Path

import pytest

from console.models.errors import ConsoleError
from console.models.events import EvidenceKept, ReportPrinted
from console.models.ids import EvidenceId, new_id
from console.models.trust import Evidence, EvidenceKind, PrintedReport
from console.services import evidence, printing
from tests.services.post import MORNING, PostInHand, actor

CONTENT = b"\xff\xd8 a picture"


def kept_as(stored: evidence.StoredFile) -> Evidence:
    return Evidence(
        id=EvidenceId(new_id()),
        kind=EvidenceKind.SNAPSHOT,
        file=stored.file,
        size_bytes=stored.size_bytes,
        sha256=stored.sha256,
        taken_at=MORNING,
    )


def test_that_a_file_is_stored_whole_under_the_data_folder(tmp_path: Path) -> None:
    file, sha256, size_bytes = evidence.store_file(tmp_path, CONTENT, "2026-03/gate.jpg")
    assert file == "evidence/2026-03/gate.jpg"
    assert (tmp_path / file).read_bytes() == CONTENT
    assert (sha256, size_bytes) == (hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
    assert [path.name for path in (tmp_path / "evidence" / "2026-03").iterdir()] == ["gate.jpg"]


def test_that_other_content_never_takes_a_name_and_the_same_is_not_stored_twice(tmp_path: Path) -> None:
    first = evidence.store_file(tmp_path, CONTENT, "gate.jpg")
    assert evidence.store_file(tmp_path, CONTENT, "gate.jpg") == first
    other = evidence.store_file(tmp_path, b"other", "gate.jpg")
    assert other.file == "evidence/gate-2.jpg"
    assert (tmp_path / first.file).read_bytes() == CONTENT


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..", "", "a b/../../c:d|e.jpg", ".hidden"])
def test_that_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    stored = evidence.store_file(tmp_path, CONTENT, name)
    inside = (tmp_path / stored.file).resolve()
    assert inside.is_relative_to(tmp_path / "evidence")
    assert not inside.name.startswith(".")


def test_that_a_disk_that_refuses_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("in the way")
    with pytest.raises(ConsoleError, match="cannot be kept"):
        evidence.store_file(tmp_path, CONTENT, "gate.jpg")


def test_that_changed_or_missing_evidence_is_seen(tmp_path: Path) -> None:
    kept = kept_as(evidence.store_file(tmp_path, CONTENT, "gate.jpg"))
    assert evidence.is_unchanged(tmp_path, kept)
    (tmp_path / kept.file).write_bytes(CONTENT[:-1] + b"E")
    assert not evidence.is_unchanged(tmp_path, kept)
    (tmp_path / kept.file).unlink()
    assert not evidence.is_unchanged(tmp_path, kept)


def test_that_evidence_on_record_cannot_be_changed_or_replaced(post: PostInHand, tmp_path: Path) -> None:
    kept = post.do(evidence.keep, kept_as(evidence.store_file(tmp_path, CONTENT, "gate.jpg")))
    assert [event.evidence for event in post.told(EvidenceKept)] == [kept]
    with pytest.raises(Exception, match=r"protected|UNIQUE|append-only"):
        post.do(evidence.keep, kept)
    assert post.find(Evidence) == (kept,)


def test_that_a_printed_form_is_on_record_with_who_printed_it(post: PostInHand) -> None:
    li = post.enter("li")
    report = PrintedReport(
        id=new_id(),
        form="handover",
        record_id="h",
        language="zh_CN",
        file="reports/h.pdf",
        sha256="0" * 64,
        short_code="ABCD2345",
        journal_seq=1,
        journal_head="0" * 64,
        made_at=MORNING,
        made_by=li.id,
    )
    assert post.do(printing.printed, report, by=actor(li)) == report
    (event,) = post.told(ReportPrinted)
    assert (event.by, event.report) == (li.id, report)
