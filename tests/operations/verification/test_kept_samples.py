"""Samples that auditors keep: drawn again by the log alone, looked at case by case, and named by an attestation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from casework import reasons
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.operations.audit.findings import raise_finding
from casework.operations.cases.case_actions import declare_interest
from casework.operations.verification.examined import Scope, examine
from casework.operations.verification.kept_samples import (
    FOUND,
    IN_ORDER,
    Result,
    in_drawn_order,
    keep_sample,
    list_samples,
    look_at,
    read_kept,
    show_sample,
)
from casework.operations.verification.service import verify_case
from casework.records.event_log import now
from tests.support.world import World, new_request


@pytest.fixture
def numbers(world: World, db: Connection) -> list[str]:
    """Five cases of one programme."""
    return sorted(world.new_case(db) for _ in range(5))


def keep(world: World, db: Connection, by: str = "auditor", as_of: datetime | None = None, **more: Any) -> int:
    given: dict[str, Any] = {"seed": "spring", "size": 3} | more
    done = keep_sample(
        db, world.actor(db, by), world.programmes["BJ"], as_of=as_of or now(db), request=new_request(), **given
    )
    return int(str(done.answer["number"]))


def look(world: World, db: Connection, case: str, result: str = IN_ORDER, finding: str | None = None) -> None:
    said = Result(case=case, result=result, finding=finding)
    look_at(db, world.actor(db, "auditor"), world.programmes["BJ"], 1, look=said, request=new_request())


def raised(world: World, db: Connection, number: str) -> str:
    done = raise_finding(db, world.actor(db, "auditor"), number, event=1, words="Why?", request=new_request())
    return str(done.answer["id"])


def test_the_log_alone_draws_the_same_cases_again(world: World, db: Connection, numbers: list[str]) -> None:
    keep(world, db)
    world.new_case(db)
    one = read_kept(db, world.programmes["BJ"])[1]
    assert one.seed is not None
    assert [*one.cases] == in_drawn_order(one.seed, numbers)[:3]
    assert one.population == 5


def test_the_same_again_is_the_one_that_is_kept(world: World, db: Connection, numbers: list[str]) -> None:
    moment = now(db)
    assert [keep(world, db, as_of=moment), keep(world, db, as_of=moment), keep(world, db, seed="autumn")] == [1, 1, 2]


def test_without_a_case_there_is_nothing_to_keep(world: World, db: Connection) -> None:
    with pytest.raises(Refused) as refused:
        keep(world, db)
    assert refused.value.reasons == [reasons.audit.NOTHING_DRAWN]


@pytest.mark.parametrize("given", [{"seed": " "}, {"size": 0}, {"size": 51}])
def test_a_sample_has_a_seed_and_a_size(
    world: World, db: Connection, numbers: list[str], given: dict[str, Any]
) -> None:
    with pytest.raises(InvalidForm):
        keep(world, db, **given)


@pytest.mark.parametrize("by", ["supervisor", "manager", "officer", "provider"])
def test_for_nobody_but_auditors_there_are_any(world: World, db: Connection, numbers: list[str], by: str) -> None:
    keep(world, db)
    actor, programme = world.actor(db, by), world.programmes["BJ"]
    with pytest.raises(NotFound):
        keep(world, db, by)
    with pytest.raises(NotFound):
        list_samples(db, actor, programme)
    with pytest.raises(NotFound):
        show_sample(db, actor, programme, 1)


def test_it_is_told_who_looked_and_what_came_of_it(world: World, db: Connection, numbers: list[str]) -> None:
    keep(world, db)
    first, second, _ = read_kept(db, world.programmes["BJ"])[1].cases
    look(world, db, first)
    finding = raised(world, db, second)
    look(world, db, second, FOUND, finding)
    shown = show_sample(db, world.actor(db, "auditor"), world.programmes["BJ"], 1)
    assert (shown.in_order, shown.with_finding) == (1, 1)
    assert [(one.result, one.finding) for one in shown.cases] == [(IN_ORDER, None), (FOUND, finding), (None, None)]
    assert shown.cases[0].looked_by is not None
    assert [(one.id, one.number) for one in shown.findings] == [(finding, second)]


def test_the_last_word_on_a_case_counts(world: World, db: Connection, numbers: list[str]) -> None:
    keep(world, db)
    case = read_kept(db, world.programmes["BJ"])[1].cases[0]
    look(world, db, case, FOUND, raised(world, db, case))
    look(world, db, case)
    (row,) = list_samples(db, world.actor(db, "auditor"), world.programmes["BJ"]).items
    assert (row.in_order, row.with_finding) == (1, 0)


def test_a_finding_is_about_the_case(world: World, db: Connection, numbers: list[str]) -> None:
    keep(world, db)
    first, second, _ = read_kept(db, world.programmes["BJ"])[1].cases
    for result, finding in ((FOUND, None), (FOUND, raised(world, db, second)), (IN_ORDER, raised(world, db, first))):
        with pytest.raises(InvalidForm) as refused:
            look(world, db, first, result, finding)
        assert refused.value.fields == {"finding": reasons.audit.NAME_THE_FINDING}


def test_a_case_that_was_not_drawn_is_none_of_it(world: World, db: Connection, numbers: list[str]) -> None:
    keep(world, db)
    (left, *_) = set(numbers) - {*read_kept(db, world.programmes["BJ"])[1].cases}
    with pytest.raises(NotFound):
        look(world, db, left)


def test_who_worked_on_a_case_does_not_judge_it(world: World, db: Connection, numbers: list[str]) -> None:
    keep(world, db)
    case = read_kept(db, world.programmes["BJ"])[1].cases[0]
    declare_interest(db, world.actor(db, "auditor"), case, nature="Family.", request=new_request())
    with pytest.raises((NotAllowed, NotFound)):
        look(world, db, case)
    assert case not in [
        one.number for one in show_sample(db, world.actor(db, "auditor"), world.programmes["BJ"], 1).cases
    ]


def test_an_attestation_names_it_with_how_far_it_was_looked_at(
    world: World, db: Connection, numbers: list[str]
) -> None:
    keep(world, db)
    cases = read_kept(db, world.programmes["BJ"])[1].cases
    look(world, db, cases[0])
    scope = Scope(since=date(2026, 1, 1), until=date(2099, 1, 1), sample=1)
    found = examine(db, world.actor(db, "auditor"), world.programmes["BJ"], scope)
    assert found.cases["numbers"] == [*cases]
    assert (found.cases["sample"]["seed"], found.cases["sample"]["in_order"]) == ("spring", 1)


def test_an_attestation_names_no_sample_that_is_not_kept(world: World, db: Connection, numbers: list[str]) -> None:
    scope = Scope(since=date(2026, 1, 1), until=date(2099, 1, 1), sample=7)
    with pytest.raises(InvalidForm):
        examine(db, world.actor(db, "auditor"), world.programmes["BJ"], scope)


def test_what_was_kept_and_looked_at_verifies(world: World, db: Connection, numbers: list[str]) -> None:
    keep(world, db)
    look(world, db, read_kept(db, world.programmes["BJ"])[1].cases[0])
    assert [fault for fault in verify_case(db, world.programmes["BJ"]) if fault.kind == "allowed"] == []
