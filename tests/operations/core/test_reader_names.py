"""Names and titles in Chinese for who reads Chinese, while a page is read, and nowhere else."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.operations.cases.list_queries import list_cases
from casework.operations.core.perform import home_of
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import case_titles, names_in_chinese, title_of
from casework.operations.tasks.my_work import list_work
from casework.records.case_loader import load
from tests.support.world import World

NAMED, TITLED = "陈经办", "不用煤的蒸汽"


@pytest.fixture
def number(db: Connection, world: World) -> str:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    db.execute(
        text("UPDATE people SET name_zh = :name WHERE id = CAST(:id AS uuid)"), {"name": NAMED, "id": officer(world)}
    )
    db.execute(text("UPDATE needs SET title_zh = :title"), {"title": TITLED})
    return number


def officer(world: World) -> str:
    return world.people["officer"]


def test_a_name_is_chinese_within_the_block_alone(db: Connection, world: World, number: str) -> None:
    registered = names_of(db, {officer(world)})[officer(world)]
    with names_in_chinese(db, False):
        assert names_of(db, {officer(world)}) == {officer(world): registered}
    with names_in_chinese(db, True):
        assert names_of(db, {officer(world)}) == {officer(world): NAMED}
    db.rollback()
    assert not [key for key in db.info if "chinese" in str(key)]


def test_who_has_no_chinese_name_keeps_the_registered_one(db: Connection, world: World, number: str) -> None:
    supervisor = world.people["supervisor"]
    db.execute(text("UPDATE people SET name_zh = '' WHERE id = CAST(:id AS uuid)"), {"id": supervisor})
    before = names_of(db, {supervisor})
    with names_in_chinese(db, True):
        assert names_of(db, {supervisor}) == before


def test_lists_name_owner_and_case(db: Connection, world: World, number: str) -> None:
    reader = world.actor(db, "officer")
    before = list_cases(db, reader).items[0]
    with names_in_chinese(db, True):
        listed = list_cases(db, reader).items[0]
        work = list_work(db, reader).items
    assert before.title != TITLED
    assert listed.title == TITLED
    assert {one.case.title for one in work if one.case} == {TITLED}


def test_a_title_that_somebody_gave_the_case_wins(db: Connection, world: World, number: str) -> None:
    case = load(db, home_of(db, number), "case")
    assert title_of(db, case) == case.title != TITLED
    with names_in_chinese(db, True):
        assert case_titles(db, [case]) == {case.log: TITLED}
        db.execute(text("UPDATE cases SET title = 'Another title'"))
        assert title_of(db, case) == "Another title"
