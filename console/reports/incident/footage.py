"""The requests for footage of the case: who asked for what, who decided, and what left the house with which digest.

公共安全视频图像信息系统管理条例 has whoever consults or takes footage registered; the report of the case points to that
register by number. The paper that was shown is in the register only: the report goes to more hands than that.
"""

from collections.abc import Iterator

from reportlab.platypus import Flowable

from console.i18n import N_
from console.models.files import IncidentFile
from console.models.footage import FootageRequest, RequestKind, RequestState
from console.models.words import stands
from console.reports.incident.evidence import groups
from console.reports.paper.blocks import Column, heading, note, table
from console.reports.paper.prose import Ink, Prose, Run
from console.reports.paper.sheet import Sheet

_INK = Ink(8)
_BOLD = Ink(8, bold=True)
_SMALL = Ink(7)


def footage(sheet: Sheet, file: IncidentFile) -> Iterator[Flowable]:
    """A row a request; nothing at all where nobody asked for footage of the case."""
    say = sheet.say
    if not file.requests:
        return
    yield from heading(say(N_("Footage asked for")))
    columns = [
        Column(say(N_("No.")), 2.3),
        Column(say(N_("Cameras, time")), 3.7),
        Column(say(N_("Asked by, purpose")), 3.9),
        Column(say(N_("State, decision")), 3.0),
        Column(say(N_("What left the house")), 7.1),
    ]
    yield table(columns, [_row(sheet, file, one) for one in file.requests], empty="", ink=_INK)
    left = sum(one.package is not None and one.handed_at is not None for one in file.requests)
    yield note(
        say(
            N_("Requests: {n}; packages that left the house: {left}. The digest is that of the signed manifest, which names each file."),
            n=len(file.requests),
            left=left,
        )
    )


def _row(sheet: Sheet, file: IncidentFile, one: FootageRequest) -> list[str | Prose]:
    cameras = sheet.list([sheet.text(file.names.place(camera)) for camera in one.cameras])
    asked_by = " ".join(part for part in (one.organisation, one.requester) if part)
    registered = sheet.say(N_("registered by {name}"), name=_who(file, one.asked_by))
    return [
        Prose([Run(one.number, _BOLD), Run(f"\n{sheet.word(one.kind)}\n{sheet.short(one.asked_at)}", _SMALL)]),
        Prose([Run(cameras, _INK), Run(f"\n{sheet.moment(one.from_at)}\n– {sheet.moment(one.until_at)}", _SMALL)]),
        Prose([Run(asked_by, _INK), Run(f"\n{one.purpose}", _INK), Run(f"\n{registered}", _SMALL)]),
        Prose(_decision(sheet, file, one)),
        Prose(_left(sheet, file, one)),
    ]


def _decision(sheet: Sheet, file: IncidentFile, one: FootageRequest) -> list[Run]:
    told = [Run(sheet.text(stands(one)), _BOLD)]
    if one.decided_at is not None:
        said = N_("refused by {name}") if one.state is RequestState.REFUSED else N_("approved by {name}")
        told.append(Run("\n" + sheet.say(said, name=_who(file, one.decided_by)), _INK))
        told.append(Run(f"\n{sheet.minute(one.decided_at)}", _SMALL))
    if one.refusal:
        told.append(Run(f"\n{one.refusal}", _SMALL))
    return told


def _left(sheet: Sheet, file: IncidentFile, one: FootageRequest) -> list[Run]:
    """What became of it, in words, then the package with its digests."""
    say, package = sheet.say, one.package
    if one.handed_at is None:
        said = say(N_("Nothing yet.")) if one.state is not RequestState.REFUSED else say(N_("Nothing."))
        if package is not None:
            said = say(N_("Nothing yet: the package is made and not handed over."))
    elif one.kind is RequestKind.VIEWING:
        said = say(N_("No copy: looked at here by {who}, {at}"), who=one.handed_to, at=sheet.minute(one.handed_at))
    else:
        said = say(
            N_("To {who} on {medium}, {at}, by {name}"),
            who=one.handed_to,
            medium=one.medium,
            at=sheet.minute(one.handed_at),
            name=_who(file, one.handed_by),
        )
    told = [Run(said, _INK)]
    if package is None:
        return told
    counted = say(
        N_("{files} files, {size} MB, {gaps} gaps"),
        files=package.files,
        size=f"{package.size_bytes / 1e6:.1f}",
        gaps=package.gaps,
    )
    told.append(Run(f"\n{counted}　{sheet.minute(package.made_at)}", _SMALL))
    told.append(Run("\n" + say(N_("Manifest SHA-256")) + f"\n{groups(package.manifest_sha256)}", _SMALL))
    if package.archive_sha256:
        told.append(Run("\n" + say(N_("ZIP SHA-256")) + f"\n{groups(package.archive_sha256)}", _SMALL))
    told.append(Run("\n" + say(N_("Key fingerprint")) + f"　{package.fingerprint}", _SMALL))
    return told


def _who(file: IncidentFile, person: str | None) -> str:
    return file.names.person(person) or "—"
