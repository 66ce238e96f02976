"""How a pretend camera behaves."""

from enum import StrEnum


class Manner(StrEnum):
    """GOOD, or one of the faults seen in the field."""

    GOOD = "good"
    HANGS = "hangs"
    GARBAGE = "garbage"
    HUGE = "huge"
    WEB_PAGE = "web_page"
