"""The daily ledger of the inputs: received, shown, handled, lost, for every source."""

from console.models.inputs import LedgerFile
from console.models.text import Text
from console.reports.spec import Made, ReportSpec

TITLE = Text("报警输入日账", "Daily ledger of alarm inputs")


def build(content: LedgerFile, language: str) -> Made:
    """Make the form; the drawing library is loaded only here."""
    from console.reports.source_ledger import form

    return form.build(content, language, TITLE)


def number(content: LedgerFile) -> str:
    """The day, for the file's name."""
    return content.day


SPEC = ReportSpec(key="source_ledger", title=TITLE, content=LedgerFile, build=build, number=number)
