"""The queue beside its alarms: rules that hide, times for the figures, and what a search looks through."""

from sqlalchemy import Index, Table

from console.store.tables.base import at_, flag, int_, json_, metadata, own_id, text_, word

suppression = Table(
    "suppression",
    metadata,
    own_id(),
    word("kind"),
    text_("reason"),
    word("owner"),
    json_("points"),
    json_("places"),
    json_("sources"),
    json_("classes"),
    at_("from_at"),
    at_("until_at"),
    at_("begun_at"),
    word("begun_by"),
    word("second", null=True),
    text_("order"),
    at_("ended_at", null=True, index=True),
    word("ended_by", null=True),
    int_("rev"),
)

alarm_subject = Table(
    "alarm_subject",
    metadata,
    own_id(),
    word("point"),
    word("source"),
    word("place", null=True),
    word("alarm_class"),
    int_("priority"),
    text_("words"),
    int_("alarms"),
)

# Both ways through history: all of it by time, and each subject by time. The id settles what came in one moment.
alarm_timing = Table(
    "alarm_timing",
    metadata,
    own_id(),
    word("subject"),
    word("point"),
    word("source"),
    word("place", null=True),
    word("alarm_class"),
    int_("priority"),
    at_("received_at"),
    at_("raised_at"),
    at_("shown_at", null=True),
    word("shown_seat"),
    at_("acked_at", null=True),
    word("acked_by", null=True),
    at_("acted_at", null=True),
    at_("closed_at", null=True),
    int_("lapses"),
    flag("drill"),
    flag("test"),
    flag("hidden"),
    Index("ix_alarm_timing_received_at_id", "received_at", "id"),
    Index("ix_alarm_timing_subject_received_at_id", "subject", "received_at", "id"),
)
