"""Past projects are found by their titles in either language and the names of both owners; by who may list them alone."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.operations.search.service import search
from casework.records.search_terms import PROJECT_TERMS
from tests.support.world import World

_ROW = text("""
    INSERT INTO past_projects (id, programme_id, source, external_id, title, title_zh, need_owner, technology_owner, ended_on, outcome)
    VALUES (gen_random_uuid(), CAST(:programme AS uuid), 'list', 'P-77', 'Boiler of a district', '区域锅炉', 'Heat Works', '清洁锅炉公司',
        date '2023-05-31', 'deployed_measured')
""")


@pytest.fixture
def project(world: World, db: Connection) -> str:
    db.execute(_ROW, {"programme": world.programmes["BJ"]})
    return "P-77"


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("district boiler", True),
        ("锅炉", True),
        ("heat works", True),
        ("清洁", True),
        ("P-77", True),
        ("oiler", False),
        ("boiler | nothing", False),
        ("boiler nowhere", False),
    ],
)
def test_every_word_stands_in_what_it_is_called(
    world: World, db: Connection, project: str, words: str, finds: bool
) -> None:
    told = search(db, world.actor(db, "officer"), words).past_projects
    assert [one.external_id for one in told] == [project] * finds


@pytest.mark.parametrize(
    ("who", "finds"),
    [
        *((who, True) for who in ("officer", "supervisor", "compliance", "auditor", "manager")),
        *((who, False) for who in ("observer", "dispute_officer", "administrator", "provider", "foreign_officer")),
    ],
)
def test_who_may_list_them_finds_them_and_nobody_else(
    world: World, db: Connection, project: str, who: str, finds: bool
) -> None:
    told = search(db, world.actor(db, who), "boiler")
    assert [one.external_id for one in told.past_projects] == [project] * finds
    assert told.more is False


def test_an_index_serves_what_is_asked(db: Connection) -> None:
    db.execute(text("SET LOCAL enable_seqscan = off"))
    condition = f"{PROJECT_TERMS} @@ CAST('x' AS tsquery)"
    plan = db.execute(text(f"EXPLAIN SELECT FROM past_projects WHERE {condition}")).scalars()
    assert "ix_past_projects_terms" in "\n".join(plan)
