"""The same action on several cases, with a result for each."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm
from casework.operations.tasks.bulk_cases import do_to_cases, show_chosen_cases
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

HOLD = {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "The budget is decided"}


def states(db: Connection) -> dict[str, str]:
    return {row.number: row.state for row in db.execute(text("SELECT number, state FROM cases"))}


def hold(
    db: Connection, world: World, numbers: list[str], *, by: str = "officer", request: Any = None, **more: Any
) -> dict[str, Any]:
    done = do_to_cases(
        db, world.actor(db, by), numbers, "hold", more.pop("data", HOLD), request=request or new_request(), **more
    )
    return dict(done.answer)


def test_each_case_has_its_own_result_and_what_refuses_one_keeps_no_other_back(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        first, second = to_referral(world, db)[0], to_referral(world, db)[0]
        fresh = world.new_case(db, "supervisor")
        told = hold(db, world, [first, fresh, second, "BJ-1999-0001"])
    assert [(one["case"], one["done"]) for one in told["items"]] == [
        (first, True),
        (fresh, False),
        (second, True),
        ("BJ-1999-0001", False),
    ]
    assert told["done"] == 2
    with transaction(engine) as db:
        assert states(db) == {first: "on_hold", second: "on_hold", fresh: "proposed"}
    assert list(verify_all(engine)) == []


def test_a_try_leaves_nothing_behind(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        number = to_referral(world, db)[0]
        before = states(db)
        assert hold(db, world, [number], dry_run=True)["done"] == 1
        assert states(db) == before


def test_a_wrong_form_does_nothing_to_any(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        numbers = [to_referral(world, db)[0] for _ in range(2)]
    with pytest.raises(InvalidForm), transaction(engine) as db:
        hold(db, world, numbers, data={"reason": "budget"})
    with transaction(engine) as db:
        assert "on_hold" not in states(db).values()


def test_the_same_request_is_done_once(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        number, request = to_referral(world, db)[0], new_request()
        assert hold(db, world, [number], request=request) == hold(db, world, [number], request=request)
        held = db.execute(text("SELECT count(*) FROM events WHERE kind = 'fired' AND effects->>'transition' = 'hold'"))
        assert held.scalar_one() == 1


def test_only_what_is_possible_is_offered(world: World, db: Connection) -> None:
    number, fresh = to_referral(world, db)[0], world.new_case(db, "supervisor")
    shown = show_chosen_cases(db, world.actor(db, "officer"), [number, fresh])
    assert [one.may for one in shown.items] == [["hold"], []]
    assert shown.may == {"hold": 1}
    assert show_chosen_cases(db, world.actor(db, "supervisor"), [number]).may == {"hold": 0}


@pytest.mark.parametrize("name", ["observer", "provider", "foreign_officer"])
def test_who_does_not_read_a_case_whole_is_told_nothing_of_it(world: World, db: Connection, name: str) -> None:
    number = to_referral(world, db)[0]
    assert show_chosen_cases(db, world.actor(db, name), [number]).items == []
    (told,) = hold(db, world, [number], by=name)["items"]
    assert (told["done"], told["why"]) == (False, "There is no such case, or you may not see it.")
