"""Whether what a programme's log says of its retention classes was set as it may be."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from casework.engine.case_objects.letterheads import REASON
from casework.engine.retention import (
    FIRST_VERSION,
    OF_RETENTION,
    RETENTION_ASKED,
    RETENTION_REFUSED,
    RETENTION_SET,
    fold,
    why_not_agreed,
)
from casework.engine.roles import Role
from casework.engine.setting_proposals import DECIDERS, PROPOSERS
from casework.engine.state.events import RegisterEvent
from casework.operations.history.point_in_time import Past


def retention_faults(past: Past, programme: str, events: Collection[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """Retention classes are proposed by one person with a reason, and set once a second one agrees."""
    number, before = FIRST_VERSION, list[RegisterEvent]()
    for event in events:
        if event.kind not in OF_RETENTION:
            if "retention" in event.effects:
                yield event.seq, "it sets retention classes, which are set by an event of their own"
            continue
        setters = PROPOSERS if event.kind == RETENTION_ASKED else DECIDERS
        if event.role is None or event.role not in setters:
            yield event.seq, f"it is done by {' or '.join(setters)}, not by {event.role}"
        elif not past.held(programme, event.actor, Role(event.role), event.acting_for, event.at):
            yield event.seq, f"its actor did not hold the role {event.role} at that moment"
        if event.kind in (RETENTION_ASKED, RETENTION_REFUSED) and REASON not in event.body:
            yield event.seq, "it proposes retention classes, or refuses them, and does not say why"
        if event.kind == RETENTION_SET:
            if (why := why_not_agreed(next(reversed(fold(before)), None), number, event)) is not None:
                yield event.seq, why
            number = (event.effects.get("retention") or {}).get("version", number)
        before.append(event)


__all__ = ["retention_faults"]
