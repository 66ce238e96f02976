"""Receive patrol punches over HTTP: `POST /punch` with a shared token.

```yaml
options:
  host: 0.0.0.0            # 127.0.0.1 where nothing is written
  port: 8071
  token: secret:readers    # names a secret; readers send "Authorization: Bearer <secret>"; needed unless the
                           # host is this machine itself
  timezone: Asia/Shanghai  # for readers that write no offset; without it they are refused
```
"""

from collections.abc import Callable
from typing import Final

from console.models.site import SourceSetup
from console.models.text import Text
from console.sources import options
from console.sources.calling import post
from console.sources.punch.receiver import CANARY_PATH, PunchReceiver, PunchSetup
from console.sources.source import Option, OptionKind, Running, SourceSpec
from console.sources.starting import check_by, start_by

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def read_setup(setup: SourceSetup, mistakes: list[Text]) -> PunchSetup:
    """Read the options, adding what is wrong with them to `mistakes`."""
    given = options.of_source(setup, mistakes)
    read = PunchSetup(
        host=given.text("host", "127.0.0.1"),
        port=given.port(),
        token=given.text("token"),
        zone=given.time_zone("timezone"),
    )
    if not read.token and read.host not in LOOPBACK:
        given.mistake(
            "缺少“token”（口令的名称）：从其他机器接收打卡必须有口令。",
            '"token" (the name of a secret) is missing: punches of other machines need one.',
        )
    given.no_more()
    return read


def _probe(setup: SourceSetup, running: Running, secrets: Callable[[str], str], token: str) -> None:
    """Post a canary where readers post their punches, with their token."""
    named = read_setup(setup, []).token
    headers = {"Authorization": b"Bearer " + secrets(named).strip().encode("utf-8")} if named else {}
    post(running, CANARY_PATH, token.encode("ascii"), headers)


OPTIONS: Final = (
    Option(name="host", kind=OptionKind.TEXT, label=Text("监听地址", "Listens at"), default="127.0.0.1"),
    Option(name="port", kind=OptionKind.WHOLE, label=Text("端口", "Port")),
    Option(name="token", kind=OptionKind.SECRET, label=Text("口令的名称", "Name of the token")),
    Option(name="timezone", kind=OptionKind.TEXT, label=Text("无时差时间的时区", "Zone of times without an offset")),
)

SPEC: Final = SourceSpec(
    kind="punch",
    name=Text("巡更打卡（HTTP）", "Patrol punches (HTTP)"),
    check=check_by(read_setup),
    start=start_by(read_setup, PunchReceiver),
    options=OPTIONS,
    probe=_probe,
)
