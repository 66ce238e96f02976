"""Points as a table: what is inherited, what a mistake is called, and that nothing is written before there is none."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from console import point_import, points_table
from console.app.points import site_kinds
from console.models.errors import ConsoleError
from console.models.ids import PlaceId, PointId
from console.models.linkage import linkage_of, linked_point
from console.models.points import ChangeKind, PointsPreview
from console.models.site import Place, Point, Site
from console.models.text import Text
from console.site_folder import load_site
from tests.site.tables import HEADING, big_site, big_table

KINDS: dict[str, Any] = {**site_kinds(), "camera_kinds": {"synthetic": None}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return big_site(tmp_path / "site")


def tried(folder: Path, text: str | bytes, name: str = "points.csv") -> PointsPreview:
    file = folder.parent / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return point_import.preview(folder, file, KINDS)


def test_that_two_thousand_points_are_set_up_from_their_buildings(folder: Path) -> None:
    preview = tried(folder, big_table())
    assert preview.mistakes == ()
    assert (preview.rows, preview.count(ChangeKind.NEW)) == (2000, 2000)
    point_import.put(folder, preview)
    site, _plans = load_site(folder, **KINDS)
    assert len(site.points) == 2000
    for number, point in enumerate(site.points):
        linked = linked_point(site, point.id)
        assert linked is not None
        zone = number % 100
        assert linked.cameras == (f"cam-{zone}",)
        assert (linked.post, linked.sound, linked.notify) == (f"post-{zone // 10}", "p2", ("chief",))
        assert linked.priority == (1 if number % 2 else 3)
        assert linked.spot is not None


def test_that_the_nearest_wins_and_says_who_it_is() -> None:
    site = Site(
        id="s",
        name=Text("院", "S"),
        places=(
            Place(id=PlaceId("b"), name=Text("楼", "B"), sound="p1", notify=("x",), priorities={"*": 3, "fire": 1}),
            Place(id=PlaceId("f"), name=Text("层", "F"), parent=PlaceId("b"), sound="p2", priorities={"access": 4}),
        ),
        points=(
            Point(id=PointId("own"), name=Text("甲", "A"), place=PlaceId("f"), sound="p3", priority=2),
            Point(id=PointId("none"), name=Text("乙", "B"), place=PlaceId("f"), alarm_class="access"),
            Point(id=PointId("lost"), name=Text("丙", "C")),
        ),
    )
    own, none, lost = (linkage_of(site, point) for point in site.points)
    assert (own.sound, own.priority, own.notify) == ("p3", 2, ("x",))
    assert dict(own.origins) == {"sound": None, "priority": None, "notify": "b"}
    assert (none.sound, none.priority, none.origins["priority"]) == ("p2", 4, "f")
    assert linkage_of(site, site.points[1], "fire").priority == 4
    assert linkage_of(site, replace(site.points[1], alarm_class=""), "fire").priority == 1
    assert dict(lost.origins) == {}


def test_that_a_new_site_does_not_speak_of_the_old_one() -> None:
    def site(sound: str) -> Site:
        place = Place(id=PlaceId("b"), name=Text("楼", "B"), sound=sound)
        point = Point(id=PointId("p"), name=Text("甲", "A"), place=PlaceId("b"))
        return Site(id="s", name=Text("院", "S"), places=(place,), points=(point,))

    for sound in ("p1", "p2", "p3"):
        linked = linked_point(site(sound), PointId("p"))
        assert linked is not None
        assert linked.sound == sound


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_that_a_table_is_read_as_spreadsheets_write_it(folder: Path, encoding: str, delimiter: str) -> None:
    text = "编号,名称,报警类别,位置,优先级\r\nd1,东门 感烟,fire,z1,2.0\r\n\r\n".replace(",", delimiter)
    preview = tried(folder, text.encode(encoding))
    assert preview.mistakes == ()
    point_import.put(folder, preview)
    (point,) = load_site(folder, **KINDS)[0].points
    assert (point.id, point.name.zh, point.priority, point.place) == ("d1", "东门 感烟", 2, "z1")


def test_that_what_is_written_is_read_again_as_it_was(folder: Path) -> None:
    text = (
        "id,name_zh,name_en,class,priority,place,map,x,y,heading,cameras,post,plan,sound,notify\r\n"
        '"d1","-3 层, ""东""",,fire,1,z1,plan,1.5,2,90,cam-1;cam-2,post-1,fire,p1,chief\r\n'
    )
    preview = tried(folder, text)
    assert preview.mistakes == ()
    (point,) = preview.points
    assert (point.name.zh, point.cameras, point.spot and point.spot.heading_deg) == ('-3 层, "东"', ("cam-1", "cam-2"), 90)
    for name in ("out.csv", "out.xlsx"):
        assert point_import.write(folder.parent / name, [point], "zh_CN") == 1
        again = point_import.preview(folder, folder.parent / name, KINDS)
        assert again.points == (point,)
    assert b"'-3" in (folder.parent / "out.csv").read_bytes()  # no spreadsheet takes it for a formula


def test_that_every_mistake_is_told_with_its_row_and_column(folder: Path) -> None:
    preview = tried(
        folder,
        "id,name_zh,class,place,priority,map,x,y,cameras,sound,colour\r\n"
        "d1,甲,fier,z1,2,,,,,,\r\n"
        "d2,,fire,z999,9,,,,,,\r\n"
        "d1,丙,fire,z1,two,plan,500,1,cam-1;cam-x,p9,\r\n"
        "=A1,丁,fire,,,plan,,,,,\r\n",
    )
    told = {(one.row, one.column): one.sentence.en for one in preview.mistakes}
    assert "no column" in told[1, "colour"]
    assert "alarm class" in told[2, "class"]
    assert "name may not be empty" in told[3, "name_zh"]
    assert "no place" in told[3, "place"]
    assert "from 1 to 4" in told[3, "priority"]
    assert "already taken in points.csv:2" in told[4, "id"]
    assert "whole number" in told[4, "priority"]
    assert "no camera" in told[4, "cameras"]
    assert "formula" in told[5, "id"]
    assert all(one.sentence.zh for one in preview.mistakes)
    with pytest.raises(ConsoleError, match="mistakes"):
        point_import.put(folder, preview)
    assert not (folder / "points.csv").exists()


def test_that_a_point_that_is_still_needed_cannot_be_left_out(folder: Path) -> None:
    point_import.put(folder, tried(folder, f"{HEADING}\r\nd1,甲,A,fire,z1\r\nd2,乙,B,fire,z1\r\n"))
    source = "sources: [{id: p, kind: sia_dc09, name: P, options: {port: 0, accounts: [{account: '1', zones: {'1': d1}}]}}]"
    (folder / "sources.yaml").write_text(source, "utf-8")
    (mistake,) = tried(folder, f"{HEADING}\r\nd2,乙,B,fire,z1\r\n").mistakes
    assert (mistake.row, mistake.place) == (0, "sources.yaml:1")
    assert '"d1"' in mistake.sentence.en


def test_that_a_table_may_bring_the_points_that_the_site_names_already(folder: Path) -> None:
    source = "sources: [{id: p, kind: sia_dc09, name: P, options: {port: 0, accounts: [{account: '1', zones: {'1': d1}}]}}]"
    (folder / "sources.yaml").write_text(source, "utf-8")
    (mistake,) = tried(folder, f"{HEADING}\r\nd2,乙,B,fire,z1\r\n").mistakes
    assert mistake.place == "sources.yaml:1"
    whole = tried(folder, f"{HEADING}\r\nd1,甲,A,fire,z1\r\nd2,乙,B,fire,z1\r\n")
    assert whole.mistakes == ()
    assert [(change.point, change.kind.value) for change in whole.changes] == [("d1", "new"), ("d2", "new")]
    point_import.put(folder, whole)


def test_that_changes_are_told_and_the_table_before_is_kept(folder: Path) -> None:
    first = tried(folder, f"{HEADING}\r\nd1,甲,A,fire,z1\r\nd2,乙,B,fire,z1\r\nd3,丙,C,fire,z1\r\n")
    point_import.put(folder, first)
    second = tried(folder, f"{HEADING}\r\nd1,甲,A,fire,z1\r\nd2,乙,B,gas,z2\r\nd4,丁,D,fire,z1\r\n")
    assert [(change.point, change.kind.value) for change in second.changes] == [
        ("d2", "changed"), ("d4", "new"), ("d3", "removed"),
    ]  # fmt: skip
    assert second.changes[0].columns == (("class", "fire", "gas"), ("place", "z1", "z2"))
    assert second.same == 1
    point_import.put(folder, second)
    assert (folder / "points.csv.bak").read_bytes() == first.content
    point_import.put_back(folder, second)
    assert (folder / "points.csv").read_bytes() == first.content
    with pytest.raises(ConsoleError, match="preview it again"):
        point_import.put(folder, replace(first, basis=second.digest))


def test_that_a_row_takes_the_place_of_the_same_point_in_yaml(folder: Path) -> None:
    (folder / "more.yaml").write_text("points: [{id: d1, name: 旧}, {id: d0, name: 零}]", "utf-8")
    point_import.put(folder, tried(folder, f"{HEADING}\r\nd1,新,New,fire,z1\r\n"))
    assert {point.id: point.name.zh for point in load_site(folder, **KINDS)[0].points} == {"d0": "零", "d1": "新"}


def _packed(**names: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in names.items():
            packed.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"id,name_zh\r\n" + b"a,b\r\n" * 20_001, "more than 20000 rows"),
        (b"x" * ((8 << 20) + 1), "larger than 8 MB"),
        (b"id,name_zh\r\n" + b"," * 70, "too many columns"),
        (b'id,name_zh\r\n"a"b,c\r\n', "no valid CSV"),
        (b"id\x81\xff\xff,\xff", "neither UTF-8"),
        (b"PK\x03\x04 torn", "no readable spreadsheet"),
        (_packed(a=b"1"), "no readable spreadsheet"),
        (_packed(a=b"0" * (65 << 20)), "too large once unpacked"),
    ],
)
def test_that_a_file_that_is_no_table_is_refused_with_a_sentence(tmp_path: Path, raw: bytes, says: str) -> None:
    file = tmp_path / "points.csv"
    file.write_bytes(raw)
    with pytest.raises(ConsoleError, match=says):
        points_table.read_rows(file)


def test_that_a_formula_of_a_spreadsheet_is_refused(folder: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["id", "name_zh", "class", "priority"], ["d1", "甲", "fire", 1], ["d2", "=1+1", "fire", 2.0]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    preview = tried(folder, out.getvalue(), "points.xlsx")
    assert next((one.row, one.column) for one in preview.mistakes) == (3, "name_zh")
