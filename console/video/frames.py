"""What a picture is, to everything that decodes, draws or looks at one."""

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import NDArray

Frame: TypeAlias = "NDArray[Any]"
"""A picture as height x width x 3 bytes, blue first."""
