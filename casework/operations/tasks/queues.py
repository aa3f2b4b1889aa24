"""Tasks in their queues: what a person holds, may take, has finished. Reads only."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause, text

from casework.definitions import load_library
from casework.engine.execution.checklists import items_of
from casework.engine.execution.commands import Library
from casework.engine.execution.task_lifecycle import VIEW
from casework.engine.roles import ORGANISATION_QUEUES
from casework.engine.state.case import Case, Task
from casework.engine.state.events import HANDED_BACK, REVIEW_ASKED
from casework.engine.tasks.queue_order import reason
from casework.errors import InvalidForm, NotFound
from casework.ledger.redactable_bodies import ERASED, values
from casework.operations.cases.queries import show
from casework.operations.core.access_sql import named_for, reach_values, reads_case, sent
from casework.operations.core.overdue_sql import AT_WORK, OVERDUE
from casework.operations.core.paging import cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.presenters import names_of, when
from casework.operations.core.unread import LOOKED, SINCE, mark_rows
from casework.operations.core.visibility import task_log
from casework.operations.tasks.allocation import explain_waiting
from casework.operations.tasks.request_context import what_was_asked
from casework.permissions import Actor, Sight, operations, own_tracks, reach, sight
from casework.records.case_store import load
from casework.records.database import plan_by_values

Json = Any

# What one had to do with once is there as long as one may see it.
_SEEN = f""" AND (
    EXISTS (SELECT FROM cases h WHERE h.id = t.log_id AND {reads_case("h")} OFFSET 0)
    OR EXISTS (SELECT FROM mediations h WHERE h.id = t.log_id AND {named_for("h")} OFFSET 0)
    OR t.organisation_id IS NOT NULL AND {{own_track}}
)"""
_TASKS = """
    SELECT t.*, l.kind AS log_kind, c.number, c.title, r.parent_id, r.workflow, 0 AS reminded, {late} AS late, {words}{since}
    FROM tasks t
    JOIN logs l ON l.id = t.log_id JOIN tracks r ON r.id = t.track_id LEFT JOIN cases c ON c.id = t.log_id {looked}
    WHERE {where} {more} ORDER BY {order}, t.id LIMIT :most
"""
#: What was written when a task of a list came to whom it is with, and when it was let wait.
WORDS = ", ".join(
    f"(SELECT e.body FROM events e WHERE e.log_id = t.log_id AND e.seq = CAST(t.{name}->>'seq' AS bigint)) AS {name}_words"
    for name in ("handed", "wait")
)
VIEWS = ("mine", "queue", "done")


def list_tasks(
    db: Connection,
    actor: Actor,
    *,
    view: str = "mine",
    queue: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
    placed: bool = False,
) -> dict[str, Json]:
    """Tasks that the actor holds (mine), may take (queue), or has finished (done); `placed` with where each is done."""
    if view not in VIEWS:
        raise InvalidForm(fields={"view": f"must be one of {', '.join(VIEWS)}"})
    most = insist_limit(limit)
    given: dict[str, Any] = {"person": actor.person, "most": most + 1}
    more = ""
    if queue:
        more += " AND t.queue = :queue"
        given["queue"] = queue
    if actor.focus and view != "queue":
        # A queue is within the focus by its membership, what one holds or has done is not.
        more += " AND t.programme_id = CAST(:focus AS uuid)"
        given["focus"] = actor.focus
    keys = from_cursor(cursor, 2)
    if view == "done":
        where = "t.closed_by = :person"
        if keys:
            more += " AND (t.closed_at, t.id) < (:at, CAST(:id AS uuid))"
        order, last = "t.closed_at DESC, t.id DESC", lambda row: (row.closed_at, row.id)
    elif view == "queue":
        # Its order is that in which it is worked.
        where, order, last = "", "", lambda row: (row.turn_at, row.id)
        if keys:
            more += " AND (t.turn_at, t.id) > (:at, CAST(:id AS uuid))"
    else:
        where = "t.holder_id = CAST(:person AS uuid) AND t.state IN ('Reserved', 'InProgress', 'Suspended')"
        order, last = "t.due_at", lambda row: (row.due_at, row.id)
        if keys:
            more += " AND (t.due_at, t.id) > (:at, CAST(:id AS uuid))"
    if keys:
        given |= {"at": cursor_time(keys[0]), "id": cursor_id(keys[1])}
    if view == "queue":
        statement, values = _claimable(actor, more, marked=True)
        given["all_of"] = sorted(reach(actor).all_of)
        rows = db.execute(statement, given | values).all() if statement is not None else []
    else:
        seen = _SEEN.format(own_track=own_track(lambda a: f"{a}.provider_id = ANY(CAST(:organisations AS uuid[]))"))
        rows = db.execute(_listed(where + seen, more, order, view != "done"), given | reach_values(reach(actor))).all()
    shown, following = page(rows, most, last)
    library = load_library()
    holders = named_in(shown) - {None}
    names = names_of(db, holders) if holders else {}
    items = [task_row(row, library, names) for row in shown]
    if placed:
        items = [place(one, row, names) for one, row in zip(items, shown, strict=True)]
    if view != "done":
        items = mark_rows(shown, items)
    return {"items": items, "next": following}


@cache
def _listed(where: str, more: str, order: str, marked: bool) -> TextClause:
    since, looked = (f", {SINCE}", LOOKED) if marked else ("", "")
    return text(_TASKS.format(where=where, more=more, order=order, late=OVERDUE, words=WORDS, since=since, looked=looked))


# --- queues: the same policy as `permissions.may_work`, in a form that a query can use -------------------------------

# OFFSET 0 keeps each of these a question asked of one task at a time, in the order of the index: turned into a join,
# it would be asked of every task that there is.
_CASE = """EXISTS (
    SELECT FROM cases h WHERE h.id = t.log_id AND NOT :person = ANY(h.interests)
    AND NOT string_to_array(q.who, ',') <@ h.interests OFFSET 0
)"""
# Whoever asked for what a second person decides, or had it asked in their name, does not take the decision.
_ANOTHER = """
    AND (t.type <> 'decision' OR NOT EXISTS (
        SELECT FROM proposals p WHERE p.log_id = t.log_id AND p.task_id = t.id AND (
            CAST(:person AS text) IN (p.actor_id, coalesce(p.acting_for, '')) OR NOT EXISTS (
                SELECT FROM unnest({who}) AS w WHERE w NOT IN (p.actor_id, coalesce(p.acting_for, '')) {somebody}
            )
        ) OFFSET 0
    ))
"""
# For nobody, either, who has declared an interest.
_SOMEBODY = "AND EXISTS (SELECT FROM cases o WHERE o.id = t.log_id AND NOT w = ANY(o.interests) {named})"
_NAMED = "AND (o.owner_id IS NULL OR o.owner_id = w::uuid OR w::uuid = ANY(o.team))"


def _another(kind: str, who: str = "string_to_array(q.who, ',')") -> str:
    """What a task must fulfil besides, since nobody decides what they asked for; `who`: for whom one may act."""
    somebody = "" if kind == "sealed" else _SOMEBODY.format(named=_NAMED if kind == "named" else "")
    return _ANOTHER.format(who=who, somebody=somebody)


def _interested(whose: str) -> str:
    """Somebody has declared an interest in the case or mediation; `whose` is SQL. Said to be few, they are looked for among those few."""
    found = f"h.id = t.log_id AND h.interests <> '{{}}' AND {whose} = ANY(h.interests) OFFSET 0"
    return f"(EXISTS (SELECT FROM cases h WHERE {found}) OR EXISTS (SELECT FROM mediations h WHERE {found}))"


def _for_somebody(a: str) -> str:
    """Of a provider, too, nobody acts for somebody who is shut out; and hardly anybody acts for another person."""
    return f"""(q.who = CAST(:person AS text) OR EXISTS (
        SELECT FROM unnest(string_to_array(q.who, ',')) AS w WHERE NOT w = ANY({a}.barred) AND NOT {_interested("w")}
    ))"""


def own_track(provider: Callable[[str], str]) -> str:
    """The referral that the task's track is, or runs inside, is there for the provider: a draft is not yet."""

    def shown(a: str) -> str:
        return f"{provider(a)} AND {sent(a)} AND NOT CAST(:person AS text) = ANY({a}.barred)"

    return f"""EXISTS (
        SELECT FROM tracks r WHERE r.id = t.track_id AND CASE WHEN r.workflow = 'referral' THEN {shown("r")}
        ELSE EXISTS (SELECT FROM tracks a WHERE a.id = r.parent_id AND {shown("a")}) END OFFSET 0
    ) AND NOT {_interested("CAST(:person AS text)")}"""


#: By kind of queue, where it is not the case that decides: what a task in it must fulfil besides being ready.
_MAY: Mapping[str, str] = {
    "shared": _CASE + _another("shared"),
    "organisation": own_track(lambda a: f"{a}.provider_id = q.scope AND {_for_somebody(a)}"),
}
_KINDS = {"officer": "named", "intake": "named", "dispute_officer": "sealed"}


def _claimable(actor: Actor, more: str, *, marked: bool = False) -> tuple[TextClause | None, dict[str, Any]]:
    """The statement that reads the queues that a person works, and its values; none where there is no queue."""
    queues: dict[str, dict[tuple[str, str], list[str]]] = {}
    for one in actor.memberships:
        scope = one.organisation or one.programme
        for queue in _QUEUES_OF.get(one.role, ()):
            kind = "organisation" if queue in ORGANISATION_QUEUES else _KINDS.get(queue, "shared")
            if scope is not None and (kind == "organisation") == (one.organisation is not None):
                # A sealed mediation is not there for the deputy of the person who is named for it.
                if kind == "sealed" and one.deputy_for is not None:
                    continue
                who = queues.setdefault(kind, {}).setdefault((queue, scope), [])
                who.append(one.deputy_for or actor.person)
    if not queues:
        return None, {}
    values: dict[str, Any] = {
        f"q_{kind}": json.dumps([{"queue": q, "scope": s, "who": ",".join(who)} for (q, s), who in found.items()])
        for kind, found in queues.items()
    }
    if own := _both_sides(actor, queues):
        more += _NOT_OWN
        values["own"] = own
    if actor.mediated and set(queues) - {"organisation", "sealed"}:
        more += _NOT_KEPT
        values["mediated"] = json.dumps([{"programme": one, "until": _until(until)} for one, until in actor.mediated.items()])
    return _queues(tuple(sorted(queues)), more, sum(map(len, queues.values())) > FEW, marked), values


# Of the office's tasks in a referral, none is for the provider's own people.
_NOT_OWN = """
    AND (t.organisation_id IS NOT NULL OR NOT EXISTS (
        SELECT FROM tracks r JOIN tracks a ON a.id = CASE WHEN r.workflow = 'referral' THEN r.id ELSE r.parent_id END
        WHERE r.id = t.track_id AND a.provider_id = ANY(CAST(:own AS uuid[])) OFFSET 0
    ))
"""


# Of the cases that were there while one was among those who mediate, none (`permissions.kept_from`).
_NOT_KEPT = """
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


@cache
def _queues(kinds: tuple[str, ...], more: str, many: bool, marked: bool) -> TextClause:
    """The first tasks of all queues together, merged.

    Where it is the case that decides, the person's cases are gone through, else each queue by its index. Of many queues
    each has its head, looked up in the index and nothing else, and the page lies before the edge: the head that so many
    others come before. Only what is before it is asked whether the person may take it. Where that leaves too few, all of
    each queue's first are.
    """
    by_heads = [kind for kind in kinds if many and kind not in _HOMES_OF]
    given = "jsonb_to_recordset(CAST(:q_{kind} AS jsonb)) AS q(queue text, scope uuid, who text)"
    ready = "FROM tasks t WHERE t.state = 'Ready' AND t.queue = q.queue AND {scope}"
    order = "ORDER BY t.turn_at, t.id LIMIT"
    heads, near, parts = [], [], []
    for kind in kinds:
        asked = given.format(kind=kind)
        if kind in _HOMES_OF:
            homes = _homes(kind, "string_to_array(q.who, ',')::uuid[]", "q.scope")
            of_home = f"SELECT t.* {ready.format(scope='t.organisation_id IS NULL')} AND t.log_id = h.id OFFSET 0"
            parts.append(
                f"(SELECT x.* FROM {asked} CROSS JOIN LATERAL (SELECT t.* FROM ({homes}) h CROSS JOIN LATERAL ({of_home}) t"
                f" WHERE true {_another(kind)} {more} {order} :most) x)"
            )
            continue
        first = ready.format(scope=_scope_of(kind))
        if not many:
            parts.append(f"(SELECT x.* FROM {asked} CROSS JOIN LATERAL (SELECT t.* {first} AND {_MAY[kind]} {more} {order} :most) x)")
            continue
        heads.append(
            f"heads_{kind} AS MATERIALIZED (SELECT q.*, f.* FROM {asked}"
            f" CROSS JOIN LATERAL (SELECT t.turn_at, t.id {first} {more} {order} 1) f)"
        )
        near.append(
            f"(SELECT x.* FROM edge e JOIN heads_{kind} q ON (q.turn_at, q.id) <= (e.turn_at, e.id) CROSS JOIN LATERAL"
            f" (SELECT t.* {first} AND (t.turn_at, t.id) <= (e.turn_at, e.id) AND {_MAY[kind]} {more} {order} :most) x)"
        )
        parts.append(
            f"(SELECT x.* FROM heads_{kind} q CROSS JOIN LATERAL (SELECT t.* {first} AND {_MAY[kind]} {more} {order} :most) x"
            " WHERE NOT (SELECT enough FROM found))"
        )
    begun = ""
    if by_heads:
        every = " UNION ALL ".join(f"SELECT turn_at, id FROM heads_{kind}" for kind in by_heads)
        begun = (
            f"WITH {', '.join(heads)}, edge AS (SELECT * FROM ({every}) h ORDER BY turn_at, id OFFSET :most - 1 LIMIT 1),"
            f" near AS MATERIALIZED ({' UNION ALL '.join(near)}), found AS (SELECT count(*) >= :most AS enough FROM near) "
        )
        parts.append("(SELECT * FROM near WHERE (SELECT enough FROM found))")
    return text(
        f"{begun}SELECT t.*, l.kind AS log_kind, c.number, c.title, r.parent_id, r.workflow, 0 AS reminded, {OVERDUE} AS late,"
        f" {WORDS}{f', {SINCE}' if marked else ''} FROM (SELECT u.* FROM ({' UNION ALL '.join(parts)}) u ORDER BY u.turn_at, u.id LIMIT :most) t"
        " JOIN logs l ON l.id = t.log_id JOIN tracks r ON r.id = t.track_id LEFT JOIN cases c ON c.id = t.log_id"
        f" {LOOKED if marked else ''} ORDER BY t.turn_at, t.id"
    )


#: How far each queue is counted, for somebody who works no more than so many of them.
_COUNTED_TO = ((FEW, 1000), (80, 100), (200, 10))


def _counted_to(queues: int) -> int:
    return next((most for many, most in _COUNTED_TO if queues <= many), 3)


def count_queues(db: Connection, actor: Actor, *, most: int | None = None) -> list[dict[str, Json]]:
    """The queues that the actor works, with how many wait in each and are late; one query, each counted up to `most`."""
    statement, values = _claimable(actor, "")
    if statement is None:
        return []
    besides = {name: values.pop(name) for name in ("own", "mediated") if name in values}
    shape: dict[str, int] = {}
    most = most or _counted_to(sum(len(json.loads(written)) for written in values.values()))
    given: dict[str, Any] = {"person": actor.person, "most": most} | besides
    for name, written in values.items():
        kind, found = name.removeprefix("q_"), json.loads(written)
        shape[kind] = len(found)
        if kind not in _HOMES_OF:
            given[name] = written
            continue
        # Given one by one, so that the server sees how many cases each person has.
        for n, one in enumerate(found):
            given |= {f"{kind}_queue_{n}": one["queue"], f"{kind}_scope_{n}": one["scope"], f"{kind}_who_{n}": one["who"].split(",")}
    plan_by_values(db)
    more = (_NOT_OWN if "own" in besides else "") + (_NOT_KEPT if "mediated" in besides else "")
    rows = db.execute(_queue_counts(tuple(sorted(shape.items())), more), given)
    return [
        {"queue": row.queue, "scope": {"id": row.scope, "name": row.name, "name_zh": row.name_zh}, "count": row.count,
         "overdue": row.overdue, "most": most}
        for row in rows
    ]  # fmt: skip


# Of a queue in which one may take the tasks of certain cases only, it is these cases that are looked for: in the order
# of the queue, most tasks would be of cases that are not one's own.
_HOMES_OF = {"named": "cases", "sealed": "mediations"}


def _homes(kind: str, who: str, scope: str) -> str:
    """The cases of these people, or of nobody yet, in the scope; `who` and `scope` are SQL."""
    owned = [f"h.owner_id = ANY({who})"]
    if kind == "named":
        owned.append(f"h.owner_id IS NULL AND NOT h.team && {who}")
    # Live and closed apart, as the indexes have them.
    wanted = [f"{one} AND h.closed_at IS {lives}" for one in owned for lives in ("NULL", "NOT NULL")]
    wanted.append(f"h.team && {who} AND NOT coalesce(h.owner_id = ANY({who}), false)")
    mine = f"h.programme_id = {scope} AND NOT CAST(:person AS text) = ANY(h.interests)"
    if kind == "named":
        # For somebody who is named, where there is an owner, and has declared no interest.
        mine += (
            f" AND EXISTS (SELECT FROM unnest({who}) AS w WHERE NOT w::text = ANY(h.interests)"
            " AND (h.owner_id IS NULL OR w = h.owner_id OR w = ANY(h.team)))"
        )
    return " UNION ALL ".join(f"SELECT h.id FROM {_HOMES_OF[kind]} h WHERE {one} AND {mine}" for one in wanted)


@cache
def _queue_counts(shape: tuple[tuple[str, int], ...], more: str) -> TextClause:
    def counted(found: str) -> str:
        count = "(SELECT count(*) FROM ({found} LIMIT :most) x)"
        late = count.format(found=f"{found} AND {OVERDUE}")
        return f"{count.format(found=found)} AS count, {late} AS overdue"

    parts = []
    for kind, queues in shape:
        if kind not in _HOMES_OF:
            # In the index's order, in which what is late stands at the front: one look is enough for both.
            parts.append(
                f"SELECT q.queue, q.scope, f.count, f.overdue FROM jsonb_to_recordset(CAST(:q_{kind} AS jsonb))"
                " AS q(queue text, scope uuid, who text) CROSS JOIN LATERAL ("
                "SELECT count(*) AS count, count(*) FILTER (WHERE x.late) AS overdue FROM ("
                f"SELECT {OVERDUE} AS late FROM tasks t WHERE t.state = 'Ready' AND t.queue = q.queue AND {_scope_of(kind)}"
                f" AND {_MAY[kind]} {more} ORDER BY t.turn_at, t.id LIMIT :most) x) f"
            )
            continue
        for n in range(queues):
            queue, scope, who = (f"{kind}_{part}_{n}" for part in ("queue", "scope", "who"))
            homes = _homes(kind, f"CAST(:{who} AS uuid[])", f"CAST(:{scope} AS uuid)")
            found = (
                f"SELECT 1 FROM ({homes}) h CROSS JOIN LATERAL (SELECT t.* FROM tasks t WHERE t.log_id = h.id AND t.state = 'Ready'"
                f" AND t.queue = :{queue} AND t.organisation_id IS NULL OFFSET 0) t WHERE true {_another(kind, f'CAST(:{who} AS text[])')} {more}"
            )
            parts.append(f"SELECT CAST(:{queue} AS text), CAST(:{scope} AS uuid), {counted(found)}")
    return text(
        "SELECT u.*, coalesce(p.name, o.name) AS name, coalesce(p.name_zh, o.name_zh) AS name_zh"
        f" FROM ({' UNION ALL '.join(parts)}) AS u(queue, scope, count, overdue) LEFT JOIN programmes p ON p.id = u.scope"
        " LEFT JOIN organisations o ON o.id = u.scope ORDER BY u.queue, 5, u.scope"
    )


def _scope_of(kind: str) -> str:
    if kind == "organisation":
        return "t.organisation_id = q.scope"
    return "t.programme_id = q.scope AND t.organisation_id IS NULL"


def next_claimable(db: Connection, actor: Actor, *, limit: int, skip: Collection[str] = ()) -> list[Any]:
    """The first tasks that the actor may take, in the order of `engine.tasks.queue_order`, but those of the logs to skip; unlocked.

    What stands still waits for nobody's work, however early its day.
    """
    statement, values = _claimable(actor, f" AND NOT t.log_id = ANY(CAST(:skip AS uuid[])) AND {AT_WORK}")
    if statement is None:
        return []
    return list(db.execute(statement, values | {"person": actor.person, "most": limit, "skip": sorted(skip)}))


_QUEUES_OF = {
    "officer": ("intake", "officer"),
    "supervisor": ("supervisor",),
    "compliance": ("compliance",),
    "dispute_officer": ("dispute_officer",),
    "provider": ("provider",),
    "provider_lead": ("provider", "provider_lead"),
    "verifier": ("provider",),
}


def task_row(row: Any, library: Library, names: Mapping[str, str]) -> dict[str, Json]:
    """A row of tasks with its case's number and title, as lists show it."""
    task = Task(
        id=row.id, track=row.track_id, name=row.name, edition=row.edition, rule=row.rule, type=row.type, queue=row.queue,
        organisation=row.organisation_id, state=row.state, opened_at=row.opened_at, due_at=row.due_at,
        holder=row.holder_id, about=row.about, of=row.of, result=row.result, flagged=row.flagged, aftercare=row.aftercare,
        initiator=row.initiator, priority=row.priority, handed=row.handed, wait=row.wait,
    )  # fmt: skip
    made = show(task, library[task.edition], names, overdue=row.late)
    if task.handed:
        # What came with a form are its fields, and no note.
        of_a_form = task.type == "side" and task.handed["how"] in (HANDED_BACK, REVIEW_ASKED)
        made["handed"]["note"] = None if of_a_form else _words(row.handed_words, "note")
    if task.wait:
        made["wait"]["reason"] = _words(row.wait_words, "reason")
    # A task of a sealed log names no case.
    return made | {
        "case": {"number": row.number, "title": row.title} if row.number else None,
        "turn": {"at": when(row.turn_at), "by": reason(row.due_at)},
    }


def _words(body: Json, name: str) -> str | None:
    """What a person wrote with a deed; None where nothing was, or where it has been erased."""
    said = values(body or {}).get(name)
    return said if isinstance(said, str) else None


def named_in(rows: Iterable[Any]) -> set[str | None]:
    """Everybody who is named where these rows of tasks are shown."""
    return {
        one for row in rows
        for one in (row.holder_id, row.initiator, *((row.handed["by"], row.handed["to"]) if row.handed else ()))
    }  # fmt: skip


def place(shown: dict[str, Json], row: Any, names: Mapping[str, str]) -> dict[str, Json]:
    """A task with where it is done (its log, and of a provider's the referral), whom it waits for, and reminders."""
    waits: Json = {"role": row.queue}
    if who := row.holder_id or row.organisation_id:
        waits = {"name": names.get(who)}
    return shown | {
        "log": row.log_id, "kind": row.log_kind, "referral": row.track_id if row.workflow == "referral" else row.parent_id,
        "waits_for": waits, "reminded": row.reminded, "edition": row.edition, "rule": row.rule,
        "outward": row.queue in ORGANISATION_QUEUES, "closed_at": when(row.closed_at),
    }  # fmt: skip


def show_task(db: Connection, actor: Actor, id: str) -> dict[str, Json]:
    """One task, for whoever sees its case or referral. Raises NotFound."""
    case, row = find_task(db, actor, id)
    return task_row(row, load_library(), names_of(db, named_in([row]))) | {
        "operations": operations(actor, case, case.tasks[id], load_library()[row.edition]) if id in case.tasks else [VIEW],
        "checklist": show_checklist(db, case, id),
        "unallocated": explain_waiting(db, actor, case, case.tasks[id]) if id in case.tasks else None,
        "asked": what_was_asked(db, actor, case, case.tasks[id]) if id in case.tasks else None,
    }


def show_checklist(db: Connection, case: Case, id: str) -> list[dict[str, Json]]:
    """The items of a task's checklist with their words, and who ticked or added each and when."""
    task = case.tasks.get(id)
    if task is None:
        return []
    edition = load_library()[task.edition]
    listed = items_of(edition, task)
    names = names_of(db, {one.told["by"] for one in listed if one.told})
    added = {one.told["seq"]: one.id for one in listed if one.text is None}
    written = {
        added[row.seq]: _words(row.body, "item") for row in db.execute(
            text("SELECT seq, body FROM events WHERE log_id = CAST(:log AS uuid) AND seq = ANY(:seqs)"),
            {"log": case.log, "seqs": list(added)},
        )
    } if added else {}  # fmt: skip
    return [
        {
            "id": one.id, "text": edition.text(one.text) if one.text else written.get(one.id), "key": one.text,
            "required": one.required, "done": one.done, "at": one.told.get("at"),
            "by": {"id": one.told["by"], "name": names.get(one.told["by"])} if one.told else None,
        }
        for one in listed
    ]  # fmt: skip


def find_task(db: Connection, actor: Actor, id: str) -> tuple[Case, Any]:
    """A task's case and its row, for whoever sees them. Raises NotFound."""
    case = load(db, *task_log(db, actor, id))
    row = db.execute(
        text(_TASKS.format(where="t.id = CAST(:id AS uuid)", more="", order="t.id", late=OVERDUE, words=WORDS, since="", looked="")), {"id": id, "most": 1}
    ).one()
    level = sight(actor, case)
    mine = {track.id for track in own_tracks(actor, case)}
    if level != Sight.ALL and not (level == Sight.REFERRALS and row.track_id in mine and row.organisation_id):
        raise NotFound("task")
    return case, row


def prepared(db: Connection, task: str) -> dict[str, Json]:
    """The form of a delegated or reviewed task as it came back: its facts, and its words where they have not been erased."""
    row = db.execute(
        text(
            "SELECT t.result, e.body FROM tasks t JOIN events e ON e.log_id = t.log_id"
            " AND e.seq = CAST(coalesce(t.handed->>'form', t.handed->>'seq') AS bigint) WHERE t.id = CAST(:id AS uuid)"
        ),
        {"id": task},
    ).one_or_none()
    if row is None:
        return {}
    return dict(row.result) | {name: said for name, said in values(row.body).items() if said is not ERASED}
