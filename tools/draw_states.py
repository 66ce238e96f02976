"""Write the tables of docs/design/alarms.md from the transition tables in the code: `python -m tools.draw_states`."""

import sys
from pathlib import Path

from console.models.alarms import TRANSITIONS, State
from console.models.duty import HANDOVER_TRANSITIONS
from console.models.words import word

FILE = Path(__file__).resolve().parents[1] / "docs" / "design" / "alarms.md"
BEGIN, END = "<!-- drawn from the code: begin -->", "<!-- drawn from the code: end -->"


def _states(states: frozenset[State]) -> str:
    return ", ".join(state.value for state in sorted(states))


def drawn() -> str:
    """The tables as they follow from the code."""
    lines = ["| state | shown as |", "|---|---|"]
    lines += [f"| {state.value} | {word(state).zh} · {word(state).en} |" for state in State]
    lines += ["", "| from | action | leads to | where |", "|---|---|---|---|"]
    lines += [
        f"| {_states(row.states)} | {row.action.value} | {_states(row.leads_to)} | {row.guard} |" for row in TRANSITIONS
    ]
    lines += ["", "The handover moves by its own table:", "", "| from | action | leads to |", "|---|---|---|"]
    lines += [
        f"| {state.value} | {action.value} | {target.value} |" for (state, action), target in HANDOVER_TRANSITIONS.items()
    ]
    return "\n".join(lines)


def with_tables(text: str) -> str:
    """The document with its tables drawn anew."""
    head, rest = text.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    return f"{head}{BEGIN}\n\n{drawn()}\n\n{END}{tail}"


def main() -> int:
    """Draw the tables into the document."""
    FILE.write_text(with_tables(FILE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
