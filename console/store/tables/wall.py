"""The wall: layouts with a name, sequences of cameras, video rounds, and what pictures cost a seat's machine."""

from sqlalchemy import Column, Float, Table

from console.store.tables.base import at_, flag, int_, json_, metadata, own_id, text_, word

wall_layout = Table(
    "wall_layout",
    metadata,
    own_id(),
    text_("name"),
    json_("layout"),
    at_("saved_at"),
    word("saved_by"),
    flag("removed"),
    int_("rev"),
)

camera_sequence = Table(
    "camera_sequence",
    metadata,
    own_id(),
    text_("name"),
    json_("stops"),
    at_("saved_at"),
    word("saved_by"),
    flag("removed"),
    int_("rev"),
)

video_round = Table(
    "video_round",
    metadata,
    own_id(),
    word("number"),
    word("sequence"),
    text_("sequence_name"),
    json_("cameras"),
    word("state", index=True),
    at_("started_at", index=True),
    word("started_by"),
    at_("ended_at", null=True),
    word("ended_by", null=True),
    json_("checks"),
    text_("reason"),
    int_("rev"),
)

video_budget = Table(
    "video_budget",
    metadata,
    own_id(),
    word("seat", index=True),
    at_("measured_at"),
    int_("cores"),
    json_("costs"),
    Column("share", Float, nullable=False),
    int_("rev"),
)
