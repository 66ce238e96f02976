"""The console comes back, and says of every source and alarm only what it knows: nothing, until it is heard again."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from console.models.alarms import Alarm, Condition, State
from console.models.site import SourceSetup
from console.services import queries
from tests.bad_input.screens import Screen, screen
from tests.sources.wires import ALL_WIRES
from tests.stories.houses import House, site_of

pytestmark = [pytest.mark.usefixtures("looks"), pytest.mark.timeout(240)]
QUIET = tuple(kind for kind in ALL_WIRES if kind not in ("punch", "onvif_events"))  # a camera is asked, and answers at once


def known(house: House) -> dict[str, tuple[Condition, State]]:
    """What is said of the alarms of each input."""
    found: tuple[Alarm, ...] = house.ask(lambda rx: rx.find(Alarm, closed_at=None))
    return {one.source: (one.condition, one.state) for one in found if not one.point.startswith("source:")}


def waits(shown: Screen, setup: SourceSetup) -> bool:
    """Whether the status line says that a source was not heard yet."""
    return f"{setup.name.en}: Not heard yet" in shown.find("status.sources").toolTip().splitlines()


def test_that_after_a_restart_nothing_is_claimed_of_a_source_before_it_is_heard(tmp_path: Path, data: Path) -> None:
    with ExitStack() as lives:
        wires = {kind: lives.enter_context(ALL_WIRES[kind]()) for kind in QUIET}
        site = site_of(tmp_path / "site", wires)
        with screen(site, data) as shown:
            house = House(shown.post, wires)
            house.up(QUIET)
            for kind in QUIET:
                house.ring_until_answered(kind, 1)
            house.wait(lambda: known(house).keys() == set(QUIET), "not every input is in alarm")
            before = known(house)
            assert Condition.UNKNOWN not in {condition for condition, _state in before.values()}
            shown.wait_for(lambda: not any(waits(shown, setup) for setup in shown.post.desk.ground.site.sources))
        with screen(site, data) as shown:
            house = House(shown.post, wires)
            house.up(QUIET)
            active = {kind for kind, (condition, _state) in before.items() if condition is Condition.ACTIVE}
            assert active
            house.wait(
                lambda: all(known(house)[kind][0] is Condition.UNKNOWN for kind in active), f"claimed is {known(house)}"
            )
            assert {kind: state for kind, (_c, state) in known(house).items()} == {kind: state for kind, (_c, state) in before.items()}
            sources = {setup.id: setup for setup in shown.post.desk.ground.site.sources}
            shown.wait_for(lambda: all(waits(shown, setup) for setup in sources.values()))
            assert all(one.waits for one in house.ask(queries.source_states))
            # What is unknown sounds on.
            shown.wait_for(lambda: active <= {one.source for one in shown.window.sounder.waiting()})
            for kind in QUIET:
                house.ring_until_answered(kind, 2)
                shown.wait_for(lambda kind=kind: not waits(shown, sources[kind]))  # type: ignore[misc]
                house.wait(lambda kind=kind: Condition.UNKNOWN not in known(house)[kind], f"{kind} is heard")  # type: ignore[misc]
