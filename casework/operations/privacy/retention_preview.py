"""What of a programme's closed cases may be removed by a day: by class, and which. Reads only; nothing is removed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.deadlines.calendars import Calendar
from casework.engine.retention import MOST_YEARS, OTHER, RetentionClass, due_if_closed_by, removal_date
from casework.errors import NotFound
from casework.ledger.canonical_json import instant
from casework.operations.core.paging import cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.perform import calendar_of
from casework.operations.core.views import Named, Names
from casework.operations.privacy.kept_cases import read_classes
from casework.operations.privacy.legal_holds import ON_CASE, READERS, STANDS
from casework.operations.privacy.views import CaseDue, ClassDue, RetentionPreview
from casework.permissions.actors import Actor
from casework.records.event_log import now
from casework.records.row_security import whole

#: The retention classes of a programme, each with up to which day of closing its cases may be removed.
_CLASSES = """
    k AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(CAST(:classes AS jsonb))
        AS k(code text, years int, kinds text[], outcomes text[], fate text, until date))
"""
#: The closed cases `c` of a programme `p` whose contents are there, each with the class `k` that takes it as `engine.retention.class_of`
#: has it, and whether it may be removed by the day that was asked for.
_CLASSED = f"""
    FROM cases c JOIN programmes p ON p.id = c.programme_id CROSS JOIN LATERAL (
        SELECT k.code, k.until FROM k
        WHERE k.code = '{OTHER}' OR (cardinality(k.kinds) > 0 OR cardinality(k.outcomes) > 0)
            AND (cardinality(k.outcomes) = 0 OR c.outcome = ANY(k.outcomes))
            AND (cardinality(k.kinds) = 0 OR EXISTS (SELECT FROM tracks t WHERE t.log_id = c.id AND t.kind = ANY(k.kinds)))
        ORDER BY k.code = '{OTHER}', coalesce(k.years, {MOST_YEARS + 1}) DESC, k.fate IS NULL, k.code COLLATE "C" LIMIT 1
    ) k CROSS JOIN LATERAL (
        SELECT coalesce(CAST(c.closed_at AT TIME ZONE (p.calendar->>'zone') AS date) <= k.until, false) AS due
    ) d WHERE c.programme_id = CAST(:programme AS uuid) AND c.closed_at IS NOT NULL AND c.removed_at IS NULL
"""
#: Whether a legal hold keeps a case `c` of a programme `p` today.
_HELD = f"EXISTS (SELECT FROM legal_holds h WHERE {STANDS} AND {ON_CASE})"
#: How many closed cases each class takes, how many may be removed by the day, and how many of these are held.
_COUNTS = text(f"""
    WITH {_CLASSES} SELECT k.code, count(*) AS closed, count(*) FILTER (WHERE d.due) AS due,
        count(*) FILTER (WHERE CASE WHEN d.due THEN {_HELD} END) AS held
    {_CLASSED} GROUP BY k.code ORDER BY k.code
""")


#: Of what may be removed by a day and is not held each case with its class, those that were closed first before the others.
_REMOVABLE = text(
    f"WITH {_CLASSES} SELECT c.id::text AS id, k.code {_CLASSED} AND d.due AND NOT {_HELD}"
    " AND (CAST(:code AS text) IS NULL OR k.code = :code) ORDER BY c.closed_at, c.id LIMIT :most"
)


def list_removable(
    db: Connection, programme: str, *, day: date, calendar: Calendar, code: str | None, most: int
) -> dict[str, str]:
    """By log the class of each case that may be removed on a day and is not held; of one class alone where its code is given."""
    classes = [_asked(one, day, calendar) for one in read_classes(db, programme)]
    given = {"programme": programme, "classes": json.dumps(classes), "code": code, "most": most}
    with whole(db):
        return {row.id: row.code for row in db.execute(_REMOVABLE, given)}


def preview_retention(
    db: Connection,
    actor: Actor,
    programme: str,
    *,
    by: date | None = None,
    code: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> RetentionPreview:
    """What may be removed by a day, or by today; `code` lists the cases of one class alone. Raises NotFound."""
    if not actor.in_programme(programme, READERS):
        raise NotFound("programme")
    row = db.execute(text("SELECT name FROM programmes WHERE id = CAST(:id AS uuid)"), {"id": programme}).one()
    calendar, classes = calendar_of(db, programme), read_classes(db, programme)
    day = by or calendar.local_date(now(db))
    given = {"programme": programme, "classes": json.dumps([_asked(one, day, calendar) for one in classes])}
    counts = {one.code: one for one in db.execute(_COUNTS, given)}
    items, following = _list_due(db, given, {one.code: one for one in classes}, calendar, (code, cursor, limit))
    return RetentionPreview(
        programme=Named(id=programme, name=row.name),
        by=day.isoformat(),
        classes=[
            ClassDue(
                code=one.code,
                name=Names(name=one.name, name_zh=one.name_zh),
                years=one.years,
                fate=one.fate,
                closed=counts[one.code].closed if one.code in counts else 0,
                due=counts[one.code].due if one.code in counts else 0,
                held=counts[one.code].held if one.code in counts else 0,
            )
            for one in sorted(classes, key=lambda one: (one.code == OTHER, one.code))
        ],
        items=items,
        next=following,
    )


def _asked(one: RetentionClass, day: date, calendar: Calendar) -> dict[str, Any]:
    """A class, and up to which day of closing its cases may be removed."""
    until = None if one.years is None else due_if_closed_by(day, one.years, calendar).isoformat()
    return {**one.as_json(), "until": until}


def _list_due(
    db: Connection,
    given: dict[str, Any],
    classes: dict[str, RetentionClass],
    calendar: Calendar,
    asked: tuple[str | None, str | None, int | None],
) -> tuple[list[CaseDue], str | None]:
    """The cases that may be removed, those that were closed first before the others."""
    code, cursor, limit = asked
    most = insist_limit(limit)
    more = ""
    given = {**given, "code": code, "most": most + 1}
    if keys := from_cursor(cursor, 2):
        more = " AND (c.closed_at, c.id) > (:at, CAST(:after AS uuid))"
        given |= {"at": cursor_time(keys[0]), "after": cursor_id(keys[1])}
    rows = db.execute(
        text(
            f"WITH {_CLASSES}, few AS (SELECT c.id, k.code {_CLASSED}"
            f" AND d.due AND (CAST(:code AS text) IS NULL OR k.code = :code){more} ORDER BY c.closed_at, c.id LIMIT :most)"
            f" SELECT c.id, c.number, c.title, c.outcome, c.closed_at, few.code, {_HELD} AS held"
            " FROM few JOIN cases c ON c.id = few.id JOIN programmes p ON p.id = c.programme_id ORDER BY c.closed_at, c.id"
        ),
        given,
    ).all()
    shown, following = page(rows, most, lambda row: (row.closed_at, row.id))
    return [_due(row, classes[row.code], calendar) for row in shown], following


def _due(row: Any, one: RetentionClass, calendar: Calendar) -> CaseDue:
    return CaseDue(
        number=row.number,
        title=row.title,
        outcome=row.outcome,
        closed_at=instant(row.closed_at),
        code=row.code,
        due=removal_date(row.closed_at, one.years or 0, calendar).isoformat(),
        held=row.held,
    )


__all__ = ["list_removable", "preview_retention"]
