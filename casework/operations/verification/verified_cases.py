"""How far the histories of cases are verified, for those who audit them. Reads only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.errors import NotFound
from casework.ledger.canonical_json import instant
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.reader_names import titled
from casework.operations.verification.views import VerdictFault, VerifiedCase, VerifiedNight
from casework.permissions.actors import Actor
from casework.records.row_security import whole

#: Something is wrong; it has gone on since it was read; it was never read; it is whole up to its last entry.
WRONG, CHANGED, UNREAD, WHOLE = "wrong", "changed", "unread", "whole"
STATES = (WRONG, CHANGED, UNREAD, WHOLE)
#: Nobody needs to count beyond.
MOST_COUNTED = 1000

#: How far a case is verified.
STATE_OF = f"""CASE WHEN v.log_id IS NULL THEN '{UNREAD}' WHEN v.faults <> '[]' THEN '{WRONG}'
    WHEN v.seq <> l.seq THEN '{CHANGED}' ELSE '{WHOLE}' END"""
#: The cases that somebody audits, each with what was found of it last.
_FROM = """FROM cases c JOIN logs l ON l.id = c.id LEFT JOIN verifications v ON v.log_id = c.id
    WHERE c.programme_id = ANY(CAST(:programmes AS uuid[])) AND NOT CAST(:person AS text) = ANY(c.interests)"""
#: The cases of some programmes, the last opened first, each with what was found of it.
_LIST = f"""
    SELECT c.id, c.number, {titled("c")} AS title, c.opened_at, {STATE_OF} AS state, l.seq AS entries, v.seq AS verified_to, v.at, v.faults
    {_FROM} {{more}} ORDER BY c.opened_at DESC, c.id DESC LIMIT :most
"""
#: How many there are in each state.
_COUNTS = f"""
    SELECT s.state, (SELECT count(*) FROM (SELECT {_FROM} AND {STATE_OF} = s.state LIMIT :most) x) AS n
    FROM unnest(CAST(:states AS text[])) s(state)
"""
#: The last night in which all was read, and whether nothing was wrong then but with cases that are there: with registers, with what is
#: sealed, with logs that are gone. It says no more of these.
_LAST_NIGHT = text("""
    SELECT n.at, n.faults = '[]' AND NOT EXISTS (
        SELECT FROM verifications v WHERE v.faults <> '[]'
        AND NOT EXISTS (SELECT FROM cases c JOIN logs l ON l.id = c.id WHERE c.id = v.log_id)
    ) AS whole FROM verification_nights n ORDER BY n.night DESC LIMIT 1
""")


def list_verified(
    db: Connection, actor: Actor, *, state: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Page[VerifiedCase]:
    """The cases of one's programmes, the last opened first, each with how far it is verified. Raises NotFound."""
    most = insist_limit(limit)
    if state is not None and state not in STATES:
        raise NotFound("page")
    given: dict[str, Any] = {**_asked(actor), "most": most + 1}
    more = ""
    if state is not None:
        more += f" AND {STATE_OF} = :state"
        given["state"] = state
    if keys := from_cursor(cursor, 2):
        more += " AND (c.opened_at, c.id) < (:at, CAST(:id AS uuid))"
        given |= {"at": cursor_time(keys[0]), "id": cursor_id(keys[1])}
    with whole(db):
        rows = db.execute(text(_LIST.format(more=more)), given).all()
    shown, following = page(rows, most, lambda row: (row.opened_at, str(row.id)))
    return Page(items=[_shown(row) for row in shown], next=following)


def count_verified(db: Connection, actor: Actor) -> dict[str, int]:
    """How many cases of one's programmes are in each state, up to a thousand. Raises NotFound."""
    with whole(db):
        rows = db.execute(text(_COUNTS), {**_asked(actor), "states": [*STATES], "most": MOST_COUNTED})
        return {row.state: row.n for row in rows}


def last_night(db: Connection, actor: Actor) -> VerifiedNight | None:
    """The last night in which everything was verified; None where there was none yet. Raises NotFound."""
    _asked(actor)
    with whole(db):
        row = db.execute(_LAST_NIGHT).one_or_none()
    return None if row is None else VerifiedNight(at=instant(row.at), whole=row.whole)


def _asked(actor: Actor) -> dict[str, Any]:
    programmes = sorted({m.programme for m in actor.memberships if m.programme and m.role == Role.AUDITOR})
    if not programmes:
        raise NotFound("page")
    return {"programmes": programmes, "person": actor.person}


def _shown(row: Any) -> VerifiedCase:
    at: datetime | None = row.at
    return VerifiedCase(
        number=row.number,
        title=row.title,
        state=row.state,
        entries=row.entries,
        verified_to=row.verified_to,
        verified_at=instant(at) if at else None,
        faults=[
            VerdictFault(
                kind=fault["kind"],
                sentence=fault["sentence"],
                event=fault["seq"],
                table=fault["table"],
                row=fault["row"],
                column=fault["column"],
            )
            for fault in row.faults or ()
        ],
    )
