"""The real window while nothing can be recorded: every input is refused its answer, stands in the red bar, and is heard."""

import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from console.models.alarms import Alarm
from console.models.keeping import UNKEPT
from tests.bad_input.screens import Screen, screen
from tests.sources.wires import ALL_WIRES
from tests.stories.houses import FAULTS, INPUTS, House, site_of

pytestmark = [pytest.mark.usefixtures("looks"), pytest.mark.timeout(240)]


def told(shown: Screen) -> int:
    """How many alarms the red bar tells of: those it names, and those it counts."""
    lines = shown.text_of("record.alarms").splitlines()
    more = [int(found[1]) for line in lines if (found := re.fullmatch(r"and (\d+) more alarms?", line))]
    return len(lines) - len(more) + sum(more)


def heard(shown: Screen) -> dict[str, Alarm]:
    """Which inputs have an alarm that sounds from memory."""
    return {one.source: one for one in shown.window.sounder.waiting() if one.id.startswith(UNKEPT)}


@pytest.mark.expects_log("nothing can be recorded")
@pytest.mark.expects_log("recording works again")
@pytest.mark.expects_log("not on disk")
@pytest.mark.expects_log("the clocks stand still")
@pytest.mark.parametrize(("data", "fault"), [(name, name) for name in FAULTS], indirect=["data"])
def test_that_every_input_is_in_the_red_bar_and_heard_and_unanswered_until_it_is_recorded(
    tmp_path: Path, data: Path, fault: str
) -> None:
    breaks, sentence = FAULTS[fault]
    with ExitStack() as lives:
        wires = {kind: lives.enter_context(ALL_WIRES[kind]()) for kind in INPUTS}
        shown = lives.enter_context(screen(site_of(tmp_path / "site", wires), data))
        house = House(shown.post, wires)
        house.up()
        bar = shown.find("record")
        assert not bar.isVisible()
        with breaks(house, data):
            # All before one is waited for: a locked database is given five seconds each time, and what came meanwhile shares them.
            for kind in INPUTS:
                assert not house.ring(kind, 1), f"{kind} was answered, and is nowhere"
            shown.wait_for(lambda: set(heard(shown)) == set(INPUTS))
            shown.wait_for(lambda: told(shown) >= len(INPUTS))
            for kind in INPUTS:
                assert not house.ring(kind, 1)
            # What the desk was given before this it has tried when this is done, whether it could be or not.
            tried = house.post.desk.do(lambda _tx: None)
            shown.wait_for(tried.done)
            assert set(heard(shown)) == set(INPUTS)
            assert told(shown) == len(INPUTS), "what is said again is told once"
            assert bar.isVisible()
            assert bar.width() == shown.window.pages.width()
            shown.wait_for(lambda: sentence in shown.text_of("record.sentence"))
            assert house.kept.total() == 0
        for kind in INPUTS:
            house.ring_until_answered(kind, 1)
        shown.wait_for(lambda: not bar.isVisible())
        shown.wait_for(lambda: house.kept == dict.fromkeys(INPUTS, 1))
        assert house.alarms == dict.fromkeys(INPUTS, 1)
        # The real ones sound now in place of those from memory.
        shown.wait_for(lambda: not heard(shown))
        shown.wait_for(lambda: {one.source for one in shown.window.sounder.waiting()} >= set(INPUTS))
