"""Find what extends the console: one module or folder with one `SPEC`.

Nothing registers itself. A kind exists because its folder exists; deleting the folder removes it.
"""

import pkgutil
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar, overload

T = TypeVar("T")


@overload
def discover(package: ModuleType | str, attribute: str = ...) -> dict[str, Any]: ...
@overload
def discover(package: ModuleType | str, attribute: str = ..., *, kind: type[T]) -> dict[str, T]: ...
def discover(package: ModuleType | str, attribute: str = "SPEC", *, kind: type[Any] = object) -> dict[str, Any]:
    """Give the `attribute` of every module and folder directly under `package`, by name, sorted.

    Names that begin with an underscore are passed over unopened; modules without the attribute are
    the package's own and are left out. Importing a module is all that happens: what a kind needs
    beyond its SPEC (Qt, codecs, drivers) it imports when it is used. Raises TypeError where an
    attribute is not a `kind`, so that a mistyped SPEC is heard of at start and not at night.
    """
    parent = import_module(package) if isinstance(package, str) else package
    found: dict[str, Any] = {}
    for name in sorted(entry.name for entry in pkgutil.iter_modules(parent.__path__)):
        if name.startswith("_"):
            continue
        module = import_module(f"{parent.__name__}.{name}")
        if not hasattr(module, attribute):
            continue
        spec = getattr(module, attribute)
        if not isinstance(spec, kind):
            raise TypeError(f"{module.__name__}.{attribute} is a {type(spec).__name__}, not a {kind.__name__}")
        found[name] = spec
    return found
