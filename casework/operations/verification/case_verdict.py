"""Verifying one case for whoever reads it: the whole verdict, and where it is wrong."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.errors import NotFound
from casework.ledger.canonical_json import instant
from casework.operations.cases.queries import find_case
from casework.operations.verification.service import verify_log
from casework.operations.verification.views import Verdict, VerdictFault
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight
from casework.records.event_log import now


def examine_case(db: Connection, actor: Actor, number: str) -> Verdict:
    """Check the chain of a case, the rows that it adds up to, and that each event was allowed when it was recorded.

    Reads a moment of its own, by another connection: what others write meanwhile is not mixed in. Raises NotFound.
    """
    case, level = find_case(db, actor, number)
    if level < Sight.ALL:
        raise NotFound("case")
    moment = now(db)
    checked = verify_log(db.engine, case.log)
    faults = [
        VerdictFault(
            kind=finding.kind,
            sentence=finding.sentence,
            event=finding.seq,
            table=finding.table,
            row=finding.row,
            column=finding.column,
        )
        for finding in checked.findings
    ]
    not_allowed = [fault for fault in faults if fault.kind in ("allowed", "twice")]
    return Verdict(
        number=str(case.number),
        verified_at=instant(moment),
        events=checked.events,
        whole=len(not_allowed) == len(faults),
        allowed=not not_allowed,
        faults=faults,
    )
