"""A real console with its real window, run as a child of a measurement: `python -m bench.seat --site S --data D`.

It prints one JSON object a line: {"ready": seconds since the process began, "port": the first source's port, "ports":
that of each}; at each line that it reads from standard input it prints what it saw since the last: the lateness of a
10 ms heartbeat in the GUI thread, when each alarm's row was first painted with its newest count (by the clock that all
processes of a machine share), and the memory of the process. With `--works` somebody acknowledges: the first alarm that
waits, so many times a second, as an operator would who is never tired. Of the wall it says how many pictures each tile was
given and when its first was there; `--tiles` chooses a grid, `--no-beat` leaves the heartbeat out, which costs something
itself, and `--code` reads the time code from the first tile's pixels on the screen.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
from PySide6.QtCore import QEvent, QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTableView, QWidget
from typing_extensions import override

from bench.timecode import BITS, read
from console import app as wiring
from console.bridge import Bridge
from console.models.alarms import Action, Condition, actions_for
from console.models.people import Actor, Role
from console.services import alarms, people
from console.views.panels.wall.arrange import GRIDS
from console.views.panels.wall.canvas import WallCanvas
from console.views.panels.wall.panel import WallPanel
from console.views.start import make_application, make_window

BEAT_MS = 10
PASSWORD = "bench-0001"  # noqa: S105 - of a record that lives as long as the measurement


class Witness(QObject):
    """Counts heartbeats and paints inside the GUI thread."""

    def __init__(self, table: QTableView, canvas: WallCanvas, *, beat: bool, code: bool) -> None:
        super().__init__()
        self._table = table
        self._canvas = canvas
        self.first: dict[str, float] = {}
        self.codes: dict[int, float] = {}
        self.late_ms: list[float] = []
        self.painted: dict[str, tuple[tuple[str, int], float]] = {}
        self._due = time.monotonic() + BEAT_MS / 1000
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.setInterval(BEAT_MS)
        self._beat.timeout.connect(self._on_beat)
        if beat:
            self._beat.start()
        if code:
            canvas.installEventFilter(self)
        table.viewport().installEventFilter(self)

    def work(self, bridge: Bridge, per_second: float) -> None:
        """Acknowledge what waits longest, so many times a second."""
        self._bridge = bridge
        self._each = QTimer(self)
        self._each.setInterval(round(1000 / per_second))
        self._each.timeout.connect(self._acknowledge)
        self._each.start()

    def _acknowledge(self) -> None:
        model: Any = self._table.model()
        waiting = [alarm for alarm in model.alarms if Action.ACKNOWLEDGE in actions_for(alarm)]
        over = [alarm for alarm in waiting if alarm.condition is Condition.NORMAL] or waiting
        if over:
            first = min(over, key=lambda alarm: alarm.first_at)
            self._bridge.do(alarms.acknowledge, first.id, by=self._bridge.actor, failed=lambda _error: None)

    def _on_beat(self) -> None:
        now = time.monotonic()
        self.late_ms.append(max(now - self._due, 0.0) * 1000)
        self._due = now + BEAT_MS / 1000
        for shown in self._canvas.shown:
            if shown.camera and shown.seq > 0 and shown.camera not in self.first:
                self.first[shown.camera] = time.time()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            if watched is self._canvas:
                QTimer.singleShot(0, self._read)
                return False
            # The picture of these rows is being drawn now; it is on the screen when this event is done.
            QTimer.singleShot(0, self._note)
        return False

    def _read(self) -> None:
        """Note which time code stands on the screen now."""
        shown = self._canvas.shown
        if not shown or shown[0].seq <= 0:
            return
        window: QWidget = self._canvas.window()
        corner = self._canvas.mapTo(window, shown[0].picture.topLeft())
        size = shown[0].picture.size()
        screen = QGuiApplication.primaryScreen()
        pixels = screen.grabWindow(window.winId(), corner.x(), corner.y(), size.width(), size.height()).toImage()
        step = size.width() / BITS
        row = size.height() // 16
        code = read([pixels.pixelColor(int((bit + 0.5) * step), row).lightness() for bit in range(BITS)])
        if code is not None and code not in self.codes:
            self.codes[code] = time.monotonic()

    def _note(self) -> None:
        now = time.monotonic()
        model: Any = self._table.model()
        for alarm in model.alarms:
            newest = (alarm.id, alarm.count)
            if self.painted.get(alarm.point, (None, 0.0))[0] != newest:
                self.painted[alarm.point] = (newest, now)


def main() -> int:
    """Run until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--site", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--tiles", type=int, default=0)
    parser.add_argument("--no-beat", action="store_true")
    parser.add_argument("--code", action="store_true")
    parser.add_argument("--works", type=float, default=0.0, help="acknowledgements a second")
    wanted = parser.parse_args()
    began = _process_began()
    app = make_application("zh_CN", "night")
    options = wiring.Options(site_dir=wanted.site, data_dir=wanted.data)
    with wiring.open_post(options) as post:
        if post.desk.ask(people.is_empty).result():
            head = people.create_administrator(post.desk, "admin", "管理员", PASSWORD).result()
            by = Actor(person=head.id, name=head.name, role=head.role, seat="1")
            people.add_person(post.desk, "op", "值班员", Role.OPERATOR, PASSWORD, by=by).result()
        bridge = wiring.make_bridge(post)
        window = make_window(bridge)
        wiring.keep_prompt()
        width, height = (int(part) for part in wanted.size.split("x"))
        window.resize(width, height)
        window.show()
        bridge.take_keyboard(people.sign_on(post.desk, "op", PASSWORD, "1").result())
        table = window.findChild(QTableView, "queue.table")
        assert isinstance(table, QTableView)
        wall = window.findChild(WallPanel)
        assert isinstance(wall, WallPanel)
        if wanted.tiles:
            wall.choose_grid(next(grid for grid in GRIDS if grid.capacity == wanted.tiles and grid.big == 1))
        witness = Witness(table, wall.canvas, beat=not wanted.no_beat, code=wanted.code)
        if wanted.works:
            witness.work(bridge, wanted.works)

        def usable() -> None:
            ready = time.time() - began
            listening = {name: running.address(5.0) for name, running in post.sources.items()}
            ports = {name: address[1] if address else 0 for name, address in listening.items()}
            _say({"ready": ready, "port": next(iter(ports.values()), 0), "ports": ports})

        # The first turn of the event loop after the window was painted: keys are read from now on.
        QTimer.singleShot(0, lambda: QTimer.singleShot(0, usable))
        notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)

        def asked() -> None:
            if not os.read(sys.stdin.fileno(), 4096):
                notifier.setEnabled(False)
                app.quit()
                return
            _say(
                {
                    "at": time.monotonic(),
                    "tile": next((shown.size_px for shown in wall.canvas.shown if shown.camera), (0, 0)),
                    "pictures": {shown.camera: shown.seq for shown in wall.canvas.shown if shown.camera},
                    "first_s": {camera: at - began for camera, at in witness.first.items()},
                    "codes": witness.codes,
                    "late_ms": witness.late_ms,
                    "painted": {key: value[1] for key, value in witness.painted.items()},
                    "rss": psutil.Process().memory_info().rss,
                    "live": len(witness.painted),
                }
            )
            witness.late_ms, witness.painted = [], dict(witness.painted)

        notifier.activated.connect(asked)
        app.exec()
        bridge.close()
        window.close()
    return 0


def _process_began() -> float:
    ticks = int(Path("/proc/self/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[19])
    booted = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return booted + ticks / os.sysconf("SC_CLK_TCK")


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
