"""Figures beside the stories: of those told outside, as a supervisor has published them, and no others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from casework import reasons
from casework.errors import NotAllowed, NotFound, Refused
from casework.operations.core.register_entries import differences
from casework.operations.oversight.outside_figures import tell_outside
from casework.operations.results import published
from casework.operations.results.public_figures import (
    TOLD,
    count_figures,
    for_everybody,
    publish_figures,
    show_figures,
    take_figures_down,
)
from casework.records.database import transaction
from casework.records.event_log import now, read_register
from casework.records.row_security import whole
from tests.operations.people.test_public_catalogues import show
from tests.support.world import World, new_request


def counted(db: Connection, world: World) -> Any:
    """The figures as of now: the world has begun in this quarter."""
    return for_everybody(tell_outside(db, world.programmes["BJ"], now(db))())


def test_no_line_tells_of_a_provider_a_district_or_a_month(world: World, db: Connection) -> None:
    number = world.open_case(db)
    told = counted(db, world)
    assert told["figures"].keys() == TOLD.keys()
    rows = [(name, row) for name, figure in told["figures"].items() for row in figure["rows"]]
    assert any(row["of"].get("step") == "interest_confirmed" for name, row in rows if name == "funnel")
    assert all(row["of"].keys() <= TOLD[name] for name, row in rows)
    written = json.dumps(told)
    for secret in (number, world.needs[0], world.organisations["lab"], world.people["officer"]):
        assert secret not in written


def test_a_supervisor_publishes_them_and_takes_them_down(world: World, engine: Engine) -> None:
    programme = world.programmes["BJ"]
    with transaction(engine) as db:
        world.open_case(db)
        show(db, world, results=True)
        supervisor = world.actor(db, "supervisor")
        assert show_figures(db, supervisor, programme) is None
        publish_figures(db, supervisor, programme, counted(db, world), new_request())
    with transaction(engine) as db:
        (one,) = published.list_figures(db)
        assert (one.programme, one.told["figures"].keys()) == (programme, TOLD.keys())
        # Of one case no number is told.
        first = next(
            row for row in one.told["figures"]["funnel"]["rows"] if row["of"].get("step") == "interest_confirmed"
        )
        assert first["numerator"] in ("<3", None)
        publish_figures(db, supervisor, programme, counted(db, world), new_request())
        with whole(db):
            assert not [
                one
                for one in differences(db, "programme", programme, read_register(db, programme))
                if one[0] == "public_figures"
            ]
    with transaction(engine) as db:
        take_figures_down(db, supervisor, programme, new_request())
        assert published.list_figures(db) == []
        with pytest.raises(Refused) as refusal:
            take_figures_down(db, supervisor, programme, new_request())
        assert list(refusal.value.reasons) == [reasons.results.NO_FIGURES]


def test_they_are_shown_where_the_programme_shows_its_results(world: World, db: Connection) -> None:
    publish_figures(db, world.actor(db, "supervisor"), world.programmes["BJ"], counted(db, world), new_request())
    assert published.list_figures(db) == []
    show(db, world, results=True)
    assert len(published.list_figures(db)) == 1


def test_who_may_publish_them(world: World, db: Connection) -> None:
    programme, told = world.programmes["BJ"], counted(db, world)
    with pytest.raises(NotAllowed):
        publish_figures(db, world.actor(db, "administrator"), programme, told, new_request())
    for name in ("officer", "manager", "observer", "foreign_officer"):
        for act in (
            lambda actor: count_figures(db, actor, programme),
            lambda actor: publish_figures(db, actor, programme, told, new_request()),
            lambda actor: take_figures_down(db, actor, programme, new_request()),
        ):
            with pytest.raises(NotFound):
                act(world.actor(db, name))


def test_those_of_another_programme_are_not_published_as_its_own(world: World, db: Connection) -> None:
    other = for_everybody(tell_outside(db, world.programmes["SH"], now(db))())
    with pytest.raises(NotFound):
        publish_figures(db, world.actor(db, "supervisor"), world.programmes["BJ"], other, new_request())
