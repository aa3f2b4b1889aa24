"""What the policies show is what they showed when they asked everything anew: in random worlds, of each person and table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from casework.records.database import ENGINE, transaction
from casework.records.policy_source import POLICIES
from casework.records.row_security import read_as
from tests.security.test_one_policy import NOW, People
from tests.security.test_queue_equals_access import START
from tests.support.case_dates import write_dates
from tests.support.databases import ROOT

FORMER = ROOT / "tests" / "support" / "former_policy.sql"
#: Tables that came later: nobody was shown anything of them then.
LATER = {
    "follows", "impacts", "statements", "party_links", "party_link_secrets", "office_link_secrets", "evidence", "figure_facts",
    "kept_figures", "kept_figure_lines", "kept_figure_parts", "verifications", "verified_leaves",
}  # fmt: skip
TABLES = [table for table in POLICIES if table not in LATER]
#: By what a row is known, where it is not its id.
KEYS = {"events": "(log_id, seq)", "outbox": "(log_id, seq)", "contents": "file_id"}


class Everything(People):
    """The same world with a row in each protected table that it has none in yet."""

    def __init__(self, db: Connection, seed: int) -> None:
        super().__init__(db, seed)
        self.endpoint = self.id()
        self.insert(
            "webhook_endpoints",
            {
                "id": self.endpoint,
                "organisation_id": self.organisations[0],
                "url": "https://receiver.example",
                "secret": b"x",
                "made_by": self.people[0],
                "made_at": START,
            },
        )
        for log, _ in self.logs:
            self._more_of(log)
        db.execute(text(_CLOCKS), {"at": START})
        for statement in (_FEW, _COMPARTMENTS, _BLOBS, _CONTENTS):
            db.execute(text(statement))
        write_dates(db)

    def _more_of(self, log: str) -> None:
        self.insert("consents", {"id": self.id(), "log_id": log, "party": "need_owner", "given_on": START})
        self.insert("outbox", {"log_id": log, "seq": 1})
        self.insert(
            "webhook_messages",
            {
                "id": self.id(),
                "endpoint_id": self.endpoint,
                "log_id": log,
                "seq": 1,
                "type": "referral.send",
                "payload": "{}",
                "made_at": START,
                "send_at": START,
            },
        )
        self.insert("sealed_readings", {"log_id": log, "person_id": self.people[0], "address": "/mediations"})
        self.insert(
            "mails",
            {
                "id": self.id(),
                "person_id": self.dice.choice(self.people),
                "key": self.id(),
                "kind": "task",
                "sealed": self.dice.random() < 0.5,
                "made_at": START,
                "send_at": START,
            },
        )

    def change(self, statement: str) -> str:
        """Do one of the changes, to somebody and a log whom it concerns; gives the person."""
        dice = self.dice
        for _ in range(200):
            person, (log, kind) = dice.choice(self.people), dice.choice(self.logs)
            given = {
                "person": person,
                "log": log,
                "provider": dice.choice(self.organisations),
                "at": NOW - timedelta(days=1),
            }
            asked = statement.format(home="cases" if kind == "case" else "mediations")
            values = {name: value for name, value in given.items() if f":{name}" in asked}
            if self.db.execute(text(asked), values).rowcount:
                return person
        raise AssertionError(f"It concerns nobody: {statement}")


#: What ends what somebody sees, or shows it.
CHANGES = (
    "UPDATE memberships SET ends_at = greatest(starts_at, :at) WHERE person_id = CAST(:person AS uuid)",
    "UPDATE memberships SET ends_at = NULL WHERE person_id = CAST(:person AS uuid)",
    "UPDATE people SET active = NOT active WHERE id = CAST(:person AS uuid)",
    "UPDATE people SET active = true WHERE id = CAST(:person AS uuid) AND NOT active",
    "UPDATE openings SET until = :at + interval '9 days' WHERE reader_id = CAST(:person AS uuid)",
    "UPDATE tracks SET barred = barred || ARRAY[:person] WHERE log_id = CAST(:log AS uuid)",
    "UPDATE tracks SET played = jsonb_build_object('sends', 'send') WHERE log_id = CAST(:log AS uuid) AND played = jsonb_build_object()",
    "UPDATE tracks SET played = jsonb_build_object() WHERE log_id = CAST(:log AS uuid) AND played <> jsonb_build_object()",
    "UPDATE tracks SET provider_id = CAST(:provider AS uuid) WHERE log_id = CAST(:log AS uuid) AND provider_id IS NOT NULL",
    "UPDATE {home} SET interests = interests || ARRAY[:person] WHERE id = CAST(:log AS uuid)",
    "UPDATE tracks SET barred = CAST(ARRAY[] AS text[]) WHERE log_id = CAST(:log AS uuid) AND cardinality(barred) > 0",
    "UPDATE {home} SET interests = CAST(ARRAY[] AS text[]) WHERE id = CAST(:log AS uuid) AND cardinality(interests) > 0",
    "UPDATE tracks SET parent_id = NULL WHERE log_id = CAST(:log AS uuid) AND parent_id IS NOT NULL",
    "UPDATE tracks SET provider_id = NULL WHERE log_id = CAST(:log AS uuid) AND provider_id IS NOT NULL AND parent_id IS NULL",
    "UPDATE memberships SET deputy_for = NULL, ends_at = NULL WHERE person_id = CAST(:person AS uuid) AND deputy_for IS NOT NULL",
    "UPDATE {home} SET owner_id = CAST(:person AS uuid) WHERE id = CAST(:log AS uuid)",
    "UPDATE grants SET ended_at = CASE WHEN ended_at IS NULL THEN :at END WHERE log_id = CAST(:log AS uuid)",
)
_CLOCKS = """
    INSERT INTO clocks (id, log_id, track_id, unit, steps, start, calendar, next, state, "left")
    SELECT gen_random_uuid(), log_id, id, 'wd', '[]', :at, 'x', 0, 'running', '{}' FROM tracks
"""
#: What is asked of each file, and of what lies below it, is asked of its document: a few tell as much as all.
_FEW = "DELETE FROM files WHERE id NOT IN (SELECT id FROM files ORDER BY id LIMIT 8)"
_COMPARTMENTS = """
    INSERT INTO compartments (id, log_id, part, sealed)
    SELECT document_id, log_id, CAST(document_id AS text), '' FROM files
"""
_BLOBS = """
    INSERT INTO blobs (id, compartment_id, name) SELECT f.id, f.document_id, CAST(f.id AS text)
    FROM files f JOIN compartments c ON c.id = f.document_id
"""
_CONTENTS = "INSERT INTO contents (file_id, blob_id) SELECT id, id FROM blobs"


def bring_back(db: Connection) -> None:
    """Makes the former policies as views in a schema of their own, as the owner of tables; they go with the transaction."""
    driver = db.connection.driver_connection
    assert driver is not None
    driver.execute("CREATE SCHEMA former; SET LOCAL search_path = former, public")
    driver.execute(FORMER.read_text("utf-8"))


def former(db: Connection, table: str, person: str) -> list[str]:
    """What the former policies show to a person, read as the engine."""
    read_as(db, ENGINE)
    db.execute(text("SET LOCAL search_path = former, public"))
    db.execute(text("SELECT set_config('former.reader', :person, true)"), {"person": person})
    return _keys(db, table)


def today(db: Connection, table: str, person: str) -> list[str]:
    """What today's show."""
    db.execute(text("SET LOCAL search_path = public"))
    read_as(db, person)
    return _keys(db, table)


def _keys(db: Connection, table: str) -> list[str]:
    return sorted(db.execute(text(f"SELECT CAST({KEYS.get(table, 'id')} AS text) FROM {table}")).scalars())


def _compared(db: Connection, people: Iterable[str]) -> Iterator[tuple[str, str, list[str]]]:
    for person in people:
        for table in TABLES:
            shown = today(db, table, person)
            assert shown == former(db, table, person), (table, person)
            yield table, person, shown


@pytest.mark.parametrize("seed", range(700, 702))
def test_the_policies_show_what_they_showed(owner_engine: Engine, seed: int) -> None:
    with transaction(owner_engine) as db:
        world = Everything(db, seed)
        bring_back(db)
        every = {table: today(db, table, ENGINE) for table in TABLES}
        some: dict[str, set[str]] = {table: set() for table in TABLES}
        for table, _, shown in _compared(db, world.people):
            some[table].update(shown)
        # Each table has rows, and shows some of them to somebody.
        assert [table for table, rows in every.items() if not rows] == []
        assert {table for table in TABLES if not some[table]} == {"reading_heads"}
        db.rollback()


#: So often each kind of change is made, until one of those who look sees something else.
TRIES = 4


def test_they_do_after_each_change_in_one_transaction(owner_engine: Engine) -> None:
    """Each kind of change, looked at by the person whom it concerns and by two others."""
    changed = 0
    with transaction(owner_engine) as db:
        world = Everything(db, 710)
        bring_back(db)
        shown = {(table, person): rows for table, person, rows in _compared(db, world.people)}
        for statement in CHANGES:
            for _ in range(TRIES):
                db.execute(text("SET LOCAL search_path = public"))
                read_as(db, ENGINE)
                person = world.change(statement)
                looking = {person, *world.dice.sample(world.people, 2)}
                now = {(table, who): rows for table, who, rows in _compared(db, looking)}
                seen = any(rows != shown[key] for key, rows in now.items())
                shown |= now
                if seen:
                    changed += 1
                    break
        db.rollback()
    # Otherwise nothing that somebody sees depended on what was changed.
    assert changed >= len(CHANGES) // 2


def test_a_wrong_policy_is_seen(owner_engine: Engine) -> None:
    """A policy that shows everything to everybody, or nothing, differs in each table."""
    with transaction(owner_engine) as db:
        world = Everything(db, 720)
        bring_back(db)
        for table in ("tracks", "tasks", "clocks", "grants", "documents", "mediations"):
            for shown in ("true", "current_setting('casework.reader') = 'engine'"):
                db.execute(text(f"ALTER POLICY readers ON public.{table} USING ({shown})"))
                assert any(today(db, table, person) != former(db, table, person) for person in world.people), table
        db.rollback()


_BAR = "UPDATE tracks SET barred = ARRAY(SELECT CAST(id AS text) FROM people)"
_INTERESTS = "interests = ARRAY(SELECT CAST(id AS text) FROM people)"
#: What rows could say wrongly of whom they are shown to, by a mistake of whoever writes them: of tracks, and of tasks.
WRONG = (
    "UPDATE {table} SET shown_to = o.id FROM organisations o WHERE shown_to <> o.id",
    "UPDATE {table} SET shown_to = NULL",
    "UPDATE {table} SET shut_out = CAST(ARRAY[] AS text[])",
    "UPDATE {table} SET shut_out = NULL",
)
#: The same of tasks, and by a change that is not carried to them, or to what is still to be done alone.
WRONG_OF_TASKS = (
    "UPDATE tasks SET common = true, shown_to = NULL",
    "UPDATE tasks SET common = false",
    f"ALTER TABLE tracks DISABLE TRIGGER walls_are_carried; {_BAR}",
    f"ALTER TABLE tracks DISABLE TRIGGER walls_are_carried; {_BAR}; UPDATE tasks SET shut_out = r.barred FROM tracks r"
    " WHERE r.id = track_id AND state <> 'Completed' AND tasks.shut_out IS NOT NULL",
    f"ALTER TABLE cases DISABLE TRIGGER walls_are_carried; UPDATE cases SET {_INTERESTS}",
    f"ALTER TABLE mediations DISABLE TRIGGER walls_are_carried; UPDATE mediations SET {_INTERESTS}",
)


@pytest.mark.parametrize("table", ["tracks", "tasks"])
def test_a_wall_that_stands_wrong_is_seen(owner_engine: Engine, table: str) -> None:
    with transaction(owner_engine) as db:
        world = Everything(db, 720)
        bring_back(db)
        for fault in (*WRONG, *(WRONG_OF_TASKS if table == "tasks" else ())):
            with db.begin_nested() as begun:
                db.execute(text("SET LOCAL search_path = public"))
                read_as(db, ENGINE)
                for statement in fault.format(table=table).split(";"):
                    db.execute(text(statement))
                assert any(today(db, table, person) != former(db, table, person) for person in world.people), fault
                begun.rollback()
        db.rollback()


#: What the database refuses, whoever writes it.
REFUSED = (
    "UPDATE tracks SET sealed = false WHERE sealed",
    "UPDATE tasks SET sealed = false WHERE sealed",
    "UPDATE tasks SET sealed = true WHERE NOT sealed",
    "UPDATE tasks SET sealed = NULL",
    "UPDATE tasks SET common = true WHERE shown_to IS NOT NULL",
    "UPDATE tracks SET programme_id = p.id FROM programmes p WHERE programme_id <> p.id",
    "UPDATE tasks SET programme_id = p.id FROM programmes p WHERE programme_id <> p.id",
    "UPDATE logs SET kind = 'case' WHERE kind = 'mediation'",
    "INSERT INTO cases (id, programme_id, number, parties, rights, team, revision, state, interests, frozen, reasons, opened_at)"
    " SELECT id, programme_id, 'X-' || id, '{}', '{}', '{}', 1, 'triage', '{}', false, '{}', opened_at FROM mediations",
)


def test_no_row_of_a_mediation_is_written_open(owner_engine: Engine) -> None:
    with transaction(owner_engine) as db:
        Everything(db, 720)
        for statement in REFUSED:
            with pytest.raises(IntegrityError), db.begin_nested():
                db.execute(text(statement))
        db.rollback()
