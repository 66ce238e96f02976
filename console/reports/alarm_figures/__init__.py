"""The alarm figures of a period on paper."""

from console.models.files import AlarmFiguresFile
from console.models.text import Text
from console.reports.spec import Made, ReportSpec

TITLE = Text("报警统计报告", "Alarm figures")


def build(content: AlarmFiguresFile, language: str) -> Made:
    """Make the form; the drawing library is loaded only here."""
    from console.reports.alarm_figures import form

    return form.build(content, language, TITLE)


def number(content: AlarmFiguresFile) -> str:
    """The days the period begins and ends with, for the file's name."""
    return f"{content.figures.since_at:%Y%m%d}-{content.figures.until_at:%Y%m%d}"


SPEC = ReportSpec(key="alarm_figures", title=TITLE, content=AlarmFiguresFile, build=build, number=number)
