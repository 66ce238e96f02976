"""A folder is an extension; nothing has to register it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console import registry


@pytest.fixture
def kinds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty package named `kinds` that can be imported."""
    folder = tmp_path / "kinds"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "kinds"]:
        del sys.modules[name]


def test_that_modules_and_folders_are_found_in_order_of_their_names(kinds: Path) -> None:
    (kinds / "zebra.py").write_text("SPEC = 'a module'")
    (kinds / "ape").mkdir()
    (kinds / "ape" / "__init__.py").write_text("SPEC = 'a folder'")
    assert list(registry.discover("kinds").items()) == [("ape", "a folder"), ("zebra", "a module")]


def test_that_a_module_of_the_package_itself_is_no_extension(kinds: Path) -> None:
    (kinds / "runner.py").write_text("helper = 1")
    (kinds / "ape.py").write_text("SPEC = 1")
    assert registry.discover("kinds") == {"ape": 1}


def test_that_a_private_module_is_not_even_opened(kinds: Path) -> None:
    (kinds / "_broken.py").write_text("raise RuntimeError('opened')")
    assert registry.discover("kinds") == {}


def test_that_deleting_the_folder_removes_the_extension(kinds: Path) -> None:
    (kinds / "ape.py").write_text("SPEC = 1")
    assert registry.discover("kinds") == {"ape": 1}
    (kinds / "ape.py").unlink()
    assert registry.discover("kinds") == {}


def test_that_a_specification_of_the_wrong_kind_is_refused_by_name(kinds: Path) -> None:
    (kinds / "ape.py").write_text("SPEC = 'not a number'")
    with pytest.raises(TypeError, match=r"kinds\.ape\.SPEC is a str, not a int"):
        registry.discover("kinds", kind=int)


def test_that_a_broken_extension_is_heard_of_and_not_passed_over(kinds: Path) -> None:
    (kinds / "ape.py").write_text("import no_such_library_at_all")
    with pytest.raises(ModuleNotFoundError, match="no_such_library_at_all"):
        registry.discover("kinds")


def test_that_another_attribute_and_a_package_object_serve_as_well(kinds: Path) -> None:
    (kinds / "ape.py").write_text("PAGE = 2")
    import kinds as package  # the one made above

    assert registry.discover(package, "PAGE", kind=int) == {"ape": 2}


def test_that_looking_for_extensions_imports_nothing_but_them(kinds: Path) -> None:
    (kinds / "ape.py").write_text("SPEC = 1")
    program = (
        "import sys; from console import registry; before = set(sys.modules); registry.discover('kinds');"
        "print(*sorted(set(sys.modules) - before - sys.stdlib_module_names))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=kinds.parent,
        env={"PYTHONPATH": f"{Path(__file__).parents[1]}:{kinds.parent}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [name for name in done.stdout.split() if "." not in name or name.startswith(("kinds", "console"))] == [
        "kinds",
        "kinds.ape",
    ]
