"""The words of the levels of verification: what somebody has found out about an alarm."""

from typing import Final

from console.i18n import N_, _
from console.models.alarms import AlarmClass

# What each level of verification means, after TMA-AVS-01; of a fire 3 is smoke and 4 are flames.
LEVELS: Final = (
    N_("Nothing known"),
    N_("Little known"),
    N_("Somebody is there"),
    N_("Threat to property"),
    N_("Threat to life"),
)
FIRE_LEVELS: Final = (*LEVELS[:3], N_("Smoke seen"), N_("Flames seen"))


def level_words(alarm_class: AlarmClass, level: int) -> str:
    """What a level of verification means for a class of alarm."""
    return _((FIRE_LEVELS if alarm_class is AlarmClass.FIRE else LEVELS)[level])
