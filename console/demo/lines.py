"""The lines by which the devices of the pretend site reach the console: each speaks its own protocol over the real wire.

A device and what it is called at its end are read from the site folder; nothing here knows the console.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from console.demo.fire import FIRE, NORMAL, FireTransmitter
from console.demo.panel import Dialler
from console.demo.webhook import post_webhook
from console.models.alarms import AlarmClass
from console.models.ids import PointId, SourceId
from console.models.site import Point, Site, SourceSetup

POLL_S: Final = 30.0
ANSWER_S: Final = 5.0
_DOOR: Final = "door-"

# What an intrusion panel says when a point of a class trips, and when it is well again (ANSI/SIA DC-03).
CODES: Final[Mapping[AlarmClass, tuple[str, str]]] = {
    AlarmClass.INTRUSION: ("BA", "BR"),
    AlarmClass.ACCESS: ("DF", "DR"),
    AlarmClass.FLOOD: ("WA", "WH"),
    AlarmClass.FIRE: ("FA", "FH"),
    AlarmClass.PANIC: ("PA", "PR"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A point as its device knows it: the device (`account`) and the name (`number`) it is reported under."""

    source: SourceId
    kind: str
    account: str
    number: str
    poll_s: float
    point: Point


def _panel(setup: SourceSetup) -> Iterator[tuple[str, float, Mapping[str, str]]]:
    for account in setup.options.get("accounts", ()):
        yield str(account["account"]), float(account.get("poll_s") or POLL_S), account.get("zones", {})


def _fire(setup: SourceSetup) -> Iterator[tuple[str, float, Mapping[str, str]]]:
    for one in setup.options.get("transmitters", ()):
        # It is heard well before it counts as silent.
        yield str(one["address"]), float(one.get("heartbeat_s") or POLL_S) / 2, one.get("parts", {})


def _doors(setup: SourceSetup) -> Iterator[tuple[str, float, Mapping[str, str]]]:
    for one in setup.options.get("endpoints", ()):
        yield str(one["path"]), float(one.get("heartbeat_s") or POLL_S) / 2, one.get("points", {})


_DEVICES: Final[Mapping[str, Callable[[SourceSetup], Iterator[tuple[str, float, Mapping[str, str]]]]]] = {
    "sia_dc09": _panel,
    "gb26875": _fire,
    "webhook": _doors,
}


def zones_of(site: Site) -> tuple[Zone, ...]:
    """Every point of the site that a device can ring for, in the order of the site folder."""
    points = {point.id: point for point in site.points}
    return tuple(
        Zone(source=setup.id, kind=setup.kind, account=account, number=str(number), poll_s=poll_s, point=points[PointId(point)])
        for setup in site.sources
        if setup.kind in _DEVICES
        for account, poll_s, named in _DEVICES[setup.kind](setup)
        for number, point in named.items()
        if PointId(point) in points
    )


class Line(Protocol):
    """One device's way to the console. Each word is said once and gives whether it was acknowledged."""

    def poll(self) -> bool: ...

    def tell(self, zone: Zone, alarm: bool) -> bool: ...

    def hang_up(self) -> None: ...


class _PanelLine:
    """An intrusion panel: SIA DC-09."""

    def __init__(self, where: tuple[str, int], account: str) -> None:
        self._dialler = Dialler(*where, account, timeout_s=ANSWER_S, attempts=1)

    def poll(self) -> bool:
        return self._dialler.poll().acknowledged

    def tell(self, zone: Zone, alarm: bool) -> bool:
        code = CODES[AlarmClass(zone.point.alarm_class)][0 if alarm else 1]
        return self._dialler.send(code, zone.number.removeprefix(_DOOR)).acknowledged

    def hang_up(self) -> None:
        self._dialler.hang_up()


class _FireLine:
    """A fire transmitter: GB/T 26875.3. A part is called "system type-system address-area.number"."""

    def __init__(self, where: tuple[str, int], account: str) -> None:
        self._transmitter = FireTransmitter(*where, int(account, 0), timeout_s=ANSWER_S, attempts=1)

    def poll(self) -> bool:
        return self._transmitter.heartbeat().confirmed

    def tell(self, zone: Zone, alarm: bool) -> bool:
        kind, address, rest = zone.number.split("-")
        area, number = rest.split(".")
        told = self._transmitter.part(
            FIRE | NORMAL if alarm else NORMAL,
            zone.point.name.zh,
            system=(int(kind), int(address)),
            area=int(area),
            number=int(number),
        )
        return told.confirmed

    def hang_up(self) -> None:
        self._transmitter.hang_up()


class _DoorLine:
    """The server of the doors: it posts JSON."""

    def __init__(self, where: tuple[str, int], account: str) -> None:
        self._where, self._path = where, account

    def poll(self) -> bool:
        """It posts when a door speaks, and never else."""
        return True

    def tell(self, zone: Zone, alarm: bool) -> bool:
        return self._post({"point": zone.number, "state": "alarm" if alarm else "restore", "class": zone.point.alarm_class})

    def _post(self, notice: Mapping[str, str]) -> bool:
        return post_webhook(self._where, self._path, notice, key=uuid.uuid4().hex, timeout_s=ANSWER_S).kept

    def hang_up(self) -> None:
        """Each notice has a connection of its own."""


_LINES: Final[Mapping[str, Callable[[tuple[str, int], str], Line]]] = {
    "sia_dc09": _PanelLine,
    "gb26875": _FireLine,
    "webhook": _DoorLine,
}


class Lines:
    """All lines of the site: one a device, opened when it is first needed. `address` gives where a source listens."""

    def __init__(self, address: Callable[[SourceId], tuple[str, int] | None]) -> None:
        self._address = address
        self._open: dict[tuple[SourceId, str], Line] = {}

    def poll(self, zone: Zone) -> bool:
        """Say that the zone's device is there; False while nobody acknowledges it."""
        return self._say(zone, lambda line: line.poll())

    def tell(self, zone: Zone, alarm: bool) -> bool:
        """Say that a zone rings, or is well again; False while nobody acknowledges it."""
        return self._say(zone, lambda line: line.tell(zone, alarm))

    def hang_up(self) -> None:
        """Close all lines."""
        for line in self._open.values():
            line.hang_up()
        self._open.clear()

    def _say(self, zone: Zone, say: Callable[[Line], bool]) -> bool:
        key = (zone.source, zone.account)
        where = self._address(zone.source)
        if where is None:
            return False
        # One try a time: the act asks for another turn, and the story stays free to end.
        line = self._open.setdefault(key, _LINES[zone.kind](where, zone.account))
        if say(line):
            return True
        self._open.pop(key).hang_up()  # the console may listen at another port when it is back
        return False
