"""The options of an MQTT source: which broker, how it is trusted, and what its topics mean.

```yaml
options:
  host: broker.lan
  port: 8883             # 1883, or 8883 with tls, where nothing is written
  protocol: "5"          # or "3.1.1"
  login: zhishou
  password: secret:mqtt
  tls: true
  ca_file: /etc/zhishou/ca.pem   # the system's own authorities where nothing is written
  map:
    - {profile: frigate, points: {front_door: video-gate}}
    - {topic: "plant/{line}/door/{name}", state: $.open, active: [true], device: "{line}-{name}", class: access}
```
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from console.models.alarms import AlarmClass
from console.models.ids import PointId
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources import options
from console.sources.mqtt.mapping import Mapped
from console.sources.mqtt.paths import path_parts, topic_filter
from console.sources.mqtt.profiles import Asked
from console.sources.mqtt.reading import Stream, profiles

PROTOCOLS: Final = ("5", "3.1.1")
PORT: Final = 1883
TLS_PORT: Final = 8883
RESERVED: Final = "zhishou"
"""The first part of our own topics: our state, and the canary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttSetup:
    """All options of one MQTT source; see the module. `password` names a secret."""

    host: str
    port: int
    protocol: str
    client_id: str
    login: str
    password: str
    tls: bool
    ca_file: str
    certificate_file: str
    key_file: str
    keepalive_s: int
    session_s: int
    heartbeat_s: float
    max_bytes: int
    announce: bool
    state_topic: str
    canary_topic: str
    streams: tuple[Stream, ...]

    @property
    def where(self) -> str:
        """The broker as one writes it."""
        return f"{self.host}:{self.port}"


def read_setup(setup: SourceSetup, mistakes: list[Text]) -> MqttSetup:
    """Read the options, adding what is wrong with them to `mistakes`."""
    given = options.of_source(setup, mistakes)
    tls = given.flag("tls", False)
    max_bytes = given.whole("max_bytes", 65_536, 256, 1 << 24)
    entries = given.mappings("map")
    read = MqttSetup(
        host=given.text("host", "127.0.0.1"),
        port=given.whole("port", TLS_PORT if tls else PORT, 0, 65535),
        protocol=given.choice("protocol", "5", PROTOCOLS),
        client_id=given.text("client_id", f"{RESERVED}-{setup.id}"),
        login=given.text("login"),
        password=given.text("password"),
        tls=tls,
        ca_file=given.text("ca_file"),
        certificate_file=given.text("certificate_file"),
        key_file=given.text("key_file"),
        keepalive_s=given.whole("keepalive_s", 30, 5, 3600),
        session_s=given.whole("session_s", 7 * 86400, 60, 365 * 86400),
        heartbeat_s=given.number("heartbeat_s", 0.0, 0, 86400),
        max_bytes=max_bytes,
        announce=given.flag("announce", True),
        state_topic=f"{RESERVED}/{setup.id}/state",
        canary_topic=f"{RESERVED}/{setup.id}/canary",
        streams=tuple(_streams(setup, entries, max_bytes, mistakes)),
    )
    _trust(given, read)
    given.no_more()
    return read


def _trust(given: options.Options, read: MqttSetup) -> None:
    if not read.tls and (read.ca_file or read.certificate_file or read.key_file):
        given.mistake("证书文件只在“tls: true”时使用。", 'Certificate files need "tls: true".')
    if bool(read.certificate_file) != bool(read.key_file):
        given.mistake("“certificate_file”和“key_file”必须同时给出。", '"certificate_file" and "key_file" go together.')
    for name in ("ca_file", "certificate_file", "key_file"):
        path = getattr(read, name)
        if path and not Path(path).is_absolute():
            given.mistake(f"“{name}”应为绝对路径。", f'"{name}" has to be an absolute path.')
    if read.password and not read.login:
        given.mistake("有“password”而没有“login”。", 'There is a "password" but no "login".')
    if not 1 <= len(read.client_id) <= 128 or not read.client_id.isprintable():
        given.mistake("“client_id”应为 1 到 128 个字符。", '"client_id" has to be 1 to 128 characters.')


def _streams(setup: SourceSetup, entries: list[dict[str, Any]], max_bytes: int, mistakes: list[Text]) -> list[Stream]:
    found = []
    for position, raw in enumerate(entries, 1):
        where = Text(f"报警源 {setup.id} 的第 {position} 条映射", f"Source {setup.id}, mapping number {position}")
        given = options.Options(where, raw, mistakes)
        stream = _profile(given, position, max_bytes) if "profile" in raw else _mapped(given, raw, position, max_bytes)
        given.no_more()
        if stream is not None:
            found.append(stream)
    return found


def _points(given: options.Options) -> dict[str, PointId]:
    return {name: PointId(str(point)) for name, point in given.mapping("points").items()}


def _profile(given: options.Options, position: int, max_bytes: int) -> Stream | None:
    name = given.text("profile")
    known = profiles()
    points, base = _points(given), given.text("base", known[name].base if name in known else "-")
    classes = {device: _class(given, str(word)) for device, word in given.mapping("classes").items()}
    detections = given.flag("detections", False)
    if name not in known:
        listed = ", ".join(known)
        given.mistake(f"没有“{name}”这个预置映射，可用：{listed}。", f'There is no profile "{name}"; known: {listed}.')
        return None
    if not _is_topic(base) or any(sign in base for sign in "+#{}"):
        given.mistake(f"“base”不能是“{base}”。", f'"base" cannot be "{base}".')
        return None
    asked = Asked(base=base.rstrip("/"), classes=classes, detections=detections)
    return Stream(name=f"{position} {name}", profile=name, asked=asked, points=points, max_bytes=max_bytes)


def _class(given: options.Options, word: str) -> AlarmClass:
    try:
        return AlarmClass(word)
    except ValueError:
        listed = ", ".join(one.value for one in AlarmClass)
        given.mistake(f"没有“{word}”这个报警类别，可用：{listed}。", f'No alarm class "{word}"; known: {listed}.')
        return AlarmClass.INTRUSION


def _is_topic(pattern: str) -> bool:
    try:
        topic_filter(pattern)
    except ValueError:
        return False
    return True


def _mapped(given: options.Options, raw: Mapping[str, Any], position: int, max_bytes: int) -> Stream | None:
    topic = given.text("topic")
    words = given.mapping("text") if isinstance(raw.get("text"), Mapping) else {"zh": given.text("text")}
    alarm_class, points = given.text("class", AlarmClass.INTRUSION.value), _points(given)
    mapped = Mapped(
        topic=topic,
        state=given.text("state"),
        active=_values(given, "active"),
        normal=_values(given, "normal"),
        device=given.text("device"),
        point=given.text("point"),
        alarm_class=alarm_class,
        priority=given.text("priority"),
        time=given.text("time"),
        text=Text(str(words.get("zh", "")), str(words.get("en", ""))),
    )
    if not alarm_class.startswith("$"):
        _class(given, alarm_class)
    if mapped.priority and not mapped.priority.startswith("$") and mapped.priority not in ("1", "2", "3", "4"):
        given.mistake("“priority”应为 1 到 4，或 $ 开头的路径。", '"priority" has to be 1 to 4, or a path with $.')
    if mapped.normal and not mapped.active:
        given.mistake("有“normal”就必须有“active”。", '"normal" needs "active" beside it.')
    for name in ("state", "time"):
        try:
            path_parts(getattr(mapped, name))
        except ValueError:
            given.mistake(f"“{name}”不是路径。", f'"{name}" is no path.')
            return None
    if not _is_topic(topic):
        given.mistake(f"“{topic}”不是主题。", f'"{topic}" is no topic.')
        return None
    return Stream(name=f"{position} {topic}", mapped=mapped, points=points, max_bytes=max_bytes)


def _values(given: options.Options, name: str) -> tuple[Any, ...]:
    values = given.values(name)
    return tuple(values)
