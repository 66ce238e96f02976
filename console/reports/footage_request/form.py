"""The order of the form: the request, the decision, the package with its digests, the handing over, the signatures."""

from collections.abc import Iterator

from reportlab.platypus import Flowable, KeepTogether

from console.i18n import N_
from console.models.files import FootageRequestFile
from console.models.footage import RequestKind, RequestState
from console.models.text import Text
from console.models.words import stands
from console.reports.paper.blocks import Column, Fact, facts, gap, heading, note, table, title
from console.reports.paper.prose import Ink, Prose, Run, prose
from console.reports.paper.sheet import Sheet, make
from console.reports.paper.signatures import Box, signature_boxes
from console.reports.spec import Made

_INK = Ink(9)
_BOLD = Ink(9, bold=True)
_SMALL = Ink(7.5)


def build(file: FootageRequestFile, language: str, title_text: Text) -> Made:
    """The form as a PDF."""
    return make(file, language, title_text, file.request.number, _told)


def _told(file: FootageRequestFile, sheet: Sheet) -> Iterator[Flowable]:
    for part in (_request, _decision, _package, _handing):
        yield from part(file, sheet)


def _request(file: FootageRequestFile, sheet: Sheet) -> Iterator[Flowable]:
    say, asked = sheet.say, file.request
    yield from title(sheet.title, asked.number, sheet.text(stands(asked)))
    yield from heading(say(N_("Request")))
    yield facts(
        [
            [Fact(say(N_("Organisation")), asked.organisation or "—"), Fact(say(N_("Asked by")), asked.requester)],
            [Fact(say(N_("Paper shown")), asked.document), Fact(say(N_("Kind")), sheet.word(asked.kind))],
            [
                Fact(say(N_("Asked at")), sheet.moment(asked.asked_at)),
                Fact(say(N_("Registered by")), _who(file, asked.asked_by)),
            ],
        ],
        label_mm=26.0,
        ink=_INK,
    )
    told = [[Fact(say(N_("Purpose and ground")), asked.purpose)], [Fact(say(N_("What is looked for")), asked.reason or "—")]]
    if file.incident:
        told.insert(0, [Fact(say(N_("Incident")), prose(file.incident, _BOLD))])
    yield facts(told, label_mm=26.0, columns=1, ink=_INK)
    yield facts(
        [
            [
                Fact(say(N_("Footage from")), prose(sheet.moment(asked.from_at), _BOLD)),
                Fact(say(N_("Footage until")), prose(sheet.moment(asked.until_at), _BOLD)),
            ]
        ],
        label_mm=26.0,
        ink=_INK,
    )
    yield gap(1.5)
    columns = [Column(say(N_("No.")), 1, "centre"), Column(say(N_("Camera")), 8), Column(say(N_("Identity")), 4)]
    rows: list[list[str | Prose]] = [
        [f"{file.numbers[camera]:02d}" if camera in file.numbers else "—", sheet.text(file.names.place(camera)), camera]
        for camera in asked.cameras
    ]
    yield table(columns, rows, ink=_INK)


def _decision(file: FootageRequestFile, sheet: Sheet) -> Iterator[Flowable]:
    say, asked = sheet.say, file.request
    yield from heading(say(N_("Decision of a second person")))
    if asked.decided_at is None:
        yield note(say(N_("Nobody has decided yet. Without approval no footage leaves.")))
        return
    decided = N_("Refused") if asked.state is RequestState.REFUSED else N_("Approved with the password")
    yield facts(
        [
            [
                Fact(say(N_("Decision")), prose(say(decided), _BOLD)),
                Fact(say(N_("Decided by")), _who(file, asked.decided_by)),
            ],
            [
                Fact(say(N_("Decided at")), sheet.moment(asked.decided_at)),
                Fact(say(N_("Reason of refusal")), asked.refusal or "—"),
            ],
        ],
        label_mm=26.0,
        ink=_INK,
    )
    if asked.approved_digest:
        yield Prose(
            [Run(say(N_("Digest of what was approved: ")), _SMALL), Run(_groups(asked.approved_digest), _SMALL)]
        )


def _package(file: FootageRequestFile, sheet: Sheet) -> Iterator[Flowable]:
    say, package, job = sheet.say, file.request.package, file.request.job
    if file.request.kind is RequestKind.VIEWING:
        return
    yield from heading(say(N_("Package")))
    if package is None or job is None:
        yield note(say(N_("No package has been made.")))
    else:
        yield facts(
            [
                [Fact(say(N_("Made at")), sheet.moment(package.made_at)), Fact(say(N_("Made by")), _who(file, job.by))],
                [
                    Fact(say(N_("Files, size")), f"{package.files}　{package.size_bytes / 1e6:.1f} MB"),
                    Fact(say(N_("Gaps")), prose(str(package.gaps), _BOLD if package.gaps else _INK)),
                ],
            ],
            label_mm=26.0,
            ink=_INK,
        )
        rows = [[Fact(say(N_("Manifest SHA-256")), _groups(package.manifest_sha256))]]
        if package.archive_sha256:
            rows.append([Fact(say(N_("ZIP SHA-256")), _groups(package.archive_sha256))])
        yield facts(rows, label_mm=26.0, columns=1, ink=_INK)
    if file.fingerprint:
        yield facts(
            [[Fact(say(N_("Key fingerprint")), prose(file.fingerprint, _BOLD))]], label_mm=26.0, columns=1, ink=_INK
        )
    yield note(
        say(
            N_(
                "Whoever receives the package runs verify.py in it, and compares the fingerprint it shows with this one."
            )
        )
    )


def _handing(file: FootageRequestFile, sheet: Sheet) -> Iterator[Flowable]:
    say, asked = sheet.say, file.request
    yield from heading(say(N_("Handing over")))
    if asked.handed_at is not None:
        yield facts(
            [
                [
                    Fact(say(N_("To")), asked.handed_to),
                    Fact(say(N_("On the medium")), asked.medium or say(N_("looked at here, no copy"))),
                ],
                [
                    Fact(say(N_("At")), sheet.moment(asked.handed_at)),
                    Fact(say(N_("Handed over by")), _who(file, asked.handed_by)),
                ],
            ],
            label_mm=26.0,
            ink=_INK,
        )
    yield note(
        say(
            N_(
                "The receiver uses the footage for the purpose above only, does not pass it on, and destroys it afterwards."
            )
        )
    )
    yield gap(3)
    boxes = [
        Box(say(N_("Registered by")), (), file.names.person(asked.asked_by)),
        Box(say(N_("Approved by")), (), file.names.person(asked.decided_by)),
        Box(say(N_("Received by")), (), asked.handed_to),
    ]
    yield KeepTogether([signature_boxes(sheet, boxes)])


def _who(file: FootageRequestFile, person: str | None) -> str:
    return file.names.person(person) or "—"


def _groups(digest: str) -> str:
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))
