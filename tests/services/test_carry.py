"""What stays unfinished does not quietly grow old."""

from console.models.duty import DueItem, DueState
from console.services import carry
from tests.services.cases import LEADER, OPERATOR, Bench


def test_that_what_was_handed_on_too_often_goes_to_the_supervisor(bench: Bench) -> None:
    kept = bench.do(carry.add, "2号楼门磁松动", by=OPERATOR)
    for _shift in range(4):
        bench.do(carry.hand_on, by=OPERATOR)
    assert bench.ask(lambda rx: rx.find(DueItem, kind="carry_over")) == ()
    bench.do(carry.hand_on, by=OPERATOR)
    bench.do(carry.hand_on, by=OPERATOR)
    (told,) = bench.ask(lambda rx: rx.find(DueItem, kind="carry_over"))
    assert told.ref == kept.id
    assert "2号楼门磁松动" in told.title.zh


def test_that_closing_it_takes_it_off_the_due_list(bench: Bench) -> None:
    kept = bench.do(carry.add, "2号楼门磁松动", by=OPERATOR)
    for _shift in range(5):
        bench.do(carry.hand_on, by=OPERATOR)
    bench.do(carry.close, kept.id, "已更换门磁", by=LEADER)
    (told,) = bench.ask(lambda rx: rx.find(DueItem, kind="carry_over"))
    assert told.state is DueState.CANCELLED
