"""The house rules that a machine can keep: who imports whom, how long, how timed, how worded."""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "console"

# ------------------------------------------------------------------ the table

BASE = frozenset({"bus", "config", "durable", "i18n", "log", "registry", "resources"})
# Reading what a site is made of takes several modules; they are one room.
CONFIG = frozenset(
    {"config", "map_size", "marked_yaml", "plan_files", "point_import", "points_table", "site_checks", "site_folder", "yaml_model"}
)  # fmt: skip
EVERYTHING = None

# What a room may import besides itself. A room that is not here does not exist.
MAY_IMPORT: dict[str, frozenset[str] | None] = {
    "__init__": frozenset(),
    "models": frozenset(),
    "bus": frozenset(),
    "durable": frozenset(),
    "log": frozenset(),
    "registry": frozenset(),
    "resources": frozenset(),
    "i18n": frozenset({"resources"}),
    "config": frozenset({"models", "resources"}),
    "store": BASE | {"models"},
    "onvif": BASE | {"models"},
    "sources": BASE | {"models", "onvif"},
    "video": BASE | {"models"},
    "steps": BASE | {"models"},
    "reports": BASE | {"models", "store", "steps"},
    "services": BASE | {"models", "store", "reports", "steps"},
    "errands": BASE | {"models"},
    "bridge": BASE | {"models", "services"},
    "views": BASE | {"models", "services", "bridge", "steps"},
    "steps/page": BASE | {"models", "services", "bridge", "steps", "views"},
    "demo": BASE | {"models", "sources"},
    "demo/tour": BASE | {"models", "sources", "demo", "views"},
    "watch": frozenset(),
    "app": EVERYTHING,
    "demonstration": EVERYTHING,
    "cli": EVERYTHING,
    "__main__": EVERYTHING,
}

QT_ROOMS = frozenset({"app", "bridge", "views", "steps/page", "demo/tour"})
# Where a library may be imported: outside these rooms nobody knows that it exists.
CONFINED: dict[str, frozenset[str]] = {
    "PySide6": QT_ROOMS,
    "shiboken6": QT_ROOMS,
    "pyqtgraph": frozenset({"views"}),
    "sqlalchemy": frozenset({"store"}),
    "alembic": frozenset({"store"}),
    "cv2": frozenset({"video"}),
    "reportlab": frozenset({"reports"}),
    "onvif": frozenset({"onvif"}),
    "zeep": frozenset({"onvif"}),
    "wsdiscovery": frozenset({"onvif"}),
}

LONGEST = 500
DOMAIN = ("models", "store", "sources", "steps", "reports", "services", "bus")
# What makes a dialog of Qt hold everything else: its loop, its setting, and the ready-made questions and choosers.
MODAL = frozenset(
    {"exec", "exec_", "setModal", "getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory", "getText",
     "getItem", "getInt", "getDouble", "question", "information", "warning", "critical"}
)  # fmt: skip
THE_CLOCK = PACKAGE / "models" / "clock.py"

# ------------------------------------------------------------------ reading the code


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def room(file: Path) -> str:
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    if parts[0] == "steps" and parts[-1] == "page":
        return "steps/page"
    return "demo/tour" if parts[:2] == ("demo", "tour") else "config" if parts[0] in CONFIG else parts[0]


def imports(file: Path) -> Iterator[tuple[int, str]]:
    """Give the line and the full name of everything a module imports, at any depth."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and called(node) in ("import_module", "__import__") and node.args:
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield node.lineno, name.value


def called(node: ast.Call) -> str:
    """Give the last part of the name that is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def dotted(node: ast.expr) -> str:
    """Give `datetime.now` for the expression `datetime.now`."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def found(files: list[Path], fault: Callable[[ast.AST], bool]) -> list[str]:
    """Give the places of every node that is a fault."""
    return [
        f"{named(file)}:{getattr(node, 'lineno', 0)}" for file in files for node in ast.walk(tree(file)) if fault(node)
    ]


def in_rooms(*names: str) -> list[Path]:
    return [file for file in modules() if room(file) in names]


# ------------------------------------------------------------------ who imports whom


def test_that_every_room_of_the_house_is_in_the_table() -> None:
    assert {room(file) for file in modules()} <= MAY_IMPORT.keys()


def test_that_imports_point_the_way_the_table_says() -> None:
    wrong = []
    for file in modules():
        here = room(file)
        allowed = MAY_IMPORT.get(here, frozenset())
        if allowed is EVERYTHING:
            continue
        for line, name in imports(file):
            first, _, rest = name.partition(".")
            there = "config" if rest.split(".")[0] in CONFIG else rest.split(".")[0]
            if first != "console" or there in {here, here.split("/")[0], "__version__", ""}:
                continue
            if there not in allowed:
                wrong.append(f"{named(file)}:{line} {here} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_that_a_plan_step_is_pure_and_its_page_is_not_imported_by_it() -> None:
    wrong = [
        f"{named(file)}:{line} {name}"
        for file in in_rooms("steps")
        for line, name in imports(file)
        if name.startswith("console.steps.") and name.endswith(".page")
    ]
    assert not wrong, wrong


def test_that_a_library_is_imported_only_in_its_room() -> None:
    wrong = [
        f"{named(file)}:{line} {name}"
        for file in modules()
        for line, name in imports(file)
        if (library := name.split(".")[0]) in CONFINED and room(file) not in CONFINED[library]
    ]
    assert not wrong, "\n".join(wrong)


def test_that_the_process_with_the_window_never_loads_opencv() -> None:
    # opencv-python bends Qt's plugin path when it is imported, and its calls can hang: workers only.
    files = in_rooms("app", "bridge", "views", "services", "steps", "steps/page", "reports")
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files]
    program = (
        f"import importlib, sys\nfor name in {names}: importlib.import_module(name)\nassert 'cv2' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# ------------------------------------------------------------------ how it is written


def test_that_no_module_grows_beyond_what_one_head_holds() -> None:
    files = [*modules(), ROOT / "run.py", *ROOT.glob("tools/**/*.py"), *ROOT.glob("bench/**/*.py")]
    lengths = {named(file): len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    assert not {name: length for name, length in lengths.items() if length > LONGEST}


def test_that_the_domain_asks_the_injected_clock_and_not_the_machine() -> None:
    forbidden = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime))$")
    files = [file for file in in_rooms(*DOMAIN) if file != THE_CLOCK]
    wrong = found(files, lambda node: isinstance(node, ast.Attribute) and bool(forbidden.search(dotted(node))))
    assert not wrong, wrong


def test_that_no_view_opens_a_modal_dialog() -> None:
    def modal(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call):
            return False
        if called(node) == "setWindowModality":  # a chooser of files may say that it is none
            return not ast.unparse(node.args[0]).endswith(".NonModal")
        # A drag is run by Qt while the mouse button is held, and ends with it: no dialog, and the only `exec` there is.
        return called(node) in MODAL and ast.unparse(node.func) != "drag.exec"

    wrong = found(in_rooms("views", "bridge", "steps/page", "demo/tour"), modal)
    assert not wrong, wrong


def test_that_tests_use_real_parts_and_no_mocks() -> None:
    wrong = [
        f"{named(file)}:{line}"
        for file in sorted((ROOT / "tests").rglob("*.py"))
        for line, name in imports(file)
        if name.startswith(("unittest.mock", "mock.", "pytest_mock")) or name == "mock"
    ]
    assert not wrong, wrong


# ------------------------------------------------------------------ what is committed


def committed() -> list[Path]:
    """Give the files under version control, or all there are in an unpacked source archive."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]
    hidden = {".venv", "build", "dist", "__pycache__"}
    return [file for file in ROOT.rglob("*") if file.is_file() and not hidden & set(file.relative_to(ROOT).parts)]


def texts() -> Iterator[tuple[Path, str]]:
    for file in committed():
        content = file.read_bytes()
        if b"\0" not in content:
            yield file, content.decode("utf-8")


# Written in pieces, so that this file does not name them either.
HOSTS = (
    "py" + "pi.org",
    "pythonhosted" + ".org",
    "npmjs" + ".org",
    "npmjs" + ".com",
    "anaconda" + ".org",
    "ghcr" + ".io",
)
PLACES = re.compile(r"(?<![\w./-])/" + r"(?:work|tmp/zs)(?:/|\b)")
NUMBERED = re.compile(
    r"(?i)\b(?:issues?|pull request|pull|ticket|bug)\s+#?\d+|\bGH-\d+|(?<=[\s(])#\d{1,5}(?=[\s).,;:]|$)"
)


def test_that_no_committed_text_names_a_registry_host() -> None:
    wrong = [f"{named(file)}: {host}" for file, text in texts() for host in HOSTS if host in text]
    assert not wrong, wrong


def test_that_no_committed_text_names_a_place_on_one_machine() -> None:
    wrong = [
        f"{named(file)}: {text[hit.start() : hit.start() + 40]!r}"
        for file, text in texts()
        for hit in PLACES.finditer(text)
    ]
    assert not wrong, wrong


def prose(file: Path, text: str) -> str:
    """Give what is written for people: all of a document, the comments of a program."""
    if file.suffix != ".py":
        return text if file.suffix in (".md", ".txt", ".toml", "") else ""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return "\n".join(token.string for token in tokens if token.type in (tokenize.COMMENT, tokenize.STRING))


def test_that_no_committed_text_cites_a_numbered_issue() -> None:
    wrong = [
        f"{named(file)}: {hit.group()!r}" for file, text in texts() for hit in NUMBERED.finditer(prose(file, text))
    ]
    assert not wrong, wrong
