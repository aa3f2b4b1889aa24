"""A case is handed over to another owner and team."""

from __future__ import annotations

from casework import reasons
from casework.engine.execution.commands import HandOver
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import line
from casework.engine.execution.task_changes import commit, free_tasks_of
from casework.engine.state.events import HANDED_OVER
from casework.errors import WrongState


def hand_over(builder: EventBuilder, command: HandOver) -> None:
    if builder.case.owner is None:
        raise WrongState(action=reasons.actions.HAND_OVER, why=reasons.cases.NO_OWNER)
    body = {"note": line(command.note, "note")} if command.note else {}
    builder.begin(HANDED_OVER, None, {"owner": command.owner, "team": list(command.team)}, body)
    left = {*builder.case.team, builder.case.owner} - {*command.team, command.owner}
    for person in sorted(left | {builder.case.owner} - {command.owner}):
        free_tasks_of(builder, person)
    commit(builder)
