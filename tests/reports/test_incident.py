"""The incident report: nothing that happened is missing, nothing that is shown is not what was kept."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from console.i18n import LANGUAGES, translate
from console.models.files import IncidentFile, Teller, TimelineLine
from console.models.text import Text
from console.models.trust import Meaning
from console.reports.incident import SPEC
from tests.reports import reading, samples

pytestmark = reading.needs_poppler

HOSTILE = "<b>粗</b> &amp; & <img src=x> </para> ]]> %s {0} \\u0041 “引” 𬱖𫖯 🔥 \x07 end"


def printed(content: IncidentFile, language: str, folder: Path) -> Path:
    file = folder / "report.pdf"
    file.write_bytes(SPEC.build(content, language).data)
    return file


def said(content: IncidentFile, language: str, folder: Path) -> str:
    return reading.squeezed(reading.text_of(printed(content, language, folder)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_every_line_of_the_timeline_is_on_the_paper(language: str, tmp_path: Path) -> None:
    content = samples.incident_file(tmp_path)
    assert len(content.lines) > 30
    text = said(content, language, tmp_path)
    missing = [line.text for line in content.lines if reading.squeezed(line.text.in_language(language)) not in text]
    assert not missing


def test_that_the_sections_come_in_the_order_of_the_form(tmp_path: Path) -> None:
    text = said(samples.incident_file(tmp_path), "zh_CN", tmp_path)
    headings = ["事件时间", "涉及报警", "时间轴", "处置步骤与预案对照", "响应时效", "通知与上报", "证据清单", "现场图片",
                "结论与原因", "分发清单", "签名填报人"]  # fmt: skip
    places = [text.find(heading) for heading in headings]
    assert -1 not in places
    assert places == sorted(places)


def test_that_the_first_page_alone_tells_what_where_when_and_how_it_ended(tmp_path: Path) -> None:
    content = samples.incident_file(tmp_path)
    page = reading.squeezed(reading.text_of(printed(content, "zh_CN", tmp_path), page=1))
    for wanted in ("2026-0042", "火警", "一级（紧急）", "3号楼二层东侧走廊", "20:03:09", "20:05:09", "20:07:41", "20:36:09",
                   "T+02:32", "真实火灾", "充电器型号不匹配", "无人受伤"):  # fmt: skip
        assert wanted in page, wanted


def test_that_lateness_and_skipping_are_said_with_their_measure_and_reason(tmp_path: Path) -> None:
    text = said(samples.incident_file(tmp_path), "zh_CN", tmp_path)
    assert "02:0002:26+00:26超时" in text  # limit, actual, deviation of the step that was late
    assert "跳过02:0000:12-01:483号楼没有燃气管道王海燕" in text
    assert "未经过的步骤：误报复位" in text
    assert "5处置05:0008:00+03:00超时超时" in text  # 1-3-5: controlled after eight minutes
    assert "1通知01:0000:55-00:05达标" in text


def test_that_a_late_entry_stands_where_it_happened_and_says_when_it_was_written(tmp_path: Path) -> None:
    text = said(samples.incident_file(tmp_path), "zh_CN", tmp_path)
    late = text.index("【补记，2026-03-1420:20写】保洁员称20:03已闻到焦味")
    assert late < text.index("报警信号FA")
    assert "T-02:00" in text


def test_that_machine_and_person_are_told_apart_without_colour(tmp_path: Path) -> None:
    content = samples.incident_file(tmp_path)
    text = said(content, "en", tmp_path)
    for teller, mark in ((Teller.SIGNAL, "◆Detector"), (Teller.MACHINE, "○Console"), (Teller.PERSON, "●Person")):
        lines = sum(line.teller is teller for line in content.lines)
        assert lines
        assert text.count(mark) == lines + 1  # and once in the legend


def test_that_every_digest_is_on_the_paper_whole(tmp_path: Path) -> None:
    content = samples.incident_file(tmp_path)
    text = said(content, "en", tmp_path)
    for kept in content.evidence:
        assert kept.evidence.sha256 in text
        assert Path(kept.evidence.file).name in text


def test_that_a_picture_that_is_no_longer_what_was_kept_is_not_shown(tmp_path: Path) -> None:
    text = said(samples.incident_file(tmp_path), "zh_CN", tmp_path)
    assert "文件snapshot-3.jpg与固定的证据不符，不予显示。" in text
    assert "已变" in text
    assert "文件snapshot-1.jpg" not in text


def test_that_a_missing_picture_leaves_a_sentence_in_its_place(tmp_path: Path) -> None:
    content = samples.incident_file(tmp_path)
    (tmp_path / "snapshot-1.jpg").unlink()
    assert "文件snapshot-1.jpg不在本机" in said(content, "zh_CN", tmp_path)
    assert "snapshot-2.jpgisnotonthismachine" in said(samples.incident_file(None), "en", tmp_path)


def test_that_a_file_that_is_no_picture_leaves_a_sentence_in_its_place(tmp_path: Path) -> None:
    content = samples.incident_file(tmp_path)
    first = content.evidence[0]
    data = b"\xff\xd8\xff\xe0 no picture at all"
    Path(first.path).write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    changed = replace(first, evidence=replace(first.evidence, sha256=sha256, size_bytes=len(data)))
    assert "未变，但无法作为图片读取" in said(replace(content, evidence=(changed,)), "zh_CN", tmp_path)


def test_that_a_map_that_cannot_be_read_leaves_a_sentence(tmp_path: Path) -> None:
    content = replace(samples.incident_file(tmp_path), map_png=b"no map")
    assert "平面图无法读取。" in said(content, "zh_CN", tmp_path)


def test_that_a_larger_or_lossless_picture_is_printed_smaller_than_it_is_kept(tmp_path: Path) -> None:
    content = samples.incident_file(tmp_path)
    big = samples.jpeg("BIG", size=(3840, 2160))
    first = content.evidence[0]
    Path(first.path).write_bytes(big)
    sha256 = hashlib.sha256(big).hexdigest()
    kept = replace(first, evidence=replace(first.evidence, sha256=sha256, size_bytes=len(big)))
    report = printed(replace(content, evidence=(kept,)), "en", tmp_path)
    assert "unchanged" in reading.text_of(report)
    assert len(report.read_bytes()) < len(big)


def test_that_hostile_words_are_printed_as_they_were_written(tmp_path: Path) -> None:
    content = samples.incident_file(tmp_path)
    line = TimelineLine(
        at=samples.ZERO,
        written_at=samples.ZERO,
        teller=Teller.PERSON,
        who=Text("𬱖", "𬱖"),
        text=Text(HOSTILE, HOSTILE),
    )
    content = replace(content, lines=(line,), incident=replace(content.incident, cause=HOSTILE, summary=HOSTILE))
    text = said(content, "en", tmp_path)
    shown = reading.squeezed(HOSTILE.replace("🔥", "[U+1F525]").replace("\x07", " "))
    assert text.count(shown) == 5  # the timeline; the cause twice, the account twice


def test_that_a_rare_surname_is_read_back_as_one_letter(tmp_path: Path) -> None:
    content = samples.incident_file(tmp_path)
    people = content.names.people | {samples.WANG: "𬱖玉𫖯𬭚"}
    text = said(replace(content, names=replace(content.names, people=people)), "zh_CN", tmp_path)
    assert "𬱖玉𫖯𬭚" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_two_thousand_lines_fill_sixty_pages_each_with_the_table_heading(language: str, tmp_path: Path) -> None:
    content = samples.incident_file(tmp_path, repeat=70)
    file = printed(content, language, tmp_path)
    pages = reading.pages_of(file)
    assert pages >= 60
    heading = reading.squeezed(translate("Time", language) + translate("Offset", language))
    for page in (2, 17, 40, pages - 8):
        assert heading in reading.squeezed(reading.text_of(file, page=page))


def test_that_a_note_longer_than_a_page_goes_on_over_the_pages(tmp_path: Path) -> None:
    words = "".join(f"第{number}句，现场情况如下所述；" for number in range(700))
    content = samples.incident_file(tmp_path)
    line = replace(content.lines[0], text=Text(words, words), late=False)
    content = replace(content, lines=(line,), incident=replace(content.incident, summary=words))
    file = printed(content, "zh_CN", tmp_path)
    assert reading.pages_of(file) >= 6
    text = reading.squeezed(reading.text_of(file))
    assert all(f"第{number}句" in text for number in range(0, 700, 7))


def test_that_an_open_incident_and_a_drill_say_so_under_the_title(tmp_path: Path) -> None:
    text = said(samples.empty_incident_file(), "zh_CN", tmp_path)
    assert "演练·非真实事件·续报·尚未结案" in text
    assert "尚未作出" in text
    assert "演练" not in said(samples.incident_file(tmp_path), "zh_CN", tmp_path)


def test_that_a_signature_is_printed_with_name_meaning_time_and_the_record_it_is_bound_to(tmp_path: Path) -> None:
    content = samples.incident_file(tmp_path)
    signed = samples.signature(1, samples.LI, Meaning.REVIEW, samples.after(2000), content.record_digest)
    text = said(replace(content, signatures=(signed,)), "zh_CN", tmp_path)
    assert "李建国含义：复核2026-03-1420:38:29席位A1记录" in text
    assert "所签与本记录版本不符" not in text
    other = replace(signed, record_digest="0" * 64)
    assert "所签与本记录版本不符！" in said(replace(content, signatures=(other,)), "zh_CN", tmp_path)


def test_that_the_paper_tells_of_locked_footage_how_much_there_is_and_whether_it_is_still_locked(tmp_path: Path) -> None:
    content = samples.incident_file(tmp_path)
    text = said(content, "zh_CN", tmp_path)
    section = text[text.index("锁定录像") : text.index("现场图片")]
    for wanted in ("07东侧走廊", "已录制", "08配电间门口", "部分缺失", "20:09:09–20:11:09", "20:13:09–20:41:09", "共1800秒",
                   "东门岗", "没有录像", "全部", "生效中", "由赵敏解除：画面与本案无关"):  # fmt: skip
        assert wanted in section, wanted
    english = said(content, "en", tmp_path)
    for wanted in ("Partlymissing", "1800sinall", "Nothingrecorded", "liftedby赵敏", "inforce"):
        assert wanted in english.replace("lifted2026-03-1420:55by", "liftedby"), wanted


def test_that_segments_of_a_lock_stand_with_their_hashes_and_many_are_bound_by_one_digest(tmp_path: Path) -> None:
    content = samples.incident_file(tmp_path)
    text = said(content, "zh_CN", tmp_path)
    whole, part, nothing, _lifted = content.locked
    assert len(whole.segments) == 41
    assert all(one.sha256 in text for one in (*whole.segments[:30], *part.segments))
    assert whole.segments[30].sha256 not in text
    assert hashlib.sha256("".join(one.sha256 for one in whole.segments).encode()).hexdigest() in text
    assert nothing.segments == ()


def test_that_a_lock_of_an_open_case_ends_with_the_case(tmp_path: Path) -> None:
    content = samples.incident_file(tmp_path)
    opened = replace(content, incident=replace(content.incident, closed_at=None), locked=content.locked[:1])
    text = said(opened, "zh_CN", tmp_path)
    section = text[text.index("锁定录像") : text.index("现场图片")]
    assert "20:00:09结案" in section
    assert "20:41:09结案" not in section
