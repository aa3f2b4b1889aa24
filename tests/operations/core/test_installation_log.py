"""The installation's own log: what stood there when it began, and the settings that a program starts with."""

from __future__ import annotations

from pydantic import SecretStr
from sqlalchemy import Engine, text

from casework.operations.core.installation_log import FOUND, lock_installation
from casework.operations.core.settings_log import LEFT, SETTINGS, note_settings
from casework.operations.verification.service import verify_all
from casework.records.database import connect_engine, transaction
from casework.records.register_entries import REGISTERS
from casework.settings import Settings
from tests.support.databases import DatabaseServer
from tests.support.world import build_world

KEY = "a secret key that is long enough for this test"


def told(engine: Engine) -> list[dict[str, object]]:
    with transaction(engine) as db:
        found = text("SELECT effects FROM events WHERE kind = :kind ORDER BY seq")
        return [row.effects for row in db.execute(found, {"kind": SETTINGS})]


def test_a_changed_setting_is_told_at_the_next_start_and_no_other(engine: Engine, settings: Settings) -> None:
    first = settings.model_copy(update={"secret_key": SecretStr(KEY), "webhook_hosts": "hooks.example.org"})
    for program in ("serve", "worker", "serve"):
        with transaction(engine) as db:
            note_settings(db, first, program)
    assert [one["program"] for one in told(engine)] == ["serve", "worker"]
    with transaction(engine) as db:
        changed = note_settings(
            db, first.model_copy(update={"webhook_hosts": "*", "confirm_minutes": 700, "pool_size": 7}), "serve"
        )
    assert changed == {"webhook_hosts": "*", "confirm_minutes": 700}
    assert list(verify_all(engine)) == []


def test_of_a_secret_its_fingerprint_alone_is_told(engine: Engine, settings: Settings) -> None:
    secret = settings.model_copy(update={"secret_key": SecretStr(KEY), "smtp_password": SecretStr("open sesame 1234")})
    other = secret.model_copy(update={"smtp_password": SecretStr("open barley 5678")})
    with transaction(engine) as db:
        first = note_settings(db, secret, "worker")
        changed = note_settings(db, other, "worker")
    assert set(changed) == {"smtp_password"}
    assert first["smtp_password"] != changed["smtp_password"]
    assert not any(word in str(told(engine)) for word in ("sesame", "barley", KEY))


def test_every_setting_is_told_or_has_its_reason(engine: Engine, settings: Settings) -> None:
    with transaction(engine) as db:
        first = note_settings(db, settings, "serve")
    assert set(first) | set(LEFT) == set(Settings.model_fields)
    assert not set(first) & set(LEFT)


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
        db.execute(text("DELETE FROM events WHERE log_id IN (SELECT id FROM logs WHERE kind = 'installation')"))
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
