"""What the verification says of samples that were drawn, or looked at, as they cannot have been."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from casework.engine.state.events import RegisterEvent
from casework.operations.history.point_in_time import Past
from casework.operations.verification.kept_samples import (
    DRAWN,
    IN_ORDER,
    LOOKED,
    Result,
    keep_sample,
    look_at,
    read_kept,
)
from casework.operations.verification.sample_judgement import sample_faults
from casework.records.event_log import now, read_register
from tests.support.world import World, new_request


@pytest.fixture
def programme(world: World, db: Connection) -> str:
    """In which a sample of two cases was drawn, of which one was looked at."""
    for _ in range(3):
        world.new_case(db)
    auditor, programme = world.actor(db, "auditor"), world.programmes["BJ"]
    keep_sample(db, auditor, programme, seed="spring", size=2, as_of=now(db), request=new_request())
    case = read_kept(db, programme)[1].cases[0]
    look_at(db, auditor, programme, 1, look=Result(case=case, result=IN_ORDER), request=new_request())
    return programme


def test_what_was_done_as_it_may_be_is_not_spoken_against(db: Connection, programme: str) -> None:
    assert list(sample_faults(Past(db), programme, list(read_register(db, programme)))) == []


def told(event: RegisterEvent, name: str, **more: Any) -> RegisterEvent:
    effects: Any = {name: {**event.effects[name], **more}}  # type: ignore[literal-required]  # one of two
    return replace(event, effects=effects)


def turned(event: RegisterEvent) -> RegisterEvent:
    return told(event, "sample", cases=event.effects["sample"]["cases"][::-1])


Tampered = Callable[[RegisterEvent], RegisterEvent]


@pytest.mark.parametrize(
    ("kind", "tampered", "why"),
    [
        (DRAWN, lambda one: replace(one, role="officer"), "by an auditor, not by officer"),
        (LOOKED, lambda one: replace(one, actor="x"), "did not hold the role auditor"),
        (DRAWN, lambda one: told(one, "sample", number=4), "was not the next one"),
        (DRAWN, lambda one: told(one, "sample", as_of="2099-01-01T00:00:00.000000Z"), "still to be opened"),
        (DRAWN, lambda one: told(one, "sample", size=7, population=9), "another number of cases"),
        (DRAWN, turned, "in another order"),
        (LOOKED, lambda one: told(one, "looked", case="BJ-2099-0001"), "in no such sample"),
        (LOOKED, lambda one: told(one, "looked", result="well"), "nothing that can"),
        (LOOKED, lambda one: told(one, "looked", finding="x"), "nothing that can"),
        (LOOKED, lambda one: replace(one, kind="list_set"), "by events of its own"),
        (DRAWN, lambda one: replace(one, effects={}), "does not say what was drawn"),
        (LOOKED, lambda one: replace(one, effects={}), "does not say what was looked at"),
    ],
)
def test_what_may_not_be_is_found(db: Connection, programme: str, kind: str, tampered: Tampered, why: str) -> None:
    events = list(read_register(db, programme))
    n = next(n for n, event in enumerate(events) if event.kind == kind)
    events[n] = tampered(events[n])
    assert any(why in said for _, said in sample_faults(Past(db), programme, events))
