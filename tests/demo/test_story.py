"""The pretend site rings over the real wire, for what its site folder says and nothing else."""

from collections.abc import Iterator

import pytest

from console.demo import lines, story
from console.models.alarms import AlarmClass
from console.models.ids import CameraId, MapId, PointId, SourceId
from console.models.signals import SignalKind
from console.models.site import Camera, CameraKind, Point, Site, SiteMap, SourceSetup, Spot
from console.models.text import Text
from console.sources import sia_dc09
from tests.sources.desk import Desk

FENCE = MapId("fence")
CAMERA = Camera(
    id=CameraId("east"),
    number=1,
    name=Text("东侧", "East"),
    kind=CameraKind.SYNTHETIC,
    address="fence",
    spot=Spot(map=FENCE, x=100, y=100, heading_deg=180),
    range_m=30,
)


def point(name: str, y: float, alarm_class: str = "intrusion", cameras: tuple[str, ...] = ("east",)) -> Point:
    return Point(
        id=PointId(name),
        name=Text(name, name),
        alarm_class=alarm_class,
        spot=Spot(map=FENCE, x=105, y=y),
        cameras=tuple(CameraId(camera) for camera in cameras),
    )


def site(**zones: str) -> Site:
    """A fence that runs down the map from a camera at its upper end; 5 pixels a metre, so that it looks at y = 150."""
    return Site(
        id="fence",
        name=Text("围墙", "Fence"),
        maps=(SiteMap(id=FENCE, name=Text(), file="fence.svg", metres_per_px=0.2),),
        cameras=(CAMERA,),
        points=(
            point("behind", 60),
            point("near", 140),
            point("far", 400),
            point("elsewhere", 150, cameras=("west",)),
            point("door", 150, alarm_class="access"),
        ),
        sources=(
            SourceSetup(
                id=SourceId("panel"),
                kind="sia_dc09",
                name=Text("主机", "Panel"),
                options={
                    "port": 0,
                    "accounts": [{"account": "1001", "poll_s": 60, "zones": zones}, {"account": "2001"}],
                },
            ),
            SourceSetup(id=SourceId("other"), kind="punch", name=Text(), options={}),
        ),
    )


ALL = {"z1": "behind", "z2": "near", "z3": "far", "z4": "elsewhere", "z5": "door", "z6": "nowhere"}


def test_that_the_beam_in_front_of_a_camera_is_the_nearest_one_that_brings_its_picture() -> None:
    zone = story.in_front_of(site(**ALL), CAMERA)
    assert zone is not None
    assert (zone.account, zone.number, zone.point.id) == ("1001", "z2", "near")


def test_that_a_camera_without_a_beam_has_nobody_to_ring_for_it() -> None:
    assert story.in_front_of(site(z4="elsewhere", z5="door"), CAMERA) is None


def test_that_only_the_zones_of_panels_whose_points_the_site_has_are_rung_for() -> None:
    assert [zone.number for zone in lines.zones_of(site(**ALL))] == ["z1", "z2", "z3", "z4", "z5"]


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


def test_that_the_fence_rings_when_somebody_is_on_top_of_it_and_falls_silent_after(desk: Desk) -> None:
    here = site(**{"1": "behind", "2": "near", "door-5": "door"})
    cues: list[tuple[CameraId, str]] = []

    def cue(camera: CameraId, name: str) -> None:
        assert not desk.signals, "the beam was broken before anybody climbed"
        cues.append((camera, name))

    with (
        sia_dc09.SPEC.start(here.sources[0], desk.context()) as running,
        story.play(
            here,
            address=lambda source: running.address() if source == "panel" else None,
            cue=cue,
            climb=story.Climb(camera=CAMERA.id, cue="climb", crossing_s=0.4),
            fence_at_s=0.5,
            broken_s=0.2,
        ),
    ):
        desk.wait(lambda: len(desk.signals) >= 2)
    assert cues == [("east", "climb")]
    assert [(one.point, one.code, one.kind) for one in desk.signals] == [
        ("near", "BA", SignalKind.ALARM),
        ("near", "BR", SignalKind.RESTORE),
    ]


def test_that_a_panel_rings_until_the_console_listens(desk: Desk) -> None:
    here = site(**{"2": "near"})
    heard: list[SourceId] = []
    with sia_dc09.SPEC.start(here.sources[0], desk.context()) as running:

        def address(source: SourceId) -> tuple[str, int] | None:
            heard.append(source)
            return running.address() if len(heard) > 2 else None  # nobody listens at first

        climb = story.Climb(camera=CAMERA.id, cue="climb", crossing_s=0.0)
        with story.play(here, address=address, cue=lambda *_: None, climb=climb, fence_at_s=0.0, again_s=0.05):
            desk.wait(lambda: desk.signals)
    assert desk.signals[0].code == "BA"
    assert not desk.duplicates


def test_that_doors_are_reported_as_doors_and_say_when_they_are_closed_again(desk: Desk) -> None:
    here = site(**{"door-5": "door"})
    later = (story.Trip(at_s=0.1, alarm_class=AlarmClass.ACCESS, lasts_s=0.2),)
    with (
        sia_dc09.SPEC.start(here.sources[0], desk.context()) as running,
        story.play(here, address=lambda _: running.address(), cue=lambda *_: None, climb=None, later=later),
    ):
        desk.wait(lambda: len(desk.signals) >= 2)
    assert [(one.point, one.code) for one in desk.signals] == [("door", "DF"), ("door", "DR")]
