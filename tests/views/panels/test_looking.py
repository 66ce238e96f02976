"""An approved request for viewing opens its cameras and its range in playback to who put it on record, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from console.i18n import _
from console.models.footage import FootageRequest, RequestKind
from console.models.people import Actor, Role
from console.models.playback import utc
from console.services import playback, requests
from console.views.panels.footage.panel import FootagePanel
from console.views.panels.playback.panel import PlaybackPanel
from tests.video.conftest import ffmpeg  # noqa: F401 - a fixture of these tests
from tests.views.panels import playback_days as days
from tests.views.panels.footage.test_footage_panel import approve
from tests.views.panels.playback_days import CAMERA, OTHER, picture_s, until, viewed
from tests.views.posts import Seat

pytestmark = pytest.mark.usefixtures("ffmpeg")
LI = Actor(person="p-li", name="李娜", role=Role.OPERATOR, seat="1")
FAR = "Further back than you may look"


def request_of(seat: Seat, begin_s: float, seconds: float = 4.0, by: Actor = LI) -> FootageRequest:
    """One camera, a few seconds."""
    return seat.desk.do(
        requests.ask_for, kind=RequestKind.VIEWING, organisation="", requester="张三", document="身份证 110",
        purpose="lost bag", cameras=(CAMERA,), from_at=utc(begin_s), until_at=utc(begin_s + seconds), by=by,
    ).result()  # fmt: skip


@pytest.fixture
def page(seat: Seat, qtbot: Any, tmp_path: Path) -> Iterator[PlaybackPanel]:
    """Twelve seconds of two cameras, two days ago; the operator has the keyboard."""
    begin_s = (seat.clock.now().timestamp() - 2 * 86400) // 60 * 60
    days.put_films(seat, tmp_path / "vol", begin_s, 0, 4, 8)
    with days.page(seat, qtbot, begin_s) as made:
        yield made


def grant(page: PlaybackPanel, seat: Seat, qtbot: Any, from_s: float = 3.0) -> FootageRequest:
    request = approve(seat, request_of(seat, page.begin_s + from_s))
    until(qtbot, lambda: page.looking.reach.grants)
    return request


def test_that_the_request_opens_its_camera_and_the_other_tile_says_why_it_is_dark(
    page: PlaybackPanel, seat: Seat, qtbot: Any
) -> None:
    with qtbot.waitSignal(seat.bridge.refused):
        page.go(page.begin_s + 5.0)
    assert page.position_s > page.begin_s + 80000
    request = grant(page, seat, qtbot)
    page.go(page.begin_s + 5.0)
    until(qtbot, lambda: picture_s(page) == 5.0)
    assert page.position_s == pytest.approx(page.begin_s + 5.0)
    assert page.glass.words_of(CAMERA) == ""
    assert page.glass.words_of(OTHER) == _(FAR)
    until(qtbot, lambda: viewed(seat))
    page.hide()
    until(qtbot, lambda: [one for one in viewed(seat) if one.ended])
    assert {(one.camera, one.by, one.request, one.reason) for one in viewed(seat)} == {
        (CAMERA, "p-li", request.number, "lost bag")
    }


def test_that_playing_ends_where_the_range_does_both_ways_and_says_why(
    page: PlaybackPanel, seat: Seat, qtbot: Any
) -> None:
    grant(page, seat, qtbot)
    page.go(page.begin_s + 6.5)
    with qtbot.waitSignal(seat.bridge.refused, timeout=20_000):
        qtbot.keyClick(page.glass, Qt.Key.Key_Space)
    assert not page.playing
    assert page.position_s == pytest.approx(page.begin_s + 7.0)
    page.go(page.begin_s + 3.4)
    with qtbot.waitSignal(seat.bridge.refused, timeout=20_000):
        qtbot.keyClick(page.glass, Qt.Key.Key_B)
    assert not page.playing
    assert page.position_s == pytest.approx(page.begin_s + 3.0)
    page.skip(-10.0)
    assert page.position_s == pytest.approx(page.begin_s + 3.0)


def test_that_pictures_go_dark_when_the_request_is_over_or_the_keyboard_is_anothers(
    page: PlaybackPanel, seat: Seat, qtbot: Any
) -> None:
    request = grant(page, seat, qtbot)
    page.go(page.begin_s + 5.0)
    until(qtbot, lambda: page.glass.words_of(CAMERA) == "")
    seat.take_keyboard("chen")
    assert seat.bridge.actor is not None
    assert seat.bridge.actor.role is Role.ADMINISTRATOR
    assert page.glass.words_of(CAMERA) == _(FAR)
    seat.take_keyboard("li")
    until(qtbot, lambda: page.glass.words_of(CAMERA) == "")
    seat.desk.do(requests.shown, request.id, to="张三", by=LI).result()
    until(qtbot, lambda: page.glass.words_of(CAMERA) == _(FAR))


def test_that_a_search_for_motion_finds_nothing_outside_the_range(page: PlaybackPanel, seat: Seat, qtbot: Any) -> None:
    said: list[Any] = []
    seat.bridge.refused.connect(said.append)
    page.timeline.set_range((page.begin_s, page.begin_s + 12.0))
    page.glass.region = ((0, 0), (1, 0), (1, 1))
    page.acts.search()
    assert said == [playback.too_far(seat.bridge.settings)]
    put = days.motion_minute(CAMERA, utc(page.begin_s), dict.fromkeys((1, 4, 5, 9), 1 << 255))
    seat.desk.do(lambda tx: tx.put(put)).result()
    grant(page, seat, qtbot)
    page.acts.search()
    until(qtbot, lambda: page.side.list.count() == 1)
    assert page.timeline.found == ((page.begin_s + 3, page.begin_s + 7),), "and not from one second to nine"


def test_that_the_register_opens_it_for_who_asked_and_says_until_when(seat: Seat, qtbot: Any) -> None:
    seat.take_keyboard("li")
    panel = FootagePanel(seat.bridge)
    qtbot.addWidget(panel)
    panel.resize(1200, 500)
    panel.show()
    request = approve(seat, request_of(seat, seat.clock.now().timestamp() - 2 * 86400))
    qtbot.waitUntil(lambda: panel.table.rows.rowCount() == 1)
    panel.table.selectRow(0)
    look = panel.findChild(QPushButton, "footage.look")
    qtbot.waitUntil(look.isVisible)
    assert look.isEnabled()
    assert _("May be looked at until {time}").split("{")[0] in panel._about.text()
    with qtbot.waitSignal(panel.moment_chosen) as opened:
        look.click()
    moment = opened.args[0]
    assert (moment.at, moment.cameras, moment.purpose.request) == (request.from_at, (CAMERA,), request.number)
    seat.take_keyboard("chen")
    assert not look.isEnabled()
    assert look.toolTip()
    seat.take_keyboard("zhang")
    assert look.isEnabled()
    seat.take_keyboard("li")
    seat.clock.advance(timedelta(hours=73).total_seconds())
    panel._show_chosen()
    assert not look.isEnabled()
