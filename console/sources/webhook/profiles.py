"""The makers whose notifications are read."""

from collections.abc import Mapping
from datetime import tzinfo
from types import MappingProxyType
from typing import Final

from console.models.errors import ConsoleError
from console.sources.webhook import dahua, generic, hikvision
from console.sources.webhook.notices import Notice, Profile

PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {"generic": generic.read, "hikvision": hikvision.read, "dahua": dahua.read}
)
USUAL_KB: Final[Mapping[str, int]] = MappingProxyType({"generic": 256, "hikvision": 4096, "dahua": 4096})
"""How large a body may be, in kB: makers post pictures along, which are not kept."""


def parse(body: bytes, content_type: str, profile: str, zone: tzinfo | None = None) -> list[Notice] | None:
    """Read a body as the receiver does; None where it is refused. Pure, for fuzzing: whatever comes, it never raises."""
    try:
        return PROFILES[profile](body, content_type, zone)
    except ConsoleError:
        return None
