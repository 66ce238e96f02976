"""The post's own troubles stand in the queue, once each, and end when the trouble does."""

from console.models.alarms import Alarm, AlarmClass, Condition, Priority
from console.models.ids import PointId
from console.models.people import Actor
from console.models.text import Text
from console.services import due, duty, faults, own_alarms
from console.services.disk import FAULT as DISK
from tests.services.post import PostInHand, actor

FULL = Text("磁盘只剩 1 GB", "Only 1 GB is left on the disk")


def live(post: PostInHand) -> list[Alarm]:
    return list(post.find(Alarm, source=own_alarms.SOURCE, closed_at=None))


def test_that_a_fault_of_the_console_is_one_alarm_however_often_it_is_looked_at(post: PostInHand) -> None:
    post.do(faults.note, DISK, FULL)
    for _look in range(3):
        post.do(own_alarms.reconcile)
    [alarm] = live(post)
    assert (alarm.alarm_class, alarm.priority, alarm.count) == (AlarmClass.SYSTEM, Priority.MEDIUM, 1)
    assert "1 GB" in alarm.title.zh


def test_that_it_ends_with_the_fault_and_rings_anew_with_the_next(post: PostInHand) -> None:
    for _turn in range(2):
        post.do(faults.note, DISK, FULL)
        post.do(own_alarms.reconcile)
        assert live(post)[0].condition is Condition.ACTIVE
        post.do(faults.clear, DISK, FULL)
        post.do(own_alarms.reconcile)
        assert live(post)[0].condition is Condition.NORMAL


def test_that_a_fault_that_wants_nobody_stays_out_of_the_queue(post: PostInHand) -> None:
    post.do(faults.note, "font", FULL)
    assert post.do(own_alarms.reconcile) == ()


def test_that_one_person_alone_on_watch_is_an_alarm_until_a_second_one_comes(post: PostInHand) -> None:
    zhang, li = post.enter("zhang"), post.enter("li")
    post.sign_on(zhang)
    assert post.do(own_alarms.reconcile) == (), "a crew signs on one by one"
    post.pass_time(minutes=3)
    look = own_alarms.watch()
    for _turn in range(own_alarms.LOOK_EVERY_TURNS):
        post.do(look)
    [alarm] = live(post)
    assert alarm.point == f"own:{duty.SECOND_PERSON}"
    post.sign_on(li, "seat-2")
    post.do(own_alarms.reconcile)
    assert live(post)[0].condition is Condition.NORMAL


def crew(post: PostInHand) -> Actor:
    zhang, li = post.enter("zhang"), post.enter("li")
    post.sign_on(zhang)
    post.sign_on(li, "seat-2")
    return actor(zhang)


def test_that_a_duty_nobody_did_in_time_rings_until_it_is_done(post: PostInHand) -> None:
    zhang = crew(post)
    post.do(due.tick)
    post.pass_time(hours=2)
    post.do(due.tick)
    post.do(own_alarms.reconcile)
    overdue = {alarm.point for alarm in live(post) if alarm.condition is Condition.ACTIVE}
    assert f"own:{due.LOG_ENTRY}/{due.POST}" in overdue
    post.do(due.done, post.item(due.LOG_ENTRY).id, by=zhang)
    post.do(own_alarms.reconcile)
    still = {alarm.point for alarm in live(post) if alarm.condition is Condition.ACTIVE}
    assert f"own:{due.LOG_ENTRY}/{due.POST}" not in still


def test_that_what_stood_before_a_kill_is_ended_after_it(post: PostInHand) -> None:
    post.do(faults.note, DISK, FULL)
    post.do(own_alarms.reconcile)
    post.do(faults.clear, DISK, FULL)
    # Killed here: nobody heard of it.
    post.do(own_alarms.reconcile)
    assert live(post)[0].condition is Condition.NORMAL


def test_that_what_is_wrong_with_recording_as_a_whole_has_a_name() -> None:
    from console.models.linkage import linked_point
    from tests.services.post import SITE

    named = linked_point(SITE, PointId("recording:disk/main"))
    assert named is not None
    assert named.name == Text("录像", "Recording")
