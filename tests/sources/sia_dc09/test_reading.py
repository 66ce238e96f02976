"""Signals out of messages: point, sentence, identity, times."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from console.models.plain import canonical
from console.models.signals import Signal, SignalKind
from console.sources.sia_dc09 import wire
from tests.sources.conftest import Start
from tests.sources.desk import Desk
from tests.sources.sia_dc09.test_receiver import answers, dialler, line_to

EAST = {
    "account": "1234",
    "name": {"zh": "东区主机", "en": "East panel"},
    "zones": {"012": "door-east", "door-3": "gate", "battery": "panel-battery"},
}


@pytest.fixture
def said(dc09: Start, desk: Desk) -> Any:
    """Sends a body (without its front) from account 1234 and gives the Signals."""
    address = dc09(accounts=[EAST]).address()

    def say(data: str, format_: str = "SIA-DCS", sequence: str = "0007", encoding: str = "utf-8") -> list[Signal]:
        with line_to(address) as connection:
            front = f'"{format_}"{sequence}R1L2#1234['
            connection.sendall(wire.frame(front.encode() + data.encode(encoding)))
            assert answers(connection, 1)[0].body.startswith(b'"ACK"')
        return desk.signals

    return say


@pytest.mark.parametrize(
    ("data", "point"),
    [
        ("#1234|NBA12]", "door-east"),
        ("#1234|NBA012]", "door-east"),
        ("#1234|NBA13]", "dc09:1234/13"),
        ("#1234|NBA1F]", "dc09:1234/1F"),
        ("#1234|NAT]", "dc09:1234/mains"),
        ("#1234|NAT00]", "dc09:1234/mains"),
        ("#1234|NYT]", "panel-battery"),
        ("#1234|NXT12]", "door-east"),
        ("#1234|NPA]", "dc09:1234/0"),
        ("#1234|NOP12]", "dc09:1234/0"),
        ("#1234|NDF3]", "gate"),
        ("#1234|NDF4]", "dc09:1234/door-4"),
        ("#1234|NET2]", "dc09:1234/expander-2"),
        ("#1234|NBV2]", "dc09:1234/0"),
    ],
)
def test_that_a_number_becomes_a_point_by_what_it_counts(said: Any, data: str, point: str) -> None:
    assert [signal.point for signal in said(data)] == [point]


def test_that_contact_id_users_are_no_zones(said: Any) -> None:
    (signal,) = said("#1234|1121 01 012]", "ADM-CID")
    assert (signal.alarm_class, signal.point, signal.details["user"]) == ("duress", "dc09:1234/0", "12")
    assert signal.text_zh == "东区主机（账号 1234）：胁迫密码报警 用户 12"
    assert signal.text_en == "East panel (account 1234): Duress code user 12"


def test_that_a_restore_and_a_condition_still_present_are_told_apart(said: Any) -> None:
    first, second = said("#1234|6130 01 012|3130 01 012]", "ADM-CID")
    assert (first.kind, first.details["still_present"]) == (SignalKind.ALARM, True)
    assert first.text_zh == "盗窃报警（仍存在） 防区 12"
    assert (second.kind, second.text_zh) == (SignalKind.RESTORE, "盗窃报警恢复 防区 12")
    assert first.details["family"] == second.details["family"]


def test_that_mains_and_battery_of_one_panel_fail_and_return_apart(said: Any) -> None:
    mains, battery, back = said("#1234|1301 00 000|1302 00 000|3301 00 000]", "ADM-CID")
    assert (mains.point, battery.point) == ("dc09:1234/event-301", "dc09:1234/event-302")
    assert (back.point, back.kind, back.alarm_class) == (mains.point, SignalKind.RESTORE, "power")


def test_that_alarm_or_trouble_restored_says_that_it_ends_both(said: Any) -> None:
    (both,) = said("#1234|NBR12]")
    assert (both.kind, both.alarm_class, both.details["also_restores"]) == (SignalKind.RESTORE, "intrusion", ["fault"])
    only = said("#1234|NBH12]", sequence="0008")[-1]
    assert "also_restores" not in only.details


@pytest.mark.parametrize(
    ("data", "format_", "of_device"),
    [
        ("#1234|NBA12]", "SIA-DCS", False),
        ("#1234|NFT12]", "SIA-DCS", True),
        ("#1234|NTA12]", "SIA-DCS", True),
        ("#1234|NXT12]", "SIA-DCS", True),
        ("#1234|NZA12]", "SIA-DCS", False),
        ("#1234|1150 01 012]", "ADM-CID", False),
        ("#1234|1384 01 012]", "ADM-CID", True),
        ("#1234|1144 01 012]", "ADM-CID", True),
    ],
)
def test_that_trouble_with_a_detector_is_told_from_what_it_watches_for(
    said: Any, data: str, format_: str, of_device: bool
) -> None:
    assert said(data, format_)[0].details.get("of_device", False) == of_device


@pytest.mark.parametrize(
    ("data", "format_", "momentary"),
    [
        ("#1234|NBA12]", "SIA-DCS", False),
        ("#1234|NBT12]", "SIA-DCS", False),
        ("#1234|NAT]", "SIA-DCS", False),
        ("#1234|NXL]", "SIA-DCS", True),
        ("#1234|NJA1]", "SIA-DCS", True),
        ("#1234|NZQ12]", "SIA-DCS", True),
        ("#1234|NBH12]", "SIA-DCS", False),
        ("#1234|NOP1]", "SIA-DCS", False),
        ("#1234|1130 01 012]", "ADM-CID", False),
        ("#1234|1121 01 001]", "ADM-CID", True),
    ],
)
def test_that_an_alarm_that_nothing_can_end_is_momentary(said: Any, data: str, format_: str, momentary: bool) -> None:
    assert said(data, format_)[0].momentary == momentary


def test_that_a_panel_that_never_tells_of_restores_raises_momentary_alarms(dc09: Start, desk: Desk) -> None:
    running = dc09(accounts=[{"account": "1234", "sends_restores": False}])
    with dialler(running.address()) as panel:
        assert panel.send("BA", "1").acknowledged
        assert panel.send("BR", "1").acknowledged
    assert [signal.momentary for signal in desk.signals] == [True, False]


def test_that_a_fire_behind_a_burglary_is_its_own_signal(said: Any) -> None:
    burglary, fire = said("#1234|Nri1/BA12/FA6]")
    assert (burglary.alarm_class, fire.alarm_class, fire.priority) == ("intrusion", "fire", 1)
    assert burglary.sequence != fire.sequence
    assert burglary.raw == fire.raw


def test_that_an_unknown_code_is_an_alarm_with_its_original_text(said: Any) -> None:
    (signal,) = said("#1234|Nri1/ZQ12^锅炉房^]")
    assert (signal.kind, signal.code, signal.point, signal.priority) == (SignalKind.ALARM, "ZQ", "door-east", 2)
    assert signal.text_zh == "未知代码 ZQ（类别未知） 防区 12 原文：#1234|Nri1/ZQ12^锅炉房^"
    assert signal.text_en == "Unknown code ZQ (of unknown kind) zone 12 as sent: #1234|Nri1/ZQ12^锅炉房^"
    assert signal.details["unknown_code"] is True


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_that_chinese_text_reaches_the_screen(said: Any, encoding: str) -> None:
    (signal,) = said("#1234|NBA12^二楼西侧红外^][L西走廊][S三号楼]", encoding=encoding)
    assert signal.text_zh == "盗窃报警 防区 12 二楼西侧红外 三号楼 西走廊"


def test_that_extended_data_and_the_picture_of_the_panel_are_kept(said: Any) -> None:
    (signal,) = said("#1234|NBA12][Vhttp://10.0.0.9/clip][M0026B9E4268B]")
    assert signal.details["video"] == "http://10.0.0.9/clip"
    assert signal.details["extended"] == {"V": "http://10.0.0.9/clip", "M": "0026B9E4268B"}


def test_that_the_time_of_the_event_comes_before_the_time_of_sending(said: Any) -> None:
    (signal,) = said("#1234|NBA12][H13:00:00,03-14-2026]_13:05:00,03-14-2026")
    assert signal.source_at == datetime(2026, 3, 14, 13, 0, tzinfo=UTC)
    (_, signal) = said("#1234|NBA12][Hrubbish]_13:05:00,03-14-2026", sequence="0008")
    assert signal.source_at == datetime(2026, 3, 14, 13, 5, tzinfo=UTC)


def test_that_a_message_without_number_and_time_has_no_identity_so_that_each_counts(said: Any) -> None:
    said("#1234|NBA12]", sequence="0000")
    first, second = said("#1234|NBA12]", sequence="0000")
    assert (first.sequence, second.sequence) == ("", "")
    dated = said("#1234|NBA12]_13:05:00,03-14-2026", sequence="0000")[-1]
    assert dated.sequence != ""


def test_that_the_identity_names_account_number_crc_and_place_in_the_frame(said: Any) -> None:
    first, second = said("#1234|NBA12/BA13]")
    crc = f"{wire.Framer().feed(first.raw)[0].crc:04X}"
    assert (first.sequence, second.sequence) == (f"1234-0007-{crc}-0", f"1234-0007-{crc}-1")


def test_that_a_key_sent_by_a_panel_is_not_written_into_the_journal(said: Any) -> None:
    (signal,) = said("#1234|NRP][KAAAAAAAAAAAAAAAA][I测试]")
    assert signal.details["extended"] == {"I": "测试"}


def test_that_endless_words_are_cut_on_the_screen_and_kept_in_the_raw_bytes(said: Any) -> None:
    (known,) = said(f"#1234|NBA12^{'长' * 900}^]")
    assert known.text_zh == f"盗窃报警 防区 12 {'长' * 199}…"
    unknown = said(f"#1234|NZQ12^{'长' * 900}^]", sequence="0008")[-1]
    assert len(unknown.text_zh) < 240
    assert known.raw.count("长".encode()) == unknown.raw.count("长".encode()) == 900


def test_that_details_can_be_written_to_the_journal(said: Any) -> None:
    (signal,) = said("#1234|Nri1/id7/BA12*21C_^x^][Vhttp://h]_13:05:00,03-14-2026")
    assert json.loads(json.dumps(signal.details)) == signal.details
    assert signal.details["units"] == "21C_"
    assert signal.details["user"] == "7"
    assert (signal.details["receiver"], signal.details["line"]) == ("1", "2")
    assert canonical(signal)


def test_that_what_a_panel_tells_from_memory_is_marked(said: Any) -> None:
    (signal,) = said("#1234|OFA12]")
    assert (signal.kind, signal.details["from_memory"]) == (SignalKind.ALARM, True)
    assert "（历史补报）" in signal.text_zh
