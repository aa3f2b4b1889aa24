"""Who finds the reports of a programme, and what of one each reader is told."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Engine

from casework.engine.figures.reports import AGREED, FROZEN, PUBLISHED
from casework.errors import NotFound
from casework.operations.oversight.report_queries import list_reports, show_report
from casework.operations.oversight.reports import agree_report, publish_report
from casework.permissions.actors import Actor
from casework.records.database import transaction
from tests.operations.oversight.test_reports import actor, frozen, published
from tests.support.world import World, new_request


def test_the_list_has_the_last_one_first_with_who_agreed(engine: Engine, world: World) -> None:
    published(engine, world)
    frozen(engine, world)
    with transaction(engine) as db:
        listed = list_reports(db, world.actor(db, "auditor"), world.programmes["BJ"])
    assert [(one.number, one.state) for one in listed] == [(2, "draft"), (1, "published")]
    steps = [(step.kind, step.by.id) for step in listed[1].steps]
    supervisor, manager = world.people["supervisor"], world.people["manager"]
    assert steps == [(FROZEN, supervisor), (AGREED, supervisor), (AGREED, manager), (PUBLISHED, manager)]
    assert all(step.by.name for step in listed[1].steps)


@pytest.mark.parametrize("role", ["officer", "observer", "provider", "administrator", "foreign_officer"])
def test_to_others_there_is_none(engine: Engine, world: World, role: str) -> None:
    id = str(frozen(engine, world)["id"])
    reader = actor(engine, world, role)
    with transaction(engine) as db:
        with pytest.raises(NotFound):
            list_reports(db, reader, world.programmes["BJ"])
        with pytest.raises(NotFound):
            show_report(db, reader, id)


def test_whoever_reads_no_closed_needs_finds_nothing_of_needs(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    id = str(frozen(engine, world)["id"])
    with transaction(engine) as db:
        for_auditor = show_report(db, world.actor(db, "auditor"), id)
        for_manager = show_report(db, world.actor(db, "manager"), id)
    assert any(row.of_needs for row in for_auditor.inside["funnel"].rows)
    assert for_auditor.content is not None
    assert not any(row.of_needs for figure in for_manager.inside.values() for row in figure.rows)
    assert all(row.denominator is None for row in for_manager.inside["funnel"].rows if row.among_needs)
    assert for_manager.content is None
    assert "need_published" not in json.dumps([dict(row.of) for row in for_manager.inside["funnel"].rows])


def next_of(engine: Engine, reader: Actor, id: str) -> tuple[str | None, str]:
    with transaction(engine) as db:
        shown = show_report(db, reader, id)
    return shown.next, str(shown.why_not or "")


def test_each_is_told_what_comes_next_and_why_not(engine: Engine, world: World) -> None:
    id, programme = str(frozen(engine, world)["id"]), world.programmes["BJ"]
    supervisor, manager, auditor = (actor(engine, world, one) for one in ("supervisor", "manager", "auditor"))
    assert next_of(engine, supervisor, id) == (AGREED, "")
    assert next_of(engine, auditor, id) == (None, "")
    with transaction(engine) as db:
        agree_report(db, supervisor, programme, 1, new_request())
    assert next_of(engine, supervisor, id)[0] is None
    assert "You have agreed" in next_of(engine, supervisor, id)[1]
    assert next_of(engine, manager, id) == (AGREED, "")
    with transaction(engine) as db:
        agree_report(db, manager, programme, 1, new_request())
    assert next_of(engine, supervisor, id) == (PUBLISHED, "")
    with transaction(engine) as db:
        publish_report(db, supervisor, programme, 1, new_request())
    assert next_of(engine, manager, id) == (None, "")
