"""Tasks that went by a programme's table: by which row, and what was forged of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.operations.core.perform import home_of
from casework.operations.history.past_routing import tables_then
from casework.operations.history.point_in_time import Past
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.records.event_log import now, read_events
from tests.operations.people.test_programme_routing import set_table
from tests.operations.tasks.test_allocation import holders, rule, settle
from tests.operations.verification.forger import Stored, rebuild
from tests.support.world import World

Change = Callable[[World, dict[str, Any]], None]


def routed(world: World, engine: Engine, to: str = "other_officer") -> tuple[str, str]:
    """A case whose first task went by a row of the table: its number and its log."""
    with transaction(engine) as db:
        rule(world, db, "intake", "round_robin")
        set_table(db, world, ({"queue": '"intake"', "age": "< 10"}, to))
        number = world.new_case(db, "supervisor")
    assert settle(engine) == 1
    with transaction(engine) as db:
        return number, home_of(db, number)


def test_it_goes_to_whom_the_row_names_and_keeps_which(world: World, engine: Engine) -> None:
    number, log = routed(world, engine)
    with transaction(engine) as db:
        assert set(holders(world, db, number, "intake").values()) == {"other_officer"}
        kept = list(read_events(db, log))[-1].effects["allocation"]
    assert kept["reasons"] == ["named"]
    assert (kept["routed"]["version"], kept["routed"]["hits"]) == (2, [1])
    assert kept["routed"]["outputs"] == [{"to": world.people["other_officer"]}]
    assert kept["routed"]["inputs"]["queue"] == "intake"
    assert list(verify_all(engine)) == []


def test_whoever_may_not_have_it_is_passed_over(world: World, engine: Engine) -> None:
    number, log = routed(world, engine, "supervisor")
    with transaction(engine) as db:
        (holder,) = holders(world, db, number, "intake").values()
        kept = list(read_events(db, log))[-1].effects["allocation"]
    assert holder in ("officer", "other_officer")
    assert kept["reasons"] == ["named_away", "never"]
    assert list(verify_all(engine)) == []


def test_the_table_is_told_as_it_stood(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        before = now(db)
    routed(world, engine)
    with transaction(engine) as db:
        past, programme = Past(db), world.programmes["BJ"]
        assert tables_then(past, programme, before)[0] == {}
        assert [one.get("version") for one in tables_then(past, programme, now(db))] == [None, 2]


def _another_row(world: World, kept: dict[str, Any]) -> None:
    kept["routed"]["hits"] = [2]


def _another_person(world: World, kept: dict[str, Any]) -> None:
    kept["routed"]["outputs"] = [{"to": world.people["officer"]}]


def _another_input(world: World, kept: dict[str, Any]) -> None:
    kept["routed"]["inputs"]["age"] = "11"


def _another_version(world: World, kept: dict[str, Any]) -> None:
    kept["routed"]["version"] = 3


def _not_asked(world: World, kept: dict[str, Any]) -> None:
    del kept["routed"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_another_row, "says something else of the task"),
        (_another_person, "says something else of the task"),
        (_another_input, "says something else of the task"),
        (_another_version, "says something else of the task"),
        (_not_asked, "had a routing table, which was not asked"),
    ],
)
def test_a_forged_evaluation_is_found(
    world: World, engine: Engine, superuser_engine: Engine, change: Change, words: str
) -> None:
    number, log = routed(world, engine)
    with superuser_engine.begin() as db:
        _long_ago(db, world)
        _forge(db, world, log, change)
    found = [one.sentence for one in verify_all(engine) if one.log == log]
    assert any(words in sentence for sentence in found)


def _long_ago(db: Connection, world: World) -> None:
    """The table was set well before: what was set about then excuses."""
    db.execute(text("SET LOCAL session_replication_role = replica"))
    back = "UPDATE events SET at = at - interval '9 days' WHERE log_id = CAST(:id AS uuid) AND kind = 'routing_set'"
    db.execute(text(back), {"id": world.programmes["BJ"]})


def _forge(db: Connection, world: World, log: str, change: Change) -> None:
    def forge(rows: list[Stored]) -> None:
        change(world, next(row for row in rows if "allocation" in row["effects"])["effects"]["allocation"])

    rebuild(db, log, forge)
