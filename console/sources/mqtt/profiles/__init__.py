"""Senders that need no mapping: what they publish, and what each of their messages says.

A profile is a module with one PROFILE. Its `read` is a pure function of topic and payload.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from console.models.alarms import AlarmClass
from console.models.text import Text
from console.sources.mqtt.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the site folder says of one use of a profile.

    `base` is the first part of its topics. `classes` gives the class of a device by its name. `detections` lets Frigate's
    lesser severity be an alarm too.
    """

    base: str
    classes: Mapping[str, AlarmClass] = field(default_factory=lambda: MappingProxyType({}))
    detections: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One kind of sender: its usual base, the topics to subscribe, whether a topic matters, and how it is read.

    `read` raises Nonsense for a payload that is not what its topic promises. `wants` keeps what is large and of no use
    here, such as a list of all devices, from being looked at.
    """

    key: str
    name: Text
    base: str
    topics: Callable[[str], tuple[str, ...]]
    wants: Callable[[str, str], bool]
    read: Callable[[Asked, str, bytes], tuple[Fact, ...]]
