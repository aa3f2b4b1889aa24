"""How needs stand by their cases: written into a need's own log in the transaction that opens, closes or reopens one of its cases, or makes
two needs one or two again. Locked in this order: the case, the programme, the need; who opens a case has the programme's turn first."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.definitions import load_figure_names
from casework.engine.case_objects.kept_records import FOLLOWED
from casework.engine.case_objects.need_status import stands_by, went
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import OPENED, Event
from casework.engine.state.right_values import Cause
from casework.operations.core.merged_records import in_its_place, one_with
from casework.operations.core.record_log import Change, lock_records, write_records
from casework.records.event_log import lock_log
from casework.records.row_security import whole

#: Which need stands in the place of one.
_STANDS = text(f"SELECT CAST({in_its_place('needs', 'CAST(:need AS uuid)')} AS text)")
#: How the cases of a need stand, and of those that are one with it.
_CASES = text(f"""
    SELECT c.closed_at IS NOT NULL AS closed, c.outcome FROM cases c
    WHERE c.need_id IN {one_with("needs", "CAST(:need AS uuid)")} ORDER BY c.id
""")


def status_of(db: Connection, need: str, said: str) -> str:
    """How a need stands by its cases, of which it is `said` how it stood."""
    with whole(db):
        return _status_of(db, need, said)


def _status_of(db: Connection, need: str, said: str) -> str:
    successes = load_figure_names().successes
    rows = db.execute(_CASES, {"need": need}).all()
    return stands_by(said, (went(closed=row.closed, outcome=row.outcome, successes=successes) for row in rows))


def follow_case(db: Connection, before: Case | None, after: Case, events: list[Event]) -> None:
    """Where these events opened, closed or reopened a case, or it came to something else, its need stands as its cases tell now."""
    if after.kind != "case" or after.need is None or _end_of(before) == _end_of(after):
        return
    cause = next((one for one in reversed(events) if one.kind == OPENED or "closed" in one.effects), events[-1])
    role = None if cause.role is None else Role(cause.role)
    by = By(cause.actor, role, acting_for=cause.acting_for)
    with whole(db):
        if before is not None:
            lock_log(db, after.programme)
        # Asked in the programme's turn, which who opens a case has already: nobody merges it meanwhile.
        need = str(db.execute(_STANDS, {"need": after.need}).scalar_one())
        stand_anew(db, need, by, {"log": cause.log, "seq": cause.seq})


def _end_of(case: Case | None) -> tuple[bool, str | None] | None:
    """Whether a case is closed, and as what; what is proposed while it runs is no end."""
    if case is None:
        return None
    return (True, case.outcome) if case.closed_at is not None else (False, None)


def stand_anew(db: Connection, need: str, by: By, cause: Cause | None = None) -> None:
    """Say of a need how it stands by its cases, where that is something else; whoever asks has the programme's turn. Without a `cause`
    it follows from what its own log told last."""
    with whole(db):
        standing = lock_records(db, "need", [need])[need]
        # What somebody changed behind our backs is not made good by a case, and keeps none from ending.
        if standing.altered:
            return
        status = _status_of(db, need, standing.state["status"])
        if status != standing.state["status"]:
            told: Cause = cause or {"log": need, "seq": standing.log.seq}
            write_records(db, by, [(standing, Change(FOLLOWED, {"status": status}, effects={"cause": told}))])


__all__ = ["follow_case", "stand_anew", "status_of"]
