"""What the documents say of cameras, panels and readers is what they find here; every kind there is has its word."""

import inspect
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from console import app
from console.models.errors import ConsoleError
from console.models.signals import SignalKind
from console.models.text import Text
from console.registry import discover
from console.sources import http, punch
from console.sources.gb26875 import setup as gb26875
from console.sources.punch.reading import FIELDS, read_punch
from console.sources.sia_dc09 import setup
from console.sources.sia_dc09.receiver import AHEAD_S, BEHIND_S
from console.sources.webhook import generic
from console.sources.webhook import setup as webhook
from tests.docs.reading import ROOT, documents, piece, pieces

README = ROOT / "README.md"
ENGLISH, CHINESE = ROOT / "docs" / "connecting.md", ROOT / "docs" / "connecting.zh-CN.md"
BOTH = pytest.mark.parametrize("file", [ENGLISH, CHINESE], ids=lambda file: file.name)
# The rooms of the extensions, and where each kind of theirs has to be named.
ROOMS = ("video.cameras", "video.analytics", "sources", "steps", "reports", "views.panels")


def sections(file: Path) -> dict[str, list[Any]]:
    """The lists that a document shows, joined."""
    joined: dict[str, list[Any]] = {}
    for one in pieces(file):
        if one.language == "yaml":
            for name, items in yaml.safe_load(one.text).items():
                joined.setdefault(name, []).extend(items)
    return joined


@BOTH
def test_that_what_is_shown_of_a_site_can_be_typed_in(file: Path, tmp_path: Path) -> None:
    site = yaml.safe_load(piece(README, "my-site/site.yaml").text)
    for shift in site["shifts"]:
        shift["start"] = "08:00"  # any other reader takes 20:00 for a number
    shown = sections(file)
    rules = shown.pop("rules")
    shown["cameras"][0]["rules"] = rules
    site["cameras"] = shown["cameras"]
    site["sources"] = [one for one in site["sources"] if one["kind"] == "video_rules"] + shown["sources"]
    points = {rule["point"] for rule in rules} | {
        point
        for source in shown["sources"]
        for account in source["options"].get("accounts", ())
        for point in account["zones"].values()
    }
    points |= {
        point
        for source in shown["sources"]
        for stream in source.get("options", {}).get("map", ())
        for point in stream.get("points", {}).values()
    }
    points |= {
        point
        for source in shown["sources"]
        for name in ("transmitters", "endpoints")
        for one in source["options"].get(name, ())
        for point in (one.get("parts") or one.get("points") or {}).values()
    }
    points |= {
        point
        for source in shown["sources"]
        if source["kind"] == "onvif_events"
        for topics in source["options"]["points"].values()
        for point in topics.values()
    }
    site["points"] = [{"id": point, "name": point} for point in sorted(points)]
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "yard.mp4").write_bytes(b"a clip")
    (tmp_path / "site.yaml").write_text(yaml.safe_dump(site, allow_unicode=True), encoding="utf-8")
    ground = app.read_ground(tmp_path)
    assert {camera.kind.value for camera in ground.site.cameras} == {"rtsp", "usb", "file"}


def test_that_both_languages_show_the_same() -> None:
    def bare(file: Path) -> list[str]:
        return [re.sub(r"#.*", "", one.text) for one in pieces(file)]

    assert bare(ENGLISH) == bare(CHINESE)


@BOTH
@pytest.mark.parametrize("module", [setup, punch, gb26875, webhook], ids=["sia_dc09", "punch", "gb26875", "webhook"])
def test_that_every_option_of_a_source_is_explained(file: Path, module: ModuleType) -> None:
    asked = set(re.findall(r'given\.\w+\("(\w+)"', inspect.getsource(module))) | {"port"}
    assert {"host", "timezone"} <= asked
    text = file.read_text(encoding="utf-8")
    assert [name for name in sorted(asked - {"accounts", "name"}) if f"`{name}`" not in text] == []


@BOTH
def test_that_the_limits_of_a_panels_clock_are_the_receivers(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert f"{AHEAD_S:g} " in text
    assert f"{BEHIND_S:g} " in text


@BOTH
def test_that_a_punch_as_shown_is_taken_and_every_field_is_named(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    body = re.search(r"-d '(\{.*\})'", text)
    assert body is not None
    now = datetime(2026, 3, 14, 5, tzinfo=UTC)
    taken = read_punch(body.group(1).encode(), now, None)
    assert taken.reader_at == datetime(2026, 3, 14, 4, 5, tzinfo=UTC)
    given = json.loads(body.group(1))
    for name, (_, required) in FIELDS.items():
        assert f"`{name}`" in text
        assert not required or name in given
    without = {name: value for name, value in given.items() if name != "chip"}
    with pytest.raises(ConsoleError, match="chip"):
        read_punch(json.dumps(without).encode(), now, None)


@BOTH
def test_that_every_answer_to_a_punch_is_explained(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    rows = " ".join(re.findall(r"^\| ([\d ,、`a-z]+)\|", text, re.MULTILINE))
    assert [status for status in http._REASONS if str(status) not in rows] == []


@BOTH
def test_that_a_webhook_as_shown_is_taken(file: Path) -> None:
    body = re.search(r"--data '(\{.*\})'", file.read_text(encoding="utf-8"))
    assert body is not None
    (notice,) = generic.read(body.group(1).encode(), "", None)
    assert (notice.places, notice.kind, notice.alarm_class.value) == (("door-1",), SignalKind.ALARM, "access")


@pytest.mark.parametrize("room", ROOMS)
def test_that_every_kind_there_is_has_its_word_in_the_documents(room: str) -> None:
    words = "\n".join(file.read_text(encoding="utf-8") for file in documents())
    unnamed = []
    for name, spec in discover(f"console.{room}").items():
        # A panel and a form are known to people by their names on the screen and on paper.
        shown = (getattr(spec, "title", "") or name) if room in ("reports", "views.panels") else f"`{name}`"
        said = shown.en if isinstance(shown, Text) else str(shown)
        if said.lower() not in words.lower():
            unnamed.append(said)
    assert not unnamed
