"""What was changed, cut out or lost is found, and the first place is named in a sentence."""

import dataclasses
import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from console.config import data_folder
from console.models.clock import FakeClock
from console.models.duty import Handover, HandoverState, signed_content
from console.models.events import (
    EVENTS,
    REBUILDS,
    EvidenceKept,
    HandoverChanged,
    IncidentOpened,
    RecordSigned,
    ReportPrinted,
)
from console.models.ids import EvidenceId, HandoverId, PersonId, ShiftId, SignatureId, new_id
from console.models.incidents import Dispatch, Incident
from console.models.plain import digest
from console.models.plans import PlanRun
from console.models.trust import Evidence, EvidenceKind, Meaning, PrintedReport, Signature
from console.store.findings import Anchor
from console.store.journal import line_hash
from console.store.mapping import BULK, TABLES
from console.store.opening import open_beside
from console.store.store import Ground, Store, Transaction
from console.store.verify import SHOWN, Findings, verify
from console.store.verify_rows import kinds_of, newest
from tests.records import open_record
from tests.store.samples import event_with, put_whole, sample

COLUMNS = ("seq", "segment", "at", "written_at", "kind", "subject", "by", "seat", "body", "previous", "hash")


def put_and_say(tx: Transaction, dice: Random) -> None:
    """Put a value of every model, each with an event that brings it back."""
    for model, names in kinds_of().items():
        for name in names:
            made = sample(model, dice)
            if isinstance(made, Handover):
                made = dataclasses.replace(made, state=HandoverState.DRAFT)
            if isinstance(made, Signature | Evidence | PrintedReport):
                continue  # these have tests of their own
            made = put_whole(tx, made, dice)
            if isinstance(made, PlanRun | Dispatch):  # they came with an incident
                tx.record(event_with(IncidentOpened, tx.need(Incident, made.incident), dice))
            tx.record(event_with(EVENTS[name], made, dice))


@pytest.fixture
def data(where: str | Path, tmp_path: Path) -> Path:
    """The data folder: where the files are, also when the database is a server's."""
    return where if isinstance(where, Path) else tmp_path


@pytest.fixture
def filled(store: Store, ground: Ground, clock: FakeClock) -> Store:
    """A record with several values of every kind, over three months."""
    dice = Random(9)
    for _ in range(3):
        with store.begin(ground, clock) as tx:
            put_and_say(tx, dice)
        clock.advance(timedelta(days=32).total_seconds())
    return store


def told(found: Findings) -> list[str]:
    assert all(finding.text.zh for finding in found.found)
    return [finding.text.en for finding in found.found]


# ------------------------------------------------------------------ what fits


def test_that_a_record_that_nobody_touched_fits(filled: Store, data: Path) -> None:
    found = verify(filled, data)
    assert told(found) == []
    assert found.fits
    assert found.lines == found.seq > 60
    assert found.rows > 50


def test_that_an_empty_record_fits(store: Store, data: Path) -> None:
    assert verify(store, data) == Findings(lines=0, seq=0, head="0" * 64, rows=0, files=0, found=())


def test_that_progress_is_told_of_every_part(filled: Store, data: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    verify(filled, data, progress=lambda name, done, total: heard.append((name, done, total)))
    assert list(dict.fromkeys(name for name, _, _ in heard)) == ["database", "journal", "rows", "files"]
    assert [done == total for _, done, total in heard] == [True] * 4


def test_that_the_journal_alone_brings_back_every_value(filled: Store, ground: Ground, clock: FakeClock) -> None:
    with filled.look() as connection, filled.read(ground, clock.now()) as reading:
        for model in kinds_of():
            values = reading.find(model)
            assert values or model in (Signature, Evidence, PrintedReport)
            assert all(newest(connection, model, value.id) == value for value in values)


# Not rebuilt from the journal: secrets, what its own line tells otherwise, and what follows from other rows.
UNTOLD = {"Account", "ChosenSetting", "AlarmTiming", "AlarmSubject"}


def test_that_every_model_that_the_journal_can_bring_back_is_compared() -> None:
    assert set(kinds_of()) == set(TABLES) - BULK - {kind for kind in TABLES if kind.__name__ in UNTOLD}
    assert {name for names in kinds_of().values() for name in names} == set(REBUILDS)


def test_that_verifying_goes_on_beside_the_console(filled: Store, where: str | Path, data: Path) -> None:
    with open_beside(where) as beside:
        assert verify(beside, data).fits


# ------------------------------------------------------------------ the chain


@pytest.fixture
def damage(tmp_path: Path, ground: Ground, clock: FakeClock) -> "Iterator[Callable[..., Findings]]":
    """Run statements on a closed record, its guards removed, and give what is found."""
    dice = Random(9)
    with open_record(tmp_path) as store:
        for _ in range(3):
            with store.begin(ground, clock) as tx:
                put_and_say(tx, dice)
            clock.advance(timedelta(days=32).total_seconds())

    def run(*statements: str, **options: Any) -> Findings:
        with closing(sqlite3.connect(data_folder(tmp_path).database)) as connection:
            triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        with open_beside(tmp_path) as store:
            return verify(store, tmp_path, **options)

    return run


@pytest.mark.parametrize(
    "column", [name for name in COLUMNS if name not in ("seq", "previous", "hash", "body", "kind")]
)
def test_that_a_changed_field_of_a_line_is_found(damage: "Callable[..., Findings]", column: str) -> None:
    value = (
        "'2026-03-14T12:00:00.000001Z'"
        if column in ("at", "written_at")
        else "'2026-09'"
        if column == "segment"
        else "'x'"
    )
    found = damage(f'UPDATE journal SET "{column}" = {value} WHERE seq = 7')
    assert told(found)[0] == "Journal line 7 was changed after it was written."
    assert found.found[0].seq == 7


def test_that_a_changed_body_is_found(damage: "Callable[..., Findings]") -> None:
    found = damage("UPDATE journal SET body = replace(body, 'a', 'b') WHERE seq = 7")
    assert told(found)[0] == "Journal line 7 was changed after it was written."


def test_that_lines_that_were_cut_out_are_found(damage: "Callable[..., Findings]") -> None:
    found = damage("DELETE FROM journal WHERE seq IN (5, 6, 9)")
    lines = [text for text, finding in zip(told(found), found.found, strict=True) if finding.kind == "line"]
    assert lines == ["Journal lines 5 to 6 are missing.", "Journal lines 9 to 9 are missing."]


def test_that_lines_that_were_exchanged_are_found(damage: "Callable[..., Findings]") -> None:
    found = damage(
        "UPDATE journal SET seq = -1 WHERE seq = 5",
        "UPDATE journal SET seq = 5 WHERE seq = 6",
        "UPDATE journal SET seq = 6 WHERE seq = -1",
    )
    assert told(found)[0] == "Journal line 5 does not follow the line before it."


def test_that_a_line_hashed_anew_after_a_change_is_found_by_the_next(
    damage: "Callable[..., Findings]", tmp_path: Path
) -> None:
    with closing(sqlite3.connect(data_folder(tmp_path).database)) as connection:
        row = connection.execute("SELECT * FROM journal WHERE seq = 7").fetchone()
    fields = {**dict(zip(COLUMNS[:-1], row[:-1], strict=True)), "seat": "forged"}
    forged = line_hash(fields["previous"], fields)
    found = damage(f"UPDATE journal SET seat = 'forged', hash = '{forged}' WHERE seq = 7")
    assert told(found)[0] == "Journal line 8 does not follow the line before it."


def test_that_an_end_that_was_cut_off_is_found_by_a_head_that_stands_elsewhere(
    damage: "Callable[..., Findings]", tmp_path: Path
) -> None:
    with open_beside(tmp_path) as store:
        whole = verify(store, tmp_path)
    assert damage(anchors=[Anchor(whole.seq, whole.head)]).fits
    assert told(damage(anchors=[Anchor(3, whole.head)])) == [
        "The given head knows another journal line 3 than there is now."
    ]
    found = damage(f"DELETE FROM journal WHERE seq = {whole.seq}", anchors=[Anchor(whole.seq, whole.head)])
    assert f"The given head knows journal line {whole.seq}, but the journal ends at {whole.seq - 1}" in " ".join(
        told(found)
    )


def test_that_a_line_that_cannot_be_read_is_found(damage: "Callable[..., Findings]") -> None:
    found = damage(
        "UPDATE journal SET kind = 'FromTheFuture' WHERE seq = 3",
        "UPDATE journal SET body = '{' WHERE seq = 4",
    )
    assert "Journal line 3 is of an unknown kind, FromTheFuture." in told(found)
    assert any(text.startswith("Journal line 4 cannot be read (") for text in told(found))


# ------------------------------------------------------------------ months


def test_that_a_seal_that_was_changed_removed_or_added_is_found(damage: "Callable[..., Findings]") -> None:
    assert told(damage("UPDATE journal_segment SET last_hash = 'x' WHERE segment = '2026-03'")) == [
        "The seal of 2026-03 does not fit the journal."
    ]
    assert (
        told(damage("DELETE FROM journal_segment WHERE segment = '2026-03'"))[0] == "The month 2026-03 was not sealed."
    )
    assert told(damage("INSERT INTO journal_segment VALUES ('2030-01', 1, 2, '', '')"))[-1] == (
        "The seal of 2030-01 belongs to no line."
    )


# ------------------------------------------------------------------ rows


def test_that_a_row_that_was_changed_is_named_with_its_field(damage: "Callable[..., Findings]") -> None:
    found = damage("UPDATE log_entry SET text = 'forged', \"by\" = 'forged' WHERE id = (SELECT min(id) FROM log_entry)")
    (text,) = told(found)
    assert text.startswith("Row log_entry ")
    assert text.endswith("says (text, by).")
    assert found.found[0].seq


def test_that_a_row_that_came_from_nowhere_is_found(damage: "Callable[..., Findings]") -> None:
    found = damage(
        "UPDATE log_entry SET id = id || 'x' WHERE id = (SELECT min(id) FROM log_entry)",
    )
    assert [finding.kind for finding in found.found] == ["row", "row"]
    assert "has no line in the journal" in told(found)[0]
    assert "is gone" in told(found)[1]


def test_that_a_row_that_was_deleted_is_found(damage: "Callable[..., Findings]") -> None:
    found = damage("DELETE FROM alarm")
    assert len(found.found) == 6  # as many as were put
    assert all("is gone." in text for text in told(found))


def test_that_a_row_that_cannot_be_read_is_found(damage: "Callable[..., Findings]") -> None:
    found = damage("UPDATE alarm SET priority = 'high' WHERE id = (SELECT min(id) FROM alarm)")
    assert "cannot be read" in told(found)[0]


def test_that_a_thousand_findings_of_one_kind_are_counted_and_the_first_ones_told(
    damage: "Callable[..., Findings]",
) -> None:
    found = damage("UPDATE journal SET seat = 'forged'")
    assert len([finding for finding in found.found if finding.kind == "line"]) == SHOWN
    assert found.more > 0


def test_that_a_damaged_page_is_found(tmp_path: Path, damage: "Callable[..., Findings]") -> None:
    file = data_folder(tmp_path).database
    damage()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_journal_kind_seq'").fetchone()[0]
    with file.open("r+b") as stream:
        stream.seek((root - 1) * 4096)
        stream.write(b"\xff" * 64)
    found = damage_found(tmp_path)
    assert found.found[0].kind == "database"
    assert found.lines > 60  # what can still be read was read


def damage_found(folder: Path) -> Findings:
    with open_beside(folder) as store:
        return verify(store, folder)


# ------------------------------------------------------------------ files


def keep(store: Store, ground: Ground, clock: FakeClock, data: Path, name: str, content: bytes) -> Evidence:
    path = data / "evidence" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    kept = Evidence(
        id=EvidenceId(new_id()),
        kind=EvidenceKind.SNAPSHOT,
        file=f"evidence/{name}",
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        taken_at=clock.now(),
    )
    with store.begin(ground, clock) as tx:
        tx.put(kept)
        tx.record(EvidenceKept(at=clock.now(), evidence=kept))
    return kept


def test_that_every_kept_file_is_read(store: Store, ground: Ground, clock: FakeClock, data: Path) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg"):
        keep(store, ground, clock, data, name, b"picture of " + name.encode())
    assert verify(store, data).fits
    assert verify(store, data).files == 4
    (data / "evidence/a.jpg").unlink()
    (data / "evidence/b.jpg").write_bytes(b"picture of B.jpg")
    (data / "evidence/c.jpg").write_bytes(b"shorter")
    assert told(verify(store, data)) == [
        "The file evidence/a.jpg is missing.",
        "The file evidence/b.jpg was changed.",
        "The file evidence/c.jpg is not 16 bytes long.",
    ]


def test_that_a_path_out_of_the_data_folder_is_not_followed(
    store: Store, ground: Ground, clock: FakeClock, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.jpg"
    outside.write_bytes(b"x")
    name = str(outside)
    kept = dataclasses.replace(keep(store, ground, clock, data, "x.jpg", b"x"), id=EvidenceId(new_id()), file=name)
    with store.begin(ground, clock) as tx:
        tx.put(kept)
        tx.record(EvidenceKept(at=clock.now(), evidence=kept))
    assert told(verify(store, data)) == [f"The file {name} is missing."]


def print_form(store: Store, ground: Ground, clock: FakeClock, data: Path, seq: int, head: str) -> None:
    (data / "reports").mkdir(parents=True, exist_ok=True)
    (data / "reports/form.pdf").write_bytes(b"%PDF")
    report = PrintedReport(
        id=new_id(),
        form="shift_log",
        record_id="x",
        language="en",
        file="reports/form.pdf",
        sha256=hashlib.sha256(b"%PDF").hexdigest(),
        short_code="ABCD2345",
        journal_seq=seq,
        journal_head=head,
        made_at=clock.now(),
        made_by=PersonId("p"),
    )
    with store.begin(ground, clock) as tx:
        tx.put(report)
        tx.record(ReportPrinted(at=clock.now(), report=report))


def test_that_the_head_that_stands_on_a_form_is_looked_for(
    filled: Store, ground: Ground, clock: FakeClock, data: Path
) -> None:
    with filled.read(ground, clock.now()) as reading:
        seq, head = reading.head()
    print_form(filled, ground, clock, data, seq, head)
    print_form(filled, ground, clock, data, 0, "0" * 64)
    assert verify(filled, data).fits
    print_form(filled, ground, clock, data, seq - 1, head)
    assert told(verify(filled, data)) == [f"Form ABCD2345 knows another journal line {seq - 1} than there is now."]
    (data / "reports/form.pdf").unlink()
    assert "The file reports/form.pdf is missing." in told(verify(filled, data))


# ------------------------------------------------------------------ signatures


class Signing:
    """A handover on its way, as the service takes it."""

    def __init__(self, store: Store, ground: Ground, clock: FakeClock) -> None:
        self.store, self.ground, self.clock = store, ground, clock
        self.handover = Handover(
            id=HandoverId(new_id()), shift=ShiftId("s"), opened_at=clock.now(), expect="visitors at 9"
        )

    def move(self, state: HandoverState, *, signs: Meaning | None = None, says: str = "", **fields: Any) -> None:
        self.handover = dataclasses.replace(self.handover, state=state, rev=self.handover.rev + 1, **fields)
        at = self.clock.now()
        with self.store.begin(self.ground, self.clock) as tx:
            tx.put(self.handover)
            signature = Signature(
                id=SignatureId(new_id()),
                record_kind="handover",
                record_id=self.handover.id,
                record_digest=says or digest(signed_content(self.handover)),
                person=PersonId("p"),
                person_name="王建国",
                meaning=signs or Meaning.HAND_OVER,
                signed_at=at,
                seat="1",
            )
            if signs is not None:
                tx.put(signature)
            if signs is Meaning.TAKE_OVER:  # either order within one command
                tx.record(RecordSigned(at=at, signature=signature))
            tx.record(HandoverChanged(at=at, handover=self.handover))
            if signs not in (None, Meaning.TAKE_OVER):
                tx.record(RecordSigned(at=at, signature=signature))
        self.clock.advance(60)


@pytest.fixture
def signing(store: Store, ground: Ground, clock: FakeClock) -> Signing:
    return Signing(store, ground, clock)


def test_that_signatures_that_fit_their_record_fit(signing: Signing, data: Path) -> None:
    signing.move(HandoverState.FROZEN, frozen_at=signing.clock.now())
    signing.move(HandoverState.SIGNED_OUT, signs=Meaning.HAND_OVER)
    signing.move(HandoverState.EFFECTIVE, signs=Meaning.TAKE_OVER, effective_at=signing.clock.now())
    signing.move(HandoverState.REVIEWED, signs=Meaning.REVIEW)
    assert told(verify(signing.store, data)) == []


def test_that_a_refused_handover_may_be_changed_and_signed_again(signing: Signing, data: Path) -> None:
    signing.move(HandoverState.SIGNED_OUT, signs=Meaning.HAND_OVER)
    signing.move(HandoverState.REFUSED, refusal="keys are missing")
    signing.move(HandoverState.DRAFT, expect="keys found", refusal="")
    signing.move(HandoverState.SIGNED_OUT, signs=Meaning.HAND_OVER)
    signing.move(HandoverState.EFFECTIVE, signs=Meaning.TAKE_OVER)
    assert told(verify(signing.store, data)) == []


def test_that_a_signature_under_other_words_is_found(signing: Signing, data: Path) -> None:
    signing.move(HandoverState.SIGNED_OUT, signs=Meaning.HAND_OVER, says="ab" * 32)
    assert told(verify(signing.store, data)) == [
        f"The signature of 王建国 does not fit the record {signing.handover.id}."
    ]


def test_that_a_handover_that_took_effect_without_a_signature_is_found(signing: Signing, data: Path) -> None:
    signing.move(HandoverState.FROZEN)
    signing.move(HandoverState.EFFECTIVE)
    assert told(verify(signing.store, data)) == [f"Handover {signing.handover.id} is not what was signed."]


def test_that_a_handover_that_was_changed_after_it_was_signed_is_found(signing: Signing, data: Path) -> None:
    # Past the guard: the change goes by way of a state in which changing is allowed.
    signing.move(HandoverState.SIGNED_OUT, signs=Meaning.HAND_OVER)
    signing.move(HandoverState.REFUSED)
    signing.move(HandoverState.EFFECTIVE, expect="forged")
    assert told(verify(signing.store, data)) == [f"Handover {signing.handover.id} is not what was signed."]


def test_that_a_signature_under_what_cannot_be_checked_is_told(
    store: Store, ground: Ground, clock: FakeClock, data: Path
) -> None:
    signature = dataclasses.replace(sample(Signature, Random(1)), record_kind="napkin")
    with store.begin(ground, clock) as tx:
        tx.put(signature)
        tx.record(RecordSigned(at=clock.now(), signature=signature))
    assert told(verify(store, data)) == [f"Signature {signature.id} stands under a napkin, which cannot be checked."]
