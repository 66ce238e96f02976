"""How urgent a class of alarm usually is, where neither the event code nor the site's point says otherwise."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from console.models.alarms import AlarmClass, Priority

# Danger for life first, then a break-in, then machines that no longer watch (GB 50394-2007 5.2.2 asks that panic and
# hold-up are never held back; the share of each priority is checked against EEMUA 191 by the alarm figures).
USUAL_PRIORITY: Final[Mapping[AlarmClass, Priority]] = MappingProxyType(
    {
        AlarmClass.FIRE: Priority.CRITICAL,
        AlarmClass.PANIC: Priority.CRITICAL,
        AlarmClass.DURESS: Priority.CRITICAL,
        AlarmClass.MEDICAL: Priority.CRITICAL,
        AlarmClass.GAS: Priority.CRITICAL,
        AlarmClass.INTRUSION: Priority.HIGH,
        AlarmClass.TAMPER: Priority.HIGH,
        AlarmClass.FLOOD: Priority.HIGH,
        AlarmClass.VIDEO: Priority.HIGH,
        AlarmClass.MANUAL: Priority.HIGH,
        AlarmClass.DUTY_CHECK: Priority.HIGH,
        AlarmClass.ACCESS: Priority.MEDIUM,
        AlarmClass.PATROL: Priority.MEDIUM,
        AlarmClass.FAULT: Priority.MEDIUM,
        AlarmClass.POWER: Priority.MEDIUM,
        AlarmClass.COMMS: Priority.MEDIUM,
        AlarmClass.SYSTEM: Priority.MEDIUM,
        AlarmClass.TEST: Priority.LOW,
    }
)
