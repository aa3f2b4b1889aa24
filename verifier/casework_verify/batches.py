"""Moves to another edition that a batch made: by which decision, and that the log of the programme tells of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from casework_verify.decisions import Told, came_to, decided, digest_of_case, told_of
from casework_verify.faults import Fault
from casework_verify.histories import HISTORY, History


def batches_of(history: History, roles: Any) -> Iterator[Fault]:
    """What is wrong with each move of which a history says that a batch made it."""
    told = told_of(roles, history)
    for n, row in enumerate(history.rows, 1):
        migration = row["effects"].get("migration")
        if row["header"]["kind"] != "migrated" or not isinstance(migration, dict) or "batch" not in migration:
            continue
        code = _wrong(history.log, n, migration, told, row["header"]["at"])
        if code is not None:
            yield Fault(code, {"decision": migration["batch"]}, HISTORY, history.log, n)


def _wrong(log: str, seq: int, migration: Mapping[str, Any], told: Told, at: str) -> str | None:
    """The code of what is wrong with a move; None where nothing is."""
    found = decided(told, migration["batch"], "batch", at)
    if found is None:
        return "batch_undecided"
    wanted, by_two = found
    if not by_two:
        return "batch_alone"
    case, cases = digest_of_case(log), wanted.get("cases")
    same = all(wanted.get(name) == migration.get(name) for name in ("plan", "workflow", "from", "to"))
    if not isinstance(cases, list) or case not in cases or not same or ("reverts" in wanted) != ("back" in migration):
        return "batch_other"
    said = {"decision": migration["batch"], "case": case, "outcome": "moved", "event": seq}
    return None if came_to(told, "batch_case", "batch_case", said) else "batch_untold"


__all__ = ["batches_of"]
