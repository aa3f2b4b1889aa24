"""What auditors have read: every page and answer that one of them was shown, kept for those who watch the watchers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from casework.engine.roles import AUDITOR, MANAGER
from casework.errors import NotFound
from casework.ledger.canonical import instant
from casework.operations.paging import cursor_count, from_cursor, insist_limit, page
from casework.permissions import Actor

Json = Any
LONGEST = 300


def is_watched(actor: Actor) -> bool:
    return AUDITOR in actor.roles()


def note_reading(db: Connection, actor: Actor, address: str, number: str | None = None) -> None:
    """Keep that the auditor was shown this."""
    kept = "".join(letter for letter in address if letter.isprintable())[:LONGEST]
    db.execute(
        text(
            "INSERT INTO readings (person_id, at, number, address)"
            " VALUES (CAST(:person AS uuid), casework_now(), :number, :address)"
        ),
        {"person": actor.person, "number": number[:100] if number else None, "address": kept},
    )


def note_document(db: Connection, actor: Actor, address: str, number: str | None, document: str) -> None:
    """Keep that somebody, in whatever role, took a document's file out."""
    db.execute(
        text(
            "INSERT INTO readings (person_id, at, number, address, document_id)"
            " VALUES (CAST(:person AS uuid), casework_now(), :number, :address, CAST(:document AS uuid))"
        ),
        {"person": actor.person, "number": number, "address": address[:LONGEST], "document": document},
    )


def list_readings(
    db: Connection, actor: Actor, *, number: str | None = None, cursor: str | None = None, limit: int | None = None
) -> dict[str, Json]:
    """What the auditors of the actor's programmes have read, the newest first; for auditors and managers."""
    programmes = sorted({m.programme for m in actor.memberships if m.programme and m.role in (AUDITOR, MANAGER)})
    if not programmes:
        raise NotFound
    most = insist_limit(limit)
    given: dict[str, Any] = {"programmes": programmes, "most": most + 1, "role": AUDITOR}
    more = ""
    if number:
        more, given["number"] = " AND r.number = :number", number
    if keys := from_cursor(cursor, 1):
        more, given["after"] = more + " AND r.id < :after", cursor_count(keys[0])
    rows = db.execute(
        text(
            "SELECT r.id, r.at, r.number, r.address, p.name FROM readings r JOIN people p ON p.id = r.person_id"
            " WHERE r.person_id IN (SELECT person_id FROM memberships WHERE role = :role"
            f" AND programme_id = ANY(CAST(:programmes AS uuid[]))){more} ORDER BY r.id DESC LIMIT :most"
        ),
        given,
    ).all()
    shown, following = page(rows, most, lambda row: (row.id,))
    items = [{"at": instant(row.at), "name": row.name, "number": row.number, "address": row.address} for row in shown]
    return {"items": items, "next": following}
