"""The duty log is written, written afterwards, and corrected; nothing is ever changed. Faults are noted once."""

from datetime import timedelta

import pytest

from console.models.errors import NotPermitted, Refused
from console.models.events import EntryWritten, FaultNoted
from console.models.ids import EntryId
from console.models.incidents import EntryKind, LogEntry
from console.models.people import Role
from console.models.text import Text
from console.services import faults, log
from tests.services.post import PostInHand, actor

DISK = Text("磁盘空间不足。", "The disk is nearly full.")


def test_that_a_line_belongs_to_its_shift_and_its_writer(post: PostInHand) -> None:
    li = post.enter("li")
    post.sign_on(li)
    entry = post.do(log.write, "  北门灯不亮  ", by=actor(li))
    assert (entry.text, entry.by, entry.shift) == ("北门灯不亮", li.id, post.shift().id)
    assert entry.happened_at == entry.written_at == post.clock.now()


def test_that_a_late_entry_keeps_both_times(post: PostInHand) -> None:
    li = actor(post.enter("li"))
    earlier = post.clock.now() - timedelta(minutes=20)
    entry = post.do(log.write, "电话来访", kind=EntryKind.CALL, happened_at=earlier, by=li)
    assert (entry.happened_at, entry.written_at) == (earlier, post.clock.now())


def test_that_a_correction_names_the_line_and_leaves_it(post: PostInHand) -> None:
    li, wang = actor(post.enter("li")), actor(post.enter("wang"))
    wrong = post.do(log.write, "车牌 A123", happened_at=post.clock.now() - timedelta(hours=1), by=li)
    post.pass_time(minutes=5)
    right = post.do(log.correct, wrong.id, "车牌 A128", by=wang)
    assert (right.kind, right.corrects, right.happened_at) == (EntryKind.CORRECTION, wrong.id, wrong.happened_at)
    assert post.find(LogEntry, id=wrong.id) == (wrong,)
    again = post.do(log.correct, right.id, "车牌 B128", by=li)
    assert again.corrects == right.id
    with pytest.raises(Refused, match="same"):
        post.do(log.correct, again.id, "车牌 B128 ", by=li)


@pytest.mark.parametrize("text", ["", "   \n", "x" * 4001])
def test_that_a_line_has_words_and_an_end(post: PostInHand, text: str) -> None:
    with pytest.raises(Refused):
        post.do(log.write, text, by=actor(post.enter("li")))
    assert not post.told(EntryWritten)


def test_that_nothing_happens_in_the_future_and_no_correction_hangs_in_the_air(post: PostInHand) -> None:
    li = actor(post.enter("li"))
    with pytest.raises(Refused, match="future"):
        post.do(log.write, "x", happened_at=post.clock.now() + timedelta(minutes=2), by=li)
    slightly = post.do(log.write, "x", happened_at=post.clock.now() + timedelta(seconds=30), by=li)
    assert slightly.happened_at == slightly.written_at
    with pytest.raises(Refused, match="name the line"):
        post.do(log.write, "x", kind=EntryKind.CORRECTION, by=li)
    with pytest.raises(NotPermitted):
        post.do(log.correct, EntryId(slightly.id), "y", by=actor(post.enter("admin", Role.ADMINISTRATOR)))


def test_that_a_fault_is_noted_when_it_begins_and_when_it_is_over(post: PostInHand) -> None:
    assert post.do(faults.note, "disk", DISK, {"free_gb": 1.5})
    for _ in range(3):
        assert not post.do(faults.note, "disk", DISK)
    assert post.do(faults.note, "sound", DISK)
    assert [fault.fault for fault in post.ask(faults.standing, ("disk", "sound", "bug"))] == ["disk", "sound"]
    post.pass_time(minutes=10)
    assert post.do(faults.clear, "disk", DISK)
    assert not post.do(faults.clear, "disk", DISK)
    assert [(event.fault, event.active) for event in post.told(FaultNoted)] == [
        ("disk", True),
        ("sound", True),
        ("disk", False),
    ]
    assert post.told(FaultNoted)[-1].details["lasted_s"] == 600
    assert post.do(faults.note, "disk", DISK)
