"""The weights of a programme's ranked lists: two people for each version, every fault by its name, and runs that keep what held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.matching.weights import SHIPPED, values_of
from casework.operations.core.idempotency import Done
from casework.operations.matching.ranking import read_weights
from casework.operations.matching.runs import read_run, replay_run, show_run, start_run
from casework.operations.people.letterheads import show_settings
from casework.operations.people.programme_weights import (
    cleaned,
    decide_weights,
    propose_weights,
    show_weights,
    version_of,
)
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.core.test_catalogue_index import enter
from tests.support.world import World, new_request


def propose(db: Connection, world: World, by: str = "supervisor", seen: Any = None, **values: Any) -> Done:
    actor, programme = world.actor(db, by), world.programmes["BJ"]
    return propose_weights(
        db, actor, programme, values=values, reason="Judged better.", seen=seen, request=new_request()
    )


def decide(
    db: Connection, world: World, seen: int, by: str = "administrator", *, agree: bool = True, note: str = ""
) -> Done:
    actor, programme = world.actor(db, by), world.programmes["BJ"]
    return decide_weights(db, actor, programme, agree=agree, note=note, seen=seen, request=new_request())


def set_to(db: Connection, world: World, **values: Any) -> None:
    decide(db, world, propose(db, world, **values).answer["version"])


def shown(db: Connection, world: World, by: str = "supervisor") -> Any:
    return show_weights(db, world.actor(db, by), world.programmes["BJ"])


def test_a_programme_begins_with_the_first_version(world: World, db: Connection) -> None:
    told = shown(db, world)
    assert (told.number, told.version, told.proposed, told.mine) == (1, 0, None, True)
    assert {one.name: one.value for one in told.weights} == values_of(SHIPPED)
    assert [(one.number, one.changes, one.proposed_by) for one in told.versions] == [(1, [], None)]
    assert read_weights(db, world.programmes["BJ"]) == SHIPPED


def test_nothing_changes_before_a_second_person_agrees(world: World, db: Connection) -> None:
    version = propose(db, world, title="3.00", b="0.6").answer["version"]
    told = shown(db, world, "administrator")
    assert (told.number, told.mine) == (1, False)
    assert [(one.name, one.before, one.after) for one in told.proposed.changes] == [
        ("title", "2", "3"),
        ("b", "0.75", "0.6"),
    ]
    assert (told.proposed.decides, told.proposed.own, told.proposed.reason) == (True, False, "Judged better.")
    assert read_weights(db, world.programmes["BJ"]) == SHIPPED
    decide(db, world, version)
    told = shown(db, world)
    assert (told.number, told.proposed) == (2, None)
    newest = told.versions[0]
    assert (newest.proposed_by.name, newest.agreed_by.name) == ("Supervisor", "Administrator")
    assert [(one.name, one.before, one.after) for one in newest.changes] == [("title", "2", "3"), ("b", "0.75", "0.6")]
    now = read_weights(db, world.programmes["BJ"])
    assert (now.version, now.title, now.b, now.k1) == (2, 3.0, 0.6, 1.2)
    assert version_of(db, world.programmes["BJ"], 2) == now
    assert version_of(db, world.programmes["BJ"], 1) == SHIPPED
    assert version_of(db, world.programmes["BJ"], 3) is None


def test_who_proposed_does_not_agree_and_may_take_it_back_with_a_reason(world: World, db: Connection) -> None:
    version = propose(db, world, title="3").answer["version"]
    with pytest.raises(NotAllowed):
        decide(db, world, version, "supervisor")
    with pytest.raises(InvalidForm):
        decide(db, world, version, "supervisor", agree=False)
    assert shown(db, world).proposed.own
    assert not shown(db, world).proposed.decides
    decide(db, world, version, "supervisor", agree=False, note="A slip.")
    assert shown(db, world).proposed is None
    with pytest.raises(Refused):
        decide(db, world, shown(db, world).version)


def test_nobody_agrees_to_something_else_than_they_saw(world: World, db: Connection) -> None:
    first = propose(db, world, title="3").answer["version"]
    propose(db, world, title="9")
    with pytest.raises(RecordHasMoved):
        decide(db, world, first)
    with pytest.raises(RecordHasMoved):
        propose(db, world, seen=first, title="4")
    decide(db, world, shown(db, world).version)
    assert read_weights(db, world.programmes["BJ"]).title == 9.0


def test_what_is_as_it_is_in_force_is_not_proposed(world: World, db: Connection) -> None:
    given: list[dict[str, Any]] = [{}, {"title": "2.0"}, {**values_of(SHIPPED)}]
    for values in given:
        with pytest.raises(Refused):
            propose(db, world, **values)


#: What is no weight, or none that may be set.
HOSTILE: list[dict[str, object]] = [
    {"title": "-1"}, {"title": "nan"}, {"title": "1e9"}, {"title": "9999"}, {"title": "0"}, {"k1": "3.1"}, {"b": "1.001"},
    {"fusion": "0"}, {"text": "0"}, {"verified": "0.21"}, {"title": "２"}, {"title": True}, {"title": ["2"]}, {"title": ""},
    {"version": "9"}, {"title; DROP TABLE events": "2"}, {"b": float("inf")}, {"b": 10**400},
]  # fmt: skip


@pytest.mark.parametrize("values", HOSTILE)
def test_each_fault_is_told_by_the_name_of_the_field(values: Mapping[str, object]) -> None:
    with pytest.raises(InvalidForm) as refused:
        cleaned(values, values_of(SHIPPED))
    assert set(refused.value.fields) == set(values)


@pytest.mark.parametrize("name", ["officer", "auditor", "provider", "observer", "foreign_officer"])
def test_whoever_reads_no_settings_finds_none(world: World, db: Connection, name: str) -> None:
    with pytest.raises(NotFound):
        shown(db, world, name)
    with pytest.raises(NotFound):
        propose(db, world, name, title="3")
    with pytest.raises(NotFound):
        decide(db, world, 0, name)


def test_an_administrator_proposes_nothing(world: World, db: Connection) -> None:
    with pytest.raises(NotAllowed):
        propose(db, world, "administrator", title="3")


def test_a_run_keeps_the_weights_by_which_it_was_made(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        titled = enter(world, db, "technology", title="Heat pump", description="A cabinet of steel")
        said = enter(world, db, "technology", title="Cabinet", description="Of a heat pump")
        need = enter(world, db, "need", title="Heat pump")
        officer = world.actor(db, "officer")
        before = start_run(db, officer, need, request=new_request()).answer
    with transaction(engine) as db:
        set_to(db, world, title="0.5", k1="3", b="0")
    with transaction(engine) as db:
        officer, auditor = world.actor(db, "officer"), world.actor(db, "auditor")
        after = start_run(db, officer, need, request=new_request()).answer
        orders = [
            [one["technology"] for one in run["candidates"] if one["technology"] in (titled, said)]
            for run in (before, after)
        ]
        assert orders == [[titled, said], [said, titled]]
        assert before["weights"] == {"version": 1, "values": values_of(SHIPPED)}
        assert after["weights"]["version"] == 2
        assert after["weights"]["values"]["title"] == "0.5"
        for run in (before, after):
            assert replay_run(db, auditor, run["id"]).equal
            assert show_run(db, auditor, run["id"]).weights == run["weights"]
    with transaction(engine) as db:
        set_to(db, world, title="7")
    with transaction(engine) as db:
        assert all(replay_run(db, world.actor(db, "auditor"), run["id"]).equal for run in (before, after))
        assert read_run(db, world.actor(db, "auditor"), after["id"]).evidence["weights"]["version"] == 2
    assert list(verify_all(engine)) == []


def test_the_settings_tell_what_was_proposed_and_what_was_agreed(world: World, db: Connection) -> None:
    set_to(db, world, title="3")
    entries = show_settings(db, world.actor(db, "supervisor"), world.programmes["BJ"]).entries
    told = {one.kind: one.changes for one in entries}
    assert told["weights_asked"] == {"weights.title": ("2", "3")}
    assert told["weights_set"] == {"weights.title": ("2", "3"), "weights.version": (1, 2)}


def test_whoever_sets_them_behind_the_application_is_found(engine: Engine, owner_engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        set_to(db, world, title="3")
    assert list(verify_all(engine)) == []
    with owner_engine.begin() as db:
        db.execute(text('UPDATE programmes SET weights = \'{"version": 2, "title": "10"}\' WHERE code = \'BJ\''))
    assert [finding.column for finding in verify_all(engine)] == ["weights"]
