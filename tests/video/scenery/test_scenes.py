"""The pretend site's scenes: read, lit, acted out, and quiet where nothing happens."""

from pathlib import Path

import numpy as np
import pytest

from console import resources
from console.models.errors import ConsoleError
from console.models.site import CameraKind
from console.registry import discover
from console.site_folder import load_site
from console.sources.source import SourceSpec
from console.steps.spec import StepSpec
from console.video.analytics.intrusion import Intrusion
from console.video.eye import Eye
from console.video.kinds import CameraSpec, RuleSpec
from console.video.scenery import acting, script
from console.video.scenery.broadcast import CAPTION_PX, MARGIN_PX
from console.video.scenery.film import Caption, burn
from console.video.scenery.lit import SIZE_PX, lit
from console.video.scenery.scene import Played

SCENES = sorted(resources.path("demo/scenes").glob("*.yaml"))
FONT = resources.path("fonts/NotoSansSC-Regular.ttf")
EXAMPLE = """
view: {at: [0, 0, 3]}
surfaces:
  - {kind: ground, at: [-20, -5], to: [20, 40]}
"""


def play(path: Path) -> Played:
    scene = script.read(path)
    return Played(scene, lit(scene, path, FONT))


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "scene.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_that_there_are_sixteen_scenes_with_names_that_a_camera_may_have() -> None:
    assert len(SCENES) == 16
    assert all(path.stem.replace("_", "").isalnum() and path.stem.islower() for path in SCENES)


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_that_a_shipped_scene_is_lit_and_something_happens_in_it(path: Path) -> None:
    played = play(path)
    first = played.frame(1.0).copy()
    assert first.shape == (SIZE_PX[1], SIZE_PX[0], 3)
    # Neither black nor burnt out, and with something to see in it.
    assert 15 < first.mean() < 215
    assert first.std() > 12
    acts = [act for act in played.scene.acts if acting.lay_out(act)[-1].end_s > 5]
    for at_s in (act.at_s + 3.0 for act in acts):
        played.frame(at_s)
    for name in played.scene.cues:
        played.cue(name, 200.0)
        played.frame(203.0)


def test_that_infra_red_is_grey_and_colour_is_not() -> None:
    grey = play(resources.path("demo/scenes/perimeter_west.yaml")).frame(0.0)
    assert np.abs(grey[..., 0].astype(int) - grey[..., 2]).mean() < 6
    colour = play(resources.path("demo/scenes/playground.yaml")).frame(0.0)
    assert np.abs(colour[..., 0].astype(int) - colour[..., 2]).mean() > 12


def test_that_the_climber_trips_the_demonstration_sites_own_rule_and_nothing_else_does() -> None:
    site, _ = load_site(
        resources.path("demo/site"),
        camera_kinds={name: spec.check for name, spec in discover("console.video.cameras", kind=CameraSpec).items()},
        rule_kinds={name: spec.check for name, spec in discover("console.video.analytics", kind=RuleSpec).items()},
        source_kinds={name: spec.check for name, spec in discover("console.sources", kind=SourceSpec).items()},
        step_kinds={name: spec.check for name, spec in discover("console.steps", kind=StepSpec).items()},
    )
    guarded = [camera for camera in site.cameras if camera.rules and camera.kind is CameraKind.SYNTHETIC]
    assert guarded
    for camera in guarded:
        played = play(resources.path(f"demo/scenes/{camera.address}.yaml"))
        judge, eye = Intrusion(camera.rules), Eye()
        cue_s, told = 150.0, []
        for number in range(185 * 6):
            at_s = number / 6
            if number == int(cue_s * 6):
                played.cue("climb", at_s)
            told += [(at_s, verdict.active) for _, verdict in judge.look(eye.look(played.frame(at_s), 1000.0 + at_s))]
        active = [at_s for at_s, is_active in told if is_active]
        assert len(active) == 1, f"{camera.id}: {told}"
        assert cue_s + 8.0 < active[0] < cue_s + 18.0


def test_that_an_actor_comes_goes_and_comes_again() -> None:
    act = script.Act(
        start=(0.0, 0.0), at_s=10.0, every_s=30.0,
        steps=(script.Step(do="walk", to=(0.0, 2.7)), script.Step(do="wait", s=3.0)),
    )  # fmt: skip
    one = acting.entrance(act)
    assert one.moment(9.9) is None
    halfway = one.moment(11.0)
    assert halfway is not None
    assert halfway.do == "walk"
    assert halfway.y == pytest.approx(1.35)
    waiting = one.moment(13.0)
    assert waiting is not None
    assert (waiting.do, waiting.y) == ("wait", 2.7)
    assert one.moment(15.1) is None
    again = one.moment(41.0)
    assert again is not None
    assert again.y == pytest.approx(1.35)
    assert not one.over(1000.0)


@pytest.mark.parametrize("name", ["正门", "东北角地下车库与一号辅楼之间连廊北侧出入口" * 3, "Underground garage and annex " * 5])
def test_that_a_camera_burns_in_as_much_of_its_name_as_there_is_room_for(name: str) -> None:
    caption = Caption(FONT, CAPTION_PX)
    room_px = SIZE_PX[0] - 2 * MARGIN_PX
    shown = caption.fitting(name, room_px)
    assert shown == name or (shown.endswith("...") and name.startswith(shown[:-3]))
    stamp = caption.stamp(shown)
    assert stamp.width_px <= room_px
    assert len(name) < 10 or stamp.width_px > room_px * 0.9
    picture = np.full((SIZE_PX[1], SIZE_PX[0], 3), 90, np.uint8)
    burn(picture, stamp, SIZE_PX[0] - stamp.width_px - MARGIN_PX, 0)
    assert picture.max() > 200


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("view: {at: [0, 0, 3]}\nsurfaces: []\nlampes: []", "lampes"),
        ("view: {at: [0, 0]}\nsurfaces: []", "length 3"),
        (EXAMPLE + "lamps: [{at: [0, 0, 3], power: -1}]", "power"),
        (EXAMPLE + "acts: [{start: [0, 0], steps: [{do: fly, to: [1, 1]}]}]", "fly"),
        (EXAMPLE + "acts: [{start: [0, 0], steps: [{do: walk}]}]", "leads nowhere"),
        (EXAMPLE + "props: [{what: dragon, at: [0, 0]}]", "dragon"),
        ("view: [", "wrong"),
        ("", "wrong"),
    ],
)
def test_that_a_mistake_in_a_scene_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConsoleError) as raised:
        script.read(written(tmp_path, text))
    assert told in raised.value.text.en
    assert "scene.yaml" in raised.value.text.zh


def test_that_a_scene_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConsoleError, match="There is no scene nowhere"):
        script.read(tmp_path / "nowhere.yaml")
