"""Migrations go up and down, agree with the metadata, and are in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from casework.errors import UnknownRevision
from casework.operations.core.perform import home_of
from casework.operations.verification.service import verify_case
from casework.records import migrate
from casework.records.database import connect_engine, connected, transaction
from casework.settings import Settings
from tests.support import schema_files
from tests.support.databases import embedded_server
from tests.support.migrations import walk_down_and_up
from tests.support.world import World


@pytest.fixture
def empty(empty_database_url: str, tmp_path: Path) -> Iterator[Engine]:
    engine = connect_engine(Settings(profile="test", var=tmp_path, database_url=empty_database_url), role="owner")
    yield engine
    engine.dispose()


def check(engine: Engine) -> list[str]:
    with connected(engine) as connection:
        return migrate.check(connection)


def objects(engine: Engine) -> list[tuple[str, str]]:
    """Everything in the database's own schema: tables, indexes, sequences, functions, types."""
    with connected(engine) as connection:
        found = connection.execute(
            text(
                "SELECT 'relation', relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                " UNION ALL SELECT 'function', proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
                " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')"
                " UNION ALL SELECT 'type', typname FROM pg_type WHERE typnamespace = 'public'::regnamespace"
                " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_type.oid AND deptype IN ('e', 'i'))"
                " ORDER BY 1, 2"
            )
        )
        return [(str(kind), str(name)) for kind, name in found if not str(name).startswith("alembic_version")]


def test_the_file_of_the_current_head_is_right() -> None:
    assert migrate.head() == migrate.scripts().get_current_head()


@pytest.mark.parametrize(("name", "statements"), schema_files.written().items())
def test_what_is_written_from_the_code_is_what_the_code_has(name: str, statements: str) -> None:
    assert (schema_files.SQL / name).read_text("utf-8") == statements, "run `make expected`"


def test_a_migrated_database_equals_the_metadata(owner_engine: Engine) -> None:
    with connected(owner_engine) as connection:
        assert migrate.differences(connection) == []


def test_the_comparison_sees_a_difference(owner_engine: Engine) -> None:
    with transaction(owner_engine) as connection:
        connection.execute(text("CREATE TABLE forgotten (n integer)"))
    with connected(owner_engine) as connection:
        assert migrate.differences(connection) != []


def test_down_leaves_nothing_and_up_again_works(empty: Engine) -> None:
    before = objects(empty)
    migrate.upgrade(empty)
    made = objects(empty)
    migrate.downgrade(empty, "base")
    assert objects(empty) == before
    migrate.upgrade(empty)
    assert objects(empty) == made


def test_down_goes_through_whatever_the_database_holds(world: World, engine: Engine, owner_engine: Engine) -> None:
    """Logs of every kind that there is stay until the first migration takes their table away."""
    with transaction(engine) as db:
        world.fire(db, "officer", world.new_case(db), "take")
    with transaction(owner_engine) as db:
        words = db.execute(
            text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_logs_kind'")
        ).scalar_one()
        kinds = re.findall(r"'(\w+)'", words)
        assert {"case", "installation"} <= set(kinds)
        for kind in kinds:
            db.execute(
                text(
                    "INSERT INTO logs (id, kind, head, last_at) VALUES (gen_random_uuid(), :kind, '', casework_now())"
                ),
                {"kind": kind},
            )
    migrate.downgrade(owner_engine, "base")
    migrate.upgrade(owner_engine)
    with connected(owner_engine) as db:
        assert migrate.differences(db) == []


def test_a_fresh_database_passes_the_check_as_long_as_its_server_is_durable(var_dir: Path) -> None:
    # On a server of its own: the one that the tests share does not wait for the disk.
    settings = Settings(profile="test", var=var_dir)
    owner = connect_engine(settings, role="owner")
    migrate.upgrade(owner)
    owner.dispose()
    engine = connect_engine(settings)
    assert check(engine) == []
    engine.dispose()
    embedded_server(var_dir)
    faults = check(engine)
    engine.dispose()
    assert [fault.partition(":")[0] for fault in faults] == ["fsync is off", "full_page_writes is off"]


def test_the_check_finds_a_missing_migration(empty: Engine) -> None:
    assert check(empty) == [
        f"The database is at revision none, and this release needs {migrate.head()}: run `casework db upgrade`."
    ]


def test_two_programs_that_migrate_at_once_both_succeed(empty: Engine, empty_database_url: str) -> None:
    other = connect_engine(Settings(profile="test", database_url=empty_database_url), role="owner")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrate.upgrade, [empty, other]))
    other.dispose()
    with connected(empty) as connection:
        assert migrate.current(connection) == migrate.head()


def test_a_populated_database_passes_the_check(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        world.fire(db, "officer", world.new_case(db), "take")
    assert [fault.partition(":")[0] for fault in check(engine)] == ["fsync is off", "full_page_writes is off"]


def test_a_revision_that_is_not_ours_is_refused_and_named(owner_engine: Engine) -> None:
    with owner_engine.begin() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '0055_search_words'"))
    for step in (migrate.upgrade, partial(migrate.downgrade, revision="base")):
        with pytest.raises(UnknownRevision, match="0055_search_words"):
            step(owner_engine)


# --- revisions above the first, on a database that holds cases ---------------------------------------------------------

REVISION = """
from alembic import op

revision = "0002_sample"
down_revision = "{down}"


def upgrade() -> None:
    {up}


def downgrade() -> None:
    {back}
"""
MARK = "op.execute(\"ALTER TABLE cases ADD COLUMN mark text NOT NULL DEFAULT ''\")"
UNMARK = 'op.execute("ALTER TABLE cases DROP COLUMN mark")'
#: What a revision does on its way up and down, and what is said of it.
SAMPLES = {
    "nothing is lost": (MARK, UNMARK, []),
    "a table of its own goes with its rows": (
        "op.execute('CREATE TABLE more AS SELECT id FROM cases')",
        "op.execute('DROP TABLE more')",
        [],
    ),
    "rows are lost on the way up": (
        "op.execute('DELETE FROM outbox')",
        "pass",
        ["up: rows of outbox: 2, then 0"],
    ),
    "rows are lost on the way down": (
        "pass",
        "op.execute('DELETE FROM outbox')",
        ["0002_sample down: rows of outbox: 2, then 0"],
    ),
    "the way down leaves something": (
        MARK.replace("COLUMN", "COLUMN IF NOT EXISTS"),
        "pass",
        ["0002_sample down: column cases.mark"],
    ),
}


@pytest.mark.parametrize("sample", SAMPLES)
def test_each_revision_goes_down_and_up_on_a_database_that_holds_cases(
    world: World, engine: Engine, owner_engine: Engine, tmp_path: Path, sample: str
) -> None:
    """Our own revisions, and above them one that is right or loses something, which is then said."""
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
    up, back, faults = SAMPLES[sample]
    (tmp_path / "0002_sample.py").write_text(REVISION.format(down=migrate.head(), up=up, back=back), "utf-8")
    assert walk_down_and_up(owner_engine, tmp_path) == faults
    with transaction(engine) as db:
        assert verify_case(db, home_of(db, number)) == []
