"""Whether what an organisation's log says of its record was entered, corrected and taken out as it may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from casework.engine.case_objects.organisations import CONFIRMED, EDITORS, KEPT, MERGED, REASON, REMOVED
from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.json_values import JsonObject
from casework.operations.core.register_entries import fold
from casework.operations.core.register_log import REGISTERED
from casework.operations.history.point_in_time import Past
from casework.records.register_entries import MARK, name_of

#: By what was done, who does it.
_DOERS: Mapping[str, Sequence[Role]] = {CONFIRMED: EDITORS, KEPT: EDITORS, REMOVED: EDITORS}


def organisation_faults(past: Past, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What in an organisation's log could not have happened so: the number of the event, and why.

    What an import or an administrator enters is confirmed by nobody.
    """
    before: list[RegisterEvent] = []
    gone = False
    for event in events:
        doers = _doers(event)
        if doers:
            yield from ((event.seq, why) for why in _actor_against(past, event, doers))
            if gone:
                yield event.seq, "another organisation stood in its place by then"
            if _corrects(before, event) and REASON not in event.body:
                yield event.seq, "it changes what was confirmed before, and does not say why"
        gone = gone or event.kind == MERGED
        before.append(event)


def _doers(event: RegisterEvent) -> Sequence[Role]:
    if event.kind == REGISTERED:
        return EDITORS if _row(event).get("confirmed") is True else ()
    return _DOERS.get(event.kind, ())


def _row(event: RegisterEvent) -> JsonObject:
    """What an event tells of the organisation itself."""
    told = event.body.get(name_of("organisations", event.log))
    return dict(told) if isinstance(told, Mapping) else {}


def _corrects(before: list[RegisterEvent], event: RegisterEvent) -> bool:
    """Whether it says of something that a person stood for something else than before, or takes it out."""
    if event.kind == REMOVED:
        return True
    state = fold(before)
    if event.kind == KEPT:
        names = (name.partition(MARK) for name in event.body)
        return any(key in state.get(table, {}) for table, mark, key in names if mark)
    stood = state.get("organisations", {}).get(event.log)
    if event.kind != CONFIRMED or not isinstance(stood, Mapping) or stood.get("confirmed") is not True:
        return False
    return any(stood.get(column) != value for column, value in _row(event).items())


def _actor_against(past: Past, event: RegisterEvent, doers: Sequence[Role]) -> Iterator[str]:
    programme = event.effects.get("programme")
    if event.role not in doers:
        yield f"it is done by {' or '.join(doers)}, not by {event.role}"
    elif programme is None or event.role is None:
        yield "it does not say for which programme"
    elif not past.held(programme, event.actor, event.role, event.acting_for, event.at):
        yield f"its actor did not hold the role {event.role} at that moment"
