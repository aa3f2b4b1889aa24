"""How often each operation goes to the database: a fixed number, however long the case's history is."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.operations.cases.opening import open_case
from casework.operations.cases.queries import show_case
from casework.operations.cases.transitions import fire_transition
from casework.operations.core.idempotency import Request
from casework.operations.core.national_holidays import china
from casework.operations.people.registry import grant_role, register_organisation, register_person, register_programme
from casework.operations.tasks.queues import list_tasks
from casework.operations.tasks.service import claim_task, complete_task, release_task
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.database import transaction
from tests.support.round_trips import RoundTrips
from tests.support.world import add_record

Json = Any

#: Round trips of each operation: an action asks, locks and loads in one, which begins the transaction, and writes in another, with
#: COMMIT. What reads sends one for each statement, and COMMIT.
#: Whether a record was merged meanwhile is asked once more when a case is opened, behind the lock.
#: What is shown and done in triage reads who is abroad, for the parties are to be asked by that.
#: The first opening of a need is told in its history and in the index too, behind the programme's turn, as its end is: the need is locked
#: and held against its log. Where it stands already as its cases tell, asking that is all.
OPEN, CLAIM, RELEASE, FIRE, COMPLETE, SHOW, LIST = 20, 2, 2, 2, 4, 8, 3
PREPARED = 8
CHECKED = {
    "need_complete": True, "technology_complete": True, "duplicate_checked": True, "rationale_fits": True, "interest": "none",
}  # fmt: skip


def request() -> Request:
    return Request(str(uuid.uuid4()), "digest")


class Office:
    """A programme with an officer and one match, and a count of what goes to the database."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.trips = RoundTrips(engine, folder)
        with transaction(engine) as db:
            programme = register_programme(db, code="RT", name="R", name_zh=None, calendar=china([2026, 2027]))
            owner = register_organisation(db, name="Need owner")
            person = register_person(db, email="officer@example.org", name="Officer")
            grant_role(db, person, "officer", programme=programme)
            told = {"title": "A title", "owner_id": owner}
            ids = {
                "need": add_record(db, programme, "need", "one", told, source="test"),
                "technology": add_record(db, programme, "technology", "one", told, source="test"),
                "match": str(uuid.uuid4()),
            }
            db.execute(
                text(
                    "INSERT INTO matches (id, programme_id, source, external_id, need_id, technology_id, rationale)"
                    " VALUES (:match, :programme, 'test', 'one', :need, :technology, 'fits')"
                ),
                ids | {"programme": programme},
            )
            found = find_actor(db, person)
        assert found is not None
        self.officer: Actor = found
        self.match = ids["match"]

    def count(self, act: Callable[..., Any], *given: Any, **named: Any) -> int:
        return self.trips.count(lambda: self.do(act, *given, **named))

    def do(self, act: Callable[..., Any], *given: Any, **named: Any) -> Json:
        with transaction(self.engine) as db:
            made = act(db, self.officer, *given, **named)
        return getattr(made, "answer", made)

    def shown(self) -> Json:
        return self.do(show_case, self.number)

    def open(self) -> int:
        count = self.count(open_case, self.match, request())
        self.number = self.do(lambda db, _: db.execute(text("SELECT number FROM cases")).scalar_one())
        return count

    def fire(self, name: str, **data: Json) -> int:
        case = self.shown()
        track = case.tracks[0]
        return self.count(
            fire_transition,
            case.id,
            "case",
            track.id,
            transition=name,
            data=data,
            revision=track.revision,
            request=request(),
        )

    def release(self, task: str) -> None:
        self.do(release_task, task, note=None, request=request())

    def task(self, name: str) -> str:
        return str(next(one.id for one in self.shown().tasks if one.name == name))


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return Office(engine, tmp_path)


def test_each_operation_needs_a_fixed_number_of_round_trips(office: Office) -> None:
    assert office.open() == OPEN
    assert office.fire("take") == FIRE
    for round_of in range(25):
        task = office.task("triage")
        assert office.count(claim_task, task, request()) == CLAIM, round_of
        assert office.count(release_task, task, note=None, request=request()) == RELEASE, round_of
        read = office.count(show_case, office.number), office.count(list_tasks, view="queue")
        # The driver prepares what it has sent five times, which costs a round trip once.
        assert round_of < PREPARED or read == (SHOW, LIST), round_of
    assert office.do(lambda db, _: db.execute(text("SELECT max(seq) FROM events")).scalar_one()) > 50
    assert (
        office.count(complete_task, office.task("triage_check"), data=CHECKED, happened_on=None, request=request())
        == COMPLETE
    )
