"""Who the parties of a case are: by its records as they stand, by the case where they say nobody, and whoever was one by a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from casework.errors import Refused
from casework.operations.catalogue.kept_records import set_owner
from casework.operations.catalogue.organisation_merging import merge_organisations
from casework.operations.catalogue.organisation_queries import cases_of
from casework.operations.core.case_parties import BY_THEN, GIVEN, OF_CASE
from casework.operations.core.perform import home_of
from casework.operations.people.registry import register_organisation
from casework.records.case_loader import load
from casework.records.event_log import now
from tests.support.way_to_referral import to_interest
from tests.support.world import World, new_request


def test_the_owner_on_record_is_the_party_and_else_whoever_it_was_opened_with(world: World, db: Connection) -> None:
    number = to_interest(world, db)
    case = load(db, home_of(db, number), "case")
    given = {"log": case.log, "need": case.need, "technology": case.technology, **case.parties}

    def parties() -> dict[str, str]:
        of_case = text(f"SELECT p.party, p.id::text AS id FROM cases c CROSS JOIN LATERAL {OF_CASE} WHERE c.id = :log")
        as_given = text(f"SELECT p.party, p.id::text AS id FROM {GIVEN}")
        found = {row.party: row.id for row in db.execute(of_case, given)}
        assert found == {row.party: row.id for row in db.execute(as_given, given)}
        return found

    assert parties() == case.parties
    other = str(register_organisation(db, name="Whoever it is", country="CN", programme=case.programme))
    officer, reason = world.actor(db, "officer"), "The contract names it."
    set_owner(db, officer, "need", str(case.need), organisation=other, reason=reason, request=new_request())
    assert parties() == {**case.parties, "need_owner": other}
    by_then = {"party": case.parties["need_owner"], "record": case.need, "at": now(db)}
    assert set(db.execute(text(BY_THEN), by_then).scalars().all()) >= {case.parties["need_owner"], other}
    before = by_then | {"at": now(db) - timedelta(days=1)}
    assert [str(id) for id in db.execute(text(BY_THEN), before).scalars()] == [case.parties["need_owner"]]
    db.execute(text("UPDATE needs SET owner_id = NULL WHERE id = :need"), given)
    assert parties() == case.parties


def test_a_page_lists_the_cases_of_a_former_and_of_a_new_owner_and_no_case_gets_one_party_by_merging(
    world: World, db: Connection
) -> None:
    number = to_interest(world, db)
    case, officer = load(db, home_of(db, number), "case"), world.actor(db, "officer")
    other = str(register_organisation(db, name="Whoever it is", country="CN", programme=case.programme))
    assert cases_of(db, officer, other) == []
    reason = "The contract names it."
    set_owner(db, officer, "need", str(case.need), organisation=other, reason=reason, request=new_request())
    for organisation in (other, *case.parties.values()):
        assert [one.number for one in cases_of(db, officer, str(organisation))] == [number]
    into, sure = str(case.parties["technology_owner"]), replace(new_request(), sure=True)
    with pytest.raises(Refused, match=number):
        merge_organisations(db, officer, other, into=into, reason="One number.", request=sure)
