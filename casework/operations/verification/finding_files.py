"""The file of findings with its proof: what the list of findings shows, and of each the log from which that follows, event by event, with
the proof that each is in the tree."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from casework.json_values import JsonObject
from casework.ledger.canonical_json import canonical, instant
from casework.operations.audit.finding_rows import OPEN, fold
from casework.operations.audit.findings import export_findings
from casework.operations.auth.step_up import sensitive
from casework.operations.verification.event_proofs import EventProofs, checkpoint_of, prove_logs, told_event
from casework.permissions.actors import Actor, programmes_read
from casework.records.event_log import now, read_logs, register_event_of

FORM = 1
FINDINGS = "findings"
#: No more findings are taken out at once: each has its whole log with it.
MOST = 500


@sensitive
def take_findings(
    db: Connection, actor: Actor, *, state: str | None = None, owner: str | None = None, late: bool = False
) -> bytes:
    """The newest `MOST` findings that the list shows for this, with their proof. Raises Refused where something of them is not published
    yet."""
    listed = export_findings(db, actor, state=state, owner=owner, late=late, most=MOST + 1)
    taken, moment = listed[:MOST], instant(now(db))
    logs = dict(read_logs(db, {one.id: one.revision for one in taken}))
    rows = {id: list(events) for id, events in logs.items()}
    proofs = prove_logs(db, {id: [row.seq for row in events] for id, events in rows.items()})
    scope: JsonObject = {
        "programmes": sorted(programmes_read(actor)),
        "state": state,
        "owner": owner,
        "late": late,
        "most": MOST,
        "more": len(listed) > MOST,
    }
    content: JsonObject = {
        "export": FORM,
        "of": FINDINGS,
        "at": moment,
        "scope": scope,
        "checkpoint": checkpoint_of(db, proofs),
        "findings": [_told(rows[one.id], proofs[one.id], moment) for one in taken],
    }
    return canonical(content)


def _told(rows: list[Any], proofs: EventProofs, moment: str) -> JsonObject:
    """A finding: what its log adds up to, where that ends, its events, and their leaves."""
    return {
        "row": told_row(fold([register_event_of(row.header, row.effects, row.body) for row in rows]), moment),
        "head": {"seq": rows[-1].seq, "hash": rows[-1].hash},
        "events": [told_event(row) for row in rows],
        "leaves": proofs.told()["leaves"],
    }


def told_row(row: JsonObject, moment: str) -> JsonObject:
    """A finding as such a file tells it: persons, programme and case by their ids, for nothing else follows from its events."""
    due = row["due_at"]
    return {
        "id": row["id"],
        "programme": row["programme_id"],
        "case": row["case_id"],
        "event": row["seq"],
        "state": row["state"],
        "words": row["words"],
        "answer": row["answer"],
        "raised_by": row["raised_by"],
        "raised_at": row["raised_at"],
        "owner": row["owner_id"],
        "due_at": due,
        "late": row["state"] == OPEN and due is not None and str(due) <= moment,
        "answered_by": row["answered_by"],
        "answered_at": row["answered_at"],
        "closed_by": row["closed_by"],
        "closed_at": row["closed_at"],
        "revision": row["revision"],
    }


__all__ = ["FINDINGS", "MOST", "take_findings", "told_row"]
