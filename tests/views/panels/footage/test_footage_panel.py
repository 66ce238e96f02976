"""The register of footage requests by keyboard: what is typed is on record, a second person decides, the state is seen."""

from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from PySide6.QtWidgets import QLineEdit, QProgressBar, QPushButton

from console.models.footage import ExportProgress, FootageRequest, JobState, RequestKind, RequestState
from console.models.people import Account, Actor, Role
from console.models.text import Text
from console.models.words import stands
from console.services import playback, requests
from console.views import words
from console.views.panels.footage.entry import cameras_of, moment_of
from console.views.panels.footage.panel import FootagePanel
from tests.views.posts import Seat

SUPERVISOR = Actor(person="p-sup", name="赵", role=Role.SUPERVISOR, seat="1")
SHANGHAI = ZoneInfo("Asia/Shanghai")
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class FakeExports:
    """Begins a package on record and does not make it."""

    fingerprint = "AAAA"

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self.asked: list[dict[str, Any]] = []

    def begin(self, request: str, *, target: str, by: Actor, **options: Any) -> "Future[Any]":
        self.asked.append({"target": target, **options})
        return self._seat.desk.do(
            requests.begin_export, request, folder=lambda _: f"/srv/exports/{request}", by=SUPERVISOR, **options
        )

    def cancel(self, request: str, *, by: Actor) -> "Future[Any]":
        return self._seat.desk.do(requests.export_ended, request, JobState.CANCELLED, by=SUPERVISOR)

    def progress(self, request: str) -> ExportProgress | None:
        return ExportProgress(request=request, done=1, total=4, doing=Text("复制", "Copying"))  # type: ignore[arg-type]


@pytest.fixture
def panel(qtbot: Any, seat: Seat) -> FootagePanel:
    seat.take_keyboard("li")
    seat.bridge.surroundings = replace(seat.bridge.surroundings, exports=FakeExports(seat))
    made = FootagePanel(seat.bridge)
    qtbot.addWidget(made)
    made.resize(1200, 500)
    made.show()
    return made


def field(panel: FootagePanel, name: str) -> QLineEdit:
    found = panel.findChild(QLineEdit, f"footage.{name}")
    assert found is not None, name
    return found


def press(panel: FootagePanel, name: str) -> None:
    found = panel.findChild(QPushButton, f"footage.{name}")
    assert found is not None, name
    found.click()


def on_record(seat: Seat) -> tuple[FootageRequest, ...]:
    return seat.desk.ask(lambda rx: rx.find(FootageRequest)).result()


def ask(seat: Seat, kind: RequestKind = RequestKind.COPY) -> FootageRequest:
    now = seat.clock.now()
    actor = Actor(person="p-li", name="李娜", role=Role.OPERATOR, seat="1")
    return seat.desk.do(
        requests.ask_for, kind=kind, organisation="派出所", requester="张三", document="警官证 0815", purpose="治安案件 2026-77",
        cameras=tuple(camera.id for camera in seat.bridge.site.cameras[:2]), from_at=now - timedelta(hours=3),
        until_at=now - timedelta(hours=2), by=actor,
    ).result()  # fmt: skip


def approve(seat: Seat, request: FootageRequest) -> FootageRequest:
    def step(tx: Any) -> FootageRequest:
        done = replace(request, state=RequestState.APPROVED, decided_at=tx.now, decided_by="p-zhang", approved_digest=request.asked)
        return requests._save(tx, done, SUPERVISOR)

    return seat.desk.do(step).result()


def choose(qtbot: Any, panel: FootagePanel, rows: int = 1) -> None:
    qtbot.waitUntil(lambda: panel.table.rows.rowCount() == rows)
    panel.table.selectRow(0)


def test_that_what_is_typed_is_on_record(qtbot: Any, seat: Seat, panel: FootagePanel) -> None:
    panel.begin_new()
    number = seat.bridge.site.cameras[0].number
    for name, said in (
        ("requester", "张三"), ("document", "身份证 110"), ("purpose", "失物"), ("cameras", str(number)), ("from_at", "01:10"),
        ("until_at", "01:20"),
    ):  # fmt: skip
        field(panel, f"new_{name}").setText(said)
    press(panel, "new_confirm")
    qtbot.waitUntil(lambda: panel.table.rows.rowCount() == 1)
    (request,) = on_record(seat)
    assert (request.kind, request.requester, request.cameras) == (RequestKind.COPY, "张三", (seat.bridge.site.cameras[0].id,))
    assert request.until_at - request.from_at == timedelta(minutes=10)
    assert seat.clock.now() - timedelta(days=1) <= request.from_at <= seat.clock.now()


def test_that_what_cannot_be_is_said_before_anything_is_done(seat: Seat, panel: FootagePanel) -> None:
    panel.begin_new()
    for name, said in (("requester", "x"), ("document", "x"), ("purpose", "x"), ("cameras", "9999"), ("from_at", "1"), ("until_at", "2")):
        field(panel, f"new_{name}").setText(said)
    press(panel, "new_confirm")
    assert panel.line.asked is not None
    field(panel, "new_cameras").setText(str(seat.bridge.site.cameras[0].number))
    press(panel, "new_confirm")
    assert panel.line.asked is not None
    assert on_record(seat) == ()


def test_that_a_second_person_decides_with_the_password(qtbot: Any, seat: Seat, panel: FootagePanel) -> None:
    account = Account(person="p-zhang", login="zhang", password_hash=CHEAP.hash("secret-word"))
    seat.desk.do(lambda tx: tx.put(account)).result()
    request = ask(seat)
    choose(qtbot, panel)
    press(panel, "approve")
    field(panel, "approve_login").setText("zhang")
    field(panel, "approve_password").setText("wrong")
    with qtbot.waitSignal(seat.bridge.refused):
        press(panel, "approve_confirm")
    seat.clock.advance(60)
    press(panel, "approve")
    field(panel, "approve_login").setText("zhang")
    field(panel, "approve_password").setText("secret-word")
    press(panel, "approve_confirm")
    qtbot.waitUntil(lambda: on_record(seat)[0].state is RequestState.APPROVED)
    assert on_record(seat)[0].decided_by == "p-zhang"
    assert on_record(seat)[0].approved_digest == request.asked


def test_that_an_operator_cannot_have_a_package_made(qtbot: Any, seat: Seat, panel: FootagePanel) -> None:
    approve(seat, ask(seat))
    choose(qtbot, panel)
    make = panel.findChild(QPushButton, "footage.make")
    qtbot.waitUntil(make.isVisible)
    assert not make.isEnabled()
    assert make.toolTip()


def test_that_the_supervisor_begins_and_cancels_and_sees_how_far_it_is(qtbot: Any, seat: Seat, panel: FootagePanel) -> None:
    approve(seat, ask(seat))
    seat.bridge.actor = SUPERVISOR
    seat.bridge.actor_changed.emit(SUPERVISOR)
    choose(qtbot, panel)
    qtbot.waitUntil(lambda: panel.findChild(QPushButton, "footage.make").isVisible())
    press(panel, "make")
    field(panel, "make_target").setText("/mnt/stick")
    press(panel, "make_confirm")
    bar = panel.findChild(QProgressBar, "footage.progress")
    qtbot.waitUntil(bar.isVisible)
    assert bar.value() == 250
    asked = seat.bridge.surroundings.exports.asked  # type: ignore[union-attr]
    assert asked == [{"target": "/mnt/stick", "viewing": True, "masks": True, "zipped": False}]
    press(panel, "cancel")
    qtbot.waitUntil(lambda: not bar.isVisible())
    assert on_record(seat)[0].job.state is JobState.CANCELLED  # type: ignore[union-attr]


def test_that_viewing_is_noted_and_leaves_the_list(qtbot: Any, seat: Seat, panel: FootagePanel) -> None:
    approve(seat, ask(seat, RequestKind.VIEWING))
    choose(qtbot, panel)
    noting = panel.findChild(QPushButton, "footage.hand")
    qtbot.waitUntil(noting.isVisible)
    assert noting.text() == "Note who looked"
    press(panel, "hand")
    press(panel, "hand_confirm")
    qtbot.waitUntil(lambda: panel.table.rows.rowCount() == 0)
    looked_at = on_record(seat)[0]
    assert looked_at.handed_to == "张三"
    assert words.said(stands(looked_at)) == "Looked at"


def test_that_the_list_can_be_filtered(qtbot: Any, seat: Seat, panel: FootagePanel) -> None:
    ask(seat)
    ask(seat)
    qtbot.waitUntil(lambda: panel.table.rows.rowCount() == 2)
    field(panel, "filter").setText("0002")
    assert panel.table.rows.rowCount() == 1
    field(panel, "filter").setText("派出所")
    assert panel.table.rows.rowCount() == 2


def test_that_nothing_typed_stays_when_the_keyboard_changes_hands(seat: Seat, panel: FootagePanel) -> None:
    panel.begin_new()
    seat.bridge.take_keyboard(None)
    assert panel.line.asked is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("04:10", datetime(2026, 11, 21, 20, 10, tzinfo=UTC)),
        ("13:00:05", datetime(2026, 11, 21, 5, 0, 5, tzinfo=UTC)),  # today's is still to come
        ("11-20 04:10", datetime(2026, 11, 19, 20, 10, tzinfo=UTC)),
        ("12-31 23:59", datetime(2025, 12, 31, 15, 59, tzinfo=UTC)),
        ("2026/11/01 04：10", datetime(2026, 10, 31, 20, 10, tzinfo=UTC)),
        ("25:00", None), ("", None), ("2026-02-30 10:00", None), ("now", None),
    ],
)  # fmt: skip
def test_that_times_are_read_as_the_site_writes_them(text: str, wanted: datetime | None) -> None:
    now = datetime(2026, 11, 22, 4, 0, tzinfo=SHANGHAI).astimezone(UTC) + timedelta(hours=1)
    found = moment_of(text, now, SHANGHAI)
    assert (found is None) if wanted is None else (found == wanted)


def test_that_cameras_are_read_by_number(seat: Seat) -> None:
    site = seat.bridge.site
    numbers = sorted(camera.number for camera in site.cameras)
    ids = {camera.number: camera.id for camera in site.cameras}
    low, high = numbers[0], numbers[-1]
    assert cameras_of(f"{low}", site) == (ids[low],)
    assert set(cameras_of(f"{low}-{high}，{low}", site)) == set(ids.values())
    assert cameras_of("1-999999999", site)
    for wrong in ("", "x", "9998", "-3", f"{low},9998"):
        assert cameras_of(wrong, site) == ()


def test_that_who_looked_at_recordings_stands_in_the_register_and_leads_to_playback(
    panel: FootagePanel, seat: Seat, qtbot: Any
) -> None:
    camera, now, by = seat.bridge.site.cameras[0], seat.clock.now(), seat.bridge.actor
    begin = now - timedelta(minutes=9)
    seat.desk.do(playback.look, camera.id, begin, begin, by=by, reason="事件 7").result()
    end = begin + timedelta(seconds=40)
    seat.desk.do(playback.look, camera.id, begin, end, ended=True, by=by, reason="事件 7").result()
    turn = panel.findChild(QPushButton, "footage.turn")
    turn.click()
    qtbot.waitUntil(lambda: panel.viewed.table.rows.rowCount() == 1 and "李娜" in panel.viewed.table.rows.row(0).words)
    said = " ".join(panel.viewed.table.rows.row(0).words)
    zone = SHANGHAI
    for part in (f"{camera.number:02d} ", f"{begin.astimezone(zone):%H:%M:%S}", f"{end.astimezone(zone):%H:%M:%S}", "事件 7"):
        assert part in said
    panel.viewed.table.selectRow(0)
    with qtbot.waitSignal(panel.moment_chosen) as opened:
        assert panel.play_back()
    assert (opened.args[0].at, opened.args[0].cameras, opened.args[0].before_s) == (begin, (camera.id,), 0.0)
    turn.click()
    assert panel._lists.currentWidget() is panel.table
