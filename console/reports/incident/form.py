"""The order of an incident report.

One page first: what, where, how grave, the eight times, the map, the outcome. Then the timeline, the plan against what
was done, the response times, who was told, the calls, the evidence with its digests and pictures, the footage that was
asked for, the verdict, who gets a copy, and the signatures (5W1H, and the 24 h report of 反恐安全防范工作制度, which asks
for timeliness and deviation from the plan).
"""

from collections.abc import Iterator

from reportlab.platypus import Flowable, PageBreak

from console.models.files import IncidentFile
from console.models.text import Text
from console.reports.incident.closing import closing
from console.reports.incident.evidence import evidence
from console.reports.incident.footage import footage
from console.reports.incident.measures import calls, plans, response, told
from console.reports.incident.summary import summary
from console.reports.incident.timeline import timeline
from console.reports.paper.sheet import Sheet, make
from console.reports.spec import Made


def build(file: IncidentFile, language: str, title: Text) -> Made:
    """The report as a PDF."""
    return make(file, language, title, file.incident.number, _told)


def _told(file: IncidentFile, sheet: Sheet) -> Iterator[Flowable]:
    yield from summary(sheet, file)
    yield PageBreak()
    for part in (timeline, plans, response, told, calls, evidence, footage, closing):
        yield from part(sheet, file)
