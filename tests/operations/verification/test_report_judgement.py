"""What the verification says of stage reports that were frozen, agreed to or published as they may not be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.engine.figures.reports import AGREED, FROZEN, PUBLISHED
from casework.engine.state.events import RegisterEvent
from casework.operations.history.point_in_time import Past
from casework.operations.oversight.reports import agree_report, freeze_report, publish_report
from casework.operations.verification.report_judgement import report_faults
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.records.event_log import read_register
from tests.support.world import World, new_request


@pytest.fixture
def published(engine: Engine, world: World) -> str:
    """A programme with a report that was published."""
    programme = world.programmes["BJ"]
    with transaction(engine) as db:
        world.open_case(db)
        supervisor, manager = world.actor(db, "supervisor"), world.actor(db, "manager")
    freeze_report(engine, supervisor, programme, request=new_request())
    with transaction(engine) as db:
        agree_report(db, supervisor, programme, 1, new_request())
        agree_report(db, manager, programme, 1, new_request())
        publish_report(db, manager, programme, 1, new_request())
    return programme


def test_what_was_done_as_it_may_be_verifies(engine: Engine, published: str) -> None:
    assert list(verify_all(engine)) == []


def with_report(event: RegisterEvent, **told: Any) -> RegisterEvent:
    move: Any = {**event.effects["report"], **told}
    return replace(event, effects={"report": move})


Tampered = Callable[[RegisterEvent], RegisterEvent]


@pytest.mark.parametrize(
    ("kind", "tampered", "why"),
    [
        (FROZEN, lambda one: replace(one, role="officer"), "not by officer"),
        (PUBLISHED, lambda one: replace(one, role="supervisor"), "did not hold the role supervisor"),
        (FROZEN, lambda one: with_report(one, number=2), "was not the next one"),
        (FROZEN, lambda one: with_report(one, before=7), "another report than that which was published last"),
        (FROZEN, lambda one: with_report(one, digest="0" * 64), "has another digest"),
        (AGREED, lambda one: with_report(one, digest="0" * 64), "names another digest than was frozen"),
        (AGREED, lambda one: replace(one, kind=PUBLISHED), "two persons have agreed"),
        (PUBLISHED, lambda one: with_report(one, number=5), "no report 5 was frozen before"),
        (AGREED, lambda one: replace(one, body={"reports/x": {"number": 1}}), "it changes what was frozen"),
        (AGREED, lambda one: replace(one, kind="list_set"), "by an event of its own"),
        (AGREED, lambda one: replace(one, effects={}), "does not say of which report"),
    ],
)
def test_what_may_not_be_is_found(engine: Engine, published: str, kind: str, tampered: Tampered, why: str) -> None:
    with transaction(engine) as db:
        events = list(read_register(db, published))
        n = next(n for n, event in enumerate(events) if event.kind == kind)
        events[n] = tampered(events[n])
        assert any(why in said for _, said in report_faults(Past(db), published, events))


def test_somebody_who_agrees_twice_is_found_and_so_is_what_comes_after_publication(
    engine: Engine, published: str
) -> None:
    with transaction(engine) as db:
        events = list(read_register(db, published))
        first = next(event for event in events if event.kind == AGREED)
        n = next(n for n, event in enumerate(events) if event.kind == PUBLISHED)
        twice = replace(first, seq=first.seq + 1)
        found = [why for _, why in report_faults(Past(db), published, [*events[:n], twice])]
        assert [why for why in found if "agreed to report 1 already" in why]
        found = [why for _, why in report_faults(Past(db), published, [*events, twice])]
        assert [why for why in found if "never changed" in why]
