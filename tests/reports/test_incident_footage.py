"""The report of a case names the requests for its footage, who decided them, and what left the house with its digest."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from console.models.footage import (
    ExportJob,
    FootageRequest,
    JobState,
    Package,
    RequestId,
    RequestKind,
    RequestState,
)
from console.models.ids import CameraId
from console.reports.footage_register import SPEC
from tests.reports import reading, registers, samples
from tests.reports.test_incident import said

pytestmark = reading.needs_poppler
EAST, DOOR = CameraId("cam-07"), CameraId("cam-08")


def package(seed: str, archive: bool = False) -> Package:
    """A finished package; its digests are those of a word."""
    return Package(
        files=14, size_bytes=312_400_000, gaps=2, manifest_sha256=hashlib.sha256(seed.encode()).hexdigest(),
        fingerprint="4F2A-91C0-77D3-0B1E", archive="x.zip" if archive else "",
        archive_sha256=hashlib.sha256(f"zip {seed}".encode()).hexdigest() if archive else "", made_at=samples.after(5000),
    )  # fmt: skip


def request(number: int, state: RequestState, **more: Any) -> FootageRequest:
    """A request for the footage of the fire; decided by the leader but for one that waits."""
    decided = {} if state is RequestState.ASKED else {"decided_at": samples.after(4200), "decided_by": samples.ZHAO}
    given: dict[str, Any] = {
        "id": RequestId(f"r-{number}"), "number": f"2026-{number:04d}", "state": state, "organisation": "星河路派出所",
        "requester": "张三", "document": "警官证 0815", "purpose": f"火灾调查第{number}次", "cameras": (EAST, DOOR),
        "from_at": samples.after(-300), "until_at": samples.after(1800), "incident": samples.incident().id,
        "asked_at": samples.after(3600), "asked_by": samples.LI,
    }  # fmt: skip
    return FootageRequest(**(given | decided | more))


def asked() -> tuple[FootageRequest, ...]:
    """One of each way that a request goes."""
    job = ExportJob(state=JobState.DONE, folder="/x", by=samples.ZHAO, begun_at=samples.after(4900))
    handed = {"handed_at": samples.after(6000), "handed_by": samples.ZHAO}
    return (
        request(1, RequestState.HANDED_OVER, package=package("one", archive=True), job=job, handed_to="张三", medium="U盘 7", **handed),
        request(2, RequestState.HANDED_OVER, kind=RequestKind.VIEWING, handed_to="保险公司 孙工", cameras=(EAST,), **handed),
        request(3, RequestState.REFUSED, refusal="与本案无关的时段"),
        request(4, RequestState.MADE, package=package("four"), job=job),
        request(5, RequestState.ASKED),
    )


def section(language: str, folder: Path) -> str:
    text = said(replace(samples.incident_file(folder), requests=asked()), language, folder)
    begin, end = {"zh_CN": ("录像查阅与调取", "结论与原因"), "en": ("Footageaskedfor", "Verdictandcause")}[language]
    return text[text.index(begin) : text.index(end)]


def test_that_each_request_stands_with_cameras_time_purpose_and_who_decided(tmp_path: Path) -> None:
    text = section("zh_CN", tmp_path)
    zhao, li = (samples.NAMES.person(one) for one in (samples.ZHAO, samples.LI))
    for one in asked():
        assert one.number in text
        assert one.purpose in text
    for wanted in ("东侧走廊", "配电间门口", "星河路派出所张三", f"登记人{li}", f"{zhao}批准", f"{zhao}不批准", "与本案无关的时段",
                   "已交付", "待审批", "共5件申请，1个资料包离开本站"):  # fmt: skip
        assert wanted in text, wanted
    assert text.count(f"{zhao}批准") == 3
    assert "警官证" not in text, "the paper shown is in the register only"


def test_that_what_left_is_named_with_its_digest_and_what_did_not_says_so(tmp_path: Path) -> None:
    for language, words in (
        ("zh_CN", ("交张三，介质U盘7", "无复制件：保险公司孙工", "尚无：资料包已制作，未移交。", "无。", "尚无。", "14个文件")),
        ("en", ("To张三onU盘7", "Nocopy:lookedathereby保险公司", "Nothingyet:thepackageismade", "Nothing.", "Nothingyet.", "14files")),
    ):
        text = section(language, tmp_path)
        for wanted in words:
            assert wanted in text, wanted
        for digest in (package("one", archive=True).manifest_sha256, package("one", archive=True).archive_sha256,
                       package("four").manifest_sha256):  # fmt: skip
            assert digest in text, digest
        assert "4F2A-91C0-77D3-0B1E" in text


def test_that_a_request_to_look_is_not_said_to_be_handed_over(tmp_path: Path) -> None:
    for language, (looked, handed) in (("zh_CN", ("已查阅", "已交付")), ("en", ("Lookedat", "Handedover"))):
        text = section(language, tmp_path)
        assert (text.count(looked), text.count(handed)) == (1, 1)


def test_that_the_register_counts_what_was_looked_at_apart_from_what_was_handed_over(tmp_path: Path) -> None:
    handed, looked = asked()[:2]
    month = replace(registers.footage_register_file(), requests=(handed, looked, replace(looked, number="2026-0009")))
    file = tmp_path / "register.pdf"
    for language, counted in (("zh_CN", "已交付1已查阅2"), ("en", "Handedover1Lookedat2")):
        file.write_bytes(SPEC.build(month, language).data)
        assert counted in reading.squeezed(reading.text_of(file))


def test_that_a_case_without_requests_has_no_such_section_and_they_do_not_change_its_code(tmp_path: Path) -> None:
    bare = samples.incident_file(tmp_path)
    for language, heading in (("zh_CN", "录像查阅与调取"), ("en", "Footageaskedfor")):
        assert heading not in said(bare, language, tmp_path)
    assert replace(bare, requests=asked()).record_digest == bare.record_digest


def test_that_many_requests_go_on_over_the_pages(tmp_path: Path) -> None:
    many = tuple(replace(asked()[0], number=f"2026-{number:04d}") for number in range(1, 31))
    text = said(replace(samples.incident_file(tmp_path), requests=many), "en", tmp_path)
    assert all(one.number in text for one in many)
