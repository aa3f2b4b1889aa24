"""A programme's retention classes: two people for each version, every fault by its field, and what the settings tell of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.engine.retention import SHIPPED, RetentionClass
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.core.idempotency import Done
from casework.operations.people.letterheads import show_settings
from casework.operations.people.programme_retention import (
    decide_retention,
    kinds_offered,
    outcomes_offered,
    propose_retention,
    show_retention,
)
from casework.operations.privacy.kept_cases import read_classes
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.support.world import World, new_request

FINANCING, OTHER = SHIPPED
CLASSES = (replace(FINANCING, years=12), replace(OTHER, years=5))


def propose(db: Connection, world: World, *classes: RetentionClass, by: str = "supervisor", seen: Any = None) -> Done:
    actor, programme = world.actor(db, by), world.programmes["BJ"]
    return propose_retention(
        db, actor, programme, classes=classes, reason="Our rules.", seen=seen, request=new_request()
    )


def decide(
    db: Connection, world: World, seen: int, by: str = "administrator", *, agree: bool = True, note: str = ""
) -> Done:
    actor, programme = world.actor(db, by), world.programmes["BJ"]
    return decide_retention(db, actor, programme, agree=agree, note=note, seen=seen, request=new_request())


def set_to(db: Connection, world: World, *classes: RetentionClass) -> None:
    decide(db, world, propose(db, world, *classes).answer["version"])


def shown(db: Connection, world: World, by: str = "supervisor") -> Any:
    return show_retention(db, world.actor(db, by), world.programmes["BJ"])


def test_a_programme_keeps_financing_for_ten_years_and_all_else_for_good(world: World, db: Connection) -> None:
    told = shown(db, world)
    assert (told.number, told.version, told.proposed, told.mine) == (1, 0, None, True)
    assert [(one.code, one.years) for one in told.classes] == [("financing", 10), ("other", None)]
    assert read_classes(db, world.programmes["BJ"]) == SHIPPED


def test_nothing_changes_before_a_second_person_agrees(world: World, db: Connection) -> None:
    version = propose(db, world, *CLASSES).answer["version"]
    told = shown(db, world, "administrator")
    assert (told.number, told.mine, told.proposed.decides, told.proposed.own) == (1, False, True, False)
    assert [(one.code, one.before.years, one.after.years) for one in told.proposed.changes] == [
        ("financing", 10, 12),
        ("other", None, 5),
    ]
    assert read_classes(db, world.programmes["BJ"]) == SHIPPED
    decide(db, world, version)
    told = shown(db, world)
    assert (told.number, told.proposed) == (2, None)
    assert (told.versions[0].proposed_by.name, told.versions[0].agreed_by.name) == ("Supervisor", "Administrator")
    assert read_classes(db, world.programmes["BJ"]) == CLASSES
    assert read_classes(db, world.programmes["SH"]) == SHIPPED


def test_who_proposed_does_not_agree_and_may_take_it_back_with_a_reason(world: World, db: Connection) -> None:
    version = propose(db, world, *CLASSES).answer["version"]
    with pytest.raises(NotAllowed):
        decide(db, world, version, "supervisor")
    with pytest.raises(InvalidForm):
        decide(db, world, version, "supervisor", agree=False)
    decide(db, world, version, "supervisor", agree=False, note="A slip.")
    assert shown(db, world).proposed is None
    with pytest.raises(Refused):
        decide(db, world, shown(db, world).version)


def test_nobody_agrees_to_something_else_than_they_saw(world: World, db: Connection) -> None:
    first = propose(db, world, *CLASSES).answer["version"]
    propose(db, world, FINANCING, replace(OTHER, years=1))
    with pytest.raises(RecordHasMoved):
        decide(db, world, first)
    with pytest.raises(RecordHasMoved):
        propose(db, world, *CLASSES, seen=first)


def test_what_is_in_force_already_is_not_proposed(world: World, db: Connection) -> None:
    with pytest.raises(Refused):
        propose(db, world, *SHIPPED)


@pytest.mark.parametrize(
    ("classes", "field"),
    [
        ((FINANCING,), "kinds"),
        ((OTHER, replace(FINANCING, years=0)), "years"),
        ((OTHER, replace(FINANCING, code="A B")), "code"),
        ((OTHER, replace(FINANCING, name="")), "name"),
        ((OTHER, FINANCING, FINANCING), "code"),
        ((OTHER, replace(FINANCING, kinds=frozenset())), "kinds"),
        ((OTHER, replace(FINANCING, kinds=frozenset({"mediation"}))), "kinds"),
        ((OTHER, replace(FINANCING, kinds=frozenset({"case"}))), "kinds"),
        ((OTHER, replace(FINANCING, outcomes=frozenset({"nothing"}))), "outcomes"),
    ],
)
def test_each_fault_is_told_at_its_field(world: World, db: Connection, classes: Any, field: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        propose(db, world, *classes)
    assert set(refused.value.fields) == {field}


def test_no_class_asks_whether_there_was_a_mediation() -> None:
    assert "mediation" not in kinds_offered()
    assert {"pledge", "finance", "ip", "deployment"} <= set(kinds_offered())
    assert {"compliance_stop", "deployed_verified"} <= set(outcomes_offered())


@pytest.mark.parametrize("name", ["officer", "auditor", "provider", "observer", "foreign_officer"])
def test_whoever_reads_no_settings_finds_none(world: World, db: Connection, name: str) -> None:
    with pytest.raises(NotFound):
        shown(db, world, name)
    with pytest.raises(NotFound):
        propose(db, world, *CLASSES, by=name)
    with pytest.raises(NotFound):
        decide(db, world, 0, name)


def test_an_administrator_proposes_nothing(world: World, db: Connection) -> None:
    with pytest.raises(NotAllowed):
        propose(db, world, *CLASSES, by="administrator")


def test_the_settings_tell_what_was_proposed_and_what_was_agreed(world: World, db: Connection) -> None:
    set_to(db, world, FINANCING, replace(OTHER, years=5))
    entries = show_settings(db, world.actor(db, "supervisor"), world.programmes["BJ"]).entries
    told = {one.kind: one.changes for one in entries}
    for kind in ("retention_asked", "retention_set"):
        before, after = told[kind]["retention.other"]
        assert (set(told[kind]), before["years"], after["years"]) == ({"retention.other"}, None, 5)


def test_whoever_sets_them_behind_the_application_is_found(engine: Engine, owner_engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        set_to(db, world, *CLASSES)
    assert list(verify_all(engine)) == []
    with owner_engine.begin() as db:
        db.execute(text("UPDATE programmes SET retention = '{}' WHERE code = 'BJ'"))
    assert [finding.column for finding in verify_all(engine)] == ["retention"]
