"""What every kind of camera and of rule promises, and what each of them finds wrong."""

from pathlib import Path

import pytest

from console.models.errors import ConsoleError
from console.models.ids import PointId
from console.models.rules import RuleKind
from console.models.site import Camera, CameraKind, Rule
from console.models.text import Text
from console.registry import discover
from console.video.analytics import intrusion
from console.video.kinds import CameraSpec, RuleSpec, Setting
from tests.video.conftest import camera

KINDS = discover("console.video.cameras", kind=CameraSpec)
RULES = discover("console.video.analytics", kind=RuleSpec)
SQUARE = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))


def test_that_each_kind_of_camera_and_rule_of_a_site_has_its_spec() -> None:
    assert set(KINDS) == {kind.value for kind in CameraKind}
    assert set(RULES) == {kind.value for kind in RuleKind}
    assert all(spec.name == name for name, spec in {**KINDS, **RULES}.items())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_that_a_camera_without_an_address_is_a_mistake_told_in_both_languages(kind: str, tmp_path: Path) -> None:
    mistakes = KINDS[kind].check(camera("c", CameraKind(kind), ""), tmp_path)
    assert mistakes
    assert all(mistake.zh and mistake.en and mistake.zh != mistake.en for mistake in mistakes)


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("file", "../elsewhere/nothing.mp4"),
        ("rtsp", "rtsp://127.0.0.1:1/live"),
        ("synthetic", "no_such_scene"),
        ("synthetic", "../../etc/passwd"),
        ("usb", "63"),
    ],
)
def test_that_opening_what_is_not_there_is_the_worlds_fault_and_says_so(
    kind: str, address: str, tmp_path: Path
) -> None:
    setting = Setting(camera=camera("c", CameraKind(kind), address), secret="", site_dir=tmp_path, scenes_dir=tmp_path)
    with pytest.raises(ConsoleError) as raised:
        KINDS[kind].open(setting)
    assert raised.value.text.zh
    assert raised.value.text.en


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (camera("c", CameraKind.RTSP, "http://host/1"), "must look like rtsp://"),
        (camera("c", CameraKind.RTSP, "rtsp://me:secret@host/1"), "do not belong into the address"),
        (camera("c", CameraKind.RTSP, "rtsp://host/1", main_address="host/2"), "must look like rtsp://"),
        (camera("c", CameraKind.RTSP, "rtsp://host/1", transport="carrier pigeon"), "tcp or udp"),
        (camera("c", CameraKind.USB, "/dev/video0"), "must be a number"),
        (camera("c", CameraKind.SYNTHETIC, "Main Gate"), "no name of a scene"),
    ],
)
def test_that_a_mistake_in_an_address_is_told(one: Camera, told: str, tmp_path: Path) -> None:
    mistakes = KINDS[one.kind.value].check(one, tmp_path)
    assert any(told in mistake.en for mistake in mistakes)


def test_that_right_addresses_are_passed(tmp_path: Path) -> None:
    (tmp_path / "yard.avi").write_bytes(b"RIFF")
    right = [
        camera("c", CameraKind.RTSP, "rtsp://10.0.0.8:554/Streaming/Channels/102", main_address="rtsp://10.0.0.8/101"),
        camera("c", CameraKind.FILE, "yard.avi"),
        camera("c", CameraKind.USB, "0"),
        camera("c", CameraKind.SYNTHETIC, "main_gate"),
    ]
    assert [KINDS[one.kind.value].check(one, tmp_path) for one in right] == [[], [], [], []]


def test_that_a_setting_does_not_show_its_password() -> None:
    one = camera("net", CameraKind.RTSP, "rtsp://host/1")
    setting = Setting(camera=one, secret="Geheim", site_dir=Path(), scenes_dir=None)
    assert "Geheim" not in repr(setting)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (Rule(id="r", point=PointId("p"), zone=SQUARE[:2]), "at least three corners"),
        (Rule(id="r", point=PointId("p"), zone=(*SQUARE, (1.2, 0.5))), "between 0 and 1"),
        (Rule(id="r", point=PointId("p"), zone=SQUARE, min_s=-1.0), "negative"),
        (Rule(id="r", point=PointId("p"), zone=SQUARE, min_area=0.0), "smallest area"),
    ],
)
def test_that_a_mistake_in_a_rule_is_told(rule: Rule, told: str) -> None:
    assert any(told in mistake.en for mistake in intrusion.check(rule))
    assert intrusion.check(Rule(id="r", point=PointId("p"), zone=SQUARE)) == []


def test_that_sentences_are_in_two_languages() -> None:
    assert all(isinstance(text, Text) for text in intrusion.check(Rule(id="r", point=PointId("p"), zone=())))
