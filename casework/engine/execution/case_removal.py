"""The removal of a case's contents as an event of its log: what still waits in it ends with them, and nothing follows any more.

Nobody decides here: two persons have, and `engine.removals` says what they decided.
"""

from __future__ import annotations

from casework import reasons
from casework.engine.execution.context import Context, Library
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.task_changes import close_task
from casework.engine.roles import Role
from casework.engine.state.case import OBSOLETE, STOPPED, Case
from casework.engine.state.document_effects_schema import RemovedContents
from casework.engine.state.effects_schema import ErasedWords
from casework.engine.state.events import ERASED, Event
from casework.errors import Refused


def remove_contents(
    library: Library, case: Case, context: Context, *, removal: RemovedContents, gone: ErasedWords
) -> tuple[Event, Case]:
    """The event by which the contents of a closed case go, and the case after it: no task of it is open, and no clock of it runs."""
    builder = EventBuilder(library, case, context)
    what = "archival" if "sealed" in removal else "removal"
    builder.begin(ERASED, None, {"removal": removal, "what": what, "erased": gone}, system=True)
    for task in case.open_tasks():
        close_task(builder, task, OBSOLETE)
    for clock in case.clocks.values():
        builder.set_clock(clock, STOPPED)
    builder.append()
    return builder.events[0], builder.case


def closes(case: Case, context: Context) -> bool:
    """Whether nothing can happen in a case, for its contents were removed. Raises Refused where a person wants something of it."""
    if case.removed_at is None:
        return False
    if context.by.role == Role.SYSTEM:
        # A clock that was just due, a calendar that changed: there is nothing left that it could be about.
        return True
    raise Refused(reasons.retention.TAKES_NOTHING_MORE)


def left_open(case: Case, event: Event) -> bool:
    """Whether a removal ends something else than all that waited in the case before it."""
    ended = {one["id"] for one in event.effects.get("task_states", ()) if one.get("state") == OBSOLETE}
    stopped = {one["id"] for one in event.effects.get("clock_states", ()) if one["state"] == STOPPED}
    return ended != {task.id for task in case.open_tasks()} or stopped != case.clocks.keys()


__all__ = ["closes", "left_open", "remove_contents"]
