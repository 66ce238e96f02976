"""Events out of DC-03 and DC-05 data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.sources.sia_dc09 import message
from console.sources.sia_dc09.events import CONTACT_ID, Event, read_dc03, read_dc05


def sia(data: str) -> list[tuple[str, str, str, str]]:
    """Code, number, area and text of every event."""
    return [(event.code, event.address, event.area, event.text) for event in read_dc03(message.split_data(data)[1])]


@pytest.mark.parametrize(
    ("data", "events"),
    [
        ("#1234|NBA5", [("BA", "5", "", "")]),
        ("|NFA129", [("FA", "129", "", "")]),
        ("NFA1F", [("FA", "1F", "", "")]),
        ("#1234|Nri1/BA5", [("BA", "5", "1", "")]),
        ("#1234|Nti10:11/ri1/BA5", [("BA", "5", "1", "")]),
        ("#1234|Nri1CL0^VX FRONTE ^", [("CL", "0", "1", "VX FRONTE")]),
        ("#1234|Nri1/BA5^门/窗^", [("BA", "5", "1", "门/窗")]),
        ("#1234|Nri1/BA5/FA6", [("BA", "5", "1", ""), ("FA", "6", "1", "")]),
        ("#1234|Nri1/BA5^前门^/ri2/FA6^仓库^", [("BA", "5", "1", "前门"), ("FA", "6", "2", "仓库")]),
        ("#1234|Nri1/BA5^front^FA6^rear^", [("BA", "5", "1", "front"), ("FA", "6", "1", "rear")]),
        ("#1234|Nri1/BA5^no end/FA6", [("BA", "5", "1", "no end"), ("FA", "6", "1", "")]),
        ("#1234|NBA5|NFA6", [("BA", "5", "", ""), ("FA", "6", "", "")]),
        ("#1234|NRR|Atest", [("RR", "", "", "test")]),
        ("#006969|Nri04/OP001NM", [("OP", "001", "04", "NM")]),
        ("#1234|NBA5 front door", [("BA", "5", "", "front door")]),
        ("#1234|NBA12二楼", [("BA", "12", "", "二楼")]),
        ("#1234|NBA5/and words", [("BA", "5", "", "and words")]),
        ("#1234|NZQ5", [("ZQ", "5", "", "")]),
        ("#1234|EDA5*21C_", [("DA", "5", "", "")]),
        ("#1234|", []),
        ("", []),
        ("#1234|Ahello", []),
        ("#1234|@L3", []),
    ],
)
def test_that_dc03_data_are_read_whole(data: str, events: list[tuple[str, str, str, str]]) -> None:
    assert sia(data) == events


def test_that_what_a_panel_repeats_from_memory_is_marked() -> None:
    new, old = read_dc03(["NBA5", "OFA6"])
    assert (new.old, old.old) == (False, True)


def test_that_modifiers_hold_for_the_events_after_them() -> None:
    first, second = read_dc03(["Nri1/BA5/id7^Wang^/da03-14-26/BA6"])
    assert first.modifiers == {"ri": "1"}
    assert second.modifiers == {"ri": "1", "id": "7 Wang", "da": "03-14-26"}


def test_that_units_are_kept() -> None:
    assert read_dc03(["EDA5*21C_"])[0].units == "21C_"


@pytest.mark.parametrize(
    ("data", "events"),
    [
        ("#1234|1130 01 015", [("1130", "015", "1")]),
        ("#1234|3130 01 015", [("3130", "015", "1")]),
        ("#1234|6130 00 014", [("6130", "014", "")]),
        ("1110 00 129", [("1110", "129", "")]),
        ("#1234|113001015", [("1130", "015", "1")]),
        ("#1234|1130 01 015|3130 01 015", [("1130", "015", "1"), ("3130", "015", "1")]),
        ("#1234|11A0 0B 0CF", [("11A0", "0CF", "B")]),
        ("#1234|1130", []),
        ("#1234|", []),
    ],
)
def test_that_contact_id_data_are_read_whole(data: str, events: list[tuple[str, str, str]]) -> None:
    read = read_dc05(message.split_data(data)[1])
    assert [(event.sent_code, event.address, event.area) for event in read] == events
    assert all(event.table == CONTACT_ID for event in read)


def test_that_a_block_behind_a_contact_id_event_is_its_text() -> None:
    assert read_dc05(["1130 01 015", "二楼"])[0].text == "二楼"


@given(st.text(max_size=60))
def test_that_any_text_can_be_read_without_failing(text: str) -> None:
    for read in (read_dc03, read_dc05):
        events = read(message.split_data(text)[1])
        assert all(isinstance(event, Event) for event in events)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["BA", "FA", "PA", "TR", "ZQ"]),
            st.integers(1, 999),
            st.text(st.characters(exclude_characters="^/|[]_", exclude_categories=["C", "Z"]), max_size=8),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_that_no_event_of_a_frame_is_lost(sent: list[tuple[str, int, str]]) -> None:
    data = "/".join(f"{code}{zone}{f'^{text}^' if text else ''}" for code, zone, text in sent)
    assert sia(f"#1234|Nri1/{data}") == [(code, str(zone), "1", text) for code, zone, text in sent]
