"""An IP right's encumbrances as its log tells them: pledges, licences, transfers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from casework.engine.state.events import RegisterEvent
from casework.engine.state.right_values import Encumbrance

RECORDED, CONFIRMED, ENCUMBERED, RELEASED = "recorded", "confirmed", "encumbered", "released"


def encumbrances(events: Iterable[RegisterEvent]) -> list[Encumbrance]:
    """What lies on the right after these events."""
    found: list[Encumbrance] = []
    for event in events:
        found = after(found, event)
    return found


def after(found: list[Encumbrance], event: RegisterEvent) -> list[Encumbrance]:
    """The encumbrances after one more event; one that has ended keeps its place, with the day on which it did."""
    if event.kind == ENCUMBERED:
        return [*found, event.effects["encumbrance"]]
    if event.kind == RELEASED:
        ended = set(event.effects["ended"])
        return [{**one, "to": event.effects["on"]} if one["id"] in ended else one for one in found]
    return found


def standing(found: Iterable[Encumbrance], wanted: Mapping[str, Any], case: str) -> list[str]:
    """Ids of a case's encumbrances that stand and match what is to end."""
    return [
        one["id"]
        for one in found
        if one["to"] is None and one["case"] == case and all(one.get(key) == value for key, value in wanted.items())
    ]
