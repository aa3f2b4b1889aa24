"""What came of a record: its cases as they stand, what they save at the highest level that is known, and nothing for who reads no case."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.operations.catalogue.outcomes import CaseOutcome, outcomes_of, saved_by
from casework.operations.core.programme_lists import read_lists
from casework.operations.core.record_log import Kept
from tests.support.world import World
from tests.workflows.test_impact_guards import record

#: Ends a case as its folding would, with an effect that was verified.
DEPLOY = (
    "UPDATE cases SET outcome = 'deployed_verified', closed_at = casework_now() WHERE number = :number",
    "INSERT INTO impacts (id, log_id, seq, recorded_at, measure, indicator, unit, level, value, from_on, to_on, evidence, position)"
    " SELECT CAST(:baseline AS uuid), id, 1, casework_now(), 'energy/MWh', 'energy', 'MWh', 'baseline', '100', '2026-01-01',"
    " '2026-01-31', '{}', 1 FROM cases WHERE number = :number",
    "INSERT INTO impacts (id, log_id, seq, recorded_at, measure, indicator, unit, level, value, from_on, to_on, evidence, position,"
    " baseline_id) SELECT gen_random_uuid(), id, 2, casework_now(), 'energy/MWh', 'energy', 'MWh', 'verified', '69', '2026-03-01',"
    " '2026-03-31', '{}', 2, CAST(:baseline AS uuid) FROM cases WHERE number = :number",
)


def deploy(db: Connection, number: str) -> None:
    given = {"number": number, "baseline": "00000000-0000-7000-8000-00000000ba5e"}
    for statement in DEPLOY:
        db.execute(text(statement), given)


def came(world: World, db: Connection, noun: Kept, id: str, by: str = "officer") -> list[CaseOutcome]:
    return outcomes_of(db, world.actor(db, by), noun, id, read_lists(db, world.programmes["BJ"]))


@pytest.mark.parametrize("noun", ["need", "technology"])
def test_a_record_tells_what_its_cases_came_to(world: World, db: Connection, noun: Kept) -> None:
    id = (world.needs if noun == "need" else world.technologies)[0]
    assert came(world, db, noun, id) == []
    number = world.open_case(db)
    (one,) = came(world, db, noun, id)
    assert (one.number, one.closed_at, one.saved, one.year) == (number, None, [], None)
    assert one.other == (world.technologies if noun == "need" else world.needs)[0]
    deploy(db, number)
    (one,) = came(world, db, noun, id, "auditor")
    (saved,) = one.saved
    assert (one.outcome, one.closed_at is not None, one.year) == ("deployed_verified", True, 2026)
    assert (saved.called, saved.level, saved.percent) == ("Energy used (MWh)", "verified", "31.0")


def test_who_reads_no_case_is_told_of_none(world: World, db: Connection) -> None:
    world.open_case(db)
    for person in ("foreign_officer", "observer", "provider", "administrator"):
        assert came(world, db, "need", world.needs[0], person) == []


def test_levels_are_never_added_and_the_highest_counts() -> None:
    records = (
        record("baseline", value="100"),
        record("claimed", 4, "c", value="10", baseline="baseline", from_on="2026-02-01", to_on="2026-03-03"),
        record("measured", 5, "m", value="80", baseline="baseline", from_on="2026-03-04", to_on="2026-04-03"),
        record("measured", 6, "n", value="120", baseline="baseline", from_on="2026-04-04", to_on="2026-05-04"),
    )
    (saved,) = saved_by(records, {})
    assert (saved.level, saved.percent) == ("measured", "0.0")
    assert list(saved_by(records[:1], {})) == []
