"""The options of a receiver of fire transmitters: where it listens, which transmitters and centres it knows.

```yaml
options:
  host: 0.0.0.0          # 127.0.0.1 where nothing is written
  port: 5200
  transport: tcp         # tcp, udp or both
  timezone: Asia/Shanghai
  transmitters:
    - address: "889"     # or "0x379"
      name: {zh: 一号楼传输装置, en: Building 1}
      heartbeat_s: 30    # 0: not supervised
      parts: {"1-1-10.2": smoke-3f, "1-1": panel-1, "device": transmitter-1}
  centres:               # who may ask whether somebody is on duty
    - {address: "88888", name: {zh: 区消防监控中心, en: District centre}}
```
"""

import re
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from console.models.ids import PointId
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources import options
from console.sources.gb26875.wire import LARGEST_ADDRESS
from console.sources.source import Option, OptionKind

TRANSPORTS: Final = ("tcp", "udp", "both")
DEVICE: Final = "device"
"""What the transmitter itself is called among its parts."""
CLOCK_OFF: Final = "inputs.clock_off_s"
_ADDRESS: Final = re.compile(r"\d{1,15}|0[xX][0-9A-Fa-f]{1,12}")
_PLACE: Final = re.compile(r"device|\d{1,3}-\d{1,3}(-\d{1,5}\.\d{1,5})?")
_USUAL_ZONE: Final = "Asia/Shanghai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A transmitter or a centre as the technician describes it.

    `heartbeat_s` is how often it is heard at least; silence of three times as long is a problem, 0 is not supervised.
    `parts` maps its own names to points of the site: "1-1-10.2" a part, "1-1" a system, "device" the transmitter.
    """

    address: int
    name: Text = Text()
    heartbeat_s: float = 0.0
    parts: dict[str, PointId] = field(default_factory=dict)
    centre: bool = False

    @property
    def label(self) -> Text:
        """What to call it on the screen."""
        zh, en = ("监控中心", "centre") if self.centre else ("传输装置", "transmitter")
        if self.name:
            named_zh, named_en = self.name.in_language("zh_CN"), self.name.in_language("en")
            return Text(f"{named_zh}（{zh} {self.address}）", f"{named_en} ({en} {self.address})")
        return Text(f"{zh} {self.address}", f"{en} {self.address}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gb26875Setup:
    """All options of one receiver; see the module."""

    host: str
    port: int
    transport: str
    zone: tzinfo
    time_sync: bool
    operator: int
    max_connections: int
    idle_s: float
    peers: dict[int, Peer]


OPTIONS: Final = (
    Option(name="host", kind=OptionKind.TEXT, label=Text("监听地址", "Listens at"), default="127.0.0.1"),
    Option(name="port", kind=OptionKind.WHOLE, label=Text("端口", "Port")),
    Option(
        name="transport", kind=OptionKind.CHOICE, label=Text("传输方式", "Transport"), default="tcp", choices=TRANSPORTS
    ),
    Option(
        name="timezone",
        kind=OptionKind.TEXT,
        label=Text("传输装置时钟的时区", "Time zone of the transmitters' clocks"),
        default=_USUAL_ZONE,
    ),
    Option(
        name="time_sync",
        kind=OptionKind.FLAG,
        label=Text("时钟偏差过大时发送校时", "Set a transmitter's clock where it is off"),
        default=True,
    ),
    Option(
        name="operator",
        kind=OptionKind.WHOLE,
        label=Text("查岗应答的操作员编号", "Operator number in answers to duty checks"),
        default=1,
    ),
    Option(name="max_connections", kind=OptionKind.WHOLE, label=Text("最多连接数", "Connections at most"), default=128),
    Option(
        name="idle_s",
        kind=OptionKind.NUMBER,
        label=Text("空闲断开（秒）", "Closes a quiet line after (s)"),
        default=600.0,
    ),
    Option(name="transmitters", kind=OptionKind.DATA, label=Text("用户信息传输装置", "Transmitters"), default=()),
    Option(name="centres", kind=OptionKind.DATA, label=Text("监控中心", "Centres"), default=()),
)


def read_address(written: str) -> int | None:
    """Read an address of six bytes, in decimal or with 0x in front; None where it is none."""
    if not _ADDRESS.fullmatch(written.strip()):
        return None
    address = int(written, 0) if written.strip()[:2].lower() == "0x" else int(written)
    return address if address <= LARGEST_ADDRESS else None


def read_setup(setup: SourceSetup, mistakes: list[Text]) -> Gb26875Setup:
    """Read the options, adding what is wrong with them to `mistakes`."""
    given = options.of_source(setup, mistakes)
    peers: dict[int, Peer] = {}
    for kind, centre in (("transmitters", False), ("centres", True)):
        for position, raw in enumerate(given.mappings(kind), 1):
            peer = _read_peer(setup, kind, position, raw, mistakes, centre=centre)
            if peer is not None and peer.address in peers:
                given.mistake(f"地址 {peer.address} 重复。", f"The address {peer.address} is there twice.")
            elif peer is not None:
                peers[peer.address] = peer
    slowest_s = max((peer.heartbeat_s for peer in peers.values()), default=0.0)
    read = Gb26875Setup(
        host=given.text("host", "127.0.0.1"),
        port=given.port(),
        transport=given.choice("transport", "tcp", TRANSPORTS),
        zone=given.time_zone("timezone") or ZoneInfo(_USUAL_ZONE),
        time_sync=given.flag("time_sync", True),
        operator=given.whole("operator", 1, 0, 255),
        max_connections=given.whole("max_connections", 128, 1, 4096),
        idle_s=given.number("idle_s", max(600.0, 4 * slowest_s), 1, 86400),
        peers=peers,
    )
    given.no_more()
    return read


def _read_peer(
    setup: SourceSetup, kind: str, position: int, raw: dict[str, Any], mistakes: list[Text], *, centre: bool
) -> Peer | None:
    where = Text(f"报警源 {setup.id} 的 {kind} 第 {position} 项", f"Source {setup.id}, {kind} number {position}")
    given = options.Options(where, raw, mistakes)
    address = read_address(given.text("address"))
    if address is None:
        given.mistake(
            "“address”应为十进制数或 0x 开头的十六进制数，最大 6 字节。",
            '"address" must be a decimal number or 0x and hex digits, of 6 bytes at most.',
        )
        return None
    name = given.mapping("name")
    parts = {part.strip(): PointId(str(point)) for part, point in given.mapping("parts").items()}
    for part in parts:
        if not _PLACE.fullmatch(part):
            given.mistake(
                f"“{part}”应写成 系统类型-系统地址-区号.位号（如 1-1-10.2）、系统类型-系统地址 或 device。",
                f'"{part}" must be system type-system address-area.number (1-1-10.2), type-address, or device.',
            )
    read = Peer(
        address=address,
        name=Text(str(name.get("zh", "")), str(name.get("en", ""))),
        heartbeat_s=given.number("heartbeat_s", 0.0, 0, 86400),
        parts=parts,
        centre=centre,
    )
    given.no_more()
    return read
