"""Write the table of docs/events.md from console/models/events: `python -m tools.write_events`."""

import inspect
import sys
from dataclasses import fields
from typing import Final

from console.models.events import EVENTS, REBUILDS, Event
from tools.drawn import ROOT, redraw, table

FILE: Final = ROOT / "docs" / "events.md"


def drawn() -> str:
    """The table as it follows from the code."""
    common = {field.name for field in fields(Event)}
    rows = (
        (
            f"`{name}`",
            (inspect.getdoc(kind) or "").partition("\n\n")[0],
            ", ".join(
                f"**{field.name}**" if field.name == REBUILDS.get(name) else field.name
                for field in fields(kind)
                if field.name not in common
            ),
        )
        for name, kind in sorted(EVENTS.items())
    )
    return table(("kind", "what happened", "carries (in bold: the whole value that its row keeps)"), rows)


def main() -> int:
    """Draw the table into the document."""
    return redraw(FILE, drawn)


if __name__ == "__main__":
    sys.exit(main())
