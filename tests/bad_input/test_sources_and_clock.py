"""A panel that falls silent, a port that is taken, a clock that jumps, evidence that cannot be kept."""

import shutil
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.models.alarms import Alarm, AlarmClass, State
from console.models.clock import FakeClock
from console.models.events import EvidenceKept, FaultNoted, SourceChanged
from console.models.ids import CameraId, SourceId
from console.models.pictures import Sight
from console.models.signals import SourceHealth, SourceProblem
from console.models.text import Text
from console.services import alarms, health
from console.services.clock_watch import watch_clock
from console.store.faults import StorageFault
from console.store.store import Transaction
from tests.bad_input.screens import screen
from tests.services.post import MORNING, PostInHand, actor, opened_post
from tests.stories.posts import make_site
from tests.test_app import with_cameras

pytestmark = pytest.mark.timeout(120)
PANEL = SourceId("panel")


def sick(post: PostInHand, *names: str, deaf: bool = True) -> SourceHealth:
    problems = tuple(SourceProblem(name=name, sentence=Text("没有消息", f"nothing heard: {name}"), deaf=deaf) for name in names)
    return SourceHealth(source=PANEL, healthy=not names, since_at=post.clock.now(), problems=problems)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[PostInHand]:
    with opened_post(tmp_path / "data", FakeClock(MORNING)) as opened:
        yield opened


def live(post: PostInHand) -> list[Alarm]:
    return list(post.find(Alarm, closed_at=None))


def test_that_a_silent_panel_is_one_alarm_of_the_system_until_it_is_heard_again(post: PostInHand) -> None:
    post.do(health.source_changed, sick(post, "silent 1001"))
    post.do(health.source_changed, sick(post, "silent 1001", "port"))
    (alarm, other) = live(post)
    assert (alarm.alarm_class, alarm.state, alarm.count) == (AlarmClass.SYSTEM, State.UNACKED, 1)
    assert (alarm.point, alarm.title.en) == ("source:panel/silent 1001", "source:panel/silent 1001 · nothing heard: silent 1001")
    operator = post.enter("wang")
    post.do(alarms.acknowledge, alarm.id, by=actor(operator))
    post.do(health.source_changed, sick(post))
    assert [one.id for one in live(post)] == [other.id]  # acknowledged and over: out of the queue
    assert live(post)[0].state is State.RETURNED_UNACKED
    post.do(health.source_changed, sick(post, "silent 1001"))  # the next silence is an alarm of its own
    assert alarm.id not in [one.id for one in live(post)]
    assert len(live(post)) == 2


def test_that_a_problem_that_keeps_no_alarm_away_is_no_alarm(post: PostInHand) -> None:
    post.do(health.source_changed, sick(post, "plain 1001", deaf=False))
    assert live(post) == []
    assert len(post.told(SourceChanged)) == 1


def test_that_a_silence_from_before_a_kill_ends_when_the_source_begins_well(post: PostInHand) -> None:
    post.do(health.source_changed, sick(post, "silent 1001"))
    post.do(health.source_changed, sick(post))  # what a source says first after a start
    (alarm,) = live(post)
    assert alarm.state is State.RETURNED_UNACKED


def test_that_a_jump_of_the_clock_is_on_record_and_a_tick_is_not(post: PostInHand) -> None:
    look = watch_clock(post.clock)
    for _second in range(5):
        post.clock.advance(1)
        post.do(look)
    post.clock.at += timedelta(seconds=1.5)  # a correction within the tolerance
    post.do(look)
    assert post.told(FaultNoted) == []
    post.clock.at -= timedelta(hours=1)
    post.do(look)
    post.clock.at += timedelta(hours=2)
    post.do(look)
    back, ahead = post.told(FaultNoted)
    assert [round(one.details["step_s"]) for one in (back, ahead)] == [-3600, 7200]
    assert "jumped back by 3600 s" in back.sentence.en
    assert "向后跳变 3600 秒" in back.sentence.zh
    post.clock.advance(59)
    post.do(look)
    assert len(post.told(FaultNoted)) == 2
    post.clock.advance(2)
    post.do(look)
    post.do(look)
    assert [one.active for one in post.told(FaultNoted)] == [True, True, False]


def test_that_the_end_of_a_jump_that_could_not_be_recorded_is_recorded_later(post: PostInHand) -> None:
    look = watch_clock(post.clock)
    post.do(look)
    post.clock.at += timedelta(hours=1)
    post.do(look)
    post.clock.advance(61)

    def lost(tx: Transaction) -> None:
        look(tx)
        raise StorageFault(zh="磁盘已满", en="the disk is full")

    with pytest.raises(StorageFault):
        post.do(lost)
    for _second in range(3):
        post.clock.advance(1)
        post.do(look)
    assert [one.active for one in post.told(FaultNoted)] == [True, False]


@pytest.mark.usefixtures("looks")
def test_that_a_port_in_use_stands_in_the_status_bar_and_in_the_queue_until_it_is_free(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        with screen(make_site(tmp_path / "site", port), tmp_path / "data") as shown:
            shown.wait_for(lambda: shown.text_of("status.sources") == "Sources 0/1")
            assert str(port) in shown.find("status.sources").toolTip()
            shown.wait_for(shown.window.sounder.waiting)
            (alarm,) = shown.window.sounder.waiting()
            assert (alarm.alarm_class, alarm.point) == (AlarmClass.SYSTEM, "source:panel/port")
            assert alarm.title.en.startswith("Panel · Nothing can be received at")
            door.close()
            shown.wait_for(lambda: shown.text_of("status.sources") == "Sources 1/1")
            assert [one.health.healthy for one in shown.told(SourceChanged)] == [True, False, True]
            with shown.panel() as panel:
                assert panel.send("BA", "1").acknowledged


@pytest.mark.usefixtures("looks")
def test_that_evidence_that_cannot_be_kept_is_said_and_noted_once_and_again_when_it_can(site: Path, tmp_path: Path) -> None:
    with_cameras(site, ("synthetic", "wall"))
    with screen(site, tmp_path / "data") as shown:
        shown.sign_on()
        camera = CameraId("cam-1")
        shown.wait_for(lambda: shown.post.video.state(camera).sight is Sight.LIVE)
        folder = shown.post.folder.evidence
        shutil.rmtree(folder)
        folder.write_text("a file where the folder should be")
        for _try in range(2):
            shown.bridge.snapshot(camera)
            shown.wait_for(lambda: "evidence file cannot be kept" in shown.text_of("notice.sentence"))
            shown.window.notice.step_back()
        assert [(one.fault, one.active) for one in shown.told(FaultNoted) if one.fault == "evidence"] == [("evidence", True)]
        folder.unlink()
        shown.bridge.snapshot(camera)
        shown.wait_for(lambda: shown.told(EvidenceKept))
        assert [one.active for one in shown.told(FaultNoted) if one.fault == "evidence"] == [True, False]
