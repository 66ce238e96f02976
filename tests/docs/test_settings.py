"""A number that somebody may set is a number that the console obeys."""

from pathlib import Path

import pytest

import console
from console.models.pictures import Sight
from console.models.settings import SETTINGS
from console.video.sight import Evidence, judge

PACKAGE = Path(console.__file__).parent
READERS = [file for file in PACKAGE.rglob("*.py") if file.name != "settings.py" or file.parent.name != "models"]
WORDS = "\n".join(file.read_text(encoding="utf-8") for file in READERS)


@pytest.mark.parametrize("key", [setting.key for setting in SETTINGS])
def test_that_every_setting_is_read_somewhere(key: str) -> None:
    assert f'"{key}"' in WORDS


@pytest.mark.parametrize(
    ("age_s", "sight"), [(3.9, Sight.LIVE), (4.1, Sight.STALE), (8.9, Sight.STALE), (9.1, Sight.OFFLINE)]
)
def test_that_a_site_says_when_a_picture_is_stale_and_when_it_is_gone(age_s: float, sight: Sight) -> None:
    evidence = Evidence(asked_s=0.0, frame_s=100.0)
    assert judge(evidence, 100.0 + age_s, stale_s=4.0, offline_s=9.0)[0] is sight
