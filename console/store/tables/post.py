"""The tables of the post's first record: journal, signals, alarms, cases, people, handover, patrol."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from console.store.tables.base import HASH, ID, WORD, at_, flag, int_, json_, metadata, own_id, text_, word

journal = Table(
    "journal",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    word("segment"),
    at_("at"),
    at_("written_at"),
    word("kind"),
    word("subject"),
    word("by"),
    word("seat"),
    text_("body"),
    Column("previous", HASH, nullable=False),
    Column("hash", HASH, nullable=False),
    Index("ix_journal_subject_seq", "subject", "seq"),
    Index("ix_journal_kind_seq", "kind", "seq"),
)

journal_segment = Table(
    "journal_segment",
    metadata,
    Column("segment", WORD, primary_key=True),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("first_previous", HASH, nullable=False),
    Column("last_hash", HASH, nullable=False),
)

signal = Table(
    "signal",
    metadata,
    own_id(),
    word("source"),
    word("kind"),
    Column("point", WORD, nullable=False),
    word("code"),
    word("alarm_class"),
    int_("priority"),
    text_("text_zh"),
    text_("text_en"),
    at_("received_at", index=True),
    at_("source_at", null=True),
    Column("sequence", WORD, nullable=False),
    Column("sender", WORD, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    word("codec"),
    flag("momentary"),
    json_("details"),
    word("alarm", null=True, index=True),
    word("duplicate_of", null=True),
    Index("ix_signal_source_sequence", "source", "sequence"),
)

alarm = Table(
    "alarm",
    metadata,
    own_id(),
    Column("key", WORD, nullable=False),
    Column("point", WORD, nullable=False),
    word("source"),
    word("alarm_class"),
    int_("priority"),
    json_("title"),
    word("code"),
    word("place", null=True),
    json_("place_name"),
    json_("spot", null=True),
    json_("cameras"),
    word("post", null=True),
    word("plan", null=True),
    word("condition"),
    at_("first_at", index=True),
    at_("last_at"),
    at_("source_at", null=True),
    int_("count"),
    json_("acknowledged", null=True),
    int_("lapses"),
    json_("hiding", null=True),
    word("incident", null=True, index=True),
    flag("case_open"),
    int_("verification"),
    flag("is_reset"),
    flag("drill"),
    at_("closed_at", null=True),
    int_("rev"),
)
# Live alarms are a handful among millions: a partial index keeps start-up and the queue independent of history.
Index(
    "ix_alarm_live",
    alarm.c.key,
    unique=True,
    sqlite_where=alarm.c.closed_at.is_(None),
    postgresql_where=alarm.c.closed_at.is_(None),
)

incident = Table(
    "incident",
    metadata,
    own_id(),
    Column("number", WORD, nullable=False, unique=True),
    json_("title"),
    word("alarm_class"),
    int_("priority"),
    word("state", index=True),
    json_("alarms"),
    json_("runs"),
    word("place", null=True),
    json_("place_name"),
    word("shift", null=True),
    at_("detected_at"),
    at_("opened_at", index=True),
    word("opened_by"),
    at_("closed_at", null=True),
    word("closed_by", null=True),
    word("verdict", null=True),
    text_("cause"),
    text_("summary"),
    flag("drill"),
    int_("rev"),
)

plan_run = Table(
    "plan_run",
    metadata,
    own_id(),
    Column("incident", ID, ForeignKey("incident.id"), nullable=False, index=True),
    json_("plan"),
    word("state", index=True),
    at_("started_at"),
    word("started_by"),
    at_("ended_at", null=True),
    json_("visits"),
    int_("rev"),
)

dispatch = Table(
    "dispatch",
    metadata,
    own_id(),
    Column("incident", ID, ForeignKey("incident.id"), nullable=False, index=True),
    word("post"),
    json_("post_name"),
    word("state", index=True),
    json_("times"),
    word("by"),
    text_("note"),
    int_("rev"),
)

log_entry = Table(
    "log_entry",
    metadata,
    own_id(),
    word("kind"),
    text_("text"),
    at_("happened_at"),
    at_("written_at", index=True),
    word("by"),
    word("shift", null=True, index=True),
    word("incident", null=True, index=True),
    word("corrects", null=True),
)

person = Table(
    "person",
    metadata,
    own_id(),
    Column("login", WORD, nullable=False, unique=True),
    text_("name"),
    word("role"),
    word("employee_no"),
    word("phone"),
    flag("active"),
)

account = Table(
    "account",
    metadata,
    Column("person", ID, ForeignKey("person.id"), primary_key=True),
    Column("login", WORD, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    int_("failures"),
    at_("wait_until_at", null=True),
)

sign_on = Table(
    "sign_on",
    metadata,
    own_id(),
    word("person", index=True),
    text_("name"),
    word("role"),
    word("seat"),
    at_("on_at", index=True),
    at_("off_at", null=True, index=True),
    word("method"),
)

shift = Table(
    "shift",
    metadata,
    own_id(),
    json_("name"),
    word("state", index=True),
    at_("started_at"),
    at_("planned_end_at"),
    at_("ended_at", null=True),
    word("leader", null=True),
    json_("crew"),
)

threat = Table("threat", metadata, own_id(), word("level"), text_("reason"), at_("set_at"), word("set_by"))

due_item = Table(
    "due_item",
    metadata,
    own_id(),
    word("kind"),
    Column("ref", WORD, nullable=False, index=True),
    json_("title"),
    at_("due_at"),
    Column("notice_s", Float, nullable=False),
    Column("grace_s", Float, nullable=False),
    Column("every_s", Float, nullable=True),
    word("state", index=True),
    at_("done_at", null=True),
    word("done_by", null=True),
    text_("note"),
    text_("source"),
    int_("rev"),
)

carry_over = Table(
    "carry_over",
    metadata,
    own_id(),
    text_("text"),
    text_("owner"),
    at_("opened_at"),
    word("opened_by"),
    word("first_shift", null=True),
    word("incident", null=True),
    int_("handed_count"),
    word("state", index=True),
    at_("closed_at", null=True),
    word("closed_by", null=True),
    text_("closing"),
    int_("rev"),
)

handover = Table(
    "handover",
    metadata,
    own_id(),
    word("shift", index=True),
    word("state", index=True),
    at_("opened_at"),
    at_("frozen_at", null=True),
    at_("effective_at", null=True),
    json_("outgoing"),
    json_("incoming"),
    json_("threat", null=True),
    text_("weather"),
    json_("figures"),
    json_("lines"),
    json_("equipment"),
    text_("instructions"),
    text_("expect"),
    text_("remarks"),
    json_("read_back"),
    text_("objection"),
    text_("settlement"),
    text_("refusal"),
    flag("stays_on"),
    int_("rev"),
)

signature = Table(
    "signature",
    metadata,
    own_id(),
    word("record_kind"),
    word("record_id", index=True),
    Column("record_digest", HASH, nullable=False),
    word("person"),
    text_("person_name"),
    word("meaning"),
    at_("signed_at"),
    word("seat"),
    word("method"),
)

evidence = Table(
    "evidence",
    metadata,
    own_id(),
    word("kind"),
    Column("file", Text, nullable=False, unique=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", HASH, nullable=False),
    at_("taken_at"),
    word("camera", null=True),
    word("alarm", null=True, index=True),
    word("incident", null=True, index=True),
    word("by", null=True),
    text_("caption"),
    json_("details"),
)

printed_report = Table(
    "printed_report",
    metadata,
    own_id(),
    word("form"),
    word("record_id", index=True),
    word("language"),
    text_("file"),
    Column("sha256", HASH, nullable=False),
    word("short_code"),
    Column("journal_seq", BigInteger, nullable=False),
    Column("journal_head", HASH, nullable=False),
    at_("made_at"),
    word("made_by"),
)

patrol_round = Table(
    "patrol_round",
    metadata,
    own_id(),
    word("route", index=True),
    json_("route_name"),
    word("post"),
    at_("started_at", index=True),
    json_("stops"),
    word("state", index=True),
    at_("ended_at", null=True),
    int_("rev"),
)

punch = Table(
    "punch",
    metadata,
    own_id(),
    word("chip"),
    word("device"),
    at_("reader_at"),
    at_("received_at"),
    word("person"),
    text_("text"),
    word("result"),
    Column("raw", LargeBinary, nullable=False),
    word("checkpoint", null=True, index=True),
    word("round", null=True, index=True),
    UniqueConstraint("device", "chip", "reader_at"),
)

setting = Table("setting", metadata, own_id(), text_("value"), text_("reason"), word("changed_by"), at_("changed_at"))

# Gapless numbers: one row a series ("incident-2026"), taken and raised inside the transaction that uses it.
numbering = Table("numbering", metadata, Column("series", WORD, primary_key=True), int_("next"))
