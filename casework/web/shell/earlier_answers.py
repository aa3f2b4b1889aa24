"""What was answered before, where an action came back to be done once more."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from casework.engine.state.case import Case
from casework.operations.cases.returned_actions import find_returned
from casework.permissions.actors import Actor
from casework.web.shell.form_actions import Action
from casework.web.shell.layout import clock


def with_earlier(db: Connection, actor: Actor, case: Case, action: Action) -> Action:
    """The same with what was answered before, where it came back to be done once more."""
    if not action.rules or (earlier := find_returned(db, actor, case, case.tracks[action.track], action.name)) is None:
        return action
    said = {rule["name"]: earlier.data[rule["name"]] for rule in action.rules if rule["name"] in earlier.data}
    # The day on which it was done is that of this time, not of the time before.
    past = {rule["name"] for rule in action.rules if rule.get("past")}
    days = dict.fromkeys(past & said.keys(), clock().today.isoformat())
    kept = {name: value for name, value in said.items() if name not in days}
    return replace(action, returned=replace(earlier, data=kept), prefill={**action.prefill, **kept, **days})


__all__ = ["with_earlier"]
