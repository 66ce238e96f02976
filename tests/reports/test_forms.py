"""What every form promises, whatever it prints: found through the registry, so that a new form inherits this."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.i18n import LANGUAGES, translate
from console.models.ids import CameraId
from console.models.plain import canonical, from_json
from console.models.text import Text
from console.models.trust import short_code
from console.reports import printing
from console.reports.spec import Made
from tests.reports import reading, registers, samples

FORMS = printing.forms()
EACH = [
    pytest.param(key, name, language, id=f"{key}-{name}-{language}")
    for key in FORMS
    for name in ("full", "empty")
    for language in LANGUAGES
]


@pytest.fixture
def built(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[samples.IncidentFile, Made, Path]:
    key, name, language = request.param
    content = samples.of_form(key, tmp_path)[name]
    made = FORMS[key].build(content, language)
    file = tmp_path / f"{key}.pdf"
    file.write_bytes(made.data)
    return content, made, file


def test_that_the_two_forms_of_the_post_are_found() -> None:
    assert {"incident", "handover"} <= FORMS.keys()


@pytest.mark.parametrize("key", FORMS)
def test_that_a_form_has_a_name_in_both_languages_and_its_folder_is_its_key(key: str) -> None:
    spec = FORMS[key]
    assert spec.title.zh
    assert spec.title.en
    assert Path(printing.reports.__path__[0], key).is_dir()


@pytest.mark.parametrize(("key", "name", "language"), EACH)
def test_that_the_same_content_gives_the_same_bytes(key: str, name: str, language: str) -> None:
    content = samples.of_form(key)[name]
    assert FORMS[key].build(content, language) == FORMS[key].build(content, language)


@pytest.mark.parametrize("key", FORMS)
def test_that_content_that_crossed_a_process_is_printed_alike(key: str) -> None:
    spec, content = FORMS[key], samples.of_form(key)["full"]
    travelled = from_json(canonical(content), spec.content)
    assert travelled == content
    assert spec.build(travelled, "en") == spec.build(content, "en")


@pytest.mark.parametrize("key", FORMS)
def test_that_the_check_code_is_of_the_record_and_not_of_the_printing(key: str) -> None:
    content = samples.of_form(key)["full"]
    again = replace(
        content,
        letterhead=replace(content.letterhead, printed_by="孙", made_at=samples.after(99_999), journal_seq=99_999),
    )
    assert again.record_digest == content.record_digest


@reading.needs_poppler
@pytest.mark.parametrize("built", [pytest.param(one.values, id=one.id) for one in EACH], indirect=True)
def test_that_every_page_says_whose_it_is_which_it_is_and_what_anchors_it(
    built: tuple[samples.IncidentFile, Made, Path], request: pytest.FixtureRequest
) -> None:
    content, made, file = built
    key, _, language = request.node.callspec.params["built"]
    pages = reading.pages_of(file)
    assert pages == made.pages
    for page in range(1, pages + 1):
        said = reading.squeezed(reading.text_of(file, page=page))
        wanted = [
            content.letterhead.site.in_language(language),
            FORMS[key].title.in_language(language),
            translate("Page {page} ", language).format(page=page),
            translate("of {pages}", language).format(pages=pages),
            content.letterhead.printed_by,
            str(content.letterhead.journal_seq),
            content.letterhead.journal_head[:16],
            translate("Check code", language),
            short_code(content.record_digest),
        ]
        assert [one for one in wanted if reading.squeezed(one) not in said] == []


@reading.needs_poppler
@pytest.mark.parametrize("built", [pytest.param(one.values, id=one.id) for one in EACH], indirect=True)
def test_that_all_fonts_are_embedded_as_subsets_and_can_be_read_back(
    built: tuple[samples.IncidentFile, Made, Path],
) -> None:
    fonts = reading.fonts_of(built[2])
    assert fonts
    assert all("NotoSansSC" in name and rest == ["yes", "yes", "yes"] for name, *rest in fonts), fonts


@reading.needs_poppler
@pytest.mark.parametrize("built", [pytest.param(one.values, id=one.id) for one in EACH], indirect=True)
def test_that_a_reader_finds_title_author_time_and_paper_size(
    built: tuple[samples.IncidentFile, Made, Path], request: pytest.FixtureRequest
) -> None:
    content, _, file = built
    key, _, language = request.node.callspec.params["built"]
    info = reading.info_of(file)
    assert FORMS[key].title.in_language(language) in info["Title"]
    assert info["Author"] == content.letterhead.site.in_language(language)
    assert "(A4)" in info["Page size"]
    assert info["CreationDate"].startswith(f"{content.letterhead.made_at:%Y-%m-%dT%H:%M:%S}")
    wanted = b"/Lang (zh-CN)" if language == "zh_CN" else b"/Lang (en)"
    assert wanted in file.read_bytes()


@reading.needs_poppler
@pytest.mark.parametrize("key", FORMS)
def test_that_no_sentence_of_ours_is_left_in_english_on_a_chinese_form(key: str, tmp_path: Path) -> None:
    content = samples.of_form(key, tmp_path)["full"]
    content = replace(content, letterhead=replace(content.letterhead, site=Text("岗", "岗")))
    file = tmp_path / "form.pdf"
    file.write_bytes(FORMS[key].build(content, "zh_CN").data)
    ours = {"snapshot", "jpg", "mkv", "cam", "verify"}  # names of files
    words = [word for word in _latin(reading.text_of(file)) if len(word) > 2 and word.islower()]
    assert [word for word in words if word not in ours and not set(word) <= set("abcdef")] == []


def _latin(text: str) -> list[str]:
    return "".join(letter if letter.isascii() and letter.isalpha() else " " for letter in text).split()


@pytest.mark.parametrize("key", FORMS)
def test_that_times_are_those_of_the_site_and_not_of_this_machine(key: str, tmp_path: Path) -> None:
    content = samples.of_form(key)["full"]
    elsewhere = replace(content, letterhead=replace(content.letterhead, timezone="Asia/Urumqi"))
    moved = replace(content, letterhead=replace(content.letterhead, made_at=samples.after(7200) - timedelta(hours=2)))
    assert FORMS[key].build(elsewhere, "en").data != FORMS[key].build(content, "en").data
    assert FORMS[key].build(moved, "en").data != FORMS[key].build(content, "en").data


@reading.needs_poppler
@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_that_rows_stay_whole_and_a_heading_stands_on_each_page_once(tmp_path: Path, times: int) -> None:
    walked = registers.video_round_file()
    cameras = tuple(CameraId(f"cam-{n:02d}") for n in range(1, 31))
    long_name = "东北角地下车库与一号辅楼之间连廊北侧出入口靠近消防水泵房三号配电间高清球形摄像机" * times + "终"
    names = replace(walked.names, places={camera: Text(f"{camera}{long_name}", camera) for camera in cameras})
    content = replace(walked, round=replace(walked.round, cameras=cameras, checks=()), names=names)
    file = tmp_path / "round.pdf"
    file.write_bytes(FORMS["video_round"].build(content, "zh_CN").data)
    assert reading.pages_of(file) > 2
    for page in range(1, reading.pages_of(file) + 1):
        said = reading.squeezed(reading.text_of(file, page=page))
        begun, ended = said.count("cam-"), said.count("终")
        assert begun == ended, "a row goes over two pages"
        assert said.count("查看时间") == (1 if begun else 0)
