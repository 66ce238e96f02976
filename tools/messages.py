"""Compare the sentences of the code with the catalogues: `python -m tools.messages [PATH ...]`.

Prints, ready to be pasted into a catalogue, every sentence under the paths (the whole program by
default) that has no Chinese yet, and names the translations that no code asks for any more.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
CATALOGUES = ROOT / "resources" / "locale"

# Which arguments of a call are: the context, the sentence.
CALLS: dict[str, tuple[int | None, int]] = {
    "_": (None, 0),
    "N_": (None, 0),
    "ngettext": (None, 0),
    "translate": (None, 0),
    "pgettext": (0, 1),
}


@dataclass(frozen=True, slots=True, order=True)
class Asked:
    """One place in the code that asks for a sentence."""

    context: str
    msgid: str
    file: str
    line: int


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Give every call that asks for a sentence, with the name it is called by."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            # `translate` is a common method name; only i18n's own is meant.
            if name in CALLS and (isinstance(node.func, ast.Name) or _owner(node.func) == "i18n"):
                yield name, node


def _owner(function: ast.expr) -> str:
    """Give `i18n` for `i18n.translate`."""
    value = getattr(function, "value", None)
    return value.id if isinstance(value, ast.Name) else ""


def asked(file: Path) -> list[Asked]:
    """Give every sentence that a module asks for by its text."""
    found = []
    for name, call in calls(ast.parse(file.read_text(encoding="utf-8"))):
        context_at, msgid_at = CALLS[name]
        context = _text(call, context_at) if context_at is not None else ""
        msgid = _text(call, msgid_at)
        if msgid and context is not None:
            found.append(Asked(context, msgid, str(file.relative_to(ROOT)), call.lineno))
    return found


def _text(call: ast.Call, at: int) -> str | None:
    """Give an argument that is a plain text, None for anything else."""
    if len(call.args) <= at:
        return None
    argument = call.args[at]
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def asked_under(folder: Path) -> list[Asked]:
    """Give every sentence asked for in a module or a folder of them."""
    files = [folder] if folder.is_file() else sorted(folder.rglob("*.py"))
    return sorted(one for file in files for one in asked(file))


def translated(language: str = "zh_CN") -> dict[tuple[str, str], list[tuple[str, polib.POEntry]]]:
    """Give every entry of a language's catalogues by context and sentence, with the file it is in."""
    entries: dict[tuple[str, str], list[tuple[str, polib.POEntry]]] = {}
    for file in sorted((CATALOGUES / language).glob("*.po")):
        for entry in polib.pofile(str(file), encoding="utf-8"):
            if not entry.obsolete:
                entries.setdefault((entry.msgctxt or "", entry.msgid), []).append((file.name, entry))
    return entries


def main(paths: list[str]) -> int:
    """Print what is missing and what is stale; the exit code tells whether anything is."""
    have = translated()
    everywhere = {(one.context, one.msgid) for one in asked_under(ROOT / "console")}
    missing: dict[tuple[str, str], Asked] = {}
    for path in paths or [str(ROOT / "console")]:
        for one in asked_under(Path(path).resolve()):
            if (one.context, one.msgid) not in have:
                missing.setdefault((one.context, one.msgid), one)
    for one in sorted(missing.values(), key=lambda one: (one.file, one.line)):
        entry = polib.POEntry(msgid=one.msgid, msgctxt=one.context or None, occurrences=[(one.file, str(one.line))])
        print(entry)
    stale = [(file, key) for key, found in have.items() if key not in everywhere for file, _ in found]
    for file, (context, msgid) in stale:
        print(f"# stale in {file}: {context} {msgid!r}")
    return 1 if missing or stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
