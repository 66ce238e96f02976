"""Whatever breaks, no alarm is lost: the whole console with all its inputs at once, and each thing that breaks for real.

At every point an answered signal is on record once, and what could not be put there was not answered, is shown and sounded
from memory, and appears once when it can be recorded.
"""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bench.kill import campaign_of_inputs
from console.models.alarms import Alarm
from console.models.events import FaultNoted, SignalReceived, event_from
from tests.stories.houses import FAULTS, INPUTS, PATIENCE_S, SteppedClock, opened


@pytest.mark.timeout(240)
@pytest.mark.expects_log("nothing can be recorded")
@pytest.mark.expects_log("recording works again")
@pytest.mark.expects_log("not on disk")
@pytest.mark.expects_log("the clocks stand still")
@pytest.mark.parametrize(("data", "fault"), [(name, name) for name in FAULTS], indirect=["data"])
def test_that_what_cannot_be_recorded_is_not_answered_but_shown_and_recorded_once_later(
    tmp_path: Path, data: Path, fault: str
) -> None:
    breaks, sentence = FAULTS[fault]
    with opened(tmp_path, data) as house:
        house.ring_all(1)
        with breaks(house, data):
            answered = [kind for kind in INPUTS if house.ring(kind, 2)]
            assert answered == [], "answered, and not on record"
            shown = {kind for kind in INPUTS if kind in {one.source for one in house.unkept.values()}}
            house.wait(
                lambda: {one.source for one in house.unkept.values()} >= set(INPUTS), f"only {shown} are shown from memory"
            )
            assert house.states[-1].failing_since_at is not None
            assert house.states[-1].sentence.en.startswith(sentence)
            assert house.kept == Counter(dict.fromkeys(INPUTS, 1))
        house.ring_all(2)
        house.wait(lambda: house.states[-1].failing_since_at is None, "the record never said that it works again")
        house.wait(lambda: house.kept == Counter(dict.fromkeys(INPUTS, 2)), f"on record are {house.kept}")
        assert house.alarms == Counter(dict.fromkeys(INPUTS, 2))
        assert {one.count for one in house.ask(lambda rx: rx.find(Alarm)) if one.source in INPUTS and one.cause is None} == {1}


# ------------------------------------------------------------------------------------------------ lines and brokers
@pytest.mark.timeout(240)
def test_that_cut_cables_and_restarted_brokers_and_cameras_lose_and_double_nothing(tmp_path: Path, data: Path) -> None:
    with opened(tmp_path, data) as house:
        house.ring_all(1)
        for turn in (2, 3):
            for kind in INPUTS:
                address = house.post.sources[kind].address(0.0)  # type: ignore[index]
                house.wires[kind].cut(address[1] if address else 0)
            house.ring_all(turn)
        house.wait(lambda: house.kept == Counter(dict.fromkeys(INPUTS, 3)), f"on record are {house.kept}")
        assert house.alarms == Counter(dict.fromkeys(INPUTS, 3))


@pytest.mark.timeout(400)
def test_that_killing_the_console_at_any_instant_loses_and_doubles_nothing_on_any_input(tmp_path: Path) -> None:
    found = campaign_of_inputs(tmp_path, kills=5)
    assert all(number > 0 for number in found.acknowledged.values()), found.acknowledged
    assert len(found.acknowledged) == 4
    assert (found.missing, found.doubled) == (0, 0), found.which


# ------------------------------------------------------------------------------------------------ clocks
@pytest.mark.timeout(240)
def test_that_a_clock_that_steps_changes_neither_order_nor_number_and_fails_no_test_signal(
    tmp_path: Path, data: Path
) -> None:
    clock = SteppedClock()
    with opened(tmp_path, data, clock) as house:
        assert house.post.inputs is not None
        house.ring_all(1)
        for number, step_h in ((2, -1), (3, 2), (4, -1)):
            clock.ahead += timedelta(hours=step_h)
            house.ring_all(number)
            for kind in INPUTS:
                if kind != "onvif_events":  # it has no probe
                    seen = house.post.inputs.canaries.send(cast(Any, kind)).result(PATIENCE_S)
                    assert seen.received_at is not None, f"the test signal of {kind} failed after a step of {step_h} h"
        house.wait(lambda: house.kept == Counter(dict.fromkeys(INPUTS, 4)), f"on record are {house.kept}")
        assert house.alarms == Counter(dict.fromkeys(INPUTS, 4))
        lines = house.ask(lambda rx: list(rx.journal(kinds=(SignalReceived.__name__, FaultNoted.__name__))))
        assert [line.seq for line in lines] == sorted(line.seq for line in lines)
        told = [event_from(line) for line in lines]
        order = [str(event.signal.point) for event in told if isinstance(event, SignalReceived)]
        panel = [point for point in order if point.startswith("dc09:")]
        assert [point.rpartition("/")[2] for point in panel] == sorted(point.rpartition("/")[2] for point in panel)
        assert not [one for one in house.ask(lambda rx: rx.find(Alarm)) if one.code == "CANARY"]
