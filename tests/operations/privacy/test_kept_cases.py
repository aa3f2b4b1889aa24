"""For how long a closed case is kept, as whoever sees it whole is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from casework.engine.retention import SHIPPED, removal_date
from casework.operations.core.perform import calendar_of, home_of
from casework.operations.privacy.kept_cases import CaseRetention, facts_of, read_classes, show_kept
from casework.records.case_loader import load
from tests.operations.people.test_programme_retention import set_to
from tests.support.followed import closed_case
from tests.support.world import World

FINANCING, OTHER = SHIPPED


def kept(db: Connection, world: World, number: str, by: str = "officer") -> CaseRetention | None:
    case = load(db, home_of(db, number), "case")
    return show_kept(db, world.actor(db, by), case, calendar_of(db, case.programme))


def test_an_open_case_has_no_class_yet(world: World, db: Connection) -> None:
    assert kept(db, world, world.new_case(db)) is None


def test_a_closed_case_is_kept_for_good_unless_the_programme_says_otherwise(world: World, db: Connection) -> None:
    number = closed_case(world, db)[0]
    told = kept(db, world, number)
    assert told is not None
    assert (told.code, told.years, told.due) == ("other", None, None)
    set_to(db, world, FINANCING, replace(OTHER, years=3))
    told = kept(db, world, number, "auditor")
    case = load(db, home_of(db, number), "case")
    assert told is not None
    assert case.closed_at is not None
    assert told.due == removal_date(case.closed_at, 3, calendar_of(db, case.programme)).isoformat()


def test_the_outcome_decides_where_a_class_names_it(world: World, db: Connection) -> None:
    number = closed_case(world, db)[0]
    facts = facts_of(load(db, home_of(db, number), "case"))
    assert facts.outcome is not None
    ended = replace(
        OTHER, code="ended", name="Ended so", name_zh="如此结束", years=2, outcomes=frozenset({facts.outcome})
    )
    set_to(db, world, FINANCING, OTHER, ended)
    told = kept(db, world, number)
    assert told is not None
    assert (told.code, told.name.name, told.name.name_zh, told.years) == ("ended", "Ended so", "如此结束", 2)
    assert read_classes(db, world.programmes["BJ"])[0].code == "ended"


@pytest.mark.parametrize("name", ["observer", "provider", "foreign_officer", "administrator"])
def test_whoever_does_not_see_all_of_it_is_told_nothing(world: World, db: Connection, name: str) -> None:
    assert kept(db, world, closed_case(world, db)[0], name) is None
