"""Send a canary: publish it as a device would, and leave."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from console.models.errors import ConsoleError
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources.mqtt.link import Link, Lost
from console.sources.mqtt.setup import read_setup
from console.sources.source import Running

PROBE_S: Final = 4.0


def probe(setup: SourceSetup, _running: Running, secrets: Callable[[str], str], token: str) -> None:
    """Publish `token` to the source's reserved topic; raises ConsoleError where the broker does not take it."""
    mistakes: list[Text] = []
    options = read_setup(setup, mistakes)
    password = secrets(options.password) if options.password else ""
    caller = replace(options, client_id=f"{options.client_id}-canary", announce=False, session_s=0)

    async def send() -> None:
        link = Link(caller, password, lambda _link, _message: None)
        try:
            async with asyncio.timeout(PROBE_S):
                await link.connect(())
                await link.publish(options.canary_topic, token)
        finally:
            link.close()

    try:
        asyncio.run(send())
    except (Lost, TimeoutError) as error:
        why = error.why if isinstance(error, Lost) else f"no answer within {PROBE_S:g} s"
        raise ConsoleError(
            zh=f"自检信号未能发到 MQTT 服务器 {options.where}（{why}）。",
            en=f"The canary did not reach the MQTT broker {options.where} ({why}).",
        ) from error
