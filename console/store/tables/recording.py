"""Recording: disks, segments, where something moved, what is locked, what is marked."""

from sqlalchemy import BigInteger, Column, Float, Index, Table

from console.store.tables.base import HASH, WORD, at_, int_, metadata, own_id, text_, word
from console.store.types import Packed

volume = Table("volume", metadata, own_id(), text_("path"), at_("made_at"))

segment = Table(
    "segment",
    metadata,
    own_id(),
    word("camera"),
    word("volume"),
    text_("file"),
    word("state"),
    at_("started_at"),
    at_("ended_at", null=True),
    word("codec"),
    int_("width_px"),
    int_("height_px"),
    Column("fps", Float, nullable=False),
    int_("frames"),
    int_("key_frames"),
    Column("media_s", Float, nullable=False),
    Column("wall_s", Float, nullable=False),
    Column("mono_s", Float, nullable=False),
    Column("clock_offset_s", Float, nullable=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", HASH, nullable=False),
    Index("ix_segment_camera_started_at", "camera", "started_at"),
    Index("ix_segment_started_at", "started_at"),
)
# The handful that is not finished is looked for at every start and by every deletion, among a million that are.
Index(
    "ix_segment_unfinished",
    segment.c.state,
    sqlite_where=segment.c.state.notin_(("closed", "recovered")),
    postgresql_where=segment.c.state.notin_(("closed", "recovered")),
)

motion_minute = Table(
    "motion_minute",
    metadata,
    own_id(),
    word("camera"),
    at_("minute_at"),
    Column("bits", Packed, nullable=False),
    Index("ix_motion_minute_camera_minute_at", "camera", "minute_at"),
)

footage_lock = Table(
    "footage_lock",
    metadata,
    own_id(),
    word("camera"),
    at_("from_at"),
    at_("until_at"),
    text_("reason"),
    word("by"),
    at_("made_at"),
    word("incident", null=True),
    at_("released_at", null=True, index=True),
    Column("released_by", WORD, nullable=True),
    text_("release_reason"),
    int_("rev"),
)

bookmark = Table(
    "bookmark",
    metadata,
    own_id(),
    word("camera"),
    at_("at"),
    text_("text"),
    word("by"),
    at_("made_at"),
    Index("ix_bookmark_camera_at", "camera", "at"),
)
