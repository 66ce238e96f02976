"""Walk the journal line by line: numbers, links, hashes, months, signatures, and the heads that stand on forms."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, select

from console.models.duty import HandoverState, signed_content
from console.models.events import EVENTS, Event, HandoverChanged, RecordSigned, ReportPrinted, subject_of
from console.models.plain import digest
from console.models.text import Text
from console.models.trust import GENESIS, Signature
from console.store import tables
from console.store.findings import Anchor, Finding
from console.store.journal import line_hash
from console.store.types import iso

_COLUMNS = ("seq", "segment", "at", "written_at", "kind", "subject", "by", "seat", "body", "previous", "hash")
_SELECT = "SELECT " + ", ".join(f'"{name}"' for name in _COLUMNS) + " FROM journal ORDER BY seq"  # noqa: S608
_DECODE = {name: msgspec.json.Decoder(kind).decode for name, kind in EVENTS.items()}
_SIGNED_STATES = frozenset({HandoverState.EFFECTIVE, HandoverState.REVIEWED})


class _Seal(NamedTuple):
    segment: str
    first_seq: int
    last_seq: int
    first_previous: str
    last_hash: str


class Walk:
    """One walk along the journal; `seq` and `head` are where it has come to."""

    def __init__(self, connection: Connection, anchors: Sequence[Anchor] = ()) -> None:
        self._connection = connection
        self.seq = 0
        self.head = GENESIS
        self._segment = ""
        self._sealed = (0, GENESIS)
        self._seals: dict[int, _Seal] = {}
        # Heads that somebody noted: (number, head, where it was noted, the line that says so).
        self._heads: list[tuple[int, str, Text, int]] = [
            (anchor.seq, anchor.head, Text("给出的链头", "The given head"), 0) for anchor in anchors
        ]
        self._content: dict[str, str] = {}  # handover -> digest of its newest content
        self._signed: dict[str, str] = {}  # handover -> digest under which it was last signed
        self._unmatched: list[tuple[int, str, Signature]] = []

    def findings(self, count: Callable[[], None]) -> Iterator[Finding]:
        """Everything that does not fit, in the order of the journal."""
        self._seals = {seal.last_seq: seal for seal in self._read_seals()}
        with self._connection.exec_driver_sql(_SELECT, execution_options={"yield_per": 2000}) as result:
            for row in result:
                yield from self._line(tuple(row))
                count()
        yield from self._end()

    def _read_seals(self) -> Iterator[_Seal]:
        table = tables.journal_segment
        for row in self._connection.execute(select(table).order_by(table.c.last_seq)):
            yield _Seal(row.segment, row.first_seq, row.last_seq, row.first_previous, row.last_hash)

    # -------------------------------------------------------------- one line

    def _line(self, row: tuple[Any, ...]) -> Iterator[Finding]:
        seq, segment, at, written_at, kind, subject, by, seat, body, previous, kept_hash = row
        if not isinstance(at, str):  # PostgreSQL
            at, written_at = iso(at), iso(written_at)
        if seq != self.seq + 1:
            yield _line(
                seq,
                f"日志第 {self.seq + 1} 行至第 {seq - 1} 行缺失",
                f"Journal lines {self.seq + 1} to {seq - 1} are missing",
            )
        elif previous != self.head:
            yield _line(seq, f"日志第 {seq} 行与上一行不相接", f"Journal line {seq} does not follow the line before it")
        fields = {
            "at": at,
            "body": body,
            "by": by,
            "kind": kind,
            "previous": previous,
            "seat": seat,
            "segment": segment,
            "seq": seq,
            "subject": subject,
            "written_at": written_at,
        }
        if line_hash(previous, fields) != kept_hash:
            yield _line(seq, f"日志第 {seq} 行写入后被改动", f"Journal line {seq} was changed after it was written")
        if segment != self._segment:
            yield from self._month_ended()
        if segment != written_at[:7]:
            yield _line(seq, f"日志第 {seq} 行的月份不符", f"Journal line {seq} stands in the wrong month")
        self.seq, self.head, self._segment = seq, kept_hash, segment
        yield from self._event(seq, at, kind, subject, by, body, written_at)

    def _event(
        self, seq: int, at: str, kind: str, subject: str, by: str, body: str, written_at: str
    ) -> Iterator[Finding]:
        decode = _DECODE.get(kind)
        try:
            event = decode(body) if decode is not None else None
        except msgspec.DecodeError as error:
            yield _line(seq, f"日志第 {seq} 行读不出（{error}）", f"Journal line {seq} cannot be read ({error})")
            return
        if event is None:
            yield _line(
                seq, f"日志第 {seq} 行的类型“{kind}”不认识", f"Journal line {seq} is of an unknown kind, {kind}"
            )
            return
        if event.by != by or subject_of(event) != subject or iso(event.at) != at:
            yield _line(
                seq, f"日志第 {seq} 行的内容与抬头不符", f"Journal line {seq}: its content and its heading differ"
            )
        if isinstance(event, HandoverChanged | RecordSigned | ReportPrinted):
            yield from self._trusted(seq, written_at, event)

    # -------------------------------------------------------------- months

    def _month_ended(self) -> Iterator[Finding]:
        """The last line was the last of its month: its seal has to fit."""
        if not self._segment:
            return
        seal = self._seals.pop(self.seq, None)
        ended = self._segment
        before, self._sealed = self._sealed, (self.seq, self.head)
        if seal is None:
            yield _seal(self.seq, f"{ended} 月没有封存", f"The month {ended} was not sealed")
            return
        says = (seal.first_seq - 1, seal.first_previous, seal.last_hash, seal.segment.split("+")[0])
        if says != (*before, self.head, ended):
            yield _seal(
                self.seq, f"{seal.segment} 月的封存与日志不符", f"The seal of {seal.segment} does not fit the journal"
            )

    # -------------------------------------------------------------- signatures and forms

    def _trusted(self, seq: int, written_at: str, event: Event) -> Iterator[Finding]:
        if isinstance(event, HandoverChanged):
            handover = event.handover
            self._content[handover.id] = digest(signed_content(handover))
            self._unmatched = [
                waiting
                for waiting in self._unmatched
                if (waiting[1], waiting[2].record_id, waiting[2].record_digest)
                != (written_at, handover.id, self._content[handover.id])
            ]
            if handover.state in _SIGNED_STATES and self._signed.get(handover.id) != self._content[handover.id]:
                yield _signature(
                    seq, f"交接班记录 {handover.id} 与签名时不一致", f"Handover {handover.id} is not what was signed"
                )
        elif isinstance(event, RecordSigned):
            signature = event.signature
            if signature.record_kind != "handover":
                yield _signature(
                    seq,
                    f"签名 {signature.id} 所签的“{signature.record_kind}”无法核对",
                    f"Signature {signature.id} stands under a {signature.record_kind}, which cannot be checked",
                )
                return
            self._signed[signature.record_id] = signature.record_digest
            if self._content.get(signature.record_id) != signature.record_digest:
                # The line of the record may be the next one of the same command.
                self._unmatched.append((seq, written_at, signature))
        elif isinstance(event, ReportPrinted):
            report = event.report
            name = Text(f"表单 {report.short_code}", f"Form {report.short_code}")
            self._heads.append((report.journal_seq, report.journal_head, name, seq))

    # -------------------------------------------------------------- the end

    def _end(self) -> Iterator[Finding]:
        for seq, _, signature in self._unmatched:
            yield _signature(
                seq,
                f"{signature.person_name} 的签名与所签记录 {signature.record_id} 不符",
                f"The signature of {signature.person_name} does not fit the record {signature.record_id}",
            )
        for seal in self._seals.values():
            yield _seal(
                seal.last_seq,
                f"{seal.segment} 月的封存没有对应的日志",
                f"The seal of {seal.segment} belongs to no line",
            )
        table = tables.journal
        for seq, head, where, said_in in self._heads:
            here = (
                GENESIS
                if seq == 0
                else self._connection.execute(select(table.c.hash).where(table.c.seq == seq)).scalar()
            )
            if here is None:
                zh = f"{where.zh}记有日志第 {seq} 行，但日志只到第 {self.seq} 行：末尾被截去。"
                en = f"{where.en} knows journal line {seq}, but the journal ends at {self.seq}: its end was cut off."
            elif here != head:
                zh = f"{where.zh}所记的日志第 {seq} 行与现有的不同。"
                en = f"{where.en} knows another journal line {seq} than there is now."
            else:
                continue
            yield Finding(kind="form", text=Text(zh, en), seq=said_in or seq)


def _line(seq: int, zh: str, en: str) -> Finding:
    return Finding(kind="line", text=Text(zh + "。", en + "."), seq=seq)


def _seal(seq: int, zh: str, en: str) -> Finding:
    return Finding(kind="seal", text=Text(zh + "。", en + "."), seq=seq)


def _signature(seq: int, zh: str, en: str) -> Finding:
    return Finding(kind="signature", text=Text(zh + "。", en + "."), seq=seq)
