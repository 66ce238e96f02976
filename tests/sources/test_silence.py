"""Silence of three heartbeats is a fault, whatever the kind of source."""

import asyncio
from collections.abc import Callable

from console.models.clock import FakeClock
from console.models.ids import SourceId
from console.models.signals import SourceHealth
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources.health import Health
from console.sources.silence import WHOLE, Silence, whole_source

SOURCE = SourceSetup(id=SourceId("gate"), kind="mqtt", name=Text("东门", "Gate"))


class House:
    """What a source tells, and the clock by which it tells it."""

    def __init__(self) -> None:
        self.told: list[SourceHealth] = []
        self.hear: Callable[[], None] = lambda: None
        self.clock = FakeClock()
        self.health = Health(SOURCE.id, self.clock, self._tell)
        self.silence = Silence(self.health, self.clock)

    def _tell(self, health: SourceHealth) -> None:
        self.told.append(health)
        self.hear()

    @property
    def problems(self) -> list[str]:
        return [problem.name for problem in self.told[-1].problems] if self.told else []


def test_that_a_whole_source_is_silent_after_three_heartbeats_and_well_when_heard() -> None:
    house = House()
    house.silence.watch(WHOLE, whole_source(SOURCE), 20)
    house.clock.advance(60)
    house.silence.look()
    assert house.problems == []
    house.clock.advance(0.1)
    house.silence.look()
    assert house.problems == ["silent"]
    assert house.told[-1].problems[0].deaf
    assert house.told[-1].sentence_en == (
        "Nothing was heard of the source Gate for more than 60 s. Check its power and network."
    )
    house.silence.heard()
    assert house.problems == []


def test_that_each_device_has_its_own_clock_and_speaks_for_the_source() -> None:
    house = House()
    house.silence.watch(WHOLE, whole_source(SOURCE), 10)
    for device in ("a", "b"):
        house.silence.watch(device, Text(f"设备 {device}", f"device {device}"), 10)
    for _ in range(4):
        house.clock.advance(10)
        house.silence.heard("a")
        house.silence.look()
    assert house.problems == ["silent b"]


def test_that_what_is_forgotten_is_no_longer_missed() -> None:
    house = House()
    house.silence.watch("a", Text("设备", "device"), 10)
    house.clock.advance(31)
    house.silence.look()
    assert house.problems == ["silent a"]
    house.silence.forget("a")
    house.silence.look()
    assert house.problems == []


def test_that_nothing_is_expected_of_who_has_no_heartbeat() -> None:
    house = House()
    house.silence.watch("a", Text("设备", "device"), 0)
    house.clock.advance(1e9)
    house.silence.look()
    assert house.told == []


def test_that_looking_goes_on_until_it_is_stopped() -> None:
    house = House()
    house.silence.watch("a", Text("设备", "device"), 10)
    house.clock.advance(31)

    async def look() -> None:
        stop, told = asyncio.Event(), asyncio.Event()
        house.hear = told.set
        looking = asyncio.create_task(house.silence.keep_looking(stop, every_s=0.001))
        async with asyncio.timeout(5):
            await told.wait()
        stop.set()
        await asyncio.wait_for(looking, 5)

    asyncio.run(look())
    assert house.problems == ["silent a"]
