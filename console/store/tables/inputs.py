"""Inputs: unknown senders and canaries."""

from sqlalchemy import Column, LargeBinary, Table

from console.store.tables.base import WORD, at_, int_, json_, metadata, own_id, text_, word

quarantined = Table(
    "quarantined",
    metadata,
    own_id(),
    word("source", index=True),
    word("account"),
    Column("sender", WORD, nullable=False),
    at_("first_at"),
    at_("last_at"),
    int_("count"),
    Column("raw", LargeBinary, nullable=False),
    json_("text"),
    word("settled_as", null=True),
    at_("settled_at", null=True),
    word("settled_by", null=True),
    text_("note"),
    int_("rev"),
)

canary = Table(
    "canary",
    metadata,
    own_id(),
    word("source"),
    at_("sent_at", index=True),
    at_("received_at", null=True),
    at_("shown_at", null=True),
    word("seat"),
    word("result"),
    json_("reason"),
)
