"""Plans of a move: names that agree go by themselves, what has none is named, and what is said by hand is checked."""

from __future__ import annotations

from typing import Any

import pytest

from casework.engine.definition.editions import Edition
from casework.engine.definition.migration_plans import is_marking, plan_migration
from casework.engine.definition.publisher import publish
from casework.errors import InvalidForm
from tests.engine.migrations import OLD, other, renamed
from tests.engine.toy_case import Fix


def _changed(rules: Any) -> None:
    renamed(rules, "b", "bee")
    del rules["tasks"]["audit"]


NEW = other(_changed)


def test_what_has_the_same_name_in_both_goes_by_itself_and_the_rest_is_named() -> None:
    plan = plan_migration(OLD, NEW)
    assert plan.states["a"] == "a"
    assert "b" not in plan.states
    assert plan.by_hand == ["states.b", "tasks.audit"]


def test_what_is_said_by_hand_is_part_of_the_plan_and_of_its_digest() -> None:
    said = {"states": {"b": "bee", "a": "a"}, "tasks": {"audit": "check"}}
    plan = plan_migration(OLD, NEW, said)
    assert (plan.by_hand, plan.states["b"], plan.tasks["audit"]) == ([], "bee", "check")
    assert plan.mapping == {"states": {"b": "bee"}, "tasks": {"audit": "check"}}
    assert plan.digest != plan_migration(OLD, NEW).digest
    assert plan.digest == plan_migration(OLD, NEW, dict(reversed(said.items()))).digest


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"states": {"nowhere": "a"}}, "states.nowhere", "migration.unknown"),
        ({"states": {"b": "nowhere"}}, "states.b", "migration.unknown"),
        ({"states": {"b": "done"}}, "states.b", "migration.unlike"),
        ({"tasks": {"audit": "nothing"}}, "tasks.audit", "migration.unknown"),
        ({"clocks": {"a": "b"}}, "clocks", "migration.unknown"),
    ],
)
def test_what_is_said_by_hand_must_stand_in_both(said: dict[str, dict[str, str]], field: str, code: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        plan_migration(OLD, NEW, said)
    assert {name: why.code for name, why in refused.value.fields.items()} == {field: code}


def test_there_is_no_plan_between_two_workflows() -> None:
    with pytest.raises(InvalidForm) as refused:
        plan_migration(OLD, publish(Fix))
    assert refused.value.fields["later"].code == "migration.other_workflow"


def _nested() -> Edition:
    """Two rooms, the second with a table and a door side by side, the table in two places."""
    state = {"type": "state", "queue": None}
    states = {
        "hall": state,
        "room": {"type": "parallel", "regions": ["room.table", "room.door"]},
        "room.table": {"type": "stage", "initial": "room.table.set", "children": ["room.table.set", "room.table.laid"]},
        "room.table.set": state,
        "room.table.laid": state,
        "room.door": state,
    }
    rules: Any = {"states": states, "order": list(states)}
    return Edition(rules, {}, "")


@pytest.mark.parametrize(
    ("states", "stands"),
    [
        (("hall",), True),
        (("room.table.set", "room.door"), True),
        (("room.table.set",), False),
        (("room.table.set", "room.table.laid", "room.door"), False),
        (("hall", "room.door"), False),
        (("room",), False),
        (("room.door", "room.door"), False),
        ((), False),
    ],
)
def test_one_stands_in_one_place_and_in_every_region(states: tuple[str, ...], stands: bool) -> None:
    assert is_marking(_nested(), states) is stands
