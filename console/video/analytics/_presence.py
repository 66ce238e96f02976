"""What rules share: patience in both directions, and the checks that hold for every zone."""

from dataclasses import dataclass
from typing import Final

from console.models.rules import Rule, minutes_of
from console.models.text import Text

EVERY_S: Final = 1 / 6
GAP_S: Final = 0.5
"""A person who blends in for a moment is still there."""


@dataclass(slots=True)
class Presence:
    """Whether something holds, with patience in both directions: `min_s` to begin, `clear_s` to end."""

    rule: Rule
    active: bool = False
    since_s: float | None = None
    seen_s: float | None = None
    score_s: float = 0.0

    def update(self, seen: bool, mono_s: float, after_s: float | None = None) -> bool:
        """Take in what a frame shows; True when `active` has changed. `after_s` stands for the rule's `min_s`."""
        if self.active and self.seen_s is None:
            self.seen_s = mono_s  # active since before this judge began
        if seen:
            if self.since_s is None:
                self.since_s = mono_s
            self.seen_s = mono_s
            self.score_s = mono_s - self.since_s
            if not self.active and self.score_s >= (self.rule.min_s if after_s is None else after_s):
                self.active = True
                return True
            return False
        if self.seen_s is None:
            return False
        empty_s = mono_s - self.seen_s
        if not self.active:
            if empty_s > GAP_S:
                self._forget()
            return False
        if empty_s >= self.rule.clear_s:
            self.active = False
            self._forget()
            return True
        return False

    def _forget(self) -> None:
        self.since_s = self.seen_s = None
        self.score_s = 0.0


def check_zone(rule: Rule, corners: int = 3) -> list[Text]:
    """The zone must be a polygon on the picture, and times, sizes and hours must make sense."""
    mistakes = []
    if len(rule.zone) < corners:
        mistakes.append(
            Text("区域至少要有三个角", "A zone needs at least three corners")
            if corners > 2
            else Text("警戒线至少要有两个端点", "A line needs at least two ends")
        )
    if any(not 0.0 <= part <= 1.0 for corner in rule.zone for part in corner):
        mistakes.append(Text("区域的角必须在 0 到 1 之间", "Corners of a zone lie between 0 and 1"))
    if rule.min_s < 0 or rule.clear_s < 0:
        mistakes.append(Text("时间不能是负数", "Times cannot be negative"))
    if not 0.0 < rule.min_area < 1.0:
        mistakes.append(Text("最小面积必须在 0 和 1 之间", "The smallest area lies between 0 and 1"))
    if not rule.min_area < rule.max_area <= 1.0:
        mistakes.append(Text("最大面积必须大于最小面积", "The largest area must be above the smallest"))
    if not 0.0 <= rule.sensitivity <= 1.0:
        mistakes.append(Text("灵敏度必须在 0 到 1 之间", "The sensitivity lies between 0 and 1"))
    if not all(_right(word) for hours in rule.hours for word in (hours.start, hours.to)):
        mistakes.append(Text("时刻应写作 HH:MM", "Hours are written HH:MM"))
    if any(not hours.days for hours in rule.hours):
        mistakes.append(Text("每段时间至少选一天", "Choose at least one day for each span of hours"))
    if any(day not in range(1, 8) for hours in rule.hours for day in hours.days):
        mistakes.append(Text("星期应为 1 到 7", "Days of the week are 1 to 7"))
    return mistakes


def _right(word: str) -> bool:
    try:
        minutes_of(word)
    except ValueError:
        return False
    return True
