"""One incident's footage, from the camera's wire to the police: recorded, hashed, found, locked, packed, checked, and forged in vain."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.app.export import ExportRoom
from console.config import Secrets
from console.demo.rtsp_server import Clip, RtspServer
from console.models.alarms import Alarm, AlarmClass, Priority
from console.models.events import FootageRequestChanged, SegmentsClosed, event_from
from console.models.footage import FootageRequest, JobState, RequestKind, RequestState
from console.models.people import Actor, Person, Role
from console.models.recording import FINISHED, Segment, SegmentState
from console.models.signals import Signal, SignalKind
from console.models.site import Point
from console.models.text import Text
from console.services import alarms, footage, holding, incidents, people, playback, requests, retention
from console.video.playback.index import read_index
from tests.stories.keeping import Keeping, camera, keeping
from tests.video.conftest import ffmpeg, stream  # noqa: F401 - fixtures of these tests
from tests.video.playing import frames_of

PASSWORD = "Lang-genug-3"


@pytest.fixture
def server(stream: Clip) -> Iterator[RtspServer]:  # noqa: F811
    with RtspServer(stream) as running:
        yield running


def crew(post: Keeping) -> dict[Role, Actor]:
    """Somebody of each role, with a password."""
    administrator = people.create_administrator(post.desk, "admin", "陈晨", PASSWORD).result()
    head = Actor(person=administrator.id, name=administrator.name, role=administrator.role, seat="1")
    found = {}
    for login, role in (("li", Role.OPERATOR), ("zhang", Role.LEADER), ("wang", Role.SUPERVISOR)):
        person: Person = people.add_person(post.desk, login, login, role, PASSWORD, by=head).result()
        found[role] = Actor(person=person.id, name=person.name, role=role, seat="1")
    return found


def check(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Check a package as whoever got it does: with its own program, and nothing of ours in reach."""
    command = [sys.executable, "-I", str(folder / "verify.py")]
    return subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8", cwd=folder.parent)


def packed(post: Keeping, request: FootageRequest, by: Actor) -> FootageRequest:
    """Have the package of an approved request made."""
    last: list[FootageRequest] = []

    def hear(event: FootageRequestChanged) -> None:
        if event.request.job is not None and event.request.job.state is not JobState.RUNNING:
            last.append(event.request)

    undo = post.desk.bus.on(FootageRequestChanged, hear)
    with ExportRoom(post.desk, post.folder, Secrets(post.folder.root)) as room:
        room.begin(request.id, target="", viewing=False, masks=True, zipped=False, by=by).result()
        post.wait_for(lambda: last, 60.0)
    undo()
    return last[-1]


def test_that_the_footage_of_an_incident_goes_from_the_wire_to_the_police_and_a_forged_byte_is_named(
    server: RtspServer, tmp_path: Path
) -> None:
    with keeping(tmp_path, (camera("cam-1", server.url), camera("cam-2", server.url))) as post:
        gate = Point(id="gate", name=Text("大门", "Gate"), alarm_class=AlarmClass.INTRUSION.value, cameras=("cam-1",))
        post.desk.ground = replace(post.desk.ground, site=replace(post.desk.ground.site, points=(gate,)))
        staff = crew(post)
        guard = staff[Role.OPERATOR]
        finished = lambda **more: post.rows(state=FINISHED, camera="cam-1", **more)  # noqa: E731
        post.wait_for(lambda: len(finished()) >= 2)

        # Somebody climbs over the gate: the case locks what its camera has.
        signal = Signal(
            id="s-1", source="panel", kind=SignalKind.ALARM, point="gate", code="BA", alarm_class=AlarmClass.INTRUSION.value,
            priority=Priority.CRITICAL, text_zh="入侵", text_en="intrusion", received_at=post.desk.clock.now(), codec="test",
        )  # fmt: skip
        alarm: Alarm = post.do(alarms.receive, signal)
        post.do(alarms.acknowledge, alarm.id, by=guard)
        case = post.do(incidents.open_for, alarm.id, by=guard)
        (kept,) = post.ask(holding.locked_footage, case.id)
        assert kept.lock.camera == "cam-1"
        post.wait_for(lambda: [one for one in finished() if one.started_at > alarm.first_at])

        # Every file is on record with its hash, before anybody asks.
        lines = post.ask(lambda rx: [event_from(line) for line in rx.journal(kinds=("SegmentsClosed",))])
        told = {one.segment: one.sha256 for event in lines if isinstance(event, SegmentsClosed) for one in event.segments}
        rows: tuple[Segment, ...] = finished()
        for row in rows:
            assert told[row.id] == row.sha256 == hashlib.sha256(post.file(row).read_bytes()).hexdigest()

        # Playback finds the moment, and every picture of its file.
        begin, end = rows[0].started_at, rows[-1].ended_at
        found = post.ask(playback.cuts, "cam-1", begin, end)
        at_s = alarm.first_at.timestamp()
        (cut,) = [one for one in found if one.from_s <= at_s < (one.until_s or at_s + 1)][:1]
        row = next(one for one in finished() if one.id == cut.segment)
        index = read_index(Path(cut.path), cut.codec)
        assert len(index.stamps) == row.frames == frames_of(Path(cut.path))
        assert 0 <= index.place(cut.media_s(at_s)) < row.frames

        # However short the disk is, the case's footage stays, the other camera's goes.
        gone = post.do(retention.make_room, rows[0].volume, 10**12)
        assert {one.camera for one in gone.segments} == {"cam-2"}
        assert post.do(retention.make_room, rows[0].volume, 10**12).blocked
        assert {one.state for one in post.rows(camera="cam-1")} <= {
            SegmentState.CLOSED, SegmentState.WRITING, SegmentState.RESERVED}  # fmt: skip

        # The police ask, a second person approves, the package is made.
        asked = post.do(
            requests.ask_for, kind=RequestKind.COPY, organisation="派出所", requester="张三", document="警官证 0123",
            purpose="办案", cameras=("cam-1",), from_at=begin, until_at=end, incident=case.id, by=guard,
        )  # fmt: skip
        approved = requests.decide(
            post.desk, asked.id, approve=True, login="zhang", password=PASSWORD, by=guard
        ).result()
        made = packed(post, approved, staff[Role.SUPERVISOR])
        assert made.state is RequestState.MADE, made.job
        assert post.ask(footage.gaps, "cam-1", begin, end) == ()

    # Elsewhere, offline, with plain Python.
    manifest = json.loads((Path(made.job.folder) / "manifest.json").read_bytes())
    assert manifest["origin"]["incident"] == case.number
    assert f"Incident: {case.number}" in (Path(made.job.folder) / "README.txt").read_text("utf-8-sig")
    folder = tmp_path / "at the police"
    shutil.copytree(made.job.folder, folder)
    fine = check(folder)
    assert fine.returncode == 0, fine.stdout + fine.stderr
    assert "unaltered" in fine.stdout
    originals = sorted(folder.rglob("*.ts"))
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in originals} == {one.sha256 for one in rows}
    victim = originals[len(originals) // 2]
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.chmod(0o600)
    victim.write_bytes(content)
    forged = check(folder)
    assert forged.returncode == 1
    named = [line for line in forged.stdout.splitlines() if line.startswith("[")]
    assert [victim.name in line for line in named] == [True]
