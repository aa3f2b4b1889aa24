"""Findings as somebody took them out, and the logs from which they follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from casework_verify.faults import Fault, Unreadable
from casework_verify.finding_rows import row_of, step_faults
from casework_verify.histories import MOST_FAULTS, read_history
from casework_verify.integrity.canonical import canonical
from casework_verify.integrity.notes import Checkpoint
from casework_verify.memory import Memory
from casework_verify.proofs import check_proofs
from casework_verify.scopes import are_programmes, programmes_told
from casework_verify.words import WRONG, level_of

FINDINGS = "findings"
_SCOPE = {"programmes", "state", "owner", "late", "most", "more"}
_STATES = (None, "open", "answered", "closed")
_FINDING = {"row", "head", "events", "leaves"}


@dataclass(slots=True)
class _Found:
    """What is found while the findings are gone through, one after the other."""

    faults: list[Fault] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    events: int = 0
    erased: int = 0


def is_formed(content: Mapping[str, Any]) -> bool:
    """Whether scope and findings can be read."""
    scope, findings = content["scope"], content.get(FINDINGS)
    return (
        scope.keys() >= _SCOPE
        and _is_scope(scope)
        and isinstance(findings, list)
        and all(_is_finding(one) for one in findings)
    )


def check_findings(
    content: Mapping[str, Any], said: Checkpoint, memory: Memory
) -> tuple[list[Fault], list[Fault], int]:
    """What is wrong with the findings, what there is to know where nothing is, and how many events they rest on."""
    found = _Found()
    for one in content[FINDINGS]:
        some = list(_finding_faults(one, content["at"], said, memory, found))
        if any(level_of(fault) == WRONG for fault in some):
            log = one["row"].get("id")
            some.insert(0, Fault("export_in", {"name": _plain(log)}, log=log if isinstance(log, str) else None))
        if len(found.faults) < MOST_FAULTS:
            found.faults += some
    faults = [*found.faults, *_scope_faults(content, found.rows)]
    return faults, list(_shown(content, found)), found.events


def _is_scope(scope: Mapping[str, Any]) -> bool:
    return (
        are_programmes(scope["programmes"])
        and scope["state"] in _STATES
        and isinstance(scope["owner"], str | None)
        and isinstance(scope["late"], bool)
        and isinstance(scope["more"], bool)
        and type(scope["most"]) is int
    )


def _is_finding(one: Any) -> bool:
    if not isinstance(one, dict) or not one.keys() >= _FINDING:
        return False
    return isinstance(one["row"], dict) and isinstance(one["events"], list) and isinstance(one["leaves"], list)


def _finding_faults(one: Any, at: str, said: Checkpoint, memory: Memory, found: _Found) -> Iterator[Fault]:
    """What is wrong with one finding: its log, that this is in the tree, each step, and what is told of it."""
    row = one["row"]
    log = row.get("id")
    if not isinstance(log, str):
        yield Fault("export_row", {"name": "id"})
        return
    history = read_history(one["events"], log, one["head"])
    found.rows.append(row)
    found.events += len(history.rows)
    found.erased += history.erased
    # Within such a file there are no parts that could be named.
    yield from (replace(fault, file=None) for fault in history.faults)
    try:
        proven = check_proofs(history, said, one, memory.remembered(log, said.size))
    except Unreadable:
        yield Fault("export_form")
        return
    for fault in proven.faults:
        # Each event was published before it was taken out.
        yield replace(fault, file=None, code="leaf_missing" if fault.code == "leaf_waiting" else fault.code)
    yield from _beside(one, len(history.rows), log)
    yield from (replace(fault, file=None) for fault in memory.compare(history, said.size, proven.count))
    if history.faults:
        return
    yield from step_faults(history.rows, log)
    if history.rows[-1]["at"] > at:
        yield Fault("export_later", {"at": at}, log=log, seq=len(history.rows))
    follows = row_of(history.rows, at)
    for name in sorted(row.keys() & follows.keys()):
        if canonical(row[name]) != canonical(follows[name]):
            yield Fault("export_row", {"name": name}, log=log)
    for name in sorted(follows.keys() - row.keys()):
        yield Fault("export_row", {"name": name}, log=log)


def _beside(one: Any, count: int, log: str) -> Iterator[Fault]:
    """Leaves of events that are not there, or that stand there twice: nothing follows from them."""
    seqs = [leaf["seq"] for leaf in one["leaves"]]
    if seqs != sorted(set(seqs)) or any(not 1 <= seq <= count for seq in seqs):
        yield Fault("export_leaves", log=log)


def _scope_faults(content: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Findings that are not what the file says that it holds, twice there, or in another order."""
    scope, ids = content["scope"], [row["id"] for row in rows]
    for row in rows:
        outside = row.get("programme") not in scope["programmes"]
        outside |= scope["state"] is not None and row.get("state") != scope["state"]
        outside |= scope["owner"] is not None and row.get("owner") != scope["owner"]
        outside |= scope["late"] and row.get("late") is not True
        if outside:
            yield Fault("export_outside", {"name": row["id"]}, log=row["id"])
    if len(set(ids)) != len(ids):
        yield Fault("export_twice")
    order = [(_plain(row.get("raised_at")), row["id"]) for row in rows]
    if order != sorted(order, reverse=True):
        yield Fault("export_order")
    if len(rows) > scope["most"] or scope["more"] and len(rows) != scope["most"]:
        yield Fault("export_count", {"count": len(rows), "most": scope["most"]})


def _shown(content: Mapping[str, Any], found: _Found) -> Iterator[Fault]:
    """What it holds, for a reader to compare with what was asked for."""
    scope = content["scope"]
    told = {"count": len(found.rows), "events": found.events, "at": content["at"]}
    yield Fault("export_shows", told)
    yield from programmes_told(scope["programmes"])
    if scope["state"] is not None:
        yield Fault("export_state", {"answer": scope["state"]})
    if scope["owner"] is not None:
        yield Fault("export_owner", {"name": scope["owner"]})
    if scope["late"]:
        yield Fault("export_late")
    if scope["more"]:
        yield Fault("export_more", {"most": scope["most"]})
    if found.erased:
        yield Fault("erased", {"count": found.erased})
    yield Fault("export_left_out")


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else canonical(value).decode("utf-8")


__all__ = ["FINDINGS", "check_findings", "is_formed"]
