"""What the record of an organisation answers in its cases by itself: an open screening, or that there is to be one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from casework.engine.case_objects.screenings import CLEAR
from casework.engine.definition.registry import GUARDS
from casework.engine.execution.commands import HearScreening
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.task_changes import close_task, commit, open_side_task, plays
from casework.engine.parts import CONFIRMS_INTEREST, SCREENS
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import ADDED, COMPLETED

#: What the record's newest screening of each party says.
FACT = "screenings"


def answers(told: Mapping[str, Any] | None) -> bool:
    """Whether a screening on record finds neither the organisation nor an owner on a list."""
    return told is not None and told["result"] == CLEAR and told["owners_free"] is True


def hear_screening(builder: EventBuilder, command: HearScreening) -> None:
    """What is open of the party is done where the record answers it. Where somebody stands on a list the party is to be screened
    again here, once its interest is confirmed, unless that is open."""
    case, main, party = builder.case, builder.case.main, command.party
    rule = builder.library[main.edition].task_of(SCREENS)
    told = builder.context.facts.get(FACT, {}).get(party)
    if rule is None or not rule.only_if or told is None or case.closed_at is not None:
        return
    facts = replace(builder.facts(main, {}), about=party)
    mine = [task for task in case.open_tasks() if plays(builder.library, task, SCREENS) and task.about == party]
    asked = GUARDS[rule.only_if].holds(facts)
    if not asked:
        for task in mine:
            _answer(builder, task.id, told)
    elif not mine and not answers(told) and CONFIRMS_INTEREST in main.played:
        builder.begin(ADDED, main, {"name": rule.name}, system=True)
        open_side_task(builder, rule, main, facts, about=party, by_hand=True)
        commit(builder)


def _answer(builder: EventBuilder, id: str, told: Mapping[str, Any]) -> None:
    task = builder.task(id)
    effects: Effects = {"task": task.id, "name": task.name, "facts": {FACT: {str(task.about): dict(told)}}}
    if task.holder is not None:
        effects["held_by"] = task.holder
    builder.begin(COMPLETED, builder.case.tracks[task.track], effects, system=True)
    result = {"result": told["result"], "checked_on": told["checked_on"], "holds_until": told["valid_until"]}
    close_task(builder, task, "Completed", result=result)
    commit(builder)


__all__ = ["FACT", "answers", "hear_screening"]
