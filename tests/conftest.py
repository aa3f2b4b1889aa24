"""What every test may ask for. Each `database_url` is a fresh copy of a migrated, empty database."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from casework.records import embedded
from casework.records.database import connect_engine
from casework.settings import Settings
from tests.catalogues import compile_catalogues
from tests.databases import DatabaseServer, embedded_server, run_casework


def pytest_configure() -> None:
    # A developer's own settings must not decide what a test sees.
    for name in [name for name in os.environ if name == "DATABASE_URL" or name.startswith("CASEWORK_")]:
        del os.environ[name]
    compile_catalogues()


@contextmanager
def _server_folder() -> Iterator[Path]:
    # Not pytest's own tmp_path: nobody else may pass through that, not even the user that PostgreSQL runs as.
    folder = Path(tempfile.mkdtemp(prefix="casework-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder)


@pytest.fixture
def var_dir() -> Iterator[Path]:
    """A folder for CASEWORK_VAR, whose path is short; a server started in it is stopped at the end."""
    with _server_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def database_server() -> Iterator[DatabaseServer]:
    """TEST_DATABASE_URL's server (its login must be a superuser), or an embedded one for this session."""
    address = os.environ.get("TEST_DATABASE_URL")
    if address:
        yield DatabaseServer(login_url=address.replace("postgresql+psycopg://", "postgresql://"))
        return
    with _server_folder() as folder:
        yield embedded_server(folder)


@pytest.fixture(scope="session")
def template_database(database_server: DatabaseServer) -> Iterator[str]:
    """The name of a database made by `casework init`, which nobody connects to: copy it."""
    name = database_server.create()
    made = run_casework("init", environment={"DATABASE_URL": database_server.owner_url(name)})
    if made.returncode:
        pytest.fail(f"casework init failed: {made.stderr}", pytrace=False)
    yield name
    database_server.drop(name)


@pytest.fixture
def empty_database_url(database_server: DatabaseServer) -> Iterator[str]:
    """The owner's URL of a database with nothing in it, for tests of migrations."""
    name = database_server.create()
    yield database_server.owner_url(name)
    database_server.drop(name)


@pytest.fixture
def database_url(database_server: DatabaseServer, template_database: str) -> Iterator[str]:
    """The owner's URL of a fresh database, migrated and empty, for this test alone."""
    name = database_server.create(template_database)
    yield database_server.owner_url(name)
    database_server.drop(name)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings in the profile `test` for this test's database."""
    return Settings(profile="test", var=tmp_path / "var", database_url=database_url)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """The application's engine on this test's database; what it commits is gone with the database."""
    engine = connect_engine(settings, role="app")
    yield engine
    engine.dispose()


@pytest.fixture
def owner_engine(settings: Settings) -> Iterator[Engine]:
    """The owner's engine on this test's database."""
    engine = connect_engine(settings, role="owner")
    yield engine
    engine.dispose()


@pytest.fixture
def superuser_engine(
    database_server: DatabaseServer, database_url: str, settings: Settings
) -> Iterator[Engine]:
    """A superuser's engine on this test's database, for attacks on what the others may not touch."""
    url = database_server.url(database_url.split("?")[0].rsplit("/", 1)[1])
    engine = connect_engine(settings.model_copy(update={"database_url": url}), role="owner")
    yield engine
    engine.dispose()


@pytest.fixture
def db(engine: Engine) -> Iterator[Connection]:
    """One open transaction as the application, rolled back at the end."""
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        if transaction.is_active:
            transaction.rollback()
