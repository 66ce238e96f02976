"""The video round (视频巡查记录): every camera that was looked at, and what was found."""

from console.models.files import VideoRoundFile
from console.models.text import Text
from console.reports.spec import Made, ReportSpec

TITLE = Text("视频巡查记录", "Video round record")


def build(content: VideoRoundFile, language: str) -> Made:
    """Make the form; the drawing library is loaded only here."""
    from console.reports.video_round import form

    return form.build(content, language, TITLE)


def number(content: VideoRoundFile) -> str:
    """The round's own number."""
    return content.round.number


SPEC = ReportSpec(key="video_round", title=TITLE, content=VideoRoundFile, build=build, number=number)
