"""The numbers of the trade: each a setting with its default and the source it comes from.

The sources contradict each other, so nothing here is a constant of the program: the site folder may set any of them,
and the settings page shows default, value and source side by side.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.models.settings import alarms, post, video
from console.models.settings.kind import Setting, SettingValue

__all__ = ["BY_KEY", "SETTINGS", "ChosenSetting", "Setting", "SettingValue", "seconds_of", "value_of"]

SETTINGS: tuple[Setting, ...] = (*post.SETTINGS, *alarms.SETTINGS, *video.SETTINGS)

BY_KEY: dict[str, Setting] = {setting.key: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenSetting:
    """A setting somebody changed at the console: it outranks the site folder. `value` is JSON."""

    id: str
    value: str
    reason: str
    changed_by: str
    changed_at: datetime


def value_of(settings: Mapping[str, SettingValue], key: str) -> SettingValue:
    """The site's value of `key`, or its default; KeyError for a key that is no setting."""
    return settings.get(key, BY_KEY[key].default)


def seconds_of(settings: Mapping[str, SettingValue], key: str) -> float:
    """The site's value of the number `key` as a float (seconds, hours or a count, as its unit says)."""
    return float(value_of(settings, key))
