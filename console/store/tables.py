"""The tables. Column names are the field names of the models; nested values are canonical JSON."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from console.store.types import PlainJson, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# No lengths: SQLite ignores them, and on PostgreSQL one long word from a device would cost the whole signal.
_ID = Text()
_WORD = Text()
_HASH = Text()


def _id() -> Column[str]:
    return Column("id", _ID, primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _word(name: str, *, null: bool = False, index: bool = False) -> Column[str]:
    return Column(name, _WORD, nullable=null, index=index)


def _json(name: str, *, null: bool = False) -> Column[object]:
    return Column(name, PlainJson, nullable=null)


def _at(name: str, *, null: bool = False, index: bool = False) -> Column[object]:
    return Column(name, UtcTime, nullable=null, index=index)


def _int(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean(create_constraint=False), nullable=False)


journal = Table(
    "journal",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    _word("segment"),
    _at("at"),
    _at("written_at"),
    _word("kind"),
    _word("subject"),
    _word("by"),
    _word("seat"),
    _text("body"),
    Column("previous", _HASH, nullable=False),
    Column("hash", _HASH, nullable=False),
    Index("ix_journal_subject_seq", "subject", "seq"),
    Index("ix_journal_kind_seq", "kind", "seq"),
)

journal_segment = Table(
    "journal_segment",
    metadata,
    Column("segment", _WORD, primary_key=True),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("first_previous", _HASH, nullable=False),
    Column("last_hash", _HASH, nullable=False),
)

signal = Table(
    "signal",
    metadata,
    _id(),
    _word("source"),
    _word("kind"),
    Column("point", _WORD, nullable=False),
    _word("code"),
    _word("alarm_class"),
    _int("priority"),
    _text("text_zh"),
    _text("text_en"),
    _at("received_at", index=True),
    _at("source_at", null=True),
    Column("sequence", _WORD, nullable=False),
    Column("sender", _WORD, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    _word("codec"),
    _flag("momentary"),
    _json("details"),
    _word("alarm", null=True, index=True),
    _word("duplicate_of", null=True),
    Index("ix_signal_source_sequence", "source", "sequence"),
)

alarm = Table(
    "alarm",
    metadata,
    _id(),
    Column("key", _WORD, nullable=False),
    Column("point", _WORD, nullable=False),
    _word("source"),
    _word("alarm_class"),
    _int("priority"),
    _json("title"),
    _word("code"),
    _word("place", null=True),
    _json("place_name"),
    _json("spot", null=True),
    _json("cameras"),
    _word("post", null=True),
    _word("plan", null=True),
    _word("condition"),
    _at("first_at", index=True),
    _at("last_at"),
    _at("source_at", null=True),
    _int("count"),
    _json("acknowledged", null=True),
    _int("lapses"),
    _json("hiding", null=True),
    _word("incident", null=True, index=True),
    _flag("case_open"),
    _int("verification"),
    _flag("is_reset"),
    _flag("drill"),
    _at("closed_at", null=True),
    _int("rev"),
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
    _id(),
    Column("number", _WORD, nullable=False, unique=True),
    _json("title"),
    _word("alarm_class"),
    _int("priority"),
    _word("state", index=True),
    _json("alarms"),
    _json("runs"),
    _word("place", null=True),
    _json("place_name"),
    _word("shift", null=True),
    _at("detected_at"),
    _at("opened_at", index=True),
    _word("opened_by"),
    _at("closed_at", null=True),
    _word("closed_by", null=True),
    _word("verdict", null=True),
    _text("cause"),
    _text("summary"),
    _flag("drill"),
    _int("rev"),
)

plan_run = Table(
    "plan_run",
    metadata,
    _id(),
    Column("incident", _ID, ForeignKey("incident.id"), nullable=False, index=True),
    _json("plan"),
    _word("state", index=True),
    _at("started_at"),
    _word("started_by"),
    _at("ended_at", null=True),
    _json("visits"),
    _int("rev"),
)

dispatch = Table(
    "dispatch",
    metadata,
    _id(),
    Column("incident", _ID, ForeignKey("incident.id"), nullable=False, index=True),
    _word("post"),
    _json("post_name"),
    _word("state", index=True),
    _json("times"),
    _word("by"),
    _text("note"),
    _int("rev"),
)

log_entry = Table(
    "log_entry",
    metadata,
    _id(),
    _word("kind"),
    _text("text"),
    _at("happened_at"),
    _at("written_at", index=True),
    _word("by"),
    _word("shift", null=True, index=True),
    _word("incident", null=True, index=True),
    _word("corrects", null=True),
)

person = Table(
    "person",
    metadata,
    _id(),
    Column("login", _WORD, nullable=False, unique=True),
    _text("name"),
    _word("role"),
    _word("employee_no"),
    _word("phone"),
    _flag("active"),
)

account = Table(
    "account",
    metadata,
    Column("person", _ID, ForeignKey("person.id"), primary_key=True),
    Column("login", _WORD, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    _int("failures"),
    _at("wait_until_at", null=True),
)

sign_on = Table(
    "sign_on",
    metadata,
    _id(),
    _word("person", index=True),
    _text("name"),
    _word("role"),
    _word("seat"),
    _at("on_at", index=True),
    _at("off_at", null=True, index=True),
    _word("method"),
)

shift = Table(
    "shift",
    metadata,
    _id(),
    _json("name"),
    _word("state", index=True),
    _at("started_at"),
    _at("planned_end_at"),
    _at("ended_at", null=True),
    _word("leader", null=True),
    _json("crew"),
)

threat = Table("threat", metadata, _id(), _word("level"), _text("reason"), _at("set_at"), _word("set_by"))

due_item = Table(
    "due_item",
    metadata,
    _id(),
    _word("kind"),
    Column("ref", _WORD, nullable=False, index=True),
    _json("title"),
    _at("due_at"),
    Column("notice_s", Float, nullable=False),
    Column("grace_s", Float, nullable=False),
    Column("every_s", Float, nullable=True),
    _word("state", index=True),
    _at("done_at", null=True),
    _word("done_by", null=True),
    _text("note"),
    _text("source"),
    _int("rev"),
)

carry_over = Table(
    "carry_over",
    metadata,
    _id(),
    _text("text"),
    _text("owner"),
    _at("opened_at"),
    _word("opened_by"),
    _word("first_shift", null=True),
    _word("incident", null=True),
    _int("handed_count"),
    _word("state", index=True),
    _at("closed_at", null=True),
    _word("closed_by", null=True),
    _text("closing"),
    _int("rev"),
)

handover = Table(
    "handover",
    metadata,
    _id(),
    _word("shift", index=True),
    _word("state", index=True),
    _at("opened_at"),
    _at("frozen_at", null=True),
    _at("effective_at", null=True),
    _json("outgoing"),
    _json("incoming"),
    _json("threat", null=True),
    _text("weather"),
    _json("figures"),
    _json("lines"),
    _json("equipment"),
    _text("instructions"),
    _text("expect"),
    _text("remarks"),
    _json("read_back"),
    _text("objection"),
    _text("settlement"),
    _text("refusal"),
    _flag("stays_on"),
    _int("rev"),
)

signature = Table(
    "signature",
    metadata,
    _id(),
    _word("record_kind"),
    _word("record_id", index=True),
    Column("record_digest", _HASH, nullable=False),
    _word("person"),
    _text("person_name"),
    _word("meaning"),
    _at("signed_at"),
    _word("seat"),
    _word("method"),
)

evidence = Table(
    "evidence",
    metadata,
    _id(),
    _word("kind"),
    Column("file", Text, nullable=False, unique=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", _HASH, nullable=False),
    _at("taken_at"),
    _word("camera", null=True),
    _word("alarm", null=True, index=True),
    _word("incident", null=True, index=True),
    _word("by", null=True),
    _text("caption"),
    _json("details"),
)

printed_report = Table(
    "printed_report",
    metadata,
    _id(),
    _word("form"),
    _word("record_id", index=True),
    _word("language"),
    _text("file"),
    Column("sha256", _HASH, nullable=False),
    _word("short_code"),
    Column("journal_seq", BigInteger, nullable=False),
    Column("journal_head", _HASH, nullable=False),
    _at("made_at"),
    _word("made_by"),
)

patrol_round = Table(
    "patrol_round",
    metadata,
    _id(),
    _word("route", index=True),
    _json("route_name"),
    _word("post"),
    _at("started_at", index=True),
    _json("stops"),
    _word("state", index=True),
    _at("ended_at", null=True),
    _int("rev"),
)

punch = Table(
    "punch",
    metadata,
    _id(),
    _word("chip"),
    _word("device"),
    _at("reader_at"),
    _at("received_at"),
    _word("person"),
    _text("text"),
    _word("result"),
    Column("raw", LargeBinary, nullable=False),
    _word("checkpoint", null=True, index=True),
    _word("round", null=True, index=True),
    UniqueConstraint("device", "chip", "reader_at"),
)

setting = Table("setting", metadata, _id(), _text("value"), _text("reason"), _word("changed_by"), _at("changed_at"))

# Gapless numbers: one row a series ("incident-2026"), taken and raised inside the transaction that uses it.
numbering = Table("numbering", metadata, Column("series", _WORD, primary_key=True), _int("next"))
