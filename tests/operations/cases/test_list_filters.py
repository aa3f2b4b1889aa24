"""What a list of cases may be filtered by, and that nobody is offered what they do not see."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.errors import InvalidForm
from casework.operations.cases.list_filters import FilterChoices, filter_choices, read_filters
from casework.operations.cases.list_queries import list_cases
from casework.records.database import transaction
from casework.records.row_security import read_as
from tests.support.way_to_referral import to_referral
from tests.support.world import World


def test_filters_offer_what_the_reader_knows(db: Connection, world: World) -> None:
    offered = filter_choices(db, world.actor(db, "officer"))
    assert {officer.name for officer in offered.owner} == {"Officer", "Other Officer"}
    assert "Haidian Assessment Lab" in {provider.name for provider in offered.provider}
    assert filter_choices(db, world.actor(db, "observer")) == FilterChoices(owner=[], provider=[], phase=[])


def test_filters_offer_the_providers_that_a_programme_asks_or_has_asked(engine: Engine, world: World) -> None:
    def offered(who: str) -> set[str]:
        with transaction(engine) as db:
            actor = world.actor(db, who)
            read_as(db, actor.person)
            return {provider.name for provider in filter_choices(db, actor).provider}

    with transaction(engine) as db:
        to_referral(world, db)
        listed = [world.organisations["bank"]]
        db.execute(text("UPDATE programmes SET providers = CAST(:listed AS uuid[])"), {"listed": listed})
    assert offered("officer") == {"Haidian Assessment Lab", "Chaoyang Green Bank"}
    assert offered("foreign_officer") == {"Chaoyang Green Bank"}


def test_a_filter_says_what_it_asks_of_dates_and_of_the_rows_apart(db: Connection, world: World) -> None:
    asked = read_filters(db, world.actor(db, "officer"), {"state": "triage", "overdue": "yes"}, 10)
    assert ":state" in asked.more
    assert "late_at" in asked.dates
    assert (asked.whole, asked.dated, asked.late) == (True, True, True)
    plain = read_filters(db, world.actor(db, "officer"), {"state": "triage"}, 10)
    assert (plain.whole, plain.dated, plain.late, plain.dates) == (False, False, False, "")


@pytest.mark.parametrize(
    ("filters", "why"),
    [({"colour": "red"}, reasons.cases.NOT_A_FILTER), ({"owner": "me"}, reasons.fields.NOT_AN_ID)],
)
def test_what_is_no_filter_or_no_id_is_refused_by_its_name(
    db: Connection, world: World, filters: dict[str, str], why: reasons.Reason
) -> None:
    with pytest.raises(InvalidForm) as refused:
        read_filters(db, world.actor(db, "officer"), filters, 10)
    assert refused.value.fields == dict.fromkeys(filters, why)


def test_cases_are_found_by_several_numbers(db: Connection, world: World) -> None:
    first, _, third = world.open_case(db), world.open_case(db, 1), world.new_case(db)
    found = list_cases(db, world.actor(db, "officer"), filters={"numbers": f"{third} {first} BJ-1"}, sort="number")
    assert [case.number for case in found.items] == sorted([first, third])
