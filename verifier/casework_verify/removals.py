"""Contents that were removed under retention: by which decision, and that the log of the programme tells of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from casework_verify.faults import Fault
from casework_verify.histories import HISTORY, History
from casework_verify.integrity.canonical import NotCanonical, digest

_DIGEST = re.compile(r"[0-9a-f]{64}")


def removals_of(history: History, roles: Any) -> Iterator[Fault]:
    """Of each removal that a history tells of what is wrong with it, and a note of it where nothing is.

    Whether the events of the programme are in the tree that was signed is told beside this.
    """
    told = _told(roles)
    for n, row in enumerate(history.rows, 1):
        removal = row["effects"].get("removal")
        if row["header"]["kind"] != "erased" or removal is None:
            continue
        decision = removal.get("decision") if isinstance(removal, dict) else None
        sealed = removal.get("sealed") if isinstance(removal, dict) else None
        code = _wrong(history.log, n, decision, told, sealed)
        erased = row["effects"].get("erased")
        fields = erased.get("fields") if isinstance(erased, dict) else None
        values: dict[str, Any] = {"decision": decision}
        if code is None:
            code = "removed" if sealed is None else "archived"
            values |= {} if sealed is None else {"sealed": sealed["file"]}
            values |= {"day": row["header"]["at"][:10], "count": len(fields) if isinstance(fields, list) else 0}
        yield Fault(code, values, HISTORY, history.log, n)


def _told(roles: Any) -> dict[int, Mapping[str, Any]]:
    """The events of the programme that the file has, by their numbers."""
    events = roles.get("events") if isinstance(roles, dict) else None
    programme = roles.get("programme") if isinstance(roles, dict) else None
    told: dict[int, Mapping[str, Any]] = {}
    for event in events if isinstance(events, list) else ():
        header = event.get("header") if isinstance(event, dict) else None
        effects = event.get("effects") if isinstance(event, dict) else None
        if not isinstance(header, dict) or header.get("log") != programme or not isinstance(effects, dict):
            continue
        if type(header.get("seq")) is int and _sound(effects, header.get("effects")):
            told[header["seq"]] = {**header, "effects": effects}
    return told


def _sound(effects: Any, promised: Any) -> bool:
    try:
        return bool(digest(effects) == promised)
    except NotCanonical:
        return False


def _is_sealed(sealed: Any) -> bool:
    """Whether it names a sealed file as an event does: its digest, that of what is within, and its length."""
    if (
        not isinstance(sealed, dict)
        or sealed.keys() != {"file", "content", "bytes"}
        or type(sealed["bytes"]) is not int
    ):
        return False
    return all(isinstance(one, str) and _DIGEST.fullmatch(one) for one in (sealed["file"], sealed["content"]))


def _wrong(log: str, seq: int, decision: Any, told: Mapping[int, Mapping[str, Any]], sealed: Any) -> str | None:
    """The code of what is wrong with a removal; None where nothing is."""
    agreed = told.get(decision) if type(decision) is int else None
    if agreed is None or agreed.get("kind") != "removal_agreed":
        return "removal_undecided"
    named = agreed["effects"].get("removal_agreed")
    seen = named.get("asked") if isinstance(named, dict) else None
    asked = told.get(seen) if isinstance(seen, int) else None
    wanted = asked["effects"].get("removal_asked") if asked is not None else None
    if asked is None or asked.get("kind") != "removal_asked" or not isinstance(wanted, dict):
        return "removal_undecided"
    # Whoever proposed, and in whose place; what the file says instead of a person is nobody.
    people = (asked.get("actor"), asked.get("acting_for"), None)
    whole = {"by": None, "classes": None} | {name: value for name, value in wanted.items() if name != "digest"}
    if (
        agreed.get("actor") in people
        or not _sound(whole, wanted.get("digest"))
        or named.get("digest") != wanted.get("digest")
    ):
        return "removal_alone"
    case = hashlib.sha256(log.encode()).hexdigest()
    classes = wanted.get("classes")
    listed = classes.items() if isinstance(classes, dict) else ()
    code = next((code for code, some in listed if isinstance(some, list) and case in some), None)
    if code is None:
        return "removal_other"
    archived = wanted.get("archived", [])
    if (
        (isinstance(archived, list) and code in archived) != (sealed is not None)
        or sealed is not None
        and not _is_sealed(sealed)
    ):
        return "archive_undecided"
    said = {"decision": decision, "case": case, "event": seq}
    if sealed is not None:
        said["sealed"] = sealed["file"]
    carried = (one["effects"].get("case_removal") for one in told.values() if one.get("kind") == "case_removed")
    if not any(isinstance(one, dict) and said.items() <= one.items() for one in carried):
        return "removal_untold"
    return None


__all__ = ["removals_of"]
