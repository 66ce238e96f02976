"""The response panel on a real desk: keys lead from the offer to the closed case."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from console.bridge import Bridge, Surroundings
from console.bus import Bus
from console.models.alarms import Alarm, Means
from console.models.clock import FakeClock
from console.models.incidents import Incident, IncidentState, Verdict
from console.models.people import Role, SignOn
from console.models.site import Contact
from console.models.telling import Told
from console.models.text import Text
from console.services import alarms, contacts, incidents, queries
from console.services.desk import Desk, Ground
from console.views.panels.response.panel import ResponsePanel
from tests.records import open_record
from tests.services.cases import PLAN, SITE, signal


class NoPictures:
    """A feed with nothing to show; the response panel never looks at it."""

    def want(self, *_args: Any) -> None: ...
    def latest(self, *_args: Any) -> None: ...


@pytest.fixture
def bridge(qapp: Any, tmp_path: Path, clock: FakeClock) -> Iterator[Bridge]:
    """A bridge over a real desk on a real record, with somebody at the keyboard."""
    with (
        open_record(tmp_path / "data", clock=clock) as store,
        Desk(store, Ground(site=SITE, plans=(PLAN,)), clock, Bus()) as desk,
    ):
        made = Bridge(
            desk,
            Surroundings(
                feed=NoPictures(),  # type: ignore[arg-type]
                seat="1",
                site_dir=tmp_path,
                data_dir=tmp_path,
                take_snapshot=lambda *_a: Future(),
                print_report=lambda *_a: Future(),
            ),
        )
        made.take_keyboard(
            SignOn(id="s", person="p-op", name="李值班", role=Role.OPERATOR, seat="1", on_at=clock.now())  # type: ignore[arg-type]
        )
        yield made
        made.close()


@pytest.fixture
def panel(qtbot: Any, bridge: Bridge) -> ResponsePanel:
    """The panel in a window of its own, as wide as it is beside the wall."""
    made = ResponsePanel(bridge)
    made.resize(460, 620)
    qtbot.addWidget(made)
    made.show()
    return made


def raised(qtbot: Any, bridge: Bridge, panel: ResponsePanel, point: str = "beam-1") -> Any:
    alarm = bridge._desk.do(alarms.receive, signal(point)).result()
    panel.show_alarm(alarm)
    qtbot.waitUntil(lambda: child(panel, f"response.plan.{PLAN.id}") is not None)
    return alarm


def child(panel: QWidget, name: str) -> Any:
    found = [one for one in panel.findChildren(QWidget, name) if one.isVisibleTo(panel)]
    return found[-1] if found else None


def step(panel: ResponsePanel) -> str:
    label = child(panel, "response.step")
    return label.text() if isinstance(label, QLabel) else ""


def test_that_an_alarm_offers_the_plan_that_fits_it(qtbot: Any, bridge: Bridge, panel: ResponsePanel) -> None:
    raised(qtbot, bridge, panel)
    button = child(panel, f"response.plan.{PLAN.id}")
    assert isinstance(button, QPushButton)
    assert "Perimeter intrusion" in button.text()


def test_that_the_whole_case_is_handled_by_keys_alone(qtbot: Any, bridge: Bridge, panel: ResponsePanel) -> None:
    raised(qtbot, bridge, panel)
    assert panel.proceed()
    qtbot.waitUntil(lambda: step(panel) == "Look")
    assert not panel.proceed(), "an observed state is never assumed"
    assert panel.choose(1)
    qtbot.waitUntil(lambda: step(panel) == "Send")
    assert panel.proceed()
    qtbot.waitUntil(lambda: step(panel) == "Call")
    assert "13800000000" in child(panel, "response.phone").text()
    assert panel.proceed()
    qtbot.waitUntil(lambda: step(panel) == "Note")
    assert panel.proceed()
    qtbot.waitUntil(lambda: step(panel) == "" and child(panel, "response.close") is not None)
    assert panel.choose(1)
    assert panel.proceed()
    qtbot.waitUntil(lambda: child(panel, "response.report") is not None)
    (case,) = bridge._desk.ask(lambda rx: rx.find(Incident)).result()
    assert case.state is IncidentState.CLOSED
    assert case.verdict is Verdict.REAL_INTRUSION


def test_that_a_closed_case_stays_for_its_report_when_its_alarms_leave_the_queue_until_it_is_put_away(
    qtbot: Any, bridge: Bridge, panel: ResponsePanel
) -> None:
    alarm = raised(qtbot, bridge, panel)
    case = bridge._desk.do(incidents.open_for, alarm.id, by=bridge.actor).result()
    bridge._desk.do(alarms.acknowledge, alarm.id, by=bridge.actor).result()
    bridge._desk.do(incidents.close, case.id, verdict=Verdict.DRILL, by=bridge.actor).result()
    qtbot.waitUntil(lambda: child(panel, "response.report") is not None)
    panel.show_alarm(None)  # the queue has lost what was chosen
    assert child(panel, "response.report") is not None
    wanted: list[bool] = []
    panel.wanted.connect(wanted.append)
    assert panel.choose(2)
    assert child(panel, "response.report") is None
    assert wanted[-1] is False


def test_that_an_alarm_is_offered_with_its_plan_before_anybody_has_touched_a_key(
    qtbot: Any, bridge: Bridge, panel: ResponsePanel
) -> None:
    wanted: list[bool] = []
    panel.wanted.connect(wanted.append)
    bridge._desk.do(alarms.receive, signal("beam-1")).result()
    qtbot.waitUntil(lambda: child(panel, f"response.plan.{PLAN.id}") is not None)
    assert wanted[-1] is True
    assert panel.proceed()
    qtbot.waitUntil(lambda: step(panel) == "Look")


def test_that_what_is_offered_gives_way_to_what_was_chosen(qtbot: Any, bridge: Bridge, panel: ResponsePanel) -> None:
    first = raised(qtbot, bridge, panel)
    second = bridge._desk.do(alarms.receive, signal("beam-2")).result()
    qtbot.waitUntil(lambda: second.id in panel._cases.alarms)
    subject = panel._cases.subject()
    assert subject is not None
    assert subject.id == first.id
    panel.show_alarm(second)
    subject = panel._cases.subject()
    assert subject is not None
    assert subject.id == second.id


def test_that_nearest_post_is_offered_first_with_its_distance(qtbot: Any, bridge: Bridge, panel: ResponsePanel) -> None:
    raised(qtbot, bridge, panel)
    panel.proceed()
    qtbot.waitUntil(lambda: step(panel) == "Look")
    panel.choose(1)
    qtbot.waitUntil(lambda: child(panel, "response.post.near") is not None)
    assert "10 m" in child(panel, "response.post.near").text()


def test_that_a_false_verdict_waits_for_its_cause(qtbot: Any, bridge: Bridge, panel: ResponsePanel) -> None:
    raised(qtbot, bridge, panel)
    panel.proceed()
    qtbot.waitUntil(lambda: step(panel) == "Look")
    panel.choose(2)
    qtbot.waitUntil(lambda: step(panel) == "Note")
    panel.proceed()
    qtbot.waitUntil(lambda: child(panel, "response.close") is not None)
    panel.choose(3)
    assert not child(panel, "response.close").isEnabled()
    qtbot.keyClicks(child(panel, "response.cause"), "wind")
    assert child(panel, "response.close").isEnabled()


def test_that_a_skip_asks_for_the_reason_on_the_spot(qtbot: Any, bridge: Bridge, panel: ResponsePanel) -> None:
    raised(qtbot, bridge, panel)
    panel.proceed()
    qtbot.waitUntil(lambda: step(panel) == "Look")
    qtbot.mouseClick(child(panel, "response.skip"), Qt.MouseButton.LeftButton)
    reason = child(panel, "response.skip_reason")
    qtbot.keyClick(reason, Qt.Key.Key_Return)
    assert step(panel) == "Look"
    qtbot.keyClicks(reason, "camera offline")
    qtbot.keyClick(reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: step(panel) == "Send")


def test_that_the_countdown_says_in_words_when_time_is_over(
    qtbot: Any, bridge: Bridge, panel: ResponsePanel, clock: FakeClock
) -> None:
    raised(qtbot, bridge, panel)
    panel.proceed()
    qtbot.waitUntil(lambda: step(panel) == "Look")
    assert child(panel, "response.countdown").text() == "00:30 left"
    clock.advance(42)
    panel.refresh()
    assert child(panel, "response.countdown").text() == "Over time by 00:12"


def test_that_a_bigger_alarm_keeps_the_place_of_the_running_plan(
    qtbot: Any, bridge: Bridge, panel: ResponsePanel
) -> None:
    raised(qtbot, bridge, panel)
    panel.proceed()
    qtbot.waitUntil(lambda: step(panel) == "Look")
    other = bridge._desk.do(alarms.receive, signal("ups")).result()
    panel.show_alarm(other)
    assert step(panel) == ""
    frozen = child(panel, "response.other.2026-0001")
    assert "00:30" in frozen.text()
    qtbot.mouseClick(frozen, Qt.MouseButton.LeftButton)
    assert step(panel) == "Look"


def test_that_a_panel_opened_later_stands_where_the_run_stands(qtbot: Any, bridge: Bridge, panel: ResponsePanel) -> None:
    raised(qtbot, bridge, panel)
    panel.proceed()
    qtbot.waitUntil(lambda: step(panel) == "Look")
    panel.choose(1)
    qtbot.waitUntil(lambda: step(panel) == "Send")
    other = ResponsePanel(bridge)
    qtbot.addWidget(other)
    qtbot.waitUntil(lambda: bool(bridge._desk.ask(queries.active_runs).result()) and step(other) == "Send")


def test_that_nobody_at_the_keyboard_is_told_to_sign_on(qtbot: Any, bridge: Bridge, panel: ResponsePanel) -> None:
    raised(qtbot, bridge, panel)
    bridge.take_keyboard(None)
    with qtbot.waitSignal(bridge.refused) as caught:
        panel.proceed()
    assert "Sign on" in caught.args[0].en


@pytest.mark.parametrize("width_px", [380, 460, 700])
def test_that_every_verdict_can_be_read_in_a_narrow_panel(
    qtbot: Any, bridge: Bridge, panel: ResponsePanel, width_px: int
) -> None:
    alarm = raised(qtbot, bridge, panel)
    bridge._desk.do(incidents.open_for, alarm.id, by=bridge.actor).result()
    bridge._desk.do(alarms.acknowledge, alarm.id, by=bridge.actor).result()
    qtbot.waitUntil(lambda: child(panel, "response.close_now") is not None)
    child(panel, "response.close_now").click()
    closing = panel._body
    panel.resize(width_px, 620)
    qtbot.waitUntil(lambda: closing.width() < width_px)
    buttons = closing._group.buttons()
    qtbot.waitUntil(lambda: all(one.width() >= one.sizeHint().width() for one in buttons))
    assert all(one.geometry().right() < closing.width() for one in buttons)


def test_that_a_case_is_closed_with_what_is_known_and_how_one_knows(
    qtbot: Any, bridge: Bridge, panel: ResponsePanel
) -> None:
    alarm = raised(qtbot, bridge, panel)
    case = bridge._desk.do(incidents.open_for, alarm.id, by=bridge.actor).result()
    bridge._desk.do(alarms.acknowledge, alarm.id, by=bridge.actor).result()
    qtbot.waitUntil(lambda: child(panel, "response.close_now") is not None)
    child(panel, "response.close_now").click()
    closing = panel._body
    assert closing.choose(1)
    assert not closing.how.isHidden()
    assert closing.level.value == 3, "a real alarm is at least a threat to property, unless one says otherwise"
    closing.level.choose(4)
    closing.how.choose(2)
    assert panel.proceed()
    qtbot.waitUntil(lambda: child(panel, "response.report") is not None)
    verified = bridge._desk.ask(lambda rx: rx.get(Alarm, alarm.id)).result().verified
    assert (verified.level, verified.how, verified.false_alarm) == (4, Means.ON_SITE, False)
    assert case.verdict is None


def test_that_a_false_alarm_is_verified_as_one_and_a_drill_says_nothing(
    qtbot: Any, bridge: Bridge, panel: ResponsePanel
) -> None:
    alarm = raised(qtbot, bridge, panel)
    bridge._desk.do(incidents.open_for, alarm.id, by=bridge.actor).result()
    bridge._desk.do(alarms.acknowledge, alarm.id, by=bridge.actor).result()
    qtbot.waitUntil(lambda: child(panel, "response.close_now") is not None)
    child(panel, "response.close_now").click()
    closing = panel._body
    closing.choose(8)
    assert closing.verdict() is Verdict.DRILL
    assert closing.how.isHidden()
    closing.choose(2)
    assert closing.level.isHidden()
    closing.cause.setText("steam from the kitchen")
    assert panel.proceed()
    qtbot.waitUntil(lambda: child(panel, "response.report") is not None)
    assert bridge._desk.ask(lambda rx: rx.get(Alarm, alarm.id)).result().verified.false_alarm


# ------------------------------------------------------------------------------------------------ whom to tell
@pytest.fixture
def calling(qtbot: Any, bridge: Bridge) -> ResponsePanel:
    """The panel of a site whose fence names two people."""
    people = (*SITE.contacts, Contact(id="office", name=Text("物业办公室", "Property office"), phone="0755 200", role="property"))
    places = tuple(replace(place, notify=("leader", "office")) for place in SITE.places)
    bridge._desk.ground = replace(bridge._desk.ground, site=replace(SITE, contacts=people, places=places))
    made = ResponsePanel(bridge)
    made.resize(460, 700)
    qtbot.addWidget(made)
    made.show()
    return made


def count(panel: ResponsePanel) -> str:
    made = child(panel, "response.told_count")
    return str(made.text()) if made is not None else ""


def digit(qtbot: Any, panel: ResponsePanel, name: str, key: Qt.Key) -> None:
    qtbot.keyClick(child(panel, f"response.told.call_{name}"), key)


def test_that_who_is_to_be_told_stands_above_the_plan_and_is_ticked_by_keys(
    qtbot: Any, bridge: Bridge, calling: ResponsePanel
) -> None:
    alarm = raised(qtbot, bridge, calling)
    assert count(calling) == "2 to be told"
    qtbot.waitUntil(lambda: child(calling, "response.told_phone.office") is not None)
    assert child(calling, "response.told_phone.office").text() == "0755 200"
    assert calling.tell()
    digit(qtbot, calling, "contact", Qt.Key.Key_2)
    digit(qtbot, calling, "result", Qt.Key.Key_1)
    qtbot.keyClick(child(calling, "response.told.call_words"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: count(calling) == "1 to be told")
    qtbot.waitUntil(lambda: child(calling, "response.told_state.office") is not None)
    assert "Told" in child(calling, "response.told_state.office").text()
    assert child(calling, "response.told_phone.office") is None
    told = bridge._desk.ask(contacts.live).result()[alarm.id]
    assert [(one.contact, one.result) for one in told] == [("office", Told.TOLD)]


def test_that_who_else_was_told_needs_a_name_and_may_have_been_earlier(
    qtbot: Any, bridge: Bridge, calling: ResponsePanel
) -> None:
    alarm = raised(qtbot, bridge, calling)
    assert calling.tell()
    digit(qtbot, calling, "contact", Qt.Key.Key_1)
    digit(qtbot, calling, "result", Qt.Key.Key_3)
    said = child(calling, "response.told.call_words")
    qtbot.keyClick(said, Qt.Key.Key_Return)
    assert "Say who" in child(calling, "response.told.form_says").text()
    said.setText("-5 the deputy")
    qtbot.keyClick(said, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: count(calling) == "1 to be told")
    (told,) = bridge._desk.ask(contacts.live).result()[alarm.id]
    assert (told.note, bridge.clock.now() - told.told_at) == ("the deputy", timedelta(minutes=5))


def test_that_a_real_case_asks_for_those_who_were_not_told_and_a_false_one_does_not(
    qtbot: Any, bridge: Bridge, calling: ResponsePanel
) -> None:
    alarm = raised(qtbot, bridge, calling)
    bridge._desk.do(alarms.acknowledge, alarm.id, by=bridge.actor).result()
    bridge._desk.do(incidents.open_for, alarm.id, by=bridge.actor).result()
    qtbot.waitUntil(lambda: child(calling, "response.close_now") is not None)
    child(calling, "response.close_now").click()
    qtbot.waitUntil(lambda: child(calling, "response.close") is not None)
    assert calling.choose(2)
    assert child(calling, "response.untold") is None
    assert calling.choose(1)
    assert "Property office" in child(calling, "response.untold_title").text()
    assert not child(calling, "response.close").isEnabled()
    child(calling, "response.untold").setText("it is night")
    assert calling.proceed()
    qtbot.waitUntil(lambda: child(calling, "response.report") is not None)
    (case,) = bridge._desk.ask(lambda rx: rx.find(Incident)).result()
    assert case.state is IncidentState.CLOSED
    assert count(calling) == "All told"


def test_that_where_nobody_is_to_be_told_nothing_is_shown_and_asked(qtbot: Any, bridge: Bridge, panel: ResponsePanel) -> None:
    raised(qtbot, bridge, panel)
    assert child(panel, "response.told") is None
    assert not panel.tell()


def test_that_esc_leaves_the_form_and_gives_the_keyboard_back(qtbot: Any, bridge: Bridge, calling: ResponsePanel) -> None:
    raised(qtbot, bridge, calling)
    assert not calling.leave()
    assert calling.tell()
    with qtbot.waitSignal(calling.finished):
        assert calling.leave()
