"""The register of work orders: a month on paper."""

from console.models.files import WorkOrdersFile
from console.models.text import Text
from console.reports.spec import Made, ReportSpec

# The name of the form that GB 25201-2010 asks for, widened from fire equipment to all of the post's.
TITLE = Text("设施故障维修记录表", "Fault and repair register")


def build(content: WorkOrdersFile, language: str) -> Made:
    """Make the form; the drawing library is loaded only here."""
    from console.reports.work_orders import form

    return form.build(content, language, TITLE)


def number(content: WorkOrdersFile) -> str:
    """The month, for the file's name."""
    return content.month


SPEC = ReportSpec(key="work_orders", title=TITLE, content=WorkOrdersFile, build=build, number=number)
