"""The wall: saved layouts, sequences, video rounds."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Written out, and nothing of ours imported: what a migration makes must not change when the program does.
TYPES = {
    "sqlite": {"big": "BIGINT", "time": "TEXT", "bytes": "BLOB", "real": "FLOAT"},
    "postgresql": {"big": "BIGINT", "time": "TIMESTAMP WITH TIME ZONE", "bytes": "BYTEA", "real": "FLOAT"},
}

UP = """
CREATE TABLE wall_layout (
    "id" TEXT NOT NULL, "name" TEXT NOT NULL, "layout" TEXT NOT NULL, "saved_at" {time} NOT NULL,
    "saved_by" TEXT NOT NULL, "removed" BOOLEAN NOT NULL, "rev" INTEGER NOT NULL,
    CONSTRAINT pk_wall_layout PRIMARY KEY ("id")
);
CREATE TABLE camera_sequence (
    "id" TEXT NOT NULL, "name" TEXT NOT NULL, "stops" TEXT NOT NULL, "saved_at" {time} NOT NULL,
    "saved_by" TEXT NOT NULL, "removed" BOOLEAN NOT NULL, "rev" INTEGER NOT NULL,
    CONSTRAINT pk_camera_sequence PRIMARY KEY ("id")
);
CREATE TABLE video_round (
    "id" TEXT NOT NULL, "number" TEXT NOT NULL, "sequence" TEXT NOT NULL, "sequence_name" TEXT NOT NULL,
    "cameras" TEXT NOT NULL, "state" TEXT NOT NULL, "started_at" {time} NOT NULL, "started_by" TEXT NOT NULL,
    "ended_at" {time}, "ended_by" TEXT, "checks" TEXT NOT NULL, "reason" TEXT NOT NULL, "rev" INTEGER NOT NULL,
    CONSTRAINT pk_video_round PRIMARY KEY ("id")
);
CREATE INDEX ix_video_round_started_at ON video_round ("started_at");
CREATE INDEX ix_video_round_state ON video_round ("state");
CREATE TABLE video_budget (
    "id" TEXT NOT NULL, "seat" TEXT NOT NULL, "measured_at" {time} NOT NULL, "cores" INTEGER NOT NULL,
    "costs" TEXT NOT NULL, "share" {real} NOT NULL, "rev" INTEGER NOT NULL,
    CONSTRAINT pk_video_budget PRIMARY KEY ("id")
);
CREATE INDEX ix_video_budget_seat ON video_budget ("seat");
"""
DOWN = """
DROP TABLE video_budget;
DROP TABLE video_round;
DROP TABLE camera_sequence;
DROP TABLE wall_layout;
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
