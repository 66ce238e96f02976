"""Sites to be spoilt, and the look of the program."""

from pathlib import Path

import pytest

from tests.stories.posts import make_site
from tests.views.conftest import looks  # noqa: F401 - a fixture of these tests


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The small post: one panel, one point, one plan."""
    return make_site(tmp_path / "site", 0)
