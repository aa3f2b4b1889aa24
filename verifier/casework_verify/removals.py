"""Contents that were removed under retention: by which decision, and that the log of the programme tells of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from casework_verify.decisions import Told, came_to, decided, digest_of_case, told_of
from casework_verify.faults import Fault
from casework_verify.histories import HISTORY, History

_DIGEST = re.compile(r"[0-9a-f]{64}")


def removals_of(history: History, roles: Any) -> Iterator[Fault]:
    """Of each removal that a history tells of what is wrong with it, and a note of it where nothing is.

    Whether the events of the programme are in the tree that was signed is told beside this.
    """
    told = told_of(roles, history)
    for n, row in enumerate(history.rows, 1):
        removal = row["effects"].get("removal")
        if row["header"]["kind"] != "erased" or removal is None:
            continue
        decision = removal.get("decision") if isinstance(removal, dict) else None
        sealed = removal.get("sealed") if isinstance(removal, dict) else None
        said = {"decision": decision, "case": digest_of_case(history.log), "event": n}
        code = _wrong(said, row["header"]["at"], told, sealed)
        erased = row["effects"].get("erased")
        fields = erased.get("fields") if isinstance(erased, dict) else None
        values: dict[str, Any] = {"decision": decision}
        if code is None:
            code = "removed" if sealed is None else "archived"
            values |= {} if sealed is None else {"sealed": sealed["file"]}
            values |= {"day": row["header"]["at"][:10], "count": len(fields) if isinstance(fields, list) else 0}
        yield Fault(code, values, HISTORY, history.log, n)


def _is_sealed(sealed: Any) -> bool:
    """Whether it names a sealed file as an event does: its digest, that of what is within, and its length."""
    if (
        not isinstance(sealed, dict)
        or sealed.keys() != {"file", "content", "bytes"}
        or type(sealed["bytes"]) is not int
    ):
        return False
    return all(isinstance(one, str) and _DIGEST.fullmatch(one) for one in (sealed["file"], sealed["content"]))


def _wrong(said: dict[str, Any], at: str, told: Told, sealed: Any) -> str | None:
    """The code of what is wrong with a removal, of which so much should be said in the log of the programme; None where nothing is."""
    found = decided(told, said["decision"], "removal", at)
    if found is None:
        return "removal_undecided"
    wanted, by_two = found
    if not by_two:
        return "removal_alone"
    case, classes = said["case"], wanted.get("classes")
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
    if sealed is not None:
        said["sealed"] = sealed["file"]
    return None if came_to(told, "case_removed", "case_removal", said) else "removal_untold"


__all__ = ["removals_of"]
