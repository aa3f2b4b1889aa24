"""Tasks in their queues: what a person holds, may take, has finished. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.cases import Task
from casework.engine.commands import Library
from casework.errors import InvalidForm, NotFound
from casework.operations.overview import (
    names_of,
    show,
)
from casework.operations.paging import cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.permissions import Actor, Sight, own_tracks, sight
from casework.records.cases import load

Json = Any

_TASKS = """
    SELECT t.*, l.kind AS log_kind, c.number, c.title FROM tasks t
    JOIN logs l ON l.id = t.log_id JOIN tracks r ON r.id = t.track_id LEFT JOIN cases c ON c.id = t.log_id
    WHERE {where} {more} ORDER BY {order}, t.id LIMIT :most
"""
VIEWS = ("mine", "queue", "done")


def list_tasks(
    db: Connection,
    actor: Actor,
    *,
    view: str = "mine",
    queue: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Json]:
    """Tasks that the actor holds (mine), may take (queue), or has finished (done)."""
    if view not in VIEWS:
        raise InvalidForm(fields={"view": f"must be one of {', '.join(VIEWS)}"})
    most = insist_limit(limit)
    given: dict[str, Any] = {"person": actor.person, "most": most + 1}
    more = ""
    if queue:
        more += " AND t.queue = :queue"
        given["queue"] = queue
    keys = from_cursor(cursor, 2)
    if view == "done":
        where = "t.closed_by = :person"
        if keys:
            more += " AND (t.closed_at, t.id) < (:at, CAST(:id AS uuid))"
        order, last = "t.closed_at DESC, t.id DESC", lambda row: (row.closed_at, row.id)
    else:
        order, last = "t.due_at", lambda row: (row.due_at, row.id)
        if keys:
            more += " AND (t.due_at, t.id) > (:at, CAST(:id AS uuid))"
        if view == "mine":
            where = "t.holder_id = CAST(:person AS uuid) AND t.state IN ('Reserved', 'InProgress', 'Suspended')"
        else:
            where, values_ = _claimable(actor)
            given |= values_
    if keys:
        given |= {"at": cursor_time(keys[0]), "id": cursor_id(keys[1])}
    rows = db.execute(text(_TASKS.format(where=where, more=more, order=order)), given).all()
    shown, following = page(rows, most, last)
    library = load_library()
    names = names_of(db, {row.holder_id for row in shown})
    return {"items": [_task_row(row, library, names) for row in shown], "next": following}


def _claimable(actor: Actor) -> tuple[str, dict[str, Any]]:
    """The queues that a person works, as one condition: a branch for each queue, so that each can use the index."""
    from_queues: dict[tuple[str, str | None, str | None, str], None] = {}
    for one in actor.memberships:
        for queue in _QUEUES_OF.get(one.role, ()):
            from_queues[(queue, one.programme, one.organisation, one.deputy_for or actor.person)] = None
    branches: list[str] = []
    given: dict[str, Any] = {}
    for n, (queue, programme, organisation, person) in enumerate(from_queues):
        given |= {f"queue{n}": queue, f"scope{n}": programme or organisation, f"who{n}": person}
        if organisation:
            scope = (
                f"t.organisation_id = CAST(:scope{n} AS uuid) AND NOT EXISTS (SELECT 1 FROM tracks x WHERE x.id IN (r.id, r.parent_id)"
                " AND :person = ANY(x.barred))"
            )
        else:
            scope = f"t.programme_id = CAST(:scope{n} AS uuid) AND t.organisation_id IS NULL"
        if queue in ("officer", "dispute_officer"):
            home = "c" if queue == "officer" else "m"
            scope += f" AND (CAST(:who{n} AS uuid) = {home}.owner_id OR CAST(:who{n} AS uuid) = ANY({home}.team))"
            if queue == "dispute_officer":
                scope = scope.replace(
                    "m.owner_id", "(SELECT owner_id FROM mediations m WHERE m.id = t.log_id)"
                ).replace("ANY(m.team)", "ANY(SELECT unnest(team) FROM mediations m WHERE m.id = t.log_id)")
        branches.append(f"(t.queue = :queue{n} AND {scope})")
    if not branches:
        return "false", {}
    not_mine = "NOT coalesce(:person = ANY(c.interests), false)"
    return f"t.state = 'Ready' AND {not_mine} AND ({' OR '.join(branches)})", given


_QUEUES_OF = {
    "officer": ("intake", "officer"),
    "supervisor": ("supervisor",),
    "compliance": ("compliance",),
    "dispute_officer": ("dispute_officer",),
    "provider": ("provider",),
    "provider_lead": ("provider", "provider_lead"),
    "verifier": ("provider",),
}


def _task_row(row: Any, library: Library, names: Mapping[str, str]) -> dict[str, Json]:
    task = Task(
        id=row.id, track=row.track_id, name=row.name, edition=row.edition, rule=row.rule, type=row.type, queue=row.queue,
        organisation=row.organisation_id, state=row.state, opened_at=row.opened_at, due_at=row.due_at,
        holder=row.holder_id, about=row.about, of=row.of, result=row.result, overdue=row.overdue, aftercare=row.aftercare,
    )  # fmt: skip
    # A task of a sealed log names no case.
    return show(task, library[task.edition], names) | {
        "case": {"number": row.number, "title": row.title} if row.number else None
    }


def show_task(db: Connection, actor: Actor, id: str) -> dict[str, Json]:
    """One task, for whoever sees its case or referral. Raises NotFound."""
    row = db.execute(
        text(_TASKS.format(where="t.id = CAST(:id AS uuid)", more="", order="t.id")), {"id": id, "most": 1}
    ).one_or_none()
    if row is None:
        raise NotFound("task")
    case = load(db, row.log_id, row.log_kind)
    level = sight(actor, case)
    mine = {track.id for track in own_tracks(actor, case)}
    if level != Sight.ALL and not (level == Sight.REFERRALS and row.track_id in mine and row.organisation_id):
        raise NotFound("task")
    return _task_row(row, load_library(), names_of(db, {row.holder_id}))
