"""Write the tables of docs/design/alarms.md from the transition tables in the code: `python -m tools.draw_states`."""

import sys
from typing import Final

from console.models.alarms import TRANSITIONS, AlarmClass, State
from console.models.duty import HANDOVER_TRANSITIONS
from console.models.grouping import CAUSES
from console.models.words import word
from tools.drawn import ROOT, redraw, table

FILE: Final = ROOT / "docs" / "design" / "alarms.md"


def _states(states: frozenset[State]) -> str:
    return ", ".join(state.value for state in sorted(states))


def _classes(classes: frozenset[AlarmClass]) -> str:
    return ", ".join(one.value for one in AlarmClass if one in classes)


def drawn() -> str:
    """The tables as they follow from the code."""
    states = table(("state", "shown as"), ((state.value, f"{word(state).zh} · {word(state).en}") for state in State))
    moves = table(
        ("from", "action", "leads to", "where"),
        ((_states(row.states), row.action.value, _states(row.leads_to), row.guard) for row in TRANSITIONS),
    )
    handover = table(
        ("from", "action", "leads to"),
        ((state.value, action.value, target.value) for (state, action), target in HANDOVER_TRANSITIONS.items()),
    )
    causes = table(
        ("these alarms", "explain these", "of the same", "within (setting)"),
        (
            (
                _classes(rule.causes) + (f" (code {rule.code})" if rule.code else ""),
                _classes(rule.consequences),
                rule.reach.value,
                f"`{rule.within}`",
            )
            for rule in CAUSES
        ),
    )
    return (
        f"{states}\n\n{moves}\n\nCauses and what follows from them:\n\n{causes}\n\n"
        f"The handover moves by its own table:\n\n{handover}"
    )


def main() -> int:
    """Draw the tables into the document."""
    return redraw(FILE, drawn)


if __name__ == "__main__":
    sys.exit(main())
