"""The installation's own log: what stood there when it began is told in it, and held from then on."""

from __future__ import annotations

from sqlalchemy import Engine, text

from benchmarks.statements import captured
from casework.operations.core.installation_log import FOUND, lock_installation
from casework.operations.verification.service import verify_all
from casework.records.database import connect_engine, transaction
from casework.records.register_entries import REGISTERS
from casework.settings import Settings
from tests.support.databases import DatabaseServer
from tests.support.world import build_world


def test_it_is_found_without_looking_through_all_logs(engine: Engine) -> None:
    with transaction(engine) as db, captured(str(engine.url.database)) as sent:
        lock_installation(db)
        (search,) = [statement.query for statement in sent if "kind = 'installation'" in statement.query]
        # Of so few rows any way is quick; which one there is shows where none may be read through.
        db.execute(text("SET LOCAL enable_seqscan = off"))
        plan = db.execute(text(f"EXPLAIN {search}")).scalars().all()
    assert [line for line in plan if "ix_logs_installation" in line]


def test_what_stood_in_the_registers_before_is_told_when_the_log_begins(
    database_server: DatabaseServer, engine: Engine, settings: Settings
) -> None:
    """A database of a release without entries: every row of its registers is adopted, and tampering is found from then on."""
    with transaction(engine) as db:
        build_world(db)
    owner = connect_engine(
        settings.model_copy(update={"owner_database_url": _superuser(database_server, engine)}), role="owner"
    )
    with owner.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        # As if nothing had ever been told of the rows: their logs have no bodies, and the installation has no log.
        for table in ("awaited_leaves", "events"):
            db.execute(text(f"DELETE FROM {table} WHERE log_id IN (SELECT id FROM logs WHERE kind = 'installation')"))
        db.execute(text("DELETE FROM logs WHERE kind = 'installation'"))
    with transaction(engine) as db:
        lock_installation(db)
        rows = {table: db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in REGISTERS}
        found = db.execute(text("SELECT body FROM events WHERE kind = :kind"), {"kind": FOUND}).scalars().all()
    adopted = [name.partition("/")[0] for body in found for name in body]
    assert {table: adopted.count(table) for table in REGISTERS} == rows
    assert rows["people"] > 10
    assert list(verify_all(engine)) == []
    with owner.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text("UPDATE people SET name = 'Somebody else' WHERE email = 'officer@example.org'"))
        db.execute(text("UPDATE editions SET number = number + 50 WHERE workflow = 'case'"))
    assert {one.table for one in verify_all(engine)} >= {"people", "editions"}
    owner.dispose()


def _superuser(server: DatabaseServer, engine: Engine) -> str:
    return server.url(str(engine.url.database))
