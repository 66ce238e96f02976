"""Walls on further monitors: each on its own screen, with its own layout, back after a restart."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
STORY = '''
import sys
from pathlib import Path
from datetime import UTC, datetime
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QToolButton
app = QApplication([])
from console.models.clock import FakeClock
from console.views import theme
from console.views.main_window import MainWindow
from tests.views import posts
theme.put_on(app, "night")
def settle():
    for _turn in range(12):
        seat.desk.do(lambda tx: None).result()  # what was asked of the desk before is answered
        seat.desk.ask(lambda rx: None).result()
        QTest.qWait(10)
with posts.seat(Path(sys.argv[1]), FakeClock(datetime(2026, 3, 14, 12, tzinfo=UTC)), crew=sys.argv[2] != "again") as seat:
    seat.take_keyboard()
    window = MainWindow(seat.bridge)
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    settle()
    wall = window.panels["wall"]
    if sys.argv[2] == "first":
        QTest.keyClick(window, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyClick(window, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
        settle()
        two = wall.windows.windows["wall2"]
        two.activateWindow()
        settle()
        QTest.keyClick(two, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
        QTest.keyClick(two, Qt.Key.Key_Escape)
        settle()
    for name, one in sorted(wall.windows.windows.items()):
        print(name, one.screen().name(), one.isVisible(), one.isFullScreen(), len(one.board.canvas.shown), flush=True)
    print("main", len(wall.canvas.shown), flush=True)
    if sys.argv[2] == "side":
        QTest.keyClick(window, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
        settle()
        two = wall.windows.windows["wall2"]
        two.board.choose("4")
        two.findChild(QToolButton, "wall2.side").click()
        settle()
        print(wall.side.isVisible(), wall.findChild(QLabel, "wall.side_of").text(), flush=True)
        QTest.mouseClick(two.board.canvas, Qt.MouseButton.LeftButton, pos=two.board.canvas.shown[1].picture.center())
        field = wall.findChild(QLineEdit, "wall.find")
        QTest.keyClicks(field, "11")
        QTest.keyClick(field, Qt.Key.Key_Return)
        print([shown.camera for shown in two.board.canvas.shown], wall.canvas.shown[1].camera, flush=True)
        name = wall.findChild(QLineEdit, "wall.layout_name")
        name.setText("Gates")
        QTest.keyClick(name, Qt.Key.Key_Return)
        settle()
        two.board.choose("9")
        wall.side.layouts.table.selectRow(0)
        wall.findChild(QPushButton, "wall.layout_apply").click()
        print(len(two.board.canvas.shown), len(wall.canvas.shown), flush=True)
        two.forget()
        settle()
        print(wall.side.board is wall.board, wall.findChild(QLabel, "wall.side_of").isVisible(), flush=True)
    import os
    os._exit(0)  # as if killed: nothing is stored on leaving
'''


def run(folder: Path, turn: str) -> list[str]:
    screens = folder / "screens.json"
    shape = {"y": 0, "width": 1920, "height": 1080, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    screens.write_text(json.dumps({"screens": [{"name": f"S{n}", "x": 1920 * (n - 1), **shape} for n in (1, 2, 3)]}))
    done = subprocess.run(
        [sys.executable, "-c", STORY, str(folder), turn],
        env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={screens}", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [line for line in done.stdout.splitlines() if line]


def test_that_walls_on_two_further_monitors_come_back_with_their_layouts_after_a_kill(tmp_path: Path) -> None:
    first = run(tmp_path, "first")
    assert first == ["wall2 S2 True True 9", "wall3 S3 True True 16", "main 16"]
    assert run(tmp_path, "again") == first


def test_that_the_list_beside_the_wall_is_for_the_wall_that_was_touched_last(tmp_path: Path) -> None:
    assert run(tmp_path, "side")[1:] == [
        "True For wall 2",
        "['cam-01', 'cam-11', 'cam-03', 'cam-04'] cam-02",
        "4 16",
        "True False",
    ]
