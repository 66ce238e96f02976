"""A record opens at once, or a sentence says why not and what to do."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from console.config import data_folder
from console.models.errors import ConsoleError
from console.store.opening import HEAD, open_beside, open_store
from tests.records import lay_record

ROOT = Path(__file__).parents[2]


def refused(where: str | Path) -> str:
    """Give the English sentence with which opening is refused; both languages have one."""
    with pytest.raises(ConsoleError) as caught:
        open_store(where)
    assert caught.value.text.zh
    return caught.value.text.en


def test_that_a_record_is_made_and_found_again(bare: str | Path) -> None:
    open_store(bare).close()
    with open_store(bare) as store, store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == HEAD


def test_that_a_record_laid_for_a_test_is_the_one_that_the_program_makes(tmp_path: Path) -> None:
    open_store(tmp_path / "made").close()
    lay_record(tmp_path / "laid")
    kept = []
    for name in ("made", "laid"):
        file = data_folder(tmp_path / name).database
        with closing(sqlite3.connect(file)) as connection:
            pragmas = [connection.execute(f"PRAGMA {one}").fetchone() for one in ("application_id", "journal_mode")]
            kept.append((list(connection.iterdump()), pragmas, file.stat().st_mode))
    assert kept[0] == kept[1]


def test_that_nobody_else_may_read_the_files(tmp_path: Path) -> None:
    with open_store(tmp_path / "data"):
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0
        assert data_folder(tmp_path / "data").database.stat().st_mode & 0o077 == 0


def test_that_a_commit_is_on_disk_before_it_returns(tmp_path: Path) -> None:
    with open_store(tmp_path) as store, store.engine.connect() as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }
        assert asked == {"journal_mode": "wal", "synchronous": 2}
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_that_the_usual_start_does_not_load_the_migration_library(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    program = (
        "import sys; from pathlib import Path; from console.store.opening import open_store\n"
        "open_store(Path(sys.argv[1])).close(); sys.exit('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_that_migrations_run_from_an_installation_that_cannot_be_written(tmp_path: Path) -> None:
    installed = tmp_path / "site packages %20"  # a path that a configuration file would have to quote
    shutil.copytree(ROOT / "console", installed / "console", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in (installed / "console" / "store").rglob("*"):
        folder.chmod(0o555 if folder.is_dir() else 0o444)
    program = "import sys; from pathlib import Path; from console.store import opening\n"
    program += "opening.open_store(Path(sys.argv[1])).close(); print(opening.__file__)"
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "data")],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(installed))
    assert data_folder(tmp_path / "data").database.exists()


# ------------------------------------------------------------------ one console a folder


def test_that_a_second_console_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with open_store(tmp_path):
        assert f"Another console (process {os.getpid()})" in refused(tmp_path)
    open_store(tmp_path).close()


def test_that_the_folder_is_free_when_its_console_was_killed(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from console.store.opening import open_store\n"
        "store = open_store(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        assert f"process {other.pid}" in refused(tmp_path)
        other.kill()
    open_store(tmp_path).close()


def test_that_two_consoles_share_a_server(postgres_url: str) -> None:
    with open_store(postgres_url), open_store(postgres_url):
        pass


# ------------------------------------------------------------------ what is not a record


def test_that_a_newer_record_is_refused_and_left_alone(bare: str | Path) -> None:
    with open_store(bare) as store, store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "was written by a newer version (9999" in refused(bare)
    with pytest.raises(ConsoleError, match="newer version"):
        open_beside(bare)


@pytest.mark.parametrize(
    "content",
    [b"garbage " * 1000, b"SQLite format 3\0" + b"\x01" * 5000, b"SQLite format 3\0"],
    ids=["garbage", "damaged", "cut off"],
)
def test_that_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    data_folder(tmp_path).database.write_bytes(content)
    said = refused(tmp_path)
    assert str(data_folder(tmp_path).database) in said
    assert "zhishou restore" in said
    assert data_folder(tmp_path).database.read_bytes() == content


def test_that_a_record_whose_first_page_is_damaged_is_named(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    file = data_folder(tmp_path).database
    with file.open("r+b") as stream:
        stream.seek(100)
        stream.write(b"\xff" * 200)
    assert str(file) in refused(tmp_path)


def test_that_an_empty_file_is_not_taken_for_a_new_post(tmp_path: Path) -> None:
    data_folder(tmp_path).database.touch()
    assert "is empty; what it held may be lost" in refused(tmp_path)


def test_that_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(data_folder(tmp_path).database)) as connection:
        connection.executescript("CREATE TABLE alembic_version (version_num TEXT); CREATE TABLE recipe (id INTEGER)")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (HEAD,))
        connection.commit()
    assert "is not a record of this console" in refused(tmp_path)


def test_that_a_server_database_of_another_program_is_left_alone(postgres_url: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE journal (id INTEGER)")
    assert "are not of this console" in refused(postgres_url)


def test_that_a_lost_file_is_noticed_by_the_log_it_left(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    file = data_folder(tmp_path).database
    file.rename(file.with_name(file.name + "-wal"))
    assert "is gone while its log" in refused(tmp_path)


def test_that_a_start_that_was_killed_half_way_begins_anew(tmp_path: Path) -> None:
    file = data_folder(tmp_path).database
    file.with_name(file.name + ".new").write_bytes(b"half")
    file.with_name(file.name + ".new-wal").write_bytes(b"half")
    open_store(tmp_path).close()
    assert sorted(entry.name for entry in tmp_path.glob("zhishou.db*")) == ["zhishou.db"]


def test_that_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be", encoding="utf-8")
    assert str(tmp_path / "data") in refused(tmp_path / "data")


def test_that_an_unreachable_server_is_told_in_a_sentence() -> None:
    assert "does not answer" in refused("postgresql+psycopg://nobody@127.0.0.1:9/zhishou?connect_timeout=2")


# ------------------------------------------------------------------ beside a running console


def test_that_a_record_can_be_read_beside_the_console_that_has_it(bare: str | Path) -> None:
    with open_store(bare), open_beside(bare) as beside, beside.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM journal").scalar() == 0


def test_that_looking_makes_no_record(tmp_path: Path) -> None:
    with pytest.raises(ConsoleError, match="no record"):
        open_beside(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()
