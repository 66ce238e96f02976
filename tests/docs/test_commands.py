"""Every command that a document tells somebody to type is one that is there."""

import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

import run
from console.cli.parsing import parser
from tests.docs.reading import ROOT, documents

# A command in a block of lines, or in the middle of a sentence.
_WRITTEN = re.compile(r"(?:^|`|\| )((?:zhishou|python3 run\.py) [^`\n|#]+)", re.MULTILINE)
_OF_RUN = {"test", "lint", "bench", "setup"}
# What a document writes where a person writes something of their own.
_OWN = re.compile(r"\b(?:DIR|NAME|TARGET|BACKUP|URL|NUMBER:HASH|PATH|HOST)\b|站点文件夹|数据文件夹|名称|备份|…|\.\.\.")


def commands() -> Iterator[tuple[Path, str]]:
    for file in documents():
        for written in _WRITTEN.findall(file.read_text(encoding="utf-8")):
            yield file, written.strip().rstrip("。，；.,;:")


def arguments_of(written: str) -> list[str]:
    filled = _OWN.sub("x", written.replace("NUMBER:HASH", f"12:{'a' * 64}"))
    words = shlex.split(filled)
    return words[1:] if words[0] == "zhishou" else words[2:]


def understood(arguments: list[str]) -> str:
    """What the command line complains of, empty where it does as asked."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            parser().parse_args(arguments)
        except SystemExit as end:
            return said.getvalue() if end.code else ""
    return ""


def test_that_a_command_that_is_not_there_is_noticed() -> None:
    assert "no-such" in understood(["no-such"])
    assert understood(["verify", "--no-such"])
    assert understood(arguments_of("zhishou verify --head NUMBER:HASH")) == ""


@pytest.mark.parametrize("file", documents(), ids=lambda file: str(file.relative_to(ROOT)))
def test_that_every_command_in_a_document_can_be_given(file: Path) -> None:
    wrong = []
    for where, written in commands():
        if where != file:
            continue
        arguments = arguments_of(written)
        if not arguments or (written.startswith("python3 run.py") and arguments[0] in _OF_RUN):
            continue
        complaint = understood(arguments)
        # A sentence may name a command without what belongs to it: "`zhishou backup` copies".
        if complaint and not (len(arguments) <= 2 and ("Missing" in complaint or "required" in complaint)):
            wrong.append(f"{written}: {complaint.splitlines()[-1]}")
    assert not wrong, "\n".join(wrong)


def test_that_the_documents_do_tell_of_commands() -> None:
    told = [arguments_of(written) for _, written in commands()]
    assert {"demo", "run", "site", "secret", "verify", "backup", "restore", "test"} <= {one[0] for one in told if one}


def test_that_every_verb_of_run_is_one_that_the_starter_knows() -> None:
    used = {words[0] for file, written in commands() if "run.py" in written and (words := arguments_of(written))}
    known = set(re.findall(r"^  (\w+) ", run.USAGE, re.MULTILINE)) | {
        "site",
        "secret",
        "alarms",
        "journal",
        "backup",
        "restore",
    }
    assert used <= known
