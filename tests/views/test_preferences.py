"""What a seat likes is kept, and never stands in the way."""

from pathlib import Path

from PySide6.QtCore import QObject

from console.views import preferences
from console.views.preferences import FILE, Preferences


def test_that_preferences_come_back_after_a_restart(tmp_path: Path) -> None:
    first = preferences.shared(QObject(), tmp_path)
    assert not first.there
    first.change(look="day", wall_grid="9", splits={"watch": (700, 500)})
    again = preferences.shared(QObject(), tmp_path)
    assert again.there
    assert again.now == Preferences(look="day", wall_grid="9", splits={"watch": (700, 500)})


def test_that_one_owner_has_one_set_of_preferences(tmp_path: Path) -> None:
    owner = QObject()
    assert preferences.shared(owner, tmp_path) is preferences.shared(owner, tmp_path)


def test_that_a_file_nobody_can_read_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"look": 7', encoding="utf-8")
    assert preferences.shared(QObject(), tmp_path).now == Preferences()


def test_that_a_folder_nobody_can_write_is_no_reason_to_stop(tmp_path: Path) -> None:
    kept = preferences.shared(QObject(), tmp_path / "gone")
    kept.change(look="day")
    assert kept.now.look == "day"
