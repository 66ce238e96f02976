"""What the house still knows of a transmitter's parts and frames when its receiver starts."""

from collections.abc import Iterable, Mapping

from console.models.alarms import Alarm, Condition
from console.models.ids import PointId
from console.models.signals import Signal
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


def frames_kept(peer: Peer, recent: Iterable[Signal]) -> dict[bytes, tuple[Signal, ...]]:
    """Give the frames of a peer that are on disk already, oldest first, each with what it said then.

    A frame whose confirmation was lost with a former life of this console comes again, and must not be read by the memory
    that it has itself left behind: a fire would then be no news, and a reset none.
    """
    kept: dict[bytes, list[Signal]] = {}
    for signal in sorted(recent, key=lambda one: (one.received_at, one.id)):
        if signal.details.get("account") == str(peer.address) and signal.duplicate_of is None and signal.sequence:
            kept.setdefault(signal.raw, []).append(signal)
    return {raw: tuple(signals) for raw, signals in kept.items()}


def _bit_of(place: str, code: str) -> int | None:
    table: Mapping[int, states.Condition]
    table = states.DEVICE_BITS if place == DEVICE else states.PART_BITS if "." in place else states.SYSTEM_BITS
    name = "fire" if code == "gas" else code
    return next((bit for bit, condition in table.items() if condition.name == name), None)
