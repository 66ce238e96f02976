"""The demonstration site and the shipped plans hold no mistake, in the eyes of everything this console has."""

import re
from pathlib import Path

import pytest
import yaml

from console import resources
from console.demo.lines import zones_of
from console.models.alarms import AlarmClass
from console.models.site import CameraKind, PostKind
from console.site_folder import SiteFolder, read_site
from tests.site.sites import kinds

SITE = resources.path("demo/site")


@pytest.fixture(scope="module")
def demo() -> SiteFolder:
    """The demonstration site, in the eyes of everything this console has."""
    return read_site(SITE, **kinds())


def test_that_the_demonstration_site_holds_no_mistake(demo: SiteFolder) -> None:
    assert [mistake.in_language("en") for mistake in demo.mistakes] == []


def test_that_the_demonstration_site_has_what_the_story_needs(demo: SiteFolder) -> None:
    site = demo.site
    assert site is not None
    assert len(site.cameras) == 16
    assert {camera.kind for camera in site.cameras} == {CameraKind.SYNTHETIC}
    assert {post.kind for post in site.posts} == set(PostKind)
    assert next(post for post in site.posts if post.kind is PostKind.MONITORING).min_staff == 2
    assert [len(route.stops) for route in site.routes] == [8]
    assert {"110", "119", "120"} <= {contact.phone for contact in site.contacts}
    assert {source.kind for source in site.sources} == {"sia_dc09", "gb26875", "webhook", "punch", "video_rules"}
    assert [shift.start for shift in site.shifts] == ["08:00", "20:00"]
    ruled = [rule.point for camera in site.cameras for rule in camera.rules]
    assert ruled == ["video-east"]


def test_that_everything_of_the_demonstration_site_has_a_name_in_both_languages(demo: SiteFolder) -> None:
    assert demo.site is not None
    for section in ("places", "maps", "cameras", "points", "posts", "checkpoints", "routes", "contacts", "equipment"):
        for thing in getattr(demo.site, section):
            assert thing.name.zh, thing
            assert thing.name.en, thing


def test_that_every_camera_and_post_stands_on_a_map_and_every_life_point_has_a_plan(demo: SiteFolder) -> None:
    site = demo.site
    assert site is not None
    assert all(camera.spot and camera.place for camera in site.cameras)
    assert all(post.spot for post in site.posts)
    for point in site.points:
        assert point.spot, point.id
        assert point.post, point.id
        if point.alarm_class in {"fire", "panic", "intrusion"}:
            assert point.plan, point.id


def test_that_every_point_is_reached_by_one_device(demo: SiteFolder) -> None:
    assert demo.site is not None
    zones = [zone.point.id for zone in zones_of(demo.site)]
    assert sorted(zones) == sorted(point.id for point in demo.site.points if point.id != "video-east")
    ports = [source.options["port"] for source in demo.site.sources if source.kind != "video_rules"]
    assert set(ports) == {0}  # two demonstrations on one machine


def test_that_no_password_is_shipped() -> None:
    for file in SITE.glob("*.yaml"):
        assert not re.search(r"^\s*password:", file.read_text(encoding="utf-8"), re.MULTILINE), file


def test_that_plans_are_shipped_for_fire_and_for_intrusion(demo: SiteFolder) -> None:
    plans = {plan.id: plan for plan in demo.plans}
    assert AlarmClass.FIRE in plans["fire"].classes
    assert AlarmClass.INTRUSION in plans["perimeter_intrusion"].classes
    assert [step.id for step in plans["fire"].steps][:5] == [
        "send",
        "what_is_seen",
        "on_the_spot",
        "linkage",
        "call_119",
    ]
    for plan in plans.values():
        assert len(plan.digest) == 64
        kinds = {step.kind for step in plan.steps}
        assert {"confirm", "question", "dispatch", "call", "note"} == kinds


def test_that_every_limit_of_the_shipped_plans_names_its_source(demo: SiteFolder) -> None:
    for plan in demo.plans:
        for step in plan.steps:
            assert step.due_s is None or step.source, f"{plan.id}/{step.id}"


def test_that_nobody_has_to_type_before_a_fire_is_reported(demo: SiteFolder) -> None:
    fire = next(plan for plan in demo.plans if plan.id == "fire")
    order = [step.id for step in fire.steps]
    before = fire.steps[: order.index("call_119")]
    assert all(step.kind in {"dispatch", "confirm"} for step in before)


def test_that_the_intrusion_plan_warns_of_what_guards_may_not_do(demo: SiteFolder) -> None:
    plan = next(plan for plan in demo.plans if plan.id == "perimeter_intrusion")
    warnings = "".join(step.warning.zh for step in plan.steps)
    for forbidden in ("限制人身自由", "搜身", "暴力", "扣押"):
        assert forbidden in warnings


def test_that_the_maps_use_only_what_qt_can_draw() -> None:
    known = {"svg", "title", "g", "rect", "path", "circle", "text"}
    for file in (SITE / "maps").glob("*.svg"):
        tags = set(re.findall(r"<([a-zA-Z]+)", file.read_text(encoding="utf-8")))
        assert tags <= known, file.name


def test_that_any_yaml_reader_can_read_the_site() -> None:
    for file in [*SITE.glob("*.yaml"), *Path(resources.path("plans")).glob("*.yaml")]:
        assert isinstance(yaml.safe_load(file.read_text(encoding="utf-8")), dict)
