"""Reading a site folder: what is right becomes a Site, what is wrong is told at its line."""

from pathlib import Path

import pytest

from console.models.errors import ConsoleError
from console.models.site import Camera, PostKind, Spot
from console.models.text import Text
from console.site_folder import load_site
from tests.site import sites


def line_of(text: str, part: str) -> int:
    """The line, from 1, on which `part` first stands."""
    return text[: text.index(part)].count("\n") + 1


def test_that_a_whole_site_is_read_without_a_mistake(tmp_path: Path) -> None:
    folder = sites.read(sites.write(tmp_path, sites.FILES))
    assert folder.mistakes == ()
    site = folder.site
    assert site is not None
    assert site.name == Text("院子", "The yard")
    camera = site.cameras[0]
    assert isinstance(camera, Camera)
    assert camera.spot == Spot(map="plan", x=10.0, y=20.0, heading_deg=90.0)
    assert camera.rules[0].zone == ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9))
    assert camera.fov_deg == 70.0
    assert site.posts[0].kind is PostKind.GATE
    assert site.points[0].cameras == ("cam-1", "cam-2")
    assert site.settings == {"watch.people": 2}
    assert [plan.id for plan in folder.plans] == ["look"]


def test_that_a_name_in_one_language_stands_for_both(tmp_path: Path) -> None:
    site = sites.read(sites.write(tmp_path, sites.FILES)).site
    assert site is not None
    assert site.cameras[1].name.in_language("en") == "后院"


def test_that_texts_keep_leading_zeros_and_clock_times_stay_clock_times(tmp_path: Path) -> None:
    site = sites.read(sites.write(tmp_path, sites.FILES)).site
    assert site is not None
    assert site.checkpoints[0].chip == "0017"
    assert site.contacts[0].phone == "110"
    assert site.shifts[0].start == "08:00"


def test_that_lists_spread_over_files_are_put_together(tmp_path: Path) -> None:
    more = "cameras:\n  - {id: cam-3, number: 3, name: 三, kind: synthetic, address: x}\n"
    folder = sites.read(sites.write(tmp_path, {**sites.FILES, "more-cameras.yaml": more}))
    assert folder.mistakes == ()
    assert folder.site is not None
    assert [camera.id for camera in folder.site.cameras] == ["cam-1", "cam-2", "cam-3"]


# File, old text, new text on the same line, and a part of the English sentence that is told about that line.
BROKEN = [
    (
        "cameras.yaml",
        "    place: house\n",
        "    record: {mode: continuous, keep_audio: true}\n",
        "Sound is not recorded",
    ),
    (
        "cameras.yaml",
        "    place: house\n",
        "    record: {mode: schedule, schedule: [8-18]}\n",
        '"8-18" is no time of recording',
    ),
    ("cameras.yaml", "    place: house\n", "    record: {mode: schedule}\n", "needs its hours"),
    ("cameras.yaml", "    place: house\n", "    record: {mode: always}\n", "always"),
    ("site.yaml", "timezone: Asia/Shanghai", "timezone: Asia/Shangai", 'no time zone "Asia/Shangai"'),
    ("site.yaml", "timezone: Asia/Shanghai", "timezome: Asia/Shanghai", 'Did you mean "timezone"?'),
    ("site.yaml", 'phone: "0755-1"', "phone: [1]", '"phone" has to be text, not a list'),
    ("site.yaml", "start: 08:00", "start: 25:00", 'time "25:00" has to be'),
    ("site.yaml", "start: 08:00", "start: 8:00", 'time "8:00" has to be'),
    ("site.yaml", "watch.people: 2", "watch.people: 99", "from 1 to 10, not 99"),
    ("site.yaml", "watch.people: 2", "watch.people: two", "has to be a number"),
    ("site.yaml", "watch.people: 2", "watch.peeple: 2", 'Did you mean "watch.people"?'),
    ("site.yaml", "{id: house, parent: yard", "{id: house, parent: yrad", 'no place with the id "yrad"'),
    ("site.yaml", "{id: house, parent: yard", "{id: house, parent: house", "lead back to itself"),
    ("site.yaml", "kind: building", "kind: bilding", 'Did you mean "building"?'),
    ("site.yaml", "{id: house,", "{id: yard,", 'id "yard" is already taken in site.yaml:7'),
    ("site.yaml", "{id: house,", '{id: "the house",', "may not hold spaces"),
    ("site.yaml", "maps/plan.svg", "maps/plann.svg", 'map file "maps/plann.svg" is not there'),
    ("site.yaml", "maps/plan.svg", "../plan.svg", "inside the site folder"),
    ("site.yaml", "maps/plan.svg", "maps/plan.dwg", "has to be an SVG, PNG or JPEG"),
    ("site.yaml", "metres_per_px: 0.1", "metres_per_px: 0", "from 1e-06 to 1000"),
    ("site.yaml", "name: {zh: 白班, en: Day}", 'name: ""', "name may not be empty"),
    ("cameras.yaml", "    number: 2", "    number: 1", "already taken in cameras.yaml:3"),
    ("cameras.yaml", "    number: 2", "    number: two", '"number" has to be a whole number, not "two"'),
    ("cameras.yaml", "    number: 2", "    number: 2.5", '"number" has to be a whole number'),
    ("cameras.yaml", "    number: 2", "    number: 0", "from 1 to 9999"),
    ("cameras.yaml", "  - id: cam-2", "  - id: cam-1", "already taken in cameras.yaml:2"),
    ("cameras.yaml", "    place: house", "    place: hous", 'Did you mean "house"?'),
    ("cameras.yaml", "    place: house", "    plaace: house", 'Unknown key "plaace". Did you mean "place"?'),
    ("cameras.yaml", "    kind: synthetic", "    kind: syntetic", 'Did you mean "synthetic"?'),
    ("cameras.yaml", "    kind: rtsp", "    kind: usb", 'No such kind: "usb"'),
    ("cameras.yaml", "x: 10, y: 20", "x: 210, y: 20", "(210, 20) lies outside the map"),
    ("cameras.yaml", "x: 10, y: 20", "x: 10, y: -1", "(10, -1) lies outside the map"),
    ("cameras.yaml", "x: 10, y: 20", "x: ten, y: 20", '"x" has to be a number'),
    ("cameras.yaml", "{map: plan, x: 10", "{map: plam, x: 10", 'no map with the id "plam"'),
    ("cameras.yaml", "[0.9, 0.9]]", "[0.9, 1.9]]", "has to lie in the picture"),
    ("cameras.yaml", "[0.9, 0.9]]", "[0.9]]", "a list of 2 values"),
    ("cameras.yaml", ", [0.9, 0.9]]", "]", "at least 3 corners"),
    ("cameras.yaml", "        point: rule-1", "        point: rule-2", 'no point with the id "rule-2"'),
    ("cameras.yaml", "password: secret:cam-2", "password: hunter2", "zhishou secret set NAME"),
    ("points.yaml", "cameras: [cam-1, cam-2]", "cameras: [cam-1, cam-9]", 'no camera with the id "cam-9"'),
    ("points.yaml", "    post: gate", "    post: gaet", 'Did you mean "gate"?'),
    ("points.yaml", "    plan: look", "    plan: loook", 'no plan with the id "loook". Did you mean "look"?'),
    ("points.yaml", "alarm_class: intrusion", "alarm_class: intruson", 'Did you mean "intrusion"?'),
    ("points.yaml", "    priority: 1", "    priority: 5", "from 1 to 4"),
    ("points.yaml", "camera: cam-1", "camera: cam-7", 'no camera with the id "cam-7"'),
    ("points.yaml", "checkpoint: cp-1", "checkpoint: cp-2", 'no checkpoint with the id "cp-2"'),
    ("points.yaml", "leg_s: 60", "leg_s: 0", "from 1 to 86400"),
    ("points.yaml", "leg_s: 60", "leg_s: true", '"leg_s" has to be a number'),
    ("points.yaml", "number: 2", "number: -1", '"number" has to be from 0'),
    ("points.yaml", "phone: 110", "phone: ''", "telephone number may not be empty"),
    ("points.yaml", "kind: sia_dc09", "kind: sia_dc9", 'Did you mean "sia_dc09"?'),
    ("points.yaml", 'zones: {"1": rule-1}', 'zones: {"1": rule-3}', 'no point with the id "rule-3"'),
    ("points.yaml", "key: secret:panel", "key: 00112233", "No password in clear"),
]


@pytest.mark.parametrize(("file", "old", "new", "told"), BROKEN, ids=[f"{b[0]} {b[2]}" for b in BROKEN])
def test_that_a_mistake_is_told_once_at_its_line(file: str, old: str, new: str, told: str, tmp_path: Path) -> None:
    assert sites.FILES[file].count(old) >= 1
    broken = sites.FILES[file].replace(old, new, 1)
    folder = sites.read(sites.write(tmp_path, {**sites.FILES, file: broken}))
    matching = [mistake for mistake in folder.mistakes if told in mistake.en]
    assert len(matching) == 1, [mistake.in_language("en") for mistake in folder.mistakes]
    assert (matching[0].file, matching[0].line) == (file, line_of(sites.FILES[file], old))
    assert matching[0].zh
    assert matching[0].zh != matching[0].en


def test_that_one_broken_thing_does_not_make_its_references_look_broken(tmp_path: Path) -> None:
    broken = sites.CAMERAS.replace("    kind: synthetic\n", "")
    folder = sites.read(sites.write(tmp_path, {**sites.FILES, "cameras.yaml": broken}))
    assert [mistake.en for mistake in folder.mistakes] == ['"camera" lacks "kind", which is required.']
    assert folder.mistakes[0].line == 2


def test_that_a_route_without_stops_and_a_chip_used_twice_are_told(tmp_path: Path) -> None:
    broken = sites.POINTS.replace("    stops:\n      - {checkpoint: cp-1, leg_s: 60}\n", "    stops: []\n")
    broken = broken.replace("routes:\n", "  - {id: cp-2, name: 二, chip: 0017}\nroutes:\n")
    told = [
        m.in_language("en") for m in sites.read(sites.write(tmp_path, {**sites.FILES, "points.yaml": broken})).mistakes
    ]
    assert told == [
        'points.yaml:15: The chip "0017" is already taken in points.yaml:14.',
        "points.yaml:20: A route needs at least one checkpoint.",
    ]


def test_that_the_checks_of_the_kinds_are_asked(tmp_path: Path) -> None:
    cameras = sites.CAMERAS.replace("address: door", "address: nowhere").replace(
        "        point: rule-1\n", "        point: rule-1\n        min_area: 0.9\n"
    )
    points = sites.POINTS.replace("      port: 0\n", "")
    folder = sites.read(sites.write(tmp_path, {**sites.FILES, "cameras.yaml": cameras, "points.yaml": points}))
    assert [mistake.in_language("en") for mistake in folder.mistakes] == [
        "cameras.yaml:2: no such scene",
        "cameras.yaml:10: too small",
        "points.yaml:26: the port is missing",
    ]


@pytest.mark.parametrize(
    ("file", "content", "line", "told"),
    [
        ("cameras.yaml", "cameras:\n\t- id: x\n", 2, "Indent with spaces"),
        ("cameras.yaml", "cameras:\n  - {id: x\n", 3, "not valid YAML"),
        ("cameras.yaml", "cameras:\n  - &a {id: x}\n  - *a\n", 2, "Anchors and aliases"),
        ("cameras.yaml", "cameras: !!python/object:os.system x\n", 1, "Tags"),
        ("cameras.yaml", "cameras: []\n---\ncameras: []\n", 2, "One file holds one document"),
        ("cameras.yaml", "cameras:\n" + "  " + "[" * 200 + "]" * 200, 2, "Nested deeper than 30"),
        ("cameras.yaml", "- 1\n- 2\n", 1, "outermost level has to be a mapping"),
        ("cameras.yaml", "cameras: 7\n", 1, '"cameras" has to be a list'),
        ("cameras.yaml", "cameras:\n  - 7\n", 2, '"camera" has to be a mapping'),
        ("cameras.yaml", "cameras: []\ncameras: []\n", 2, "written twice; the first is on line 1"),
        ("cameras.yaml", "# \x07\n", 1, "cannot be printed"),
        ("cameras.yaml", "cameras: []\n# 中文\n".encode("gbk"), 2, "not UTF-8"),
        ("cameras.yaml", b"#" * ((1 << 20) + 1), 1, "larger than 1 MB"),
        ("points.yml", "points: []\n", 1, "has to end in .yaml"),
        ("secrets.yaml", "cam-2: hunter2\n", 1, "do not belong in the site folder"),
        ("more.yaml", "timezone: UTC\n", 1, '"timezone" is already written in site.yaml:3'),
        ("maps/plan.svg", '<svg viewBox="10 10 5 5"/>', 10, "has to begin at 0 0"),
        ("maps/plan.svg", "not a drawing", 10, "not a usable drawing"),
    ],
)
def test_that_a_file_nobody_can_use_is_told(
    file: str, content: str | bytes, line: int, told: str, tmp_path: Path
) -> None:
    folder = sites.read(sites.write(tmp_path, {**sites.FILES, file: content}))
    matching = [mistake for mistake in folder.mistakes if told in mistake.en]
    assert len(matching) == 1, [mistake.in_language("en") for mistake in folder.mistakes]
    where = "site.yaml" if file.startswith("maps/") else file
    assert (matching[0].file, matching[0].line) == (where, line)


def test_that_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    folder = sites.read(tmp_path / "gone")
    assert folder.site is None
    assert [mistake.file for mistake in folder.mistakes] == ["."]


def test_that_a_folder_without_site_yaml_is_told(tmp_path: Path) -> None:
    folder = sites.read(sites.write(tmp_path, {"cameras.yaml": "cameras: []\n"}))
    assert folder.site is None
    assert "There is no site.yaml." in [mistake.en for mistake in folder.mistakes]


def test_that_loading_a_broken_site_lists_the_mistakes_in_both_languages(tmp_path: Path) -> None:
    broken = "\n".join(f"  - {{id: c{n}, number: {n}, name: x, kind: usb, address: y}}" for n in range(11, 31))
    folder = sites.write(tmp_path, {**sites.FILES, "more.yaml": f"cameras:\n{broken}\n"})
    with pytest.raises(ConsoleError) as refusal:
        load_site(
            folder,
            camera_kinds={"synthetic": None, "rtsp": None},
            source_kinds={"sia_dc09": None},
            rule_kinds={"intrusion": None},
            step_kinds=dict.fromkeys(("confirm", "call", "dispatch")),
            shipped_plans=tmp_path / "none",
        )
    lines = refusal.value.text.en.splitlines()
    assert lines[0].endswith(": 20")
    assert lines[1].startswith("more.yaml:2:")
    assert lines[-1].startswith("... and 8 more")
    assert "有 20 处错误" in refusal.value.text.zh


def test_that_loading_a_good_site_gives_it_and_its_plans(tmp_path: Path) -> None:
    site, plans = load_site(
        sites.write(tmp_path, sites.FILES),
        camera_kinds={"synthetic": None, "rtsp": None},
        source_kinds={"sia_dc09": None},
        rule_kinds={"intrusion": None},
        step_kinds=dict.fromkeys(("confirm", "call", "dispatch", "note", "question")),
        shipped_plans=tmp_path / "none",
    )
    assert site.id == "yard"
    assert [plan.id for plan in plans] == ["look"]


def test_that_a_broken_file_does_not_make_the_rest_look_broken(tmp_path: Path) -> None:
    folder = sites.read(sites.write(tmp_path, {**sites.FILES, "cameras.yaml": "cameras: [\n"}))
    assert [mistake.file for mistake in folder.mistakes] == ["cameras.yaml"]
