"""After its contents were removed nothing happens in a case, whatever is asked of it; and nothing waits in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework import reasons
from casework.definitions import load_library
from casework.engine.decide import _ACTIONS, decide_and_evolve
from casework.engine.execution.available_actions import offers, task_offers
from casework.engine.execution.case_removal import left_open, remove_contents
from casework.engine.execution.context import By, Context
from casework.engine.roles import Role
from casework.engine.state.case import CREATED, PAUSED, SUSPENDED, Case
from casework.engine.state.effects_schema import ErasedWords
from casework.errors import Refused
from tests.engine.pieces import DAY, NOW, case, clock, task
from tests.engine.pieces import event as plain_event

OFFICER = By("officer-1", Role.OFFICER)
GONE: ErasedWords = {"fields": [(1, "title")], "title": True, "names": []}
WAITING = case(
    tasks=(task("first"), task("later", state=CREATED), task("asleep", state=SUSPENDED)),
    clocks=(clock("of-task", task="first"), clock("of-case"), clock("still", state=PAUSED)),
    closed_at=NOW,
)


def context(by: By = OFFICER) -> Context:
    from_calendar: Any = None
    return Context(by, NOW + DAY, from_calendar, lambda: "new")


def removed() -> Case:
    return remove_contents(
        load_library(), WAITING, context(By()), removal={"programme": "programme", "decision": 4}, gone=GONE
    )[1]


def test_what_still_waits_ends_with_the_contents() -> None:
    event, after = remove_contents(
        load_library(), WAITING, context(By()), removal={"programme": "programme", "decision": 4}, gone=GONE
    )
    assert list(after.open_tasks()) == []
    assert after.clocks == {}
    assert after.removed_at == event.at
    assert not left_open(WAITING, event)


@pytest.mark.parametrize("key", ["task_states", "clock_states"])
def test_a_removal_that_leaves_something_waiting_is_told_apart(key: str) -> None:
    event, _ = remove_contents(
        load_library(), WAITING, context(By()), removal={"programme": "programme", "decision": 4}, gone=GONE
    )
    effects: Any = event.effects
    fewer: Any = {**effects, key: effects[key][1:]}
    assert left_open(WAITING, replace(event, effects=fewer))
    assert left_open(WAITING, plain_event("erased", {"removal": {}}))


@pytest.mark.parametrize("kind", sorted(_ACTIONS, key=repr))
def test_no_command_does_anything_in_a_removed_case(kind: Any) -> None:
    after = removed()
    command = object.__new__(kind)
    with pytest.raises(Refused) as refusal:
        decide_and_evolve(load_library(), after, command, context())
    assert refusal.value.reasons == [reasons.retention.TAKES_NOTHING_MORE]
    # What nobody asked for comes to nothing, and breaks nothing off.
    assert decide_and_evolve(load_library(), after, command, context(By())) == ([], after)


def test_nothing_is_offered_in_a_removed_case() -> None:
    after = removed()
    assert offers(load_library(), after, context()) == []
    assert task_offers(load_library(), after, context()) == []
