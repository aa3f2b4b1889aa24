"""A programme's routing table: two people for each version, every fault by its place, and tasks that keep by which row they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.engine.decision_tables.tables import Table, from_json, to_json
from casework.engine.tasks.routing import EMPTY, FACTS
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.core.idempotency import Done
from casework.operations.people.letterheads import show_settings
from casework.operations.people.programme_routing import decide_routing, propose_routing, show_routing
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.support.world import World, new_request

Row = tuple[Mapping[str, str], str]


def table_of(world: World, *rows: Row, policy: str = "unique", note: str = "") -> Table:
    """A table of rows, each with the cells that ask something and whom it names."""
    rules = [
        {
            "inputs": [asked.get(name, "-") for name in FACTS],
            "outputs": [f'"{world.people.get(to, to)}"'],
            "note": note,
        }
        for asked, to in rows
    ]
    return from_json(to_json(EMPTY) | {"hit_policy": policy, "rules": rules})


def propose(
    db: Connection, world: World, *rows: Row, by: str = "supervisor", seen: Any = None, table: Table | None = None
) -> Done:
    actor, programme = world.actor(db, by), world.programmes["BJ"]
    table = table or table_of(world, *rows, note="Theirs.")
    return propose_routing(db, actor, programme, table=table, reason="They know it.", seen=seen, request=new_request())


def decide(
    db: Connection, world: World, seen: int, by: str = "administrator", *, agree: bool = True, note: str = ""
) -> Done:
    actor, programme = world.actor(db, by), world.programmes["BJ"]
    return decide_routing(db, actor, programme, agree=agree, note=note, seen=seen, request=new_request())


def set_table(db: Connection, world: World, *rows: Row, table: Table | None = None) -> None:
    decide(db, world, propose(db, world, *rows, table=table).answer["version"])


def shown(db: Connection, world: World, by: str = "supervisor") -> Any:
    return show_routing(db, world.actor(db, by), world.programmes["BJ"])


SIDE: Row = ({"kind": '"side"'}, "officer")
STEP: Row = ({"kind": '"step"'}, "other_officer")


def test_a_programme_begins_without_rows(world: World, db: Connection) -> None:
    told = shown(db, world)
    assert (told.number, told.version, told.proposed, told.mine) == (1, 0, None, True)
    assert (told.shown.rows, told.shown.otherwise) == ([], None)
    assert {one.id for one in told.people} >= {world.people["officer"], world.people["supervisor"]}
    assert world.people["administrator"] not in {one.id for one in told.people}
    assert told.by_hand == ["intake", "officer", "supervisor", "compliance"]


def test_nothing_changes_before_a_second_person_agrees(world: World, db: Connection) -> None:
    version = propose(db, world, SIDE).answer["version"]
    told = shown(db, world)
    assert (told.number, told.shown.rows, told.proposed.decides, told.proposed.own) == (1, [], False, True)
    (row,) = told.proposed.shown.rows
    assert (row.cells["kind"], row.to.id, row.note) == ('"side"', world.people["officer"], "Theirs.")
    with pytest.raises(NotAllowed):
        decide(db, world, version, by="supervisor")
    decide(db, world, version)
    told = shown(db, world, "administrator")
    assert (told.number, told.proposed, told.mine) == (2, None, False)
    assert [one.cells["kind"] for one in told.shown.rows] == ['"side"']


def test_each_version_tells_the_rows_that_it_changed(world: World, db: Connection) -> None:
    set_table(db, world, SIDE)
    set_table(db, world, SIDE, STEP)
    third, second, first = shown(db, world).versions
    assert [one.number for one in (third, second, first)] == [3, 2, 1]
    assert first.changes == []
    ((only,), (added,)) = second.changes, third.changes
    assert (only.before, only.after.number) == (None, 1)
    assert (added.before, added.after.cells["kind"]) == (None, '"step"')
    assert third.reason == "They know it."


def test_a_table_that_cannot_decide_is_refused_with_an_input_that_shows_it(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm) as refused:
        propose(db, world, SIDE, ({"service": '"pledge"'}, "officer"))
    assert 'service="pledge"' in str(refused.value.fields["rules"])
    open_ = from_json(to_json(table_of(world, SIDE)) | {"outputs": [{"name": "to", "type": "text"}]})
    with pytest.raises(InvalidForm) as refused:
        propose(db, world, table=open_)
    assert str(refused.value.fields["rules"]).endswith('as for kind="decision"')
    assert shown(db, world).version == 0


def test_nobody_is_named_who_does_not_work_there(world: World, db: Connection) -> None:
    for who in ("administrator", "provider", "nobody"):
        with pytest.raises(InvalidForm) as refused:
            propose(db, world, ({"kind": '"side"'}, who))
        assert list(refused.value.fields) == ["rules.1.outputs.to"]


def test_what_is_in_force_is_not_proposed_again(world: World, db: Connection) -> None:
    set_table(db, world, SIDE)
    with pytest.raises(Refused):
        propose(db, world, SIDE)


def test_nobody_agrees_to_what_they_did_not_see(world: World, db: Connection) -> None:
    version = propose(db, world, SIDE).answer["version"]
    propose(db, world, STEP)
    with pytest.raises(RecordHasMoved):
        decide(db, world, version)
    with pytest.raises(RecordHasMoved):
        propose(db, world, SIDE, seen=version)


def test_it_is_for_those_who_look_after_the_settings(world: World, db: Connection) -> None:
    for name in ("officer", "auditor", "foreign_officer", "provider_lead"):
        with pytest.raises(NotFound):
            shown(db, world, name)
    with pytest.raises(NotAllowed):
        propose(db, world, SIDE, by="administrator")


def test_the_history_of_the_settings_tells_of_it(world: World, db: Connection) -> None:
    set_table(db, world, SIDE)
    kinds = [one.kind for one in show_settings(db, world.actor(db, "supervisor"), world.programmes["BJ"]).entries]
    assert kinds[:2] == ["routing_set", "routing_asked"]


def test_a_table_that_nobody_set_is_found(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        set_table(db, world, SIDE)
    assert list(verify_all(engine)) == []
    with transaction(engine) as db:
        db.execute(text("UPDATE programmes SET routing = routing || '{\"version\": 9}' WHERE code = 'BJ'"))
    assert [finding.column for finding in verify_all(engine)] == ["routing"]
