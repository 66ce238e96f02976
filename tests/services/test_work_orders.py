"""One fault is one order: opened once, told for repair, over, and closed by a person with what was done."""

import pytest

from console.models.errors import ConsoleError, NotPermitted
from console.models.events import WorkOrderChanged
from console.models.people import Actor, Role
from console.models.text import Text
from console.models.work_orders import WorkOrder, WorkOrderKind, WorkOrderState
from console.services import work_orders
from tests.services.post import PostInHand, actor

TITLE = Text("大门摄像机画面冻结", "The picture of the gate camera is frozen")
SUBJECT = "camera:cam-1/frozen"


def opened(post: PostInHand, subject: str = SUBJECT) -> WorkOrder:
    return post.do(work_orders.open_order, WorkOrderKind.CAMERA, subject, TITLE)


@pytest.fixture
def li(post: PostInHand) -> Actor:
    return actor(post.enter("li"))


def test_that_a_fault_that_is_told_again_and_again_is_one_order(post: PostInHand) -> None:
    first = opened(post)
    assert [opened(post).id for _ in range(3)] == [first.id] * 3
    assert len(post.told(WorkOrderChanged)) == 1
    assert opened(post, "camera:cam-2/frozen").number == "2026-0002"


def test_that_an_order_is_to_be_reported_within_the_time_of_the_setting(post: PostInHand) -> None:
    post.set(work_report_within_s=1800.0)
    order = opened(post)
    assert order.due_at is not None
    assert (order.due_at - order.opened_at).total_seconds() == 1800


def test_that_an_order_says_how_long_the_fault_lasted(post: PostInHand, li: Actor) -> None:
    order = opened(post)
    post.pass_time(minutes=20)
    over = post.do(work_orders.over, SUBJECT)
    assert over.state is WorkOrderState.OVER
    post.pass_time(hours=2)
    closed = post.do(work_orders.close, order.id, "restarted", by=li)
    assert (closed.over_at - closed.opened_at).total_seconds() == 1200
    assert closed.closed_by == li.person


def test_that_a_fault_that_comes_back_before_its_order_is_closed_opens_it_again(post: PostInHand, li: Actor) -> None:
    order = opened(post)
    post.do(work_orders.report, order.id, "the electrician", by=li)
    post.do(work_orders.over, SUBJECT)
    again = opened(post)
    assert (again.id, again.state, again.over_at) == (order.id, WorkOrderState.REPORTED, None)


def test_that_a_fault_after_its_order_was_closed_is_a_new_order(post: PostInHand, li: Actor) -> None:
    order = opened(post)
    post.do(work_orders.close, order.id, "cable", by=li)
    assert opened(post).id != order.id


def test_that_only_the_console_and_people_who_write_the_log_open_and_close_orders(post: PostInHand) -> None:
    order = opened(post)
    administrator = actor(post.enter("chen", Role.ADMINISTRATOR))
    with pytest.raises(NotPermitted):
        post.do(work_orders.close, order.id, "done", by=administrator)
    with pytest.raises(NotPermitted):
        post.do(work_orders.open_order, WorkOrderKind.BY_HAND, "by_hand:1", TITLE, by=administrator)


@pytest.mark.parametrize("verb", [work_orders.report, work_orders.close])
def test_that_nothing_is_reported_or_closed_without_a_word(post: PostInHand, li: Actor, verb: object) -> None:
    order = opened(post)
    with pytest.raises(ConsoleError):
        post.do(verb, order.id, "  ", by=li)
    assert post.find(WorkOrder)[0] == order


def test_that_a_closed_order_stays_closed(post: PostInHand, li: Actor) -> None:
    order = opened(post)
    post.do(work_orders.close, order.id, "cable", by=li)
    for verb in (work_orders.report, work_orders.close):
        with pytest.raises(ConsoleError):
            post.do(verb, order.id, "again", by=li)


def test_that_a_month_holds_every_order_that_stood_open_in_it(post: PostInHand, li: Actor) -> None:
    order = opened(post)
    post.pass_time(days=40)
    second = opened(post, "camera:cam-2/covered")
    post.do(work_orders.close, order.id, "cable", by=li)
    of = {month: [one.id for one in post.ask(work_orders.of_month, month)] for month in ("2026-02", "2026-03", "2026-04")}
    assert of == {"2026-02": [], "2026-03": [order.id], "2026-04": [order.id, second.id]}
    with pytest.raises(ConsoleError):
        post.ask(work_orders.of_month, "March")
