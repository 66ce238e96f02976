"""What the house still knows of a transmitter's parts when its receiver starts."""

from collections.abc import Iterable, Mapping

from console.models.alarms import Alarm, Condition
from console.models.ids import PointId
from console.sources.gb26875 import states
from console.sources.gb26875.setup import DEVICE, Peer


def recalled(peer: Peer, live: Iterable[Alarm]) -> dict[str, int]:
    """Give the state bits that the live alarms of a peer stand for, by place."""
    places = {point: place for place, point in peer.parts.items()}
    memory: dict[str, int] = {}
    for alarm in live:
        point = alarm.point
        ending = f"/{alarm.code}"
        bare = point.removesuffix(ending)
        own = f"gb26875:{peer.address}/"
        place = places.get(PointId(bare)) or (bare.removeprefix(own) if bare.startswith(own) else None)
        if place is None or alarm.condition is not Condition.ACTIVE:
            continue
        bit = _bit_of(place, alarm.code)
        if bit is not None:
            memory[place] = memory.get(place, 0) | 1 << bit
    return memory


def _bit_of(place: str, code: str) -> int | None:
    table: Mapping[int, states.Condition]
    table = states.DEVICE_BITS if place == DEVICE else states.PART_BITS if "." in place else states.SYSTEM_BITS
    name = "fire" if code == "gas" else code
    return next((bit for bit, condition in table.items() if condition.name == name), None)
