"""How needs stand by their cases: written into a need's own log in the transaction that opens, closes or reopens one of its cases, or makes
two needs one or two again. Locked in this order: the case, the programme, the need; who opens a case has the programme's turn first.
The programme's turn is for what all records share, such as in how many of them a word of the index stands; where the need goes on standing
as it did, nothing of it is locked or written."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection

from casework.definitions import load_figure_names
from casework.engine.case_objects.kept_records import FOLLOWED
from casework.engine.case_objects.need_status import stands_by, went
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import OPENED, Event
from casework.engine.state.right_values import Cause
from casework.operations.core.merged_records import in_its_place
from casework.operations.core.record_log import Change, lock_records, write_records
from casework.records.event_log import LOCK
from casework.records.row_security import whole_after
from casework.records.wire import Row, Statement

#: The need that stands in the place of one, how it stands, and how the cases do of all that are one with it.
_STANDS = f"""
    SELECT n.id::text, n.status, (
        SELECT coalesce(json_agg(json_build_array(c.closed_at IS NOT NULL, c.outcome) ORDER BY c.id), '[]')::text FROM cases c
        WHERE c.need_id IN (SELECT w.id FROM needs w WHERE n.id IN (w.id, w.merged_into))
    ) FROM needs n WHERE n.id = {in_its_place("needs", "$1")}
"""


def status_of(db: Connection, need: str, said: str) -> str:
    """How a need stands by its cases, of which it is `said` how it stood."""
    with whole_after(db, [(_STANDS, (need,))]) as rows:
        return stands_by(said, _cases_of(rows[0][0]))


def _cases_of(row: Row) -> list[str]:
    """How the cases of a need do, of a row of `_STANDS`."""
    successes = load_figure_names().successes
    return [went(closed=closed, outcome=outcome, successes=successes) for closed, outcome in orjson.loads(row[2])]


def follow_case(db: Connection, before: Case | None, after: Case, events: list[Event]) -> None:
    """Where these events opened, closed or reopened a case, or it came to something else, its need stands as its cases tell now."""
    if after.kind != "case" or after.need is None or _end_of(before) == _end_of(after):
        return
    cause = next((one for one in reversed(events) if one.kind == OPENED or "closed" in one.effects), events[-1])
    role = None if cause.role is None else Role(cause.role)
    by = By(cause.actor, role, acting_for=cause.acting_for)
    # Asked in the programme's turn, which who opens a case has already: nobody merges it meanwhile.
    turn: list[Statement] = [] if before is None else [(LOCK, (after.programme,))]
    stand_anew(db, after.need, by, {"log": cause.log, "seq": cause.seq}, before=turn)


def _end_of(case: Case | None) -> tuple[bool, str | None] | None:
    """Whether a case is closed, and as what; what is proposed while it runs is no end."""
    if case is None:
        return None
    return (True, case.outcome) if case.closed_at is not None else (False, None)


def stand_anew(
    db: Connection, need: str, by: By, cause: Cause | None = None, *, before: Sequence[Statement] = ()
) -> None:
    """Say of a need, or of the one in its place, how it stands by its cases, where that is something else; whoever asks has the
    programme's turn, or takes it by what is sent `before`. Without a `cause` it follows from what its own log told last."""
    with whole_after(db, [*before, (_STANDS, (need,))]) as rows:
        id, stood, _ = rows[-1][0]
        status = stands_by(stood, _cases_of(rows[-1][0]))
        if status == stood:
            return
        standing = lock_records(db, "need", [id])[id]
        # What somebody changed behind our backs is not made good by a case, and keeps none from ending.
        if standing.altered:
            return
        told: Cause = cause or {"log": id, "seq": standing.log.seq}
        write_records(db, by, [(standing, Change(FOLLOWED, {"status": status}, effects={"cause": told}))])


__all__ = ["follow_case", "stand_anew", "status_of"]
