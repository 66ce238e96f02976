"""Work orders: what is broken and who repairs it."""

from sqlalchemy import Column, Table

from console.store.tables.base import WORD, at_, int_, json_, metadata, own_id, text_, word

work_order = Table(
    "work_order",
    metadata,
    own_id(),
    Column("number", WORD, nullable=False, unique=True),
    word("kind"),
    word("subject", index=True),
    json_("title"),
    word("place", null=True),
    json_("place_name"),
    word("state", index=True),
    text_("fault"),
    at_("opened_at", index=True),
    word("opened_by"),
    at_("due_at", null=True),
    text_("assigned_to"),
    at_("reported_at", null=True),
    word("alarm", null=True),
    word("incident", null=True),
    at_("over_at", null=True),
    text_("remedy"),
    at_("closed_at", null=True),
    word("closed_by", null=True),
    int_("rev"),
)
