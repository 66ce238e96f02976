"""Write the table of docs/keys.md from console/views/actions.py: `python -m tools.write_keys`."""

import sys
from typing import Final

from console.i18n import translate
from console.views.actions import ACTIONS
from console.views.help import keys_of
from tools.drawn import ROOT, redraw, table

FILE: Final = ROOT / "docs" / "keys.md"
CHINESE: Final = "zh_CN"


def drawn() -> str:
    """The table as it follows from the code."""
    rows = (
        (
            f"`{keys_of(action)}`",
            f"**{translate(action.title, CHINESE)}** {translate(action.what, CHINESE)}",
            f"**{action.title}** {action.what}",
        )
        for action in ACTIONS
    )
    return table(("键 · key", "中文", "English"), rows)


def main() -> int:
    """Draw the table into the document."""
    return redraw(FILE, drawn)


if __name__ == "__main__":
    sys.exit(main())
