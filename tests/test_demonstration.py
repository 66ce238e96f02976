"""The pretend site beside the console: who works there, who climbs where, and what a real post is spared."""

from pathlib import Path

import pytest

from console import app, demonstration
from console.demo import accounts, story
from console.models.errors import ConsoleError
from console.models.ids import CameraId
from console.models.people import Person, Role
from console.models.site import Camera, CameraKind
from console.models.text import Text
from console.services import duty, people, queries
from console.store.store import Reading, Transaction
from tests.stories.posts import make_site


def test_that_somebody_climbs_in_front_of_a_beam_of_the_shipped_site() -> None:
    site = app.read_ground(demonstration.demo_site()).site
    climb = demonstration.find_climb(site.cameras, demonstration.demo_site())
    assert climb is not None
    assert 3.0 < climb.crossing_s < story.FENCE_AT_S
    camera = next(camera for camera in site.cameras if camera.id == climb.camera)
    zone = story.in_front_of(site, camera)
    assert zone is not None
    assert zone.point.plan is not None
    assert camera.rules, "the camera itself sees it too"


def test_that_nobody_climbs_where_no_scene_has_it() -> None:
    camera = Camera(id=CameraId("c"), number=1, name=Text("甲", "A"), kind=CameraKind.SYNTHETIC, address="server_room")
    real = Camera(id=CameraId("d"), number=2, name=Text("乙", "B"), kind=CameraKind.USB, address="0")
    assert demonstration.find_climb((camera, real), demonstration.demo_site()) is None


@pytest.mark.parametrize(
    ("environment", "seen"),
    [
        ({}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
    ],
)
def test_that_the_story_plays_by_itself_only_where_nobody_could_see_a_window(
    environment: dict[str, str], seen: bool
) -> None:
    assert demonstration.has_screen(environment) is seen


def test_that_the_watch_is_manned_and_the_patrol_under_way_when_the_curtain_rises(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site", 0)
    with app.open_post(app.Options(site_dir=site, data_dir=tmp_path / "data", language="en")) as post:
        with demonstration.pretend_site(post) as offered:
            assert [(one.login, one.name) for one in offered] == [(one.login, one.name.en) for one in accounts.PEOPLE]
            present = post.desk.ask(queries.present).result()
            assert {one.name for one in present} == {one.name.en for one, _seat in accounts.ON_DUTY}
            shift = post.desk.ask(duty.current_shift).result()
            assert shift is not None
            leader = post.desk.ask(lambda rx: rx.need(Person, shift.leader)).result()
            assert leader.role is Role.LEADER
            assert post.desk.ask(queries.carry_overs).result()
        with demonstration.pretend_site(post):  # a second curtain finds everything as it was
            assert len(post.desk.ask(queries.carry_overs).result()) == 1
            assert len(post.desk.ask(lambda rx: rx.find(Person)).result()) == len(accounts.PEOPLE)


def test_that_the_demonstration_keeps_its_hands_off_the_record_of_a_real_post(tmp_path: Path) -> None:
    def somebody_real(tx: Transaction) -> None:
        people.enter_administrator(tx, "$hash", "zhangwei", "张伟")

    def logins(rx: Reading) -> list[str]:
        return [person.login for person in rx.find(Person)]

    site = make_site(tmp_path / "site", 0)
    with app.open_post(app.Options(site_dir=site, data_dir=tmp_path / "data")) as post:
        post.desk.do(somebody_real).result()
        with pytest.raises(ConsoleError) as told, demonstration.pretend_site(post):
            pass
        assert "--data" in told.value.text.zh
        assert post.desk.ask(logins).result() == ["zhangwei"]
