"""For how long a closed case is kept: its class and removal date, for those who see it whole."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework.engine.deadlines.calendars import Calendar
from casework.engine.retention import CaseFacts, RetentionClass, class_of, classes_from, names_in, removal_date
from casework.engine.state.case import Case
from casework.ledger.redactable_bodies import values
from casework.operations.core.views import Names
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.records.row_security import whole


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRetention:
    """Under which class a closed case is kept, and until when."""

    code: str
    name: Names
    #: None: for good.
    years: int | None
    #: The first day on which it may be removed.
    due: str | None


#: The retention classes of a programme, and the body of the proposal that says what they are called.
_CLASSES = text("""
    SELECT p.retention, e.body FROM programmes p
    LEFT JOIN events e ON e.log_id = p.id AND e.seq = CAST(p.retention->>'asked' AS bigint) WHERE p.id = CAST(:id AS uuid)
""")


def read_classes(db: Connection, programme: str) -> tuple[RetentionClass, ...]:
    """The retention classes that are in force in a programme."""
    with whole(db):
        row = db.execute(_CLASSES, {"id": programme}).one()
    return classes_from(row.retention, names_in(values(row.body or {})))


def facts_of(case: Case) -> CaseFacts:
    """What of a case decides how long it is kept."""
    return CaseFacts(case.closed_at, frozenset(track.kind for track in case.tracks.values()), case.outcome)


def show_kept(db: Connection, actor: Actor, case: Case, calendar: Calendar) -> CaseRetention | None:
    """Under which class a closed case is kept; None while it is open, once its contents are gone, and for who does not see all of it."""
    if case.kind != "case" or case.closed_at is None or case.removed_at is not None or sight(actor, case) < Sight.ALL:
        return None
    by = class_of(facts_of(case), read_classes(db, case.programme))
    due = removal_date(case.closed_at, by.years, calendar) if by.years is not None else None
    return CaseRetention(
        code=by.code,
        name=Names(name=by.name, name_zh=by.name_zh),
        years=by.years,
        due=due.isoformat() if due is not None else None,
    )


__all__ = ["CaseRetention", "facts_of", "read_classes", "show_kept"]
