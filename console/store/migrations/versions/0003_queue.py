"""The queue: owners, parking, causes, suppression, and the times of each alarm."""

import hashlib
import json
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from alembic import op
from sqlalchemy import Connection, text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Written out, and nothing of ours imported: what a migration makes must not change when the program does.
TYPES = {
    "sqlite": {"big": "BIGINT", "time": "TEXT", "bytes": "BLOB", "real": "FLOAT", "no": "0"},
    "postgresql": {"big": "BIGINT", "time": "TIMESTAMP WITH TIME ZONE", "bytes": "BYTEA", "real": "FLOAT", "no": "false"},
}

UP = """
ALTER TABLE alarm ADD COLUMN "owner" TEXT;
ALTER TABLE alarm ADD COLUMN "parked" TEXT;
ALTER TABLE alarm ADD COLUMN "escalated_at" {time};
ALTER TABLE alarm ADD COLUMN "cause" TEXT;
ALTER TABLE alarm ADD COLUMN "chattering_since_at" {time};
ALTER TABLE alarm ADD COLUMN "verified" TEXT;
ALTER TABLE alarm ADD COLUMN "reset" TEXT;
ALTER TABLE alarm ADD COLUMN "test" BOOLEAN DEFAULT {no} NOT NULL;
DROP INDEX ix_signal_alarm;
CREATE INDEX ix_signal_alarm_received_at ON signal ("alarm", "received_at");
CREATE TABLE suppression (
    "id" TEXT NOT NULL, "kind" TEXT NOT NULL, "reason" TEXT NOT NULL, "owner" TEXT NOT NULL, "points" TEXT NOT NULL,
    "places" TEXT NOT NULL, "sources" TEXT NOT NULL, "classes" TEXT NOT NULL, "from_at" {time} NOT NULL,
    "until_at" {time} NOT NULL, "begun_at" {time} NOT NULL, "begun_by" TEXT NOT NULL, "second" TEXT,
    "order" TEXT NOT NULL, "ended_at" {time}, "ended_by" TEXT, "rev" INTEGER NOT NULL,
    CONSTRAINT pk_suppression PRIMARY KEY ("id")
);
CREATE INDEX ix_suppression_ended_at ON suppression ("ended_at");
CREATE TABLE alarm_subject (
    "id" TEXT NOT NULL, "point" TEXT NOT NULL, "source" TEXT NOT NULL, "place" TEXT, "alarm_class" TEXT NOT NULL,
    "priority" INTEGER NOT NULL, "words" TEXT NOT NULL, "alarms" INTEGER NOT NULL,
    CONSTRAINT pk_alarm_subject PRIMARY KEY ("id")
);
CREATE TABLE alarm_timing (
    "id" TEXT NOT NULL, "subject" TEXT NOT NULL, "point" TEXT NOT NULL, "source" TEXT NOT NULL, "place" TEXT,
    "alarm_class" TEXT NOT NULL, "priority" INTEGER NOT NULL, "received_at" {time} NOT NULL, "raised_at" {time} NOT NULL,
    "shown_at" {time}, "shown_seat" TEXT NOT NULL, "acked_at" {time}, "acked_by" TEXT, "acted_at" {time},
    "closed_at" {time}, "lapses" INTEGER NOT NULL, "drill" BOOLEAN NOT NULL, "test" BOOLEAN NOT NULL,
    "hidden" BOOLEAN NOT NULL,
    CONSTRAINT pk_alarm_timing PRIMARY KEY ("id")
);
CREATE INDEX ix_alarm_timing_received_at_id ON alarm_timing ("received_at", "id");
CREATE INDEX ix_alarm_timing_subject_received_at_id ON alarm_timing ("subject", "received_at", "id");
"""
DOWN = """
DROP TABLE alarm_timing;
DROP TABLE alarm_subject;
DROP TABLE suppression;
DROP INDEX ix_signal_alarm_received_at;
CREATE INDEX ix_signal_alarm ON signal ("alarm");
ALTER TABLE alarm DROP COLUMN "test";
ALTER TABLE alarm DROP COLUMN "reset";
ALTER TABLE alarm DROP COLUMN "verified";
ALTER TABLE alarm DROP COLUMN "chattering_since_at";
ALTER TABLE alarm DROP COLUMN "cause";
ALTER TABLE alarm DROP COLUMN "escalated_at";
ALTER TABLE alarm DROP COLUMN "parked";
ALTER TABLE alarm DROP COLUMN "owner";
"""

CLASSES = {
    "fire": "火警 fire", "panic": "紧急求助 panic", "duress": "胁迫 duress", "medical": "医疗急救 medical",
    "gas": "可燃气体 gas", "intrusion": "入侵 intrusion", "tamper": "防拆 tamper", "flood": "水浸 flood",
    "access": "门禁 access", "video": "视频 video", "manual": "人工报警 manual alarm", "patrol": "巡逻 patrol",
    "duty_check": "查岗 duty check", "fault": "故障 fault", "power": "电源 power", "comms": "通信 communication",
    "system": "系统 system", "test": "测试 test",
}  # fmt: skip
# The alarms that are there already get their times as far as they are known, so that a search finds them.
READ = """
SELECT id, point, source, place, alarm_class, priority, code, title, place_name, first_at, closed_at, acknowledged,
    lapses, drill FROM alarm WHERE id > :after ORDER BY id LIMIT 5000
"""
TIMING = """
INSERT INTO alarm_timing (id, subject, point, source, place, alarm_class, priority, received_at, raised_at, shown_at,
    shown_seat, acked_at, acked_by, acted_at, closed_at, lapses, drill, test, hidden)
VALUES (:id, :subject, :point, :source, :place, :alarm_class, :priority, :first_at, :first_at, NULL, '', :acked_at,
    :acked_by, NULL, :closed_at, :lapses, :drill, :no, :no)
"""
SUBJECT = """
INSERT INTO alarm_subject (id, point, source, place, alarm_class, priority, words, alarms)
VALUES (:id, :point, :source, :place, :alarm_class, :priority, :words, :alarms)
"""


def _run(statements: str) -> None:
    connection = op.get_bind()
    for statement in statements.format(**TYPES[connection.dialect.name]).split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)


def _words(row: dict[str, Any]) -> str:
    said = [each for name in ("title", "place_name") for each in json.loads(row[name]).values()]
    whole = " ".join([*said, CLASSES.get(row["alarm_class"], ""), row["point"], row["code"], row["source"]])
    return " ".join(unicodedata.normalize("NFKC", whole).casefold().split())


def _moment(said: str, dialect: str) -> Any:
    at = datetime.fromisoformat(said).astimezone(UTC)
    return at if dialect != "sqlite" else at.isoformat(timespec="microseconds")[:26] + "Z"


def _fill(connection: Connection) -> None:
    subjects: dict[str, dict[str, Any]] = {}
    counts: Counter[str] = Counter()
    after = ""
    while rows := [dict(row) for row in connection.execute(text(READ), {"after": after}).mappings()]:
        for row in rows:
            words = _words(row)
            marks = [row[name] or "" for name in ("point", "source", "place", "alarm_class")]
            mark = "|".join([*marks, str(row["priority"]), words])
            row["subject"] = hashlib.sha256(mark.encode("utf-8", "surrogatepass")).hexdigest()[:24]
            counts[row["subject"]] += 1
            kept = ("point", "source", "place", "alarm_class", "priority")
            subjects[row["subject"]] = {"words": words, **{name: row[name] for name in kept}}
            seen = json.loads(row["acknowledged"]) if row["acknowledged"] else {}
            row["acked_at"] = _moment(seen["at"], connection.dialect.name) if seen else None
            row["acked_by"] = seen.get("by")
            row["no"] = False
        connection.execute(text(TIMING), rows)
        after = rows[-1]["id"]
    if subjects:
        made = [{"id": each, "alarms": counts[each], **subject} for each, subject in subjects.items()]
        connection.execute(text(SUBJECT), made)


def upgrade() -> None:
    """Make what this revision adds."""
    _run(UP)
    _fill(op.get_bind())


def downgrade() -> None:
    """Take it away again."""
    _run(DOWN)
