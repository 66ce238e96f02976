"""A picture of a recording is kept by the running post as a live one is: file, hash, row, journal."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from console import app
from console.models.errors import Refused
from console.models.events import EvidenceKept, event_from
from console.models.ids import SegmentId
from console.models.people import Actor, Role
from console.models.playback import RecordedPicture
from console.models.trust import EvidenceKind
from console.services import evidence
from tests.reports.samples import jpeg
from tests.stories.posts import free_port, make_site
from tests.test_app import PATIENCE_S, options, with_cameras


def by(role: Role) -> Actor:
    return Actor(person=f"p-{role.value}", name=role.value, role=role, seat="1")  # type: ignore[arg-type]


def test_that_a_picture_of_a_recording_lies_on_disk_and_on_record_with_its_own_time(tmp_path: Path) -> None:
    site = with_cameras(make_site(tmp_path / "site", free_port()), ("synthetic", "wall"))
    with app.open_post(options(site)) as post:
        (camera,) = post.site.cameras
        taken_at = post.desk.clock.now() - timedelta(days=3)
        content = jpeg("three days ago")
        picture = RecordedPicture(
            camera=camera.id, segment=SegmentId("s-1"), jpeg=content, taken_at=taken_at, width_px=640, height_px=360
        )
        with pytest.raises(Refused):
            post.keep_picture(picture, by(Role.OPERATOR)).result(PATIENCE_S)
        assert list((post.folder.root / evidence.FOLDER).rglob("*.jpg")) == [], "nothing of it is left behind"
        kept = post.keep_picture(picture, by(Role.LEADER)).result(PATIENCE_S)
        assert (kept.kind, kept.taken_at, kept.by) == (EvidenceKind.SNAPSHOT, taken_at, "p-leader")
        assert kept.details == {"width_px": 640, "height_px": 360, "segment": "s-1"}
        assert (post.folder.root / kept.file).read_bytes() == content
        assert kept.sha256 == hashlib.sha256(content).hexdigest()
        events = post.desk.ask(lambda rx: [event_from(one) for one in rx.journal(kinds=("EvidenceKept",))]).result()
        told = [one.evidence for one in events if isinstance(one, EvidenceKept) and one.evidence.by is not None]
        assert told == [kept]
