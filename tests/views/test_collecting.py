"""Garbage is collected in the window's thread, by what Python itself would collect, and nowhere else."""

import gc
import weakref
from typing import Any

import pytest
from PySide6.QtCore import QObject

from console.views import collecting


class Ring:
    """Something that only a cycle holds."""

    def __init__(self) -> None:
        self.itself = self


def test_that_the_window_collects_what_only_a_cycle_holds(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "EVERY_MS", 5)
    owner = QObject()
    collecting.collect_here(owner)
    assert not gc.isenabled()
    ring = weakref.ref(Ring())
    assert ring() is not None
    many = [[] for _ in range(2 * gc.get_threshold()[0])]
    qtbot.waitUntil(lambda: ring() is None)
    assert many
    owner.deleteLater()


def test_that_nothing_is_collected_before_there_is_enough() -> None:
    gc.collect()
    ring = weakref.ref(Ring())
    collecting.collect()
    assert ring() is not None
    gc.collect()
    assert ring() is None
