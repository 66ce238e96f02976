"""Work orders: what is broken, since when, who repairs it."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Written out, and nothing of ours imported: what a migration makes must not change when the program does.
TYPES = {
    "sqlite": {"big": "BIGINT", "time": "TEXT", "bytes": "BLOB", "real": "FLOAT"},
    "postgresql": {"big": "BIGINT", "time": "TIMESTAMP WITH TIME ZONE", "bytes": "BYTEA", "real": "FLOAT"},
}

UP = """
CREATE TABLE work_order (
    "id" TEXT NOT NULL, "number" TEXT NOT NULL, "kind" TEXT NOT NULL, "subject" TEXT NOT NULL, "title" TEXT NOT NULL,
    "place" TEXT, "place_name" TEXT NOT NULL, "state" TEXT NOT NULL, "fault" TEXT NOT NULL, "opened_at" {time} NOT NULL,
    "opened_by" TEXT NOT NULL, "due_at" {time}, "assigned_to" TEXT NOT NULL, "reported_at" {time}, "alarm" TEXT,
    "incident" TEXT, "over_at" {time}, "remedy" TEXT NOT NULL, "closed_at" {time}, "closed_by" TEXT, "rev" INTEGER NOT NULL,
    CONSTRAINT pk_work_order PRIMARY KEY ("id"),
    CONSTRAINT uq_work_order_number UNIQUE ("number")
);
CREATE INDEX ix_work_order_opened_at ON work_order ("opened_at");
CREATE INDEX ix_work_order_state ON work_order ("state");
CREATE INDEX ix_work_order_subject ON work_order ("subject");
"""
DOWN = """
DROP TABLE work_order;
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
