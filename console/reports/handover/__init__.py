"""The handover form: one page that two people sign."""

from console.models.files import HandoverFile
from console.models.text import Text
from console.reports.spec import Made, ReportSpec

TITLE = Text("交接班记录表", "Shift handover record")


def build(content: HandoverFile, language: str) -> Made:
    """Make the form; the drawing library is loaded only here."""
    from console.reports.handover import form

    return form.build(content, language, TITLE)


def number(content: HandoverFile) -> str:
    """The day and the shift it began with, for the file's name."""
    return f"{content.shift.started_at:%Y%m%d}-{content.shift.id}"


SPEC = ReportSpec(key="handover", title=TITLE, content=HandoverFile, build=build, number=number)
