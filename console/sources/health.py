"""Keep a source's problems together and tell the house when they change."""

from collections.abc import Callable
from datetime import datetime

from console.models.clock import Clock
from console.models.ids import SourceId
from console.models.signals import SourceHealth, SourceProblem
from console.models.text import Text


class Health:
    """The problems that a source has now, by name; the house is told only when their sentences change.

    Sentences hold no counters and no running times, otherwise each of them would be a line of the journal.
    """

    def __init__(
        self,
        source: SourceId,
        clock: Clock,
        tell: Callable[[SourceHealth], None],
        heard: Callable[[datetime], None] | None = None,
    ) -> None:
        self._source = source
        self._clock = clock
        self._tell = tell
        self._hear = heard
        self._problems: dict[str, SourceProblem] = {}
        self._told: tuple[SourceProblem, ...] | None = None
        self._since_at: datetime = clock.now()
        self._heard_at: datetime | None = None

    def heard(self) -> None:
        """Note that something understandable arrived just now; the first time of all, the house is told."""
        first, self._heard_at = self._heard_at is None, self._clock.now()
        if self._hear is not None:
            self._hear(self._heard_at)
        if first and self._told is not None:
            self._say(self._told)

    def problem(self, name: str, sentence: Text, *, deaf: bool = True) -> None:
        """Have this problem from now on; a `deaf` one may keep alarms from arriving, and is an alarm itself."""
        self._problems[name] = SourceProblem(name=name, sentence=sentence, deaf=deaf)
        self.tell()

    def fine(self, name: str) -> None:
        """Be rid of this problem; nothing happens where there was none."""
        if self._problems.pop(name, None) is not None:
            self.tell()

    def has(self, name: str) -> bool:
        """Whether this problem exists now."""
        return name in self._problems

    def tell(self) -> None:
        """Tell the house how the source is, if it does not know yet."""
        problems = tuple(self._problems[name] for name in sorted(self._problems))
        if problems == self._told:
            return
        if self._told is None or bool(self._told) != bool(problems):
            self._since_at = self._clock.now()
        self._told = problems
        self._say(problems)

    def _say(self, problems: tuple[SourceProblem, ...]) -> None:
        self._tell(
            SourceHealth(
                source=self._source,
                healthy=not problems,
                since_at=self._since_at,
                heard_at=self._heard_at,
                sentence_zh=" ".join(one.sentence.in_language("zh_CN") for one in problems),
                sentence_en=" ".join(one.sentence.in_language("en") for one in problems),
                problems=problems,
            )
        )
