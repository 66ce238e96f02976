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

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from console.models.site import SourceSetup
from console.models.text import Text
from console.sources import options
from console.sources.health import Health
from console.sources.punch.receiver import PunchReceiver, PunchSetup
from console.sources.runner import run_in_thread
from console.sources.source import Running, SourceContext, SourceSpec

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


def _check(setup: SourceSetup) -> list[Text]:
    mistakes: list[Text] = []
    read_setup(setup, mistakes)
    return mistakes


@contextmanager
def _start(setup: SourceSetup, context: SourceContext) -> Iterator[Running]:
    mistakes: list[Text] = []
    read = read_setup(setup, mistakes)
    options.refuse(mistakes)

    async def serve(running: Running, health: Health, stop: asyncio.Event) -> None:
        await PunchReceiver(setup, read, context, health).serve(running, stop)

    with run_in_thread(setup, context, serve) as running:
        yield running


SPEC: Final = SourceSpec(
    kind="punch",
    name=Text("巡更打卡（HTTP）", "Patrol punches (HTTP)"),
    check=_check,
    start=_start,
)
