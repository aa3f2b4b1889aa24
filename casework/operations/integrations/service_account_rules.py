"""What the log of an organisation tells of its service accounts. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from casework.engine.state.events import RegisterEvent
from casework.json_values import JsonObject
from casework.ledger.redactable_bodies import Erased

MADE, ROTATED, SERVICE_ENDED = "service_made", "service_rotated", "service_ended"


def fold(events: Iterable[RegisterEvent]) -> dict[str, JsonObject]:
    """The accounts by id, as their rows must be."""
    accounts: dict[str, JsonObject] = {}
    for event in events:
        if event.kind == MADE:
            accounts[event.effects["account"]] = {
                "id": event.effects["account"],
                "organisation_id": event.log,
                "scopes": event.effects["scopes"],
                "made_by": event.actor,
                "made_at": event.at,
                "expires_at": event.effects["expires_at"],
                "ended_at": None,
            } | {name: value for name, value in event.body.items() if not isinstance(value, Erased)}
        elif event.kind == SERVICE_ENDED and event.effects["account"] in accounts:
            accounts[event.effects["account"]] |= {"ended_at": event.at}
    return accounts


__all__ = ["MADE", "ROTATED", "SERVICE_ENDED", "fold"]
