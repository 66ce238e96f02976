"""What is installed is decided here, exactly, and from wherever it is fetched it is the same."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def locked() -> dict[str, str]:
    """Give the version of every locked package that this platform installs."""
    found = {}
    for line in re.findall(r"^[A-Za-z0-9].*", LOCK, re.MULTILINE):
        requirement = Requirement(line.rstrip("\\ "))
        if requirement.marker is None or requirement.marker.evaluate():
            [pin] = requirement.specifier
            assert pin.operator == "=="
            found[canonicalize_name(requirement.name)] = pin.version
    return found


def declared() -> list[Requirement]:
    texts = [
        *PROJECT["project"]["dependencies"],
        *(text for extra in PROJECT["project"]["optional-dependencies"].values() for text in extra),
        *(text for group in PROJECT["dependency-groups"].values() for text in group),
    ]
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize("requirement", declared(), ids=lambda requirement: requirement.name)
def test_that_a_declared_package_is_locked_in_a_version_that_was_asked_for(requirement: Requirement) -> None:
    assert requirement.specifier.contains(locked()[canonicalize_name(requirement.name)])


def test_that_the_suite_runs_on_exactly_the_locked_packages() -> None:
    installed = {name: metadata.version(name) for name in locked()}
    assert installed == locked()


def test_that_every_locked_package_is_checked_against_its_hash() -> None:
    packages = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(packages) > 40
    assert not [package.split()[0] for package in packages if "--hash=sha256:" not in package]


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_that_a_list_of_packages_says_what_and_not_from_where(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8").replace("--no-emit-index-url", "")
    assert not re.search(r"index-url|find-links|https?:", text)


def test_that_qt_stays_on_the_release_that_python_311_survives() -> None:
    assert next(need for need in declared() if need.name == "pyside6").specifier == Requirement("x~=6.11.3").specifier
