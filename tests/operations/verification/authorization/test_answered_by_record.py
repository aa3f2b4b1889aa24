"""A task that ended by itself was answered by the record of the party's organisation, or it is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from casework.engine.state.projection import evolve
from casework.operations.core.perform import home_of
from casework.operations.history.point_in_time import Past
from casework.operations.verification.authorization.answered_by_record import judge_answered
from casework.operations.verification.authorization.evidence import Evidence
from casework.records.event_log import read_events
from tests.operations.catalogue.test_screenings import screen
from tests.support.way_to_referral import to_interest
from tests.support.world import World


def test_it_is_held_against_the_record(world: World, db: Connection) -> None:
    number = to_interest(world, db)
    other = screen(db, world, world.organisations["technology_owner"])
    screen(db, world, world.organisations["need_owner"])
    *before, last = read_events(db, home_of(db, number))
    case = None
    for event in before:
        case = evolve(case, event)
    assert case is not None
    past = Past(db)
    evidence = Evidence(past.library, past)

    def faults(**more: Any) -> list[str]:
        effects: Any = {**last.effects, **more}
        return list(judge_answered(evidence, case, replace(last, effects=effects)))

    told: Any = last.effects["facts"]["screenings"]["need_owner"]

    def of(**more: Any) -> dict[str, Any]:
        return {"facts": {"screenings": {"need_owner": {**told, **more}}}}

    assert faults() == []
    assert faults(task=case.step_tasks(case.main.id)[0].id) == ["no record answers this task"]
    assert faults(facts={}) == ["the record did not answer it"]
    assert faults(**of(result="hit")) == ["the record did not answer it"]
    assert faults(**of(owners_free=False)) == ["the record did not answer it"]
    assert faults(**of(valid_until="2020-01-01")) == ["the record did not answer it"]
    nowhere = ["there was no such screening on the record of the party's organisation"]
    assert faults(**of(id=world.rights[0])) == nowhere
    assert faults(**of(id=other)) == nowhere
    assert faults(**of(checked_on="2020-01-01")) == ["the record did not answer it"]
    earlier = (date.fromisoformat(told["checked_on"]) - timedelta(days=1)).isoformat()
    assert faults(**of(checked_on=earlier)) == [
        "it tells of another screening than stands on the record",
        "it says something else than the record",
    ]
    assert faults(task_states=[]) == ["it says something else than the record"]
    assert faults(owner=None) == ["it did more than answer a task"]
