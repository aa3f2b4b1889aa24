"""What the record of a case's rights tells of an action's questions about them, and when each was looked up. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.analysis.record_points import PointsOfRight, points_of
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import GUARDS
from casework.engine.state.case import Case
from casework.json_values import Answers
from casework.operations.cases.known_answers import kept_from_provider
from casework.operations.core.external_facts import outside
from casework.operations.core.merged_records import OF_RIGHTS, called_once
from casework.operations.core.perform import calendar_of
from casework.permissions.actors import Actor
from casework.records.event_log import now
from casework.records.row_security import whole


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordOfRight:
    """A right as it is called, where its record was looked up last, and what it tells."""

    id: str
    kind: str
    office: str | None
    number: str | None
    checked_on: str | None
    source: str | None
    told: PointsOfRight


def record_points(
    db: Connection, actor: Actor, case: Case, track: str, transition: str, *, said: Answers | None = None
) -> list[RecordOfRight]:
    """Right by right; nothing where no guard of the action speaks of what a record tells. `said`: what its form begins with."""
    stands = case.tracks[track]
    edition = load_library()[stands.edition]
    guards = [name for rule in edition.transitions if rule.name == transition for name in rule.guards]
    if not case.rights or not any(GUARDS[name].tells for name in guards):
        return []
    # Whoever may act is told by what it is judged, as a refusal would tell it.
    # A right that the case sheet keeps back is not told of here either.
    told = set(kept_from_provider(db, actor, case, stands).told_of(case.rights))
    with whole(db):
        known = outside(db, case, ["rights"])
        rows = {row.id: row for row in db.execute(_RIGHTS, {"ids": list(case.rights)})}
        called = called_once(db, case.rights)
    facts = Facts(case, stands, now(db), calendar_of(db, case.programme), actor.person, said or {}, outside=known)
    return [
        RecordOfRight(
            id=one.right,
            kind=rows[one.right].kind,
            office=rows[one.right].office,
            number=rows[one.right].number,
            checked_on=rows[one.right].checked_on and rows[one.right].checked_on.isoformat(),
            source=rows[one.right].source,
            told=one,
        )
        for one in points_of(facts, guards)
        if one.right in told and called.get(one.right, one.right) == one.right
    ]


#: How some rights are called, and where each was looked up.
_RIGHTS = text(
    "SELECT g.id::text, r.kind, r.office, coalesce(r.number, r.application_number) AS number, r.checked_on, r.source"
    f" FROM {OF_RIGHTS} WHERE g.id = ANY(CAST(:ids AS uuid[])) ORDER BY 4, 1"
)

__all__ = ["RecordOfRight", "record_points"]
