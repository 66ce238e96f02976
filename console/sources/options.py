"""Read the options of a source from the site folder, collecting every mistake as a sentence for the technician."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from console.models.errors import ConsoleError
from console.models.site import SourceSetup
from console.models.text import Text


class Options:
    """A mapping of options that is read name by name; what is wrong or left over becomes a sentence in `mistakes`.

    `where` says in both languages which part of the site folder is being read ("source east", "account 1234").
    """

    def __init__(self, where: Text, options: Mapping[str, Any], mistakes: list[Text]) -> None:
        self.where = where
        self.mistakes = mistakes
        self._left = dict(options)

    def mistake(self, zh: str, en: str) -> None:
        """Note a mistake here."""
        self.mistakes.append(Text(zh=f"{self.where.zh}：{zh}", en=f"{self.where.en}: {en}"))

    def text(self, name: str, default: str = "") -> str:
        """Take a text; numbers are taken as they are written."""
        value = self._left.pop(name, default)
        if isinstance(value, bool) or not isinstance(value, str | int):
            self.mistake(f"“{name}”应为文字。", f'"{name}" must be a text.')
            return default
        return str(value)

    def number(self, name: str, default: float, low: float, high: float) -> float:
        """Take a number within its bounds, both included."""
        value = self._left.pop(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.mistake(
                f"“{name}”应为 {low:g} 到 {high:g} 之间的数。", f'"{name}" must be a number from {low:g} to {high:g}.'
            )
            return default
        return value

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """Take a whole number within its bounds, both included."""
        value = self.number(name, default, low, high)
        if value != int(value):
            self.mistake(f"“{name}”应为整数。", f'"{name}" must be a whole number.')
            return default
        return int(value)

    def flag(self, name: str, default: bool) -> bool:
        """Take a yes or no."""
        value = self._left.pop(name, default)
        if not isinstance(value, bool):
            self.mistake(f"“{name}”应为 true 或 false。", f'"{name}" must be true or false.')
            return default
        return value

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """Take one of several words."""
        value = self._left.pop(name, default)
        if value not in choices:
            self.mistake(
                f"“{name}”只能是 {'、'.join(choices)} 之一。", f'"{name}" must be one of {", ".join(choices)}.'
            )
            return default
        return str(value)

    def port(self) -> int:
        """Take the port to listen on, which must be there; 0 takes any free one."""
        if "port" not in self._left:
            self.mistake("缺少“port”。", '"port" is missing.')
        return self.whole("port", 0, 0, 65535)

    def time_zone(self, name: str) -> tzinfo | None:
        """Take the IANA name of a time zone; None where there is none."""
        written = self.text(name)
        try:
            return ZoneInfo(written) if written else None
        except (KeyError, ValueError, OSError):
            self.mistake(f"没有“{written}”这个时区。", f'There is no time zone "{written}".')
            return None

    def mapping(self, name: str) -> dict[str, Any]:
        """Take a mapping; its keys are read as texts."""
        value = self._left.pop(name, None)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.mistake(f"“{name}”应为“名称: 值”的列表。", f'"{name}" must be a list of "name: value".')
            return {}
        return {str(key): inner for key, inner in value.items()}

    def mappings(self, name: str) -> list[dict[str, Any]]:
        """Take a list of mappings."""
        value = self._left.pop(name, None)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            self.mistake(f"“{name}”应为列表。", f'"{name}" must be a list.')
            return []
        return [{str(key): inner for key, inner in item.items()} for item in value]

    def values(self, name: str) -> list[Any]:
        """Take one plain value or a list of them."""
        value = self._left.pop(name, None)
        found = value if isinstance(value, list) else [] if value is None else [value]
        if any(isinstance(one, list | Mapping) for one in found):
            self.mistake(f"“{name}”应为一个值或值的列表。", f'"{name}" must be a value or a list of values.')
            return []
        return found

    def texts(self, name: str) -> list[str]:
        """Take a list of texts; a single text is a list of one."""
        value = self._left.pop(name, None)
        listed = [value] if isinstance(value, str) else value
        if listed is None:
            return []
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            self.mistake(f"“{name}”应为文字列表。", f'"{name}" must be a list of texts.')
            return []
        return listed

    def no_more(self) -> None:
        """Note every option that nobody asked for: most are typing mistakes."""
        for name in sorted(self._left):
            self.mistake(f"没有“{name}”这个选项。", f'There is no option "{name}".')


def of_source(setup: SourceSetup, mistakes: list[Text]) -> Options:
    """The options of a whole source."""
    return Options(Text(f"报警源 {setup.id}", f"Source {setup.id}"), setup.options, mistakes)


def refuse(mistakes: list[Text]) -> None:
    """Raise ConsoleError with all mistakes, if there are any."""
    if mistakes:
        raise ConsoleError(zh=" ".join(text.zh for text in mistakes), en=" ".join(text.en for text in mistakes))
