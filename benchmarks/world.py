"""Where the figures are measured: a server and database of their own, people, and a workflow of ten equal steps."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import psycopg
from sqlalchemy import Engine, make_url, text

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.definition.forms import Choice, Date, Form, Note, Number, Text
from casework.engine.definition.grammar import Final, State, Workflow, working_days
from casework.engine.definition.publisher import publish
from casework.engine.execution.context import By
from casework.engine.parts import MAIN
from casework.engine.roles import Role
from casework.operations.core.editions import store_editions
from casework.operations.core.idempotency import Request
from casework.operations.core.national_holidays import china
from casework.operations.core.record_log import begin_record, new_record_log, write_records
from casework.operations.people.registry import grant_role, register_organisation, register_person, register_programme
from casework.permissions.actors import Actor
from casework.records import embedded, migrate, server_process
from casework.records.actors import find_actor
from casework.records.database import APP_ROLE, connect_engine, transaction
from casework.records.event_log import lock_log
from casework.settings import Settings
from workflows.guards import no_declared_interest

STEPS = 10
#: Needs are written so many in a transaction.
AT_ONCE = 500
#: Of a session that no policy binds; else as the application's own.
UNBOUND = "-c timezone=UTC -c jit=off"


class StepForm(Form):
    """Five fields of five kinds; three are facts, two stay in the body."""

    verdict = Choice(label="Verdict", choices={"good": "Good", "fair": "Fair", "poor": "Poor"})
    hours = Number(label="Hours", min="0", max="1000")
    seen_on = Date(label="Seen on", past=True)
    place = Text(label="Place")
    remark = Note(label="Remark")


FORM = {
    "verdict": "fair", "hours": "12.5", "seen_on": "2026-01-05", "place": "Haidian, second floor",
    "remark": "The pump ran for twelve hours without a fault; the filter was changed once.",
}  # fmt: skip


def standard_workflow(steps: int = STEPS) -> type[Workflow]:
    """A case of so many steps in a row, each with a task, a limit, a form and a guard."""
    members: dict[str, Any] = {
        "workflow": "case",
        "title": "Standard case",
        "edition": 1000 + steps,
        "part": MAIN,
        "__doc__": "A walk.",
    }
    states = [State(f"Step {n}", Role.OFFICER, working_days(5), "Work", do="Work on it") for n in range(1, steps + 1)]
    ends = Final("Done", step="Done")
    members |= {f"step{n}": state for n, state in enumerate(states, 1)} | {"done": ends}
    for n, state in enumerate(states, 1):
        target = states[n] if n < steps else ends
        members[f"finish{n}"] = state.to(
            target,
            by=Role.OFFICER,
            do="Finish the step",
            done="finished the step",
            form=StepForm,
            guards=[no_declared_interest],
        )
    return type("Standard", (Workflow,), members)


def teach_standard() -> Edition:
    """Make the standard workflow the newest edition of `case` in this process."""
    edition = publish(standard_workflow())
    library = load_library()
    cast(dict[str, Edition], library.editions)[edition.fingerprint] = edition
    cast(dict[str, str], library.newest)["case"] = edition.fingerprint
    return edition


@dataclass(frozen=True)
class World:
    """A database with people in it; passed to worker processes as it is."""

    settings: Settings
    programme: str
    officer: str
    supervisor: str
    need_owner: str
    technology: str

    def engine(self) -> Engine:
        return connect_engine(self.settings)

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A plain psycopg connection as the application, which prepares every statement at once."""
        return psycopg.connect(
            address(self.settings), options=f"-c role={APP_ROLE} -c timezone=UTC", prepare_threshold=0
        )

    def superuser(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.superuser_url(), autocommit=True)

    def superuser_url(self) -> str:
        server = server_process.server_at(self.settings.var)
        database = make_url(address(self.settings)).database or server_process.DATABASE
        return server.url(user=server_process.SUPERUSER, database=database)

    def unbound(self, name: str = "yardstick") -> psycopg.Connection[tuple[Any, ...]]:
        """The same for what is written by hand: no policy binds it."""
        return psycopg.connect(self.superuser_url(), options=UNBOUND, prepare_threshold=0, application_name=name)

    def actor(self, engine: Engine, person: str) -> Actor:
        with transaction(engine) as db:
            actor = find_actor(db, person)
        assert actor is not None
        return actor

    def make_matches(self, engine: Engine, count: int) -> list[str]:
        """So many matches, each with a need of its own."""
        needs, matches = ([str(uuid.uuid4()) for _ in range(count)] for _ in range(2))
        fields = {"title": "Filter for a district heating plant", "owner_id": self.need_owner}
        for some in (needs[n : n + AT_ONCE] for n in range(0, count, AT_ONCE)):
            with transaction(engine) as db:
                log = lock_log(db, self.programme)
                new = [
                    begin_record("need", new_record_log(id, "need", log), source="bench", external_id=id, fields=fields)
                    for id in some
                ]
                write_records(db, By(self.officer, Role.OFFICER), new)
        with transaction(engine) as db:
            db.execute(
                text(
                    "INSERT INTO matches (id, programme_id, source, external_id, need_id, technology_id, rationale)"
                    " SELECT m, CAST(:p AS uuid), 'bench', m, n, CAST(:t AS uuid), 'fits'"
                    " FROM unnest(CAST(:ids AS uuid[]), CAST(:needs AS uuid[])) AS u(m, n)"
                ),
                {"p": self.programme, "t": self.technology, "ids": matches, "needs": needs},
            )
        return matches


def address(settings: Settings) -> str:
    return settings.database_url or embedded.ensure_running(settings.var)


def request() -> Request:
    return Request(str(uuid.uuid4()), "0" * 64)


@contextmanager
def world() -> Iterator[World]:
    """A world on a server of its own, durable as ever, that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="casework-"))
    folder.chmod(0o711)
    try:
        yield build(Settings(profile="test", var=folder, statement_timeout_ms=600_000))
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder)


def build(settings: Settings) -> World:
    """Migrate the database and put people and a technology into it."""
    owner = connect_engine(settings, role="owner")
    migrate.upgrade(owner)
    teach_standard()
    with transaction(owner) as db:
        store_editions(db)
    owner.dispose()
    engine = connect_engine(settings)
    year = datetime.now(UTC).year
    with transaction(engine) as db:
        programme = register_programme(
            db, code="BENCH", name="Bench", name_zh=None, calendar=china([year - 1, year, year + 1])
        )
        need_owner = register_organisation(db, name="Need owner", programme=programme)
        owner_of = register_organisation(db, name="Technology owner", programme=programme)
        people = {
            role: register_person(db, email=f"{role}@bench.example", name=role) for role in ("officer", "supervisor")
        }
        for role, person in people.items():
            grant_role(db, person, role, programme=programme)
        technology, log = str(uuid.uuid4()), lock_log(db, programme)
        fields = {"title": "A filter", "owner_id": owner_of}
        new = begin_record(
            "technology",
            new_record_log(technology, "technology", log),
            source="bench",
            external_id="one",
            fields=fields,
        )
        write_records(db, By(people["officer"], Role.OFFICER), [new])
    engine.dispose()
    return World(settings, programme, people["officer"], people["supervisor"], need_owner, technology)
