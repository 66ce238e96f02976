"""The options of a webhook receiver: where it listens, and its endpoints.

```yaml
options:
  host: 0.0.0.0            # 127.0.0.1 where nothing is written
  port: 8072
  timezone: Asia/Shanghai  # for times without an offset
  endpoints:
    - path: /doors
      profile: generic     # generic, hikvision or dahua
      token: secret:doors        # "Authorization: Bearer <secret>"
      signature: secret:doors2   # or a digest of the body in a header (HMAC-SHA256)
      points: {"door-1": door-lobby}
    - path: /hik
      profile: hikvision
      token: secret:hik
      token_in_url: true   # for devices that can send no header: /hik?token=<secret>
```
"""

import re
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Final

from console.models.ids import PointId
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources import options
from console.sources.source import Option, OptionKind
from console.sources.webhook.profiles import PROFILES, USUAL_KB

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_PATH: Final = re.compile(r"/[A-Za-z0-9._~/-]{0,100}")
_HEADER: Final = re.compile(r"[A-Za-z0-9-]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One path, and what is posted to it.

    `token` and `signature` name secrets, empty where they are not asked for. `points` maps the sender's own names to points
    of the site; with `site_points` every other name is taken for a point of the site as it is. Of what a device posts again
    and again, what comes within `quiet_s` is the same. `most` is the largest body in bytes.
    """

    path: str
    profile: str
    token: str = ""
    signature: str = ""
    signature_header: str = "x-signature-256"
    token_in_url: bool = False
    site_points: bool = False
    heartbeat_s: float = 0.0
    quiet_s: float = 10.0
    most: int = 256 * 1024
    points: dict[str, PointId] = field(default_factory=dict)

    @property
    def label(self) -> Text:
        """What to call it on the screen."""
        return Text(f"通知接口 {self.path}", f"the webhook {self.path}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSetup:
    """All options of one receiver; see the module. `zone` is for times without an offset."""

    host: str
    port: int
    zone: tzinfo | None
    max_connections: int
    endpoints: dict[str, Endpoint]


OPTIONS: Final = (
    Option(name="host", kind=OptionKind.TEXT, label=Text("监听地址", "Listens at"), default="127.0.0.1"),
    Option(name="port", kind=OptionKind.WHOLE, label=Text("端口", "Port")),
    Option(name="timezone", kind=OptionKind.TEXT, label=Text("无时区时间的时区", "Time zone of times without one")),
    Option(name="max_connections", kind=OptionKind.WHOLE, label=Text("最多连接数", "Connections at most"), default=64),
    Option(name="endpoints", kind=OptionKind.DATA, label=Text("接口", "Endpoints"), default=()),
)


def read_setup(setup: SourceSetup, mistakes: list[Text]) -> WebhookSetup:
    """Read the options, adding what is wrong with them to `mistakes`."""
    given = options.of_source(setup, mistakes)
    host = given.text("host", "127.0.0.1")
    endpoints: dict[str, Endpoint] = {}
    for position, raw in enumerate(given.mappings("endpoints") or [{"path": "/alarm"}], 1):
        endpoint = _read_endpoint(setup, position, raw, mistakes, open_to_all=host not in LOOPBACK)
        if endpoint is not None and endpoint.path in endpoints:
            given.mistake(f"路径 {endpoint.path} 重复。", f"The path {endpoint.path} is there twice.")
        elif endpoint is not None:
            endpoints[endpoint.path] = endpoint
    read = WebhookSetup(
        host=host,
        port=given.port(),
        zone=given.time_zone("timezone"),
        max_connections=given.whole("max_connections", 64, 1, 1024),
        endpoints=endpoints,
    )
    given.no_more()
    return read


def _read_endpoint(
    setup: SourceSetup, position: int, raw: dict[str, Any], mistakes: list[Text], *, open_to_all: bool
) -> Endpoint | None:
    where = Text(f"报警源 {setup.id} 的第 {position} 个接口", f"Source {setup.id}, endpoint number {position}")
    given = options.Options(where, raw, mistakes)
    path = given.text("path")
    if not _PATH.fullmatch(path):
        given.mistake(
            "“path”应以 / 开头，只含字母、数字和 . _ ~ - /。", '"path" must begin with / and hold letters and digits.'
        )
        return None
    profile = given.choice("profile", "generic", tuple(PROFILES))
    header = given.text("signature_header", "X-Signature-256")
    if not _HEADER.fullmatch(header):
        given.mistake("“signature_header”应为一个头名称。", '"signature_header" must be the name of a header.')
    read = Endpoint(
        path=path,
        profile=profile,
        token=given.text("token"),
        signature=given.text("signature"),
        signature_header=header.lower(),
        token_in_url=given.flag("token_in_url", False),
        site_points=given.flag("site_points", False),
        heartbeat_s=given.number("heartbeat_s", 0.0, 0, 86400),
        quiet_s=given.number("quiet_s", 10.0, 0, 3600),
        most=given.whole("max_kb", USUAL_KB[profile], 1, 16384) * 1024,
        points={name.strip(): PointId(str(point)) for name, point in given.mapping("points").items()},
    )
    if open_to_all and not read.token and not read.signature:
        given.mistake(
            "缺少“token”或“signature”（口令的名称）：从其他机器接收通知必须有口令。",
            '"token" or "signature" (the name of a secret) is missing: notifications of other machines need one.',
        )
    given.no_more()
    return read
