"""Sealed mediations: a dispute officer opens one by case number; for everybody not named it does not exist."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from casework.engine.cases import Case
from casework.engine.commands import By, Open
from casework.engine.roles import DISPUTE_OFFICER
from casework.errors import NotAllowed, NotFound
from casework.ledger.canonical import instant
from casework.operations.deeds import calendar_of, new_id, open_log
from casework.operations.gate import mediation_log
from casework.operations.overview import describe, names_of, when
from casework.operations.requests import Done, Request, ask
from casework.permissions import Actor, Sight, sight
from casework.records.cases import load
from casework.records.logs import now

Json = Any


def open_mediation(db: Connection, actor: Actor, number: str, request: Request) -> Done:
    """A dispute officer opens a sealed mediation about a case, by its number; the case learns nothing of it."""
    outline = mediation_outline(db, actor, number)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    row = db.execute(text("SELECT * FROM cases WHERE number = :number"), {"number": number}).one()
    id, moment = new_id(), now(db)
    case = {"programme": row.programme_id, "about": row.id, "parties": row.parties, "owner": actor.person, "team": []}
    command = Open(id, "mediation", "referral", case, outline["title"], service="mediation")
    by = By(actor.person, DISPUTE_OFFICER)

    def answer(opened: Case) -> dict[str, Json]:
        return {"id": id, "track": opened.main.id, "revision": opened.main.revision}

    return open_log(db, actor, command, by, calendar_of(db, row.programme_id), moment, request, answer)


def mediation_outline(db: Connection, actor: Actor, number: str) -> dict[str, Json]:
    """What a dispute officer sees of a case before opening a mediation: number, title and parties."""
    row = db.execute(
        text("SELECT id, programme_id, number, title, parties, owner_id, team FROM cases WHERE number = :number"),
        {"number": number},
    ).one_or_none()
    # Whoever opens it is named for it; as somebody's deputy one would not see what one has opened.
    if row is None or not any(
        (one.programme, one.role, one.deputy_for) == (row.programme_id, DISPUTE_OFFICER, None) for one in actor.memberships
    ):
        raise NotFound("case")
    if actor.person == row.owner_id or actor.person in row.team:
        raise NotAllowed(why="the dispute officer is never the case's officer.")
    names: dict[str, str] = dict(
        db.execute(
            text("SELECT id::text, name FROM organisations WHERE id = ANY(CAST(:ids AS uuid[]))"),
            {"ids": [one for one in row.parties.values() if one]},
        ).all()
    )
    return {
        "number": row.number,
        "title": row.title,
        "parties": {side: names.get(one) for side, one in row.parties.items()},
    }


def find_mediation(db: Connection, actor: Actor, id: str) -> Case:
    """A sealed mediation, for those named for it and for its provider. Raises NotFound for all others."""
    case = load(db, mediation_log(db, actor, id), "mediation")
    if sight(actor, case) == Sight.NOTHING:
        raise NotFound("mediation")
    return case


def list_mediations(db: Connection, actor: Actor) -> dict[str, Json]:
    """Sealed mediations that the actor is named for, the newest first: where each stands, and when it is due first."""
    rows = db.execute(_LIST, {"person": actor.person}).all()
    names = names_of(db, set(), {one for row in rows for one in row.parties.values()})
    return {
        "items": [
            {
                "id": row.id, "title": row.title, "parties": {side: names.get(one) for side, one in row.parties.items()},
                "edition": row.edition, "states": row.states, "opened_at": instant(row.opened_at), "ended": row.ended,
                "due_at": when(row.due_at),
            }
            for row in rows
        ],
        "next": None,
    }  # fmt: skip


# Until the mediator's own track is open, it stands where its referral stands.
_LIST = text("""
    SELECT m.id, m.title, m.parties, m.opened_at, r.edition, r.states, r.outcome AS ended, (
        SELECT min(t.due_at) FROM tasks t
        WHERE t.log_id = m.id AND t.state IN ('Created', 'Ready', 'Reserved', 'InProgress', 'Suspended')
    ) AS due_at
    FROM mediations m CROSS JOIN LATERAL (
        SELECT t.edition, t.states, t.outcome FROM tracks t WHERE t.log_id = m.id
        ORDER BY t.workflow <> 'mediation', t.position LIMIT 1
    ) r
    WHERE m.owner_id = CAST(:person AS uuid) OR CAST(:person AS uuid) = ANY(m.team)
    ORDER BY m.opened_at DESC, m.id DESC LIMIT 100
""")


def show_mediation(db: Connection, actor: Actor, id: str) -> dict[str, Json]:
    """A sealed mediation as its dispute officer sees it."""
    case = find_mediation(db, actor, id)
    return describe(db, actor, case, sight(actor, case)) | {"id": case.log}
