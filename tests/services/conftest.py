"""Posts with a fresh record."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.models.clock import FakeClock
from tests.services.cases import bench  # noqa: F401 - a fixture of these tests
from tests.services.post import MORNING, PostInHand, opened_post


@pytest.fixture
def post(tmp_path: Path) -> Iterator[PostInHand]:
    """A post at 08:00 of a Saturday in March, with nobody on watch."""
    with opened_post(tmp_path / "data", FakeClock(MORNING)) as opened:
        yield opened
