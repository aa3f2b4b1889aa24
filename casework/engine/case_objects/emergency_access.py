"""A case that is opened in an emergency, by its reader alone, who gives a reason.

The glass is broken, and those who look after the case and those who audit it hear of it at once. It ends by itself. Who may
not read, whatever is opened, is told by `permissions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from casework import reasons
from casework.engine.case_objects.unsealing import OPEN
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import line
from casework.engine.execution.record_commands import BreakGlass
from casework.engine.execution.task_changes import commit
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.effects_schema import Effects, StartedOpening
from casework.engine.state.events import GLASS_BROKEN, Event
from casework.errors import NotAllowed, NotFound, WrongState
from casework.ledger.canonical_json import instant, parse_instant

BREAK_GLASS = "break_glass"
#: Who may break the glass: whoever keeps the system and has no case content otherwise.
BREAKERS = (Role.ADMINISTRATOR,)
BREAK_GLASS_LASTS = timedelta(hours=4)


def break_glass(builder: EventBuilder, command: BreakGlass) -> None:
    """Read a case in an emergency for a few hours: in one's own name, with a reason, and everybody hears of it."""
    if builder.case.kind != "case":
        raise NotFound("case")
    if builder.by.role not in BREAKERS or builder.by.acting_for is not None:
        raise NotAllowed(why=reasons.mediations.EMERGENCY_BY)
    mine = [
        opening
        for opening in builder.case.openings.values()
        if opening.reader == builder.by.person and opening.until is not None
    ]
    if any(
        opening.state == OPEN and opening.until is not None and opening.until > builder.context.now for opening in mine
    ):
        raise WrongState(action=reasons.actions.OPEN_CASE, why=reasons.mediations.OPEN_ALREADY)
    started: StartedOpening = {
        "id": builder.context.new_id(),
        "kind": BREAK_GLASS,
        "reader": builder.by.person,
        "decider": None,
        "days": 0,
        "state": OPEN,
        "until": instant(builder.context.now + BREAK_GLASS_LASTS),
    }
    effects: Effects = {"openings": [started]}
    if command.given:
        effects["role_given"] = command.given.copy()
    builder.begin(GLASS_BROKEN, None, effects, {"reason": line(command.reason, "reason")})
    commit(builder)


# --- judged again ----------------------------------------------------------------------------------------------------


def faults_of(before: Case, event: Event) -> Iterator[str]:
    """What is wrong with a recorded emergency, as sentences; nothing where it could be made. Roles are judged elsewhere."""
    if event.acting_for is not None:
        yield "it was done in somebody else's place"
    if set(event.effects) - {"openings", "opening_states", "role_given"}:
        yield "it did more than open or seal"
    for opening in event.effects.get("openings", ()):
        if before.kind != "case" or opening["kind"] != BREAK_GLASS:
            yield "a sealed mediation is never opened by one person"
        if opening["reader"] != event.actor:
            yield "somebody opened the case for another person"
        if opening["until"] is None or parse_instant(opening["until"]) > event.at + BREAK_GLASS_LASTS:
            yield f"it lasts longer than {BREAK_GLASS_LASTS}"
