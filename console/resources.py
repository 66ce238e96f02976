"""Find the files that are shipped with the program: fonts, icons, sounds, catalogues, plans, forms.

In a checkout they lie in `resources/` beside the package; in an installed wheel they lie in
`console/_resources/`. They are only ever read: an installation on a read-only disk is enough.
"""

from functools import cache
from pathlib import Path, PurePosixPath

_PACKAGE = Path(__file__).resolve().parent


@cache
def _root() -> Path:
    """Give the folder of all resources, the wheel's if there is one, else the checkout's."""
    for folder in (_PACKAGE / "_resources", _PACKAGE.parent / "resources"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"no resources beside {_PACKAGE}: the installation is incomplete")


def path(name: str = ".") -> Path:
    """Give the absolute path of one shipped file or folder.

    `name` is relative and written with forward slashes: `path("fonts/OFL.txt")`, `path("icons")`.
    Raises ValueError for a name that leaves the resources, FileNotFoundError for one that is not
    shipped; both are bugs of the caller, never of the operator.
    """
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts or "\\" in name:
        raise ValueError(f"not a resource name: {name!r}")
    found = _root().joinpath(*relative.parts)
    if not found.exists():
        raise FileNotFoundError(f"not shipped: {name}")
    return found
