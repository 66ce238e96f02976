"""What a setting is."""

from dataclasses import dataclass

from console.models.text import Text

SettingValue = float | int | str | bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One number or choice: key, default, unit, what it means, and where the default comes from."""

    key: str
    default: SettingValue
    unit: str
    name: Text
    source: str
    low: float | None = None
    high: float | None = None
