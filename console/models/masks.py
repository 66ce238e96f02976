"""Privacy masks: parts of a camera's picture that are not shown to everybody."""

from dataclasses import dataclass

from console.models.people import Role
from console.models.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """A polygon of (x, y) in 0..1 of the picture's width and height that is painted over.

    It lies over live pictures, stills, playback and viewing copies, and is painted before they leave the process that
    decodes them. What is recorded stays whole. People of `roles` may have it lifted for a while, with a reason, on
    record (公共安全视频图像信息系统管理条例: what is private is protected; nobody looks without need).
    """

    zone: tuple[tuple[float, float], ...]
    name: Text = Text()
    roles: tuple[Role, ...] = (Role.SUPERVISOR,)


def left_over(masks: tuple[Mask, ...], role: Role | None) -> tuple[Mask, ...]:
    """The masks that stay painted for somebody of this role whose masks are lifted; all where nobody is there."""
    return tuple(mask for mask in masks if role is None or role not in mask.roles)
