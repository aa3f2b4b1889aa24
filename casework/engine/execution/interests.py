"""Somebody declares an interest in a case."""

from __future__ import annotations

from casework.engine.execution.commands import DeclareInterest
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import line
from casework.engine.execution.task_changes import commit, free_tasks_of
from casework.engine.state.events import INTEREST_DECLARED


def declare_interest(builder: EventBuilder, command: DeclareInterest) -> None:
    body = {"nature": line(command.nature, "nature")} if command.nature else {}
    builder.begin(INTEREST_DECLARED, None, {"interest": [command.person]}, body)
    free_tasks_of(builder, command.person)
    commit(builder)
