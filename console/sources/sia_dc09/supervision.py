"""Who was last heard when: a panel that falls silent is an alarm in itself."""

from typing import Final

from console.models.clock import Clock
from console.models.text import Text
from console.sources.health import Health
from console.sources.sia_dc09.setup import Account
from console.sources.silence import Silence

NUMBERS: Final = 9999
"""Sequence numbers go from 1 to this and begin anew; 0000 is not counted (DC-09 5.5.1.5)."""
SKIPPED_MOST: Final = 20
"""A larger step is a panel that began to count anew, not so many lost messages."""
LATE_S: Final = 60.0
"""How long a skipped number may still come, over another path or after a repetition, before it counts as lost."""

NOISE_S: Final = 300.0
NOISY_FROM: Final = 3
_SENDERS: Final = 64


class Supervision:
    """The last-heard clocks of all accounts, and how often each sender sent something damaged."""

    def __init__(self, accounts: dict[str, Account], clock: Clock, health: Health) -> None:
        self._clock = clock
        self._health = health
        self._silence = Silence(health, clock)
        for account in accounts.values():
            self._silence.watch(account.id, account.label, account.poll_s)
        self._numbers: dict[str, int] = {}
        self._skipped: dict[str, dict[int, float]] = {}
        self._damaged: dict[str, list[float]] = {}

    def heard(self, account: Account) -> None:
        """Note that the account has said something understandable."""
        self._silence.heard(account.id)

    def numbered(self, account: Account, sequence: str) -> None:
        """Note the number of a message; those between the last one and this are expected for another minute."""
        number = int(sequence)
        if not account.numbered or not number:
            return
        skipped = self._skipped.setdefault(account.id, {})
        skipped.pop(number, None)
        last = self._numbers.get(account.id)
        step = (number - last) % NUMBERS if last is not None else 1
        if (last is not None and step >= NUMBERS - SKIPPED_MOST) or step == 0:
            return  # it came late, or once more
        self._numbers[account.id] = number
        if last is not None and 1 < step <= SKIPPED_MOST + 1:
            now = self._clock.monotonic()
            skipped.update({(last + n - 1) % NUMBERS + 1: now for n in range(1, step)})

    def lost(self) -> dict[str, tuple[int, ...]]:
        """The skipped numbers of each account that have not come within a minute; each is told once."""
        now = self._clock.monotonic()
        found = {}
        for account_id, skipped in self._skipped.items():
            gone = tuple(number for number, since in skipped.items() if now - since > LATE_S)
            for number in gone:
                del skipped[number]
            if gone:
                found[account_id] = gone
        return found

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
        self._silence.look()
        for sender, times in list(self._damaged.items()):
            if now - times[-1] > NOISE_S:
                del self._damaged[sender]
                self._health.fine(f"noise {sender}")
            elif len(times) >= NOISY_FROM and now - times[0] <= NOISE_S:
                self._health.problem(f"noise {sender}", _noise(sender), deaf=False)


def _noise(sender: str) -> Text:
    return Text(
        zh=f"来自 {sender} 的数据多次校验错误，无法采信。请检查该设备和线路。",
        en=f"What {sender} sends fails its check again and again. Check the device and the line.",
    )
