"""A map panel in a window of its own, over a real desk."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from console.models.clock import FakeClock
from console.views.panels.map.panel import MapPanel
from tests.views.map import posts

Opened = Callable[..., MapPanel]


@pytest.fixture
def post(qapp: Any, tmp_path: Path, clock: FakeClock) -> Iterator[posts.Post]:
    """The demonstration site, running."""
    with posts.post(tmp_path, clock) as running:
        yield running


@pytest.fixture
def panel(qtbot: Any, post: posts.Post) -> MapPanel:
    """The map as large as it is on a 1920 screen."""
    made = MapPanel(post.bridge)
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.show()
    qtbot.waitUntil(lambda: not made._soon.isActive())
    return made
