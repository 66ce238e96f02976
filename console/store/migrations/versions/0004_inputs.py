"""Inputs: unknown senders and canaries."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Written out, and nothing of ours imported: what a migration makes must not change when the program does.
TYPES = {
    "sqlite": {"big": "BIGINT", "time": "TEXT", "bytes": "BLOB", "real": "FLOAT"},
    "postgresql": {"big": "BIGINT", "time": "TIMESTAMP WITH TIME ZONE", "bytes": "BYTEA", "real": "FLOAT"},
}

UP = """
CREATE TABLE quarantined (
    "id" TEXT NOT NULL, "source" TEXT NOT NULL, "account" TEXT NOT NULL, "sender" TEXT NOT NULL,
    "first_at" {time} NOT NULL, "last_at" {time} NOT NULL, "count" INTEGER NOT NULL, "raw" {bytes} NOT NULL,
    "text" TEXT NOT NULL, "settled_as" TEXT, "settled_at" {time}, "settled_by" TEXT, "note" TEXT NOT NULL,
    "rev" INTEGER NOT NULL,
    CONSTRAINT pk_quarantined PRIMARY KEY ("id")
);
CREATE INDEX ix_quarantined_source ON quarantined ("source");
CREATE TABLE canary (
    "id" TEXT NOT NULL, "source" TEXT NOT NULL, "sent_at" {time} NOT NULL, "received_at" {time}, "shown_at" {time},
    "seat" TEXT NOT NULL, "result" TEXT NOT NULL, "reason" TEXT NOT NULL,
    CONSTRAINT pk_canary PRIMARY KEY ("id")
);
CREATE INDEX ix_canary_sent_at ON canary ("sent_at");
"""
DOWN = """
DROP TABLE canary;
DROP TABLE quarantined;
"""


def _run(statements: str) -> None:
    connection = op.get_bind()
    for statement in statements.format(**TYPES[connection.dialect.name]).split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)


def upgrade() -> None:
    """Make what this revision adds."""
    _run(UP)


def downgrade() -> None:
    """Take it away again."""
    _run(DOWN)
