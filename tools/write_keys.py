"""Write the tables of docs/keys.md from console/views/actions.py and the panels: `python -m tools.write_keys`."""

import sys
from typing import Final

from console import registry
from console.i18n import translate
from console.views.action import Action
from console.views.actions import ACTIONS
from console.views.help import keys_of
from console.views.panel import PanelKey, PanelSpec
from tools.drawn import ROOT, redraw, table

FILE: Final = ROOT / "docs" / "keys.md"
CHINESE: Final = "zh_CN"


_HEADS: Final = ("键 · key", "中文", "English")


def drawn() -> str:
    """The tables as they follow from the code: the post's, and one for each panel with keys of its own."""
    parts = [table(_HEADS, (_row(action, keys_of(action)) for action in ACTIONS))]
    for spec in registry.discover("console.views.panels", kind=PanelSpec).values():
        if spec.keys:
            parts.append(f"## {translate(spec.title, CHINESE)} · {spec.title}")
            parts.append(table(_HEADS, (_row(key, "`  `".join(key.keys)) for key in spec.keys)))
    return "\n\n".join(parts)


def _row(said: Action | PanelKey, keys: str) -> tuple[str, str, str]:
    return (
        f"`{keys}`",
        f"**{translate(said.title, CHINESE)}** {translate(said.what, CHINESE)}",
        f"**{said.title}** {said.what}",
    )


def main() -> int:
    """Draw the table into the document."""
    return redraw(FILE, drawn)


if __name__ == "__main__":
    sys.exit(main())
