"""Whether what two persons decide of a programme was proposed and decided by who may: the same for every such setting."""

from __future__ import annotations

from collections.abc import Iterator

from casework.engine.case_objects.letterheads import REASON, SETTERS
from casework.engine.roles import Role
from casework.engine.setting_proposals import DECIDERS, PROPOSERS
from casework.engine.state.events import RegisterEvent
from casework.operations.history.point_in_time import Past


def set_against(past: Past, programme: str, event: RegisterEvent, setters: tuple[Role, ...] = SETTERS) -> Iterator[str]:
    """What speaks against whoever set something: another role, or one that was not held then."""
    if event.role is None or event.role not in setters:
        yield f"it is done by {' or '.join(setters)}, not by {event.role}"
    elif not past.held(programme, event.actor, Role(event.role), event.acting_for, event.at):
        yield f"its actor did not hold the role {event.role} at that moment"


def decided_against(
    past: Past, programme: str, event: RegisterEvent, kinds: tuple[str, str, str], what: str
) -> Iterator[str]:
    """What speaks against whoever proposed something or decided on it, by events of these `kinds`; `what` says what it does."""
    asked, _, refused = kinds
    yield from set_against(past, programme, event, PROPOSERS if event.kind == asked else DECIDERS)
    if event.kind in (asked, refused) and REASON not in event.body:
        yield f"it proposes {what}, and does not say why"


__all__ = ["decided_against", "set_against"]
