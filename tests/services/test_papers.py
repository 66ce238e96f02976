"""Forms of a real record: what was signed is printed, however late, and every key of an incident is on its report."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from console.i18n import LANGUAGES
from console.models.alarms import AlarmClass
from console.models.duty import HandoverState
from console.models.events import CameraChanged
from console.models.ids import CameraId, EvidenceId, IncidentId, PlaceId, new_id
from console.models.incidents import DispatchState, EntryKind, Verdict
from console.models.people import SYSTEM
from console.models.pictures import CameraState, Sight
from console.models.signals import SignalKind
from console.models.trust import Evidence, EvidenceKind
from console.reports.printing import content_bytes, forms
from console.services import (
    alarms,
    carry,
    dispatch,
    evidence,
    handover_paper,
    incidents,
    log,
    queries,
    response,
)
from tests.reports import reading
from tests.services.cases import OPERATOR, PLAN, Bench, signal
from tests.services.post import PostInHand, actor
from tests.services.test_handover import Night


def printed(key: str, content: object, language: str, folder: Path) -> str:
    """The squeezed text of a form whose content has crossed a process, as the console prints it."""
    from console.models.plain import from_json

    spec = forms()[key]
    file = folder / f"{key}.pdf"
    file.write_bytes(spec.build(from_json(content_bytes(content), spec.content), language).data)
    return reading.squeezed(reading.text_of(file))


# -------------------------------------------------------------------------------- an incident
@pytest.fixture
def incident(bench: Bench, tmp_path: Path) -> IncidentId:
    """A fence alarm from the first signal to the verdict."""
    alarm = bench.do(alarms.receive, signal())
    picture = b"\xff\xd8\xff no picture, but evidence"
    stored = evidence.store_file(tmp_path / "data", picture, "snapshot.jpg")
    bench.do(
        evidence.keep,
        Evidence(
            id=EvidenceId(new_id()),
            kind=EvidenceKind.SNAPSHOT,
            file=stored.file,
            size_bytes=len(picture),
            sha256=hashlib.sha256(picture).hexdigest(),
            taken_at=bench.clock.now(),
            alarm=alarm.id,
        ),
    )
    bench.clock.advance(4)
    run = bench.do(response.start, alarm.id, PLAN.id, by=OPERATOR)
    for seconds, step, answer, value in (
        (45, "look", "person", {}),
        (10, "send", "", {"post": "near"}),
        (20, "call", "no_answer", {"contact": "leader", "name": "班长"}),
        (20, "call", "answered", {"contact": "leader", "name": "班长"}),
    ):
        bench.clock.advance(seconds)
        bench.do(response.answer, run.id, step, answer=answer, value=value, by=OPERATOR)
    bench.clock.advance(5)
    bench.do(response.skip, run.id, "note", "无需记录", by=OPERATOR)
    sent = bench.ask(queries.incident_file, run.incident, printed_by="x", data_dir=tmp_path).dispatches[0]
    for state in (DispatchState.ACCEPTED, DispatchState.UNDER_WAY, DispatchState.ARRIVED, DispatchState.CONTROLLED):
        bench.clock.advance(30)
        bench.do(dispatch.advance, sent.id, state, by=OPERATOR)
    earlier = bench.clock.now() - timedelta(minutes=9)
    bench.do(
        log.write, "保安称先听到异响", kind=EntryKind.NOTE, incident=run.incident, happened_at=earlier, by=OPERATOR
    )
    bench.do(alarms.receive, signal(kind=SignalKind.RESTORE))
    bench.do(incidents.close, run.incident, verdict=Verdict.REAL_INTRUSION, summary="一人翻墙后离开", by=OPERATOR)
    return run.incident


@reading.needs_poppler
@pytest.mark.parametrize("language", LANGUAGES)
def test_that_everything_the_journal_tells_of_an_incident_is_on_its_report(
    bench: Bench, incident: IncidentId, language: str, tmp_path: Path
) -> None:
    content = bench.ask(queries.incident_file, incident, printed_by="李值班", data_dir=tmp_path / "data")
    text = printed("incident", content, language, tmp_path)
    kinds = {line.kind for line in content.lines}
    assert kinds >= {
        "SignalReceived", "AlarmRaised", "AlarmChanged", "EvidenceKept", "IncidentOpened", "PlanRunStarted",
        "PlanRunChanged", "DispatchChanged", "EntryWritten", "IncidentChanged",
    }  # fmt: skip
    said = [reading.squeezed(line.text.in_language(language)) for line in content.lines]
    assert [one for one in said if one not in text] == []
    assert hashlib.sha256(b"\xff\xd8\xff no picture, but evidence").hexdigest() in text


@reading.needs_poppler
def test_that_the_report_measures_what_the_people_did(bench: Bench, incident: IncidentId, tmp_path: Path) -> None:
    content = bench.ask(queries.incident_file, incident, printed_by="李值班", data_dir=tmp_path / "data")
    text = printed("incident", content, "zh_CN", tmp_path)
    assert "看画面有人00:3000:45+00:15超时" in text
    assert "跳过步骤“记录”，原因：无需记录" in text
    assert "此前1次未成" in text
    assert "【补记" in text
    assert content.times.happened_at == content.incident.detected_at - timedelta(seconds=540 - 224)
    again = bench.ask(queries.incident_file, incident, printed_by="somebody else", data_dir=tmp_path / "elsewhere")
    assert again.record_digest == content.record_digest


# -------------------------------------------------------------------------------- a handover
@pytest.fixture
def night(post: PostInHand) -> Night:
    return Night(post)


def signed_with_open_things(night: Night) -> None:
    """A shift that ends with a bypass, a carry-over and a dead camera, all signed for, and mended afterwards."""
    post = night.post
    known = post.do(
        alarms.report, alarm_class=AlarmClass.FAULT, place=PlaceId("yard"), text="围墙震动误报", by=actor(night.wang)
    )
    assert known is not None
    until = post.clock.now() + timedelta(hours=1)
    post.do(alarms.shelve, known.id, "维修围墙", until, by=actor(night.wang))
    opened = post.do(carry.add, "读卡器待修", owner="工程部", by=actor(night.li))
    dead = CameraState(camera=CameraId("cam-2"), sight=Sight.OFFLINE, since_at=post.clock.now(), reason_zh="连接被拒绝")
    post.do(lambda tx: tx.record(CameraChanged(at=tx.now, state=dead)))
    night.ready()
    night.sign_out(night.li)
    post.pass_time(minutes=2)
    night.sign_in(night.zhao)
    post.pass_time(days=30)
    post.do(alarms.bring_back, known.id, by=SYSTEM)
    post.do(carry.close, opened.id, "已换新", by=actor(night.zhao))
    post.do(carry.add, "新的事项", by=actor(night.zhao))


@reading.needs_poppler
def test_that_a_handover_printed_a_month_later_shows_what_was_signed(night: Night, tmp_path: Path) -> None:
    signed_with_open_things(night)
    content = night.post.ask(handover_paper.handover_file, night.handover.id, printed_by="赵")
    assert content.handover.state is HandoverState.EFFECTIVE
    assert [one.text for one in content.carry_overs] == ["读卡器待修"]
    assert [one.hiding.reason for one in content.bypasses if one.hiding] == ["维修围墙"]
    assert [one.camera for one in content.cameras] == ["cam-2"]
    text = printed("handover", content, "zh_CN", tmp_path)
    for wanted in ("读卡器待修", "工程部", "第1次", "维修围墙", "连接被拒绝", "含义：交班", "含义：接班"):
        assert wanted in text, wanted
    assert "新的事项" not in text
    assert "已换新" not in text
    assert "未生效" not in text
    assert "不符" not in text


@reading.needs_poppler
def test_that_every_line_of_the_signed_record_is_on_the_paper(night: Night, tmp_path: Path) -> None:
    signed_with_open_things(night)
    content = night.post.ask(handover_paper.handover_file, night.handover.id, printed_by="赵")
    text = printed("handover", content, "zh_CN", tmp_path)
    tabled = {one.id for one in (*content.bypasses, *content.carry_overs)} | {one.camera for one in content.cameras}
    lines = [line for line in content.handover.lines if line.ref not in tabled]
    assert lines
    assert [line.text.zh for line in lines if reading.squeezed(line.text.zh) not in text] == []


@reading.needs_poppler
def test_that_a_draft_is_printed_as_it_stands_and_says_that_it_is_one(night: Night, tmp_path: Path) -> None:
    post = night.post
    night.begin()
    post.do(carry.add, "读卡器待修", by=actor(night.li))
    content = post.ask(handover_paper.handover_file, night.handover.id, printed_by="李")
    text = printed("handover", content, "zh_CN", tmp_path)
    assert "未生效·草稿" in text
    assert "读卡器待修" in text
