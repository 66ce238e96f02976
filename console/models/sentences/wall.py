"""How the events of the wall read: layouts, sequences, video rounds, and what pictures cost."""

from collections.abc import Callable
from typing import Any

from console.models import events
from console.models.phrases import Context, because, joined, says
from console.models.text import Text
from console.models.wall import Finding, VideoRoundState
from console.models.words import word


def _layout(event: events.LayoutChanged, _context: Context) -> Text:
    kept = event.layout
    if kept.removed:
        return says("删除墙面布局“{name}”", 'Wall layout "{name}" removed', name=kept.name)
    return says("保存墙面布局“{name}”（{grid}）", 'Wall layout "{name}" saved ({grid})', name=kept.name, grid=kept.layout.grid)


def _sequence(event: events.SequenceChanged, _context: Context) -> Text:
    kept = event.sequence
    if kept.removed:
        return says("删除轮巡“{name}”", 'Sequence "{name}" removed', name=kept.name)
    return says(
        "保存轮巡“{name}”，{n} 个画面", 'Sequence "{name}" saved, {n} cameras', name=kept.name, n=str(len(kept.stops))
    )


def _video_round(event: events.VideoRoundChanged, context: Context) -> Text:
    walked = event.round
    counted = f"{len(walked.checks)}/{len(walked.cameras)}"
    if walked.state is VideoRoundState.COMPLETED:
        return says(
            "视频巡查 {number} 完成，{n} 个画面，异常 {bad} 处",
            "Video round {number} completed, {n} cameras, {bad} abnormal",
            number=walked.number,
            n=str(len(walked.cameras)),
            bad=str(walked.abnormal),
        )
    if walked.state is VideoRoundState.BROKEN_OFF:
        ended = says(
            "视频巡查 {number} 中止（{counted}）",
            "Video round {number} broken off ({counted})",
            number=walked.number,
            counted=counted,
        )
        return joined([ended, because(walked.reason)])
    if not walked.checks:
        return says(
            "视频巡查 {number} 开始，{n} 个画面",
            "Video round {number} begun, {n} cameras",
            number=walked.number,
            n=str(len(walked.cameras)),
        )
    last = walked.checks[-1]
    said = says(
        "视频巡查 {number}（{counted}）{camera}：{finding}",
        "Video round {number} ({counted}) {camera}: {finding}",
        number=walked.number,
        counted=counted,
        camera=context.names.place(last.camera),
        finding=word(last.finding),
    )
    return joined([said, Text(last.note, last.note)]) if last.finding is Finding.ABNORMAL else said


def _budget(event: events.BudgetMeasured, _context: Context) -> Text:
    budget = event.budget
    parts = [
        says(
            "{size}：每帧 {ms} 毫秒，约可同时显示 {n} 路",
            "{size}: {ms} ms a frame, about {n} fit",
            size=f"{cost.width_px}x{cost.height_px}@{cost.fps:.0f}",
            ms=f"{cost.frame_ms:.1f}",
            n=str(budget.fits(cost)),
        )
        for cost in budget.costs
    ]
    return joined([says("席位 {seat} 画面处理能力测定", "Picture budget of seat {seat} measured", seat=budget.seat), *parts])


TELLS: dict[type[events.Event], Callable[[Any, Context], Text | None]] = {
    events.LayoutChanged: _layout,
    events.SequenceChanged: _sequence,
    events.VideoRoundChanged: _video_round,
    events.BudgetMeasured: _budget,
}
