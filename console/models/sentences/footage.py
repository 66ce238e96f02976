"""How the events of the footage register and of the privacy masks read."""

from collections.abc import Callable
from typing import Any

from console.models import events
from console.models.footage import FootageRequest, JobState, RequestState
from console.models.phrases import Context, joined, says
from console.models.text import Text


def _request(event: events.FootageRequestChanged, context: Context) -> Text:
    asked = event.request
    head = says("录像申请 {number}：", "Footage request {number}: ", number=asked.number)
    job = _job(asked)
    if job:
        return Text(head.zh + job.zh, head.en + job.en)
    tell = _TELL[asked.state](asked, context)
    return Text(head.zh + tell.zh, head.en + tell.en)


def _job(asked: FootageRequest) -> Text:
    """What became of the making, where the state alone does not say it."""
    if asked.job is None or asked.state is not RequestState.APPROVED:
        return Text()
    if asked.job.state is JobState.RUNNING:
        return says("开始制作，存于 {folder}", "a package is being made in {folder}", folder=asked.job.folder)
    if asked.job.state is JobState.CANCELLED:
        return Text("制作已取消", "the making of the package was cancelled")
    return joined([Text("制作失败", "the package could not be made"), asked.job.reason])


def _asked(asked: FootageRequest, context: Context) -> Text:
    who = " ".join(part for part in (asked.organisation, asked.requester) if part)
    return says(
        "{who} 申请{what}，{cameras} 台摄像机，{start} 至 {end}，用途：{purpose}",
        "{who} asks for {cameras} cameras, {start} to {end}, for: {purpose}",
        who=who,
        what="查阅" if asked.kind.value == "viewing" else "调取",
        cameras=str(len(asked.cameras)),
        start=context.moment(asked.from_at),
        end=context.moment(asked.until_at),
        purpose=asked.purpose,
    )


def _refused(asked: FootageRequest, context: Context) -> Text:
    who = context.names.person(asked.decided_by)
    return says("{who} 未批准：{why}", "refused by {who}: {why}", who=who, why=asked.refusal)


def _approved(asked: FootageRequest, context: Context) -> Text:
    return says("{who} 凭口令批准", "approved by {who} with the password", who=context.names.person(asked.decided_by))


def _made(asked: FootageRequest, _context: Context) -> Text:
    package = asked.package
    if package is None:
        return Text("已制作", "made")
    return says(
        "资料包已制作，{files} 个文件，缺口 {gaps} 处，清单 SHA-256 {digest}",
        "the package was made, {files} files, {gaps} gaps, manifest SHA-256 {digest}",
        files=str(package.files),
        gaps=str(package.gaps),
        digest=package.manifest_sha256,
    )


def _handed(asked: FootageRequest, _context: Context) -> Text:
    if asked.package is None:
        return says("{who} 已在现场查阅", "{who} has looked at it here", who=asked.handed_to)
    return says("已交付 {who}，介质：{on}", "handed over to {who} on {on}", who=asked.handed_to, on=asked.medium)


_TELL: dict[RequestState, Callable[[FootageRequest, Context], Text]] = {
    RequestState.ASKED: _asked,
    RequestState.REFUSED: _refused,
    RequestState.APPROVED: _approved,
    RequestState.MADE: _made,
    RequestState.HANDED_OVER: _handed,
}


def _masks(event: events.MasksLifted, context: Context) -> Text:
    camera = context.names.place(event.camera)
    if event.until_at is None:
        return says("{camera} 隐私遮挡已恢复", "The privacy masks of {camera} are back", camera=camera)
    return says(
        "{camera} 隐私遮挡解除至 {until}：{why}",
        "The privacy masks of {camera} are lifted until {until}: {why}",
        camera=camera,
        until=context.moment(event.until_at),
        why=event.reason,
    )


def _key(event: events.SigningKeyMade, _context: Context) -> Text:
    return says(
        "录像资料包签名密钥已生成，指纹 {key}", "The key that signs footage was made: {key}", key=event.fingerprint
    )


TELLS: dict[type[events.Event], Callable[[Any, Context], Text | None]] = {
    events.FootageRequestChanged: _request,
    events.SigningKeyMade: _key,
    events.MasksLifted: _masks,
}
