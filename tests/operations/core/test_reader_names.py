"""Names and titles in Chinese for who reads Chinese, while a page is read, and nowhere else."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.operations.cases.list_queries import list_cases
from casework.operations.cases.queries import show_case
from casework.operations.core.perform import home_of
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import case_titles, names_in_chinese, title_of
from casework.operations.mediations.service import find_mediation, mediation_outline, open_mediation
from casework.operations.search.service import search
from casework.operations.tasks.my_work import list_work
from casework.records.case_loader import load
from tests.support.world import World, new_request

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
    assert title_of(db, world.actor(db, "officer"), case) == case.title != TITLED
    with names_in_chinese(db, True):
        assert case_titles(db, world.actor(db, "officer"), [case]) == {case.log: TITLED}
        db.execute(text("UPDATE cases SET title = 'Another title'"))
        assert title_of(db, world.actor(db, "officer"), case) == "Another title"


@pytest.mark.parametrize("closed", ["publication = 'closed'", "status = 'draft'", "merged_into = :other"])
def test_a_case_of_a_closed_need_goes_by_its_number_for_who_sees_its_outline_alone(
    db: Connection, world: World, number: str, closed: str
) -> None:
    world.new_match(db)
    other, need = world.needs[-1], world.needs[-2]
    db.execute(text("UPDATE needs SET publication = 'closed' WHERE id = CAST(:id AS uuid)"), {"id": other})
    told = {who: _told(world, db, who, number) for who in ("observer", "dispute_officer")}
    db.execute(text(f"UPDATE needs SET {closed} WHERE id = CAST(:id AS uuid)"), {"id": need, "other": other})
    by_number = f"Case {number}"
    assert _told(world, db, "observer", number) == ({by_number}, [])
    assert _told(world, db, "dispute_officer", number) == ({by_number}, [])
    assert {who: len(found) for who, (_, found) in told.items()} == {"observer": 2, "dispute_officer": 0}
    assert all(by_number not in titles for titles, _ in told.values())
    whole, found = _told(world, db, "officer", number)
    assert by_number not in whole
    assert set(found) == {number}
    with names_in_chinese(db, True):
        (title,) = {one.title for one in list_cases(db, world.actor(db, "observer"), filters={"number": number}).items}
    assert (title or "").endswith(number)
    assert title != by_number


def test_who_mediates_between_its_parties_is_told_what_the_case_is_called(
    db: Connection, world: World, number: str
) -> None:
    db.execute(text("UPDATE needs SET publication = 'closed'"))
    leader = world.actor(db, "dispute_officer")
    opened = open_mediation(db, leader, number, new_request()).answer["id"]
    assert find_mediation(db, leader, str(opened)).title == world.read_case(db, number).title


def _told(world: World, db: Connection, who: str, number: str) -> tuple[set[str | None], list[str | None]]:
    """What the case is called to somebody, wherever it is told; and how it is found by the words of its need."""
    actor = world.actor(db, who)
    if who == "dispute_officer":
        return {mediation_outline(db, actor, number).title}, _found(world, db, who)
    listed = list_cases(db, actor, filters={"number": number}).items
    titles = {show_case(db, actor, number).title, *(one.title for one in listed)}
    return titles | {one.title for one in search(db, actor, number).cases}, _found(world, db, who)


def _found(world: World, db: Connection, who: str) -> list[str | None]:
    actor = world.actor(db, who)
    found: list[str | None] = [one.number for one in search(db, actor, "steam coal").cases]
    return found + [one.number for one in list_cases(db, actor, filters={"words": "steam without"}).items]
