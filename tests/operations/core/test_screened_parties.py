"""What is answered in the screening task of a case stands on the record of the organisation, and holds for all its cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.errors import Refused
from casework.operations.cases.answer_names import names_in_answers
from casework.operations.catalogue.organisation_queries import read_entries, show_organisation
from casework.operations.catalogue.screenings import list_screenings
from casework.operations.core.perform import home_of
from casework.operations.tasks.queries import show_task
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from tests.operations.catalogue.test_screenings import add_owner
from tests.support.way_to_referral import complete, to_interest
from tests.support.world import World, today


def answer(world: World, db: Connection, number: str, about: str = "need_owner", **other: Any) -> None:
    data = {
        "result": "clear",
        "checked_on": today().isoformat(),
        "holds_until": (today() + timedelta(days=90)).isoformat(),
        "list_versions": "UN, EU",
        "extract": "Query 7",
    }
    complete(world, db, "compliance", number, "screening", data=data | other, about=about)


def open_for(db: Connection, number: str) -> set[str | None]:
    case = load(db, home_of(db, number), "case")
    return {task.about for task in case.open_tasks() if task.name == "screening"}


def test_one_answer_serves_two_cases_of_one_organisation(world: World, db: Connection) -> None:
    party = world.organisations["need_owner"]
    first = to_interest(world, db)
    assert open_for(db, first) == {"need_owner", "technology_owner"}
    answer(world, db, first)
    compliance = world.actor(db, "compliance")
    [row] = list_screenings(db, compliance, party)
    assert (row.result, row.lists, row.evidence, row.holds) == ("clear", "UN, EU", "Query 7", True)
    entry = read_entries(db, compliance, party)[0]
    assert (entry.kind, entry.who, entry.case) == ("screened", "Compliance", first)
    second = to_interest(world, db)
    assert open_for(db, second) == {"technology_owner"}
    for log in (party, home_of(db, first), home_of(db, second)):
        assert verify_case(db, log) == []


def test_each_owner_on_record_is_answered_by_name(world: World, db: Connection) -> None:
    party = world.organisations["need_owner"]
    owner = add_owner(db, world, party)
    number = to_interest(world, db)
    case = load(db, home_of(db, number), "case")
    # A program reads whom it must answer for, and the history calls the owner by name.
    compliance, asked = world.actor(db, "compliance"), {}
    for task in case.open_tasks():
        asked[task.about] = [one.id for one in show_task(db, compliance, task.id).owners]
    assert asked["need_owner"] == [owner]
    assert asked["technology_owner"] == []
    assert names_in_answers(db, case, [owner])[owner]
    for wrong in ([], [{"owner": world.rights[0], "result": "clear"}]):
        with pytest.raises(Refused, match="each owner above 25 per cent"):
            answer(world, db, number, owners=wrong)
    with pytest.raises(Refused, match="record a hit"):
        answer(world, db, number, owners=[{"owner": owner, "result": "hit"}])
    answer(world, db, number, result="hit", finding="A namesake.", owners=[{"owner": owner, "result": "hit"}])
    [shown] = show_organisation(db, world.actor(db, "compliance"), party).owners
    assert (shown.screened, shown.screened_on) == ("hit", today().isoformat())
    assert verify_case(db, party) == []
    told: Any = db.execute(
        text("SELECT effects->'screened' FROM events WHERE log_id = CAST(:log AS uuid) AND effects ? 'screened'"),
        {"log": home_of(db, number)},
    ).scalar_one()
    # Nobody's name stands where nothing is ever taken out.
    assert (told["owners"], told["result"]) == ({owner: "hit"}, "hit")
    assert "Kiln" not in str(told)
