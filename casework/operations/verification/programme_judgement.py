"""Whether what a programme's log says of its settings was set as it may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from casework.engine.case_objects.letterheads import LETTERHEAD_SET, REASON, SETTERS
from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.operations.history.point_in_time import Past


def settings_faults(past: Past, programme: str, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What of its settings could not have been set so: the number of the event, and why."""
    set_before = False
    for event in events:
        if event.kind != LETTERHEAD_SET:
            continue
        if event.role not in SETTERS:
            yield event.seq, f"it is done by {' or '.join(SETTERS)}, not by {event.role}"
        elif not past.held(programme, event.actor, Role(event.role), event.acting_for, event.at):
            yield event.seq, f"its actor did not hold the role {event.role} at that moment"
        if set_before and REASON not in event.body:
            yield event.seq, "it changes what was set before, and does not say why"
        set_before = True
