"""Who was last heard when: a panel that falls silent is an alarm in itself."""

from typing import Final

from console.models.clock import Clock
from console.models.text import Text
from console.sources.health import Health
from console.sources.sia_dc09.setup import Account

SILENT_AFTER: Final = 3
"""Silence of so many poll intervals is a problem (EN 50136-1 asks for minutes at the higher grades)."""

NOISE_S: Final = 300.0
NOISY_FROM: Final = 3
_SENDERS: Final = 64


class Supervision:
    """The last-heard clocks of all accounts, and how often each sender sent something damaged."""

    def __init__(self, accounts: dict[str, Account], clock: Clock, health: Health) -> None:
        self._accounts = accounts
        self._clock = clock
        self._health = health
        self._heard = dict.fromkeys(accounts, clock.monotonic())
        self._damaged: dict[str, list[float]] = {}

    def heard(self, account: Account) -> None:
        """Note that the account has said something understandable."""
        self._heard[account.id] = self._clock.monotonic()
        self._health.heard()
        self._health.fine(f"silent {account.id}")

    def damaged(self, sender: str) -> None:
        """Note a frame whose CRC or length was wrong; `sender` is an address without a port."""
        times = self._damaged.setdefault(sender, [])
        times.append(self._clock.monotonic())
        del times[:-NOISY_FROM]
        while len(self._damaged) > _SENDERS:
            forgotten = next(iter(self._damaged))
            del self._damaged[forgotten]
            self._health.fine(f"noise {forgotten}")
        self.look()

    def look(self) -> None:
        """Compare all clocks with now and tell the house what has changed."""
        now = self._clock.monotonic()
        for account in self._accounts.values():
            limit_s = SILENT_AFTER * account.poll_s
            if limit_s and now - self._heard[account.id] > limit_s:
                self._health.problem(f"silent {account.id}", _silent(account, limit_s))
        for sender, times in list(self._damaged.items()):
            if now - times[-1] > NOISE_S:
                del self._damaged[sender]
                self._health.fine(f"noise {sender}")
            elif len(times) >= NOISY_FROM and now - times[0] <= NOISE_S:
                self._health.problem(f"noise {sender}", _noise(sender), deaf=False)


def _silent(account: Account, limit_s: float) -> Text:
    return Text(
        zh=f"{account.label.zh}超过 {limit_s:g} 秒没有消息。请检查主机电源和网络。",
        en=f"Nothing was heard of {account.label.en} for more than {limit_s:g} s. Check the panel's power and network.",
    )


def _noise(sender: str) -> Text:
    return Text(
        zh=f"来自 {sender} 的数据多次校验错误，无法采信。请检查该设备和线路。",
        en=f"What {sender} sends fails its check again and again. Check the device and the line.",
    )
