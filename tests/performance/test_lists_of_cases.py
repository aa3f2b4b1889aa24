"""Lists of cases by their dates meet as many rows as they show, however many cases there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.operations.cases.list_queries import count_cases, list_cases
from casework.operations.people.registry import grant_role, register_person
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.database import ENGINE
from casework.records.row_security import read_as
from tests.performance.test_policy_evaluations import Crowd, captured, crowd, met
from tests.support.case_dates import write_dates

__all__ = ["crowd"]

#: So many cases are late, and as many wait for us; all others wait for their provider.
FEW = 7
_MAIN = """
    INSERT INTO tracks (id, log_id, programme_id, sealed, workflow, edition, kind, states, entered_at, opened_at, position, revision,
        replaced, came_from, fired, given, barred, part, played)
    SELECT gen_random_uuid(), c.id, c.programme_id, false, 'case', :edition, 'case', ARRAY[c.state], now(), now(), 0, 1,
        false, '{}', '{}', '{}', '{}', 'main', '{}'
    FROM cases c WHERE NOT EXISTS (SELECT FROM tracks t WHERE t.log_id = c.id AND t.part = 'main')
"""
_OURS = """
    UPDATE tasks SET organisation_id = NULL, queue = 'officer', due_at = timestamptz '2090-01-01' + position * interval '1 minute'
"""
_LATE = """
    UPDATE tasks SET due_at = now() - interval '1 day' WHERE id IN (
        SELECT id FROM tasks WHERE organisation_id IS NULL ORDER BY id LIMIT :few
    )
"""


def second_page(db: Connection, actor: Actor) -> object:
    first = list_cases(db, actor, sort="due", limit=20)
    return list_cases(db, actor, sort="due", limit=20, cursor=first.next).items


LISTS: dict[str, Callable[[Connection, Actor], object]] = {
    "due": lambda db, actor: list_cases(db, actor, sort="due", limit=20).items,
    "second page": second_page,
    "overdue": lambda db, actor: list_cases(db, actor, filters={"overdue": "yes"}).items,
    "overdue by date": lambda db, actor: list_cases(db, actor, filters={"overdue": "yes"}, sort="due").items,
    "overdue, counted": partial(count_cases, filters={"overdue": "yes"}),
    "waits for us": lambda db, actor: list_cases(db, actor, filters={"waits_for": "us"}).items,
    "waits for us, counted": partial(count_cases, filters={"waits_for": "us"}),
}


def more(crowd: Crowd, count: int) -> None:
    """So many more cases with a day of our side each; a few of all are late and wait for us."""
    crowd.add(crowd.others, count)
    db = crowd.db
    edition = load_library().latest("case")
    assert edition is not None
    db.execute(text(_MAIN), {"edition": edition.fingerprint})
    db.execute(text(_OURS))
    db.execute(text(_LATE), {"few": FEW})
    write_dates(db)
    db.execute(text("UPDATE case_dates SET waits_for = 'provider' WHERE due_at > now()"))
    db.execute(text("RESET ROLE"))
    db.execute(text("ANALYZE case_dates, cases, tasks, tracks"))
    db.execute(text("SET LOCAL ROLE casework_app"))


@pytest.mark.parametrize("name", LISTS)
def test_no_more_rows_are_met_than_are_shown(crowd: Crowd, name: str) -> None:
    db = crowd.db
    read_as(db, ENGINE)
    person = register_person(db, email="supervisor@example.org", name="Supervisor")
    grant_role(db, person, "supervisor", programme=crowd.programme)
    rows = []
    for count in (300, 3_000):
        more(crowd, count)
        actor = find_actor(db, person)
        assert actor is not None
        read_as(db, person)
        with captured(db) as sent:
            shown = LISTS[name](db, actor)
        assert shown == FEW if isinstance(shown, int) else shown
        asked = [one for one in sent if not one[0].startswith("SET ")]
        total = sum((met(db, *one) for one in asked), Counter[str]())
        rows.append({table: total[table] for table in ("case_dates", "cases", "tasks", "tracks")})
        read_as(db, ENGINE)
    assert rows[1] == rows[0]
    assert rows[0]["case_dates"] < 200
