"""What a setting is."""

from dataclasses import dataclass

from console.models.text import Text

SettingValue = float | int | str | bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One number or choice: key, default, unit, what it means, and where the default comes from.

    A source is a text in both languages, or a name that is the same in both: "EEMUA 191". Documents keep the name they
    bear; what is said about them is said in the language of the page.
    """

    key: str
    default: SettingValue
    unit: str
    name: Text
    source: Text | str
    low: float | None = None
    high: float | None = None

    @property
    def source_on_record(self) -> str:
        """The source in both languages, for what outlives the screen: a due item, a document."""
        return self.source if isinstance(self.source, str) else f"{self.source.zh} · {self.source.en}"
