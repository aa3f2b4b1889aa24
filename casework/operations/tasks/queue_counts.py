"""How many tasks wait in each queue, and the next one that somebody may claim."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause, text

from casework.operations.core.overdue_sql import AT_WORK, OVERDUE
from casework.operations.core.views import NamedInBoth, row_as
from casework.operations.tasks.queues import (
    FEW,
    HOMES_OF,
    MAY_CLAIM,
    NOT_KEPT,
    NOT_OWN,
    another_person,
    claimable,
    homes_sql,
    scope_of,
)
from casework.operations.tasks.views import QueueCount
from casework.permissions.actors import Actor
from casework.records.database import plan_by_values

#: How far each queue is counted, for somebody who works no more than so many of them.
_COUNTED_TO = ((FEW, 1000), (80, 100), (200, 10))


def _counted_to(queues: int) -> int:
    return next((most for many, most in _COUNTED_TO if queues <= many), 3)


def count_queues(db: Connection, actor: Actor, *, most: int | None = None) -> list[QueueCount]:
    """The queues that the actor works, with how many wait in each and are late; one query, each counted up to `most`."""
    statement, values = claimable(actor, "")
    if statement is None:
        return []
    besides = {name: values.pop(name) for name in ("own", "mediated") if name in values}
    shape: dict[str, int] = {}
    most = most or _counted_to(sum(len(json.loads(written)) for written in values.values()))
    given: dict[str, Any] = {"person": actor.person, "most": most} | besides
    for name, written in values.items():
        kind, entries = name.removeprefix("q_"), json.loads(written)
        shape[kind] = len(entries)
        if kind not in HOMES_OF:
            given[name] = written
            continue
        # Given one by one, so that the server sees how many cases each person has.
        for n, entry in enumerate(entries):
            given |= {
                f"{kind}_queue_{n}": entry["queue"],
                f"{kind}_scope_{n}": entry["scope"],
                f"{kind}_who_{n}": entry["who"].split(","),
            }
    if not HOMES_OF.keys().isdisjoint(shape):
        plan_by_values(db)
    more = (NOT_OWN if "own" in besides else "") + (NOT_KEPT if "mediated" in besides else "")
    rows = db.execute(_queue_counts(tuple(sorted(shape.items())), more), given)
    return [
        row_as(QueueCount, row, scope=NamedInBoth(id=row.scope, name=row.name, name_zh=row.name_zh), most=most)
        for row in rows
    ]


@cache
def _queue_counts(shape: tuple[tuple[str, int], ...], more: str) -> TextClause:
    def counted(query: str) -> str:
        count = "(SELECT count(*) FROM ({found} LIMIT :most) x)"
        late = count.format(found=f"{query} AND {OVERDUE}")
        return f"{count.format(found=query)} AS count, {late} AS overdue"

    parts = []
    for kind, queues in shape:
        if kind not in HOMES_OF:
            # In the index's order, in which what is late stands at the front: one look is enough for both.
            parts.append(
                f"SELECT q.queue, q.scope, f.count, f.overdue FROM jsonb_to_recordset(CAST(:q_{kind} AS jsonb))"
                " AS q(queue text, scope uuid, who text) CROSS JOIN LATERAL ("
                "SELECT count(*) AS count, count(*) FILTER (WHERE x.late) AS overdue FROM ("
                f"SELECT {OVERDUE} AS late FROM tasks t WHERE t.state = 'Ready' AND t.queue = q.queue AND {scope_of(kind)}"
                f" AND {MAY_CLAIM[kind]} {more} ORDER BY t.turn_at, t.id LIMIT :most) x) f"
            )
            continue
        for n in range(queues):
            queue, scope, who = (f"{kind}_{part}_{n}" for part in ("queue", "scope", "who"))
            homes = homes_sql(kind, f"CAST(:{who} AS uuid[])", f"CAST(:{scope} AS uuid)")
            query = (
                f"SELECT 1 FROM ({homes}) h CROSS JOIN LATERAL (SELECT t.* FROM tasks t WHERE t.log_id = h.id AND t.state = 'Ready'"
                f" AND t.queue = :{queue} AND t.organisation_id IS NULL OFFSET 0) t "
                f"WHERE true {another_person(kind, f'CAST(:{who} AS text[])')} {more}"
            )
            parts.append(f"SELECT CAST(:{queue} AS text), CAST(:{scope} AS uuid), {counted(query)}")
    return text(
        "SELECT u.*, coalesce(p.name, o.name) AS name, coalesce(p.name_zh, o.name_zh) AS name_zh"
        f" FROM ({' UNION ALL '.join(parts)}) AS u(queue, scope, count, overdue) LEFT JOIN programmes p ON p.id = u.scope"
        " LEFT JOIN organisations o ON o.id = u.scope ORDER BY u.queue, 5, u.scope"
    )


def next_claimable(db: Connection, actor: Actor, *, limit: int, skip: Collection[str] = ()) -> list[Any]:
    """The first tasks that the actor may take, in the order of `engine.tasks.queue_order`, but those of the logs to skip; unlocked.

    What stands still waits for nobody's work, however early its day.
    """
    more = f" AND NOT t.log_id = ANY(CAST(:skip AS uuid[])) AND {AT_WORK}"
    statement, values = claimable(actor, more, most=limit)
    if statement is None:
        return []
    return list(db.execute(statement, values | {"person": actor.person, "most": limit, "skip": sorted(skip)}))
