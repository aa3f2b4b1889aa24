"""What every test may ask for. Each `database_url` is a fresh copy of a migrated database: empty, or with the small
world in it. Under pytest-xdist all workers share one server."""

from __future__ import annotations

import copy
import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Connection, Engine, make_url

from casework import definitions
from casework.definitions import load_library
from casework.operations.auth import passwords
from casework.operations.core.encryption import SecretBox
from casework.operations.documents.storage import DocumentStore
from casework.records import embedded
from casework.records.blob_store import Store
from casework.records.database import ENGINE, connect_engine, transaction
from casework.records.row_security import read_as
from casework.settings import Settings
from casework.web.app import create_app
from tests.support.catalogues import compile_catalogues
from tests.support.databases import CleanCopies, Copy, DatabaseServer, embedded_server, given_server, run_casework
from tests.support.s3_server import S3Server, s3_server
from tests.support.samples import Share
from tests.support.schedule import ByFile, put_longest_first
from tests.support.world import QUICK_HASHER, World, WorldTemplate, build_world

#: The people of the pages and of the API, and an office with a mail server.
pytest_plugins = ["tests.support.web_client", "tests.support.api_client", "tests.support.mail_office"]
#: Where compiled templates lie.
_TEMPLATES = Path(__file__).parents[1] / "var" / "cache" / "templates"
#: Where the server of all workers lies.
_SHARED = pytest.StashKey[Path]()


# No test is timed: how long an example takes, and is drawn, says more of the machine than of the code.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    said = "of the tests under these folders only each PARTS-th function (FOLDER,FOLDER:TURN/PARTS)"
    parser.addoption("--share", help=said)


def pytest_configure(config: pytest.Config) -> None:
    # A developer's own settings must not decide what a test sees.
    for name in [name for name in os.environ if name == "DATABASE_URL" or name.startswith("CASEWORK_")]:
        del os.environ[name]
    # No test is about how long a strong hash takes, but for the one of the hash itself.
    passwords._HASHER = QUICK_HASHER
    # Once for all workers: the others would read a file that is half written.
    if not hasattr(config, "workerinput"):
        compile_catalogues()
    # Many tests make an application of their own: a template is compiled once for all of them, until it changes.
    _TEMPLATES.mkdir(parents=True, exist_ok=True)
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(_TEMPLATES))}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Refuses what comes in another order in each process: workers that collect differently run nothing at all."""
    for mark in metafunc.definition.iter_markers("parametrize"):
        if any(isinstance(given, set | frozenset) for given in (*mark.args[1:2], mark.kwargs.get("argvalues"))):
            pytest.fail(f"{metafunc.definition.nodeid} is parametrized by a set: sort it.", pytrace=False)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # Before `-m` chooses.
    for item in items:
        if "database_server" in getattr(item, "fixturenames", ()):
            item.add_marker("database")
    if said := config.getoption("--share"):
        share = Share.parse(said)
        left = [item for item in items if not share.takes(item.nodeid)]
        items[:] = [item for item in items if share.takes(item.nodeid)]
        config.hook.pytest_deselected(items=left)
    if hasattr(config, "workerinput"):
        put_longest_first(items)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to look through it for garbage again and again takes an eighth of all."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 5)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells each worker of pytest-xdist where the server is that the first one who needs it starts."""
    config: pytest.Config = node.config
    if _SHARED not in config.stash:
        config.stash[_SHARED] = folder = _make_folder()
        config.add_cleanup(lambda: _remove_folder(folder))
    node.workerinput["server"] = str(config.stash[_SHARED])


#: Files in memory, and what must be free there: each copy of the database is made fifteen times as fast as on a disk.
_MEMORY, _ROOM = Path("/dev/shm"), 4 << 30


def _make_folder() -> Path:
    # Not pytest's own tmp_path: nobody else may pass through that, not even the user that PostgreSQL runs as.
    roomy = os.access(_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM
    folder = Path(tempfile.mkdtemp(prefix="casework-", dir=_MEMORY if roomy else None))
    folder.chmod(0o711)
    return folder


def _remove_folder(folder: Path) -> None:
    embedded.stop(folder)
    shutil.rmtree(folder)


@contextmanager
def server_folder() -> Iterator[Path]:
    folder = _make_folder()
    try:
        yield folder
    finally:
        _remove_folder(folder)


@pytest.fixture
def var_dir() -> Iterator[Path]:
    """A folder for CASEWORK_VAR, whose path is short; a server started in it is stopped at the end."""
    with server_folder() as folder:
        yield folder


@pytest.fixture(autouse=True)
def editions_of_this_test_alone() -> Iterator[None]:
    """What a database holds beside the files is known to the test whose database that is, and to none that comes after it."""
    before = dict(definitions._stored)
    yield
    if definitions._stored.keys() != before.keys():
        definitions._stored.clear()
        definitions._stored.update(before)
        load_library.cache_clear()


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """A server with one bucket; each test has a prefix of its own there."""
    with s3_server() as server:
        yield server


@pytest.fixture(scope="session")
def database_server(request: pytest.FixtureRequest) -> Iterator[DatabaseServer]:
    """TEST_DATABASE_URL's server (its login must be a superuser), or an embedded one for this session."""
    address = os.environ.get("TEST_DATABASE_URL")
    shared = getattr(request.config, "workerinput", {}).get("server")
    if address:
        yield given_server(address.replace("postgresql+psycopg://", "postgresql://"))
    elif shared:
        yield embedded_server(Path(shared))
    else:
        with server_folder() as folder:
            yield embedded_server(folder)


@pytest.fixture(scope="session")
def template_database(database_server: DatabaseServer) -> Iterator[str]:
    """The name of a database made by `casework init`, which nobody connects to: copy it."""
    name = database_server.create()
    made = run_casework("init", environment={"DATABASE_URL": database_server.owner_url(name)})
    if made.returncode:
        pytest.fail(f"casework init failed: {made.stderr}", pytrace=False)
    database_server.settle(name)
    yield name
    database_server.drop(name)


@pytest.fixture(scope="session")
def world_template(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WorldTemplate]:
    name = database_server.create(template_database)
    engine = connect_engine(database_server.settings(name, tmp_path_factory.mktemp("world")))
    with transaction(engine) as db:
        world = build_world(db)
    engine.dispose()
    database_server.settle(name)
    yield WorldTemplate(name, world)
    database_server.drop(name)


@dataclass(frozen=True)
class Stage:
    """A database in which something has happened already, which nobody connects to: copy it."""

    database: str
    world: World
    #: What the function that made it gave back.
    made: Any


class Stages:
    """What many tests begin with, played once and copied for each: a case that has come to a referral, say."""

    #: So many are kept; most are of one file, and the tests of a file run together.
    MOST = 8

    def __init__(self, server: DatabaseServer, world_template: WorldTemplate, var: Path) -> None:
        self._server, self._template, self._var = server, world_template, var
        self._kept: dict[Callable[[World, Connection], Any], Stage] = {}

    def of(self, play: Callable[[World, Connection], Any]) -> Stage:
        if play not in self._kept:
            name, world = self._server.create(self._template.database), self._template.world()
            engine = connect_engine(self._server.settings(name, self._var))
            with transaction(engine) as db:
                made = play(world, db)
            engine.dispose()
            while len(self._kept) >= self.MOST:
                self._server.drop(self._kept.pop(next(iter(self._kept))).database)
            self._kept[play] = Stage(name, world, made)
        return self._kept[play]

    def drop(self) -> None:
        for one in self._kept.values():
            self._server.drop(one.database)


@pytest.fixture(scope="session")
def stages(
    database_server: DatabaseServer, world_template: WorldTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stages]:
    made = Stages(database_server, world_template, tmp_path_factory.mktemp("stages"))
    yield made
    made.drop()


def _stage(request: pytest.FixtureRequest) -> Stage | None:
    """The stage that the test's file plays with `pytestmark = pytest.mark.stage(play=function)`, where the test asks for `staged`."""
    if "staged" not in request.fixturenames:
        return None
    marker = request.node.get_closest_marker("stage")
    assert marker is not None, "say with the marker `stage` what has happened"
    stages: Stages = request.getfixturevalue("stages")
    return stages.of(marker.kwargs["play"])


@pytest.fixture
def staged(request: pytest.FixtureRequest, world: World) -> Any:
    """What the function of the marker `stage` gave back: it has happened in this test's database."""
    stage = _stage(request)
    assert stage is not None
    return copy.deepcopy(stage.made)


@pytest.fixture
def empty_database_url(database_server: DatabaseServer) -> Iterator[str]:
    """The owner's URL of a database with nothing in it, for tests of migrations."""
    name = database_server.create()
    yield database_server.owner_url(name)
    database_server.drop(name)


@pytest.fixture(scope="session")
def clean_copies(database_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CleanCopies]:
    copies = CleanCopies(database_server, tmp_path_factory.mktemp("copies"))
    yield copies
    copies.drop()


#: What leads to the test's database, up to the transaction that is rolled back.
_WAY = frozenset({"database_url", "owner_database_url", "settings", "engine", "db"})


def _rolls_back(request: pytest.FixtureRequest) -> bool:
    """Whether nobody in this test has another way to the database than `db`."""
    info = request.node._fixtureinfo
    asked = set(info.initialnames)
    for name, made in info.name2fixturedefs.items():
        if name not in _WAY:
            asked.update(*(one.argnames for one in made))
    return asked & _WAY == {"db"}


@pytest.fixture
def _copy(
    request: pytest.FixtureRequest, database_server: DatabaseServer, template_database: str, clean_copies: CleanCopies
) -> Iterator[Copy]:
    """A database for this test alone: migrated and empty, or with the world where the test asks for `world`."""
    if stage := _stage(request):
        template = stage.database
    else:
        template = (
            request.getfixturevalue("world_template").database if "world" in request.fixturenames else template_database
        )
    if _rolls_back(request):
        with clean_copies.lend(template) as copy:
            yield copy
        return
    name = database_server.create(template)
    yield Copy(name)
    database_server.drop(name)


@pytest.fixture
def database_url(database_server: DatabaseServer, _copy: Copy) -> str:
    """The application's URL of a fresh database for this test alone."""
    return database_server.app_url(_copy.name)


@pytest.fixture
def owner_database_url(database_server: DatabaseServer, database_url: str) -> str:
    """The owner's URL of the same database."""
    return database_server.owner_url(str(make_url(database_url).database))


@pytest.fixture
def settings(database_url: str, owner_database_url: str, tmp_path: Path) -> Settings:
    """Settings in the profile `test` for this test's database."""
    return Settings(
        profile="test", var=tmp_path / "var", database_url=database_url, owner_database_url=owner_database_url
    )


@pytest.fixture
def engine(settings: Settings, _copy: Copy) -> Iterator[Engine]:
    """The application's engine on this test's database; what it commits is gone with the database."""
    if _copy.engine is not None:
        yield _copy.engine
        return
    engine = connect_engine(settings, role="app")
    yield engine
    engine.dispose()


@pytest.fixture
def document_store(engine: Engine, tmp_path: Path) -> DocumentStore:
    """A place for files of this test's own."""
    return DocumentStore(
        engine, Store(f"file://{tmp_path}/documents"), SecretBox(["a secret key of the tests, long enough"])
    )


@pytest.fixture
def owner_engine(settings: Settings) -> Iterator[Engine]:
    """The owner's engine on this test's database."""
    engine = connect_engine(settings, role="owner")
    yield engine
    engine.dispose()


@pytest.fixture
def superuser_engine(database_server: DatabaseServer, database_url: str, settings: Settings) -> Iterator[Engine]:
    """A superuser's engine on this test's database, for attacks on what the others may not touch."""
    url = database_server.url(str(make_url(database_url).database))
    engine = connect_engine(settings.model_copy(update={"owner_database_url": url}), role="owner")
    yield engine
    engine.dispose()


@pytest.fixture
def db(engine: Engine) -> Iterator[Connection]:
    """One open transaction of the engine, as the application, rolled back at the end."""
    with engine.connect() as connection, connection.begin() as transaction:
        read_as(connection, ENGINE)
        yield connection
        if transaction.is_active:
            transaction.rollback()


@pytest.fixture
def world(request: pytest.FixtureRequest, world_template: WorldTemplate) -> World:
    """The small world, which this test's database has in it."""
    stage = _stage(request)
    return copy.deepcopy(stage.world) if stage else world_template.world()


@pytest.fixture(scope="session")
def _app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One for all tests: to make it and to compile its templates takes longer than most of them."""
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    return create_app(Settings(profile="test", var=tmp_path_factory.mktemp("app"), database_url=nowhere))


@pytest.fixture
def app(_app: Flask, engine: Engine) -> Iterator[Flask]:
    """The application on this test's database. Who changes the application makes one of their own.

    It shares the test's engine: the first statements of a connection cost the server more than all that follow.
    """
    _app.extensions["casework"] = engine
    yield _app
    # A test may have put another one in its place.
    _app.extensions["casework"].dispose()


@pytest.fixture
def older_edition(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets the first edition of referrals be chosen, as if it had every guard of the newest."""
    library = load_library()
    first = next(one for one in library.editions.values() if (one.workflow, one.number) == ("referral", 1))
    monkeypatch.setitem(library.offered, "referral", {**library.offered["referral"], 1: first.fingerprint})
    library._chosen.clear()
    yield
    library._chosen.clear()
