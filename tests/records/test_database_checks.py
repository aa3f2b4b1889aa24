"""What the database grants, enforces and runs is held against one list, and each way of tampering has its own sentence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text

from casework.records import database_checks
from casework.records.database import connect_engine, connected
from tests.records.test_database import LONE
from tests.support.databases import DatabaseServer, run_casework
from tests.support.expected_database import PATH

#: The tests' own server does not wait for the disk, and is shared with tests that make a login for a moment.
ITS_OWN = ("fsync is off", "full_page_writes is off", f"The role {LONE}")

#: What somebody did to the database, and what is said of it; with what an owner or a superuser may do.
TAMPERED = {
    # Grants: on tables, columns, sequences, functions, the schema and the database.
    "GRANT UPDATE ON events TO casework_app": "The role casework_app may UPDATE events: REVOKE UPDATE ON table events FROM casework_app;",
    "GRANT UPDATE ON events TO casework_engine": "The role casework_engine may UPDATE events: REVOKE UPDATE ON table events",
    "GRANT DELETE ON events TO casework_app": "The role casework_app may DELETE events: REVOKE DELETE ON table events FROM casework_app;",
    "GRANT TRUNCATE ON events TO casework_app": ("The role casework_app may TRUNCATE events: REVOKE "
        "TRUNCATE ON table events FROM casework_app;"),
    "GRANT TRIGGER ON events TO casework_app": ("The role casework_app may TRIGGER events: REVOKE "
        "TRIGGER ON table events FROM casework_app;"),
    "GRANT DELETE ON logs TO casework_app": "The role casework_app may DELETE logs: REVOKE DELETE ON table logs FROM casework_app;",
    "GRANT UPDATE ON readings TO casework_app": ("The role casework_app may UPDATE readings: REVOKE "
        "UPDATE ON table readings FROM casework_app;"),
    "GRANT DELETE ON editions TO casework_app": ("The role casework_app may DELETE editions: REVOKE "
        "DELETE ON table editions FROM casework_app;"),
    "GRANT INSERT ON alembic_version TO casework_app": "The role casework_app may INSERT alembic_version: REVOKE INSERT",
    "GRANT SELECT ON people TO PUBLIC": "The role PUBLIC may SELECT people: REVOKE SELECT ON table people FROM PUBLIC;",
    "GRANT SELECT ON events TO casework_web": "The role casework_web may SELECT events: REVOKE SELECT ON table events FROM casework_web;",
    "GRANT UPDATE (body) ON events TO casework_app": ("The role casework_app may UPDATE column "
        "events.body: REVOKE UPDATE ON column events.body"),
    "GRANT SELECT ON events TO casework_app WITH GRANT OPTION": ("The role casework_app may hand on its "
        "SELECT on table events: REVOKE GRANT OPTION"),
    "REVOKE INSERT ON events FROM casework_app": "The role casework_app may not INSERT table events, which it must: GRANT INSERT",
    "REVOKE USAGE ON SEQUENCE readings_id_seq FROM casework_app; GRANT UPDATE ON SEQUENCE sign_in_attempts_id_seq TO casework_app":
        "The role casework_app may UPDATE sequence sign_in_attempts_id_seq: REVOKE UPDATE",
    "GRANT EXECUTE ON FUNCTION casework_erase TO PUBLIC": "The role PUBLIC may EXECUTE function casework_erase(",
    "REVOKE EXECUTE ON FUNCTION casework_erase FROM casework_app": "The role casework_app may not EXECUTE function casework_erase(",
    "GRANT CREATE ON SCHEMA public TO PUBLIC": "The role PUBLIC may CREATE schema public: REVOKE CREATE ON schema public FROM PUBLIC;",
    "GRANT CREATE ON DATABASE {database} TO casework_app": "The role casework_app may CREATE database {database}: REVOKE CREATE",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC": "does not belong here: take it away with ALTER DEFAULT PRIVILEGES",
    # Triggers.
    "ALTER TABLE events DISABLE TRIGGER events_only_grow":
        "The trigger events.events_only_grow is disabled: ALTER TABLE events ENABLE TRIGGER events_only_grow;",
    "ALTER TABLE events DISABLE TRIGGER events_are_not_truncated": "The trigger events.events_are_not_truncated is disabled: ALTER TABLE",
    "ALTER TABLE events ENABLE REPLICA TRIGGER events_only_grow": "The trigger events.events_only_grow is enabled for replicas only: ALTER",
    "DROP TRIGGER events_only_grow ON events": ("The trigger events.events_only_grow is missing: "
        "drop what is there of it, then CREATE TRIGGER"),
    ("DROP TRIGGER events_only_grow ON events; CREATE TRIGGER events_only_grow "
        "BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION events_only_grow()"):
        "The trigger events.events_only_grow is not as this release makes it (CREATE TRIGGER",
    "CREATE TRIGGER more BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION events_only_grow()":
        "The trigger events.more does not belong here: drop it, for it may change what is recorded.",
    "ALTER TABLE events DISABLE TRIGGER ALL": ("The foreign key events.fk_events_log_id is not enforced: "
        "as a superuser, ALTER TABLE events ENABLE TRIGGER ALL;"),
    "CREATE RULE quiet AS ON UPDATE TO events DO INSTEAD NOTHING": "The rule events.quiet does not belong here: drop it",
    # Row security.
    "ALTER TABLE events DISABLE ROW LEVEL SECURITY":
        "Row-level security of the table events is not enabled and forced: ALTER TABLE events ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE events NO FORCE ROW LEVEL SECURITY": "Row-level security of the table events is not enabled and forced: ALTER TABLE",
    "DROP POLICY readers ON mediations": ("The policy mediations.readers is missing: drop what is "
        "there of it, then CREATE POLICY readers ON mediations"),
    "ALTER POLICY readers ON mediations USING (true)": "The policy mediations.readers is not as this release makes it (CREATE POLICY",
    "ALTER POLICY readers ON mediations TO casework_web": "The policy mediations.readers is not as this release makes it (CREATE POLICY",
    "CREATE POLICY more ON mediations USING (true)": "The policy mediations.more does not belong here: drop it, for it may show",
    # Functions.
    "CREATE OR REPLACE FUNCTION events_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL;END $$":
        "The function events_only_grow() is not as this release makes it (CREATE OR REPLACE FUNCTION",
    "ALTER FUNCTION casework_erase RESET ALL": ("The function casework_erase(erasure uuid, log "
        "uuid, event bigint, hashes jsonb) is not as this"),
    "ALTER FUNCTION casework_find_reach(text) SECURITY INVOKER":
        "The function casework_find_reach(reader text) is not as this release makes it",
    "DROP TRIGGER reach_is_forgotten ON memberships": "The trigger memberships.reach_is_forgotten is missing: drop what is",
    "CREATE OR REPLACE FUNCTION casework_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT timestamptz '2020-01-01' $$":
        "The function casework_now() is not as this release makes it",
    "ALTER FUNCTION casework_erase OWNER TO postgres": "owned by postgres): put back its definition",
    "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'": "The function more() does not belong here: drop it",
    # Tables and what holds in them.
    "ALTER TABLE events SET UNLOGGED": "The table events is not as this release makes it (not kept after a crash",
    "ALTER TABLE findings OWNER TO postgres": "The table findings is not as this release makes it (kept, owned by postgres)",
    "CREATE TABLE more (n int)": "The table more does not belong here",
    "ALTER TABLE events DROP CONSTRAINT pk_events CASCADE": ("The constraint events.pk_events is missing: drop "
        "what is there of it, then ALTER TABLE events ADD"),
    "ALTER TABLE events ALTER COLUMN body DROP NOT NULL": "The column events.body is not as this release makes it (jsonb)",
    "ALTER TABLE people ADD COLUMN more text": "The column people.more does not belong here",
    "CREATE VIEW everybody AS SELECT * FROM people": "The view everybody does not belong here",
    "CREATE PUBLICATION away FOR TABLE people": ("The publication away does not belong here: drop "
        "it, for it sends what is recorded elsewhere."),
    # Roles.
    "ALTER ROLE casework_app BYPASSRLS": "The database role casework_app has BYPASSRLS: ALTER ROLE casework_app NOBYPASSRLS;",
    "ALTER ROLE casework_engine BYPASSRLS": ("The database role casework_engine has BYPASSRLS: "
        "ALTER ROLE casework_engine NOBYPASSRLS;"),
    "ALTER ROLE casework_web CREATEROLE": "The database role casework_web has CREATEROLE: ALTER ROLE casework_web NOCREATEROLE;",
    "ALTER ROLE casework_web REPLICATION": "The database role casework_web has REPLICATION: ALTER ROLE casework_web NOREPLICATION;",
    "ALTER ROLE casework_app LOGIN": "The role casework_app may log in: ALTER ROLE casework_app NOLOGIN;",
    "ALTER ROLE casework_engine LOGIN": "The role casework_engine may log in: ALTER ROLE casework_engine NOLOGIN;",
    "GRANT pg_read_all_data TO casework_web": "The database role casework_web is a member of pg_read_all_data: REVOKE pg_read_all_data",
    "GRANT pg_write_all_data TO casework_app": "The database role casework_app is a member of pg_write_all_data: REVOKE",
    "GRANT casework_app TO casework_engine": ("The database role casework_engine is a member of casework_app: "
        "REVOKE casework_app FROM casework_engine;"),
    "GRANT casework_owner TO casework_web": "The application logs in as casework_web, who owns its tables or may act as their owner",
    "CREATE ROLE another LOGIN; GRANT casework_app TO another": ("The role another may act as casework_app "
        "in this database: REVOKE casework_app"),
    "CREATE ROLE another LOGIN; GRANT casework_engine TO another": ("The role another may act as casework_engine "
        "in this database: REVOKE casework_engine"),
    "CREATE ROLE another LOGIN; GRANT casework_owner TO another": "The role another may act as casework_owner in this database: REVOKE",
    # Settings.
    "SET LOCAL synchronous_commit = off": "synchronous_commit is off: an acknowledged action could be lost. Set it to on",
    "SET LOCAL session_replication_role = replica": "session_replication_role is replica: triggers and foreign keys do not fire.",
    "SET LOCAL row_security = off": "row_security is off",
    "SET LOCAL zero_damaged_pages = on": "zero_damaged_pages is on",
    "SET LOCAL standard_conforming_strings = off": "standard_conforming_strings is off",
    "CREATE SCHEMA casework_web AUTHORIZATION casework_web": ("Names are looked for in the schemas pg_catalog, "
        "casework_web, public, and must be in"),
}  # fmt: skip


@pytest.fixture(scope="module")
def superuser(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """One database for all: what is tampered with is rolled back."""
    name = database_server.create(template_database)
    settings = database_server.settings(name, tmp_path_factory.mktemp("standing"))
    engine = connect_engine(settings.model_copy(update={"owner_database_url": database_server.url(name)}), role="owner")
    yield engine
    engine.dispose()
    database_server.drop(name)


def as_the_application(db: Connection) -> list[str]:
    """What is said to who logs in as the application does."""
    db.execute(text("SET SESSION AUTHORIZATION casework_web"))
    return [one for one in database_checks.faults(db) if not one.startswith(ITS_OWN)]


def test_the_list_is_what_a_migrated_database_holds(engine: Engine) -> None:
    """On whichever server the tests run; `make expected` writes it anew."""
    with connected(engine) as db:
        found = database_checks.read(db)
    assert database_checks.written(found) == PATH.read_text("utf-8"), "run `make expected` and look at what changed"


def test_a_migrated_database_has_no_fault_but_its_servers(engine: Engine) -> None:
    with connected(engine) as db:
        assert [one.partition(":")[0] for one in database_checks.faults(db) if not one.startswith(ITS_OWN)] == []


@pytest.mark.parametrize("action", TAMPERED)
def test_each_tampering_is_told_with_what_to_do(superuser: Engine, action: str) -> None:
    with connected(superuser) as db:
        for one in action.format(database=superuser.url.database).split("; "):
            db.execute(text(one))
        told = as_the_application(db)
        db.rollback()
    wanted = TAMPERED[action].format(database=superuser.url.database)
    assert any(wanted in one for one in told), told
    assert all(one.rstrip().endswith((".", ";")) for one in told)


def test_there_are_enough_of_them() -> None:
    assert len(TAMPERED) >= 40


def test_what_was_tampered_with_does_no_longer_pass_for_right(superuser: Engine) -> None:
    """The tests above leave nothing behind, and see nothing where nothing is."""
    with connected(superuser) as db:
        assert as_the_application(db) == []
        db.rollback()


def test_the_command_says_it_too(database_url: str, owner_engine: Engine) -> None:
    with owner_engine.begin() as db:
        db.execute(text("ALTER TABLE events DISABLE TRIGGER events_only_grow"))
    checked = run_casework("db", "check", environment={"DATABASE_URL": database_url})
    assert checked.returncode == 1
    assert (
        "The trigger events.events_only_grow is disabled: ALTER TABLE events ENABLE TRIGGER events_only_grow;\n"
        in checked.stderr
    )
