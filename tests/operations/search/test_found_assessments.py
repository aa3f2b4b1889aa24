"""Assessments of needs, with their visits and events, are found by what they say; by who reads the closed needs alone."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.operations.catalogue.assessment_parts import take_out
from casework.operations.catalogue.assessment_visits import add_visit
from casework.operations.search.service import search
from casework.records.search_terms import ASSESSMENT_TERMS, VISIT_TERMS
from tests.support.additions import add_assessment
from tests.support.world import World, new_request


@pytest.fixture
def made(world: World, db: Connection) -> dict[str, str]:
    of = add_assessment(db, world, "officer", "BJ", world.needs[0])
    db.execute(text("UPDATE needs_assessments SET title_zh = '北方供热', conclusion = 'Zirconium is missing.'"))
    fields = {
        "kind": "event",
        "day": "2026-03-03",
        "title": "锅炉论坛",
        "place": "Tianjin",
        "notes": "Tungsten was asked for.",
    }
    done = add_visit(db, world.actor(db, "officer"), of["needs_assessment"], fields=fields, request=new_request())
    return {**of, "event": str(done.answer["id"])}


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("north heat", ["needs_assessment"]),
        ("供热", ["needs_assessment"]),
        ("zirconium", ["needs_assessment"]),
        ("boilers", ["visit"]),
        ("锅炉", ["event"]),
        ("tianjin tungsten", ["event"]),
        ("the", ["needs_assessment", "visit"]),
        ("irconium", []),
        ("heat | nowhere", []),
    ],
)
def test_every_word_stands_in_what_it_says(
    world: World, db: Connection, made: dict[str, str], words: str, finds: list[str]
) -> None:
    told = search(db, world.actor(db, "officer"), words)
    ids = [one.id for one in told.assessments] + [one.id for one in told.visits]
    assert ids == [made[name] for name in finds]
    assert {one.assessment for one in told.visits} <= {made["needs_assessment"]}


@pytest.mark.parametrize(
    ("who", "finds"),
    [
        *((who, True) for who in ("officer", "supervisor", "auditor")),
        *(
            (who, False)
            for who in (
                "compliance",
                "manager",
                "observer",
                "dispute_officer",
                "administrator",
                "provider",
                "foreign_officer",
            )
        ),
    ],
)
def test_who_may_list_them_finds_them_and_nobody_else(
    world: World, db: Connection, made: dict[str, str], who: str, finds: bool
) -> None:
    for words in ("zirconium", "tungsten"):
        told = search(db, world.actor(db, who), words)
        assert bool(told.assessments or told.visits) is finds
        assert told.more is False


def test_a_visit_that_was_taken_out_is_gone(world: World, db: Connection, made: dict[str, str]) -> None:
    take_out(db, world.actor(db, "officer"), "visits", made["event"], reason="It was another's.", request=new_request())
    assert search(db, world.actor(db, "officer"), "tungsten").visits == []


@pytest.mark.parametrize(
    ("index", "table", "says"),
    [
        ("ix_needs_assessments_terms", "needs_assessments", ASSESSMENT_TERMS),
        ("ix_assessment_visits_terms", "assessment_visits", VISIT_TERMS),
    ],
)
def test_an_index_serves_what_is_asked(db: Connection, index: str, table: str, says: str) -> None:
    db.execute(text("SET LOCAL enable_seqscan = off"))
    plan = db.execute(text(f"EXPLAIN SELECT FROM {table} WHERE {says} @@ CAST('x' AS tsquery)")).scalars()
    assert index in "\n".join(plan)
