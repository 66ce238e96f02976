"""The options of a DC-09 receiver: where it listens and which accounts it knows.

```yaml
options:
  host: 0.0.0.0          # 127.0.0.1 where nothing is written
  port: 12000
  transport: tcp         # tcp, udp or both
  accounts:
    - account: "1234"
      name: {zh: 东区主机, en: East panel}
      key: secret:dc09-1234   # names a secret; the secret is 32, 48 or 64 hex digits, or 16, 24 or 32 characters
      poll_s: 30         # 0: not supervised
      zones: {"12": gate-east, "door-3": door-lobby}
      schedule: {set: ["19:00-07:00"], timezone: Asia/Shanghai}   # when nobody may disarm
      numbered: true     # its messages are numbered for this receiver alone: a gap is a lost message
```
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any, Final

from console.models.errors import ConsoleError
from console.models.ids import PointId
from console.models.site import SourceSetup
from console.models.text import Text
from console.sources import options
from console.sources.sia_dc09.message import ENCODINGS
from console.sources.sia_dc09.schedule import Schedule, read_schedule

_ACCOUNT: Final = re.compile(r"[0-9A-Za-z]{1,16}")
_KEY_BYTES: Final = (16, 24, 32)
TRANSPORTS: Final = ("tcp", "udp", "both")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A panel as the technician describes it.

    `key` names its secret, empty for plain messages. `poll_s` is how often it calls at least; silence of three times as
    long is a problem; 0 means that it is not supervised. `zone` is the time zone of its clock (the standard: UTC).
    `check_time` refuses encrypted messages that are too old or too new, as the standard asks. A panel that does not
    tell when a zone is well again (`sends_restores`) raises momentary alarms. `zones` maps its numbers to points of the
    site: "12", "door-3", and "0" or the condition's own name ("mains", "battery") for the panel as a whole. Disarming
    while its `schedule` expects it to be set is an alarm. A panel that uses one counter for several receivers is not
    `numbered`: its gaps mean nothing here.
    """

    id: str
    name: Text = Text()
    key: str = ""
    poll_s: float = 0.0
    zone: tzinfo = UTC
    check_time: bool = True
    sends_restores: bool = True
    encodings: tuple[str, ...] = ENCODINGS
    schedule: Schedule | None = None
    numbered: bool = True
    zones: dict[str, PointId] = field(default_factory=dict)

    @property
    def label(self) -> Text:
        """What to call it on the screen."""
        if self.name:
            zh, en = self.name.in_language("zh_CN"), self.name.in_language("en")
            return Text(f"{zh}（账号 {self.id}）", f"{en} (account {self.id})")
        return Text(f"账号 {self.id}", f"account {self.id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dc09Setup:
    """All options of one receiver; see the module."""

    host: str
    port: int
    transport: str
    check_length: bool
    max_connections: int
    idle_s: float
    accounts: dict[str, Account]


def plain_number(number: str) -> str:
    """A zone number without leading zeros, "0" for none: panels write 012, technicians 12."""
    return number.strip().upper().lstrip("0") or "0"


def _place_name(written: str) -> str:
    kind, dash, number = written.strip().rpartition("-")
    if dash:
        return f"{kind.lower()}-{plain_number(number)}"
    return plain_number(written) if re.fullmatch(r"[0-9A-Fa-f]{1,8}", written.strip()) else written.strip().lower()


def read_setup(setup: SourceSetup, mistakes: list[Text]) -> Dc09Setup:
    """Read the options, adding what is wrong with them to `mistakes`."""
    given = options.of_source(setup, mistakes)
    accounts: dict[str, Account] = {}
    for position, raw in enumerate(given.mappings("accounts"), 1):
        account = _read_account(setup, position, raw, mistakes)
        if account is not None and account.id in accounts:
            given.mistake(f"账号 {account.id} 重复。", f"Account {account.id} is there twice.")
        elif account is not None:
            accounts[account.id] = account
    slowest_s = max((account.poll_s for account in accounts.values()), default=0.0)
    read = Dc09Setup(
        host=given.text("host", "127.0.0.1"),
        port=given.port(),
        transport=given.choice("transport", "tcp", TRANSPORTS),
        check_length=given.flag("check_length", True),
        max_connections=given.whole("max_connections", 128, 1, 4096),
        idle_s=given.number("idle_s", max(300.0, 4 * slowest_s), 1, 86400),
        accounts=accounts,
    )
    given.no_more()
    return read


def _read_account(setup: SourceSetup, position: int, raw: dict[str, Any], mistakes: list[Text]) -> Account | None:
    where = Text(f"报警源 {setup.id} 的第 {position} 个账号", f"Source {setup.id}, account number {position}")
    given = options.Options(where, raw, mistakes)
    account_id = given.text("account").upper()
    if not _ACCOUNT.fullmatch(account_id):
        given.mistake("账号应为 1 到 16 位字母或数字。", "The account must be 1 to 16 letters or digits.")
        return None
    name = given.mapping("name")
    encoding = given.choice("encoding", "auto", ("auto", *ENCODINGS))
    read = Account(
        id=account_id,
        name=Text(str(name.get("zh", "")), str(name.get("en", ""))),
        key=given.text("key"),
        poll_s=given.number("poll_s", 0.0, 0, 86400),
        zone=given.time_zone("timezone") or UTC,
        check_time=given.flag("check_time", True),
        sends_restores=given.flag("sends_restores", True),
        encodings=ENCODINGS if encoding == "auto" else (encoding,),
        schedule=read_schedule(given, where),
        numbered=given.flag("numbered", True),
        zones={_place_name(name): PointId(str(point)) for name, point in given.mapping("zones").items()},
    )
    given.no_more()
    return read


def read_key(account: Account, secrets: Callable[[str], str]) -> bytes | None:
    """Give the AES key of an account, None where it has none.

    A secret of 32, 48 or 64 hex digits is taken as bytes in hex, one of 16, 24 or 32 characters as those characters;
    "hex:" or "ascii:" in front says which is meant. Raises ConsoleError for a secret that is missing or no key.
    """
    if not account.key:
        return None
    secret = secrets(account.key).strip()
    how, colon, rest = secret.partition(":")
    if not colon or how not in ("hex", "ascii"):
        is_hex = re.fullmatch(r"(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{48}|[0-9A-Fa-f]{64})", secret)
        how, rest = ("hex" if is_hex else "ascii"), secret
    try:
        key = bytes.fromhex(rest) if how == "hex" else rest.encode("ascii")
    except ValueError:
        key = b""
    if len(key) not in _KEY_BYTES:
        raise ConsoleError(
            zh=f"{account.label.zh}的密钥无效：应为 32、48 或 64 位十六进制数，或 16、24、32 个字符。",
            en=f"The key of {account.label.en} is no key: it takes 32, 48 or 64 hex digits, or 16, 24 or 32 characters.",
        )
    return key
