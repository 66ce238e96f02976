"""The console's own notification: a JSON object that any program can post.

`{"point": "door-1", "state": "alarm", "class": "access", "priority": 2, "text": "Door forced", "at": "2026-03-14T12:05:00+08:00",
"id": "4711"}`
"""

import json
from datetime import tzinfo
from typing import Any, Final

from console.models.alarms import AlarmClass, Priority
from console.models.errors import ConsoleError
from console.models.signals import SignalKind
from console.models.text import Text
from console.sources.moments import moment
from console.sources.priorities import USUAL_PRIORITY
from console.sources.webhook.notices import Notice
from console.sources.words import printable

STATES: Final = {
    "alarm": SignalKind.ALARM,
    "restore": SignalKind.RESTORE,
    "test": SignalKind.TEST,
    "information": SignalKind.INFORMATION,
}
LONGEST_NAME: Final = 100
LONGEST_TEXT: Final = 500
_CLASSES: Final = tuple(one.value for one in AlarmClass)


def read(body: bytes, _content_type: str, zone: tzinfo | None) -> list[Notice]:
    """Read one notification; raises ConsoleError with a sentence that names the field that is wrong.

    `point` and `state` must be there. `class` is "intrusion" where nothing is written, and `priority` the class's usual
    one. `momentary` marks an alarm that will never be told to be over. Other fields are kept in the raw bytes only.
    """
    try:
        given = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ConsoleError(zh="内容不是 UTF-8 的 JSON。", en="The body is not JSON in UTF-8.") from error
    if not isinstance(given, dict):
        raise ConsoleError(zh="内容应为 JSON 对象。", en="The body must be a JSON object.")
    point = _name(given, "point", required=True)
    kind = STATES[_choice(given, "state", "", tuple(STATES))]
    alarm_class = AlarmClass(_choice(given, "class", AlarmClass.INTRUSION.value, _CLASSES))
    momentary = given.get("momentary", False)
    if not isinstance(momentary, bool):
        raise ConsoleError(zh="“momentary”应为 true 或 false。", en='"momentary" must be true or false.')
    return [
        Notice(
            kind=kind,
            places=(point,),
            code=_name(given, "code"),
            alarm_class=alarm_class,
            priority=_priority(given, alarm_class),
            text=_text(given.get("text")),
            at=None if given.get("at") is None else moment(given["at"], zone),
            id=_name(given, "id"),
            momentary=momentary and kind is SignalKind.ALARM,
            raw=body,
        )
    ]


def _name(given: dict[str, Any], name: str, *, required: bool = False) -> str:
    value = given.get(name)
    if value is None:
        value = ""
    elif isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    fits = isinstance(value, str) and len(value) <= LONGEST_NAME and value.isprintable()
    if not fits or (required and not str(value).strip()):
        least = 1 if required else 0
        raise ConsoleError(
            zh=f"“{name}”应为 {least} 到 {LONGEST_NAME} 个可见字符。",
            en=f'"{name}" must be {least} to {LONGEST_NAME} characters that can be printed.',
        )
    return str(value).strip()


def _choice(given: dict[str, Any], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = given.get(name, default)
    if not isinstance(value, str) or value not in choices:
        raise ConsoleError(
            zh=f"“{name}”只能是 {'、'.join(choices)} 之一。", en=f'"{name}" must be one of {", ".join(choices)}.'
        )
    return value


def _priority(given: dict[str, Any], alarm_class: AlarmClass) -> int:
    value = given.get("priority", int(USUAL_PRIORITY[alarm_class]))
    if isinstance(value, bool) or value not in tuple(Priority):
        raise ConsoleError(
            zh="“priority”应为 1（最紧急）到 4。", en='"priority" must be a number from 1 (most urgent) to 4.'
        )
    return int(value)


def _text(value: Any) -> Text:
    given = value if isinstance(value, dict) else {"zh": value, "en": value}
    said = {language: "" if given.get(language) is None else given[language] for language in ("zh", "en")}
    if not all(isinstance(one, str) and len(one) <= LONGEST_TEXT for one in said.values()):
        raise ConsoleError(
            zh=f"“text”应为最多 {LONGEST_TEXT} 个字符的文字，或含 zh 和 en 的对象。",
            en=f'"text" must be a text of at most {LONGEST_TEXT} characters, or an object with zh and en.',
        )
    return Text(printable(said["zh"]).strip(), printable(said["en"]).strip())
