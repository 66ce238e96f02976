"""The order of the video round's form: who looked, when, camera by camera what was found, and who signs for it."""

from collections.abc import Iterator
from dataclasses import replace

from reportlab.platypus import Flowable, KeepTogether

from console.i18n import N_
from console.models.files import VideoRoundFile
from console.models.ids import CameraId
from console.models.text import Text
from console.models.wall import Finding, VideoRoundState
from console.reports.paper.blocks import Column, Fact, facts, gap, table, title
from console.reports.paper.prose import Ink, Prose, prose
from console.reports.paper.sheet import Sheet, make
from console.reports.paper.signatures import Box, signature_boxes
from console.reports.spec import Made

_INK = Ink(8.5)
_BOLD = replace(_INK, bold=True)


def build(file: VideoRoundFile, language: str, title_text: Text) -> Made:
    """The form as a PDF."""
    return make(file, language, title_text, file.round.number, _told)


def _told(file: VideoRoundFile, sheet: Sheet) -> Iterator[Flowable]:
    say, walked = sheet.say, file.round
    badge = "" if walked.state is VideoRoundState.COMPLETED else sheet.word(walked.state)
    below = f"{sheet.day(walked.started_at)}　{walked.number}"
    yield from title(sheet.title, below, badge)
    yield gap(1.5)
    checked = say(
        N_("{done} of {all}, {bad} abnormal"),
        done=len(walked.checks),
        all=len(walked.cameras),
        bad=walked.abnormal,
    )
    rows = [
        [
            Fact(say(N_("Begun")), f"{sheet.moment(walked.started_at)}　{file.names.person(walked.started_by)}"),
            Fact(say(N_("Ended")), f"{sheet.moment(walked.ended_at)}　{file.names.person(walked.ended_by)}"),
        ],
        [
            Fact(say(N_("Looked at")), prose(checked, _BOLD)),
            Fact(say(N_("List")), walked.sequence_name or say(N_("all cameras"))),
        ],
    ]
    if walked.reason:
        rows.append([Fact(say(N_("Broken off because")), walked.reason)])
    yield facts(rows, label_mm=26.0, ink=_INK)
    yield gap(2)
    columns = [
        Column(say(N_("No.")), 1, "centre"),
        Column(say(N_("Camera")), 4.6),
        Column(say(N_("Checked at")), 2.4, "centre"),
        Column(say(N_("By")), 2.4),
        Column(say(N_("Finding")), 2.2),
        Column(say(N_("What is wrong")), 6),
    ]
    numbers = file.numbers
    shaded = [at for at, camera in enumerate(walked.cameras) if _abnormal(file, camera)]
    yield table(columns, [_row(file, sheet, camera, numbers) for camera in walked.cameras], ink=_INK, shaded=shaded)
    yield gap(3)
    yield KeepTogether(
        [signature_boxes(sheet, [Box(say(N_("Watched by")), ()), Box(say(N_("Reviewed by the leader")), ())])]
    )


def _abnormal(file: VideoRoundFile, camera: CameraId) -> bool:
    check = file.round.check_of(camera)
    return check is not None and check.finding is Finding.ABNORMAL


def _row(file: VideoRoundFile, sheet: Sheet, camera: CameraId, numbers: dict[str, int]) -> list[str | Prose]:
    check = file.round.check_of(camera)
    number = f"{numbers[camera]:02d}" if camera in numbers else "—"
    name = sheet.text(file.names.place(camera))
    if check is None:
        return [number, name, "—", "", sheet.say(N_("not looked at")), ""]
    found = prose(sheet.word(check.finding), _BOLD if check.finding is Finding.ABNORMAL else _INK)
    return [number, name, sheet.clock(check.at), file.names.person(check.by), found, check.note]
