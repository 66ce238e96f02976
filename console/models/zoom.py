"""Digital zoom: which part of a picture is looked at. Pure; the same for live pictures and for recorded ones."""

from dataclasses import dataclass
from typing import Final

Region = tuple[float, float, float, float]
"""Left, top, right, bottom in 0..1 of the picture."""
WHOLE: Final[Region] = (0.0, 0.0, 1.0, 1.0)
CLOSEST: Final = 12.0
STEP: Final = 1.25


@dataclass(frozen=True, slots=True)
class Zoom:
    """`factor` times as close as the whole picture, with (`x`, `y`) in the middle, both in 0..1 of the picture."""

    factor: float = 1.0
    x: float = 0.5
    y: float = 0.5

    @property
    def region(self) -> Region:
        """The part that is looked at; always within the picture."""
        half = 0.5 / self.factor
        return (self.x - half, self.y - half, self.x + half, self.y + half)

    @property
    def whole(self) -> bool:
        """Whether the whole picture is looked at."""
        return self.factor <= 1.0

    def closer(self, times: float, at: tuple[float, float] = (0.5, 0.5)) -> "Zoom":
        """Zoom by `times`; what lies under `at` (0..1 of the tile) stays there as far as the picture's edge allows."""
        factor = min(CLOSEST, max(1.0, self.factor * times))
        here_x = self.x + (at[0] - 0.5) / self.factor
        here_y = self.y + (at[1] - 0.5) / self.factor
        return _within(factor, here_x - (at[0] - 0.5) / factor, here_y - (at[1] - 0.5) / factor)

    def moved(self, across: float, down: float) -> "Zoom":
        """Look further right and down, by these shares of what is looked at."""
        return _within(self.factor, self.x + across / self.factor, self.y + down / self.factor)


def _within(factor: float, x: float, y: float) -> Zoom:
    half = 0.5 / factor
    return Zoom(factor, min(1.0 - half, max(half, x)), min(1.0 - half, max(half, y)))
