"""Takes a database that holds something down and up again, revision by revision, and compares what is there each time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from casework.records import database_checks, migrate
from casework.records.database import transaction


@dataclass(frozen=True)
class Snapshot:
    """What a database holds: its schema, grants and policies as `db check` reads them, and how many rows each table has."""

    facts: database_checks.Facts
    rows: dict[str, int]

    def other_facts(self, later: Snapshot) -> list[str]:
        """What of the schema is not the same later."""
        return [
            f"{kind} {name}"
            for kind in self.facts
            for name in sorted({*self.facts[kind], *later.facts[kind]})
            if self.facts[kind].get(name) != later.facts[kind].get(name)
        ]

    def other_rows(self, later: Snapshot) -> list[str]:
        """Tables that are there at both times, and do not hold as many rows later."""
        return [
            f"rows of {table}: {count}, then {later.rows[table]}"
            for table, count in self.rows.items()
            if later.rows.get(table, count) != count
        ]


def walk_down_and_up(owner: Engine, *folders: Path) -> list[str]:
    """Each revision above the first, from the newest on: down, up, down; then all up. What was not the same, in words.

    `folders` hold more revisions than our own. The database ends at the newest of all.
    """
    revisions = _revisions(folders)
    start, began = _current(owner), _snapshot(owner)
    whole = _upgraded(owner, revisions[-1], folders)
    above, faults = whole, [f"up: {said}" for said in began.other_rows(whole)]
    for upper, lower in pairwise(reversed(revisions)):
        below = _downgraded(owner, lower, folders)
        faults += [f"{upper} down: {said}" for said in above.other_rows(below)]
        if lower == start:
            faults += [f"{upper} down: {said}" for said in began.other_facts(below)]
        again = _upgraded(owner, upper, folders)
        faults += [f"{upper} up: {said}" for said in above.other_facts(again) + below.other_rows(again)]
        down = _downgraded(owner, lower, folders)
        faults += [f"{upper} down again: {said}" for said in below.other_facts(down) + below.other_rows(down)]
        above = down
    return faults + [f"all up: {said}" for said in whole.other_facts(_upgraded(owner, revisions[-1], folders))]


def _current(owner: Engine) -> str | None:
    with transaction(owner) as db:
        return migrate.current(db)


def _revisions(folders: Sequence[Path]) -> list[str]:
    """All of them, the first one first."""
    scripts = ScriptDirectory.from_config(_config(None, folders))
    return [str(script.revision) for script in scripts.walk_revisions()][::-1]


def _config(connection: Connection | None, folders: Sequence[Path]) -> Config:
    config = migrate.alembic_config(connection)
    own = f"{config.get_main_option('script_location')}/versions"
    config.set_main_option("version_locations", os.pathsep.join([own, *map(str, folders)]))
    return config


def _upgraded(owner: Engine, revision: str, folders: Sequence[Path]) -> Snapshot:
    with transaction(owner) as db:
        command.upgrade(_config(db, folders), revision)
    return _snapshot(owner)


def _downgraded(owner: Engine, revision: str, folders: Sequence[Path]) -> Snapshot:
    with transaction(owner) as db:
        command.downgrade(_config(db, folders), revision)
    return _snapshot(owner)


def _snapshot(owner: Engine) -> Snapshot:
    with transaction(owner) as db:
        facts = database_checks.read(db)
        # Names that come from the catalogue itself.
        rows = {table: db.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one() for table in facts["table"]}
    return Snapshot(facts, rows)
