"""PostgreSQL's programs as streams: what they say of a fault is said, and no half counts."""

from __future__ import annotations

import pytest
from sqlalchemy import URL, Engine, make_url, text

from casework.errors import BackupUnusable
from casework.records import dump_programs
from casework.records.dump_programs import dump, restore
from tests.support.databases import DatabaseServer


def _major(engine: Engine) -> int:
    with engine.connect() as db:
        return int(db.execute(text("SELECT current_setting('server_version_num')")).scalar_one()) // 10_000


@pytest.fixture
def keeper(database_server: DatabaseServer, database_url: str) -> URL:
    return make_url(database_server.url(str(make_url(database_url).database)))


def test_a_fault_is_told_in_the_programs_own_words(keeper: URL, superuser_engine: Engine) -> None:
    with pytest.raises(BackupUnusable, match="pg_dump: .*snapshot"):
        list(dump(keeper, _major(superuser_engine), "00000000-00000000-1"))


def test_a_dump_that_is_cut_leaves_nothing(keeper: URL, superuser_engine: Engine, empty_database_url: str) -> None:
    with superuser_engine.connect() as db:
        major, snapshot = _major(superuser_engine), db.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        whole = b"".join(dump(keeper, major, snapshot))
    for half in (whole[: len(whole) // 2], b""):
        with pytest.raises(BackupUnusable, match="pg_restore: "):
            restore(make_url(empty_database_url), major, [half])
    restore(make_url(empty_database_url), major, [whole])


def test_a_server_that_no_program_here_knows_is_said_to_be(keeper: URL) -> None:
    with pytest.raises(BackupUnusable, match="no pg_dump for PostgreSQL 99 is here"):
        list(dump(keeper, 99, "1"))


def test_no_password_stands_in_the_list_of_processes() -> None:
    url = make_url("postgresql+psycopg://who:a%20word@nowhere.invalid/it?sslmode=require")
    assert "a word" not in dump_programs._conninfo(url)
    assert dump_programs._environment(url)["PGPASSWORD"] == "a word"
