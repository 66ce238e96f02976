"""F5 in playback keeps the picture of the chosen tile as evidence, and only where its person may look at it."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton

from console.app import pictures
from console.models.events import EvidenceKept, event_from
from console.models.incidents import Incident
from console.models.masks import Mask
from console.models.people import Actor
from console.models.playback import RecordedPicture, utc
from console.models.trust import Evidence
from console.services import evidence, incidents, playback, queue
from console.views.main_window import MainWindow
from console.views.panels.playback.panel import PlaybackPanel
from tests.video.conftest import ffmpeg  # noqa: F401 - a fixture of these tests
from tests.views.panels import playback_days as days
from tests.views.panels.playback_days import CAMERA, MASKED, OTHER, picture_s, until
from tests.views.posts import Seat

pytestmark = pytest.mark.usefixtures("ffmpeg")


def keeping(seat: Seat, folder: Path, taken: list[RecordedPicture]) -> Any:
    """Files and rows as console.app keeps them, without its threads."""

    def keep(picture: RecordedPicture, actor: Actor) -> "Future[Evidence]":
        taken.append(picture)
        made = pictures.evidence_of(picture, folder, seat.desk.ground.site, actor, None)
        return seat.desk.do(evidence.keep_taken, made, recorded=True, by=actor)

    return keep


@pytest.fixture
def taken() -> list[RecordedPicture]:
    return []


@pytest.fixture
def window(qtbot: Any, seat: Seat, tmp_path: Path, taken: list[RecordedPicture]) -> Iterator[MainWindow]:
    """The real window on its playback page: eight seconds of two cameras of ten minutes ago, a mask on the first."""
    site = seat.desk.ground.site
    mask = Mask(zone=((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
    cameras = tuple(replace(one, masks=(mask,)) if one.id == CAMERA else one for one in site.cameras)
    seat.desk.ground = replace(seat.desk.ground, site=replace(site, cameras=cameras))
    begin_s = seat.clock.now().timestamp() - 600
    days.put_films(seat, tmp_path / "vol", begin_s, 0, 4)
    seat.take_keyboard("li")
    with days.playing(seat):
        seat.bridge.surroundings = replace(seat.bridge.surroundings, keep_picture=keeping(seat, tmp_path, taken))
        made = MainWindow(seat.bridge)
        qtbot.addWidget(made)
        made.resize(1366, 768)
        made.show()
        qtbot.waitExposed(made)
        page = made.panels["playback"]
        page.begin_s = begin_s
        page.show_cameras((CAMERA, OTHER))
        page.go(begin_s + 2.5)
        made.show_playback()
        page.begin()
        until(qtbot, lambda: picture_s(page) == 2.48)
        yield made
        made.hide()
        page._rest.stop()


def page_of(window: MainWindow) -> PlaybackPanel:
    return window.panels["playback"]


def said(window: MainWindow) -> str:
    return page_of(window).findChild(QPushButton, "playback.purpose").accessibleName()


def kept(seat: Seat) -> list[Evidence]:
    lines = seat.desk.ask(lambda rx: [event_from(line) for line in rx.journal(kinds=("EvidenceKept",))]).result()
    return [event.evidence for event in lines if isinstance(event, EvidenceKept)]


def test_that_f5_keeps_the_picture_shown_with_its_recorded_time_and_its_masks(
    window: MainWindow, seat: Seat, qtbot: Any, taken: list[RecordedPicture], tmp_path: Path
) -> None:
    page = page_of(window)
    qtbot.keyClick(page.glass, Qt.Key.Key_F5)
    until(qtbot, lambda: kept(seat))
    (one,), (picture,) = kept(seat), taken
    assert seat.snapshots == [], "and not the live picture"
    assert one.taken_at == picture.taken_at
    assert abs(one.taken_at.timestamp() - page.begin_s - 2.48) < 0.001
    assert (one.camera, one.by, one.incident) == (CAMERA, "p-li", None)
    assert one.details["segment"] == f"{CAMERA}-{CAMERA}-0"
    assert (tmp_path / one.file).read_bytes() == picture.jpeg
    assert evidence.is_unchanged(tmp_path, one)
    until(qtbot, lambda: said(window).startswith("Kept as evidence: 01"))
    page.tick()
    assert said(window).startswith("Kept as evidence: 01"), "it is read before it goes"
    with Image.open(BytesIO(picture.jpeg)) as image:
        grey = np.asarray(image.convert("L"), np.float64)
    assert abs(grey[10:80, 10:70].mean() - MASKED) < 2
    assert abs(grey[10:80, 90:150].mean() - MASKED) > 10


def test_that_the_button_does_it_for_the_chosen_tile(window: MainWindow, seat: Seat, qtbot: Any) -> None:
    page = page_of(window)
    until(qtbot, lambda: picture_s(page, OTHER) == 2.48)
    page.select(OTHER)
    page.findChild(QToolButton, "playback.snapshot").click()
    until(qtbot, lambda: [one.camera for one in kept(seat)] == [OTHER])


def test_that_it_joins_the_open_case_of_its_camera_and_says_which(window: MainWindow, seat: Seat, qtbot: Any) -> None:
    point = next(one.id for one in seat.bridge.site.points if CAMERA in one.cameras)
    alarm = seat.ring(point)
    by = seat.bridge.actor
    seat.desk.do(queue.acknowledge, alarm.id, by=by).result()
    case: Incident = seat.desk.do(incidents.open_for, alarm.id, by=by).result()
    page = page_of(window)
    qtbot.keyClick(page.glass, Qt.Key.Key_F5)
    until(qtbot, lambda: kept(seat))
    assert kept(seat)[0].incident is None, "ten minutes before the case"
    # As if the detector had rung two minutes after the picture.
    seat.desk.do(lambda tx: tx.put(replace(case, detected_at=utc(page.begin_s + 120)))).result()
    qtbot.keyClick(page.glass, Qt.Key.Key_F5)
    until(qtbot, lambda: [one.incident for one in kept(seat)] == [None, case.id])
    until(qtbot, lambda: said(window).startswith(f"Kept as evidence of incident {case.number}: 01"))


def test_that_a_long_name_is_cut_and_does_not_hold_the_window_open(window: MainWindow, qtbot: Any) -> None:
    page = page_of(window)
    page.timeline.set_range((page.begin_s, page.begin_s + 5))
    wide = page.transport.minimumSizeHint().width()
    page.transport.say("Kept as evidence of incident 2026-0042: " + "a camera with a very long name " * 9)
    place = page.findChild(QPushButton, "playback.purpose")
    until(qtbot, lambda: place.text().startswith("Kept as evidence") and "…" in place.text())
    assert "very long name a camera" in place.toolTip()
    assert page.transport.minimumSizeHint().width() <= wide
    page.transport.say("")
    assert said(window).startswith("No purpose given")


def test_that_what_may_not_be_looked_at_and_what_is_not_there_is_refused_with_a_sentence(
    window: MainWindow, seat: Seat, qtbot: Any
) -> None:
    page = page_of(window)
    heard: list[Any] = []
    seat.bridge.refused.connect(heard.append)
    seat.desk.ground = replace(seat.desk.ground, settings={"video.operator_replay_h": 0.1})
    assert page.glass.words_of(CAMERA)
    qtbot.keyClick(page.glass, Qt.Key.Key_F5)
    assert heard == [playback.too_far(seat.bridge.settings)]
    seat.desk.ground = replace(seat.desk.ground, settings={})
    page.go(page.begin_s + 100)
    heard.clear()
    qtbot.keyClick(page.glass, Qt.Key.Key_F5)
    assert [one.en for one in heard] == ["The chosen tile shows no picture to take a snapshot of."]
    assert heard[0].zh
    assert kept(seat) == []
    assert seat.snapshots == []


def test_that_on_the_watch_page_f5_is_the_wall_s(window: MainWindow, seat: Seat, qtbot: Any) -> None:
    window.show_watch()
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert len(seat.snapshots) == 1
    assert kept(seat) == []
