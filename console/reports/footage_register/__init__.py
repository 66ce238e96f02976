"""The register of requests for footage: a month on paper."""

from console.models.files import FootageRegisterFile
from console.models.text import Text
from console.reports.spec import Made, ReportSpec

TITLE = Text("录像查阅调取登记簿", "Register of footage requests")


def build(content: FootageRegisterFile, language: str) -> Made:
    """Make the form; the drawing library is loaded only here."""
    from console.reports.footage_register import form

    return form.build(content, language, TITLE)


def number(content: FootageRegisterFile) -> str:
    """The month, for the file's name."""
    return content.month


SPEC = ReportSpec(key="footage_register", title=TITLE, content=FootageRegisterFile, build=build, number=number)
