"""Whether what a programme's log says of its settings was set as it may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from casework.engine.case_objects.letterheads import COPIED, LETTERHEAD_SET, REASON, SETTERS
from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR, RegisterEvent
from casework.operations.core.register_log import GRANTED, REGISTERED
from casework.operations.history.point_in_time import Past


def settings_faults(past: Past, programme: str, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What of its settings could not have been set so: the number of the event, and why."""
    set_before = begun = False
    for event in events:
        if event.kind == COPIED:
            yield from ((event.seq, why) for why in _copied_against(past, event))
            if begun:
                yield event.seq, "a programme gets the settings of another as it begins, and not later"
        elif event.kind == LETTERHEAD_SET:
            yield from ((event.seq, why) for why in _set_against(past, programme, event))
            if set_before and REASON not in event.body:
                yield event.seq, "it changes what was set before, and does not say why"
        # Whoever makes it gets a role before.
        begun = begun or event.kind not in (REGISTERED, GRANTED) or event.seq > 2
        set_before = set_before or event.kind == LETTERHEAD_SET or event.kind == COPIED and bool(event.body)


def _set_against(past: Past, programme: str, event: RegisterEvent) -> Iterator[str]:
    if event.role not in SETTERS:
        yield f"it is done by {' or '.join(SETTERS)}, not by {event.role}"
    elif not past.held(programme, event.actor, Role(event.role), event.acting_for, event.at):
        yield f"its actor did not hold the role {event.role} at that moment"


def _copied_against(past: Past, event: RegisterEvent) -> Iterator[str]:
    """A programme is begun with the settings of another by an administrator of that one, or on the command line."""
    if event.actor == SYSTEM_ACTOR:
        return
    source = event.effects.get("copied_from")
    if source is None or not past.held(source, event.actor, Role.ADMINISTRATOR, None, event.at, any_deputy=True):
        yield "its actor did not administer the programme whose settings were taken"
