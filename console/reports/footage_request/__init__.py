"""The form of one request for footage (录像查阅调取登记表): who asked for what, who approved it, what was handed over."""

from console.models.files import FootageRequestFile
from console.models.text import Text
from console.reports.spec import Made, ReportSpec

TITLE = Text("录像查阅调取登记表", "Footage request")


def build(content: FootageRequestFile, language: str) -> Made:
    """Make the form; the drawing library is loaded only here."""
    from console.reports.footage_request import form

    return form.build(content, language, TITLE)


def number(content: FootageRequestFile) -> str:
    """The request's own number."""
    return content.request.number


SPEC = ReportSpec(key="footage_request", title=TITLE, content=FootageRequestFile, build=build, number=number)
