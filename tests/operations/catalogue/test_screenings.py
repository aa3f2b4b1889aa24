"""Screenings belong to the organisation: recorded once with every owner, judged again, walled off, and relied on in its cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.engine.case_objects.organisations import SCREENED
from casework.engine.case_objects.screenings import RECORD_LIMIT
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved
from casework.operations.cases.about import show_about
from casework.operations.cases.queries import find_case
from casework.operations.catalogue.organisation_queries import read_entries, show_organisation
from casework.operations.catalogue.organisations import keep_row, read_seq
from casework.operations.catalogue.screenings import list_screenings, most_days, record_screening, usual_end
from casework.operations.core.external_facts import outside
from casework.operations.deadlines.limits import set_limit
from casework.operations.history.point_in_time import Past
from casework.operations.verification.organisation_judgement import organisation_faults
from casework.operations.verification.service import verify_case
from casework.records.event_log import read_register
from tests.support.world import World, new_request, today

SAID = {"result": "clear", "lists": "UN, EU", "evidence": "Query 7"}


def screen(
    db: Connection, world: World, party: str, by: str = "compliance", owners: dict[str, str] | None = None, **other: Any
) -> str:
    days = {"checked_on": today().isoformat(), "valid_until": (today() + timedelta(days=90)).isoformat()}
    seen = other.pop("seen", None)
    done = record_screening(
        db,
        world.actor(db, by),
        party,
        fields=SAID | days | other,
        owners=owners or {},
        request=new_request(),
        seen=seen,
    )
    return str(done.answer["id"])


def add_owner(db: Connection, world: World, party: str) -> str:
    fields = {"name": "Kiln Holding", "share": "60"}
    officer = world.actor(db, "officer")
    return str(
        keep_row(db, officer, party, "owners", None, fields=fields, source="x", request=new_request()).answer["id"]
    )


def test_it_is_told_to_count_no_longer_than_the_programme_lets_it(world: World, db: Connection) -> None:
    party, compliance = world.organisations["need_owner"], world.actor(db, "compliance")
    number = world.open_case(db, 0)
    checked = today() - timedelta(days=20)
    screen(db, world, party, checked_on=checked.isoformat())
    set_limit(
        db,
        world.actor(db, "supervisor"),
        world.programmes["BJ"],
        RECORD_LIMIT,
        n=15,
        reason="Lists change often.",
        request=new_request(),
    )
    [row] = list_screenings(db, compliance, party)
    last = (checked + timedelta(days=15)).isoformat()
    assert (row.counts_until, row.holds) == (last, False)
    assert row.valid_until == (today() + timedelta(days=90)).isoformat()
    officer = world.actor(db, "officer")
    told = show_about(db, officer, find_case(db, officer, number)[0]).screened["need_owner"]
    assert told.valid_until == last
    # What is offered for the next one ends with it as well.
    most = most_days(db, compliance, party)
    assert (most, usual_end(today(), most)) == (15, today() + timedelta(days=15))


def test_it_is_recorded_by_compliance_with_each_owner(world: World, db: Connection) -> None:
    party = world.organisations["need_owner"]
    owner = add_owner(db, world, party)
    with pytest.raises(InvalidForm, match="owners"):
        screen(db, world, party)
    screen(db, world, party, owners={owner: "clear"})
    compliance = world.actor(db, "compliance")
    [row] = list_screenings(db, compliance, party)
    assert (row.result, row.evidence, row.holds) == ("clear", "Query 7", True)
    [shown] = show_organisation(db, compliance, party).owners
    assert (shown.screened, shown.screened_on) == ("clear", today().isoformat())
    entry = read_entries(db, compliance, party)[0]
    assert (entry.kind, entry.who) == (SCREENED, "Compliance")
    assert entry.changes["organisation_screenings.lists"] == (None, "UN, EU")
    assert verify_case(db, party) == []
    assert list_screenings(db, world.actor(db, "foreign_officer"), party) == []


def test_nobody_else_records_one_and_none_on_what_was_not_seen(world: World, db: Connection) -> None:
    party = world.organisations["need_owner"]
    for who, refusal in (("officer", NotAllowed), ("auditor", NotAllowed), ("foreign_officer", NotFound)):
        with pytest.raises(refusal):
            screen(db, world, party, who)
    with pytest.raises(NotAllowed, match="administrators"):
        screen(db, world, world.organisations["bank"])
    with pytest.raises(RecordHasMoved):
        screen(db, world, party, seen=read_seq(db, party) - 1)


def test_the_newest_one_of_the_cases_programme_is_the_fact_that_guards_read(world: World, db: Connection) -> None:
    party = world.organisations["need_owner"]
    number = world.new_case(db)

    def fact() -> Any:
        found: Any = outside(db, find_case(db, world.actor(db, "officer"), number)[0], ("screenings",))
        return found["screenings"].get("need_owner")

    assert fact() is None
    screen(db, world, party, checked_on=(today() - timedelta(days=10)).isoformat(), valid_until=today().isoformat())
    newest = screen(db, world, party, result="hit", finding="A namesake.")
    assert (fact()["id"], fact()["result"], fact()["owners_free"]) == (newest, "hit", True)
    owner = add_owner(db, world, party)
    assert fact()["owners_free"] is False
    screen(db, world, party, owners={owner: "clear"})
    assert (fact()["result"], fact()["owners_free"]) == ("clear", True)


def test_what_could_not_have_been_recorded_so_is_found(world: World, db: Connection) -> None:
    party = world.organisations["need_owner"]
    owner = add_owner(db, world, party)
    screen(db, world, party, owners={owner: "clear"})
    events = list(read_register(db, party))
    last = events[-1]

    def faults(**other: Any) -> list[str]:
        return [
            why for seq, why in organisation_faults(Past(db), [*events[:-1], replace(last, **other)]) if seq == last.seq
        ]

    assert faults() == []
    assert faults(role="officer") == ["it is done by compliance, not by officer"]
    body: Any = {name: told for name, told in last.body.items() if not name.startswith("organisation_owners")}
    assert faults(body=body) == [f"it leaves out the owner {owner}"]
    [key] = [name for name in last.body if name.startswith("organisation_screenings")]
    late = (today() + timedelta(days=2)).isoformat()
    told: Any = last.body[key]
    assert faults(body={**last.body, key: {**told, "checked_on": late}}) == [
        "the lists were looked through on a day that was to come"
    ]
    db.execute(
        text("UPDATE organisation_screenings SET result = 'hit' WHERE organisation_id = CAST(:id AS uuid)"),
        {"id": party},
    )
    assert "organisation_screenings.result" in " ".join(finding.sentence for finding in verify_case(db, party))
