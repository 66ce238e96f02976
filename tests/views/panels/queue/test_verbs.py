"""What may be done to an alarm: only what the table and the rights allow is offered, and every verb works by keys alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from console.bridge import Bridge
from console.models.alarms import Action, AlarmClass, Means, Priority, State, actions_for
from console.models.events import AlarmChanged
from console.models.ids import PersonId
from console.models.people import Actor, Role, SignOn
from console.models.suppression import Suppression
from console.models.text import Text
from console.services import passwords
from console.services.queue import claim
from console.views.asking import Choices
from console.views.panels.queue.panel import QueuePanel
from console.views.panels.queue.verbs import BY_NAME, VERBS, offered, parking_spans
from tests.views.panels.queue.test_alarms_model import alarm, taken
from tests.views.posts import Seat

LEADER = Actor(person=PersonId("p-zhang"), name="张伟", role=Role.LEADER, seat="1")
OPERATOR = Actor(person=PersonId("p-li"), name="李娜", role=Role.OPERATOR, seat="1")
ADMINISTRATOR = Actor(person=PersonId("p-chen"), name="陈晨", role=Role.ADMINISTRATOR, seat="1")
SECOND_PASSWORD = "Second-person-2026"


@pytest.fixture
def queue(qtbot: Any, seat: Seat) -> QueuePanel:
    seat.take_keyboard()
    made = QueuePanel(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1400, 420)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def refused(seat: Seat) -> list[Text]:
    said: list[Text] = []
    seat.bridge.refused.connect(said.append)
    return said


def type_keys(qtbot: Any, *keys: Qt.Key | str) -> None:
    """Press keys where the keyboard is."""
    for key in keys:
        here = QApplication.focusWidget()
        assert here is not None
        qtbot.keyClicks(here, key) if isinstance(key, str) else qtbot.keyClick(here, key)


def find(queue: QWidget, kind: type[Any], name: str) -> Any:
    found = queue.findChild(kind, name)
    assert found is not None, name
    return found


def chosen(qtbot: Any, queue: QueuePanel, alarm_id: Any) -> None:
    qtbot.waitUntil(lambda: queue.model.row_of(alarm_id) >= 0)
    assert queue.table.choose(alarm_id)


def names(one: Any, actor: Actor) -> set[str]:
    return {verb.name for verb in offered(one, actor)}


def test_that_nothing_is_offered_that_the_table_forbids() -> None:
    by_action = {
        "acknowledge": Action.ACKNOWLEDGE,
        "verify": Action.VERIFY,
        "claim": Action.CLAIM,
        "hand_over": Action.HAND_TO,
        "park": Action.PARK,
        "unpark": Action.UNPARK,
        "shelve": Action.SHELVE,
        "cut_loose": Action.CUT_LOOSE,
        "bring_back": Action.BRING_BACK,
    }
    for alarm_class in AlarmClass:
        for priority in Priority:
            for fields in ({}, {"acknowledged": taken()}, {"cause": "x"}):
                one = alarm("a", alarm_class=alarm_class, priority=priority, **fields)
                for verb in names(one, LEADER) & by_action.keys():
                    assert by_action[verb] in actions_for(one), (alarm_class, priority, verb)


def test_that_each_role_is_offered_what_its_rights_carry() -> None:
    door = alarm("a", alarm_class=AlarmClass.ACCESS, priority=Priority.MEDIUM)
    assert {"shelve", "take_out"} <= names(door, LEADER)
    assert not {"shelve", "take_out"} & names(door, OPERATOR)
    assert names(door, ADMINISTRATOR) == set()


def test_that_a_life_class_is_never_offered_for_shelving() -> None:
    assert "shelve" not in names(alarm("a", alarm_class=AlarmClass.FIRE, priority=Priority.LOW), LEADER)
    assert parking_spans(Priority.CRITICAL, 7200) == ()
    assert parking_spans(Priority.HIGH, 1800) == (15, 30)


def test_that_every_verb_has_a_method_or_a_deed_and_a_reason_why_not(queue: QueuePanel) -> None:
    for verb in VERBS:
        assert verb.why_not.zh
        assert verb.why_not.en
        if verb.name == "acknowledge_group":
            assert callable(queue._deeds.acknowledge_group)
        elif verb.name not in ("acknowledge", "open_plan"):
            assert callable(getattr(queue._deeds, f"_{verb.name}"))


def test_that_a_key_that_does_not_fit_says_why(qtbot: Any, queue: QueuePanel, seat: Seat, refused: list[Text]) -> None:
    assert queue.shelve()
    assert "F1" in refused[-1].en
    fire = seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    chosen(qtbot, queue, fire.id)
    queue.shelve()
    assert refused[-1] == BY_NAME["shelve"].why_not
    assert queue.line.isHidden()


def test_that_an_alarm_is_verified_by_digits(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    beam = seat.ring("beam-east-2")
    chosen(qtbot, queue, beam.id)
    assert queue.verify()
    type_keys(qtbot, "3")
    type_keys(qtbot, "2")
    note = find(queue, QLineEdit, "queue.verify_note")
    assert note.hasFocus()
    type_keys(qtbot, "two people at the fence", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: seat.alarm(beam.id).verified is not None)
    verified = seat.alarm(beam.id).verified
    assert (verified.level, verified.how, verified.note) == (3, Means.ON_SITE, "two people at the fence")
    qtbot.waitUntil(lambda: queue.table.chosen().verification == 3)
    assert "3 Threat to property" in {mark.text for mark in queue.model.says.marks(queue.table.chosen())}


def test_that_a_false_alarm_is_told_by_one_digit(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    beam = seat.ring("beam-east-2")
    chosen(qtbot, queue, beam.id)
    queue.verify()
    type_keys(qtbot, "5", "1", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: seat.alarm(beam.id).verified is not None)
    assert seat.alarm(beam.id).verified.false_alarm
    assert seat.alarm(beam.id).verification == 0


def test_that_an_alarm_is_handed_to_a_colleague_by_number_and_let_go(
    qtbot: Any, queue: QueuePanel, seat: Seat, refused: list[Text]
) -> None:
    beam = seat.ring("beam-east-2")
    chosen(qtbot, queue, beam.id)
    queue.hand_over()
    qtbot.waitUntil(lambda: bool(refused))
    assert "Nobody else" in refused[-1].en
    colleague = SignOn(
        id="s-li", person=PersonId("p-li"), name="李娜", role=Role.OPERATOR, seat="2", on_at=seat.clock.now()
    )
    seat.desk.do(lambda tx: tx.put(colleague)).result()
    queue.hand_over()
    qtbot.waitUntil(lambda: queue.line.asked is not None)
    type_keys(qtbot, "1", "look at the north gate", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: seat.alarm(beam.id).owner is not None)
    owner = seat.alarm(beam.id).owner
    assert (owner.person, owner.seat, owner.note) == ("p-li", "2", "look at the north gate")
    qtbot.waitUntil(lambda: queue.table.chosen().owner is not None)
    assert "李娜" in queue.model.says.state(queue.table.chosen())
    queue.let_go()
    qtbot.waitUntil(lambda: seat.alarm(beam.id).owner is None)


def test_that_an_alarm_is_parked_with_a_reason_and_the_same_key_ends_it(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    water = seat.ring("x-water", alarm_class="flood", priority=2)
    chosen(qtbot, queue, water.id)
    queue.acknowledge()
    qtbot.waitUntil(lambda: queue.table.chosen().acknowledged is not None)
    queue.park()
    type_keys(qtbot, "1", "plumber comes at four", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: seat.alarm(water.id).parked is not None)
    assert (seat.alarm(water.id).parked.until_at - seat.clock.now()).total_seconds() == 900
    qtbot.waitUntil(lambda: queue.table.chosen().parked is not None)
    assert queue.model.says.state(queue.table.chosen()).startswith("Parked until")
    queue.park()
    qtbot.waitUntil(lambda: seat.alarm(water.id).parked is None)


def test_that_what_still_signals_is_reset_only_with_words_and_a_second_person(
    qtbot: Any, queue: QueuePanel, seat: Seat, refused: list[Text]
) -> None:
    seat.desk.do(_give_password).result()
    beam = seat.ring("beam-east-2")
    chosen(qtbot, queue, beam.id)
    queue.acknowledge()
    qtbot.waitUntil(lambda: queue.table.chosen().acknowledged is not None)
    queue.reset()
    type_keys(qtbot, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_Return)
    assert queue.line.asked is not None, "no words, no reset"
    type_keys(qtbot, "walked along the fence, nobody", Qt.Key.Key_Return)
    type_keys(qtbot, "li", Qt.Key.Key_Return, "wrong", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(refused))
    assert seat.alarm(beam.id).closed_at is None
    seat.clock.advance(30)
    queue.reset()
    type_keys(qtbot, "walked along the fence, nobody", Qt.Key.Key_Return)
    type_keys(qtbot, "li", Qt.Key.Key_Return, SECOND_PASSWORD, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: seat.alarm(beam.id).closed_at is not None)
    reset = seat.alarm(beam.id).reset
    assert (reset.checked_on_site, reset.second) == (True, "p-li")
    assert find(queue, QWidget, "queue.form").findChild(QLineEdit, "queue.reset_password") is None


def _give_password(tx: Any) -> None:
    from console.models.people import Account

    tx.put(Account(person=PersonId("p-li"), login="li", password_hash=passwords.hashed(SECOND_PASSWORD)))


def test_that_a_point_is_taken_out_of_service_by_a_rule(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    door = seat.ring("door-b3-back", alarm_class="access", priority=3)
    chosen(qtbot, queue, door.id)
    queue.take_out()
    type_keys(qtbot, "1", "1", "1", "contact is being replaced", Qt.Key.Key_Return, "2026-0007", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: seat.alarm(door.id).state is State.OUT_OF_SERVICE)
    (rule,) = seat.desk.ask(lambda rx: rx.find(Suppression)).result()
    assert (rule.points, rule.order, rule.owner) == (("door-b3-back",), "2026-0007", "p-zhang")


def test_that_whoever_takes_a_ringing_life_alarm_out_reads_that_it_sounds_on(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    beam = seat.ring("beam-east-2")
    chosen(qtbot, queue, beam.id)
    queue.take_out()
    assert queue.line.asked is not None
    assert "sounds on until somebody acknowledges" in queue.line.asked.title
    type_keys(qtbot, "1", "1", "1", "beam is being adjusted", Qt.Key.Key_Return, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(seat.desk.ask(lambda rx: rx.find(Suppression)).result()))
    assert seat.alarm(beam.id).hiding is None


def test_that_esc_leaves_a_form_and_nothing_is_done(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    door = seat.ring("door-b3-back", alarm_class="access", priority=3)
    chosen(qtbot, queue, door.id)
    queue.shelve()
    assert queue.line.asked is not None
    assert queue.leave()
    assert queue.line.asked is None
    assert queue.table.hasFocus()
    assert seat.alarm(door.id).hiding is None
    assert not queue.leave()


def test_that_of_two_seats_that_claim_at_once_one_has_it_and_the_other_is_told(qtbot: Any, queue: QueuePanel, seat: Seat) -> None:
    beam = seat.ring("beam-east-2")
    chosen(qtbot, queue, beam.id)
    second = Bridge(seat.desk, seat.bridge.surroundings)
    second.take_keyboard(
        SignOn(id="s-li", person=PersonId("p-li"), name="李娜", role=Role.OPERATOR, seat="2", on_at=seat.clock.now())
    )
    other = QueuePanel(second)
    qtbot.addWidget(other)
    told: list[Text] = []
    for bridge in (seat.bridge, second):
        bridge.refused.connect(told.append)
    chosen(qtbot, other, beam.id)
    assert queue.claim()
    assert other.claim()
    qtbot.waitUntil(lambda: bool(told))
    owner = seat.alarm(beam.id).owner
    assert owner.person == "p-zhang"
    assert "张伟" in told[0].en
    assert len(told) == 1
    other.hide()
    second.close()
    second.deleteLater()


def test_that_right_and_left_open_and_fold_and_a_consequence_is_cut_loose(
    qtbot: Any, queue: QueuePanel, seat: Seat
) -> None:
    power = seat.ring("x-power", alarm_class="power", priority=3)
    seat.clock.advance(3)
    lost = seat.ring("x-cam", alarm_class="comms", priority=4)
    qtbot.waitUntil(lambda: queue.model.total == 2)
    qtbot.waitUntil(lambda: queue.model.rowCount() == 1)
    assert queue.next_alarm()
    assert queue.unfold()
    assert [row.id for row in queue.model.rows] == [power.id, lost.id]
    queue.table.choose(lost.id)
    assert queue.fold()
    assert queue.table.chosen().id == power.id
    assert queue.model.rowCount() == 1
    assert queue.acknowledge()
    qtbot.waitUntil(lambda: queue.table.chosen().acknowledged is not None)
    assert queue.next_alarm(), "F1 goes into what is folded"
    assert queue.table.chosen().id == lost.id
    assert queue.cut_loose()
    qtbot.waitUntil(lambda: seat.alarm(lost.id).cause is None)
    qtbot.waitUntil(lambda: not queue.model.row(queue.model.row_of(lost.id)).child)


def folded(qtbot: Any, queue: QueuePanel, seat: Seat) -> tuple[Any, list[Any]]:
    """A power failure with what follows from it: a fault of high priority, three lines of low, and one a colleague has."""
    power = seat.ring("x-power", alarm_class="power", priority=3)
    seat.clock.advance(3)
    below = [seat.ring("x-ups", alarm_class="fault", priority=2)]
    below += [seat.ring(f"x-line{n}", alarm_class="comms", priority=4) for n in range(4)]
    li = Actor(person=PersonId("p-li"), name="李娜", role=Role.OPERATOR, seat="2")
    seat.desk.do(claim, below[-1].id, by=li).result()
    qtbot.waitUntil(lambda: queue.model.total == 6)
    qtbot.waitUntil(lambda: queue.model.rowCount() == 1)
    qtbot.waitUntil(lambda: queue.model.get(below[-1].id).owner is not None)
    return power, below


def test_that_a_fold_is_acknowledged_as_one_after_a_question_that_says_what_it_covers(
    qtbot: Any, queue: QueuePanel, seat: Seat
) -> None:
    power, below = folded(qtbot, queue, seat)
    changed: list[AlarmChanged] = []
    seat.bridge.on(AlarmChanged, changed.append)
    chosen(qtbot, queue, power.id)
    offer = find(queue, QPushButton, "queue.acknowledge_group")
    qtbot.waitUntil(offer.isVisible)
    assert "(5)" in offer.text()
    assert queue.acknowledge_group()
    title = find(queue, QLabel, "queue.form_title").text()
    assert "5 alarms" in title
    assert "1 not" in title
    covers = find(queue, Choices, "queue.acknowledge_group_covers")
    assert [button.text() for button in covers.findChildren(QPushButton)] == [
        "1   High 1 · Medium 1 · Low 3",
        "2   Medium 1 · Low 3",
    ]
    type_keys(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: seat.alarm(below[-2].id).acknowledged is not None)
    done = [power, *below[:-1]]
    assert all(seat.alarm(one.id).acknowledged.by == seat.alarm(one.id).owner.person == "p-zhang" for one in done)
    assert seat.alarm(below[-1].id).acknowledged is None, "a colleague's"
    leases = {seat.alarm(one.id).acknowledged.lease_until_at - seat.clock.now() for one in done}
    assert leases == {timedelta(seconds=600), timedelta(seconds=1800)}, "each by its own priority"
    qtbot.waitUntil(lambda: len(changed) == 5)
    assert sorted(event.alarm.id for event in changed) == sorted(one.id for one in done), "one line each"
    assert {event.action for event in changed} == {Action.ACKNOWLEDGE}


def test_that_of_a_fold_only_the_calmer_part_may_be_taken_and_esc_takes_none(
    qtbot: Any, queue: QueuePanel, seat: Seat
) -> None:
    power, below = folded(qtbot, queue, seat)
    chosen(qtbot, queue, power.id)
    assert queue.unfold()
    chosen(qtbot, queue, below[1].id)
    assert queue.acknowledge_group(), "also from a row below"
    type_keys(qtbot, Qt.Key.Key_Escape)
    assert queue.line.leave()
    assert seat.alarm(power.id).acknowledged is None
    assert queue.acknowledge_group()
    type_keys(qtbot, "2")
    qtbot.waitUntil(lambda: all(seat.alarm(one.id).acknowledged for one in (power, *below[1:-1])))
    assert seat.alarm(below[0].id).acknowledged is None, "the high one waits for somebody to look at it"


def test_that_life_in_a_fold_is_never_acknowledged_with_the_rest(
    qtbot: Any, queue: QueuePanel, seat: Seat, refused: list[Text]
) -> None:
    fire = seat.ring("smoke-b3-electrical", alarm_class="fire", priority=1)
    seat.clock.advance(3)
    spread = seat.ring("smoke-b3-west", alarm_class="fire", priority=1)
    qtbot.waitUntil(lambda: queue.model.total == 2)
    queue._take_in(replace(spread, cause=fire.id, rev=spread.rev + 1))
    qtbot.waitUntil(lambda: queue.model.rowCount() == 1)
    assert len(queue.model.members(fire.id)) == 2, "a fire may stand under a fire"
    chosen(qtbot, queue, fire.id)
    assert queue.acknowledge_group()
    assert refused[-1] == BY_NAME["acknowledge_group"].why_not
    assert queue.line.asked is None
    assert not find(queue, QPushButton, "queue.acknowledge_group").isVisible()
    assert all(seat.alarm(one.id).acknowledged is None for one in (fire, spread))


def test_that_what_became_worse_while_the_question_stood_is_left_and_that_is_said(
    qtbot: Any, queue: QueuePanel, seat: Seat, refused: list[Text]
) -> None:
    power, below = folded(qtbot, queue, seat)
    chosen(qtbot, queue, power.id)
    assert queue.acknowledge_group()
    seat.ring("x-line0", alarm_class="comms", priority=1)
    type_keys(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(refused))
    assert "4 acknowledged; 1 have changed" in refused[-1].en
    assert seat.alarm(below[1].id).acknowledged is None
