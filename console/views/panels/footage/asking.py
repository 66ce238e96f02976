"""The form of a new request for footage: empty, or with what is known of the case that it is asked for."""

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from console.i18n import _
from console.models.clock import Clock
from console.models.footage import CaseFootage, RequestKind
from console.views import words
from console.views.asking import Asked, Choice, Words
from console.views.panels.footage.entry import cameras_of, moment_of

if TYPE_CHECKING:
    from console.models.site import Site

_TIMES = ("from_at", "until_at")
_TYPED = ("kind", "organisation", "requester", "document", "purpose", "reason")


def new_request(
    site: "Site", zone: tzinfo, clock: Clock, go: Callable[[dict[str, Any]], None], case: CaseFootage | None = None
) -> Asked:
    """What is asked for a new request; `go` gets what `console.services.requests.ask_for` wants but who asks."""
    kinds = tuple((kind, words.term(kind)) for kind in RequestKind)
    example = words.day(clock.now(), zone) + " 14:30"
    known = _known(site, zone, case)

    def wrong(answers: Mapping[str, Any]) -> str:
        if not cameras_of(answers["cameras"], site):
            return _("There is no such camera: give the numbers of cameras of this site.")
        if any(moment_of(answers[name], clock.now(), zone) is None for name in _TIMES):
            return _("Give times as 2026-11-22 14:30 or 14:30.")
        return ""

    def put(answers: Mapping[str, Any]) -> None:
        from_at, until_at = (moment_of(answers[name], clock.now(), zone) for name in _TIMES)
        if from_at is not None and until_at is not None:
            go(
                {
                    **{name: answers[name] for name in _TYPED},
                    "cameras": cameras_of(answers["cameras"], site),
                    "from_at": from_at,
                    "until_at": until_at,
                    "incident": case.incident if case is not None else None,
                }
            )

    return Asked(
        name="new",
        title=_title(case),
        fields=(
            Choice(name="kind", title=_("Kind"), options=kinds, chosen=RequestKind.COPY),
            Words(name="organisation", title=_("Organisation (may be empty)"), needed=False),
            Words(name="requester", title=_("Name of who asks")),
            Words(name="document", title=_("Paper or identity card shown")),
            Words(name="purpose", title=_("Purpose and legal ground"), text=known.get("purpose", "")),
            Words(name="reason", title=_("What is looked for (may be empty)"), needed=False),
            Words(name="cameras", title=_("Cameras by number, such as 1, 3-5"), text=known.get("cameras", "")),
            Words(name="from_at", title=_("From, such as {example}").format(example=example), text=known.get("from_at", "")),
            Words(
                name="until_at", title=_("Until, such as {example}").format(example=example), text=known.get("until_at", "")
            ),
        ),
        confirm=_("Put on record"),
        go=put,
        fits=wrong,
    )


def _title(case: CaseFootage | None) -> str:
    title = _("New request for footage")
    if case is None:
        return title
    parts = [title, _("Incident {number}").format(number=case.number)]
    if case.shortened:
        parts.append(_("more is locked than can be asked for at once: this is its beginning"))
    return "  ·  ".join(parts)


def _known(site: "Site", zone: tzinfo, case: CaseFootage | None) -> dict[str, str]:
    """What the form says before anybody types; nothing where there is no case."""
    if case is None:
        return {}
    numbers = sorted(camera.number for camera in site.cameras if camera.id in case.cameras)
    return {
        "purpose": _("Incident {number}: {title}").format(number=case.number, title=words.said(case.title)),
        "cameras": ", ".join(str(number) for number in numbers),
        "from_at": _written(case.from_at, zone),
        "until_at": _written(case.until_at, zone),
    }


def _written(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
