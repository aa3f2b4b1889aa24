"""A move that is not what its plan says, or that could not be taken back, speaks against its event. Whole ones: `test_case_migrations`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from casework.definitions import library_of
from casework.engine.definition.migration_plans import plan_migration
from casework.engine.execution.migrations import judge_case, way_back
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import FIRED, Event
from casework.ledger.canonical_json import digest
from casework.operations.verification.authorization.evidence import Evidence, plain
from casework.operations.verification.authorization.migrations import judge_migrated, note_move
from tests.engine.migrations import OLD, after, other, played, renamed

Json = Any
NEW = other(lambda rules: renamed(rules, "b", "bee"))
STRICT = other(lambda rules: next(one for one in rules["transitions"] if one["name"] == "go")["guards"].append("more"))


def _moved() -> tuple[Case, Case, Event]:
    """A case before and after its move, and the event."""
    before = played(["check", "go"]).case
    verdict = judge_case(plan_migration(OLD, NEW, {"states": {"b": "bee"}}), before)
    assert verdict.migration is not None
    moved, event = after(before, plain(verdict.migration))
    return before, moved, replace(event, role=Role.SUPERVISOR)


def _evidence() -> Evidence:
    past: Json = None
    return Evidence(library_of([OLD, NEW, STRICT]), past)


def test_nothing_speaks_against_a_move_as_its_plan_says() -> None:
    before, _, event = _moved()
    assert list(judge_migrated(_evidence(), before, event)) == []


def _other_plan(told: Json) -> None:
    told["to"] = STRICT.fingerprint
    told["mapping"] = {}
    told["plan"] = digest({"from": told["from"], "to": told["to"], "mapping": {}})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda told: told.update(plan="0" * 64), "another digest"),
        (lambda told: told["tracks"][0].update(states=["a"]), "moves tracks otherwise"),
        (lambda told: told["tasks"].pop(), "moves tasks otherwise"),
        (lambda told: told["clocks"].clear(), "moves clocks otherwise"),
        (lambda told: told.update(to="f" * 64), "unknown"),
        (lambda told: told.update(mapping={"states": {"b": "nowhere"}}), "no such plan"),
        (_other_plan, "the case stays"),
        (lambda told: told.update(back=1), "moved nothing"),
    ],
)
def test_what_is_told_otherwise_speaks_against_it(change: Callable[[Json], object], says: str) -> None:
    before, _, event = _moved()
    change(event.effects["migration"])
    assert any(says in why for why in judge_migrated(_evidence(), before, event))


def test_only_a_supervisor_moves_a_case() -> None:
    before, _, event = _moved()
    assert list(judge_migrated(_evidence(), before, replace(event, role=Role.OFFICER))) != []


@pytest.mark.parametrize("late", [False, True])
def test_it_is_taken_back_whole_and_only_while_nothing_came_of_it(late: bool) -> None:
    _, moved, event = _moved()
    evidence = _evidence()
    note_move(evidence, event)
    if late:
        note_move(evidence, replace(event, kind=FIRED, seq=event.seq + 1, edition=NEW.fingerprint, effects={}))
    told: Json = {"migration": plain(way_back(event.effects["migration"], event.seq))}
    back = replace(event, seq=event.seq + 2, effects=told)
    assert bool(list(judge_migrated(evidence, moved, back))) is late
    told["migration"]["tasks"].pop()
    assert any("something else" in why for why in judge_migrated(evidence, moved, back))
