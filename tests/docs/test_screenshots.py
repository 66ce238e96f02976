"""The pictures of the documents are taken from the real window, and there are those that the tool takes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.docs.reading import ROOT
from tests.stories.posts import environment
from tools.take_screenshots import FOLDER, LANGUAGES, SHOTS, SIZE_PX

WANTED = {shot.file(language): shot for shot in SHOTS for language in shot.looks}
# What has to be seen on each picture, by the names of the window's own parts.
WATCH = {"wall", "map", "queue", "status"}
PARTS = {
    "sign-on": {"sign_on", "status"},
    "watch": WATCH,
    "alarm": WATCH,
    "plan": {*WATCH, "response"},
    "handover": {"handover", "status"},
    "system": {"system", "status"},
}
# Beside them what is due now; where the machine is so slow that the first alarm came before the last camera, that alarm.
WORK = {"due", "response"}
# A flat part has one or two colours, words with soft edges have many.
LEAST_COLOURS = 8


def colours(picture: Image.Image, place: tuple[int, int, int, int]) -> int:
    left, top, width, height = place
    part = picture.convert("RGB").crop((left, top, left + width, top + height))
    return len(part.getcolors(maxcolors=width * height) or ())


def brightness(picture: Image.Image) -> float:
    grey = picture.convert("L")
    return sum(level * count for level, count in enumerate(grey.histogram())) / (grey.width * grey.height)


def test_that_the_documents_have_exactly_the_pictures_that_the_tool_takes() -> None:
    assert {file.name for file in FOLDER.iterdir()} == WANTED.keys()
    assert {language for shot in SHOTS for language in shot.looks} == set(LANGUAGES)


@pytest.mark.parametrize("name", WANTED)
def test_that_a_picture_of_the_documents_is_whole_and_in_its_look(name: str) -> None:
    with Image.open(FOLDER / name) as picture:
        picture.load()
        assert picture.size == SIZE_PX
        shot = WANTED[name]
        language = next(one for one in shot.looks if shot.file(one) == name)
        is_bright = brightness(picture) > 128 if shot.name in ("handover", "system") else brightness(picture) > 90
        assert is_bright == (shot.looks[language] == "day")


@pytest.mark.timeout(420)
def test_that_the_pictures_can_be_taken_anew_and_no_part_of_them_is_empty(tmp_path: Path) -> None:
    # One test, so that the story is played once however the tests are shared out.
    done = subprocess.run(
        [sys.executable, "-m", "tools.take_screenshots", str(tmp_path), "zh_CN"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    shows = {one["file"]: one["shows"] for one in told}
    chinese = {shot.file("zh_CN"): shot for shot in SHOTS if "zh_CN" in shot.looks}
    assert shows.keys() == chinese.keys() == {file.name for file in tmp_path.iterdir()}
    for name, shot in chinese.items():
        assert shows[name].keys() >= PARTS[shot.name], name
        assert shot.name != "watch" or shows[name].keys() & WORK, name
        with Image.open(tmp_path / name) as picture:
            assert picture.size == SIZE_PX
            flat = [part for part in sorted(PARTS[shot.name]) if colours(picture, shows[name][part]) < LEAST_COLOURS]
            assert not flat, name
