"""The tables of meanings: complete, in both languages, and an unknown code is never nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.models.alarms import AlarmClass
from console.models.signals import SignalKind
from console.sources.priorities import USUAL_PRIORITY
from console.sources.sia_dc09.codes import NUMBERED, codes, meaning_of
from console.sources.sia_dc09.events import CONTACT_ID, SIA, Event

STANDARD = Path(__file__).parents[4] / "shared/testdata/alarm"


def standard(name: str) -> Any:
    """The published code tables (public domain), where they are present."""
    file = STANDARD / name
    if not file.is_file():
        pytest.skip("the published code tables are not on this machine")
    return json.loads(file.read_text(encoding="utf-8"))


def meaning(code: str) -> Any:
    if code[0].isdigit():
        return meaning_of(Event(table=CONTACT_ID, code=code[1:], qualifier=code[0]))
    return meaning_of(Event(table=SIA, code=code))


@pytest.mark.parametrize("table", [SIA, CONTACT_ID])
def test_that_every_row_is_whole(table: str) -> None:
    for code, row in codes(table).items():
        assert set(row) <= {"class", "kind", "priority", "at", "family", "also", "about", "zh", "en", "restored"}, code
        assert AlarmClass(row["class"]), code
        assert SignalKind(row.get("kind", "alarm")), code
        assert row.get("priority", 1) in {1, 2, 3, 4}, code
        assert row.get("at", "zone") in NUMBERED, code
        for words in (row, row.get("restored", row)):
            assert words["zh"].strip(), code
            assert words["en"].isascii(), code
            assert words["en"].strip(), code


def test_that_every_code_of_dc03_is_known() -> None:
    assert set(standard("sia/dc03_2017_events.json")) == set(codes(SIA))


def test_that_every_code_of_dc05_is_known() -> None:
    assert {row["code"] for row in standard("cid/contact_id_codes.json")} == set(codes(CONTACT_ID))


def test_that_users_and_zones_are_told_apart_as_the_standards_do() -> None:
    for row in standard("cid/contact_id_codes.json"):
        counted = "user" if row["dc05_addr"] == "User" else "zone"
        assert codes(CONTACT_ID)[row["code"]].get("at", "zone") == counted, row["code"]
    for code, row in standard("sia/dc03_2017_events.json").items():
        counted = codes(SIA)[code].get("at", "zone")
        assert (row["addr"] == "User") == (counted == "user"), code
        assert (row["addr"] == "Door") <= (counted == "door"), code


@pytest.mark.parametrize(
    ("code", "alarm_class", "kind", "priority"),
    [
        ("FA", "fire", "alarm", 1),
        ("PA", "panic", "alarm", 1),
        ("HA", "duress", "alarm", 1),
        ("GA", "gas", "alarm", 1),
        ("MA", "medical", "alarm", 1),
        ("BA", "intrusion", "alarm", 2),
        ("TA", "tamper", "alarm", 2),
        ("WA", "flood", "alarm", 2),
        ("AT", "power", "alarm", 3),
        ("YC", "comms", "alarm", 3),
        ("BT", "fault", "alarm", 3),
        ("BH", "intrusion", "restore", 4),
        ("OP", "system", "information", 4),
        ("CL", "system", "information", 4),
        ("RP", "test", "test", 4),
        ("1110", "fire", "alarm", 1),
        ("1121", "duress", "alarm", 1),
        ("1130", "intrusion", "alarm", 2),
        ("3130", "intrusion", "restore", 4),
        ("6130", "intrusion", "alarm", 2),
        ("1301", "power", "alarm", 3),
        ("3301", "power", "restore", 4),
        ("1401", "system", "information", 4),
        ("3401", "system", "information", 4),
        ("1602", "test", "test", 4),
    ],
)
def test_that_codes_mean_what_the_watch_expects(code: str, alarm_class: str, kind: str, priority: int) -> None:
    read = meaning(code)
    assert (read.alarm_class, read.kind, read.priority, read.known) == (alarm_class, kind, priority, True)


def test_that_the_closing_qualifier_of_contact_id_is_three() -> None:
    assert meaning("1401").name.en == "Disarmed by user"
    assert meaning("3401").name.en == "Armed by user"
    assert meaning("3130").name.zh == "盗窃报警恢复"
    assert meaning("3604").name.en == "Fire test ended"


def test_that_a_restore_belongs_to_the_family_of_its_alarm() -> None:
    for alarm, restore in [("BA", "BH"), ("BA", "BR"), ("FA", "FR"), ("AT", "AR"), ("YT", "YR"), ("YC", "YK")]:
        assert meaning(alarm).family == meaning(restore).family
    for code in ("1130", "1301", "1144"):
        assert meaning(code).family == meaning("3" + code[1:]).family
    # At one panel mains and battery are two conditions, and one must not end the other.
    assert meaning("AR").family != meaning("YT").family
    assert meaning("3301").family != meaning("1302").family
    # "Alarm or trouble restored" ends both.
    assert meaning("BR").also == (AlarmClass.FAULT,)


def test_that_every_family_of_restores_has_an_alarm_to_end() -> None:
    begun = {(row["class"], row.get("family", row["class"])) for row in codes(SIA).values() if "kind" not in row}
    for code, row in codes(SIA).items():
        if row.get("kind") == "restore":
            assert (row["class"], row.get("family", row["class"])) in begun, code


@pytest.mark.parametrize(
    ("code", "alarm_class", "kind"),
    [
        ("ZQ", "intrusion", "alarm"),
        ("FN", "fire", "alarm"),
        ("PX", "panic", "alarm"),
        ("1119", "fire", "alarm"),
        ("3119", "fire", "restore"),
        ("1199", "intrusion", "alarm"),
        ("1888", "intrusion", "alarm"),
        ("1399", "fault", "alarm"),
        ("1499", "system", "information"),
        ("1699", "system", "information"),
        ("2130", "intrusion", "alarm"),
    ],
)
def test_that_an_unknown_code_or_qualifier_is_taken_for_the_worst_its_group_allows(
    code: str, alarm_class: str, kind: str
) -> None:
    read = meaning(code)
    assert (read.alarm_class, read.kind) == (alarm_class, kind)
    if code != "2130":
        assert not read.known
        assert read.name.zh.startswith(f"未知代码 {code}")
        assert read.name.en.startswith(f"Unknown code {code}")


def test_that_every_class_has_a_usual_priority_and_danger_for_life_the_highest() -> None:
    assert set(USUAL_PRIORITY) == set(AlarmClass)
    assert {c for c, priority in USUAL_PRIORITY.items() if priority == 1} == {
        AlarmClass.FIRE,
        AlarmClass.PANIC,
        AlarmClass.DURESS,
        AlarmClass.GAS,
        AlarmClass.MEDICAL,
    }
