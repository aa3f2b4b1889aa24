"""What was examined and found: of which cases, of which an auditor may say nothing, and what speaks against them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Connection

from casework import reasons
from casework.errors import InvalidForm, NotAllowed
from casework.operations.audit.findings import raise_finding
from casework.operations.verification.examined import MOST_CASES, Found, Scope, examine
from tests.support.world import World, new_request

FIRST, LAST = date(2026, 1, 1), date(2099, 12, 31)


def found(world: World, db: Connection, *cases: str, by: str = "auditor", until: date = LAST) -> Found:
    return examine(db, world.actor(db, by), world.programmes["BJ"], Scope(since=FIRST, until=until, cases=cases))


def test_of_all_cases_those_that_had_been_opened_by_the_end_of_the_last_day_count(world: World, db: Connection) -> None:
    world.new_case(db)
    assert found(world, db).cases["count"] == 1
    assert found(world, db, until=FIRST).cases["count"] == 0


def test_an_empty_programme_is_examined_in_no_time(world: World, db: Connection) -> None:
    told = found(world, db)
    assert told.is_clean
    assert told.verification["states"] == {"wrong": 0, "changed": 0, "unread": 0, "whole": 0}


def test_findings_about_other_cases_than_those_named_do_not_count(world: World, db: Connection) -> None:
    one, other = world.new_case(db), world.new_case(db)
    raise_finding(db, world.actor(db, "auditor"), one, event=1, words="Why?", request=new_request())
    assert not found(world, db, one).is_clean
    assert found(world, db, other).is_clean


def test_whoever_saw_a_draft_before_a_finding_was_raised_has_not_seen_it(world: World, db: Connection) -> None:
    number = world.new_case(db)
    before = found(world, db).seen
    assert found(world, db).seen == before
    raise_finding(db, world.actor(db, "auditor"), number, event=1, words="Why?", request=new_request())
    assert found(world, db).seen != before


def test_a_case_that_is_none_of_the_programme_is_no_case(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm) as refused:
        found(world, db, "SH-2026-0001")
    assert refused.value.fields == {"cases": reasons.attestations.NO_CASE(number="SH-2026-0001")}


def test_the_last_day_does_not_come_before_the_first(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm):
        found(world, db, until=date(2025, 1, 1))


def test_no_more_are_named_than_somebody_can_look_at(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm):
        found(world, db, *(f"BJ-2026-{n:04}" for n in range(MOST_CASES + 1)))


def test_who_worked_on_a_case_does_not_attest_what_was_done_there(world: World, db: Connection) -> None:
    number = world.new_case(db)
    with pytest.raises(NotAllowed):
        found(world, db, number, by="officer")
