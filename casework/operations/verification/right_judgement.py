"""Whether what a right's log says was entered, confirmed and corrected as it may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from casework.engine.case_objects.encumbrances import CONFIRMED, RECORDED
from casework.engine.case_objects.ip_rights import REASON, changes, fold
from casework.engine.state.events import RegisterEvent
from casework.operations.catalogue.ip_rights import EDITORS
from casework.operations.history.point_in_time import Past


def right_faults(past: Past, programme: str, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What in a right's log could not have happened so: the number of the event, and why.

    What an import enters is confirmed by nobody, and the programme's log tells of the import.
    """
    before: list[RegisterEvent] = []
    for event in events:
        stood = fold(before)
        stands = event.kind == CONFIRMED or event.kind == RECORDED and event.effects["right"]["confirmed"]
        if stands:
            yield from ((event.seq, why) for why in _actor_against(past, programme, event))
        looked_up = event.effects.get("checked_on") or event.body.get("checked_on")
        today = past.calendar(programme, event.at).local_date(event.at).isoformat()
        if stands and isinstance(looked_up, str) and looked_up > today:
            yield event.seq, "it was looked up on a day that was to come"
        if (
            event.kind == CONFIRMED
            and stood.get("confirmed")
            and changes(stood, event).keys() - {"checked_on"}
            and REASON not in event.body
        ):
            yield event.seq, "it changes what was confirmed before, and does not say why"
        before.append(event)


def _actor_against(past: Past, programme: str, event: RegisterEvent) -> Iterator[str]:
    if event.role not in EDITORS:
        yield f"a right is confirmed by {' or '.join(EDITORS)}, not by {event.role}"
    elif not past.held(programme, event.actor, event.role, event.acting_for, event.at):
        yield f"its actor did not hold the role {event.role} at that moment"
