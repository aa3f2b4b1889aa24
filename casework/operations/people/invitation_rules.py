"""What the log of a programme or organisation tells of its invitations, and whether it could have happened so. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from casework.engine.state.events import SYSTEM_ACTOR, RegisterEvent
from casework.json_values import JsonObject
from casework.operations.core.register_log import GRANTED, ROLE_ASKED

INVITED, INVITED_AGAIN, REVOKED = "invited", "invited_again", "invitation_revoked"
LOCKED, ACCEPTED = "invitation_locked", "invitation_accepted"
_LATER = (INVITED_AGAIN, REVOKED, LOCKED, ACCEPTED)


def fold(events: Iterable[RegisterEvent]) -> dict[str, JsonObject]:
    """The invitations by id, as their rows must be."""
    invitations: dict[str, JsonObject] = {}
    for event in events:
        if event.kind == INVITED:
            invitations[event.effects["invitation"]] = {
                "id": event.effects["invitation"],
                "scope_id": event.log,
                "email": event.body["email"],
                "name": event.body["name"],
                "roles": event.effects["roles"],
                "language": event.effects["language"],
                "expires_at": event.effects["expires_at"],
                "invited_by": None if event.actor == SYSTEM_ACTOR else event.actor,
                "locked_at": None,
                "revoked_at": None,
                "accepted_at": None,
                "accepted_by": None,
            }
        elif event.kind in _LATER and event.effects["invitation"] in invitations:
            invitations[event.effects["invitation"]] |= _after(event)
    return invitations


def _after(event: RegisterEvent) -> JsonObject:
    if event.kind == INVITED_AGAIN:
        return {"expires_at": event.effects["expires_at"], "locked_at": None}
    if event.kind == REVOKED:
        return {"revoked_at": event.at}
    if event.kind == LOCKED:
        return {"locked_at": event.at}
    return {"accepted_at": event.at, "accepted_by": event.actor}


def faults(events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What could not have happened so: the number of the event, and why."""
    before: list[RegisterEvent] = []
    used: set[tuple[str, str]] = set()
    for event in events:
        id = event.effects.get("invitation")
        if id is not None and event.kind != INVITED:
            why = _why_not(event, fold(before).get(id))
            if event.kind in (GRANTED, ROLE_ASKED) and why is None:
                # Each role that an invitation is for is given once.
                why = "the invitation was used for this role already" if (id, event.effects["role"]) in used else None
                used.add((id, event.effects["role"]))
            if why is not None:
                yield event.seq, why
        if id is not None:
            before.append(event)


def _why_not(event: RegisterEvent, invitation: JsonObject | None) -> str | None:
    if invitation is None:
        return "there is no such invitation"
    if event.kind == ROLE_ASKED and event.effects["asked_by"] != (invitation["invited_by"] or SYSTEM_ACTOR):
        return "the role was asked for in the name of somebody who had not invited"
    if event.kind in (GRANTED, ROLE_ASKED):
        if (
            invitation["accepted_by"] is None
            or invitation["accepted_by"] != event.actor
            or event.effects["person"] != event.actor
        ):
            return "whoever got the role did not accept the invitation"
        return None if event.effects["role"] in invitation["roles"] else "the invitation was not for this role"
    if invitation["accepted_at"] is not None or invitation["revoked_at"] is not None:
        return "the invitation had been used or withdrawn"
    if event.kind == ACCEPTED:
        if invitation["locked_at"] is not None or event.at >= datetime.fromisoformat(invitation["expires_at"]):
            return "the invitation was locked or had ended"
        if event.actor in (invitation["invited_by"], SYSTEM_ACTOR):
            return "nobody accepts their own invitation"
    return None


__all__ = ["ACCEPTED", "INVITED", "INVITED_AGAIN", "LOCKED", "REVOKED", "faults", "fold"]
