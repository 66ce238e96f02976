"""Recording: volumes, segments, motion, locks, bookmarks."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Written out, and nothing of ours imported: what a migration makes must not change when the program does.
TYPES = {
    "sqlite": {"big": "BIGINT", "time": "TEXT", "bytes": "BLOB", "real": "FLOAT"},
    "postgresql": {"big": "BIGINT", "time": "TIMESTAMP WITH TIME ZONE", "bytes": "BYTEA", "real": "FLOAT"},
}

UP = """
CREATE TABLE volume (
    "id" TEXT NOT NULL, "path" TEXT NOT NULL, "made_at" {time} NOT NULL,
    CONSTRAINT pk_volume PRIMARY KEY ("id")
);
CREATE TABLE segment (
    "id" TEXT NOT NULL, "camera" TEXT NOT NULL, "volume" TEXT NOT NULL, "file" TEXT NOT NULL, "state" TEXT NOT NULL,
    "started_at" {time} NOT NULL, "ended_at" {time}, "codec" TEXT NOT NULL, "width_px" INTEGER NOT NULL,
    "height_px" INTEGER NOT NULL, "fps" {real} NOT NULL, "frames" INTEGER NOT NULL, "key_frames" INTEGER NOT NULL,
    "media_s" {real} NOT NULL, "wall_s" {real} NOT NULL, "mono_s" {real} NOT NULL, "clock_offset_s" {real},
    "size_bytes" {big} NOT NULL, "sha256" TEXT NOT NULL,
    CONSTRAINT pk_segment PRIMARY KEY ("id")
);
CREATE INDEX ix_segment_camera_started_at ON segment ("camera", "started_at");
CREATE INDEX ix_segment_started_at ON segment ("started_at");
CREATE INDEX ix_segment_unfinished ON segment ("state") WHERE state NOT IN ('closed', 'recovered');
CREATE TABLE motion_minute (
    "id" TEXT NOT NULL, "camera" TEXT NOT NULL, "minute_at" {time} NOT NULL, "bits" {bytes} NOT NULL,
    CONSTRAINT pk_motion_minute PRIMARY KEY ("id")
);
CREATE INDEX ix_motion_minute_camera_minute_at ON motion_minute ("camera", "minute_at");
CREATE TABLE footage_lock (
    "id" TEXT NOT NULL, "camera" TEXT NOT NULL, "from_at" {time} NOT NULL, "until_at" {time} NOT NULL,
    "reason" TEXT NOT NULL, "by" TEXT NOT NULL, "made_at" {time} NOT NULL, "incident" TEXT, "released_at" {time},
    "released_by" TEXT, "release_reason" TEXT NOT NULL, "rev" INTEGER NOT NULL,
    CONSTRAINT pk_footage_lock PRIMARY KEY ("id")
);
CREATE INDEX ix_footage_lock_released_at ON footage_lock ("released_at");
CREATE TABLE bookmark (
    "id" TEXT NOT NULL, "camera" TEXT NOT NULL, "at" {time} NOT NULL, "text" TEXT NOT NULL, "by" TEXT NOT NULL,
    "made_at" {time} NOT NULL,
    CONSTRAINT pk_bookmark PRIMARY KEY ("id")
);
CREATE INDEX ix_bookmark_camera_at ON bookmark ("camera", "at");
"""
DOWN = """
DROP TABLE bookmark;
DROP TABLE footage_lock;
DROP TABLE motion_minute;
DROP TABLE segment;
DROP TABLE volume;
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
