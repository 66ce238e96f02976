"""Footage that is asked for."""

from sqlalchemy import Column, Table

from console.store.tables.base import WORD, at_, int_, json_, metadata, own_id, text_, word

footage_request = Table(
    "footage_request",
    metadata,
    own_id(),
    Column("number", WORD, nullable=False, unique=True),
    word("state", index=True),
    word("kind"),
    text_("organisation"),
    text_("requester"),
    text_("document"),
    text_("purpose"),
    text_("reason"),
    json_("cameras"),
    at_("from_at"),
    at_("until_at"),
    word("incident", null=True),
    at_("asked_at", index=True),
    word("asked_by"),
    at_("decided_at", null=True),
    word("decided_by", null=True),
    text_("refusal"),
    text_("approved_digest"),
    json_("locks"),
    json_("job", null=True),
    json_("package", null=True),
    at_("handed_at", null=True),
    word("handed_by", null=True),
    text_("handed_to"),
    text_("medium"),
    int_("rev"),
)
