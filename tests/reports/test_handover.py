"""The handover form: one page, and whatever was signed is on it."""

from dataclasses import replace
from pathlib import Path

import pytest

from console.i18n import LANGUAGES
from console.models.duty import HandoverLine, HandoverState
from console.models.files import SECTIONS, HandoverFile
from console.models.text import Text
from console.models.trust import Meaning, short_code
from console.reports.handover import SPEC
from tests.reports import reading, samples

pytestmark = reading.needs_poppler


def said(content: HandoverFile, language: str, folder: Path) -> str:
    file = folder / "handover.pdf"
    file.write_bytes(SPEC.build(content, language).data)
    return reading.squeezed(reading.text_of(file))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["full", "empty"])
def test_that_an_ordinary_shift_fits_one_page(name: str, language: str) -> None:
    assert SPEC.build(samples.of_form("handover")[name], language).pages == 1


def test_that_the_fields_come_in_the_order_of_the_form(tmp_path: Path) -> None:
    text = said(samples.handover_file(), "zh_CN", tmp_path)
    fields = ["交班人员", "生效时间", "态势等级", "报警真实报警", "未结报警与事件", "设备状态", "巡逻轮次", "屏蔽、搁置、停用项",
              "清点物品", "移交事项", "到点事项", "上级指示", "下班次预判与注意", "接班复述", "异议与说明", "主管阅"]  # fmt: skip
    places = [text.find(field) for field in fields]
    assert -1 not in places
    assert [place for field, place in zip(fields, places, strict=True) if field != "巡逻轮次"] == sorted(
        place for field, place in zip(fields, places, strict=True) if field != "巡逻轮次"
    )


def test_that_everything_of_the_shift_is_on_the_paper(tmp_path: Path) -> None:
    content = samples.handover_file()
    text = said(content, "zh_CN", tmp_path)
    book = content.handover
    wanted = [
        *(carry.text for carry in content.carry_overs),
        *book.read_back,
        book.instructions,
        book.expect,
        book.remarks,
        book.objection,
        book.settlement,
        book.weather,
        "黄色：园区周末有大型活动",
        "2026-03-1507:01:00",
        "在线15/共16",
        "围墙维修，频繁误报",
        "▲地下车库3号水浸报警",
        "▲北围墙4区振动光纤误报",
        "第5次",
        "第1次",
        "灭火器（值班室）-2：事件2026-0042用去2具",
        "未到：地下车库",
    ]
    assert [one for one in wanted if reading.squeezed(one) not in text] == []


def test_that_both_signatures_stand_with_name_meaning_time_and_code(tmp_path: Path) -> None:
    content = samples.handover_file()
    text = said(content, "zh_CN", tmp_path)
    code = short_code(content.record_digest)
    assert f"王海燕含义：交班2026-03-1506:59:00席位A1记录{code}" in text
    assert f"𬱖玉𫖯含义：接班2026-03-1507:01:00席位A1记录{code}" in text
    assert "李建国含义：复核" in text


def test_that_a_record_changed_after_it_was_signed_is_seen_on_the_paper(tmp_path: Path) -> None:
    content = samples.handover_file()
    forged = replace(content, record_digest="f" * 64)
    assert said(forged, "zh_CN", tmp_path).count("所签与本记录版本不符！") == 3


def test_that_a_signature_of_a_refused_version_stands_below_the_one_that_counts(tmp_path: Path) -> None:
    content = samples.handover_file()
    old = samples.signature(9, samples.LI, Meaning.HAND_OVER, samples.MORNING, "e" * 64)
    text = said(replace(content, signatures=(old, *content.signatures)), "zh_CN", tmp_path)
    assert "较早版本的签名：李建国(交班)2026-03-1507:00:00记录" in text
    assert "所签与本记录版本不符" not in text
    assert "王海燕含义：交班" in text


@pytest.mark.parametrize("section", [*SECTIONS, "something_new"])
def test_that_no_line_that_was_signed_is_left_off(section: str, tmp_path: Path) -> None:
    line = HandoverLine(section=section, ref="nowhere", text=Text("此行必须印出", "This line must be printed"))
    content = samples.handover_file()
    content = replace(content, handover=replace(content.handover, lines=(*content.handover.lines, line)))
    assert "此行必须印出" in said(content, "zh_CN", tmp_path)


def test_that_a_figure_nobody_named_is_printed_by_its_key(tmp_path: Path) -> None:
    content = samples.handover_file()
    figures = content.handover.figures | {"visitors_inside": 7, "median_s": 11.0}
    text = said(replace(content, handover=replace(content.handover, figures=figures)), "en", tmp_path)
    assert "visitors_inside" in text
    assert "11.0" not in text


@pytest.mark.parametrize("state", list(HandoverState))
def test_that_only_a_handover_in_effect_looks_like_one(state: HandoverState, tmp_path: Path) -> None:
    content = samples.handover_file()
    text = said(replace(content, handover=replace(content.handover, state=state)), "zh_CN", tmp_path)
    assert ("未生效" in text) == (state not in (HandoverState.EFFECTIVE, HandoverState.REVIEWED))


def test_that_what_came_after_it_was_frozen_has_a_strip_of_its_own(tmp_path: Path) -> None:
    content = samples.handover_file()
    line = samples.incident_file().lines[3]
    text = said(replace(content, after=(line,)), "zh_CN", tmp_path)
    assert "T0之后新增（双方确认）" in text
    assert reading.squeezed(line.text.zh) in text[text.index("T0之后新增") :]


def test_that_sixty_carry_overs_go_on_over_the_pages_and_the_signatures_stay_whole(tmp_path: Path) -> None:
    content = samples.handover_file()
    many = tuple(replace(content.carry_overs[0], id=f"c-{n}", text=f"第 {n} 件未结事项") for n in range(60))
    content = replace(content, carry_overs=many)
    text = said(content, "zh_CN", tmp_path)
    assert all(f"第{n}件未结事项" in text for n in range(60))
    file = tmp_path / "handover.pdf"
    last = reading.squeezed(reading.text_of(file, page=reading.pages_of(file)))
    assert "主管阅" in last
    assert "含义：交班" in last


def test_that_the_fingerprint_of_the_signing_key_is_on_every_handover_once_there_is_one(tmp_path: Path) -> None:
    content = samples.handover_file()
    assert samples.SIGNING_KEY.replace(" ", "") in said(content, "zh_CN", tmp_path)
    assert "签名密钥" not in said(replace(content, signing_key=""), "zh_CN", tmp_path)
