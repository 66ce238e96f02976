"""The figures as rows of words: the load against its targets, the times, the noisiest points."""

from collections.abc import Mapping
from typing import Final

from console.i18n import N_, _
from console.models.alarms import Priority
from console.models.figures import AlarmFigures, Span
from console.models.settings import SettingValue, seconds_of
from console.views import words
from console.views.rows import Row

LOAD_HEADINGS: Final = (N_("Load"), N_("Measured"), N_("Target"))
SPAN_HEADINGS: Final = (
    N_("From the signal to"),
    N_("Target"),
    N_("Kept"),
    N_("Half within"),
    "80 %",
    "95 %",
    N_("Longest"),
    N_("Not yet"),
)
POINT_HEADINGS: Final = (N_("Noisiest points"), N_("Alarms"), N_("Share"))
SPANS: Final = {
    "show": N_("the screen"),
    "acknowledge": N_("the acknowledgement"),
    "act": N_("the first action"),
    "close": N_("the end"),
}
# EEMUA 191 / ISA-18.2: about 5 % high, 15 % medium, 80 % low.
MIX: Final = {Priority.CRITICAL: 0.05, Priority.HIGH: 0.05, Priority.MEDIUM: 0.15, Priority.LOW: 0.80}


def share(value: float) -> str:
    """A share as per cent."""
    return f"{value * 100:.0f} %" if value in (0.0, 1.0) or value >= 0.1 else f"{value * 100:.1f} %"


def span_words(seconds: float) -> str:
    """A time as one reads it: 84 ms, 4.2 s, 3:15, 2 h."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return _("{n} s").format(n=f"{seconds:.1f}".rstrip("0").rstrip("."))
    return words.span(seconds) if seconds < 36000 else words.about(seconds)


def load(figures: AlarmFigures, settings: Mapping[str, SettingValue]) -> list[Row]:
    """What one operator had to bear."""

    def number(key: str) -> float:
        return seconds_of(settings, f"figures.{key}")

    begins = number("flood_begins") * figures.operators
    rows = [
        ("operators", _("People on watch, on average"), f"{figures.operators:.1f}", "≥ 2", figures.operators < 2),
        ("alarms", _("Alarms"), str(figures.alarms), "—", False),
        (
            "per_slot",
            _("A person, in 10 minutes"),
            f"{figures.per_slot:.2f}",
            f"≤ {number('per_slot'):g}",
            figures.per_slot > number("per_slot"),
        ),
        (
            "per_hour",
            _("A person, in an hour"),
            f"{figures.per_hour:.1f}",
            f"≤ {number('most_per_hour'):g}",
            figures.per_hour > number("most_per_hour"),
        ),
        (
            "busiest",
            _("Busiest 10 minutes, busiest hour"),
            f"{figures.busiest_slot}, {figures.busiest_hour}",
            f"≤ {begins:g}",
            figures.busiest_slot > begins,
        ),
        (
            "floods",
            _("Floods, share of the time in them"),
            f"{figures.floods}, {share(figures.flood_share)}",
            "0, < 1 %",
            figures.flood_share >= 0.01,
        ),
        ("over", _("Time above the steady rate"), share(figures.over_share), "0 %", figures.over_share > 0.05),
        ("chattering", _("Chattering alarms"), str(figures.chattering), "0", figures.chattering > 0),
        ("stale", _("Standing longer than 24 hours"), str(figures.stale), "< 5", figures.stale >= 5),
    ]
    rows += [
        (
            f"mix{int(priority)}",
            _("Priority {name}").format(name=_(words.PRIORITY[priority])),
            share(figures.share_of(priority)),
            _("about {share}").format(share=share(MIX[priority])),
            priority <= Priority.HIGH and figures.alarms >= 20 and figures.share_of(priority) > 4 * MIX[priority],
        )
        for priority in Priority
    ]
    return [
        Row(key, (name, value, target), ((0, "text.main"), (1, "state.warning" if over else "text.strong")))
        for key, name, value, target, over in rows
    ]


def times(figures: AlarmFigures) -> list[Row]:
    """How fast the post was."""
    return [_time(span) for span in figures.spans]


def _time(span: Span) -> Row:
    said = [span_words(each) if span.counted else "—" for each in (span.p50_s, span.p80_s, span.p95_s, span.longest_s)]
    kept = share(span.within) if span.counted or span.within < 1.0 else "—"
    tone = "state.warning" if span.within < 0.95 else "text.strong"
    return Row(
        span.name,
        (_(SPANS[span.name]), f"≤ {span_words(span.target_s)}", kept, *said, str(span.missing)),
        ((0, "text.main"), (2, tone)),
    )


def noisiest(figures: AlarmFigures) -> list[Row]:
    """Where the alarms came from."""
    return [
        Row(one.point, (words.said(one.name), str(one.alarms), share(one.share)), ((0, "text.main"),), tip=one.point)
        for one in figures.noisiest
    ]
