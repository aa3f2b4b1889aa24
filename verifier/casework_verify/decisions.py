"""What two persons decided in a programme, as the events of it that a file has tell: one proposed it, and another one agreed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from casework_verify.histories import History
from casework_verify.integrity.canonical import NotCanonical, digest

Told = Mapping[int, Mapping[str, Any]]


def told_of(roles: Any, history: History) -> Told:
    """The events of the programme of a case that the file has, by their numbers: of the one in which it was opened, whatever else the file
    calls so."""
    events = roles.get("events") if isinstance(roles, dict) else None
    programme = _programme_of(history)
    told: dict[int, Mapping[str, Any]] = {}
    for event in events if isinstance(events, list) else ():
        header = event.get("header") if isinstance(event, dict) else None
        effects = event.get("effects") if isinstance(event, dict) else None
        if (
            not isinstance(header, dict)
            or programme is None
            or header.get("log") != programme
            or not isinstance(effects, dict)
        ):
            continue
        if type(header.get("seq")) is int and is_sound(effects, header.get("effects")):
            told[header["seq"]] = {**header, "effects": effects}
    return told


def _programme_of(history: History) -> Any:
    opened = history.rows[0]["effects"].get("case") if history.rows else None
    return opened.get("programme") if isinstance(opened, dict) else None


def is_sound(value: Any, promised: Any) -> bool:
    """Whether a digest is of a value."""
    try:
        return bool(digest(value) == promised)
    except NotCanonical:
        return False


def decided(told: Told, decision: Any, subject: str, by: str) -> tuple[Mapping[str, Any], bool] | None:
    """What was proposed of a subject to which a decision agreed, and whether a second person did, to just that; None where none did by
    that moment."""
    agreed = told.get(decision) if type(decision) is int else None
    if agreed is None or agreed.get("kind") != f"{subject}_agreed" or not str(agreed.get("at")) <= by:
        return None
    named = agreed["effects"].get(f"{subject}_agreed")
    seen = named.get("asked") if isinstance(named, dict) else None
    asked = told.get(seen) if type(seen) is int else None
    wanted = asked["effects"].get(f"{subject}_asked") if asked is not None else None
    if (
        asked is None
        or asked["seq"] >= agreed["seq"]
        or asked.get("kind") != f"{subject}_asked"
        or not isinstance(wanted, dict)
    ):
        return None
    # Whoever proposed, and in whose place; what the file says instead of a person is nobody.
    people = (asked.get("actor"), asked.get("acting_for"), None)
    whole = {name: value for name, value in wanted.items() if name != "digest"}
    sound = is_sound(whole, wanted.get("digest")) and named.get("digest") == wanted.get("digest")
    return wanted, sound and agreed.get("actor") not in people


def digest_of_case(log: str) -> str:
    """By what a decision names a case."""
    return hashlib.sha256(log.encode()).hexdigest()


def came_to(told: Told, kind: str, effect: str, said: Mapping[str, Any]) -> bool:
    """Whether the log of the programme tells that the worker came to a case."""
    carried = (one["effects"].get(effect) for one in told.values() if one.get("kind") == kind)
    return any(isinstance(one, dict) and said.items() <= one.items() for one in carried)


__all__ = ["Told", "came_to", "decided", "digest_of_case", "is_sound", "told_of"]
