"""Cases in a list: filtered, sorted, page by page, counted, and whole for an export. Reads only.

The same policy decides what may be seen and what is listed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.execution.context import Library
from casework.errors import InvalidForm
from casework.json_values import JsonMapping
from casework.ledger.canonical_json import instant
from casework.operations.auth.step_up import sensitive
from casework.operations.cases.contracts import AGREEMENTS, in_effect, price_values
from casework.operations.cases.list_filters import LATE, WHOLE, Asked, read_filters
from casework.operations.cases.queries import held_for, shown_hold
from casework.operations.cases.track_presenters import step_at
from casework.operations.cases.views import (
    CaseName,
    CaseOutline,
    CaseRow,
    CaseWait,
    ListedCase,
    MarkedCaseRow,
)
from casework.operations.core.overdue_sql import AWAITED, OVERDUE, THEIRS
from casework.operations.core.paging import (
    Page,
    cursor_count,
    cursor_id,
    cursor_time,
    from_cursor,
    insist_limit,
    page,
    to_cursor,
)
from casework.operations.core.presenters import when
from casework.operations.core.reader_names import by_number, called, titled, told_title
from casework.operations.core.unread import Look, looks
from casework.operations.core.views import Named, NamedInBoth, row_as
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, reach
from casework.records.access_sql import own_referral

#: What a page reads of a case; of one that is seen whole.
_COLUMNS = """c.id, c.number, {title} AS title, c.programme_id, c.state, c.outcome, c.owner_id, c.phase_id, c.opened_at, c.closed_at,
        c.hold"""
_WHOLE_COLUMNS = _COLUMNS.format(title=titled("c"))
#: One page of the cases that a person sees, in outline or whole.
_PAGE = f"""
    SELECT {_COLUMNS.format(title=told_title("c"))}, {{due}} AS sort_due, CASE
            WHEN c.programme_id = ANY(CAST(:all_of AS uuid[])) THEN 3
            WHEN EXISTS ({{referred}}) THEN 2
            ELSE 1 END AS level
    FROM {{cases}}
    WHERE {{seen}} {{more}}
    ORDER BY {{order}} LIMIT :most OFFSET :skip
"""
#: One page of the cases of which each is seen whole: of each programme its first, by an index, and the first of these.
_WHOLE_PAGE = """
    {few} SELECT c.*, 3 AS level FROM ({parts}) c ORDER BY {order} LIMIT :most OFFSET :skip
"""
#: Of each programme the first cases of the list.
_OF_EACH_PROGRAMME = f"""
    SELECT x.* FROM unnest(CAST(:all_of AS uuid[])) p(id) CROSS JOIN LATERAL (
        SELECT {_WHOLE_COLUMNS}, {{due}} AS sort_due FROM {{cases}} WHERE c.programme_id = p.id {{more}}
        ORDER BY {{order}} LIMIT :most + :skip
    ) x
"""
#: What is found by whom is waited for or by the day is first looked for by its index, as many as a page may sort. If there are more, the
#: list is gone through in its own order: it meets one of them soon.
_FEW = """
    WITH few AS MATERIALIZED (
        SELECT d.* FROM unnest(CAST(:all_of AS uuid[])) p(id) CROSS JOIN unnest(CAST(:waits AS text[])) w(waits_for) CROSS JOIN LATERAL (
            SELECT d.id, d.due_at FROM case_dates d WHERE d.programme_id = p.id AND d.waits_for = w.waits_for {late}
            ORDER BY d.late_at LIMIT :few
        ) d LIMIT :few
    ), found AS (SELECT count(*) < :few AS whole FROM few)
"""
#: The first of the few, each found by its key, however many it might be; or else of each programme.
_OF_FEW = f"""
    (SELECT c.* FROM few d CROSS JOIN LATERAL (
        SELECT {_WHOLE_COLUMNS}, {{due}} AS sort_due FROM cases c WHERE c.id = d.id {{more}} OFFSET 0
    ) c WHERE (SELECT whole FROM found) ORDER BY {{order}} LIMIT :most + :skip)
    UNION ALL (SELECT y.* FROM ({{every}}) y WHERE NOT (SELECT whole FROM found))
"""
#: A case with its dates; shown of those alone that one sees whole.
_DATED = "cases c JOIN case_dates d ON d.id = c.id AND d.programme_id = c.programme_id"
#: Beyond so many of what is looked for, the list is gone through in its order.
_MOST_SORTED = 2_000
#: The cases that a person sees, in whatever way.
_SEEN = """(c.programme_id = ANY(CAST(:all_of AS uuid[])) OR c.programme_id = ANY(CAST(:outlines_of AS uuid[]))
        OR EXISTS ({referred}))"""
#: A page of cases, with what each waits for. What a page adds is asked of its own rows only.
_LIST = """
    SELECT c.*, {owner} AS owner, d.waits_for = 'us' AS our_turn,
        f.name AS phase, f.name_zh AS phase_zh, nullif(d.due_at, 'infinity') AS due_at,
        {late} AS overdue, w.waits_for, m.edition, m.came_from, m.moved, v.contracts
    FROM ({page}) c LEFT JOIN people p ON p.id = c.owner_id LEFT JOIN phases f ON f.id = c.phase_id
    LEFT JOIN case_dates d ON d.id = c.id
    LEFT JOIN LATERAL (
        SELECT t.edition, t.came_from -> c.state AS came_from, t.fired ? '=moved' AS moved FROM tracks t
        WHERE t.log_id = c.id AND t.part = 'main'
        ORDER BY t.position LIMIT 1
    ) m ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('for', CASE WHEN x.body IS NOT NULL THEN to_jsonb(x.body)
                ELSE jsonb_build_object('id', o.id, 'name', o.name, 'name_zh', o.name_zh) END,
            'since', x.opened_at, 'until', x.due_at, 'what', x.name, 'overdue', x.overdue) ORDER BY x.due_at, x.id) AS waits_for
        FROM (
            SELECT DISTINCT ON (t.organisation_id, b.body) t.id, t.organisation_id, b.body, t.name, t.opened_at, t.due_at,
                bool_or({overdue}) OVER (PARTITION BY t.organisation_id, b.body) AS overdue
            FROM tasks t CROSS JOIN LATERAL (
                SELECT CASE WHEN t.awaits = 'party' AND t.about IS NOT NULL THEN t.about ELSE t.awaits END AS body
                WHERE t.organisation_id IS NULL UNION ALL SELECT NULL WHERE t.organisation_id IS NOT NULL
            ) b
            WHERE d.waits_for <> 'hold' AND t.log_id = c.id AND (({theirs}) OR ({awaited}))
            ORDER BY t.organisation_id, b.body, t.due_at, t.id
        ) x LEFT JOIN organisations o ON o.id = x.organisation_id
    ) w ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(to_jsonb(a) ORDER BY a.position) AS contracts FROM ({agreements}) a WHERE a.fired IS NOT NULL
    ) v ON c.level = 3
    ORDER BY {order}
"""
#: Whether a case `c` has a referral to the person's own organisation.
_REFERRED = f"SELECT 1 FROM tracks t WHERE t.log_id = c.id AND {own_referral('t', 'c.interests')}"


@dataclass(frozen=True)
class _Sort:
    """An order of the list: the columns, and what makes a row one of a later page."""

    order: str
    after: str
    key: Callable[[Any], tuple[Any, ...]]
    read: Callable[[list[Any]], dict[str, Any]]
    dated: bool = False


def _time_and_id(row: Any) -> tuple[Any, ...]:
    return row.opened_at, row.id


def _read_time_and_id(keys: list[Any]) -> dict[str, Any]:
    return {"at": cursor_time(keys[0]), "id": cursor_id(keys[1])}


SORTS: Mapping[str, _Sort] = {
    "newest": _Sort(
        "c.opened_at DESC, c.id DESC", "(c.opened_at, c.id) < (:at, CAST(:id AS uuid))", _time_and_id, _read_time_and_id
    ),
    "oldest": _Sort(
        "c.opened_at, c.id", "(c.opened_at, c.id) > (:at, CAST(:id AS uuid))", _time_and_id, _read_time_and_id
    ),
    "number": _Sort(
        "c.number, c.id", "c.number > :after", lambda row: (row.number, row.id),
        lambda keys: {"after": str(keys[0])},
    ),
    # Who sees no tasks of a case learns nothing from its place either.
    "due": _Sort(
        "sort_due NULLS LAST, c.id", "(d.due_at, d.id) > (CAST(:at AS timestamptz), CAST(:id AS uuid))",
        lambda row: (row.sort_due or "infinity", row.id),
        lambda keys: {"at": keys[0] if keys[0] == "infinity" else cursor_time(keys[0]), "id": cursor_id(keys[1])}, dated=True,
    ),
}  # fmt: skip
#: Beyond so many nobody counts.
MOST_COUNTED = 1_000
#: Of words that stand in more cases a page is soon full, and a count soon at its end, without the index.
_FEW_LISTED, _FEW_COUNTED = 500, 5_000


def list_cases(
    db: Connection,
    actor: Actor,
    *,
    filters: Mapping[str, str] | None = None,
    sort: str = "newest",
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[ListedCase]:
    """Cases that the actor may see, the newest first unless sorted otherwise."""
    return _listed_cases(db, actor, filters or {}, sort, cursor, most=insist_limit(limit), marked=True)


#: The most rows of an export.
MOST_EXPORTED = 10_000


@sensitive
def export_cases(
    db: Connection, actor: Actor, *, filters: Mapping[str, str] | None = None, sort: str = "newest"
) -> list[ListedCase]:
    """The same list without pages."""
    return _listed_cases(db, actor, filters or {}, sort, None, most=MOST_EXPORTED).items


def count_cases(db: Connection, actor: Actor, *, filters: Mapping[str, str] | None = None) -> int:
    """How many cases a list has, counted no further than MOST_COUNTED."""
    asked = read_filters(db, actor, filters or {}, _FEW_COUNTED)
    given = asked.given | {"most": MOST_COUNTED}
    if asked.dated and not asked.more:
        statement = f"{_few(asked)} SELECT count(*) FROM few"
        return int(db.execute(text(statement), given | {"few": MOST_COUNTED}).scalar_one())
    if asked.whole:
        seen, cases = WHOLE, _DATED if asked.dated else "cases c"
    else:
        seen, cases = _SEEN.format(referred=_REFERRED), "cases c"
    statement = f"SELECT count(*) FROM (SELECT FROM {cases} WHERE {seen} {asked.more} {asked.dates} LIMIT :most) x"
    return int(db.execute(text(statement), given).scalar_one())


def _listed_cases(
    db: Connection,
    actor: Actor,
    filters: Mapping[str, str],
    sort: str,
    cursor: str | None,
    *,
    most: int,
    marked: bool = False,
) -> Page[ListedCase]:
    if sort not in SORTS:
        raise InvalidForm(fields={"sort": reasons.fields.ONE_OF(choices=tuple(SORTS))})
    how, asked = SORTS[sort], read_filters(db, actor, filters, _FEW_LISTED)
    given = asked.given | {"skip": 0, "few": _MOST_SORTED}
    # The cursor must not betray what the rows leave out: who does not see every case whole gets positions.
    mine = reach(actor)
    whole = not (mine.outlines_of or mine.organisations)
    after = ""
    if whole and (keys := from_cursor(cursor, 2)):
        after = f"AND {how.after}"
        given |= how.read(keys)
    elif keys := from_cursor(cursor, 1):
        given["skip"] = cursor_count(keys[0])
    page_of = _whole_page(asked, how, after) if whole or asked.whole else _page(asked, how)
    statement = _LIST.format(
        page=page_of,
        order=how.order,
        theirs=THEIRS,
        awaited=AWAITED,
        overdue=OVERDUE,
        late=LATE,
        owner=called("p"),
        agreements=AGREEMENTS,
    )
    library = load_library()
    rows = db.execute(text(statement), given | price_values(library) | {"most": most + 1}).all()
    shown, following = page(rows, most, how.key)
    if following is not None and not whole:
        following = to_cursor(given["skip"] + most)
    seen = looks(db, actor, [row.id for row in shown if row.level == Sight.ALL]) if marked else {}
    return Page(items=[_case_row(db, row, library, seen.get(row.id)) for row in shown], next=following)


def _page(asked: Asked, how: _Sort) -> str:
    """The statement of a page for somebody who sees some cases in outline, or only referrals of them."""
    # Who sees no tasks of a case learns nothing from its place either.
    due = f"CASE WHEN {WHOLE} THEN nullif(d.due_at, 'infinity') END" if how.dated else "NULL"
    cases = "cases c LEFT JOIN case_dates d ON d.id = c.id" if how.dated else "cases c"
    seen = _SEEN.format(referred=_REFERRED)
    return _PAGE.format(referred=_REFERRED, seen=seen, more=asked.more, order=how.order, due=due, cases=cases)


def _whole_page(asked: Asked, how: _Sort, after: str) -> str:
    """The statement of a page of which every case is seen whole."""
    due, order = ("nullif(d.due_at, 'infinity')", "d.due_at, d.id") if how.dated else ("NULL::timestamptz", how.order)
    more = f"{asked.more} {after}"
    # By the programme of the dates, too: the index of either leads to the first of them.
    every = _OF_EACH_PROGRAMME.format(
        due=due,
        cases=_DATED if how.dated or asked.dated else "cases c",
        more=f"{'AND d.programme_id = p.id' if how.dated or asked.dated else ''} {asked.dates} {more}",
        order=order,
    )
    if not asked.dated:
        return _WHOLE_PAGE.format(few="", parts=every, order=how.order)
    parts = _OF_FEW.format(due=due, more=more, order=order, every=every)
    return _WHOLE_PAGE.format(few=_few(asked), parts=parts, order=how.order)


def _few(asked: Asked) -> str:
    return _FEW.format(late=f"AND {LATE}" if asked.late else "")


def _case_row(db: Connection, row: Any, library: Library, look: Look | None) -> ListedCase:
    if row.level == Sight.REFERRALS:
        return row_as(CaseName, row)
    outline = row_as(CaseOutline, row, step=step_at(library[row.edition], row.state, row.came_from or ()))
    if row.level == Sight.OUTLINE:
        return replace(outline, title=outline.title or by_number(db, row.number))
    waits_for = held_for(row.hold) if row.hold else [_wait(wait) for wait in row.waits_for or ()]
    case = row_as(
        CaseRow,
        outline,
        programme=row.programme_id,
        owner=Named(id=row.owner_id, name=row.owner) if row.owner_id else None,
        opened_at=instant(row.opened_at),
        closed_at=when(row.closed_at),
        phase=NamedInBoth(id=row.phase_id, name=row.phase, name_zh=row.phase_zh) if row.phase_id else None,
        due_at=when(row.due_at),
        hold=shown_hold(row.hold),
        waits_for=waits_for,
        our_turn=bool(row.our_turn),
        overdue=bool(row.overdue) or any(wait.overdue for wait in waits_for if not isinstance(wait.for_, str)),
        moved=bool(row.moved),
        contracts=in_effect(row.contracts or (), library),
    )
    return case if look is None else row_as(MarkedCaseRow, case, mark=look.mark())


def _wait(wait: JsonMapping) -> CaseWait:
    """With its moments as details write them; within JSON the database writes them in its own way."""
    since, until = (when(datetime.fromisoformat(wait[key])) if wait[key] else None for key in ("since", "until"))
    return CaseWait(
        for_=wait["for"] if isinstance(wait["for"], str) else NamedInBoth(**wait["for"]),
        since=since,
        until=until,
        what=wait["what"],
        overdue=wait["overdue"],
    )
