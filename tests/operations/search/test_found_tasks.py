"""Open tasks are found by what is to be done, in either language, and by the number of their case; by who may see them alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from casework.operations.search.service import search
from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.world import World

pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def number(staged: tuple[str, str]) -> str:
    return staged[0]


def found(db: Connection, world: World, who: str, words: str) -> list[str]:
    return [task.id for task in search(db, world.actor(db, who), words).tasks]


def open_tasks(db: Connection) -> dict[str, str | None]:
    """Every open task with the provider that works on it."""
    rows = db.execute(
        text(
            "SELECT id::text, organisation_id::text AS provider FROM tasks WHERE state IN ('Ready', 'Reserved', 'InProgress')"
        )
    )
    return {row.id: row.provider for row in rows}


def test_they_are_found_by_what_is_to_be_done_and_by_the_number_of_the_case(
    engine: Engine, world: World, number: str
) -> None:
    with transaction(engine) as db:
        every = search(db, world.actor(db, "officer"), number).tasks
        assert {one.id for one in every} == set(open_tasks(db))
        assert {one.number for one in every} == {number}
        one = every[0]
        for words in (one.do, one.do_zh, f"{one.do.split()[0]} {number}", f"{number[3:]} {one.do_zh}", one.do.upper()):
            assert one.id in found(db, world, "officer", words), words
        for words in (f"{one.do} nowhere", f"{one.do} {number}9", one.do[1:], "steam"):
            assert found(db, world, "officer", words) == [], words
        db.execute(text("UPDATE tasks SET state = 'Completed' WHERE id = CAST(:id AS uuid)"), {"id": one.id})
        assert one.id not in found(db, world, "officer", one.do)


@pytest.mark.parametrize(
    "who", ["supervisor", "auditor", "provider", "foreign_officer", "observer", "foreign_provider"]
)
def test_only_who_may_see_them_finds_them(engine: Engine, world: World, number: str, who: str) -> None:
    with transaction(engine) as db:
        every = open_tasks(db)
        provider = {id for id, whose in every.items() if whose is not None}
        expected = {"supervisor": set(every), "auditor": set(every), "provider": provider}.get(who, set())
        says = {one.do for one in search(db, world.actor(db, "officer"), number).tasks}
        assert set(found(db, world, who, number)) == expected
        assert expected or who not in ("supervisor", "auditor", "provider")
        assert {id for words in says for id in found(db, world, who, words)} == expected


def test_what_is_due_first_comes_first(engine: Engine, world: World, number: str) -> None:
    with transaction(engine) as db:
        first, second, *_ = ids = sorted(open_tasks(db))
        for id, days in ((second, timedelta(days=1)), (first, timedelta(days=2))):
            db.execute(
                text("UPDATE tasks SET due_at = casework_now() + :days WHERE id = CAST(:id AS uuid)"),
                {"id": id, "days": days},
            )
        db.execute(
            text("UPDATE tasks SET due_at = NULL WHERE id <> ALL(CAST(:ids AS uuid[]))"), {"ids": [first, second]}
        )
        assert found(db, world, "officer", number)[:2] == [second, first]
        assert len(found(db, world, "officer", number)) == len(ids)
