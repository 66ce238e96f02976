"""The piece of a map that is printed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage

from console.models.alarms import Alarm
from console.models.site import SiteMap, Spot
from console.views.panels.map.drawing import Drawing
from console.views.panels.map.excerpt import _area, map_excerpt
from tests.views.map import posts

SIZE = (600, 400)
RED = QColor("#c9232b")


@pytest.fixture
def campus(post: posts.Post) -> SiteMap:
    return next(one for one in post.bridge.site.maps if one.id == "campus")


def picture(png: bytes | None) -> QImage:
    assert png is not None
    assert png.startswith(b"\x89PNG")
    image = QImage.fromData(png)
    assert (image.width(), image.height()) == SIZE
    return image


def reds(image: QImage) -> int:
    return sum(image.pixelColor(x, y) == RED for x in range(0, SIZE[0], 2) for y in range(0, SIZE[1], 2))


def test_that_the_excerpt_rings_every_alarm_of_its_map(post: posts.Post, campus: SiteMap) -> None:
    east, beam = post.ring("video-east"), post.ring("beam-east-2")
    fire = post.ring("smoke-b3-east", code="FA", alarm_class="fire")
    assert east.spot is not None
    one = reds(picture(map_excerpt(posts.SITE_DIR, campus, east.spot, [east], SIZE)))
    two = reds(picture(map_excerpt(posts.SITE_DIR, campus, east.spot, [east, beam, fire], SIZE)))
    assert one > 100
    assert two > 1.8 * one


def test_that_the_spot_itself_is_ringed_where_no_alarm_is_given(post: posts.Post, campus: SiteMap) -> None:
    spot = Spot(map=campus.id, x=800, y=500)
    image = picture(map_excerpt(posts.SITE_DIR, campus, spot, (), SIZE))
    assert image.pixelColor(SIZE[0] // 2, SIZE[1] // 2) == RED


def test_that_paper_is_light_in_the_night_look(post: posts.Post, campus: SiteMap) -> None:
    image = picture(map_excerpt(posts.SITE_DIR, campus, Spot(map=campus.id, x=300, y=450), (), SIZE))
    corners = [image.pixelColor(x, y).lightness() for x in (20, 560) for y in (20, 300)]
    assert min(corners) > 130


def test_that_it_is_made_on_a_helping_thread_too(post: posts.Post, campus: SiteMap) -> None:
    alarm = post.ring("video-east")
    with ThreadPoolExecutor(1) as helper:
        made = helper.submit(map_excerpt, posts.SITE_DIR, campus, alarm.spot, [alarm], SIZE).result()
    assert made == map_excerpt(posts.SITE_DIR, campus, alarm.spot, [alarm], SIZE)  # type: ignore[arg-type]


def test_that_a_drawing_that_cannot_be_read_gives_no_picture(tmp_path: Path, campus: SiteMap) -> None:
    assert map_excerpt(tmp_path, campus, Spot(map=campus.id, x=0, y=0), (), SIZE) is None


@pytest.mark.parametrize("at", [(0, 0), (1600, 1000), (800, 500), (1512, 345)])
@pytest.mark.parametrize("metres_per_px", [0.2, 5.0, None])
def test_that_the_excerpt_stays_on_the_plan_and_holds_the_spot(
    qapp: Any, at: tuple[float, float], metres_per_px: float | None
) -> None:
    bounds = Drawing(posts.SITE_DIR / "maps/campus.svg").bounds
    spot = Spot(map="campus", x=at[0], y=at[1])  # type: ignore[arg-type]
    area = _area(bounds, spot, metres_per_px, SIZE)
    assert area.width() / area.height() == pytest.approx(1.5)
    assert area.adjusted(-0.01, -0.01, 0.01, 0.01).contains(*at)
    if area.width() <= bounds.width() and area.height() <= bounds.height():
        assert bounds.adjusted(-0.01, -0.01, 0.01, 0.01).contains(area)


def test_that_alarms_without_a_spot_are_passed_over(post: posts.Post, campus: SiteMap) -> None:
    alarm: Alarm = replace(post.ring("video-east"), spot=None)
    spot = Spot(map=campus.id, x=800, y=500)
    assert map_excerpt(posts.SITE_DIR, campus, spot, [alarm], SIZE) == map_excerpt(
        posts.SITE_DIR, campus, spot, (), SIZE
    )
