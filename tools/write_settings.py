"""Write the table of docs/settings.md from console/models/settings.py: `python -m tools.write_settings`."""

import sys
from typing import Final

from console.models.settings import SETTINGS, Setting
from tools.drawn import ROOT, redraw, table

FILE: Final = ROOT / "docs" / "settings.md"


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _range(setting: Setting) -> str:
    if setting.low is None and setting.high is None:
        return ""
    return f"{_number(setting.low) if setting.low is not None else ''} … {_number(setting.high) if setting.high is not None else ''}"


def drawn() -> str:
    """The table as it follows from the code."""
    rows = (
        (
            f"`{setting.key}`",
            _number(setting.default),
            setting.unit,
            _range(setting),
            f"{setting.name.zh} · {setting.name.en}",
            setting.source_on_record,
        )
        for setting in SETTINGS
    )
    return table(("key", "default", "unit", "allowed", "meaning", "source of the default"), rows)


def main() -> int:
    """Draw the table into the document."""
    return redraw(FILE, drawn)


if __name__ == "__main__":
    sys.exit(main())
