"""Rules are tuned at the console: tried on recordings, put in force at once, kept over a start, and given back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from console.app import tuning
from console.app.tuning import SiteTuning
from console.bus import Bus
from console.models.clock import SystemClock
from console.models.errors import ConsoleError, NotPermitted, Refused
from console.models.events import SettingChanged, event_from
from console.models.ids import CameraId, PersonId, PointId
from console.models.people import Actor, Role
from console.models.rules import Rule, RuleWhen, WeeklyHours
from console.models.site import Camera, CameraKind, Point, Site
from console.models.text import Text
from console.models.tuning import TriedEvent, compare, key_of
from console.services.desk import Desk, Ground
from console.video.analysis import Analysis
from console.video.cv import cv2
from console.video.supervisor import VideoSupervisor
from tests.records import open_record

CAM = CameraId("cam-1")
AT = datetime(2026, 3, 14, 8, tzinfo=UTC)
LEADER = Actor(person=PersonId("p1"), name="张伟", role=Role.LEADER, seat="1")
OPERATOR = Actor(person=PersonId("p2"), name="李娜", role=Role.OPERATOR, seat="1")
WHOLE = ((0.02, 0.02), (0.98, 0.02), (0.98, 0.98), (0.02, 0.98))
RULE = Rule(id="yard", point=PointId("p"), zone=WHOLE, clear_s=1.5)


def write_walk(path: Path, seconds: int = 16, fps: int = 10) -> None:
    """A still room in which a box comes twice: for 3 s after 6 s, and for 3 s after 12 s."""
    dice = np.random.default_rng(4)
    still = np.asarray(cv2.resize(dice.integers(60, 190, (18, 32, 3)).astype(np.uint8), (320, 180)))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (320, 180))
    for number in range(seconds * fps):
        frame, second = still.copy(), number / fps
        for began_s in (6.0, 12.0):
            if began_s <= second < began_s + 3.0:
                left = 60 + round((second - began_s) * 50)
                frame[60:140, left : left + 34] = 250
        writer.write(np.clip(frame + dice.normal(0, 2, frame.shape), 0, 255).astype(np.uint8))
    writer.release()


class House:
    """A desk, cameras and tuning, as app.post puts them together."""

    def __init__(self, desk: Desk, video: VideoSupervisor, tuning: SiteTuning) -> None:
        self.desk, self.video, self.tuning = desk, video, tuning

    def rule(self) -> Rule:
        """The rule in force."""
        (rule,) = self.desk.ground.site.cameras[0].rules
        return rule

    def judged(self) -> Rule:
        """The rule by which the camera is judged."""
        (rule,) = self.video._watched[CAM].camera.rules
        return rule

    def rules_judged(self) -> tuple[Rule, ...]:
        """Every rule by which the camera is judged."""
        return self.video._watched[CAM].camera.rules


@contextmanager
def house(root: Path) -> Iterator[House]:
    from concurrent.futures import ThreadPoolExecutor

    camera = Camera(
        id=CAM, number=1, name=Text("院", "Yard"), kind=CameraKind.FILE, address="walk.avi", rules=(RULE,)
    )
    point = Point(id=PointId("p"), name=Text("院内", "In the yard"))
    site = Site(id="s", name=Text("院", "Yard"), timezone="UTC", cameras=(camera,), points=(point,))
    clock = SystemClock()
    with open_record(root / "data", clock=clock) as store, Desk(store, Ground(site=site), clock, Bus()) as desk:
        tuning.put_in_force(desk)
        cameras = desk.ground.site.cameras
        heard = Analysis(on_working=desk.bus.publish)
        options: dict[str, Any] = {"analysis": heard, "secrets": str, "on_state": lambda _s: None, "on_rule": lambda _r: None}
        with VideoSupervisor(root, cameras, clock, **options) as video, ThreadPoolExecutor(2) as helpers:
            undo = tuning.follow_rules(desk, site, video)
            made = SiteTuning(desk, site, video, root, helpers)
            try:
                yield House(desk, video, made)
            finally:
                made.close()
                undo()


def until(true: Any) -> None:
    import time

    ends_s = time.monotonic() + 60
    while not true():
        assert time.monotonic() < ends_s
        time.sleep(0.01)


def changed(**fields: Any) -> Rule:
    return replace(RULE, **fields)


def test_that_a_setting_is_in_force_at_once_on_record_kept_and_given_back(tmp_path: Path) -> None:
    write_walk(tmp_path / "walk.avi", 2)
    wanted = changed(sensitivity=0.7, min_s=2.0, when=RuleWhen.NON_OFFICE, zone=WHOLE[:3])
    with house(tmp_path) as post:
        post.tuning.apply(CAM, wanted, "树影误报", by=LEADER).result()
        assert post.rule() == wanted
        until(lambda: post.judged() == wanted)
        assert post.tuning.of_site(CAM) == (RULE,)
    with house(tmp_path) as post:
        assert post.rule() == post.judged() == wanted
        lines = post.desk.ask(lambda rx: [event_from(one) for one in rx.journal(kinds=("SettingChanged",))]).result()
        (event,) = [one for one in lines if isinstance(one, SettingChanged)]
        assert (event.key, event.by, event.reason) == (key_of(CAM, "yard"), "p1", "树影误报")
        post.tuning.give_back(CAM, "yard", "夏季恢复", by=LEADER).result()
        until(lambda: post.rule() == post.judged() == RULE)
    with house(tmp_path) as post:
        assert post.rule() == RULE


def test_that_tuning_needs_its_right_a_reason_and_a_rule_that_fits(tmp_path: Path) -> None:
    write_walk(tmp_path / "walk.avi", 2)
    with house(tmp_path) as post:
        with pytest.raises(NotPermitted):
            post.tuning.apply(CAM, changed(min_s=3.0), "x", by=OPERATOR).result()
        with pytest.raises(Refused, match="reason"):
            post.tuning.apply(CAM, changed(min_s=3.0), " ", by=LEADER).result()
        with pytest.raises(Refused, match="corner"):
            post.tuning.apply(CAM, changed(zone=WHOLE[:2]), "x", by=LEADER).result()
        with pytest.raises(Refused, match="no such"):
            post.tuning.give_back(CAM, "none", "x", by=LEADER).result()
        assert post.rule() == RULE


def test_that_a_film_is_played_to_both_settings_and_says_what_would_have_changed(tmp_path: Path) -> None:
    write_walk(tmp_path / "walk.avi")
    with house(tmp_path) as post:
        wider = post.tuning.compare(CAM, RULE, changed(min_area=0.9), AT, AT).result.result()
        assert (len(wider.lost), wider.gained, wider.kept) == (2, (), ())
        assert wider.is_film
        first = wider.lost[0]
        assert 6.0 <= (first.began_at - AT).total_seconds() <= 8.0
        assert first.jpeg[:2] == b"\xff\xd8"
        same = post.tuning.compare(CAM, changed(min_area=0.9), RULE, AT, AT).result.result()
        assert (len(same.gained), same.lost) == (2, ())


def test_that_a_comparison_can_be_cancelled_and_a_camera_without_recordings_says_so(tmp_path: Path) -> None:
    write_walk(tmp_path / "walk.avi", 120)
    with house(tmp_path) as post:
        going = post.tuning.compare(CAM, RULE, RULE, AT, AT)
        going.cancel()
        with pytest.raises(ConsoleError, match="cancelled"):
            going.result.result()


def test_that_events_that_meet_are_the_same() -> None:
    def at(second: int, until: int | None) -> TriedEvent:
        return TriedEvent(began_at=AT.replace(second=second), ended_at=AT.replace(second=until) if until else None)

    found = compare((at(1, 5), at(20, 22)), (at(6, 9), at(40, None)))
    assert found == {"gained": (at(40, None),), "lost": (at(20, 22),), "kept": (at(6, 9),)}


def test_that_a_rule_drawn_at_the_console_is_judged_at_once_kept_over_a_start_and_deleted_with_a_reason(
    tmp_path: Path,
) -> None:
    write_walk(tmp_path / "walk.avi", 2)
    night = WeeklyHours(start="22:00", to="06:00", days=(1, 2, 3, 4, 5))
    drawn = Rule(id="gate-1", point=PointId("p"), zone=WHOLE[:3], hours=(night,))
    with house(tmp_path) as post:
        post.tuning.draw(CAM, drawn, "新开的便门", by=LEADER).result()
        until(lambda: post.rules_judged() == (RULE, drawn))
        assert post.tuning.of_site(CAM) == (RULE,)
        changed_hours = replace(drawn, hours=(), enabled=False)
        post.tuning.apply(CAM, changed_hours, "施工停用", by=LEADER).result()
        until(lambda: post.rules_judged() == (RULE, changed_hours))
    with house(tmp_path) as post:
        assert post.rules_judged() == (RULE, changed_hours)
        post.tuning.give_back(CAM, "gate-1", "便门已封", by=LEADER).result()
        until(lambda: post.rules_judged() == (RULE,))
        lines = post.desk.ask(lambda rx: [event_from(one) for one in rx.journal(kinds=("SettingChanged",))]).result()
        told = [(bool(one.old), bool(one.new), one.reason) for one in lines if isinstance(one, SettingChanged)]
        assert told == [(False, True, "新开的便门"), (True, True, "施工停用"), (True, False, "便门已封")]
    with house(tmp_path) as post:
        assert post.rules_judged() == (RULE,)


def test_that_a_new_rule_needs_a_name_of_its_own_a_known_point_a_zone_days_and_the_right(tmp_path: Path) -> None:
    write_walk(tmp_path / "walk.avi", 2)
    fine = Rule(id="gate-1", point=PointId("p"), zone=WHOLE)
    with house(tmp_path) as post:
        for wrong, said in (
            (replace(fine, id="yard"), "already"),
            (replace(fine, id="a.b"), "letters"),
            (replace(fine, point=PointId("none")), "point"),
            (replace(fine, zone=WHOLE[:2]), "corners"),
            (replace(fine, hours=(WeeklyHours(days=()),)), "one day"),
            (replace(fine, hours=(WeeklyHours(start="8h"),)), "HH:MM"),
        ):
            with pytest.raises(Refused, match=said):
                post.tuning.draw(CAM, wrong, "x", by=LEADER).result()
        with pytest.raises(NotPermitted):
            post.tuning.draw(CAM, fine, "x", by=OPERATOR).result()
        assert post.rules_judged() == (RULE,)
