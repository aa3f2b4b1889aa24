"""Auditors see how far each case of their programmes is verified, and nobody else does."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import NotFound
from casework.operations.core.perform import home_of
from casework.operations.verification.nightly import verify_night
from casework.operations.verification.verified_cases import count_verified, last_night, list_verified
from casework.records.database import transaction
from tests.support.world import World

NONE = {"wrong": 0, "changed": 0, "unread": 0, "whole": 0}


def _states(db: Connection, world: World, state: str | None = None) -> dict[str, str]:
    return {one.number: one.state for one in list_verified(db, world.actor(db, "auditor"), state=state).items}


def test_a_case_is_unread_then_whole_then_changed_or_wrong(
    world: World, engine: Engine, superuser_engine: Engine
) -> None:
    with transaction(engine) as db:
        numbers = [world.new_case(db) for _ in range(3)]
        logs = [home_of(db, number) for number in numbers]
        auditor = world.actor(db, "auditor")
        assert last_night(db, auditor) is None
        assert count_verified(db, auditor) == NONE | {"unread": 3}
        assert _states(db, world) == dict.fromkeys(numbers, "unread")
    verify_night(engine)
    with transaction(engine) as db:
        assert count_verified(db, world.actor(db, "auditor")) == NONE | {"whole": 3}
        night = last_night(db, world.actor(db, "auditor"))
        assert night is not None
        assert night.whole
        world.fire(db, "officer", numbers[1], "take")
    with superuser_engine.begin() as db:
        fault = '[{"kind": "head", "sentence": "No.", "seq": 1, "table": null, "row": null, "column": null}]'
        db.execute(
            text("UPDATE verifications SET faults = CAST(:fault AS jsonb) WHERE log_id = CAST(:log AS uuid)"),
            {"log": logs[2], "fault": fault},
        )
    with transaction(engine) as db:
        assert _states(db, world) == dict(zip(numbers, ("whole", "changed", "wrong"), strict=True))
        assert count_verified(db, world.actor(db, "auditor")) == NONE | {"whole": 1, "changed": 1, "wrong": 1}
        for number, state in zip(numbers, ("whole", "changed", "wrong"), strict=True):
            assert _states(db, world, state) == {number: state}
        (wrong,) = list_verified(db, world.actor(db, "auditor"), state="wrong").items
        assert [fault.sentence for fault in wrong.faults] == ["No."]
        (changed,) = list_verified(db, world.actor(db, "auditor"), state="changed").items
        assert changed.verified_to is not None
        assert changed.verified_to < changed.entries


def test_pages_go_on_where_the_last_one_ended(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        numbers = {world.new_case(db) for _ in range(3)}
        auditor = world.actor(db, "auditor")
        first = list_verified(db, auditor, limit=2)
        second = list_verified(db, auditor, limit=2, cursor=first.next)
        assert {one.number for one in (*first.items, *second.items)} == numbers
        assert second.next is None


@pytest.mark.parametrize("who", ["officer", "supervisor", "provider", "administrator", "dispute_officer"])
def test_whoever_does_not_audit_is_told_nothing(who: str, world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        world.new_case(db)
        for ask in (list_verified, count_verified, last_night):
            with pytest.raises(NotFound):
                ask(db, world.actor(db, who))


def test_a_case_in_which_the_auditor_has_an_interest_is_not_listed(
    world: World, engine: Engine, superuser_engine: Engine
) -> None:
    with transaction(engine) as db:
        world.new_case(db)
    with superuser_engine.begin() as db:
        db.execute(text("UPDATE cases SET interests = ARRAY[:person]"), {"person": world.people["auditor"]})
    with transaction(engine) as db:
        assert _states(db, world) == {}
        assert count_verified(db, world.actor(db, "auditor")) == NONE


def test_there_is_no_other_state(world: World, engine: Engine) -> None:
    with transaction(engine) as db, pytest.raises(NotFound):
        list_verified(db, world.actor(db, "auditor"), state="odd")
