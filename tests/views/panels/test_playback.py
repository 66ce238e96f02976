"""The playback page on a real desk, with real files and real processes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLineEdit

from console.app.masks import MaskRoom
from console.models.masks import Mask
from console.models.people import Role
from console.models.playback import Moment, Purpose, TapeState, utc
from console.models.reach import Grant, Reach
from console.models.recording import Bookmark, Codec, Lock
from console.services import playback
from console.views.panels.playback.keys import KEYS, verbs_of
from console.views.panels.playback.panel import PlaybackPanel
from console.views.panels.playback.viewing import Viewings
from tests.video.conftest import ffmpeg  # noqa: F401 - a fixture of these tests
from tests.video.playback.films import coded, write
from tests.views.panels import playback_days as days
from tests.views.panels.playback_days import CAMERA, MASKED, OTHER, picture_s, until, viewed
from tests.views.posts import Seat

pytestmark = pytest.mark.usefixtures("ffmpeg")
FREELY = Reach()


@pytest.fixture
def page(seat: Seat, qtbot: Any, tmp_path: Path) -> Iterator[PlaybackPanel]:
    """Two cameras, ten minutes ago: eight seconds, a gap of ten, eight seconds."""
    begin_s = seat.clock.now().timestamp() - 600
    days.put_films(seat, tmp_path / "vol", begin_s, 0, 4, 18, 22)
    with days.page(seat, qtbot, begin_s, begin_s + 1.0) as made:
        until(qtbot, lambda: picture_s(made) is not None)
        yield made


def test_that_both_cameras_show_the_same_moment_and_step_by_keys(page: PlaybackPanel, qtbot: Any) -> None:
    page.go(page.begin_s + 2.5)
    until(qtbot, lambda: picture_s(page) == picture_s(page, OTHER) == 2.48)
    qtbot.keyClick(page.glass, Qt.Key.Key_Right)
    until(qtbot, lambda: picture_s(page) == picture_s(page, OTHER) == 2.52)
    for back in (2.48, 2.44):
        qtbot.keyClick(page.glass, Qt.Key.Key_Left)
        until(qtbot, lambda back=back: picture_s(page) == picture_s(page, OTHER) == back)


def test_that_space_plays_and_a_gap_is_said_with_its_times(page: PlaybackPanel, qtbot: Any) -> None:
    qtbot.keyClick(page.glass, Qt.Key.Key_Space)
    assert page.playing
    until(qtbot, lambda: (picture_s(page) or 0) > 2.0)
    qtbot.keyClick(page.glass, Qt.Key.Key_Space)
    page.go(page.begin_s + 12)
    said = page.glass.words_of(CAMERA)
    zone = page.zone
    for at_s in (page.begin_s + 8, page.begin_s + 18):
        assert f"{utc(at_s).astimezone(zone):%H:%M:%S}" in said
    assert page._player.tape(CAMERA).state in (TapeState.WAITING, TapeState.PICTURE)


def test_that_a_range_is_chosen_locked_and_a_moment_bookmarked_by_keys(
    page: PlaybackPanel, seat: Seat, qtbot: Any
) -> None:
    qtbot.keyClick(page.glass, Qt.Key.Key_I)
    page.go(page.begin_s + 3.0)
    qtbot.keyClick(page.glass, Qt.Key.Key_O)
    begin, end = page.timeline.range
    assert (round(begin - page.begin_s, 2), round(end - page.begin_s, 2)) == (1.0, 3.0)
    qtbot.keyClick(page.glass, Qt.Key.Key_K)
    qtbot.keyClicks(page.transport.entry, "case 7")
    qtbot.keyClick(page.transport.entry, Qt.Key.Key_Return)
    until(qtbot, lambda: len(seat.desk.ask(lambda rx: rx.find(Lock)).result()) == 2)
    qtbot.keyClick(page.glass, Qt.Key.Key_M)
    qtbot.keyClicks(page.transport.entry, "white van")
    qtbot.keyClick(page.transport.entry, Qt.Key.Key_Return)
    until(qtbot, lambda: seat.desk.ask(lambda rx: rx.find(Bookmark, text="white van")).result())
    until(qtbot, lambda: page.knowing.days[CAMERA].bookmarks and page.knowing.days[CAMERA].locks)


def test_that_what_is_looked_at_is_in_the_journal_when_it_is_opened_and_when_it_is_left(
    page: PlaybackPanel, seat: Seat, qtbot: Any
) -> None:
    page.go(page.begin_s + 3.0)
    until(qtbot, lambda: {event.camera for event in viewed(seat) if not event.ended} == {CAMERA, OTHER})
    page.go(page.begin_s + 7.0)
    page.hide()
    until(qtbot, lambda: len([event for event in viewed(seat) if event.ended]) == 2)
    ended = next(event for event in viewed(seat) if event.ended and event.camera == CAMERA)
    assert ended.by == "p-li"
    assert (ended.until_at - ended.from_at).total_seconds() >= 4.0


def test_that_what_comes_up_while_the_clock_stands_is_on_record_without_another_key(
    page: PlaybackPanel, seat: Seat, qtbot: Any
) -> None:
    assert not page.playing
    until(qtbot, lambda: {event.camera for event in viewed(seat)} == {CAMERA, OTHER})


def test_that_an_operator_may_not_look_further_back_than_the_setting_and_a_leader_may(
    page: PlaybackPanel, seat: Seat, qtbot: Any
) -> None:
    two_days_ago = seat.clock.now().timestamp() - 2 * 86400
    with qtbot.waitSignal(seat.bridge.refused):
        page.go(two_days_ago)
    assert seat.clock.now().timestamp() - page.position_s == pytest.approx(86400, abs=2)
    seat.take_keyboard("zhang")
    page.go(two_days_ago)
    assert page.position_s == pytest.approx(two_days_ago)


def test_that_a_drag_on_the_timeline_shows_key_pictures_and_lets_go_exactly(page: PlaybackPanel, qtbot: Any) -> None:
    for _ in range(13):
        page.timeline.zoom(2.0)
    x = round(page.timeline._x(page.begin_s + 3.6))
    y = 40
    qtbot.mousePress(page.timeline, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    at_s = page.position_s - page.begin_s
    until(qtbot, lambda: picture_s(page) == int(at_s))
    qtbot.mouseRelease(page.timeline, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    until(qtbot, lambda: picture_s(page) is not None and at_s - 0.041 <= picture_s(page) <= at_s + 0.001)


def test_that_motion_is_searched_in_the_drawn_region_and_what_nobody_watched_is_said(
    page: PlaybackPanel, seat: Seat, qtbot: Any
) -> None:
    minute = datetime.fromtimestamp(page.begin_s, UTC).replace(second=0, microsecond=0)
    top_left, bottom_right = 1 << 255, 1
    put = days.motion_minute(CAMERA, minute, {5: top_left, 6: top_left, 30: bottom_right})
    seat.desk.do(lambda tx: tx.put(put)).result()
    page.timeline.set_range((minute.timestamp(), minute.timestamp() + 180))
    qtbot.keyClick(page.glass, Qt.Key.Key_S)
    shown = next(tile for tile in page.glass.tiles if tile.camera == CAMERA)
    begin, end = shown.picture.topLeft() + QPoint(2, 2), shown.picture.center()
    qtbot.mousePress(page.glass, Qt.MouseButton.LeftButton, pos=begin)
    qtbot.mouseMove(page.glass, end)
    qtbot.mouseRelease(page.glass, Qt.MouseButton.LeftButton, pos=end)
    until(qtbot, lambda: page.side.list.count() == 1)
    assert page.timeline.found == ((minute.timestamp() + 5, minute.timestamp() + 7),)
    assert page.glass.region
    assert page.side.said.text().count("\n") == 1, "two of the three minutes were not watched"


def test_that_a_day_of_motion_is_searched_to_its_end(seat: Seat) -> None:
    begin = seat.clock.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    days.put_motion(seat, CAMERA, begin, 1440)
    corners = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0))
    found = seat.desk.ask(playback.motion_search, CAMERA, begin, begin + timedelta(days=1), corners).result()
    assert found.found
    assert found.unseen == ()


def test_that_keys_lead_from_event_to_event(page: PlaybackPanel, seat: Seat, qtbot: Any) -> None:
    at = utc(page.begin_s + 5)
    days.put_marks(seat, CAMERA, at)
    qtbot.keyClick(page.glass, Qt.Key.Key_N)
    until(qtbot, lambda: page.position_s == pytest.approx(at.timestamp(), abs=0.01))
    page.go(page.begin_s + 7)
    qtbot.keyClick(page.glass, Qt.Key.Key_P)
    until(qtbot, lambda: page.position_s == pytest.approx(at.timestamp(), abs=0.01))


def test_that_the_chosen_alarm_is_played_from_half_a_minute_before_it(
    page: PlaybackPanel, seat: Seat, qtbot: Any
) -> None:
    camera = next(one for one in seat.bridge.site.cameras if one.rules)
    alarm = seat.ring(camera.rules[0].point)
    seat.clock.advance(60)
    page.show_alarm(alarm)
    with qtbot.waitSignal(page.page_asked):
        assert page.open_chosen()
    assert page.cameras == alarm.cameras
    assert alarm.first_at.timestamp() - page.position_s == pytest.approx(30, abs=1)
    assert page.playing


def test_that_the_calendar_marks_days_that_hold_footage(page: PlaybackPanel, seat: Seat, qtbot: Any) -> None:
    until(qtbot, lambda: page.side.month.held == {page.day})


def test_that_wheel_and_keys_zoom_the_timeline_from_a_day_to_a_second(page: PlaybackPanel, qtbot: Any) -> None:
    assert page.timeline.scale.span_s == 86400
    for _ in range(20):
        qtbot.keyClick(page.glass, Qt.Key.Key_Plus)
    assert page.timeline.scale.span_s == 1.0
    for _ in range(20):
        qtbot.keyClick(page.glass, Qt.Key.Key_Minus)
    assert page.timeline.scale.span_s == 86400


def test_that_a_jump_is_another_stretch_and_a_drag_is_not() -> None:
    seen = Viewings()
    assert [one.from_s for one in seen.see((CAMERA,), 100.0, 0.0, FREELY)[0]] == [100.0]
    assert seen.see((CAMERA,), 130.0, 1.0, FREELY) == ([], [])
    assert seen.see((CAMERA,), 900.0, 2.0, FREELY, dragged=True) == ([], [])
    opened, closed = seen.see((CAMERA,), 5000.0, 3.0, FREELY)
    assert [(one.from_s, one.until_s) for one in closed] == [(100.0, 900.0)]
    assert [one.from_s for one in opened] == [5000.0]
    assert [one.from_s for one in seen.leave()] == [5000.0]


def test_that_what_a_request_opens_is_a_stretch_of_its_own() -> None:
    seen = Viewings()
    grant = Grant(request="2026-0007", reason="", cameras=(CAMERA,), from_s=90.0, until_s=110.0, over_s=1e9)
    reach = Reach(since_s=100.0, grants=(grant,))
    assert [one.grant for one in seen.see((CAMERA,), 105.0, 0.0, reach)[0]] == [None]
    opened, closed = seen.see((CAMERA,), 99.0, 1.0, reach)
    assert [(one.from_s, one.grant) for one in opened] == [(99.0, grant)]
    assert [(one.from_s, one.until_s, one.grant) for one in closed] == [(105.0, 105.0, None)]


def test_that_masks_of_a_recording_are_lifted_by_key_with_a_reason_and_back_at_once(
    seat: Seat, qtbot: Any, tmp_path: Path
) -> None:
    site = seat.desk.ground.site
    mask = Mask(zone=((0, 0), (1, 0), (1, 1), (0, 1)), roles=(Role.LEADER,))
    cameras = tuple(replace(one, masks=(mask,)) if one.id == CAMERA else one for one in site.cameras)
    seat.desk.ground = replace(seat.desk.ground, site=replace(site, cameras=cameras))
    root = tmp_path / "vol"
    root.mkdir()
    days.put_volume(seat, root)
    begin_s = seat.clock.now().timestamp() - 600
    days.put_cut(seat, CAMERA, write(root, "a", begin_s, coded(Codec.H264, 100)), root)
    seat.take_keyboard("zhang")
    told: list[Any] = []
    pictures = SimpleNamespace(lift_masks=lambda *asked: told.append(asked))
    with days.playing(seat), MaskRoom(seat.desk, pictures) as room:
        seat.bridge.surroundings = replace(seat.bridge.surroundings, masks=room)
        page = PlaybackPanel(seat.bridge)
        qtbot.addWidget(page)
        page.resize(1000, 700)
        page.show_cameras((CAMERA,))
        page.go(begin_s + 3.0)  # a lighter grey than that of a mask
        page.show()
        page.activateWindow()

        def middle() -> int:
            picture = page._player.latest(CAMERA)
            if picture is None:
                return -1
            pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height_px, picture.width_px, 4)
            return int(pixels[picture.height_px // 2, picture.width_px // 2, 0])

        until(qtbot, lambda: middle() == MASKED)
        qtbot.keyClick(page.glass, Qt.Key.Key_W)
        reason = page.findChild(QLineEdit, "playback.masks_reason")
        qtbot.keyClicks(reason, "who took the bicycle")
        qtbot.keyClick(reason, Qt.Key.Key_Return)
        until(qtbot, lambda: page.glass.badge(CAMERA) and middle() not in (-1, MASKED))
        seat.take_keyboard("li")
        until(qtbot, lambda: not page.glass.badge(CAMERA) and middle() == MASKED)
        page.hide()
        page._rest.stop()


def test_that_it_plays_backwards_by_key_and_says_that_these_are_key_pictures(page: PlaybackPanel, qtbot: Any) -> None:
    page.go(page.begin_s + 7.5)
    until(qtbot, lambda: (picture_s(page) or 0) > 7.4)
    qtbot.keyClick(page.glass, Qt.Key.Key_B)
    assert page.playing
    assert page.transport._speed.text() == "−1×"
    assert page.transport._note.text() == "Key pictures only"
    seen: list[float] = []

    def back() -> bool:
        at_s = picture_s(page)
        if at_s is not None and (not seen or at_s != seen[-1]):
            seen.append(at_s)
        return at_s is not None and at_s < 4.0

    until(qtbot, back)
    assert seen == sorted(seen, reverse=True)
    assert [at_s % 1 for at_s in seen[1:]] == [0.0] * (len(seen) - 1), "key pictures, a second apart"
    assert len(seen) > 3
    qtbot.keyClick(page.glass, Qt.Key.Key_B)
    assert page.transport._speed.text() == "1×"
    assert page.transport._note.text() == ""


def test_that_keys_go_through_every_speed_from_a_quarter_to_sixteen_times(page: PlaybackPanel, qtbot: Any) -> None:
    for _ in range(8):
        qtbot.keyClick(page.glass, Qt.Key.Key_Down)
    said = [page.transport._speed.text()]
    for _ in range(8):
        qtbot.keyClick(page.glass, Qt.Key.Key_Up)
        said.append(page.transport._speed.text())
    assert said == ["0.25×", "0.5×", "1×", "2×", "4×", "8×", "16×", "16×", "16×"]
    page.go(page.begin_s + 1.0)
    qtbot.keyClick(page.glass, Qt.Key.Key_Space)
    assert page.transport._note.text() == "Key pictures only"
    until(qtbot, lambda: page.position_s > page.begin_s + 9)
    qtbot.keyClick(page.glass, Qt.Key.Key_Space)


def test_that_backwards_ends_where_the_person_may_look_no_further(
    page: PlaybackPanel, seat: Seat, qtbot: Any
) -> None:
    limit_s = seat.clock.now().timestamp() - 86400
    page.go(limit_s + 0.3)
    qtbot.keyClick(page.glass, Qt.Key.Key_B)
    until(qtbot, lambda: not page.playing)
    assert page.position_s == pytest.approx(limit_s, abs=0.05)


def test_that_the_purpose_of_an_alarm_goes_on_record_with_what_is_seen(
    page: PlaybackPanel, seat: Seat, qtbot: Any
) -> None:
    page.show_moment(
        Moment(at=utc(page.begin_s + 2), cameras=(CAMERA,), purpose=Purpose(reason="事件 7 / incident 7"), before_s=0.0)
    )
    until(qtbot, lambda: [one for one in viewed(seat) if one.reason == "事件 7 / incident 7" and not one.ended])
    qtbot.keyClick(page.glass, Qt.Key.Key_U)
    assert page.transport.entry.text() == "事件 7 / incident 7"
    qtbot.keyClicks(page.transport.entry, "where did he go")
    qtbot.keyClick(page.transport.entry, Qt.Key.Key_Return)
    until(qtbot, lambda: page.viewed.purpose.reason == "where did he go")
    page.hide()
    wanted = (CAMERA, "where did he go", True)
    until(qtbot, lambda: any((one.camera, one.reason, one.ended) == wanted for one in viewed(seat)))


def test_that_a_request_that_is_not_on_record_is_no_purpose(page: PlaybackPanel, seat: Seat, qtbot: Any) -> None:
    qtbot.keyClick(page.glass, Qt.Key.Key_U)
    qtbot.keyClicks(page.transport.entry, "#2026-0099 for the police")
    with qtbot.waitSignal(seat.bridge.refused) as refused:
        qtbot.keyClick(page.transport.entry, Qt.Key.Key_Return)
    assert "2026-0099" in refused.args[0].en
    assert page.viewed.purpose == Purpose()


def test_that_only_who_may_export_lifts_a_lock_and_says_why(page: PlaybackPanel, seat: Seat, qtbot: Any) -> None:
    days.put_marks(seat, CAMERA, utc(page.begin_s))
    page.reload()
    until(qtbot, lambda: page.knowing.days[CAMERA].locks)
    with qtbot.waitSignal(seat.bridge.refused) as refused:
        qtbot.keyClick(page.glass, Qt.Key.Key_R)
    assert "supervisor" in refused.args[0].en
    seat.take_keyboard("wang")
    page.begin()
    qtbot.keyClick(page.glass, Qt.Key.Key_R)
    qtbot.keyClicks(page.transport.entry, "handed to the police")
    qtbot.keyClick(page.transport.entry, Qt.Key.Key_Return)
    until(qtbot, lambda: not seat.desk.ask(lambda rx: rx.find(Lock, released_at=None)).result())
    (lock,) = seat.desk.ask(lambda rx: rx.find(Lock)).result()
    assert (lock.released_by, lock.release_reason) == ("p-wang", "handed to the police")
    until(qtbot, lambda: not page.knowing.days[CAMERA].locks)


def test_that_every_key_of_the_table_does_something_and_none_twice(page: PlaybackPanel) -> None:
    keys = [key for one in KEYS for key in one.keys]
    assert len(keys) == len(set(keys))
    assert set(verbs_of(page)) == {one.name for one in KEYS}
    for key in keys:
        assert QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText) == key
