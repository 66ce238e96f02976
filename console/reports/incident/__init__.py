"""The incident report: one page that says it all, then the proof of it."""

from console.models.files import IncidentFile
from console.models.text import Text
from console.reports.spec import Made, ReportSpec

TITLE = Text("事件报告", "Incident report")


def build(content: IncidentFile, language: str) -> Made:
    """Make the report; the drawing library is loaded only here."""
    from console.reports.incident import form

    return form.build(content, language, TITLE)


SPEC = ReportSpec(
    key="incident",
    title=TITLE,
    content=IncidentFile,
    build=build,
    number=lambda content: content.incident.number,
)
