"""Tasks in their queues: what a person holds, may take, has finished. Reads only."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, TextClause, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.roles import ORGANISATION_QUEUES, Role
from casework.errors import InvalidForm
from casework.operations.core.overdue_sql import STANDING
from casework.operations.core.paging import PAGE, Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import titled
from casework.operations.core.unread import LOOKED, SINCE, mark_of
from casework.operations.core.views import row_as
from casework.operations.tasks.queries import TASKS, WORDS, after_due, named_in, placed_row, task_row
from casework.operations.tasks.views import ListedTask, MarkedPlacedTask, MarkedTask
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.records.access_sql import named_for, not_shut_out, own_row, reach_values, reads_case, referral_of

#: The tasks that a person may see. What one had to do with once is there as long as one may see it.
_SEEN = f""" AND (
    EXISTS (SELECT FROM cases h WHERE h.id = t.log_id AND {reads_case("h")} OFFSET 0)
    OR EXISTS (SELECT FROM mediations h WHERE h.id = t.log_id AND {named_for("h")} OFFSET 0)
    OR t.organisation_id IS NOT NULL AND {own_row("t")}
)"""


#: Of each view but the queues: its condition, its order, what comes after a row that was shown, and by what such a row is known.
_VIEWS: Mapping[
    str, tuple[str, str, Callable[[Sequence[Any]], tuple[str, dict[str, Any]]], Callable[[Any], tuple[Any, Any]]]
] = {
    "mine": (
        "t.holder_id = CAST(:person AS uuid) AND t.state IN ('Reserved', 'InProgress', 'Suspended')",
        "t.due_at",
        after_due,
        lambda row: (row.due_at, row.id),
    ),
    "done": (
        "t.closed_by = :person",
        "t.closed_at DESC, t.id DESC",
        lambda keys: (
            " AND (t.closed_at, t.id) < (:at, CAST(:id AS uuid))",
            {"at": cursor_time(keys[0]), "id": cursor_id(keys[1])},
        ),
        lambda row: (row.closed_at, row.id),
    ),
}
VIEWS = ("mine", "queue", "done")
#: The orders of what one may take: that in which it is worked; by due date, what has none last; what has waited longest. By each the
#: column. Of a programme's queues there is an index in turn and by due date, of an organisation's in turn alone, and many are merged
#: by their heads in turn.
TURN, DUE, OPENED = "turn", "due", "opened"
_COLUMNS: Mapping[str, str] = {TURN: "turn_at", DUE: "due_at", OPENED: "opened_at"}
_UNDATED = " AND t.due_at IS NULL"


def list_tasks(
    db: Connection,
    actor: Actor,
    *,
    view: str = "mine",
    queue: str | None = None,
    sort: str = TURN,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[ListedTask | MarkedTask]:
    """Tasks that the actor holds (mine), may take (queue), or has finished (done); the first two with their marks."""
    rows, following, names = _read(db, actor, view=view, queue=queue, sort=sort, cursor=cursor, limit=limit)
    library = load_library()
    items = [task_row(row, library, names) for row in rows]
    if view == "done":
        return Page(items=[*items], next=following)
    marked = (row_as(MarkedTask, item, mark=mark_of(row)) for row, item in zip(rows, items, strict=True))
    return Page(items=[*marked], next=following)


def list_placed_tasks(
    db: Connection,
    actor: Actor,
    *,
    view: str,
    queue: str | None = None,
    sort: str = TURN,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[MarkedPlacedTask]:
    """The same with where each is done."""
    rows, following, names = _read(db, actor, view=view, queue=queue, sort=sort, cursor=cursor, limit=limit)
    library = load_library()
    items = [
        row_as(MarkedPlacedTask, placed_row(row, library, names), mark=None if view == "done" else mark_of(row))
        for row in rows
    ]
    return Page(items=items, next=following)


def _read(
    db: Connection, actor: Actor, *, view: str, queue: str | None, sort: str, cursor: str | None, limit: int | None
) -> tuple[Sequence[Any], str | None, dict[str, str]]:
    """The rows of a view, the cursor of what comes after them, and the names of who is named in them."""
    if view not in VIEWS:
        raise InvalidForm(fields={"view": reasons.fields.ONE_OF(choices=VIEWS)})
    sorts = sorts_of(actor) if view == "queue" else (TURN,)
    if sort not in sorts:
        raise InvalidForm(fields={"sort": reasons.fields.ONE_OF(choices=sorts)})
    most = insist_limit(limit)
    given: dict[str, Any] = {"person": actor.person, "most": most + 1}
    more = ""
    if queue:
        more += " AND t.queue = :queue"
        given["queue"] = queue
    keys = from_cursor(cursor, 2)
    if view == "queue":
        last: Callable[[Any], tuple[Any, Any]] = attrgetter(_COLUMNS[sort], "id")
        rows = _read_queue(db, actor, more, given, sort=sort, keys=keys)
    else:
        where, order, after, last = _VIEWS[view]
        if actor.focus:
            # A queue is within the focus by its membership, what one holds or has done is not.
            more += " AND t.programme_id = CAST(:focus AS uuid)"
            given["focus"] = actor.focus
        if keys:
            window, shown_last = after(keys)
            more += window
            given |= shown_last
        rows = db.execute(_listed(where + _SEEN, more, order, view != "done"), given | reach_values(reach(actor))).all()
    shown, following = page(rows, most, last)
    holders = named_in(shown) - {None}
    return shown, following, names_of(db, holders) if holders else {}


def _read_queue(
    db: Connection, actor: Actor, more: str, given: Mapping[str, Any], *, sort: str, keys: Sequence[Any] | None
) -> Sequence[Any]:
    """The first rows of what the actor may take, after the row that the keys name."""
    shown_last: dict[str, Any] = {}
    windows = [""]
    if keys and sort == DUE and keys[0] is None:
        windows = [f"{_UNDATED} AND t.id > CAST(:id AS uuid)"]
        shown_last = {"id": cursor_id(keys[1])}
    elif keys:
        # Those without a date are asked for apart, so that the index leads to each.
        windows = [f" AND (t.{_COLUMNS[sort]}, t.id) > (:at, CAST(:id AS uuid))", *([_UNDATED] if sort == DUE else [])]
        shown_last = {"at": cursor_time(keys[0]), "id": cursor_id(keys[1])}
    rows: list[Any] = []
    for window in windows:
        statement, values = claimable(actor, more + window, marked=True, most=given["most"], by=sort)
        if statement is not None and len(rows) < given["most"]:
            values |= {**given, **shown_last, "all_of": sorted(reach(actor).all_of)}
            rows += db.execute(statement, values).all()
    return rows[: given["most"]]


@cache
def _listed(where: str, more: str, order: str, marked: bool) -> TextClause:
    since, looked = (f", {SINCE}", LOOKED) if marked else ("", "")
    return text(
        TASKS.format(where=where, more=more, order=order, standing=STANDING, words=WORDS, since=since, looked=looked)
    )


# --- queues: the same policy as `permissions.work.may_work`, in a form that a query can use -------------------------------

#: A case whose interests shut out neither the person nor all in whose name they ask.
#: OFFSET 0 keeps each of these a question asked of one task at a time, in the order of the index: turned into a join,
#: it would be asked of every task that there is.
_CASE = """EXISTS (
    SELECT FROM cases h WHERE h.id = t.log_id AND NOT :person = ANY(h.interests)
    AND NOT string_to_array(q.who, ',') <@ h.interests OFFSET 0
)"""
#: Whoever asked for what a second person decides, or had it asked in their name, does not take the decision.
_ANOTHER = """
    AND (t.type <> 'decision' OR NOT EXISTS (
        SELECT FROM proposals p WHERE p.log_id = t.log_id AND p.task_id = t.id AND (
            CAST(:person AS text) IN (p.actor_id, coalesce(p.acting_for, '')) OR NOT EXISTS (
                SELECT FROM unnest({who}) AS w WHERE w NOT IN (p.actor_id, coalesce(p.acting_for, '')) {somebody}
            )
        ) OFFSET 0
    ))
"""
#: In whose name the decision could be taken. For nobody, either, who has declared an interest.
_SOMEBODY = "AND EXISTS (SELECT FROM cases o WHERE o.id = t.log_id AND NOT w = ANY(o.interests) {named})"
_NAMED = "AND (o.owner_id IS NULL OR o.owner_id = w::uuid OR w::uuid = ANY(o.team))"


def another_person(kind: str, who: str = "string_to_array(q.who, ',')") -> str:
    """What a task must fulfil besides, since nobody decides what they asked for; `who`: for whom one may act."""
    somebody = "" if kind == "sealed" else _SOMEBODY.format(named=_NAMED if kind == "named" else "")
    return _ANOTHER.format(who=who, somebody=somebody)


#: Of a provider, too, nobody acts for somebody who is shut out; and hardly anybody acts for another person.
_FOR_SOMEBODY = f"""(q.who = CAST(:person AS text) OR EXISTS (
        SELECT FROM unnest(string_to_array(q.who, ',')) AS w WHERE {not_shut_out("t", "w")}
    ))"""
#: By kind of queue, where it is not the case that decides: what a task in it must fulfil besides being ready.
MAY_CLAIM: Mapping[str, str] = {
    "shared": _CASE + another_person("shared"),
    # Within coalesce, for the planner would take the equality for rare and sort each queue whole.
    "organisation": f"coalesce(t.shown_to = q.scope, false) AND {not_shut_out('t', 'CAST(:person AS text)')} AND {_FOR_SOMEBODY}",
}
_KINDS = {Role.OFFICER: "named", "intake": "named", Role.DISPUTE_OFFICER: "sealed"}


def _worked(actor: Actor) -> dict[str, dict[tuple[str, str], list[str]]]:
    """By kind the queues that a person works, each with its scope and in whose name."""
    queues: dict[str, dict[tuple[str, str], list[str]]] = {}
    for membership in actor.memberships:
        scope = membership.organisation or membership.programme
        for queue in _QUEUES_OF.get(membership.role, ()):
            kind = "organisation" if queue in ORGANISATION_QUEUES else _KINDS.get(queue, "shared")
            if scope is not None and (kind == "organisation") == (membership.organisation is not None):
                # A sealed mediation is not there for the deputy of the person who is named for it.
                if kind == "sealed" and membership.deputy_for is not None:
                    continue
                who = queues.setdefault(kind, {}).setdefault((queue, scope), [])
                who.append(membership.deputy_for or actor.person)
    return queues


def sorts_of(actor: Actor) -> tuple[str, ...]:
    """The orders in which the actor may have what there is to take: those that stay fast, however much there is."""
    queues = _worked(actor)
    if "organisation" in queues or sum(map(len, queues.values())) > FEW:
        return (TURN,)
    # Where the person's cases are gone through, no index is needed.
    return (TURN, DUE, OPENED) if set(queues) <= set(HOMES_OF) else (TURN, DUE)


def claimable(
    actor: Actor, more: str, *, marked: bool = False, most: int = PAGE + 1, by: str = TURN
) -> tuple[TextClause | None, dict[str, Any]]:
    """The statement that reads the first tasks of the queues that a person works, and its values; none where there is no queue."""
    queues = _worked(actor)
    if not queues:
        return None, {}
    values: dict[str, Any] = {
        f"q_{kind}": json.dumps([{"queue": q, "scope": s, "who": ",".join(who)} for (q, s), who in homes.items()])
        for kind, homes in queues.items()
    }
    if own := _both_sides(actor, queues):
        more += NOT_OWN
        values["own"] = own
    if actor.mediated and set(queues) - {"organisation", "sealed"}:
        more += NOT_KEPT
        values["mediated"] = json.dumps(
            [{"programme": programme, "until": _until(until)} for programme, until in actor.mediated.items()]
        )
    # A few queues that are read in their order: how many are wanted stands in the statement. Of a number that comes as a value the
    # server takes a tenth of all rows to be wanted; a plan that it could keep then looks dearer than planning anew at each call. Of
    # other queues the plan that it keeps for any number is the better one.
    many = sum(map(len, queues.values())) > FEW
    written = str(int(most)) if set(queues) == {"shared"} and not many else ":most"
    return _queues(tuple(sorted(queues)), more, many, marked=marked, most=written, by=_COLUMNS[by]), values


#: Without the office's tasks in referrals to the person's own organisation.
#: Of the office's tasks in a referral, none is for the provider's own people.
NOT_OWN = f"""
    AND (t.organisation_id IS NOT NULL OR NOT EXISTS (
        SELECT FROM tracks r JOIN tracks a ON a.id = {referral_of("r")}
        WHERE r.id = t.track_id AND a.provider_id = ANY(CAST(:own AS uuid[])) OFFSET 0
    ))
"""


#: Without the tasks of cases that a person is kept from, for having mediated.
#: Of the cases that were there while one was among those who mediate, none (`permissions.visibility.kept_from`).
NOT_KEPT = """
    AND (t.organisation_id IS NOT NULL OR NOT EXISTS (
        SELECT FROM cases h JOIN jsonb_to_recordset(CAST(:mediated AS jsonb)) AS k(programme uuid, until timestamptz)
        ON k.programme = h.programme_id AND h.opened_at < coalesce(k.until, 'infinity') WHERE h.id = t.log_id OFFSET 0
    ))
"""


def _until(until: datetime | None) -> str | None:
    return None if until is None else until.isoformat()


def _both_sides(actor: Actor, kinds: Collection[str]) -> list[str]:
    """The organisations of somebody who works the office's queues too; of nearly everybody none."""
    return sorted(reach(actor).organisations) if set(kinds) - {"organisation"} else []


#: Who works more queues than so many has them merged by their heads.
FEW = 8


@lru_cache(maxsize=256)
def _queues(kinds: tuple[str, ...], more: str, many: bool, *, marked: bool, most: str, by: str) -> TextClause:
    """The first tasks of all queues together, merged.

    Where it is the case that decides, the person's cases are gone through, else each queue by its index. Of many queues
    each has its head, looked up in the index and nothing else, and the page lies before the edge: the head that so many
    others come before. Only what is before it is asked whether the person may take it. Where that leaves too few, all of
    each queue's first are.
    """
    by_heads = [kind for kind in kinds if many and kind not in HOMES_OF]
    given = "jsonb_to_recordset(CAST(:q_{kind} AS jsonb)) AS q(queue text, scope uuid, who text)"
    ready = "FROM tasks t WHERE t.state = 'Ready' AND t.queue = q.queue AND {scope}"
    order = f"ORDER BY t.{by}, t.id LIMIT"
    heads, near, parts = [], [], []
    for kind in kinds:
        asked = given.format(kind=kind)
        if kind in HOMES_OF:
            homes = homes_sql(kind, "string_to_array(q.who, ',')::uuid[]", "q.scope")
            of_home = f"SELECT t.* {ready.format(scope='t.organisation_id IS NULL')} AND t.log_id = h.id OFFSET 0"
            parts.append(
                f"(SELECT x.* FROM {asked} CROSS JOIN LATERAL (SELECT t.* FROM ({homes}) h CROSS JOIN LATERAL ({of_home}) t"
                f" WHERE true {another_person(kind)} {more} {order} {most}) x)"
            )
            continue
        first = ready.format(scope=scope_of(kind))
        if not many:
            parts.append(
                f"(SELECT x.* FROM {asked} CROSS JOIN LATERAL (SELECT t.* {first} AND {MAY_CLAIM[kind]} {more} {order} {most}) x)"
            )
            continue
        # What the row itself says costs no look elsewhere, so that no head is one that the person may not take.
        by_itself = f" AND {MAY_CLAIM[kind]}" if kind == "organisation" else ""
        heads.append(
            f"heads_{kind} AS MATERIALIZED (SELECT q.*, f.* FROM {asked}"
            f" CROSS JOIN LATERAL (SELECT t.turn_at, t.id {first}{by_itself} {more} {order} 1) f)"
        )
        near.append(
            f"(SELECT x.* FROM edge e JOIN heads_{kind} q ON (q.turn_at, q.id) <= (e.turn_at, e.id) CROSS JOIN LATERAL"
            f" (SELECT t.* {first} AND (t.turn_at, t.id) <= (e.turn_at, e.id) AND {MAY_CLAIM[kind]} {more} {order} {most}) x)"
        )
        parts.append(
            f"(SELECT x.* FROM heads_{kind} q CROSS JOIN LATERAL (SELECT t.* {first} AND {MAY_CLAIM[kind]} {more} {order} {most}) x"
            " WHERE NOT (SELECT enough FROM found))"
        )
    begun = ""
    if by_heads:
        every = " UNION ALL ".join(f"SELECT turn_at, id FROM heads_{kind}" for kind in by_heads)
        begun = (
            f"WITH {', '.join(heads)}, edge AS (SELECT * FROM ({every}) h ORDER BY turn_at, id OFFSET {most} - 1 LIMIT 1),"
            f" near AS MATERIALIZED ({' UNION ALL '.join(near)}), found AS (SELECT count(*) >= {most} AS enough FROM near) "
        )
        parts.append("(SELECT * FROM near WHERE (SELECT enough FROM found))")
    return text(
        f"{begun}SELECT t.*, l.kind AS log_kind, c.number, {titled('c')} AS title, r.parent_id, r.part, 0 AS reminded, {STANDING},"
        f" {WORDS}{f', {SINCE}' if marked else ''} FROM (SELECT u.* FROM "
        f"({' UNION ALL '.join(parts)}) u ORDER BY u.{by}, u.id LIMIT {most}) t"
        " JOIN logs l ON l.id = t.log_id JOIN tracks r ON r.id = t.track_id LEFT JOIN cases c ON c.id = t.log_id"
        f" {LOOKED if marked else ''} ORDER BY t.{by}, t.id"
    )


# Of a queue in which one may take the tasks of certain cases only, it is these cases that are looked for: in the order
# of the queue, most tasks would be of cases that are not one's own.
HOMES_OF = {"named": "cases", "sealed": "mediations"}


def homes_sql(kind: str, who: str, scope: str) -> str:
    """The cases of these people, or of nobody yet, in the scope; `who` and `scope` are SQL."""
    owned = [f"h.owner_id = ANY({who})"]
    if kind == "named":
        owned.append(f"h.owner_id IS NULL AND NOT h.team && {who}")
    # Live and closed apart, as the indexes have them.
    wanted = [f"{condition} AND h.closed_at IS {lives}" for condition in owned for lives in ("NULL", "NOT NULL")]
    wanted.append(f"h.team && {who} AND NOT coalesce(h.owner_id = ANY({who}), false)")
    mine = f"h.programme_id = {scope} AND NOT CAST(:person AS text) = ANY(h.interests)"
    if kind == "named":
        # For somebody who is named, where there is an owner, and has declared no interest.
        mine += (
            f" AND EXISTS (SELECT FROM unnest({who}) AS w WHERE NOT w::text = ANY(h.interests)"
            " AND (h.owner_id IS NULL OR w = h.owner_id OR w = ANY(h.team)))"
        )
    return " UNION ALL ".join(
        f"SELECT h.id FROM {HOMES_OF[kind]} h WHERE {condition} AND {mine}" for condition in wanted
    )


def scope_of(kind: str) -> str:
    if kind == "organisation":
        return "t.organisation_id = q.scope"
    return "t.programme_id = q.scope AND t.organisation_id IS NULL"


_QUEUES_OF = {
    Role.OFFICER: ("intake", Role.OFFICER),
    Role.SUPERVISOR: (Role.SUPERVISOR,),
    Role.COMPLIANCE: (Role.COMPLIANCE,),
    Role.DISPUTE_OFFICER: (Role.DISPUTE_OFFICER,),
    Role.PROVIDER: (Role.PROVIDER,),
    Role.PROVIDER_LEAD: (Role.PROVIDER, Role.PROVIDER_LEAD),
    Role.VERIFIER: (Role.PROVIDER,),
}
