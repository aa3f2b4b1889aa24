"""Cases in a list: filtered, sorted, page by page, counted, and whole for an export. Reads only.

The same policy decides what may be seen and what is listed, and of whom a filter may say something: it finds no case by
what its reader does not see of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.execution.context import Library
from casework.errors import InvalidForm
from casework.json_values import JsonMapping
from casework.ledger.canonical_json import instant
from casework.operations.auth.step_up import sensitive
from casework.operations.cases.queries import held_for, shown_hold
from casework.operations.cases.track_presenters import step_at
from casework.operations.cases.views import (
    CaseName,
    CaseOutline,
    CaseRow,
    CaseWait,
    FilterChoices,
    ListedCase,
    MarkedCaseRow,
)
from casework.operations.core.overdue_sql import FIRST_DUE, LATE, OURS, OVERDUE, THEIRS
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
from casework.operations.core.unread import Look, looks
from casework.operations.core.views import Named, NamedInBoth, row_as, rows_as
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, reach
from casework.records.access_sql import own_referral, reach_values

#: One page of the cases that a person sees, in outline or whole.
_PAGE = """
    SELECT c.id, c.number, c.title, c.programme_id, c.state, c.outcome, c.owner_id, c.phase_id, c.opened_at, c.closed_at,
        c.hold, {due} AS sort_due, CASE
            WHEN c.programme_id = ANY(CAST(:all_of AS uuid[])) THEN 3
            WHEN EXISTS ({referred}) THEN 2
            ELSE 1 END AS level
    FROM {cases}
    WHERE {seen} {more}
    ORDER BY {order} LIMIT :most OFFSET :skip
"""
#: The cases that a person sees, in whatever way.
_SEEN = """(c.programme_id = ANY(CAST(:all_of AS uuid[])) OR c.programme_id = ANY(CAST(:outlines_of AS uuid[]))
        OR EXISTS ({referred}))"""
#: A page of cases, with what each waits for. What a page adds is asked of its own rows only.
_LIST = """
    SELECT c.*, p.name AS owner, f.name AS phase, f.name_zh AS phase_zh, n.due_at, n.overdue, w.waits_for,
        m.edition, m.came_from
    FROM ({page}) c LEFT JOIN people p ON p.id = c.owner_id LEFT JOIN phases f ON f.id = c.phase_id
    LEFT JOIN LATERAL (
        SELECT t.edition, t.came_from -> c.state AS came_from FROM tracks t WHERE t.log_id = c.id AND t.part = 'main'
        ORDER BY t.position LIMIT 1
    ) m ON true
    LEFT JOIN LATERAL (
        SELECT {first_due} AS due_at, bool_or({overdue}) AS overdue FROM tasks t
        WHERE t.log_id = c.id AND {ours}
    ) n ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('for', jsonb_build_object('id', o.id, 'name', o.name, 'name_zh', o.name_zh),
            'since', x.opened_at, 'until', x.due_at, 'what', x.name, 'overdue', x.overdue) ORDER BY x.due_at, x.id) AS waits_for
        FROM (
            SELECT DISTINCT ON (t.organisation_id) t.id, t.organisation_id, t.name, t.opened_at, t.due_at,
                bool_or({overdue}) OVER (PARTITION BY t.organisation_id) AS overdue FROM tasks t
            WHERE t.log_id = c.id AND {theirs} ORDER BY t.organisation_id, t.due_at, t.id
        ) x JOIN organisations o ON o.id = x.organisation_id
    ) w ON true
    ORDER BY {order}
"""
#: Whether a case `c` has a referral to the person's own organisation.
_REFERRED = f"SELECT 1 FROM tracks t WHERE t.log_id = c.id AND {own_referral('t', 'c.interests')}"
# As the indexes have them: a question for each case would be asked of every case that there is.
_OPEN = "t.state IN ('Ready', 'Reserved', 'InProgress', 'Suspended') AND t.organisation_id IS NULL"
_OPEN_THERE = "t.state IN ('Ready', 'Reserved', 'InProgress') AND t.organisation_id IS NOT NULL"
#: To a case the first date of some of its tasks.
_FIRST = f"LEFT JOIN (SELECT t.log_id, {FIRST_DUE} AS due_at FROM tasks t WHERE {{}} GROUP BY t.log_id) {{}} ON {{}}.log_id = c.id"
_DUE = " ".join((
    "cases c", _FIRST.format(f"{_OPEN} AND NOT t.aftercare", "d", "d"), _FIRST.format(f"{_OPEN} AND t.aftercare", "a", "a"),
))  # fmt: skip
#: The date by which a case is sorted.
_FIRST_DUE = f"""CASE WHEN c.hold IS NOT NULL THEN (SELECT {FIRST_DUE} FROM tasks t WHERE t.log_id = c.id AND {OURS})
    WHEN c.closed_at IS NULL THEN d.due_at ELSE least(d.due_at, a.due_at) END"""
#: The cases that a person sees whole.
_WHOLE = "c.programme_id = ANY(CAST(:all_of AS uuid[]))"
#: The cases that a person sees at least in outline.
_OUTLINE = f"({_WHOLE} OR c.programme_id = ANY(CAST(:outlines_of AS uuid[])))"
#: By name: of which cases one must see how much before the filter says anything of them, and what it asks.
_FILTERS: Mapping[str, tuple[str, str]] = {
    "number": ("true", "c.number = :number"),
    "words": ("true", "(c.number ILIKE :words OR c.title ILIKE :words)"),
    "state": (_OUTLINE, "c.state = :state"),
    "outcome": (_OUTLINE, "c.outcome = :outcome"),
    "programme": (_OUTLINE, "c.programme_id = CAST(:programme AS uuid)"),
    "phase": (_WHOLE, "c.phase_id = CAST(:phase AS uuid)"),
    "owner": (_WHOLE, "c.owner_id = CAST(:owner AS uuid)"),
    "provider": (
        _WHOLE,
        "EXISTS (SELECT FROM tracks t WHERE t.log_id = c.id AND t.provider_id = CAST(:provider AS uuid) AND NOT t.replaced)",
    ),
    # Those with anything that is late are soon found; which of these go on with it is asked of each. The moment is asked for once:
    # one that could change from row to row leads through no index.
    "overdue": (
        _WHOLE,
        f"c.id IN (SELECT t.log_id FROM tasks t WHERE {_OPEN} AND NOT t.aftercare AND t.due_at < (SELECT casework_now())"
        f" UNION ALL SELECT t.log_id FROM tasks t WHERE {_OPEN} AND t.aftercare AND t.due_at < (SELECT casework_now())"
        f" UNION ALL SELECT t.log_id FROM tasks t WHERE {_OPEN_THERE} AND t.due_at < (SELECT casework_now()))"
        f" AND EXISTS (SELECT FROM tasks t WHERE t.log_id = c.id AND {LATE})",
    ),
    "open": (_WHOLE, "(c.closed_at IS NULL) = (:open = 'yes')"),
    "waits_for": (_WHOLE, ""),
}
#: Whom a case waits for: us, a provider, or somebody for whom it is on hold.
_WAITS: Mapping[str, str] = {
    "us": f"c.closed_at IS NULL AND c.hold IS NULL AND NOT EXISTS (SELECT FROM tasks t WHERE t.log_id = c.id AND {THEIRS})",
    "provider": (
        f"c.closed_at IS NULL AND c.hold IS NULL AND EXISTS (SELECT FROM tasks t WHERE t.log_id = c.id AND {THEIRS})"
    ),
    "hold": "c.hold IS NOT NULL",
}
WAITS_FOR = tuple(_WAITS)


@dataclass(frozen=True)
class _Sort:
    """An order of the list: the columns, and what makes a row one of a later page."""

    order: str
    after: str
    key: Callable[[Any], tuple[Any, ...]]
    read: Callable[[list[Any]], dict[str, Any]]
    cases: str = "cases c"
    due: str = "NULL"


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
        "sort_due NULLS LAST, c.id",
        "(coalesce({due}, 'infinity'), c.id) > (CAST(:at AS timestamptz), CAST(:id AS uuid))",
        lambda row: (row.sort_due or "infinity", row.id),
        lambda keys: {"at": keys[0] if keys[0] == "infinity" else cursor_time(keys[0]), "id": cursor_id(keys[1])},
        _DUE, f"CASE WHEN {_WHOLE} THEN {_FIRST_DUE} END",
    ),
}  # fmt: skip
#: Beyond so many nobody counts.
MOST_COUNTED = 1_000


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
    more, given = _filtered(actor, filters or {})
    seen = _SEEN.format(referred=_REFERRED)
    statement = f"SELECT count(*) FROM (SELECT FROM cases c WHERE {seen} {more} LIMIT :most) x"
    return int(db.execute(text(statement), given | {"most": MOST_COUNTED}).scalar_one())


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
    how = SORTS[sort]
    more, given = _filtered(actor, filters)
    # The cursor must not betray what the rows leave out: who does not see every case whole gets positions.
    mine = reach(actor)
    whole = not (mine.outlines_of or mine.organisations)
    given["skip"] = 0
    if whole and (keys := from_cursor(cursor, 2)):
        more += f" AND {how.after.format(due=how.due)}"
        given |= how.read(keys)
    elif keys := from_cursor(cursor, 1):
        given["skip"] = cursor_count(keys[0])
    inner = _PAGE.format(
        referred=_REFERRED,
        seen=_SEEN.format(referred=_REFERRED),
        more=more,
        order=how.order,
        due=how.due,
        cases=how.cases,
    )
    statement = _LIST.format(
        page=inner, order=how.order, ours=OURS, theirs=THEIRS, overdue=OVERDUE, first_due=FIRST_DUE
    )
    rows = db.execute(text(statement), given | {"most": most + 1}).all()
    shown, following = page(rows, most, how.key)
    if following is not None and not whole:
        following = to_cursor(given["skip"] + most)
    library = load_library()
    seen = looks(db, actor, [row.id for row in shown if row.level == Sight.ALL]) if marked else {}
    return Page(items=[_case_row(row, library, seen.get(row.id)) for row in shown], next=following)


def _filtered(actor: Actor, filters: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """What the filters add to a statement, and its values."""
    if unknown := filters.keys() - _FILTERS.keys():
        raise InvalidForm(fields=dict.fromkeys(unknown, reasons.cases.NOT_A_FILTER))
    given: dict[str, Any] = dict(reach_values(reach(actor)))
    more = []
    for name, value in filters.items():
        sees, asks = _FILTERS[name]
        if name in ("programme", "phase", "owner", "provider"):
            value = _insist_id(name, value)
        if name == "words":
            value = "%" + re.sub(r"([\\%_])", r"\\\1", value) + "%"
        if name == "waits_for":
            # One of ours by now, or nothing at all.
            asks = _WAITS.get(value, "false")
        elif name != "overdue":
            given[name] = value
        more.append(f"AND {sees} AND {asks}")
    return " ".join(more), given


def _insist_id(name: str, value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        raise InvalidForm(fields={name: reasons.fields.NOT_AN_ID}) from None


def _case_row(row: Any, library: Library, look: Look | None) -> ListedCase:
    if row.level == Sight.REFERRALS:
        return row_as(CaseName, row)
    outline = row_as(CaseOutline, row, step=step_at(library[row.edition], row.state, row.came_from or ()))
    if row.level == Sight.OUTLINE:
        return outline
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
        overdue=bool(row.overdue) or any(wait.overdue for wait in waits_for),
    )
    return case if look is None else row_as(MarkedCaseRow, case, mark=look.mark())


def _wait(wait: JsonMapping) -> CaseWait:
    """With its moments as details write them; within JSON the database writes them in its own way."""
    since, until = (when(datetime.fromisoformat(wait[key])) if wait[key] else None for key in ("since", "until"))
    return CaseWait(
        for_=NamedInBoth(**wait["for"]), since=since, until=until, what=wait["what"], overdue=wait["overdue"]
    )


# --- what the filters offer ------------------------------------------------------------------------------------------

#: Who may own a case of some programmes, to filter by.
_OWNERS = text("""
    SELECT p.id, p.name, p.name_zh FROM people p WHERE p.id IN (
        SELECT m.person_id FROM memberships m WHERE m.role = 'officer'
        AND m.programme_id = ANY(CAST(:all_of AS uuid[]))
    ) ORDER BY p.name, p.id LIMIT 500
""")
#: The organisations that take referrals, to filter by.
_PROVIDERS = text("SELECT id, name, name_zh FROM organisations WHERE services <> '{}' ORDER BY name, id LIMIT 500")
#: The phases of some programmes, to filter by.
_PHASES = text("""
    SELECT id, name, name_zh FROM phases WHERE programme_id = ANY(CAST(:all_of AS uuid[])) ORDER BY starts_on, id LIMIT 500
""")


def filter_choices(db: Connection, actor: Actor) -> FilterChoices:
    """Officers, providers and phases that a list may be filtered by; nothing for those who see outlines only."""
    mine = reach(actor)
    if not mine.all_of:
        return FilterChoices(owner=[], provider=[], phase=[])
    given = {"all_of": sorted(mine.all_of)}
    return FilterChoices(
        owner=rows_as(NamedInBoth, db.execute(_OWNERS, given)),
        provider=rows_as(NamedInBoth, db.execute(_PROVIDERS)),
        phase=rows_as(NamedInBoth, db.execute(_PHASES, given)),
    )
