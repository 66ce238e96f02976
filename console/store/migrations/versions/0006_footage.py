"""Footage: requests for it and what left the house."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Written out, and nothing of ours imported: what a migration makes must not change when the program does.
TYPES = {
    "sqlite": {"big": "BIGINT", "time": "TEXT", "bytes": "BLOB", "real": "FLOAT"},
    "postgresql": {"big": "BIGINT", "time": "TIMESTAMP WITH TIME ZONE", "bytes": "BYTEA", "real": "FLOAT"},
}

UP = """
CREATE TABLE footage_request (
    "id" TEXT NOT NULL, "number" TEXT NOT NULL, "state" TEXT NOT NULL, "kind" TEXT NOT NULL,
    "organisation" TEXT NOT NULL, "requester" TEXT NOT NULL, "document" TEXT NOT NULL, "purpose" TEXT NOT NULL,
    "reason" TEXT NOT NULL, "cameras" TEXT NOT NULL, "from_at" {time} NOT NULL, "until_at" {time} NOT NULL,
    "incident" TEXT, "asked_at" {time} NOT NULL, "asked_by" TEXT NOT NULL, "decided_at" {time}, "decided_by" TEXT,
    "refusal" TEXT NOT NULL, "approved_digest" TEXT NOT NULL, "locks" TEXT NOT NULL, "job" TEXT, "package" TEXT,
    "handed_at" {time}, "handed_by" TEXT, "handed_to" TEXT NOT NULL, "medium" TEXT NOT NULL, "rev" INTEGER NOT NULL,
    CONSTRAINT pk_footage_request PRIMARY KEY ("id"),
    CONSTRAINT uq_footage_request_number UNIQUE ("number")
);
CREATE INDEX ix_footage_request_state ON footage_request ("state");
CREATE INDEX ix_footage_request_asked_at ON footage_request ("asked_at");
"""
DOWN = """
DROP TABLE footage_request;
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
