"""The first schema: state, journal, and the guards of what may only be added to."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Written out, and nothing of ours imported: what a migration makes must not change when the program does.
TYPES = {
    "sqlite": {"serial": "INTEGER", "big": "BIGINT", "time": "TEXT", "bytes": "BLOB"},
    "postgresql": {"serial": "BIGINT", "big": "BIGINT", "time": "TIMESTAMP WITH TIME ZONE", "bytes": "BYTEA"},
}

TABLES = """
CREATE TABLE journal (
    "seq" {serial} NOT NULL, "segment" TEXT NOT NULL, "at" {time} NOT NULL, "written_at" {time} NOT NULL,
    "kind" TEXT NOT NULL, "subject" TEXT NOT NULL, "by" TEXT NOT NULL, "seat" TEXT NOT NULL, "body" TEXT NOT NULL,
    "previous" TEXT NOT NULL, "hash" TEXT NOT NULL,
    CONSTRAINT pk_journal PRIMARY KEY ("seq")
);
CREATE INDEX ix_journal_kind_seq ON journal ("kind", "seq");
CREATE INDEX ix_journal_subject_seq ON journal ("subject", "seq");
CREATE TABLE journal_segment (
    "segment" TEXT NOT NULL, "first_seq" {big} NOT NULL, "last_seq" {big} NOT NULL,
    "first_previous" TEXT NOT NULL, "last_hash" TEXT NOT NULL,
    CONSTRAINT pk_journal_segment PRIMARY KEY ("segment")
);
CREATE TABLE signal (
    "id" TEXT NOT NULL, "source" TEXT NOT NULL, "kind" TEXT NOT NULL, "point" TEXT NOT NULL, "code" TEXT NOT NULL,
    "alarm_class" TEXT NOT NULL, "priority" INTEGER NOT NULL, "text_zh" TEXT NOT NULL, "text_en" TEXT NOT NULL,
    "received_at" {time} NOT NULL, "source_at" {time}, "sequence" TEXT NOT NULL, "sender" TEXT NOT NULL,
    "raw" {bytes} NOT NULL, "codec" TEXT NOT NULL, "momentary" BOOLEAN NOT NULL, "details" TEXT NOT NULL,
    "alarm" TEXT, "duplicate_of" TEXT,
    CONSTRAINT pk_signal PRIMARY KEY ("id")
);
CREATE INDEX ix_signal_alarm ON signal ("alarm");
CREATE INDEX ix_signal_received_at ON signal ("received_at");
CREATE INDEX ix_signal_source_sequence ON signal ("source", "sequence");
CREATE TABLE alarm (
    "id" TEXT NOT NULL, "key" TEXT NOT NULL, "point" TEXT NOT NULL, "source" TEXT NOT NULL,
    "alarm_class" TEXT NOT NULL, "priority" INTEGER NOT NULL, "title" TEXT NOT NULL, "code" TEXT NOT NULL,
    "place" TEXT, "place_name" TEXT NOT NULL, "spot" TEXT, "cameras" TEXT NOT NULL, "post" TEXT, "plan" TEXT,
    "condition" TEXT NOT NULL, "first_at" {time} NOT NULL, "last_at" {time} NOT NULL, "source_at" {time},
    "count" INTEGER NOT NULL, "acknowledged" TEXT, "lapses" INTEGER NOT NULL, "hiding" TEXT, "incident" TEXT,
    "case_open" BOOLEAN NOT NULL, "verification" INTEGER NOT NULL, "is_reset" BOOLEAN NOT NULL,
    "drill" BOOLEAN NOT NULL, "closed_at" {time}, "rev" INTEGER NOT NULL,
    CONSTRAINT pk_alarm PRIMARY KEY ("id")
);
CREATE INDEX ix_alarm_first_at ON alarm ("first_at");
CREATE INDEX ix_alarm_incident ON alarm ("incident");
CREATE UNIQUE INDEX ix_alarm_live ON alarm ("key") WHERE "closed_at" IS NULL;
CREATE TABLE incident (
    "id" TEXT NOT NULL, "number" TEXT NOT NULL, "title" TEXT NOT NULL, "alarm_class" TEXT NOT NULL,
    "priority" INTEGER NOT NULL, "state" TEXT NOT NULL, "alarms" TEXT NOT NULL, "runs" TEXT NOT NULL,
    "place" TEXT, "place_name" TEXT NOT NULL, "shift" TEXT, "detected_at" {time} NOT NULL,
    "opened_at" {time} NOT NULL, "opened_by" TEXT NOT NULL, "closed_at" {time}, "closed_by" TEXT, "verdict" TEXT,
    "cause" TEXT NOT NULL, "summary" TEXT NOT NULL, "drill" BOOLEAN NOT NULL, "rev" INTEGER NOT NULL,
    CONSTRAINT pk_incident PRIMARY KEY ("id"),
    CONSTRAINT uq_incident_number UNIQUE ("number")
);
CREATE INDEX ix_incident_opened_at ON incident ("opened_at");
CREATE INDEX ix_incident_state ON incident ("state");
CREATE TABLE plan_run (
    "id" TEXT NOT NULL, "incident" TEXT NOT NULL, "plan" TEXT NOT NULL, "state" TEXT NOT NULL,
    "started_at" {time} NOT NULL, "started_by" TEXT NOT NULL, "ended_at" {time}, "visits" TEXT NOT NULL,
    "rev" INTEGER NOT NULL,
    CONSTRAINT pk_plan_run PRIMARY KEY ("id"),
    CONSTRAINT fk_plan_run_incident_incident FOREIGN KEY ("incident") REFERENCES incident ("id")
);
CREATE INDEX ix_plan_run_incident ON plan_run ("incident");
CREATE INDEX ix_plan_run_state ON plan_run ("state");
CREATE TABLE dispatch (
    "id" TEXT NOT NULL, "incident" TEXT NOT NULL, "post" TEXT NOT NULL, "post_name" TEXT NOT NULL,
    "state" TEXT NOT NULL, "times" TEXT NOT NULL, "by" TEXT NOT NULL, "note" TEXT NOT NULL,
    "rev" INTEGER NOT NULL,
    CONSTRAINT pk_dispatch PRIMARY KEY ("id"),
    CONSTRAINT fk_dispatch_incident_incident FOREIGN KEY ("incident") REFERENCES incident ("id")
);
CREATE INDEX ix_dispatch_incident ON dispatch ("incident");
CREATE INDEX ix_dispatch_state ON dispatch ("state");
CREATE TABLE log_entry (
    "id" TEXT NOT NULL, "kind" TEXT NOT NULL, "text" TEXT NOT NULL, "happened_at" {time} NOT NULL,
    "written_at" {time} NOT NULL, "by" TEXT NOT NULL, "shift" TEXT, "incident" TEXT, "corrects" TEXT,
    CONSTRAINT pk_log_entry PRIMARY KEY ("id")
);
CREATE INDEX ix_log_entry_incident ON log_entry ("incident");
CREATE INDEX ix_log_entry_shift ON log_entry ("shift");
CREATE INDEX ix_log_entry_written_at ON log_entry ("written_at");
CREATE TABLE person (
    "id" TEXT NOT NULL, "login" TEXT NOT NULL, "name" TEXT NOT NULL, "role" TEXT NOT NULL,
    "employee_no" TEXT NOT NULL, "phone" TEXT NOT NULL, "active" BOOLEAN NOT NULL,
    CONSTRAINT pk_person PRIMARY KEY ("id"),
    CONSTRAINT uq_person_login UNIQUE ("login")
);
CREATE TABLE account (
    "person" TEXT NOT NULL, "login" TEXT NOT NULL, "password_hash" TEXT NOT NULL, "failures" INTEGER NOT NULL,
    "wait_until_at" {time},
    CONSTRAINT pk_account PRIMARY KEY ("person"),
    CONSTRAINT fk_account_person_person FOREIGN KEY ("person") REFERENCES person ("id"),
    CONSTRAINT uq_account_login UNIQUE ("login")
);
CREATE TABLE sign_on (
    "id" TEXT NOT NULL, "person" TEXT NOT NULL, "name" TEXT NOT NULL, "role" TEXT NOT NULL, "seat" TEXT NOT NULL,
    "on_at" {time} NOT NULL, "off_at" {time}, "method" TEXT NOT NULL,
    CONSTRAINT pk_sign_on PRIMARY KEY ("id")
);
CREATE INDEX ix_sign_on_off_at ON sign_on ("off_at");
CREATE INDEX ix_sign_on_on_at ON sign_on ("on_at");
CREATE INDEX ix_sign_on_person ON sign_on ("person");
CREATE TABLE shift (
    "id" TEXT NOT NULL, "name" TEXT NOT NULL, "state" TEXT NOT NULL, "started_at" {time} NOT NULL,
    "planned_end_at" {time} NOT NULL, "ended_at" {time}, "leader" TEXT, "crew" TEXT NOT NULL,
    CONSTRAINT pk_shift PRIMARY KEY ("id")
);
CREATE INDEX ix_shift_state ON shift ("state");
CREATE TABLE threat (
    "id" TEXT NOT NULL, "level" TEXT NOT NULL, "reason" TEXT NOT NULL, "set_at" {time} NOT NULL,
    "set_by" TEXT NOT NULL,
    CONSTRAINT pk_threat PRIMARY KEY ("id")
);
CREATE TABLE due_item (
    "id" TEXT NOT NULL, "kind" TEXT NOT NULL, "ref" TEXT NOT NULL, "title" TEXT NOT NULL,
    "due_at" {time} NOT NULL, "notice_s" FLOAT NOT NULL, "grace_s" FLOAT NOT NULL, "every_s" FLOAT,
    "state" TEXT NOT NULL, "done_at" {time}, "done_by" TEXT, "note" TEXT NOT NULL, "source" TEXT NOT NULL,
    "rev" INTEGER NOT NULL,
    CONSTRAINT pk_due_item PRIMARY KEY ("id")
);
CREATE INDEX ix_due_item_ref ON due_item ("ref");
CREATE INDEX ix_due_item_state ON due_item ("state");
CREATE TABLE carry_over (
    "id" TEXT NOT NULL, "text" TEXT NOT NULL, "owner" TEXT NOT NULL, "opened_at" {time} NOT NULL,
    "opened_by" TEXT NOT NULL, "first_shift" TEXT, "incident" TEXT, "handed_count" INTEGER NOT NULL,
    "state" TEXT NOT NULL, "closed_at" {time}, "closed_by" TEXT, "closing" TEXT NOT NULL, "rev" INTEGER NOT NULL,
    CONSTRAINT pk_carry_over PRIMARY KEY ("id")
);
CREATE INDEX ix_carry_over_state ON carry_over ("state");
CREATE TABLE handover (
    "id" TEXT NOT NULL, "shift" TEXT NOT NULL, "state" TEXT NOT NULL, "opened_at" {time} NOT NULL,
    "frozen_at" {time}, "effective_at" {time}, "outgoing" TEXT NOT NULL, "incoming" TEXT NOT NULL, "threat" TEXT,
    "weather" TEXT NOT NULL, "figures" TEXT NOT NULL, "lines" TEXT NOT NULL, "equipment" TEXT NOT NULL,
    "instructions" TEXT NOT NULL, "expect" TEXT NOT NULL, "remarks" TEXT NOT NULL, "read_back" TEXT NOT NULL,
    "objection" TEXT NOT NULL, "settlement" TEXT NOT NULL, "refusal" TEXT NOT NULL, "stays_on" BOOLEAN NOT NULL,
    "rev" INTEGER NOT NULL,
    CONSTRAINT pk_handover PRIMARY KEY ("id")
);
CREATE INDEX ix_handover_shift ON handover ("shift");
CREATE INDEX ix_handover_state ON handover ("state");
CREATE TABLE signature (
    "id" TEXT NOT NULL, "record_kind" TEXT NOT NULL, "record_id" TEXT NOT NULL, "record_digest" TEXT NOT NULL,
    "person" TEXT NOT NULL, "person_name" TEXT NOT NULL, "meaning" TEXT NOT NULL, "signed_at" {time} NOT NULL,
    "seat" TEXT NOT NULL, "method" TEXT NOT NULL,
    CONSTRAINT pk_signature PRIMARY KEY ("id")
);
CREATE INDEX ix_signature_record_id ON signature ("record_id");
CREATE TABLE evidence (
    "id" TEXT NOT NULL, "kind" TEXT NOT NULL, "file" TEXT NOT NULL, "size_bytes" {big} NOT NULL,
    "sha256" TEXT NOT NULL, "taken_at" {time} NOT NULL, "camera" TEXT, "alarm" TEXT, "incident" TEXT, "by" TEXT,
    "caption" TEXT NOT NULL, "details" TEXT NOT NULL,
    CONSTRAINT pk_evidence PRIMARY KEY ("id"),
    CONSTRAINT uq_evidence_file UNIQUE ("file")
);
CREATE INDEX ix_evidence_alarm ON evidence ("alarm");
CREATE INDEX ix_evidence_incident ON evidence ("incident");
CREATE TABLE printed_report (
    "id" TEXT NOT NULL, "form" TEXT NOT NULL, "record_id" TEXT NOT NULL, "language" TEXT NOT NULL,
    "file" TEXT NOT NULL, "sha256" TEXT NOT NULL, "short_code" TEXT NOT NULL, "journal_seq" {big} NOT NULL,
    "journal_head" TEXT NOT NULL, "made_at" {time} NOT NULL, "made_by" TEXT NOT NULL,
    CONSTRAINT pk_printed_report PRIMARY KEY ("id")
);
CREATE INDEX ix_printed_report_record_id ON printed_report ("record_id");
CREATE TABLE patrol_round (
    "id" TEXT NOT NULL, "route" TEXT NOT NULL, "route_name" TEXT NOT NULL, "post" TEXT NOT NULL,
    "started_at" {time} NOT NULL, "stops" TEXT NOT NULL, "state" TEXT NOT NULL, "ended_at" {time},
    "rev" INTEGER NOT NULL,
    CONSTRAINT pk_patrol_round PRIMARY KEY ("id")
);
CREATE INDEX ix_patrol_round_route ON patrol_round ("route");
CREATE INDEX ix_patrol_round_started_at ON patrol_round ("started_at");
CREATE INDEX ix_patrol_round_state ON patrol_round ("state");
CREATE TABLE punch (
    "id" TEXT NOT NULL, "chip" TEXT NOT NULL, "device" TEXT NOT NULL, "reader_at" {time} NOT NULL,
    "received_at" {time} NOT NULL, "person" TEXT NOT NULL, "text" TEXT NOT NULL, "result" TEXT NOT NULL,
    "raw" {bytes} NOT NULL, "checkpoint" TEXT, "round" TEXT,
    CONSTRAINT pk_punch PRIMARY KEY ("id"),
    CONSTRAINT uq_punch_device_chip_reader_at UNIQUE ("device", "chip", "reader_at")
);
CREATE INDEX ix_punch_checkpoint ON punch ("checkpoint");
CREATE INDEX ix_punch_round ON punch ("round");
CREATE TABLE setting (
    "id" TEXT NOT NULL, "value" TEXT NOT NULL, "reason" TEXT NOT NULL, "changed_by" TEXT NOT NULL,
    "changed_at" {time} NOT NULL,
    CONSTRAINT pk_setting PRIMARY KEY ("id")
);
CREATE TABLE numbering (
    "series" TEXT NOT NULL, "next" INTEGER NOT NULL,
    CONSTRAINT pk_numbering PRIMARY KEY ("series")
);
"""

GENESIS = "0" * 64
APPEND_ONLY = (
    "journal",
    "journal_segment",
    "signal",
    "log_entry",
    "signature",
    "evidence",
    "printed_report",
    "punch",
    "threat",
)
# Besides the primary key; INSERT OR REPLACE on SQLite would delete the row of an equal key and ask no DELETE trigger.
UNIQUE = {
    "evidence": ('"file" = NEW."file"',),
    "punch": ('"device" = NEW."device" AND "chip" = NEW."chip" AND "reader_at" = NEW."reader_at"',),
}
UPDATE_DELETE = ("UPDATE", "DELETE")
KEY = {"journal_segment": "segment"}
SIGNED = (
    *("id", "shift", "opened_at", "frozen_at", "outgoing", "incoming", "threat", "weather", "figures", "lines"),
    *("equipment", "instructions", "expect", "remarks", "read_back", "objection", "settlement", "refusal", "stays_on"),
)
SIGNED_MESSAGE = "a signed handover cannot be changed"
CHAIN_MESSAGE = "journal is append-only: a line has to follow the last one"


def handover_condition(before: str, differs: str) -> str:
    changed = " OR ".join(f'NEW."{name}" {differs} {before}."{name}"' for name in SIGNED)
    return (
        f"{before}.state = 'reviewed'"
        f" OR ({before}.state = 'effective' AND (NEW.state NOT IN ('effective', 'reviewed')"
        f" OR NEW.effective_at {differs} {before}.effective_at OR {changed}))"
        f" OR ({before}.state = 'signed_out' AND NEW.state IN ('signed_out', 'effective', 'reviewed') AND ({changed}))"
    )


def refusals(differs: str) -> list[tuple[str, str, str, str]]:
    guards = [(table, operation, "", f"{table} is append-only") for table in APPEND_ONLY for operation in UPDATE_DELETE]
    guards.append(("handover", "UPDATE", handover_condition("OLD", differs), SIGNED_MESSAGE))
    guards.append(("handover", "DELETE", "", "a handover cannot be deleted"))
    return guards


def sqlite_guards() -> list[str]:
    guards = refusals("IS NOT")
    for table in APPEND_ONLY[1:]:
        key = KEY.get(table, "id")
        same = " OR ".join(f"({each})" for each in sorted((f'"{key}" = NEW."{key}"', *UNIQUE.get(table, ()))))
        guards.append((table, "INSERT", f"EXISTS (SELECT 1 FROM {table} WHERE {same})", f"{table} is append-only"))
    replaced = handover_condition("kept", "IS NOT")
    replaced = f"EXISTS (SELECT 1 FROM handover AS kept WHERE kept.id = NEW.id AND ({replaced}))"
    guards.append(("handover", "INSERT", replaced, SIGNED_MESSAGE))
    follows = (
        "NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal) OR NEW.previous IS NOT "
        f"(SELECT coalesce((SELECT hash FROM journal ORDER BY seq DESC LIMIT 1), '{GENESIS}'))"
    )
    guards.append(("journal", "INSERT", follows, CHAIN_MESSAGE))
    return [
        f"CREATE TRIGGER guard_{table}_{operation.lower()} BEFORE {operation} ON {table} FOR EACH ROW"
        f"{f' WHEN {condition}' if condition else ''} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for table, operation, condition, message in guards
    ]


def postgresql_guards() -> list[str]:
    refuse = (
        "CREATE FUNCTION guard_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0]; END $$"
    )
    chain = (
        "CREATE FUNCTION guard_chain() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE last record; "
        "BEGIN SELECT seq, hash INTO last FROM journal ORDER BY seq DESC LIMIT 1; "
        f"IF NEW.seq <> coalesce(last.seq, 0) + 1 OR NEW.previous <> coalesce(last.hash, '{GENESIS}') "
        f"THEN RAISE EXCEPTION USING MESSAGE = '{CHAIN_MESSAGE}'; END IF; RETURN NEW; END $$"
    )
    made = [refuse, chain]
    made += [
        f"CREATE TRIGGER guard_{table}_{operation.lower()} BEFORE {operation} ON {table} FOR EACH ROW"
        f"{f' WHEN ({condition})' if condition else ''} EXECUTE FUNCTION guard_refuse('{message}')"
        for table, operation, condition, message in refusals("IS DISTINCT FROM")
    ]
    made += [
        f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
        f"EXECUTE FUNCTION guard_refuse('{table} is append-only')"
        for table in (*APPEND_ONLY, "handover")
    ]
    made.append(
        "CREATE TRIGGER guard_journal_insert BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION guard_chain()"
    )
    return made


def upgrade() -> None:
    """Make every table, index and guard."""
    connection = op.get_bind()
    for statement in TABLES.format(**TYPES[connection.dialect.name]).split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)
    guards = sqlite_guards() if connection.dialect.name == "sqlite" else postgresql_guards()
    for statement in guards:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Drop everything again, the youngest table first."""
    connection = op.get_bind()
    made = [line.split()[2] for line in TABLES.splitlines() if line.startswith("CREATE TABLE")]
    for table in reversed(made):
        connection.exec_driver_sql(f"DROP TABLE {table}")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION guard_refuse()")
        connection.exec_driver_sql("DROP FUNCTION guard_chain()")
