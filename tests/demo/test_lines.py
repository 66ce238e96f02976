"""The devices of the pretend site speak their own protocols over the real wire, for what the site folder says of them."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from console.demo.lines import Lines, zones_of
from console.models.ids import PointId, SourceId
from console.models.signals import SignalKind
from console.models.site import Point, Site, SourceSetup
from console.models.text import Text
from console.sources import gb26875, sia_dc09, webhook
from tests.sources.desk import PATIENCE_S, Desk

KINDS: dict[str, tuple[ModuleType, dict[str, Any], str]] = {
    "sia_dc09": (sia_dc09, {"accounts": [{"account": "1001", "zones": {"7": "spot"}}]}, "intrusion"),
    "gb26875": (gb26875, {"transmitters": [{"address": "2001", "parts": {"1-1-3.4": "spot"}}]}, "fire"),
    "webhook": (webhook, {"endpoints": [{"path": "/doors", "points": {"door-1": "spot"}}]}, "access"),
}


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


def site(kind: str) -> Site:
    _module, options, alarm_class = KINDS[kind]
    return Site(
        id="s",
        name=Text("站", "Site"),
        points=(Point(id=PointId("spot"), name=Text("三楼烟感", "Smoke, floor 3"), alarm_class=alarm_class),),
        sources=(SourceSetup(id=SourceId("device"), kind=kind, name=Text(), options={"port": 0, **options}),),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_that_a_device_rings_for_its_point_and_says_when_it_is_well_again(kind: str, desk: Desk) -> None:
    here = site(kind)
    [zone] = zones_of(here)
    with KINDS[kind][0].SPEC.start(here.sources[0], desk.context()) as running:
        lines = Lines(lambda _source: running.address(PATIENCE_S))
        assert lines.poll(zone)
        assert lines.tell(zone, True)
        assert lines.tell(zone, False)
        lines.hang_up()
    kinds = [(one.point, one.kind) for one in desk.signals if one.kind in (SignalKind.ALARM, SignalKind.RESTORE)]
    assert kinds == [("spot", SignalKind.ALARM), ("spot", SignalKind.RESTORE)]


@pytest.mark.parametrize("kind", ["sia_dc09", "gb26875", "webhook"])
def test_that_nobody_who_listens_is_no_end_of_a_device(kind: str) -> None:
    [zone] = zones_of(site(kind))
    assert not Lines(lambda _source: None).tell(zone, True)
