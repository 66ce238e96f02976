"""Every sentence of the screen exists in both languages, and no translation outlives its sentence."""

import ast
import re
from pathlib import Path

import pytest

from tools import messages

ROOT = Path(__file__).resolve().parents[1]
GAP = re.compile(r"\{([^{}]*)\}")


def sources() -> list[Path]:
    return sorted((ROOT / "console").rglob("*.py"))


@pytest.fixture(scope="module")
def asked() -> list[messages.Asked]:
    return messages.asked_under(ROOT / "console")


def test_that_every_sentence_of_the_code_has_a_chinese_translation(asked: list[messages.Asked]) -> None:
    have = {key for key, found in messages.translated().items() if any(entry.translated() for _, entry in found)}
    missing = [f"{one.file}:{one.line} {one.msgid!r}" for one in asked if (one.context, one.msgid) not in have]
    assert not missing, f"{len(missing)} without Chinese (python -m tools.messages prints them):\n" + "\n".join(missing)


def test_that_every_translation_belongs_to_a_sentence_of_the_code(asked: list[messages.Asked]) -> None:
    used = {(one.context, one.msgid) for one in asked}
    stale = [f"{file}: {key}" for key, found in messages.translated().items() for file, _ in found if key not in used]
    assert not stale, "\n".join(stale)


def test_that_two_catalogues_never_say_the_same_sentence_differently() -> None:
    differing = {
        key: [f"{file}: {entry.msgstr}" for file, entry in found]
        for key, found in messages.translated().items()
        if len({entry.msgstr for _, entry in found}) > 1
    }
    assert not differing


def test_that_no_translation_is_unfinished() -> None:
    unsure = [f"{file}: {key}" for key, found in messages.translated().items() for file, entry in found if entry.fuzzy]
    assert not unsure, unsure


def test_that_a_translation_has_exactly_the_gaps_of_its_sentence() -> None:
    wrong = []
    for (_, msgid), found in messages.translated().items():
        for file, entry in found:
            said = entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr
            if sorted(set(GAP.findall(msgid))) != sorted(set(GAP.findall(said))):
                wrong.append(f"{file}: {msgid!r} -> {said!r}")
    assert not wrong, "\n".join(wrong)


def test_that_a_sentence_is_looked_up_before_its_gaps_are_filled() -> None:
    wrong = []
    for file in sources():
        for name, call in messages.calls(ast.parse(file.read_text(encoding="utf-8"))):
            for argument in call.args[:2]:
                built = isinstance(argument, ast.JoinedStr | ast.BinOp) or (
                    isinstance(argument, ast.Call) and getattr(argument.func, "attr", "") == "format"
                )
                if built and not (name == "translate" and argument is call.args[1]):
                    wrong.append(f"{file.relative_to(ROOT)}:{call.lineno}")
            if name in ("N_", "ngettext", "pgettext") and not isinstance(call.args[0], ast.Constant):
                wrong.append(f"{file.relative_to(ROOT)}:{call.lineno} not a text")
    assert not wrong, wrong


def test_that_the_lookup_is_never_shadowed_by_a_throw_away_variable() -> None:
    wrong = []
    for file in sources():
        for scope in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            nodes = list(ast.walk(scope))
            asks = any(isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_" for node in nodes)
            thrown = [node for node in nodes if isinstance(node, ast.Name) and node.id == "_"]
            if asks and any(isinstance(node.ctx, ast.Store) for node in thrown):
                wrong.append(f"{file.relative_to(ROOT)}:{scope.lineno} {scope.name}")
    assert not wrong, wrong
