"""What the log of a finding adds up to, and whether each step of it could follow the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from casework_verify.faults import Fault
from casework_verify.integrity.chain import values

RAISED, ASSIGNED, FELL_DUE, ERASED = "raised", "assigned", "fell_due", "erased"
ANSWERED_IT, ASKED_AGAIN, CLOSED_IT = "answered", "asked_again", "closed"
OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
_SYSTEM = "system"
#: Where a finding has to stand for each step, and where it stands after it; None where that is no matter.
_STEPS: Mapping[str, tuple[str | None, str | None]] = {
    ASSIGNED: (OPEN, None), FELL_DUE: (OPEN, None), ANSWERED_IT: (OPEN, ANSWERED), ASKED_AGAIN: (ANSWERED, OPEN),
    CLOSED_IT: (ANSWERED, CLOSED), ERASED: (None, None),
}  # fmt: skip
#: What an auditor alone does; who says to whom a finding goes; what nobody does but the clock, or what two persons agreed to.
_ROLES: Mapping[str, frozenset[str]] = {
    RAISED: frozenset({"auditor"}), ASKED_AGAIN: frozenset({"auditor"}), CLOSED_IT: frozenset({"auditor"}),
    ANSWERED_IT: frozenset({"officer", "supervisor", "compliance"}), ASSIGNED: frozenset({"auditor", "supervisor"}),
}  # fmt: skip
_BY_ITSELF = frozenset({FELL_DUE, ERASED})
#: What takes another person than the step before.
_TURNS = frozenset({RAISED, ANSWERED_IT, ASKED_AGAIN, CLOSED_IT})


def step_faults(rows: Sequence[Mapping[str, Any]], log: str) -> Iterator[Fault]:
    """Steps that are none of a finding, not the next one, or by somebody who does not do them."""
    stands, before = None, None
    for n, row in enumerate(rows, 1):
        header, kind = row["header"], row["header"]["kind"]
        kind = kind if isinstance(kind, str) else "-"
        told, first = {"step": kind}, kind == RAISED
        needed, after = _STEPS.get(kind, (None, None))
        known = first or kind in _STEPS
        if not known or first != (n == 1) or needed is not None and stands != needed:
            yield Fault("export_step", told, log=log, seq=n)
        stands = OPEN if first else after or stands
        if known and not _may(header, kind):
            yield Fault("export_role", told, log=log, seq=n)
        if known and kind in _TURNS:
            if header["actor"] == before:
                yield Fault("export_person", told, log=log, seq=n)
            before = header["actor"]


def _may(header: Mapping[str, Any], kind: str) -> bool:
    if kind in _BY_ITSELF:
        return bool(header["actor"] == _SYSTEM)
    return header["actor"] != _SYSTEM and isinstance(header["role"], str) and header["role"] in _ROLES[kind]


def row_of(rows: Sequence[Mapping[str, Any]], moment: str) -> dict[str, Any]:
    """The row that the events of a finding add up to, at a moment."""
    told: dict[str, Any] = dict.fromkeys(_COLUMNS)
    for n, row in enumerate(rows, 1):
        header, effects, words = row["header"], row["effects"], values(row["body"]).get("words")
        by, at = header["actor"], header["at"]
        told["revision"] = n
        match header["kind"]:
            case "raised":
                told |= {
                    "id": header["log"],
                    "programme": effects.get("programme"),
                    "case": effects.get("case"),
                    "event": effects.get("seq"),
                    "state": OPEN,
                    "words": words,
                    "raised_by": by,
                    "raised_at": at,
                }
            case "assigned":
                told |= {"owner": effects.get("owner"), "due_at": effects.get("due_at")}
            case "answered":
                told |= {"state": ANSWERED, "answer": words, "answered_by": by, "answered_at": at}
            case "asked_again":
                told |= {"state": OPEN}
            case "closed":
                told |= {"state": CLOSED, "closed_by": by, "closed_at": at}
    due = told["due_at"]
    told["late"] = told["state"] == OPEN and isinstance(due, str) and due <= moment
    return told


_COLUMNS = (
    "id", "programme", "case", "event", "state", "words", "answer", "raised_by", "raised_at", "owner", "due_at", "late",
    "answered_by", "answered_at", "closed_by", "closed_at", "revision",
)  # fmt: skip
#: What is told of a finding.
NAMES = " ".join(_COLUMNS)


__all__ = ["NAMES", "row_of", "step_faults"]
