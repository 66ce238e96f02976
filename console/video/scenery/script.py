"""A scene as it is written down: a YAML file of the world, its light, and who walks through it.

Lengths are metres, angles degrees, times seconds, colours sRGB 0..255 with red first. Reading
checks every name and number; it needs no codec, so that the site checker can read scenes too.
"""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
import yaml

from console.models.errors import ConsoleError

Spot2 = tuple[float, float]
Spot3 = tuple[float, float, float]
Rgb = tuple[int, int, int]
Positive = Annotated[float, msgspec.Meta(gt=0.0)]
Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]

MaterialName = Literal[
    "asphalt", "bays", "brick", "concrete", "court", "dado", "door", "facade", "glass", "grass",
    "hedge", "lockers", "panel", "paving", "plain", "plaster", "shutter", "steel", "stripes",
    "terrazzo", "tiles", "zebra",
]  # fmt: skip


PropName = Literal[
    "antenna", "bench", "bicycle", "bin", "bollard", "car", "chairs", "cone", "cooler", "crates",
    "gate", "hoop", "mast", "pot", "table", "van",
]  # fmt: skip


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all parts of a scene have in common: no field may be misspelt."""


class View(_Part, frozen=True, kw_only=True):
    """Where the camera hangs and how it looks; `heading` is clockwise from +y, `pitch` down."""

    at: Spot3
    heading: float = 0.0
    pitch: float = 20.0
    fov: Annotated[float, msgspec.Meta(ge=20.0, le=120.0)] = 80.0


class Film(_Part, frozen=True, kw_only=True):
    """What the camera makes of the light.

    `ir` is the grey picture of a camera by its own infra-red lamp; `noise` is in grey levels.
    """

    ir: bool = False
    exposure: Positive = 1.0
    noise: Annotated[float, msgspec.Meta(ge=0.0, le=20.0)] = 4.0
    warmth: float = 0.0
    rain: Share = 0.0
    fps: Annotated[float, msgspec.Meta(ge=1.0, le=30.0)] = 12.0


class Sky(_Part, frozen=True, kw_only=True):
    """Light from above: colours of the dome, and how bright all shade is."""

    top: Rgb = (10, 14, 26)
    horizon: Rgb = (46, 44, 48)
    brightness: float = 0.25
    ambient: float = 0.02


class Ground(_Part, frozen=True, kw_only=True, tag="ground", tag_field="kind"):
    """A level rectangle between two corners, `z` above the ground."""

    at: Spot2
    to: Spot2
    z: float = 0.0
    material: MaterialName = "asphalt"
    tint: Rgb | None = None
    gloss: Share = 0.0


class Wall(_Part, frozen=True, kw_only=True, tag="wall", tag_field="kind"):
    """An upright rectangle over the line from one place to another, between two heights."""

    at: Spot2
    to: Spot2
    z: Spot2 = (0.0, 3.0)
    material: MaterialName = "plaster"
    tint: Rgb | None = None


class Box(_Part, frozen=True, kw_only=True, tag="box", tag_field="kind"):
    """A block: the middle of its foot, width x depth x height, turned clockwise."""

    at: Spot2
    size: Spot3
    z: float = 0.0
    turn: float = 0.0
    material: MaterialName = "plain"
    tint: Rgb | None = None
    top: MaterialName = "plain"


class Veil(_Part, frozen=True, kw_only=True, tag="veil", tag_field="kind"):
    """A fence or a rail: an upright rectangle that can be seen through."""

    at: Spot2
    to: Spot2
    z: Spot2 = (0.0, 2.2)
    veil: Literal["bars", "mesh", "rail"] = "bars"
    tint: Rgb = (60, 64, 66)


class Glow(_Part, frozen=True, kw_only=True, tag="glow", tag_field="kind"):
    """A surface that shines by itself: a lit window, a screen, a sign, a light panel."""

    at: Spot2
    to: Spot2
    z: Spot2
    tint: Rgb = (255, 236, 200)
    power: Positive = 1.0
    level: bool = False


class Sign(_Part, frozen=True, kw_only=True, tag="sign", tag_field="kind"):
    """A board with writing that shines; `board` is the colour of the rest."""

    at: Spot2
    to: Spot2
    z: Spot2
    text: str
    tint: Rgb = (255, 240, 210)
    board: Rgb = (30, 30, 32)
    power: Positive = 1.0


Surface = Ground | Wall | Box | Veil | Glow | Sign


class Prop(_Part, frozen=True, kw_only=True):
    """Something that stands about; with `to` and `count`, as many in a row. `turn` is clockwise."""

    what: PropName
    at: Spot2
    to: Spot2 | None = None
    count: Annotated[int, msgspec.Meta(ge=1, le=60)] = 1
    turn: float = 0.0
    z: float = 0.0
    tint: Rgb | None = None


class Lamp(_Part, frozen=True, kw_only=True):
    """A lamp; with `towards` a spot light of `angle` degrees; `show` draws the lamp itself.

    `flicker` is how much of its light comes and goes, as of a tube that wants replacing.
    """

    at: Spot3
    power: Positive = 30.0
    tint: Rgb = (255, 214, 160)
    towards: Spot3 | None = None
    angle: Annotated[float, msgspec.Meta(gt=0.0, le=180.0)] = 120.0
    show: bool = True
    flicker: Share = 0.0
    shadows: bool = True


class Tree(_Part, frozen=True, kw_only=True):
    """A tree that sways: `sway` is how far its top moves, in metres."""

    at: Spot2
    height: Positive = 6.0
    crown: Positive = 3.0
    tint: Rgb = (64, 92, 48)
    sway: float = 0.12
    bare: bool = False


class Step(_Part, frozen=True, kw_only=True):
    """One thing an actor does: go `to` a place, or stay for `s` seconds.

    `height` is what a climber gets over; `speed` overrules the usual m/s of the gait.
    """

    do: Literal["walk", "run", "wait", "climb", "crouch", "drive", "look"]
    to: Spot2 | None = None
    s: float = 0.0
    height: float = 2.2
    speed: float = 0.0


class Looks(_Part, frozen=True, kw_only=True):
    """How somebody is dressed."""

    coat: Rgb = (58, 62, 72)
    trousers: Rgb = (40, 42, 48)
    hair: Rgb = (26, 22, 20)
    skin: Rgb = (196, 150, 122)
    tall: Positive = 1.72
    vest: bool = False
    cap: bool = False
    bag: bool = False
    torch: bool = False
    umbrella: Rgb | None = None


class Act(_Part, frozen=True, kw_only=True):
    """Somebody or something that moves: comes at `at_s` and again every `every_s` (0: once)."""

    who: Literal["person", "car", "van", "bicycle", "cat"] = "person"
    start: Spot2
    steps: tuple[Step, ...]
    at_s: float = 0.0
    every_s: float = 0.0
    looks: Looks = Looks()
    paint: Rgb = (150, 154, 160)


class Blink(_Part, frozen=True, kw_only=True):
    """A small light that blinks: a lock, a rack, a panel."""

    at: Spot3
    tint: Rgb = (60, 255, 90)
    every_s: Positive = 1.0
    share: Share = 0.5


class Scene(_Part, frozen=True, kw_only=True):
    """A whole scene. `cues` are acts that wait until somebody calls their name."""

    view: View
    film: Film = Film()
    sky: Sky = Sky()
    surfaces: tuple[Surface, ...]
    lamps: tuple[Lamp, ...] = ()
    trees: tuple[Tree, ...] = ()
    props: tuple[Prop, ...] = ()
    blinks: tuple[Blink, ...] = ()
    acts: tuple[Act, ...] = ()
    cues: dict[str, tuple[Act, ...]] = {}
    seed: int = 1


# msgspec learns a type when it first meets it, and several cameras that open at once in a worker would all be first,
# which crashes the interpreter; so the type is learned here, by the one thread that imports.
_LEARNED = msgspec.json.Decoder(Scene)
# The loader of libyaml is ten times as fast; a wheel without it has the other.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path) -> Scene:
    """Read a scene. Raises ConsoleError with the sentence that says what is wrong, and where."""
    try:
        scene = msgspec.convert(yaml.load(path.read_bytes(), Loader=_LOADER), Scene)  # noqa: S506 - both are safe
    except FileNotFoundError:
        raise ConsoleError(f"没有名为 {path.stem} 的场景", f"There is no scene {path.stem}") from None
    except OSError as error:
        raise ConsoleError(
            f"场景 {path.name} 无法读取：{error.strerror}",
            f"Scene {path.name} cannot be read: {error.strerror}",
        ) from error
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        raise ConsoleError(f"场景 {path.name} 有错：{error}", f"Scene {path.name} is wrong: {error}") from error
    for act in (*scene.acts, *(act for acts in scene.cues.values() for act in acts)):
        for step in act.steps:
            if step.to is None and step.do not in ("wait", "crouch", "look"):
                raise ConsoleError(
                    f"场景 {path.name} 有错：{step.do} 没有目的地",
                    f"Scene {path.name} is wrong: {step.do} leads nowhere",
                )
    return scene
