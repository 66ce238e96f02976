"""Receive fire transmitters that speak GB/T 26875.3-2011 (用户信息传输装置) over TCP or UDP.

This is a mirror for the operator and never a replacement of the certified fire alarm control equipment and its display
in the control room (GB 25506-2010, GB 16806). Nothing is ever controlled from here: no reset, no muting, no
initialising. The only things sent are confirmations, denials, the answer to a duty check after a person acknowledged
it, and the time for a transmitter's clock.
"""

from typing import Final

from console.models.text import Text
from console.sources.gb26875.canary import probe
from console.sources.gb26875.receiver import Receiver
from console.sources.gb26875.setup import OPTIONS, read_setup
from console.sources.source import SourceSpec
from console.sources.starting import check_by, start_by

SPEC: Final = SourceSpec(
    kind="gb26875",
    name=Text("用户信息传输装置 GB/T 26875.3（只作镜像）", "Fire transmitters GB/T 26875.3 (mirror only)"),
    check=check_by(read_setup),
    start=start_by(read_setup, Receiver),
    options=OPTIONS,
    probe=probe,
)
