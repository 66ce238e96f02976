"""The options of a source that hears cameras.

```yaml
options:
  onvif_cameras: [cam-07, cam-08]     # cameras of the site that have `onvif`; all of them where neither list is written
  devices:                            # devices that are no cameras of the site, such as a recorder
    - {id: nvr, name: {zh: 录像机, en: Recorder}, address: 192.0.2.20, login: admin, password: secret:nvr}
  topics: [RuleEngine/, Device/Trigger/]   # only these; all that mean something where nothing is written
  mapping:                            # before the built-in meanings
    - topic: Device/Trigger/DigitalInput
      alarm_class: panic
      priority: 1
      inverted: true                  # a contact that is closed at rest
      text: {zh: 紧急按钮, en: Panic button}
  points:                             # a topic of a camera is this point of the site
    cam-07: {Device/Trigger/DigitalInput: panic-lobby}
  pull_s: 20                          # how long a camera may hold back its answer when nothing happens
```
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.models.alarms import AlarmClass, Priority
from console.models.errors import ConsoleError
from console.models.ids import CameraId, PointId
from console.models.onvif import service_address
from console.models.site import Camera, SourceSetup
from console.models.text import Text
from console.sources import options
from console.sources.onvif_events.topics import MEANINGS, Meaning
from console.sources.options import Options
from console.sources.priorities import USUAL_PRIORITY

PULL_S: Final = 20.0
"""Long enough to be cheap, short enough for a broken line to be known within half a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What is heard: `camera` where it is one of the site. `password` names a secret."""

    id: str
    name: Text
    address: str
    login: str = ""
    password: str = ""
    camera: CameraId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The options, read."""

    cameras: tuple[str, ...] = ()
    devices: tuple[Device, ...] = ()
    topics: tuple[str, ...] = ()
    meanings: tuple[Meaning, ...] = MEANINGS
    points: Mapping[str, Mapping[str, PointId]]
    pull_s: float = PULL_S


def read(setup: SourceSetup, mistakes: list[Text]) -> Setup:
    """Read the options; what is wrong goes to `mistakes`."""
    given = options.of_source(setup, mistakes)
    made = Setup(
        cameras=tuple(given.texts("onvif_cameras")),
        devices=tuple(_device(one, mistakes, given.where) for one in given.mappings("devices")),
        topics=tuple(given.texts("topics")),
        meanings=(*(_meaning(one, mistakes, given.where) for one in given.mappings("mapping")), *MEANINGS),
        points=_points(given),
        pull_s=given.number("pull_s", PULL_S, 1, 60),
    )
    given.no_more()
    return made


def devices_of(setup: Setup, cameras: tuple[Camera, ...]) -> tuple[Device, ...]:
    """All that are to be heard: the named cameras of the site, or all that have a device where nothing is named."""
    everything = not setup.cameras and not setup.devices
    heard = [
        Device(
            id=camera.id,
            name=camera.name,
            address=camera.onvif.address,
            login=camera.login,
            password=camera.password,
            camera=camera.id,
        )
        for camera in cameras
        if camera.onvif is not None and (everything or camera.id in setup.cameras)
    ]
    return (*heard, *setup.devices)


def _device(written: dict[str, Any], mistakes: list[Text], where: Text) -> Device:
    inner = Options(Text(f"{where.zh}，devices", f"{where.en}, devices"), written, mistakes)
    made = Device(
        id=inner.text("id"),
        name=_text(inner, "name"),
        address=inner.text("address"),
        login=inner.text("login"),
        password=inner.text("password"),
    )
    if not made.id or any(sign.isspace() or sign == "/" for sign in made.id):
        inner.mistake("每个设备要有不含空格和斜线的“id”。", 'Every device needs an "id" without spaces and slashes.')
    try:
        service_address(made.address)
    except ConsoleError as error:
        inner.mistake(error.text.zh, error.text.en)
    inner.no_more()
    return made


def _meaning(written: dict[str, Any], mistakes: list[Text], where: Text) -> Meaning:
    inner = Options(Text(f"{where.zh}，mapping", f"{where.en}, mapping"), written, mistakes)
    topic = inner.text("topic")
    if not topic or ":" in topic:
        inner.mistake(
            "“topic”应为不带前缀的主题，例如 RuleEngine/LineDetector/Crossed。",
            '"topic" must be a topic without prefixes, such as RuleEngine/LineDetector/Crossed.',
        )
    builtin = next((one for one in MEANINGS if one.fits(topic)), Meaning(topic=topic, text=Text(topic, topic)))
    alarm_class = AlarmClass(
        inner.choice("alarm_class", builtin.alarm_class.value, tuple(one.value for one in AlarmClass))
    )
    usual = builtin.priority if alarm_class is builtin.alarm_class else USUAL_PRIORITY[alarm_class]
    made = Meaning(
        topic=topic,
        text=_text(inner, "text") or builtin.text,
        alarm_class=alarm_class,
        priority=Priority(inner.whole("priority", int(usual), 1, 4)),
        item=inner.text("item", builtin.item),
        momentary=inner.flag("momentary", builtin.momentary),
        inverted=inner.flag("inverted", False),
        ignored=inner.flag("ignored", False),
        words=builtin.words and "item" not in written,
    )
    inner.no_more()
    return made


def _text(inner: Options, name: str) -> Text:
    written = inner.mapping(name)
    return Text(zh=str(written.get("zh", "")), en=str(written.get("en", "")))


def _points(given: Options) -> dict[str, dict[str, PointId]]:
    found: dict[str, dict[str, PointId]] = {}
    for device, topics in given.mapping("points").items():
        if not isinstance(topics, Mapping):
            given.mistake(
                f"“points”里 {device} 之下应为“主题: 报警点”。",
                f'Below {device} in "points" there must be "topic: point".',
            )
            continue
        found[device] = {str(topic): PointId(str(point)) for topic, point in topics.items()}
    return found
