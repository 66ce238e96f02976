"""Every database that ever was comes up to date without loss, and the newest schema is the one the tables describe."""

import ast
import gzip
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from console.config import data_folder
from console.models.clock import FakeClock
from console.store import guards, opening
from console.store.database import open_engine, sqlite_url
from console.store.opening import HEAD, MIGRATIONS, downgrade, open_store, upgrade
from console.store.store import Ground
from console.store.tables import metadata
from tests.store.schema import schema_of

RECORDED = Path(__file__).parents[1] / "data" / "databases"
VERSIONS = sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))


def revisions() -> list[str]:
    from alembic.script import ScriptDirectory

    return [script.revision for script in reversed(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions()))]


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    """A connection to an empty database, inside a transaction that is never committed."""
    url = sqlite_url(tmp_path / "bare.db") if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    engine = open_engine(url, foreign_keys=False, pooled=False)
    with engine.execution_options(writing=True).connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()
    engine.dispose()


# ------------------------------------------------------------------ the scripts


def test_that_the_constant_names_the_newest_migration() -> None:
    assert revisions()[-1] == HEAD


def test_that_migrations_follow_each_other_in_one_line() -> None:
    assert revisions() == [f"{number:04d}" for number in range(1, len(VERSIONS) + 1)]


@pytest.mark.parametrize("file", VERSIONS, ids=lambda file: file.stem)
def test_that_a_migration_imports_nothing_of_ours(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    known = {"alembic", "sqlalchemy", *sys.stdlib_module_names}
    assert not [name for name in names if name.split(".")[0] not in known]


# ------------------------------------------------------------------ up, down, up


def test_that_the_newest_schema_is_the_one_the_tables_describe(bare: Connection) -> None:
    upgrade(bare)
    migrated = schema_of(bare)
    downgrade(bare, "base")
    metadata.create_all(bare)
    for statement in guards.statements(bare.dialect.name):
        bare.exec_driver_sql(statement)
    assert migrated == schema_of(bare)


def test_that_every_table_has_its_guards(bare: Connection) -> None:
    upgrade(bare)
    triggers = " ".join(schema_of(bare)["triggers"])
    for table in (*guards.APPEND_ONLY_TABLES, "handover"):
        for operation in ("update", "delete", "insert" if bare.dialect.name == "sqlite" else "truncate"):
            assert f"guard_{table}_{operation}" in triggers


def test_that_going_down_leaves_nothing(bare: Connection) -> None:
    upgrade(bare)
    downgrade(bare, "base")
    assert schema_of(bare) == {"tables": {}, "triggers": {}}


@pytest.mark.parametrize("revision", revisions())
def test_that_up_down_and_up_again_leave_the_schema_as_it_was(bare: Connection, revision: str) -> None:
    upgrade(bare, revision)
    before = schema_of(bare)
    downgrade(bare, "-1")
    upgrade(bare, revision)
    assert schema_of(bare) == before


def test_that_alarms_of_before_get_their_times_and_are_found(bare: Connection) -> None:
    upgrade(bare, "0002")
    row = {
        "id": "01A", "code": "", "key": "k", "point": "beam-1", "source": "panel", "alarm_class": "fire",
        "priority": 1, "title": '{"en":"Smoke","zh":"烟感"}', "place_name": '{"en":"Hall","zh":"大厅"}', "cameras": "[]",
        "condition": "normal", "count": 3, "lapses": 1, "verification": 0, "rev": 4, "first_at": "2026-01-02T03:04:05.000000Z",
        "acknowledged": '{"at":"2026-01-02T03:05:05Z","by":"li","lease_until_at":"2026-01-02T03:15:05Z","seat":"1"}',
        "last_at": "2026-01-02T03:04:05.000000Z", "closed_at": "2026-01-02T04:00:00.000000Z",
        **dict.fromkeys(["case_open", "is_reset", "drill"], False),
    }  # fmt: skip
    columns, bound = ", ".join(f'"{name}"' for name in row), ", ".join(f":{name}" for name in row)
    bare.execute(text(f"INSERT INTO alarm ({columns}) VALUES ({bound})"), row)
    upgrade(bare, "0003")
    timing = bare.execute(select(metadata.tables["alarm_timing"])).mappings().one()
    subject = bare.execute(select(metadata.tables["alarm_subject"])).mappings().one()
    assert (timing["id"], timing["acked_by"], timing["lapses"], timing["subject"]) == ("01A", "li", 1, subject["id"])
    assert (timing["acked_at"] - timing["received_at"]).total_seconds() == 60
    assert timing["closed_at"].isoformat() == "2026-01-02T04:00:00+00:00"
    assert all(word in subject["words"] for word in ("烟感", "smoke", "大厅", "火警", "beam-1", "panel"))
    assert subject["alarms"] == 1


# ------------------------------------------------------------------ recorded databases


def recorded() -> list[Path]:
    return sorted(RECORDED.glob("*.db.gz"))


def test_that_a_database_of_every_release_is_recorded() -> None:
    """What posts in the field may have: the newest revision of each release, this one's included."""
    kept = [file.name.split("-")[0] for file in recorded()]
    assert kept == sorted(set(kept) & set(revisions()))
    assert kept[-1] == HEAD


@pytest.fixture(params=recorded(), ids=lambda file: file.name)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data folder as an older version left it."""
    folder = data_folder(tmp_path)
    folder.make()
    folder.database.write_bytes(gzip.decompress(request.param.read_bytes()))
    return tmp_path


def counts(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}


def test_that_a_recorded_database_is_not_empty_anywhere(old: Path) -> None:
    assert 0 not in counts(data_folder(old).database).values()


def test_that_a_recorded_database_opens_with_everything_it_held(old: Path, clock: FakeClock, ground: Ground) -> None:
    from console.store.mapping import TABLES

    before = counts(data_folder(old).database)
    with open_store(old) as store, store.read(ground, clock.now()) as reading:
        held = {kind: table.name for kind, table in TABLES.items() if table.name in before}
        assert {name: reading.count(kind) for kind, name in held.items()}.items() <= before.items()
        for kind in held:
            assert reading.find(kind)
        assert [line.seq for line in reading.journal()] == list(range(1, before["journal"] + 1))


# ------------------------------------------------------------------ copy first, refuse what is newer


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that is one migration ahead of the records: one more column for people."""
    import shutil

    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder)
    (folder / "versions" / "9999_next.py").write_text(
        f'''"""One more column."""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{HEAD}", None, None


def upgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("badge", sa.Text, nullable=False, server_default=""))
        person.alter_column("phone", existing_type=sa.Text, nullable=True)


def downgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.drop_column("badge")
''',
        encoding="utf-8",
    )
    monkeypatch.setattr(opening, "MIGRATIONS", folder)
    monkeypatch.setattr(opening, "HEAD", "9999")
    return folder


def test_that_an_older_file_is_copied_before_it_is_upgraded(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    data = tmp_path / "data"
    open_store(data).close()
    before = counts(data_folder(data).database)
    request.getfixturevalue("next_version")
    open_store(data, clock=FakeClock()).close()
    copy = data / "copies" / f"zhishou-{HEAD}-20260314T120000Z.db"
    assert counts(copy) == before
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
    with closing(sqlite3.connect(data_folder(data).database)) as connection:
        assert "badge" in [row[1] for row in connection.execute("PRAGMA table_info(person)")]
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_that_an_upgrade_that_fails_leaves_the_file_as_it_was(tmp_path: Path, next_version: Path) -> None:
    opening_head, data = HEAD, tmp_path / "data"
    script = next_version / "versions" / "9999_next.py"
    sound = script.read_text(encoding="utf-8")
    script.unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "HEAD", opening_head)
        open_store(data).close()
    script.write_text(
        sound.replace("def downgrade", "    raise OSError('pulled plug')\n\n\ndef downgrade"), encoding="utf-8"
    )
    with pytest.raises(OSError, match="pulled plug"):
        open_store(data)
    with closing(sqlite3.connect(data_folder(data).database)) as connection:
        assert "badge" not in [row[1] for row in connection.execute("PRAGMA table_info(person)")]
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (opening_head,)
    script.write_text(sound, encoding="utf-8")
    open_store(data).close()


@pytest.mark.expects_log("a server's database is not copied first")
def test_that_a_servers_database_is_upgraded_and_the_log_says_that_it_was_not_copied(
    postgres_url: str, request: pytest.FixtureRequest
) -> None:
    open_store(postgres_url).close()
    request.getfixturevalue("next_version")
    with open_store(postgres_url) as store, store.engine.connect() as connection:
        assert "badge" in [name for name, *_ in schema_of(connection)["tables"]["person"]["columns"]]
