"""Packages at a running post: made against an approved request, gone on with after a kill, signed, and on record."""

import hashlib
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from console.app.export import ExportRoom
from console.app.signing import NAME
from console.bus import Bus
from console.config import Secrets, data_folder
from console.models.clock import FakeClock
from console.models.errors import ConsoleError, Refused
from console.models.events import FootageRequestChanged, SigningKeyMade
from console.models.footage import PUBLIC_KEY_FILE, ExportProgress, FootageRequest, JobState, RequestKind, RequestState
from console.models.people import Actor, Person, Role
from console.models.recording import Codec, Volume
from console.models.site import Camera, CameraKind, Site
from console.models.text import Text
from console.services import export, recording, requests
from console.services.desk import Desk, Ground
from console.video.export.verify import verify
from console.video.recording.packets import Packet
from tests.records import open_record
from tests.video.conftest import ffmpeg  # noqa: F401 - a fixture of these tests
from tests.video.export.conftest import pictures  # noqa: F401 - a fixture of these tests
from tests.video.export.packages import BEGIN, archive

LEADER = Actor(person="p-lead", name="王", role=Role.LEADER, seat="1")
SUPERVISOR = Actor(person="p-sup", name="赵", role=Role.SUPERVISOR, seat="1")
SITE = Site(
    id="s", name=Text("学院", "College"), timezone="Asia/Shanghai",
    cameras=tuple(
        Camera(id=f"cam-{n}", number=n, name=Text(f"{n}号", f"No. {n}"), kind=CameraKind.RTSP) for n in (1, 2)
    ),
)  # fmt: skip


@dataclass
class House:
    """A post with footage, and its room for packages."""

    desk: Desk
    folder: Any
    secrets: Secrets

    @contextmanager
    def room(self) -> Iterator[ExportRoom]:
        with ExportRoom(self.desk, self.folder, self.secrets) as room:
            yield room

    def approved(self, **changes: Any) -> FootageRequest:
        given: dict[str, Any] = {
            "kind": RequestKind.COPY, "organisation": "派出所", "requester": "张三", "document": "警官证", "purpose": "办案",
            "cameras": ("cam-1", "cam-2"), "from_at": BEGIN + timedelta(seconds=1), "until_at": BEGIN + timedelta(seconds=11),
            "by": LEADER,
        }  # fmt: skip
        asked = self.desk.do(requests.ask_for, **(given | changes)).result()

        def approve(tx: Any) -> FootageRequest:
            done = replace(asked, state=RequestState.APPROVED, decided_by="p-sup", approved_digest=asked.asked)
            return requests._save(tx, done, SUPERVISOR)

        return self.desk.do(approve).result()

    def begin(self, room: ExportRoom, request: FootageRequest, **changes: Any) -> FootageRequest:
        options = {"target": "", "viewing": False, "masks": True, "zipped": False, "by": SUPERVISOR} | changes
        return room.begin(request.id, **options).result()

    def ended(self, request: FootageRequest) -> Any:
        """Something that waits until the making of a package ended, one way or the other."""
        done = threading.Event()
        last: list[FootageRequest] = []

        def hear(event: FootageRequestChanged) -> None:
            job = event.request.job
            if event.request.id == request.id and job is not None and job.state is not JobState.RUNNING:
                last.append(event.request)
                done.set()

        self.desk.bus.on(FootageRequestChanged, hear)

        def wait() -> FootageRequest:
            assert done.wait(100)
            return last[-1]

        return wait


@pytest.fixture
def house(tmp_path: Path, pictures: dict[Codec, list[Packet]]) -> Iterator[House]:  # noqa: F811
    clock = FakeClock()
    clock.advance((BEGIN - clock.now()).total_seconds() + 3600)
    folder = data_folder(tmp_path / "data")
    folder.make()
    kept = archive(tmp_path / "disk", tmp_path / "unused", pictures[Codec.H264], pictures[Codec.MJPEG])
    with (
        open_record(folder.root, clock=clock) as store,
        Desk(store, Ground(site=SITE), clock, Bus()) as desk,
    ):

        def fill(tx: Any) -> None:
            tx.put(Volume(id="disk", path=str(kept.root), made_at=tx.now))
            for person in (LEADER, SUPERVISOR):
                tx.put(Person(id=person.person, login=person.person, name=person.name, role=person.role))
            recording.finish(tx, tuple(one.segment for camera in kept.cameras for one in camera.segments))

        desk.do(fill).result()
        yield House(desk, folder, Secrets(folder.root))


def test_that_a_package_is_made_signed_and_on_record(house: House) -> None:
    with house.room() as room:
        request = house.approved()
        wait = house.ended(request)
        heard: list[ExportProgress] = []
        house.desk.bus.on(ExportProgress, heard.append)
        house.begin(room, request)
        made = wait()
        fingerprint = room.fingerprint
    assert (made.state, made.job.state) == (RequestState.MADE, JobState.DONE)
    assert heard[-1].done == heard[-1].total
    findings, manifest = verify(made.job.folder, fingerprint)
    assert findings == []
    assert manifest is not None
    content = (Path(made.job.folder) / "manifest.json").read_bytes()
    assert hashlib.sha256(content).hexdigest() == made.package.manifest_sha256
    assert (manifest["origin"]["operator"], manifest["origin"]["asked_by"]) == ("赵 (p-sup)", "王 (p-lead)")
    originals = [one for camera in manifest["cameras"] for one in camera["originals"]]
    line = house.desk.ask(lambda rx: next(iter(rx.journal(kinds=("SegmentsClosed",))))).result()
    assert {(one["journal_seq"], one["journal_hash"]) for one in originals} == {(line.seq, line.hash)}
    seq, head = manifest["origin"]["journal_seq"], manifest["origin"]["journal_head"]
    assert house.desk.ask(lambda rx: next(iter(rx.journal(after_seq=seq - 1))).hash).result() == head
    assert not list(Path(made.job.folder).parent.glob(".*"))


def test_that_the_key_is_made_once_kept_encrypted_and_told(house: House) -> None:
    told: list[SigningKeyMade] = []
    house.desk.bus.on(SigningKeyMade, told.append)
    with house.room() as room:
        fingerprint = room.fingerprint
    with house.room() as room:
        assert room.fingerprint == fingerprint
    assert [event.fingerprint for event in told] == [fingerprint]
    assert house.desk.ask(requests.fingerprint).result() == fingerprint
    public = (house.folder.root / PUBLIC_KEY_FILE).read_text(encoding="utf-8")
    assert f"fingerprint {fingerprint}\n" in public
    assert load_pem_public_key(public[public.index("-----BEGIN") :].encode()).public_bytes_raw().hex() == told[0].public_key
    private = house.secrets.get(NAME)
    for path in house.folder.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert private.encode() not in content
            assert bytes.fromhex(private) not in content
    assert (house.folder.root / "secrets.enc").stat().st_mode & 0o077 == 0


def test_that_a_package_is_gone_on_with_at_the_next_start_after_its_process_was_killed(house: House) -> None:
    request = house.approved(until_at=BEGIN + timedelta(seconds=12))
    with house.room() as room:
        wait = house.ended(request)

        def kill(_progress: ExportProgress) -> None:
            if room.pid:
                os.kill(room.pid, signal.SIGKILL)

        undo = house.desk.bus.on(ExportProgress, kill)
        house.begin(room, request, viewing=True)
        failed = wait()
        undo()
        assert failed.job.state is JobState.FAILED
        assert failed.job.reason.zh
        wait = house.ended(request)
        again = house.begin(room, request, viewing=True)
        assert again.job.folder == failed.job.folder
        assert wait().state is RequestState.MADE
    assert verify(failed.job.folder)[0] == []


def test_that_a_console_that_died_goes_on_with_the_package_by_itself(house: House) -> None:
    request = house.approved()
    folder = house.folder.root / "exports" / request.number
    # On record as being made, as a kill of the whole console leaves it.
    house.desk.do(
        requests.begin_export, request.id, folder=lambda _: str(folder), viewing=False, by=SUPERVISOR
    ).result()
    wait = house.ended(request)
    with house.room():
        assert wait().state is RequestState.MADE
    assert verify(str(folder))[0] == []


def test_that_a_cancelled_package_can_be_begun_again(house: House) -> None:
    request = house.approved()
    with house.room() as room:
        begun = threading.Event()
        undo = house.desk.bus.on(ExportProgress, lambda _: begun.set())
        house.begin(room, request, viewing=True)
        assert begun.wait(100)
        undo()
        cancelled = room.cancel(request.id, by=SUPERVISOR).result()
        assert cancelled.job.state is JobState.CANCELLED
        wait = house.ended(request)
        house.begin(room, request, viewing=True)
        assert wait().state is RequestState.MADE


def test_that_a_target_that_cannot_be_used_is_told(house: House, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    request = house.approved()
    with house.room() as room:
        wait = house.ended(request)
        house.begin(room, request, target=str(tmp_path / "file"))
        failed = wait()
        assert failed.job.state is JobState.FAILED
        assert failed.job.reason.zh
        with pytest.raises(ConsoleError, match="whole path"):
            house.begin(room, request, target="relative")
        wait = house.ended(request)
        moved = house.begin(room, request, target=str(tmp_path / "stick"))
        assert wait().state is RequestState.MADE
    assert moved.job.folder == str(tmp_path / "stick" / request.number)


def test_that_no_order_is_given_without_an_approval(house: House) -> None:
    request = house.approved()
    bare = {"data_dir": house.folder.root, "clocks": {}, "public_key": "00", "program_version": "1"}
    with pytest.raises(Refused):
        house.desk.ask(export.order_of, request.id, **bare).result()
    house.desk.do(lambda tx: tx.put(replace(request, state=RequestState.ASKED))).result()
    with house.room() as room, pytest.raises(Refused, match="approved request"):
        house.begin(room, request)


def test_that_footage_leaves_by_one_way_only() -> None:
    root = Path(export.__file__).parents[1]
    starts = [
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if "video.export" in path.read_text(encoding="utf-8") and not path.is_relative_to(root / "video" / "export")
    ]
    # The room that has packages made, and two that read its verifier: the key's fingerprint, the command line.
    assert set(starts) <= {"app/export.py", "app/signing.py", "cli/record.py", "cli/parsing.py", "cli/package.py"}
